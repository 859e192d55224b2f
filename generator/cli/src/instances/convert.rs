//! Converts OpenAPI 3.0 schemas to JSON Schema 2020-12. OpenAPI 3.1 uses JSON Schema 2020-12 itself.

use clientgen::metamodel::{self, ObjectKind};
use serde_json::{Map, Value, json};

/// The keywords beside `$ref` that say nothing about a value. They are kept.
const ANNOTATIONS: [&str; 3] = ["default", "example", "examples"];
/// The keywords that constrain the type of a value.
const TYPE_KEYWORDS: [&str; 9] = [
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

/// Converts the schemas of a document. An OpenAPI 3.1 document is returned unchanged. Nodes keep their
/// locations.
pub fn convert(mut document: Value) -> Value {
    let is_3_0 = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
    if is_3_0 {
        metamodel::walk_mut(&mut document, &mut |kind, _, value| {
            if kind == ObjectKind::Schema {
                schema(value);
            }
        });
    }
    document
}

/// Converts the keywords of a schema, without its subschemas.
fn schema(value: &mut Value) {
    let Value::Object(object) = value else { return };
    // Siblings of `$ref` are ignored (OpenAPI 3.0.3, Reference Object).
    if object.get("$ref").is_some_and(Value::is_string) {
        object.retain(|key, _| key == "$ref" || ANNOTATIONS.contains(&key.as_str()));
        return;
    }
    tagged_by(object);
    null_alternatives(object);
    nullable(object);
    exclusive_bound(object, "exclusiveMinimum", "minimum");
    exclusive_bound(object, "exclusiveMaximum", "maximum");
}

/// Converts `x-tagged-by` (see generator/README.md) to a condition for each value of the tag.
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

/// Converts alternatives that have `nullable` only to the type `null`, which OpenAPI 3.0 does not have.
fn null_alternatives(object: &mut Map<String, Value>) {
    for union in ["oneOf", "anyOf"] {
        let alternatives = object.get_mut(union).and_then(Value::as_array_mut);
        for alternative in alternatives.into_iter().flatten() {
            let is_nullable = alternative.get("nullable") == Some(&json!(true));
            let has_type = TYPE_KEYWORDS.iter().any(|keyword| alternative.get(*keyword).is_some());
            if is_nullable && !has_type {
                *alternative = json!({"type": "null"});
            }
        }
    }
}

/// Converts `nullable` to a second type. Without `type` it has no effect (OpenAPI 3.0.3, Schema Object).
fn nullable(object: &mut Map<String, Value>) {
    if object.shift_remove("nullable") == Some(Value::Bool(true))
        && let Some(name) = object.get_mut("type")
        && name.is_string()
    {
        *name = json!([name.take(), "null"]);
    }
}

/// Converts a boolean exclusive bound to a number.
fn exclusive_bound(object: &mut Map<String, Value>, key: &str, bound: &str) {
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
    fn keywords_of_3_0_are_converted() {
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
