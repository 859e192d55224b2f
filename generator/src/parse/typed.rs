//! Nodes of the document as types of `openapiv3`.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect};
use crate::limits::Size;
use crate::metamodel;
use crate::pointer::Pointer;

/// The node that a node is, through references, and where that stands. A reference that leads
/// nowhere, or back to itself, leads to none.
pub(super) fn resolve(root: &Value, at: Pointer) -> Option<(Pointer, &Value)> {
    let mut at = at;
    let mut passed = BTreeSet::new();
    loop {
        let node = at.find(root)?;
        let Some(reference) = metamodel::reference(node) else { return Some((at, node)) };
        let next = Pointer::parse(reference.strip_prefix('#')?)?;
        if !passed.insert(std::mem::replace(&mut at, next)) {
            return None;
        }
    }
}

/// An object without some of its keys, which are read by themselves.
pub(super) fn without(value: &Value, keys: &[&str]) -> Value {
    let object = value.as_object().into_iter().flatten();
    let own = object.filter(|(key, _)| !keys.contains(&key.as_str()));
    Value::Object(own.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Reads a node as what it should be. `effect` is what it costs if it is something else.
pub(super) fn typed<T: DeserializeOwned>(
    value: Value,
    at: &Pointer,
    effect: Effect,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    // Whoever refers to a node has it read once more.
    if !diagnostics.steps().take(1) {
        return None;
    }
    Size::of(&value, diagnostics.steps());
    match serde_path_to_error::deserialize(value) {
        Ok(read) => Some(read),
        Err(error) => {
            let at = error.path().iter().fold(at.clone(), |at, segment| match segment {
                serde_path_to_error::Segment::Seq { index } => at.join(index),
                serde_path_to_error::Segment::Map { key } => at.join(key),
                serde_path_to_error::Segment::Enum { .. }
                | serde_path_to_error::Segment::Unknown => at,
            });
            let message = format!("this is not what OpenAPI 3.0 has here: {}", error.inner());
            let help = "compare it with the OpenAPI Specification 3.0.3";
            diagnostics.report(effect, "invalid-document", &at, message, help);
            None
        }
    }
}

/// The items of an array of the document, which may be absent.
pub(super) fn items<T: DeserializeOwned>(
    root: &Value,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    list(root, key, &Pointer::root(), diagnostics).into_iter().map(|(_, item)| item).collect()
}

/// The items of an array that may be absent, with their places.
pub(super) fn list<T: DeserializeOwned>(
    parent: &Value,
    key: &str,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Vec<(Pointer, T)> {
    let items = parent.get(key).and_then(Value::as_array).into_iter().flatten();
    let mut read = Vec::new();
    for (item, at) in items.zip(at.items(key, usize::MAX)) {
        if let Some(item) = typed(item.clone(), &at, Effect::Degraded, diagnostics) {
            read.push((at, item));
        }
    }
    read
}
