//! Links: which part of a response is the parameter of another operation.

use std::collections::BTreeMap;

use openapiv3::LinkOperation;

use super::Lower;
use crate::document;
use crate::ir::{Link, Operation};

impl Lower<'_> {
    /// The links of all responses that have a status of their own.
    pub(super) fn links(&mut self, operation: &document::Operation) -> Vec<Link> {
        let responses = operation.responses.iter().filter(|response| response.status.is_some());
        let links = responses.flat_map(|response| &response.links);
        links.filter_map(|link| self.link(link)).collect()
    }

    fn link(&mut self, link: &document::Link) -> Option<Link> {
        let document::Link { at, name, object } = link;
        let LinkOperation::OperationId(operation_id) = &object.operation else {
            self.diagnostics.unsupported(at, "a link by `operationRef`", "it is omitted");
            return None;
        };
        let mut parameters = BTreeMap::new();
        for (parameter, expression) in &object.parameters {
            // OpenAPI 3.0.3, Runtime Expressions.
            match expression
                .as_str()
                .and_then(|expression| expression.strip_prefix("$response.body#"))
            {
                Some(pointer) => drop(parameters.insert(parameter.clone(), pointer.to_owned())),
                None => {
                    let construct = format!("the expression `{expression}`");
                    self.diagnostics.unsupported(
                        &at.join("parameters").join(parameter),
                        &construct,
                        "the link is omitted",
                    );
                    return None;
                }
            }
        }
        Some(Link {
            at: at.clone(),
            name: name.clone(),
            operation_id: operation_id.clone(),
            parameters,
            description: object.description.clone(),
        })
    }

    /// Links to operations that are not there, or that lack the parameter.
    pub(super) fn check_links(&mut self, operations: &[Operation]) {
        let by_id: BTreeMap<&str, &Operation> =
            operations.iter().map(|target| (target.id.0.as_str(), target)).collect();
        for operation in operations {
            for link in &operation.links {
                let Some(target) = by_id.get(link.operation_id.as_str()) else {
                    let message = format!(
                        "the link `{}` leads to `{}`, which is no operation",
                        link.name, link.operation_id
                    );
                    self.diagnostics.degraded(
                        "invalid-link",
                        &link.at,
                        message,
                        "let it lead to the id of an operation",
                    );
                    continue;
                };
                for name in link.parameters.keys() {
                    if !target.parameters.iter().any(|parameter| parameter.wire.0 == *name) {
                        let message = format!(
                            "the link `{}` sets `{name}`, which `{}` does not have",
                            link.name, link.operation_id
                        );
                        self.diagnostics.degraded(
                            "invalid-link",
                            &link.at,
                            message,
                            "name a parameter of that operation",
                        );
                    }
                }
            }
        }
    }
}
