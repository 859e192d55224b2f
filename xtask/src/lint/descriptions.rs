//! Things of which nobody says what they mean.

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::{Document, text};
use super::{Finding, overlay};

/// Operations, parameters, component schemas and properties without a word.
pub(super) fn missing(document: &Document) -> Vec<Finding> {
    let silent = document.nodes.iter().filter_map(|node| {
        let what = named(node.kind, &node.at)?;
        is_silent(document, node.kind, &node.value).then(|| finding(&node.at, &what))
    });
    silent.collect()
}

/// What a node is called, if it is one that should say what it means.
fn named(kind: ObjectKind, at: &Pointer) -> Option<String> {
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

/// Whether neither the node nor what it refers to says anything.
fn is_silent(document: &Document, kind: ObjectKind, node: &Value) -> bool {
    // What is behind a reference is told once, there. A schema may be a reference for its meaning.
    if reference(node).is_some() && kind != ObjectKind::Schema {
        return false;
    }
    let says = |node: &Value| {
        ["description", "summary", "title"].iter().any(|key| text(node, key).is_some())
    };
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| node.get(key)?.as_array());
    let mut parts = parts.flatten().chain(node.get("items"));
    let is_told_by_parts =
        kind == ObjectKind::Schema && parts.any(|part| says(document.resolved(part)));
    !says(node) && !says(document.resolved(node)) && !is_told_by_parts
}

fn finding(at: &Pointer, what: &str) -> Finding {
    Finding {
        code: "no-description",
        at: at.clone(),
        message: format!("nobody says what {what} means"),
        help: overlay::update(at, &json!({"description": "…"})),
    }
}
