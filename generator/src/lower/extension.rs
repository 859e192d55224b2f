//! What overlays say and OpenAPI has no words for, and links, for which it has.

use std::collections::BTreeMap;

use openapiv3::LinkOperation;
use serde_json::Value;

use super::Lower;
use super::operation::extension;
use crate::ir::{CredentialFile, CredentialSources, ErrorBodyFormat, Link, Operation};
use crate::pointer::Pointer;

/// The extensions that say which users may call an operation.
const USER_LEVELS: &[&str] = &["x-user-levels", "x-sailpoint-userLevels"];

impl Lower<'_> {
    /// `x-credential-sources`: where clients find what they sign in with.
    pub(super) fn credential_sources(&mut self) -> Option<CredentialSources> {
        let at = Pointer::root().join("x-credential-sources");
        let sources = at.find(&self.parsed.root)?.clone();
        let variable =
            |name: &str| Some(sources.get("environment")?.get(name)?.as_str()?.to_owned());
        let (Some(base_url), Some(client_id), Some(client_secret)) =
            (variable("baseUrl"), variable("clientId"), variable("clientSecret"))
        else {
            self.fault(
                &at,
                "`environment` must name the variables `baseUrl`, `clientId` and `clientSecret`",
            );
            return None;
        };
        let mut files = Vec::new();
        for (index, file) in
            sources.get("files").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            match credential_file(file) {
                Some(file) => files.push(file),
                None => self.fault(
                    &at.join("files").join(index),
                    "a file needs a `path`, a `format` that is json or yaml, and JSON pointers: `baseUrl`, `clientId`, `clientSecret`",
                ),
            }
        }
        Some(CredentialSources { base_url, client_id, client_secret, files })
    }

    /// `x-rate-limit`: how many requests the server takes from a client, in how many seconds.
    pub(super) fn rate_limit(&mut self) -> Option<(u32, u64)> {
        let at = Pointer::root().join("x-rate-limit");
        let limit = at.find(&self.parsed.root)?;
        let number = |name: &str| limit.get(name).and_then(Value::as_u64).filter(|one| *one > 0);
        let requests = number("requests").and_then(|requests| u32::try_from(requests).ok());
        let found = requests.zip(number("seconds"));
        if found.is_none() {
            self.fault(&at, "this must have `requests` and `seconds`, both whole numbers above 0");
        }
        found
    }

    /// `x-error-body`: where the bodies of errors say what went wrong.
    pub(super) fn error_body(&mut self) -> Option<ErrorBodyFormat> {
        let at = Pointer::root().join("x-error-body");
        let format = at.find(&self.parsed.root)?.clone();
        let mut pointers = |name: &str| {
            let list = strings(format.get(name));
            for pointer in list.iter().filter(|pointer| Pointer::parse(pointer).is_none()) {
                self.fault(
                    &at.join(name),
                    &format!("`{pointer}` is no JSON pointer: it must begin with `/`"),
                );
            }
            list
        };
        Some(ErrorBodyFormat {
            message: pointers("message"),
            code: pointers("code"),
            tracking_id: pointers("trackingId"),
        })
    }

    /// The levels that a user needs, one of them.
    pub(super) fn user_levels(
        &mut self,
        operation: &openapiv3::Operation,
        at: &Pointer,
    ) -> Vec<String> {
        let Some((name, levels)) = extension(operation.extensions.iter(), USER_LEVELS) else {
            return Vec::new();
        };
        if !levels.is_array() {
            self.fault(&at.join(name), "this must be a list of levels");
        }
        strings(Some(levels))
    }

    /// The links of all good answers.
    pub(super) fn links(&mut self, operation: &openapiv3::Operation, at: &Pointer) -> Vec<Link> {
        let at = at.join("responses");
        let mut links = Vec::new();
        for (status, response) in &operation.responses.responses {
            let Some((at, response)) =
                self.parsed.resolve(response, &at.join(status), self.diagnostics)
            else {
                continue;
            };
            for (name, link) in &response.links {
                let at = at.join("links").join(name);
                if let Some((at, link)) = self.parsed.resolve(link, &at, self.diagnostics) {
                    links.extend(self.link(name, &link, &at));
                }
            }
        }
        links
    }

    fn link(&mut self, name: &str, link: &openapiv3::Link, at: &Pointer) -> Option<Link> {
        let LinkOperation::OperationId(operation_id) = &link.operation else {
            self.diagnostics.unsupported(at, "a link by `operationRef`", "it is left out");
            return None;
        };
        let mut parameters = BTreeMap::new();
        for (parameter, expression) in &link.parameters {
            // OpenAPI 3.0, Runtime Expressions.
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
                        "the link is left out",
                    );
                    return None;
                }
            }
        }
        Some(Link {
            at: at.clone(),
            name: name.to_owned(),
            operation_id: operation_id.clone(),
            parameters,
            description: link.description.clone(),
        })
    }

    /// Links to operations that are not there, or that lack the parameter.
    pub(super) fn check_links(&mut self, operations: &[Operation]) {
        for operation in operations {
            for link in &operation.links {
                let target = operations.iter().find(|target| target.id.0 == link.operation_id);
                let Some(target) = target else {
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

fn credential_file(file: &Value) -> Option<CredentialFile> {
    let text = |key: &str| file.get(key).and_then(Value::as_str).map(str::to_owned);
    let pointer = |key: &str| text(key).filter(|pointer| Pointer::parse(pointer).is_some());
    let yaml = match text("format")?.as_str() {
        "json" => false,
        "yaml" => true,
        _ => return None,
    };
    Some(CredentialFile {
        path: text("path")?,
        yaml,
        environment: pointer("environment"),
        base_url: pointer("baseUrl")?,
        client_id: pointer("clientId")?,
        client_secret: pointer("clientSecret")?,
    })
}

/// The texts of a list.
pub(super) fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}
