//! Nodes of the document as types of `openapiv3`.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect};
use crate::limits::Size;
use crate::metamodel;
use crate::pointer::Pointer;

/// Follows the references from a location, and returns the node at their end with its location.
/// Returns `None` if a reference does not resolve or is part of a cycle.
pub(super) fn resolve(root: &Value, mut at: Pointer) -> Option<(Pointer, &Value)> {
    let mut visited = BTreeSet::new();
    loop {
        let node = at.find(root)?;
        let Some(reference) = metamodel::reference(node) else { return Some((at, node)) };
        let next = Pointer::parse(reference.strip_prefix('#')?)?;
        if !visited.insert(std::mem::replace(&mut at, next)) {
            return None;
        }
    }
}

/// Returns a copy of an object without some of its keys, which the caller reads separately.
pub(super) fn without(value: &Value, keys: &[&str]) -> Value {
    let object = value.as_object().into_iter().flatten();
    let others = object.filter(|(key, _)| !keys.contains(&key.as_str()));
    Value::Object(others.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Deserializes a node. If that fails, reports a diagnostic with `effect`.
pub(super) fn typed<T: DeserializeOwned>(
    value: Value,
    at: &Pointer,
    effect: Effect,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    // A node is read again for each reference to it.
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
            let message = format!("this does not match OpenAPI 3.0: {}", error.inner());
            let help = "compare it with the OpenAPI Specification 3.0.3";
            diagnostics.report(effect, "invalid-document", &at, message, help);
            None
        }
    }
}

/// Reads the items of an array under a key of the document. The array may be absent.
pub(super) fn root_items<T: DeserializeOwned>(
    root: &Value,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<T> {
    located_items(root, key, &Pointer::root(), diagnostics)
        .into_iter()
        .map(|(_, item)| item)
        .collect()
}

/// Reads the items of an array with their locations. The array may be absent.
pub(super) fn located_items<T: DeserializeOwned>(
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
