//! Our extensions: each module reads one, and reports what is wrong with it.

pub(super) mod accept;
pub(super) mod credential_sources;
pub(super) mod error_body;
pub(super) mod long_running;
pub(super) mod rate_limit;
pub(super) mod required;
pub(super) mod tagged_by;
pub(super) mod user_levels;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// Reports a fault in an extension.
fn fault(diagnostics: &mut Diagnostics, at: &Pointer, message: impl Into<String>) {
    let help = "the README of the generator says what this extension looks like";
    diagnostics.degraded("invalid-extension", at, message, help);
}

/// The string under a key.
fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The strings of an array.
fn strings(array: Option<&Value>) -> Vec<String> {
    let items = array.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Reports strings that must be JSON pointers and are not. Returns whether there was none.
fn are_pointers<'p>(
    pointers: impl IntoIterator<Item = &'p String>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut all = true;
    for pointer in pointers.into_iter().filter(|pointer| Pointer::parse(pointer).is_none()) {
        let message = format!("`{pointer}` is not a JSON pointer: it must begin with `/`");
        fault(diagnostics, at, message);
        all = false;
    }
    all
}
