//! Keywords of JSON Schema 2020-12 that OpenAPI 3.0 expresses with others, or not at all.

use serde_json::{Map, Value, json};

use super::rename;
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// Converts `const`, `examples`, and null among the values of `enum`.
pub(super) fn values(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.shift_remove("const") {
        schema.entry("enum").or_insert(json!([value]));
    }
    if let Some(Value::Array(examples)) = schema.get("examples").cloned() {
        schema.shift_remove("examples");
        if let Some(first) = examples.into_iter().next() {
            schema.entry("example").or_insert(first);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && values.contains(&Value::Null)
    {
        values.retain(|value| !value.is_null());
        if values.is_empty() {
            schema.shift_remove("enum");
        }
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
}

/// Converts `exclusiveMinimum` and `exclusiveMaximum`, which are numbers in 3.1 and booleans in 3.0.
pub(super) fn bounds(schema: &mut Map<String, Value>) {
    for (exclusive, inclusive, sign) in
        [("exclusiveMinimum", "minimum", 1.0), ("exclusiveMaximum", "maximum", -1.0)]
    {
        let Some(bound) = schema.get(exclusive).and_then(Value::as_f64) else { continue };
        let Some(value) = schema.shift_remove(exclusive) else { continue };
        let other = schema.get(inclusive).and_then(Value::as_f64);
        if other.is_none_or(|other| other * sign <= bound * sign) {
            schema.insert(inclusive.to_owned(), value);
            schema.insert(exclusive.to_owned(), Value::Bool(true));
        }
    }
}

/// Converts the items of tuples: `prefixItems`, and an array under `items` as in older drafts.
pub(super) fn items(schema: &mut Map<String, Value>) {
    rename(schema, "prefixItems", "x-prefix-items");
    if schema.get("items").is_some_and(Value::is_array) {
        rename(schema, "items", "x-prefix-items");
    }
}

/// Converts strings with binary content: `contentEncoding` and `contentMediaType`.
pub(super) fn binary_content(schema: &mut Map<String, Value>) {
    let lowercase =
        |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_ascii_lowercase);
    let encoding = lowercase("contentEncoding");
    let media_type = lowercase("contentMediaType");
    let is_string = schema.get("type").is_none_or(|name| name == "string");
    let format = match (encoding.as_deref(), media_type) {
        (Some("base64" | "base64url"), _) => "byte",
        (Some("binary"), _) => "binary",
        (None, Some(media_type)) if is_binary(&media_type) => "binary",
        _ => return,
    };
    if is_string {
        schema.entry("format").or_insert(json!(format));
    }
}

fn is_binary(media_type: &str) -> bool {
    const PREFIXES: [&str; 4] = ["image/", "audio/", "video/", "font/"];
    const NAMES: [&str; 5] = [
        "application/octet-stream",
        "application/pdf",
        "application/zip",
        "application/gzip",
        "*/*",
    ];
    NAMES.contains(&media_type) || PREFIXES.iter().any(|prefix| media_type.starts_with(prefix))
}

/// Converts the schemas of unnamed properties: `patternProperties` and `unevaluatedProperties`.
pub(super) fn unnamed_properties(
    schema: &mut Map<String, Value>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    if let Some(Value::Object(patterns)) = schema.shift_remove("patternProperties")
        && !patterns.is_empty()
    {
        let common = schema_of_any_name(&patterns, schema.get("additionalProperties"));
        if common.is_none() {
            diagnostics.degraded(
                "pattern-properties",
                &at.join("patternProperties"),
                "`patternProperties` allows properties of different types or names: their values can have any type",
                "if all of them have one type, use that in each pattern and write `additionalProperties: false`",
            );
        }
        schema.insert("additionalProperties".to_owned(), common.unwrap_or(Value::Bool(true)));
    }
    if schema.get("unevaluatedProperties").is_some_and(Value::is_object)
        && !schema.contains_key("additionalProperties")
    {
        rename(schema, "unevaluatedProperties", "additionalProperties");
    }
}

/// Returns the schema of all properties that are not named: that of the patterns, if all patterns and all
/// other properties have the same one.
fn schema_of_any_name(patterns: &Map<String, Value>, additional: Option<&Value>) -> Option<Value> {
    const ANY_NAME: [&str; 4] = ["", "^", ".*", "^.*$"];
    let mut schemas = patterns.values();
    let first = schemas.next()?;
    let is_anything = |schema: &Value| *schema == Value::Bool(true) || *schema == json!({});
    if additional.is_none_or(is_anything) && patterns.values().all(is_anything) {
        return Some(Value::Bool(true));
    }
    let matches_all = patterns.keys().any(|pattern| ANY_NAME.contains(&pattern.as_str()));
    let is_complete = match additional {
        Some(Value::Bool(false)) => true,
        Some(additional) => matches_all || additional == first,
        None => matches_all,
    };
    (is_complete && schemas.all(|schema| schema == first)).then(|| first.clone())
}

/// Removes conditions. Reports those that add properties; the others only restrict values.
pub(super) fn conditions(
    schema: &mut Map<String, Value>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    for key in ["then", "else"] {
        if let Some(part) = schema.shift_remove(key)
            && adds_properties(&part)
        {
            let construct = format!("a condition with properties under `{key}`");
            diagnostics.unsupported(&at.join(key), &construct, "these properties are omitted");
        }
    }
    schema.shift_remove("if");
    if let Some(Value::Object(parts)) = schema.shift_remove("dependentSchemas")
        && parts.values().any(adds_properties)
    {
        let at = at.join("dependentSchemas");
        diagnostics.unsupported(&at, "`dependentSchemas`", "its properties are omitted");
    }
}

fn adds_properties(part: &Value) -> bool {
    ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| part.get(key).is_some())
}
