//! Null as a type, and several types at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Takes the members of unions out that are nothing but null.
pub(super) fn null_members(schema: &mut Map<String, Value>) {
    let mut nullable = false;
    for union in ["oneOf", "anyOf"] {
        let Some(Value::Array(members)) = schema.get_mut(union) else { continue };
        let all = members.len();
        members.retain(|member| !is_null(member));
        nullable |= members.len() < all;
        if members.is_empty() && all > 0 {
            schema.shift_remove(union);
        }
    }
    if nullable {
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

/// How many types a list can name. There are seven; each of them becomes a schema with what goes with
/// it, such as all values of the enum that are of it.
const MOST: usize = 16;

/// Takes null out of the types, and makes a union of those that are left if they are several.
pub(super) fn type_list(schema: &mut Map<String, Value>) {
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
    // Each integer is a number.
    if types.iter().any(|name| name == "number") {
        types.retain(|name| name != "integer");
    }
    let mut known = BTreeSet::new();
    types.retain(|name| known.len() < MOST && known.insert(name.clone()));
    match types.as_slice() {
        [] => {}
        [one] => drop(schema.insert("type".to_owned(), json!(one))),
        several => {
            let members = several.iter().map(|name| member(schema, name)).collect();
            schema.retain(|key, _| {
                key == "nullable" || !several.iter().any(|name| goes_with(key, name))
            });
            add_union(schema, members);
        }
    }
}

fn add_union(schema: &mut Map<String, Value>, members: Vec<Value>) {
    if !schema.contains_key("anyOf") {
        schema.insert("anyOf".to_owned(), Value::Array(members));
        return;
    }
    let union = json!({ "anyOf": members });
    match schema.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.push(union),
        _ => drop(schema.insert("allOf".to_owned(), json!([union]))),
    }
}

/// The part of a schema that is about one of its types.
fn member(schema: &Map<String, Value>, name: &str) -> Value {
    let mut member = Map::from_iter([("type".to_owned(), json!(name))]);
    for (key, value) in schema.iter().filter(|(key, _)| goes_with(key, name)) {
        match value {
            Value::Array(values) if key == "enum" => {
                let values: Vec<&Value> =
                    values.iter().filter(|value| is_of(value, name)).collect();
                if !values.is_empty() {
                    member.insert(key.clone(), json!(values));
                }
            }
            value => drop(member.insert(key.clone(), value.clone())),
        }
    }
    let numeric = matches!(
        member.get("format").and_then(Value::as_str),
        Some("int32" | "int64" | "float" | "double")
    );
    if member.contains_key("format") && numeric != matches!(name, "integer" | "number") {
        member.shift_remove("format");
    }
    Value::Object(member)
}

fn is_of(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => name == "number" || name == "integer" && !number.is_f64(),
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// Whether a keyword says something about values of a type, and nothing about others (JSON Schema
/// 2020-12, Validation).
fn goes_with(key: &str, name: &str) -> bool {
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
                "items" | "prefixItems" | "minItems" | "maxItems" | "uniqueItems" | "contains"
            )
        }
        "object" => matches!(
            key,
            "properties"
                | "required"
                | "additionalProperties"
                | "patternProperties"
                | "minProperties"
                | "maxProperties"
        ),
        _ => false,
    }
}
