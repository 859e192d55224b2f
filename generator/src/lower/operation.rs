//! Operations.

use std::collections::BTreeMap;

use openapiv3::{ReferenceOr, RequestBody};
use serde_json::Value;

use super::Lower;
use crate::ir::{Body, Docs, Group, Ident, Operation, WireName};
use crate::parse::ParsedOperation;
use crate::pointer::Pointer;

impl Lower<'_> {
    /// All operations, and the groups that their tags make.
    pub(super) fn operations(&mut self) -> (Vec<Group>, Vec<Operation>) {
        let parsed = self.parsed;
        let mut groups = Vec::new();
        let mut ids: BTreeMap<String, Pointer> = BTreeMap::new();
        let mut operations = Vec::new();
        for operation in &parsed.operations {
            let Some(id) = self.id(operation, &ids) else {
                continue;
            };
            ids.insert(id.clone(), operation.at.clone());
            let group = self.group(&mut groups, operation.operation.tags.first());
            operations.push(self.operation(operation, id, group));
        }
        self.check_links(&operations);
        (groups, operations)
    }

    fn id(
        &mut self,
        operation: &ParsedOperation,
        taken: &BTreeMap<String, Pointer>,
    ) -> Option<String> {
        let Some(id) = operation.operation.operation_id.clone().filter(|id| !id.trim().is_empty())
        else {
            let message = format!(
                "{} {} has no `operationId`",
                operation.method.to_uppercase(),
                operation.path
            );
            self.diagnostics.left_out(
                "missing-operation-id",
                &operation.at,
                message,
                "give it one, such as `getReport`: methods are named after it",
            );
            return None;
        };
        if let Some(other) = taken.get(&id) {
            let message = format!("the `operationId` `{id}` is there twice: `{other}` has it too");
            self.diagnostics.left_out(
                "duplicate-operation-id",
                &operation.at.join("operationId"),
                message,
                "give one of them another id",
            );
            return None;
        }
        Some(id)
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

    fn operation(&mut self, parsed: &ParsedOperation, id: String, group: usize) -> Operation {
        let ParsedOperation { at, operation, .. } = parsed;
        let parameters = self.parameters(parsed, &id);
        let success = self.success(operation, at, &id);
        let errors = self.errors(operation, at, &id);
        let accept = match success.media_types.as_slice() {
            // What is documented at all is what the server can send.
            [] => errors.media_types,
            _ => success.media_types,
        };
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
            errors: errors.answers,
            error_set: None,
            authenticated: self.is_authenticated(operation, at),
            scopes: self.scopes(operation),
            user_levels: self.user_levels(operation, at),
            links: self.links(operation, at),
            long_running: self.long_running(operation, at),
            id: WireName(id),
        }
    }

    fn body(
        &mut self,
        body: Option<&ReferenceOr<RequestBody>>,
        at: &Pointer,
        id: &str,
    ) -> Option<Body> {
        let (at, body) = self.parsed.resolve(body?, at, self.diagnostics)?;
        let content = at.join("content");
        let json = body.content.iter().find(|(media_type, _)| is_json(media_type));
        for (media_type, _) in body
            .content
            .iter()
            .filter(|(media_type, _)| Some(*media_type) != json.map(|(json, _)| json))
        {
            self.diagnostics.unsupported(
                &content.join(media_type),
                &format!("a body of the type `{media_type}`"),
                "it cannot be sent",
            );
        }
        let (media_type, value) = json?;
        let at = content.join(media_type);
        let ty = match &value.schema {
            Some(schema) => {
                self.usage(schema, &at.join("schema"), &[id.to_owned(), "body".to_owned()]).ty
            }
            None => crate::ir::Type::Any,
        };
        let first = value.examples.values().next().and_then(ReferenceOr::as_item);
        let example =
            value.example.clone().or_else(|| first.and_then(|example| example.value.clone()));
        Some(Body {
            rust: Ident::default(),
            ty,
            required: body.required,
            description: body.description,
            example,
        })
    }

    /// Reports a fault in an extension.
    pub(super) fn fault(&mut self, at: &Pointer, message: &str) {
        let help = "the README of the generator says what this extension looks like";
        self.diagnostics.degraded("invalid-extension", at, message, help);
    }
}

/// Whether a media type is JSON (RFC 8259) or one of its descendants (RFC 6839, section 3.1).
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
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
