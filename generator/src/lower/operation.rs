//! Operations.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToLowerCamelCase;

use super::Lower;
use super::place::Owner;
use crate::config::Methods;
use crate::document;
use crate::ir::{Docs, Group, GroupId, Operation, OperationId, SecurityScheme, WireName};
use crate::pointer::Pointer;

impl Lower<'_> {
    /// Lowers all operations, and returns them with their groups.
    pub(super) fn operations(
        &mut self,
        schemes: &[SecurityScheme],
        methods: Methods,
    ) -> (Vec<Group>, Vec<Operation>) {
        let document = self.document;
        let mut groups = Vec::new();
        let of_groups: Vec<GroupId> = document
            .operations
            .iter()
            .map(|operation| self.group(&mut groups, group_name(operation, methods)))
            .collect();
        let mut ids = self.ids();
        // The order of the document is that of the crate, and makes no other difference.
        let mut lowered = BTreeMap::new();
        for index in self.sorted_operations() {
            let operation = document.operations.get(index);
            let group = of_groups.get(index).copied();
            let (Some(operation), Some(group), Some(id)) = (operation, group, ids.remove(&index))
            else {
                continue;
            };
            let number = OperationId(index);
            lowered.insert(index, self.operation(operation, (number, id), group, schemes));
        }
        let mut operations: Vec<Operation> = lowered.into_values().collect();
        self.check_links(&operations);
        self.long_running(&mut operations);
        (groups, operations)
    }

    /// The numbers of the operations, sorted by path and method.
    fn sorted_operations(&self) -> Vec<usize> {
        let operations = &self.document.operations;
        let mut numbers: Vec<usize> = (0..operations.len()).collect();
        numbers.sort_by_key(|number| operations.get(*number).map(|one| (&one.path, &one.method)));
        numbers
    }

    /// The ids of all operations, by their numbers. Those that the document gives have the first claim
    /// to them.
    fn ids(&mut self) -> BTreeMap<usize, String> {
        let document = self.document;
        let mut taken = BTreeSet::new();
        let mut ids = BTreeMap::new();
        let mut without = Vec::new();
        for index in self.sorted_operations() {
            let given = document.operations.get(index).and_then(|operation| operation.id.clone());
            match given {
                Some(id) if taken.insert(id.clone()) => drop(ids.insert(index, id)),
                Some(_) | None => without.push(index),
            }
        }
        for index in without {
            let Some(operation) = document.operations.get(index) else { continue };
            let id = self.id(operation, &taken);
            taken.insert(id.clone());
            ids.insert(index, id);
        }
        ids
    }

    /// The id of an operation that has none of its own: it is made of method and path.
    fn id(&mut self, operation: &document::Operation, taken: &BTreeSet<String>) -> String {
        let request = format!("{} {}", operation.method, operation.path);
        match operation.id.clone() {
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
        let made = id_of_path(&operation.method, &operation.path);
        let numbered = (2..).map(|number| format!("{made}{number}"));
        let mut candidates = std::iter::once(made.clone()).chain(numbered);
        candidates.find(|id| !taken.contains(id)).unwrap_or(made)
    }

    fn group(&self, groups: &mut Vec<Group>, name: Option<&str>) -> GroupId {
        if let Some(known) = groups.iter().find(|group| group.name.as_deref() == name) {
            return known.number;
        }
        let described = self.document.tags.iter().find(|known| Some(known.name.as_str()) == name);
        let number = GroupId(groups.len());
        groups.push(Group {
            number,
            name: name.map(str::to_owned),
            description: described.and_then(|tag| tag.description.clone()),
        });
        number
    }

    fn operation(
        &mut self,
        operation: &document::Operation,
        (number, id): (OperationId, String),
        group: GroupId,
        schemes: &[SecurityScheme],
    ) -> Operation {
        let at = &operation.at;
        self.operation.clone_from(at);
        let own = Owner::Operation(at.clone());
        let parameters = self.owned_by(own.clone(), |lower| lower.parameters(operation, &id));
        let success = self.success(operation, &id);
        let errors = self.errors(operation, &id);
        let accept = match success.media_types.as_slice() {
            // What is documented at all is what the server can send.
            [] => errors.media_types,
            _ => success.media_types,
        };
        self.report_skipped(operation);
        let body = operation.request_body.as_ref();
        let body = self.owned_by(own, |lower| lower.body(body, number, &id));
        for request in &operation.callbacks {
            self.payload(request, Some(number), std::slice::from_ref(&id));
        }
        self.forget_path_item();
        Operation {
            at: at.clone(),
            number,
            group,
            method: operation.method.clone(),
            path: operation.path.clone(),
            docs: Docs {
                summary: operation.summary.clone(),
                description: operation.description.clone(),
                notes: Vec::new(),
            },
            deprecated: operation.deprecated,
            accept_by: self.accept_by(operation, &parameters),
            parameters,
            body,
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

    /// Reports the parts of an operation that the crate does not have.
    fn report_skipped(&mut self, operation: &document::Operation) {
        if operation.has_callbacks {
            self.diagnostics.note(
                "callbacks",
                &operation.at.join("callbacks"),
                "callbacks are requests that the server makes: only the types of their JSON payloads are generated",
                "nothing needs to be done",
            );
        }
    }

    /// Reports a fault in an extension.
    pub(super) fn fault(&mut self, at: &Pointer, message: &str) {
        let help = "the README of the generator says what this extension looks like";
        self.diagnostics.degraded("invalid-extension", at, message, help);
    }
}

/// Returns the name of the group of an operation.
fn group_name(operation: &document::Operation, methods: Methods) -> Option<&str> {
    match methods {
        Methods::Flat | Methods::ByTag => operation.tags.first().map(String::as_str),
        Methods::ById => {
            let (group, method) = operation.id.as_deref()?.split_once('/')?;
            (!group.is_empty() && !method.is_empty()).then_some(group)
        }
    }
}

/// `get /users/{id}/posts` is `getUsersByIdPosts`.
fn id_of_path(method: &str, path: &str) -> String {
    let words = path.replace('{', " by ").replace(|c: char| !c.is_alphanumeric(), " ");
    format!("{method} {words}").to_lower_camel_case()
}
