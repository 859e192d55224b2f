//! Converts the type null, and arrays of types.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Replaces the alternatives of `oneOf` and `anyOf` that only allow null with `nullable`.
pub(super) fn remove_null_alternatives(schema: &mut Map<String, Value>) {
    let mut is_nullable = false;
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(alternatives)) = schema.get_mut(keyword) else { continue };
        let count = alternatives.len();
        alternatives.retain(|alternative| !is_null(alternative));
        is_nullable |= alternatives.len() < count;
        if alternatives.is_empty() && count > 0 {
            schema.shift_remove(keyword);
        }
    }
    if is_nullable {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
}

fn is_null(schema: &Value) -> bool {
    let null = Value::Null;
    schema.get("$ref").is_none()
        && (schema.get("type") == Some(&json!("null"))
            || schema.get("type") == Some(&json!(["null"]))
            || schema.get("const") == Some(&null)
            || schema.get("enum") == Some(&json!([null])))
}

/// The number of types that are converted. JSON Schema has seven; each becomes a schema with its own copy
/// of keywords such as `enum`.
const MAX_TYPES: usize = 16;

/// Replaces the type null with `nullable`, and several types with `anyOf`.
pub(super) fn type_array(schema: &mut Map<String, Value>) {
    let mut types: Vec<String> = match schema.get("type") {
        Some(Value::Array(types)) if types.iter().all(Value::is_string) => {
            types.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(null)) if null == "null" => vec![null.clone()],
        _ => return,
    };
    schema.shift_remove("type");
    if types.iter().any(|name| name == "null") {
        types.retain(|name| name != "null");
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    // An integer is a number.
    if types.iter().any(|name| name == "number") {
        types.retain(|name| name != "integer");
    }
    let mut unique = BTreeSet::new();
    types.retain(|name| unique.len() < MAX_TYPES && unique.insert(name.clone()));
    match types.as_slice() {
        [] => {}
        [one] => drop(schema.insert("type".to_owned(), json!(one))),
        several => {
            let alternatives = several.iter().map(|name| alternative(schema, name)).collect();
            schema.retain(|key, _| {
                key == "nullable" || !several.iter().any(|name| applies_to(key, name))
            });
            add_any_of(schema, alternatives);
        }
    }
}

/// Adds `anyOf` to a schema, within `allOf` if the schema has an `anyOf`.
fn add_any_of(schema: &mut Map<String, Value>, alternatives: Vec<Value>) {
    if !schema.contains_key("anyOf") {
        schema.insert("anyOf".to_owned(), Value::Array(alternatives));
        return;
    }
    let any_of = json!({ "anyOf": alternatives });
    match schema.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.push(any_of),
        _ => drop(schema.insert("allOf".to_owned(), json!([any_of]))),
    }
}

/// Returns the schema for one of several types: the type, and the keywords that apply to it.
fn alternative(schema: &Map<String, Value>, name: &str) -> Value {
    let mut alternative = Map::from_iter([("type".to_owned(), json!(name))]);
    for (key, value) in schema.iter().filter(|(key, _)| applies_to(key, name)) {
        match value {
            Value::Array(values) if key == "enum" => {
                let values: Vec<&Value> =
                    values.iter().filter(|value| is_of_type(value, name)).collect();
                if !values.is_empty() {
                    alternative.insert(key.clone(), json!(values));
                }
            }
            value => drop(alternative.insert(key.clone(), value.clone())),
        }
    }
    let has_numeric_format = matches!(
        alternative.get("format").and_then(Value::as_str),
        Some("int32" | "int64" | "float" | "double")
    );
    let is_numeric = matches!(name, "integer" | "number");
    if has_numeric_format != is_numeric {
        alternative.shift_remove("format");
    }
    Value::Object(alternative)
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || name == "integer" && !number.is_f64(),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// Returns whether a keyword constrains values of a type and of no other (JSON Schema 2020-12,
/// Validation), or must be split by type.
fn applies_to(key: &str, name: &str) -> bool {
    if key == "enum" {
        return true;
    }
    match name {
        "string" => matches!(
            key,
            "format"
                | "pattern"
                | "minLength"
                | "maxLength"
                | "contentEncoding"
                | "contentMediaType"
        ),
        "integer" | "number" => matches!(
            key,
            "format"
                | "minimum"
                | "maximum"
                | "exclusiveMinimum"
                | "exclusiveMaximum"
                | "multipleOf"
        ),
        "array" => {
            matches!(
                key,
                "items"
                    | "prefixItems"
                    | "minItems"
                    | "maxItems"
                    | "uniqueItems"
                    | "contains"
                    | "unevaluatedItems"
            )
        }
        "object" => matches!(
            key,
            "properties"
                | "required"
                | "additionalProperties"
                | "patternProperties"
                | "unevaluatedProperties"
                | "minProperties"
                | "maxProperties"
        ),
        _ => false,
    }
}
