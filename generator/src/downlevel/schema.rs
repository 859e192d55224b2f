//! Schemas.

use serde_json::{Map, Value, json};

use super::{keywords, rename, types};
use crate::diagnostics::Diagnostics;
use crate::metamodel;
use crate::pointer::Pointer;

/// Takes a schema to 3.0; those inside it are left to the caller. Beside a reference everything
/// counts in 3.1, and in 3.0 nothing; but there are words that authors mean even so.
pub(super) fn schema(
    node: &mut Value,
    siblings_count: bool,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    match node {
        Value::Bool(true) => *node = json!({}),
        Value::Bool(false) => *node = json!({"x-never": true}),
        _ => {}
    }
    let reference = metamodel::reference(node).map(str::to_owned);
    let Some(schema) = node.as_object_mut() else { return };
    if let Some(reference) = reference
        && !beside_reference(schema, reference, siblings_count)
    {
        return;
    }
    types::null_members(schema);
    types::type_list(schema);
    keywords::values(schema);
    keywords::bounds(schema);
    keywords::items(schema);
    keywords::contents(schema);
    keywords::open_properties(schema);
    keywords::unsupported(schema, at, diagnostics);
}

/// Turns a reference with something beside it into `allOf` with the same beside it. Whether there
/// was something is the answer.
fn beside_reference(
    schema: &mut Map<String, Value>,
    reference: String,
    siblings_count: bool,
) -> bool {
    const MEANT: [&str; 5] = ["nullable", "description", "deprecated", "summary", "title"];
    let structural = |key: &str| {
        matches!(key, "$ref" | "$defs" | "definitions" | "$id" | "$schema" | "$anchor" | "$comment")
    };
    if !siblings_count {
        schema.retain(|key, _| {
            structural(key) || key.starts_with("x-") || MEANT.contains(&key.as_str())
        });
    }
    if schema.keys().all(|key| structural(key) || key.starts_with("x-")) {
        return false;
    }
    schema.shift_remove("$ref");
    rename(schema, "summary", "description");
    let reference = json!({ "$ref": reference });
    match schema.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.insert(0, reference),
        _ => drop(schema.insert("allOf".to_owned(), Value::Array(vec![reference]))),
    }
    true
}
