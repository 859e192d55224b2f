//! Operations.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;

use super::Lower;
use crate::document;
use crate::ir::{Docs, Group, Ident, Operation, SecurityScheme, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// All operations, and the groups that their tags make.
    pub(super) fn operations(
        &mut self,
        schemes: &[SecurityScheme],
    ) -> (Vec<Group>, Vec<Operation>) {
        let document = self.document;
        let mut groups = Vec::new();
        let mut ids = BTreeSet::new();
        let mut operations = Vec::new();
        for operation in &document.operations {
            let id = self.id(operation, &ids);
            ids.insert(id.clone());
            let group = self.group(&mut groups, operation.tags.first());
            operations.push(self.operation(operation, id, group, schemes));
        }
        self.check_links(&operations);
        self.long_running(&mut operations);
        (groups, operations)
    }

    /// The id of an operation, which is made of method and path if it has none of its own.
    fn id(&mut self, operation: &document::Operation, taken: &BTreeSet<String>) -> String {
        let request = format!("{} {}", operation.method, operation.path);
        match operation.id.clone() {
            Some(id) if !taken.contains(&id) => return id,
            Some(id) => {
                let message = format!(
                    "the `operationId` `{id}` is there twice: {request} is named after its path"
                );
                self.diagnostics.degraded(
                    "duplicate-operation-id",
                    &operation.at.join("operationId"),
                    message,
                    "give one of them another id",
                );
            }
            None => {
                let message = format!("{request} has no `operationId`: it is named after its path");
                self.diagnostics.degraded(
                    "missing-operation-id",
                    &operation.at,
                    message,
                    "give it one, such as `getReport`: methods are named after it",
                );
            }
        }
        let made = id_of_path(operation.method, &operation.path);
        let numbered = (2..).map(|number| format!("{made}{number}"));
        let mut candidates = std::iter::once(made.clone()).chain(numbered);
        candidates.find(|id| !taken.contains(id)).unwrap_or(made)
    }

    fn group(&self, groups: &mut Vec<Group>, tag: Option<&String>) -> usize {
        if let Some(known) = groups.iter().position(|group| group.tag.as_ref() == tag) {
            return known;
        }
        let described = self.document.tags.iter().find(|known| Some(&known.name) == tag);
        groups.push(Group {
            tag: tag.cloned(),
            module: Ident::default(),
            description: described.and_then(|tag| tag.description.clone()),
        });
        groups.len() - 1
    }

    fn operation(
        &mut self,
        operation: &document::Operation,
        id: String,
        group: usize,
        schemes: &[SecurityScheme],
    ) -> Operation {
        let at = &operation.at;
        let parameters = self.parameters(operation, &id);
        let success = self.success(operation, &id);
        let errors = self.errors(operation, &id);
        let accept = match success.media_types.as_slice() {
            // What is documented at all is what the server can send.
            [] => errors.media_types,
            _ => success.media_types,
        };
        if operation.has_callbacks {
            self.diagnostics.note(
                "callbacks",
                &at.join("callbacks"),
                "callbacks are requests that the server makes: nothing is generated for them",
                "nothing needs to be done",
            );
        }
        for at in &operation.servers {
            let construct = "a server for a part of the API";
            let instead = "requests go to the server of the client";
            self.diagnostics.unsupported(at, construct, instead);
        }
        Operation {
            at: at.clone(),
            method_name: Ident::default(),
            request_type: Ident::default(),
            constant: Ident::default(),
            group,
            method: operation.method,
            path: operation.path.clone(),
            docs: Docs {
                summary: operation.summary.clone(),
                description: operation.description.clone(),
                notes: Vec::new(),
            },
            deprecated: operation.deprecated,
            accept_by: self.accept_by(operation, &parameters),
            parameters,
            body: self.body(operation.request_body.as_ref(), &id),
            response: success.response,
            accept: accept.join(", "),
            headers: success.headers,
            errors: errors.responses,
            error_set: None,
            security: self.security(operation, schemes),
            scopes: self.scopes(operation),
            user_levels: operation.user_levels.clone(),
            links: self.links(operation),
            long_running: None,
            id: WireName(id),
        }
    }

    /// Reports a fault in an extension.
    pub(super) fn fault(&mut self, at: &Pointer, message: &str) {
        let help = "the README of the generator says what this extension looks like";
        self.diagnostics.degraded("invalid-extension", at, message, help);
    }
}

/// `get /users/{id}/posts` is `getUsersByIdPosts`.
fn id_of_path(method: &str, path: &str) -> String {
    let words = path.replace('{', " by ").replace(|c: char| !c.is_alphanumeric(), " ");
    format!("{method} {words}").to_lower_camel_case()
}
