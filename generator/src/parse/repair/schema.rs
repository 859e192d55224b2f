//! Schemas.

use serde_json::{Map, Number, Value, json};

use super::value::whole;
use super::{Repair, empty, kind_of};
use crate::metamodel::{self, Kind};

const CODE: &str = "invalid-schema";
const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

impl Repair<'_> {
    /// Repairs a schema. What is none becomes one that accepts any value.
    pub(super) fn schema(&mut self, value: &mut Value) {
        if metamodel::reference(value).is_some() {
            return self.keys(value, Kind::Schema);
        }
        let Some(object) = value.as_object_mut() else {
            if !value.is_null() {
                let message = format!("this is no schema: {} stands here", kind_of(value));
                self.degraded(CODE, message, "write an object, such as `type: string`");
            }
            *value = empty();
            return;
        };
        object.shift_remove("examples");
        self.misplaced_required(object);
        self.type_word(object);
        self.keys(value, Kind::Schema);
        if let Some(object) = value.as_object_mut() {
            self.enumeration(object);
            of_type(object);
        }
    }

    /// `required: true` in a property is meant for the object that has it.
    fn misplaced_required(&mut self, object: &mut Map<String, Value>) {
        let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
        let mut required = Vec::new();
        for (name, property) in properties {
            let Some(property) = property.as_object_mut() else { continue };
            let Some(Value::Bool(flag)) = property.get("required").cloned() else { continue };
            property.shift_remove("required");
            if flag {
                required.push(Value::from(name.as_str()));
            }
            let at = self.at.join("properties").join(name).join("required");
            let message = format!(
                "`required` is a list of the object that has the property, and `{flag}` stands here: it is read as if the object said so"
            );
            let help =
                "list the required properties in the object that has them, not in the properties";
            self.diagnostics.degraded(CODE, &at, message, help);
        }
        if required.is_empty() {
            return;
        }
        match object.get_mut("required") {
            Some(Value::Array(names)) => {
                required.retain(|name| !names.contains(name));
                names.extend(required);
            }
            _ => drop(object.insert("required".to_owned(), Value::Array(required))),
        }
    }

    /// Writes a word that is no type as the type and format that it evidently means.
    fn type_word(&mut self, object: &mut Map<String, Value>) {
        let Some(value) = object.get("type") else { return };
        let word = value.as_str().unwrap_or_default();
        if TYPES.contains(&word) || value.is_null() {
            return;
        }
        let meant = meant(word);
        let outcome = match meant {
            Some((name, None)) => format!("it is read as `type: {name}`"),
            Some((name, Some(format))) => {
                format!("it is read as `type: {name}`, `format: {format}`")
            }
            None => "any value is accepted".to_owned(),
        };
        let message = format!(
            "`type` must be one of {}, and {} stands here: {outcome}",
            TYPES.join(", "),
            kind_of(value)
        );
        let help = "write one of them; a format such as `date-time` goes under `format`, with `type: string`";
        self.below("type", |repair| repair.degraded(CODE, message, help));
        object.shift_remove("type");
        if let Some((name, format)) = meant {
            object.insert("type".to_owned(), json!(name));
            if let Some(format) = format {
                object.entry("format").or_insert(json!(format));
            }
        }
    }

    /// Writes the values of an enum as its type has them.
    fn enumeration(&mut self, object: &mut Map<String, Value>) {
        let name = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(Value::Array(values)) = object.get_mut("enum") else { return };
        let mut fits = true;
        let mut changed = None;
        for (index, value) in values.iter_mut().enumerate() {
            match as_type(value, &name) {
                Ok(None) => {}
                Ok(Some(meant)) => {
                    changed.get_or_insert((index, kind_of(value)));
                    *value = meant;
                }
                Err(()) => {
                    let message = format!(
                        "an enum of the type {name} cannot have {}: any value of the type is accepted",
                        kind_of(value)
                    );
                    let at = self.at.join("enum").join(index);
                    self.diagnostics.degraded(
                        CODE,
                        &at,
                        message,
                        "write values of the type, or take the type out",
                    );
                    fits = false;
                    break;
                }
            }
        }
        if let Some((index, kind)) = changed.filter(|_| fits) {
            let message =
                format!("an enum of the type {name} has {kind}, which is read as such a value");
            let at = self.at.join("enum").join(index);
            let help =
                if name == "string" { "put it in quotes" } else { "write it without quotes" };
            self.diagnostics.note("loose-value", &at, message, help);
        }
        if !fits {
            object.shift_remove("enum");
        }
    }
}

