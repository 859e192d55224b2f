//! Lint `no-description`: objects without a description.

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, text};
use super::{Action, Finding};

/// The code of the lint.
pub(super) const CODE: &str = "no-description";

/// Finds operations, parameters, component schemas and properties without a description.
pub(super) fn missing_descriptions(document: &Document) -> Vec<Finding> {
    let undescribed = document.nodes.iter().filter_map(|node| {
        let name = described_name(node.kind, &node.at)?;
        is_undescribed(document, node.kind, &node.value).then(|| finding(&node.at, &name))
    });
    undescribed.collect()
}

/// Returns a noun phrase for a node, if it should have a description.
fn described_name(kind: ObjectKind, at: &Pointer) -> Option<String> {
    let name = at.last().unwrap_or_default();
    let parent = at.parent();
    match (kind, parent.last()) {
        (ObjectKind::Operation, _) => {
            let path = parent.last().unwrap_or_default();
            Some(format!("the operation `{} {path}`", name.to_uppercase()))
        }
        (ObjectKind::Parameter, _) => Some("the parameter".to_owned()),
        (ObjectKind::Schema, Some("properties")) => Some(format!("the property `{name}`")),
        (ObjectKind::Schema, Some("schemas")) => Some(format!("the schema `{name}`")),
        _ => None,
    }
}

/// Returns whether neither the node nor the target of its reference has a description.
fn is_undescribed(document: &Document, kind: ObjectKind, node: &Value) -> bool {
    // The target of a reference is reported itself. A reference to a schema is checked, because a use
    // may need a description of its own.
    if reference(node).is_some() && kind != ObjectKind::Schema {
        return false;
    }
    let has_description = |node: &Value| {
        ["description", "summary", "title"].iter().any(|key| text(node, key).is_some())
    };
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| node.get(key)?.as_array());
    let mut parts = parts.flatten().chain(node.get("items"));
    let has_described_part =
        kind == ObjectKind::Schema && parts.any(|part| has_description(document.resolved(part)));
    !has_description(node) && !has_description(document.resolved(node)) && !has_described_part
}

fn finding(at: &Pointer, name: &str) -> Finding {
    Finding {
        code: CODE,
        at: at.clone(),
        message: format!("{name} has no description"),
        help: "describe it".to_owned(),
        actions: vec![Action::update(at.clone(), json!({"description": "…"}))],
    }
}
