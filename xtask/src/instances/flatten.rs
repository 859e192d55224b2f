//! References and `allOf`, put together into one schema.

use serde_json::{Map, Value, json};

/// A schema without references and `allOf` at its top.
#[derive(Debug, Clone, Default)]
pub(super) struct Flat {
    /// Its keywords.
    pub(super) keywords: Map<String, Value>,
    /// What its `oneOf` and `anyOf` let choose from.
    pub(super) unions: Vec<Vec<Value>>,
    /// The tag that the chosen schema must bear, for each union: property and mapping.
    pub(super) discriminators: Vec<Option<Value>>,
}

/// The node that a reference within the document leads to.
pub(super) fn target<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Puts a schema together. None if it allows nothing, or its references lead in a circle.
pub(super) fn flatten(document: &Value, schema: &Value) -> Option<Flat> {
    let mut flat = Flat::default();
    add(document, schema, &mut flat, &mut Vec::new())?;
    Some(flat)
}

/// Adds what a further schema asks for.
pub(super) fn also(document: &Value, flat: &Flat, schema: &Value) -> Option<Flat> {
    let mut flat = flat.clone();
    add(document, schema, &mut flat, &mut Vec::new())?;
    Some(flat)
}

fn add(document: &Value, schema: &Value, flat: &mut Flat, passed: &mut Vec<String>) -> Option<()> {
    let object = match schema {
        Value::Object(object) => object,
        Value::Bool(true) => return Some(()),
        _ => return None,
    };
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        if passed.iter().any(|one| one == reference) {
            return None;
        }
        passed.push(reference.to_owned());
        add(document, target(document, reference)?, flat, passed)?;
        passed.pop();
    }
    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        add(document, part, flat, passed)?;
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(members)) = object.get(key) {
            flat.unions.push(members.clone());
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

/// Adds a keyword to those that are there. None if nothing can be valid by both.
fn merge(keywords: &mut Map<String, Value>, key: &str, value: &Value) -> Option<()> {
    let Some(old) = keywords.get(key).cloned() else {
        keywords.insert(key.to_owned(), value.clone());
        return Some(());
    };
    let merged = match (key, old, value) {
        ("properties", Value::Object(old), Value::Object(new)) => properties(old, new),
        ("required", Value::Array(old), Value::Array(new)) => {
            let more = new.iter().filter(|name| !old.contains(name));
            Value::Array(old.iter().chain(more).cloned().collect())
        }
        ("enum", Value::Array(old), Value::Array(new)) => {
            some(old.into_iter().filter(|value| new.contains(value)).collect())?
        }
        ("type", old, new) => kinds(&old, new)?,
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
        let both = match old.get(name) {
            Some(old) if old != schema => json!({"allOf": [old, schema]}),
            _ => schema.clone(),
        };
        old.insert(name.clone(), both);
    }
    Value::Object(old)
}

fn kinds(old: &Value, new: &Value) -> Option<Value> {
    let (old, new) = (list(old), list(new));
    let has = |kinds: &[Value], kind: &str| kinds.iter().any(|one| one == kind);
    let whole = (has(&old, "number") && has(&new, "integer"))
        || (has(&old, "integer") && has(&new, "number"));
    let both = old.iter().filter(|kind| new.contains(kind)).cloned();
    some(both.chain(whole.then(|| json!("integer"))).collect())
}

/// One or several.
pub(super) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(values) => values.clone(),
        other => vec![other.clone()],
    }
}

fn some(values: Vec<Value>) -> Option<Value> {
    if values.is_empty() { None } else { Some(Value::Array(values)) }
}
