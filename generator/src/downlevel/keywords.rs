//! Keywords of JSON Schema 2020-12 that 3.0 says with others, or not at all.

use serde_json::{Map, Value, json};

use super::rename;
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// `const`, `examples`, and null among the values of an enum.
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

/// `exclusiveMinimum` and `exclusiveMaximum`, which are numbers in 3.1 and flags in 3.0.
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

/// The items of tuples: `prefixItems`, and a list under `items` as in older drafts.
pub(super) fn items(schema: &mut Map<String, Value>) {
    rename(schema, "prefixItems", "x-prefix-items");
    if schema.get("items").is_some_and(Value::is_array) {
        rename(schema, "items", "x-prefix-items");
    }
}

/// Texts that hold bytes.
pub(super) fn contents(schema: &mut Map<String, Value>) {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_ascii_lowercase);
    let encoding = text("contentEncoding");
    let media_type = text("contentMediaType");
    let is_text = schema.get("type").is_none_or(|name| name == "string");
    let format = match (encoding.as_deref(), media_type) {
        (Some("base64" | "base64url"), _) => "byte",
        (Some("binary"), _) => "binary",
        (None, Some(media_type)) if is_binary(&media_type) => "binary",
        _ => return,
    };
    if is_text {
        schema.entry("type").or_insert(json!("string"));
        schema.entry("format").or_insert(json!(format));
    }
}

fn is_binary(media_type: &str) -> bool {
    let kinds = ["image/", "audio/", "video/", "font/"];
    let whole = [
        "application/octet-stream",
        "application/pdf",
        "application/zip",
        "application/gzip",
        "*/*",
    ];
    whole.contains(&media_type) || kinds.iter().any(|kind| media_type.starts_with(kind))
}

/// Properties whose names are not known: `patternProperties` and `unevaluatedProperties`.
pub(super) fn open_properties(
    schema: &mut Map<String, Value>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    if let Some(Value::Object(patterns)) = schema.shift_remove("patternProperties")
        && !patterns.is_empty()
    {
        let open = of_any_name(&patterns, schema.get("additionalProperties"));
        if open.is_none() {
            diagnostics.degraded(
                "pattern-properties",
                &at.join("patternProperties"),
                "beside `patternProperties` there can be properties of other names or types: the values can be anything",
                "if there are none, write `additionalProperties: false` beside patterns of one type",
            );
        }
        schema.insert("additionalProperties".to_owned(), open.unwrap_or(Value::Bool(true)));
    }
    if schema.get("unevaluatedProperties").is_some_and(Value::is_object)
        && !schema.contains_key("additionalProperties")
    {
        rename(schema, "unevaluatedProperties", "additionalProperties");
    }
}

/// The schema of all properties that have no name of their own: that of the patterns, if no other
/// property can be there.
fn of_any_name(patterns: &Map<String, Value>, additional: Option<&Value>) -> Option<Value> {
    const EVERY_NAME: [&str; 4] = ["", "^", ".*", "^.*$"];
    let mut schemas = patterns.values();
    let first = schemas.next()?;
    let is_anything = |schema: &Value| *schema == Value::Bool(true) || *schema == json!({});
    if additional.is_none_or(is_anything) && patterns.values().all(is_anything) {
        return Some(Value::Bool(true));
    }
    let is_every = patterns.keys().any(|pattern| EVERY_NAME.contains(&pattern.as_str()));
    let others_fit = match additional {
        Some(Value::Bool(false)) => true,
        Some(additional) => is_every || additional == first,
        None => is_every,
    };
    (others_fit && schemas.all(|schema| schema == first)).then(|| first.clone())
}

/// Reports what would add properties, and says so; other conditions only forbid values.
pub(super) fn unsupported(
    schema: &mut Map<String, Value>,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    for key in ["then", "else"] {
        if let Some(part) = schema.shift_remove(key)
            && adds_properties(&part)
        {
            let construct = format!("a condition with properties under `{key}`");
            diagnostics.unsupported(&at.join(key), &construct, "these properties are left out");
        }
    }
    schema.shift_remove("if");
    if let Some(Value::Object(parts)) = schema.shift_remove("dependentSchemas")
        && parts.values().any(adds_properties)
    {
        let at = at.join("dependentSchemas");
        diagnostics.unsupported(&at, "`dependentSchemas`", "its properties are left out");
    }
}

fn adds_properties(part: &Value) -> bool {
    ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| part.get(key).is_some())
}