/// The type and format that a word means which is no type.
fn meant(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    let meant = match word.to_ascii_lowercase().as_str() {
        "date-time" | "datetime" | "timestamp" => ("string", Some("date-time")),
        "date" => ("string", Some("date")),
        "time" => ("string", Some("time")),
        "uuid" | "guid" => ("string", Some("uuid")),
        "uri" | "url" => ("string", Some("uri")),
        "email" => ("string", Some("email")),
        "byte" | "base64" => ("string", Some("byte")),
        "file" | "binary" => ("string", Some("binary")),
        "str" | "text" | "string" | "enum" => ("string", None),
        "int32" => ("integer", Some("int32")),
        "int64" | "long" => ("integer", Some("int64")),
        "int" | "integer" => ("integer", None),
        "float" => ("number", Some("float")),
        "double" => ("number", Some("double")),
        "decimal" | "number" => ("number", None),
        "bool" | "boolean" => ("boolean", None),
        "list" | "array" => ("array", None),
        "map" | "dict" | "hash" | "object" => ("object", None),
        _ => return None,
    };
    Some(meant)
}

/// A value of an enum as one of a type: as it is, as another, or not at all.
fn as_type(value: &Value, name: &str) -> Result<Option<Value>, ()> {
    match (name, value) {
        (_, Value::Null) => Ok(None),
        ("string", Value::Bool(flag)) => Ok(Some(Value::from(flag.to_string()))),
        ("string", Value::Number(number)) => Ok(Some(Value::from(number.to_string()))),
        ("string", Value::Array(_) | Value::Object(_)) => Err(()),
        ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(None),
        ("integer", Value::Number(number)) => whole(number).map(Some).ok_or(()),
        ("integer", Value::String(text)) => {
            text.parse::<i64>().map(|value| Some(json!(value))).map_err(drop)
        }
        ("number", Value::Number(_)) => Ok(None),
        ("number", Value::String(text)) => {
            text.parse::<f64>().map(|value| Some(json!(value))).map_err(drop)
        }
        ("boolean", Value::Bool(_)) => Ok(None),
        ("boolean", Value::String(text)) => {
            text.parse::<bool>().map(|value| Some(json!(value))).map_err(drop)
        }
        ("integer" | "number" | "boolean", _) => Err(()),
        _ => Ok(None),
    }
}

/// Takes out what says nothing about values of the type of a schema (JSON Schema, Validation), and
/// writes the bounds of integers as integers.
fn of_type(object: &mut Map<String, Value>) {
    let name = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if name.is_empty() {
        return;
    }
    object.retain(|key, _| match key.as_str() {
        "pattern" | "minLength" | "maxLength" => name == "string",
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            name == "integer" || name == "number"
        }
        "minItems" | "maxItems" | "uniqueItems" => name == "array",
        "minProperties" | "maxProperties" => name == "object",
        _ => true,
    });
    if name == "integer" {
        for key in ["minimum", "maximum", "multipleOf"] {
            let Some(Value::Number(bound)) = object.get(key) else { continue };
            if bound.is_i64() {
                continue;
            }
            match whole_bound(bound) {
                Some(whole) => drop(object.insert(key.to_owned(), whole)),
                None => drop(object.shift_remove(key)),
            }
        }
    }
}

/// A bound of whole numbers as one of them. Languages whose numbers all have fractions write the
/// limits of 64 bits as the next number that they have.
fn whole_bound(bound: &Number) -> Option<Value> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let value = bound.as_f64()?;
    if value == LIMIT {
        return Some(Value::from(i64::MAX));
    }
    if value == -LIMIT {
        return Some(Value::from(i64::MIN));
    }
    if value == 2.0 * LIMIT {
        return Some(Value::from(u64::MAX));
    }
    whole(bound).or_else(|| (value.abs() > LIMIT).then(|| Value::Number(bound.clone())))
}
