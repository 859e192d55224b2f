//! Merges references and `allOf` into one schema.

use serde_json::{Map, Value, json};

/// A schema without references and `allOf` at its top level.
#[derive(Debug, Clone, Default)]
pub(super) struct FlatSchema {
    /// Its keywords.
    pub(super) keywords: Map<String, Value>,
    /// The alternatives of each `oneOf` and `anyOf`.
    pub(super) unions: Vec<Vec<Value>>,
    /// The discriminator of each union.
    pub(super) discriminators: Vec<Option<Value>>,
}

/// Returns the target of a reference within the document.
pub(super) fn target<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Flattens a schema. Returns `None` if no value is valid, or if the references are a cycle.
pub(super) fn flatten(document: &Value, schema: &Value) -> Option<FlatSchema> {
    let mut flat = FlatSchema::default();
    add(document, schema, &mut flat, &mut Vec::new())?;
    Some(flat)
}

/// Adds the constraints of another schema. Returns `None` if no value is valid.
pub(super) fn intersect(document: &Value, flat: &FlatSchema, schema: &Value) -> Option<FlatSchema> {
    let mut flat = flat.clone();
    add(document, schema, &mut flat, &mut Vec::new())?;
    Some(flat)
}

fn add(
    document: &Value,
    schema: &Value,
    flat: &mut FlatSchema,
    visited: &mut Vec<String>,
) -> Option<()> {
    let object = match schema {
        Value::Object(object) => object,
        Value::Bool(true) => return Some(()),
        _ => return None,
    };
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        if visited.iter().any(|one| one == reference) {
            return None;
        }
        visited.push(reference.to_owned());
        add(document, target(document, reference)?, flat, visited)?;
        visited.pop();
    }
    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        add(document, part, flat, visited)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(alternatives)) = object.get(key) {
            flat.unions.push(alternatives.clone());
            flat.discriminators.push(object.get("discriminator").cloned());
        }
    }
    for (key, value) in object {
        match key.as_str() {
            "$ref" | "allOf" | "oneOf" | "anyOf" | "discriminator" => {}
            "const" => merge(&mut flat.keywords, "enum", &json!([value]))?,
            key => merge(&mut flat.keywords, key, value)?,
        }
    }
    Some(())
}

/// Merges a keyword. Returns `None` if no value can be valid under both values of the keyword.
fn merge(keywords: &mut Map<String, Value>, key: &str, value: &Value) -> Option<()> {
    let Some(old) = keywords.get(key).cloned() else {
        keywords.insert(key.to_owned(), value.clone());
        return Some(());
    };
    let merged = match (key, old, value) {
        ("properties", Value::Object(old), Value::Object(new)) => properties(old, new),
        ("required", Value::Array(old), Value::Array(new)) => {
            let added = new.iter().filter(|name| !old.contains(name));
            Value::Array(old.iter().chain(added).cloned().collect())
        }
        ("enum", Value::Array(old), Value::Array(new)) => {
            non_empty(old.into_iter().filter(|value| new.contains(value)).collect())?
        }
        ("type", old, new) => types(&old, new)?,
        ("items" | "additionalProperties", old, new) => json!({"allOf": [old, new]}),
        ("minimum" | "minLength" | "minItems" | "exclusiveMinimum", old, new) => {
            if old.as_f64() > new.as_f64() { old } else { new.clone() }
        }
        ("maximum" | "maxLength" | "maxItems" | "exclusiveMaximum", old, new) => {
            if old.as_f64() < new.as_f64() { old } else { new.clone() }
        }
        (_, _, new) => new.clone(),
    };
    keywords.insert(key.to_owned(), merged);
    Some(())
}

fn properties(mut old: Map<String, Value>, new: &Map<String, Value>) -> Value {
    for (name, schema) in new {
        let merged = match old.get(name) {
            Some(old) if old != schema => json!({"allOf": [old, schema]}),
            _ => schema.clone(),
        };
        old.insert(name.clone(), merged);
    }
    Value::Object(old)
}

/// Returns the types that both values of `type` allow. An integer is a number.
fn types(old: &Value, new: &Value) -> Option<Value> {
    let (old, new) = (as_array(old), as_array(new));
    let has = |types: &[Value], name: &str| types.iter().any(|one| one == name);
    let is_integer = (has(&old, "number") && has(&new, "integer"))
        || (has(&old, "integer") && has(&new, "number"));
    let common = old.iter().filter(|name| new.contains(name)).cloned();
    non_empty(common.chain(is_integer.then(|| json!("integer"))).collect())
}

/// Returns the items of an array, or a single value as the only item.
pub(super) fn as_array(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        other => vec![other.clone()],
    }
}

fn non_empty(values: Vec<Value>) -> Option<Value> {
    if values.is_empty() { None } else { Some(Value::Array(values)) }
}
