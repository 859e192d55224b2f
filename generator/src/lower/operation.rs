//! Operations.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;
use serde_json::Value;

use super::Lower;
use crate::ir::{Docs, Group, Ident, Operation, SecurityScheme, WireName};
use crate::parse::ParsedOperation;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// All operations, and the groups that their tags make.
    pub(super) fn operations(
        &mut self,
        schemes: &[SecurityScheme],
    ) -> (Vec<Group>, Vec<Operation>) {
        let parsed = self.parsed;
        let mut groups = Vec::new();
        let mut ids = BTreeSet::new();
        let mut operations = Vec::new();
        for operation in &parsed.operations {
            let id = self.id(operation, &ids);
            ids.insert(id.clone());
            let group = self.group(&mut groups, operation.operation.tags.first());
            operations.push(self.operation(operation, id, group, schemes));
        }
        self.check_links(&operations);
        self.long_running(&mut operations);
        (groups, operations)
    }

    /// The id of an operation, which is made of method and path if it has none of its own.
    fn id(&mut self, parsed: &ParsedOperation, taken: &BTreeSet<String>) -> String {
        let own = parsed.operation.operation_id.clone().filter(|id| !id.trim().is_empty());
        let request = format!("{} {}", parsed.method.to_uppercase(), parsed.path);
        match own {
            Some(id) if !taken.contains(&id) => return id,
            Some(id) => {
                let message = format!(
                    "the `operationId` `{id}` is there twice: {request} is named after its path"
                );
                self.diagnostics.degraded(
                    "duplicate-operation-id",
                    &parsed.at.join("operationId"),
                    message,
                    "give one of them another id",
                );
            }
            None => {
                let message = format!("{request} has no `operationId`: it is named after its path");
                self.diagnostics.degraded(
                    "missing-operation-id",
                    &parsed.at,
                    message,
                    "give it one, such as `getReport`: methods are named after it",
                );
            }
        }
        let made = id_of_path(parsed.method, &parsed.path);
        let numbered = (2..).map(|number| format!("{made}{number}"));
        let mut candidates = std::iter::once(made.clone()).chain(numbered);
        candidates.find(|id| !taken.contains(id)).unwrap_or(made)
    }

    fn group(&self, groups: &mut Vec<Group>, tag: Option<&String>) -> usize {
        if let Some(known) = groups.iter().position(|group| group.tag.as_ref() == tag) {
            return known;
        }
        let described = self.parsed.tags.iter().find(|known| Some(&known.name) == tag);
        groups.push(Group {
            tag: tag.cloned(),
            module: Ident::default(),
            description: described.and_then(|tag| tag.description.clone()),
        });
        groups.len() - 1
    }

    fn operation(
        &mut self,
        parsed: &ParsedOperation,
        id: String,
        group: usize,
        schemes: &[SecurityScheme],
    ) -> Operation {
        let ParsedOperation { at, operation, .. } = parsed;
        let parameters = self.parameters(parsed, &id);
        let success = self.success(operation, at, &id);
        let errors = self.errors(operation, at, &id);
        let accept = match success.media_types.as_slice() {
            // What is documented at all is what the server can send.
            [] => errors.media_types,
            _ => success.media_types,
        };
        if !operation.callbacks.is_empty() {
            self.diagnostics.note(
                "callbacks",
                &at.join("callbacks"),
                "callbacks are requests that the server makes: nothing is generated for them",
                "nothing needs to be done",
            );
        }
        self.own_servers(at);
        Operation {
            at: at.clone(),
            method_name: Ident::default(),
            request_type: Ident::default(),
            constant: Ident::default(),
            group,
            method: method(parsed.method),
            path: parsed.path.clone(),
            docs: Docs {
                summary: operation.summary.clone(),
                description: operation.description.clone(),
                notes: Vec::new(),
            },
            deprecated: operation.deprecated,
            accept_by: self.accept_by(parsed, &parameters),
            parameters,
            body: self.body(operation.request_body.as_ref(), &at.join("requestBody"), &id),
            answer: success.answer,
            accept: accept.join(", "),
            headers: success.headers,
            errors: errors.answers,
            error_set: None,
            security: self.security(operation, at, schemes),
            scopes: self.scopes(operation),
            user_levels: self.user_levels(operation, at),
            links: self.links(operation, at),
            long_running: None,
            id: WireName(id),
        }
    }

    /// Reports the servers that an operation or its path has for itself.
    fn own_servers(&mut self, at: &Pointer) {
        for at in [at.join("servers"), at.parent().join("servers")] {
            let servers = at.find(&self.parsed.root).and_then(Value::as_array);
            if servers.is_some_and(|servers| !servers.is_empty()) {
                let construct = "a server for a part of the API";
                let instead = "requests go to the server of the client";
                self.diagnostics.unsupported(&at, construct, instead);
            }
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

fn method(method: &str) -> &'static str {
    match method {
        "get" => "GET",
        "put" => "PUT",
        "post" => "POST",
        "delete" => "DELETE",
        "options" => "OPTIONS",
        "head" => "HEAD",
        "patch" => "PATCH",
        "trace" => "TRACE",
        other => unreachable!("the parser hands over these methods only: {other}"),
    }
}

/// The value of an extension.
pub(super) fn extension<'v, 'k>(
    mut extensions: impl Iterator<Item = (&'v String, &'v Value)>,
    names: &'k [&'static str],
) -> Option<(&'k &'static str, &'v Value)> {
    extensions.find_map(|(key, value)| Some((names.iter().find(|name| *name == key)?, value)))
}
