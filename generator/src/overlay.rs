//! Overlays: what an API means and its document does not say (OpenAPI Overlay Specification 1.0).
//!
//! In come a document and the paths of overlays, out goes the document with their actions applied,
//! one after the other. Diagnostics about a node that an overlay has made name the overlay.

use serde_json::Value;
use serde_json_path::{JsonPath, PathElement};

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::load::{self, Document};
use crate::pointer::Pointer;
use crate::source::Source;

/// Applies overlays to a document.
pub fn apply(
    mut document: Document,
    source: &dyn Source,
    overlays: &[String],
    diagnostics: &mut Diagnostics,
) -> Document {
    for path in overlays {
        if let Some(overlay) = load::read(source, path, diagnostics) {
            apply_one(&mut document, &overlay, diagnostics);
        }
    }
    document
}

fn apply_one(document: &mut Document, overlay: &Document, diagnostics: &mut Diagnostics) {
    let mut fault = |pointer: Pointer, message: String, help: &str| {
        let place = Place { file: overlay.path.clone(), pointer };
        diagnostics.in_file(Effect::Fatal, "overlay", place, None, message, help);
    };
    let version = overlay.value.get("overlay").and_then(Value::as_str).unwrap_or_default();
    if !version.starts_with("1.0.") {
        let message = format!("this is no overlay that is supported: `overlay` is `{version}`");
        return fault(
            Pointer::root(),
            message,
            "write `overlay: 1.0.0`, as the Overlay Specification 1.0 asks",
        );
    }
    let Some(Value::Array(actions)) = overlay.value.get("actions") else {
        return fault(
            Pointer::root(),
            "the overlay has no `actions`".to_owned(),
            "give it a list of them",
        );
    };
    for (index, action) in actions.iter().enumerate() {
        let at = Pointer::root().join("actions").join(index);
        match targets(&document.value, action) {
            Ok(targets) => act(document, overlay, action, &at, targets, diagnostics),
            Err(message) => {
                let place = Place { file: overlay.path.clone(), pointer: at.join("target") };
                let help = "mend the JSONPath (RFC 9535) so that it leads to objects or arrays of the document";
                diagnostics.in_file(Effect::Degraded, "overlay", place, None, message, help);
            }
        }
    }
}

/// The nodes that an action is about.
fn targets(document: &Value, action: &Value) -> Result<Vec<Pointer>, String> {
    let Some(target) = action.get("target").and_then(Value::as_str) else {
        return Err("the action has no `target`".to_owned());
    };
    let path = JsonPath::parse(target)
        .map_err(|error| format!("the target `{target}` is no JSONPath: {error}"))?;
    let found: Vec<Pointer> = path
        .query_located(document)
        .locations()
        .map(|location| location.iter().map(step).collect())
        .collect();
    if found.is_empty() {
        Err(format!("the target `{target}` leads to nothing in the document"))
    } else {
        Ok(found)
    }
}

fn step(element: &PathElement<'_>) -> String {
    match element {
        PathElement::Name(name) => (*name).to_owned(),
        PathElement::Index(index) => index.to_string(),
    }
}

fn act(
    document: &mut Document,
    overlay: &Document,
    action: &Value,
    at: &Pointer,
    mut targets: Vec<Pointer>,
    diagnostics: &mut Diagnostics,
) {
    if action.get("remove") == Some(&Value::Bool(true)) {
        // From the back, so that the indices of what is still to be removed stay right.
        targets.sort();
        targets.iter().rev().for_each(|target| remove(&mut document.value, target));
        return;
    }
    let Some(update) = action.get("update") else {
        return;
    };
    for target in targets {
        let place = Place { file: overlay.path.clone(), pointer: at.join("update") };
        if let Some(node) = target.find_mut(&mut document.value) {
            origins(node, update, &target, &place, diagnostics);
            merge(node, update);
        }
    }
}

fn remove(document: &mut Value, target: &Pointer) {
    let Some(step) = target.last() else {
        return;
    };
    match target.parent().find_mut(document) {
        Some(Value::Object(object)) => drop(object.shift_remove(step)),
        Some(Value::Array(items)) => {
            if let Some(index) = step.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Remembers which nodes the update makes: those that are not there yet, and scalars.
fn origins(
    node: &Value,
    update: &Value,
    target: &Pointer,
    place: &Place,
    diagnostics: &mut Diagnostics,
) {
    if let (Value::Object(node), Value::Object(update)) = (node, update) {
        for (key, value) in update {
            let target = target.join(key);
            let place = Place { file: place.file.clone(), pointer: place.pointer.join(key) };
            match node.get(key) {
                Some(node) => origins(node, value, &target, &place, diagnostics),
                None => diagnostics.add_origin(target, place),
            }
        }
    } else if !node.is_array() {
        diagnostics.add_origin(target.clone(), place.clone());
    }
}

/// Objects are merged, arrays get what is appended, anything else is replaced
/// (Overlay Specification 1.0, Action Object, `update`).
fn merge(node: &mut Value, update: &Value) {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            for (key, value) in update {
                match node.get_mut(key) {
                    Some(node) => merge(node, value),
                    None => drop(node.insert(key.clone(), value.clone())),
                }
            }
        }
        (Value::Array(node), Value::Array(update)) => node.extend(update.iter().cloned()),
        (Value::Array(node), update) => node.push(update.clone()),
        (node, update) => *node = update.clone(),
    }
}
