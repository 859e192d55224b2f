//! Lint `no-description`: objects without a description.

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, Node, text};
use super::{Action, Finding, short};

/// The code of the lint.
pub(super) const CODE: &str = "no-description";

/// Finds operations, parameters, component schemas and properties without a description.
pub(super) fn missing_descriptions(document: &Document<'_>) -> Vec<Finding> {
    let undescribed = document.nodes.iter().filter_map(|node| {
        let name = described_name(document, node)?;
        let is_undescribed = document.steps.take(1) && is_undescribed(document, node);
        is_undescribed.then(|| finding(&document.at(node.place), &name))
    });
    undescribed.collect()
}

/// Returns a noun phrase for a node, if it should have a description.
fn described_name(document: &Document<'_>, node: &Node<'_>) -> Option<String> {
    let [name, parent] = document.keys(node.place);
    let name = || short(name.unwrap_or_default());
    match (node.kind, parent) {
        (ObjectKind::Operation, _) => {
            let path = short(parent.unwrap_or_default());
            Some(format!("the operation `{} {path}`", name().to_uppercase()))
        }
        (ObjectKind::Parameter, _) => Some("the parameter".to_owned()),
        (ObjectKind::Schema, Some("properties")) => Some(format!("the property `{}`", name())),
        (ObjectKind::Schema, Some("schemas")) => Some(format!("the schema `{}`", name())),
        _ => None,
    }
}

/// Returns whether neither the node nor the target of its reference has a description.
fn is_undescribed<'d>(document: &Document<'d>, node: &Node<'d>) -> bool {
    let Node { kind, value, .. } = *node;
    // The target of a reference is reported itself. A reference to a schema is checked, because a use
    // may need a description of its own.
    if reference(value).is_some() && kind != ObjectKind::Schema {
        return false;
    }
    let has_description = |node: &Value| {
        ["description", "summary", "title"].iter().any(|key| text(node, key).is_some())
    };
    let parts =
        ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| value.get(key)?.as_array());
    let mut parts = parts.flatten().chain(value.get("items"));
    let has_described_part =
        kind == ObjectKind::Schema && parts.any(|part| has_description(document.resolved(part)));
    !has_description(value) && !has_description(document.resolved(value)) && !has_described_part
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
