//! Schemas that are none.
//!
//! `openapiv3` reads a schema whole or not at all, and says little about why not. So each schema is
//! looked at first, key by key; what cannot be is reported at its own place and taken out.

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// Checks every schema of a document, and mends those that cannot be read.
pub(super) fn schemas(root: &mut Value, diagnostics: &mut Diagnostics) {
    let at = Pointer::root();
    if let Some(Value::Object(components)) = root.pointer_mut("/components/schemas") {
        let at = at.join("components").join("schemas");
        components.iter_mut().for_each(|(name, value)| schema(value, &at.join(name), diagnostics));
    }
    for part in [
        "/components/parameters",
        "/components/responses",
        "/components/requestBodies",
        "/components/headers",
        "/paths",
    ] {
        if let (Some(value), Some(at)) = (root.pointer_mut(part), Pointer::parse(part)) {
            below(value, &at, diagnostics);
        }
    }
}

/// Looks for schemas below a node that is none.
fn below(value: &mut Value, at: &Pointer, diagnostics: &mut Diagnostics) {
    match value {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match key.as_str() {
                    "schema" => schema(value, &at.join(key), diagnostics),
                    "example" | "examples" => {}
                    key if key.starts_with("x-") => {}
                    key => below(value, &at.join(key), diagnostics),
                }
            }
        }
        Value::Array(items) => {
            items
                .iter_mut()
                .enumerate()
                .for_each(|(index, item)| below(item, &at.join(index), diagnostics));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn schema(value: &mut Value, at: &Pointer, diagnostics: &mut Diagnostics) {
    let Value::Object(object) = value else {
        let message = format!("this is no schema: {} stands here", kind(value));
        diagnostics.degraded(
            "invalid-schema",
            at,
            message,
            "write an object, such as `type: string`",
        );
        *value = Value::Object(Map::new());
        return;
    };
    object.retain(|key, value| match fault(key, value) {
        Some((message, help)) => {
            diagnostics.degraded("invalid-schema", &at.join(key), message, help);
            false
        }
        None => true,
    });
    for (key, value) in object.iter_mut() {
        let at = at.join(key);
        match (key.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                properties
                    .iter_mut()
                    .for_each(|(name, value)| schema(value, &at.join(name), diagnostics));
            }
            ("allOf" | "oneOf" | "anyOf", Value::Array(items)) => {
                items
                    .iter_mut()
                    .enumerate()
                    .for_each(|(index, item)| schema(item, &at.join(index), diagnostics));
            }
            ("items" | "not" | "additionalProperties", value @ Value::Object(_)) => {
                schema(value, &at, diagnostics)
            }
            _ => {}
        }
    }
}

/// Why a key of a schema cannot have a value, and what to do.
fn fault(key: &str, value: &Value) -> Option<(String, &'static str)> {
    let (fits, expected, help) = match key {
        "type" => {
            let known = ["string", "number", "integer", "boolean", "array", "object"];
            let fits = value.as_str().is_some_and(|value| known.contains(&value));
            (
                fits,
                "one of string, number, integer, boolean, array, object",
                "write one of them; a format such as `date-time` goes under `format`, with `type: string`",
            )
        }
        "properties" => (value.is_object(), "an object", "list the properties by their names"),
        "required" => {
            let fits = value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
            (
                fits,
                "a list of names",
                "list the required properties in the object that has them, not in the properties",
            )
        }
        "enum" => (value.is_array(), "a list", "list the values"),
        "allOf" | "oneOf" | "anyOf" => (value.is_array(), "a list of schemas", "list the schemas"),
        "items" | "not" => (value.is_object(), "a schema", "write one, such as `type: string`"),
        "additionalProperties" => (
            value.is_object() || value.is_boolean(),
            "a schema, true or false",
            "write one of them",
        ),
        "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems"
        | "exclusiveMinimum" | "exclusiveMaximum" => {
            (value.is_boolean(), "true or false", "write one of them")
        }
        "title" | "description" | "format" | "pattern" | "$ref" => {
            (value.is_string(), "a text", "put it in quotes")
        }
        "minimum" | "maximum" | "multipleOf" => (value.is_number(), "a number", "write a number"),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            (value.is_u64(), "a whole number that is not negative", "write such a number")
        }
        _ => return None,
    };
    if fits {
        None
    } else {
        Some((format!("`{key}` must be {expected}, and {} stands here", kind(value)), help))
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("the text `{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
