//! OpenAPI 3.0 schemas to JSON Schema 2020-12, which OpenAPI 3.1 has already.

use serde_json::{Map, Value, json};

/// Keywords whose value is a schema.
const ONE: [&str; 10] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedProperties",
    "unevaluatedItems",
];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is an object of schemas.
const NAMED: [&str; 4] = ["properties", "patternProperties", "$defs", "dependentSchemas"];
/// Keywords that say what a value is.
const SHAPING: [&str; 9] = [
    "type",
    "enum",
    "properties",
    "items",
    "additionalProperties",
    "$ref",
    "allOf",
    "oneOf",
    "anyOf",
];

/// Converts the component schemas of a document. In what is OpenAPI 3.1 nothing is changed.
pub fn convert(mut document: Value) -> Value {
    let is_old = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas")
        && is_old
    {
        schemas.values_mut().for_each(schema);
    }
    document
}

fn schema(value: &mut Value) {
    let Value::Object(object) = value else { return };
    // Beside a reference nothing counts (OpenAPI 3.0.3, Reference Object).
    if let Some(Value::String(reference)) = object.get("$ref") {
        *value = json!({"$ref": reference});
        return;
    }
    tagged_by(object);
    null_members(object);
    nullable(object);
    exclusive(object, "exclusiveMinimum", "minimum");
    exclusive(object, "exclusiveMaximum", "maximum");
    for (key, value) in object.iter_mut() {
        match value {
            Value::Array(list) if LIST.contains(&key.as_str()) => list.iter_mut().for_each(schema),
            Value::Object(named) if NAMED.contains(&key.as_str()) => {
                named.values_mut().for_each(schema);
            }
            other if ONE.contains(&key.as_str()) => schema(other),
            _ => {}
        }
    }
}

/// A sibling that chooses the schema of a property (`x-tagged-by`, see generator/README.md) is a
/// condition for each of its values.
fn tagged_by(object: &mut Map<String, Value>) {
    let properties = object.get("properties").and_then(Value::as_object);
    let mut conditions = Vec::new();
    for (name, property) in properties.into_iter().flatten() {
        let tag = property["x-tagged-by"]["propertyName"].as_str().unwrap_or_default();
        let mapping = property["x-tagged-by"]["mapping"].as_object();
        for (value, target) in mapping.into_iter().flatten() {
            conditions.push(json!({
                "if": {"properties": {tag: {"const": value}}, "required": [tag]},
                "then": {"properties": {name: {"$ref": target}}}
            }));
        }
    }
    if !conditions.is_empty()
        && let Value::Array(all) = object.entry("allOf").or_insert_with(|| json!([]))
    {
        all.append(&mut conditions);
    }
}

/// An alternative that says nothing but that it is nullable is how documents of OpenAPI 3.0 write
/// null, which has no type there.
fn null_members(object: &mut Map<String, Value>) {
    for union in ["oneOf", "anyOf"] {
        let members = object.get_mut(union).and_then(Value::as_array_mut);
        for member in members.into_iter().flatten() {
            let says = |keyword: &str| member.get(keyword).is_some();
            if member.get("nullable") == Some(&json!(true))
                && !SHAPING.iter().any(|word| says(word))
            {
                *member = json!({"type": "null"});
            }
        }
    }
}

/// `nullable` adds null to the type beside it, and does nothing without one (OpenAPI 3.0.3, Schema
/// Object).
fn nullable(object: &mut Map<String, Value>) {
    if object.shift_remove("nullable") == Some(Value::Bool(true))
        && let Some(kind) = object.get_mut("type")
        && kind.is_string()
    {
        *kind = json!([kind.take(), "null"]);
    }
}

/// What was a boolean beside a bound is the bound itself.
fn exclusive(object: &mut Map<String, Value>, key: &str, bound: &str) {
    if let Some(Value::Bool(exclusive)) = object.get(key).cloned() {
        object.shift_remove(key);
        if exclusive && let Some(value) = object.shift_remove(bound) {
            object.insert(key.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_3_0_says_in_its_own_way_is_converted() {
        let document = |version: &str, schema: Value| json!({"openapi": version, "components": {"schemas": {"A": schema}}});
        let old = json!({
            "properties": {"nullable": {"type": "integer", "nullable": true, "minimum": 1, "exclusiveMinimum": true}},
            "items": {"$ref": "#/x", "type": "string"}
        });
        let new = json!({
            "properties": {"nullable": {"type": ["integer", "null"], "exclusiveMinimum": 1}},
            "items": {"$ref": "#/x"}
        });
        assert_eq!(convert(document("3.0.1", old.clone())), document("3.0.1", new));
        let tagged = json!({"x-tagged-by": {"propertyName": "kind", "mapping": {"a": "#/A"}}});
        let tagged = convert(document("3.0.1", json!({"properties": {"value": tagged}})));
        let condition = &tagged["components"]["schemas"]["A"]["allOf"][0];
        assert_eq!(condition["if"]["properties"], json!({"kind": {"const": "a"}}));
        assert_eq!(condition["then"]["properties"], json!({"value": {"$ref": "#/A"}}));
        assert_eq!(convert(document("3.1.0", old.clone())), document("3.1.0", old));
    }
}
