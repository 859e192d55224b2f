//! Converts one schema to OpenAPI 3.0.

use serde_json::{Map, Value, json};

use super::{keywords, rename, types};
use crate::diagnostics::Diagnostics;
use crate::metamodel;
use crate::pointer::Pointer;

/// Converts a schema, and leaves its subschemas to the caller. The siblings of a reference are significant
/// in 3.1. In 3.0 they are ignored, except for keywords that authors commonly write there.
pub(super) fn convert(
    node: &mut Value,
    allows_siblings: bool,
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
        && !combine_reference(schema, reference, allows_siblings)
    {
        return;
    }
    types::remove_null_alternatives(schema);
    types::type_array(schema);
    keywords::values(schema);
    keywords::bounds(schema);
    keywords::items(schema);
    keywords::binary_content(schema);
    keywords::unnamed_properties(schema, at, diagnostics);
    keywords::conditions(schema, at, diagnostics);
}

/// Converts a reference with siblings to `allOf` with siblings. Returns `false` if it has no significant
/// siblings, so that it stays a reference.
fn combine_reference(
    schema: &mut Map<String, Value>,
    reference: String,
    allows_siblings: bool,
) -> bool {
    const COMMON_SIBLINGS: [&str; 5] =
        ["nullable", "description", "deprecated", "summary", "title"];
    let is_structural = |key: &str| {
        matches!(key, "$ref" | "$defs" | "definitions" | "$id" | "$schema" | "$anchor" | "$comment")
    };
    if !allows_siblings {
        schema.retain(|key, _| {
            is_structural(key) || key.starts_with("x-") || COMMON_SIBLINGS.contains(&key.as_str())
        });
    }
    if schema.keys().all(|key| is_structural(key) || key.starts_with("x-")) {
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
