//! Our extensions. Each module reads one extension and reports faults in it.

pub(super) mod accept;
pub(super) mod credential_sources;
pub(super) mod error_body;
pub(super) mod long_running;
pub(super) mod rate_limit;
pub(super) mod required;
mod shape;
pub(super) mod tagged_by;
pub(super) mod user_levels;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// Reports a fault in an extension.
fn report_fault(diagnostics: &mut Diagnostics, at: &Pointer, message: impl Into<String>) {
    let help = "compare it with the description of the extension in generator/README.md";
    diagnostics.degraded("invalid-extension", at, message, help);
}

/// Returns the string under a key.
fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Returns the strings in an array.
fn strings(array: Option<&Value>) -> Vec<String> {
    let items = array.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Reports each string that is not a JSON pointer. Returns whether all of them are.
fn check_pointers<'p>(
    pointers: impl IntoIterator<Item = &'p String>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> bool {
    let mut all_valid = true;
    for pointer in pointers.into_iter().filter(|pointer| Pointer::parse(pointer).is_none()) {
        let message = format!("`{pointer}` is not a JSON pointer: it must begin with `/`");
        report_fault(diagnostics, at, message);
        all_valid = false;
    }
    all_valid
}
