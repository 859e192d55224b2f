//! Repairs schemas.

use serde_json::{Map, Number, Value, json};

use super::value::to_integer;
use super::{Repair, describe, empty_object};
use crate::metamodel::{self, ObjectKind};

const CODE: &str = "invalid-schema";
const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

impl Repair<'_> {
    /// Repairs a schema. A value that is not an object becomes a schema that accepts any value.
    pub(super) fn schema(&mut self, value: &mut Value) {
        if metamodel::reference(value).is_some() {
            return self.keys(value, ObjectKind::Schema);
        }
        let Some(object) = value.as_object_mut() else {
            if !value.is_null() {
                let message = format!(
                    "this must be an object (Schema Object), not {}: any value is accepted",
                    describe(value)
                );
                self.degraded(CODE, message, "write an object, such as `type: string`");
            }
            *value = empty_object();
            return;
        };
        object.shift_remove("examples");
        self.misplaced_required(object);
        self.type_name(object);
        self.keys(value, ObjectKind::Schema);
        if let Some(object) = value.as_object_mut() {
            self.enumeration(object);
            remove_inapplicable_keywords(object);
        }
    }

    /// Moves `required: true` in a property to `required` of the object.
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
                "`required` must be an array in the schema of the object, not `{flag}` in a property: it is moved there"
            );
            let help = "list the names of required properties in `required` of the object";
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

    /// Replaces an invalid name in `type` by the type and format that it obviously stands for.
    fn type_name(&mut self, object: &mut Map<String, Value>) {
        let Some(value) = object.get("type") else { return };
        let name = value.as_str().unwrap_or_default();
        if TYPES.contains(&name) || value.is_null() {
            return;
        }
        let replacement = type_and_format(name);
        let outcome = match replacement {
            Some((name, None)) => format!("it is read as `type: {name}`"),
            Some((name, Some(format))) => {
                format!("it is read as `type: {name}`, `format: {format}`")
            }
            None => "any value is accepted".to_owned(),
        };
        let message = format!(
            "`type` must be one of {}, not {}: {outcome}",
            TYPES.join(", "),
            describe(value)
        );
        let help = "use one of these types; a format such as `date-time` goes in `format`, with `type: string`";
        self.below("type", |repair| repair.degraded(CODE, message, help));
        object.shift_remove("type");
        if let Some((name, format)) = replacement {
            object.insert("type".to_owned(), json!(name));
            if let Some(format) = format {
                object.entry("format").or_insert(json!(format));
            }
        }
    }

    /// Converts the values of an enum to its type.
    fn enumeration(&mut self, object: &mut Map<String, Value>) {
        let name = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(Value::Array(values)) = object.get_mut("enum") else { return };
        let mut is_valid = true;
        let mut first_converted = None;
        for (index, value) in values.iter_mut().enumerate() {
            match convert_to_type(value, &name) {
                Ok(None) => {}
                Ok(Some(converted)) => {
                    first_converted.get_or_insert((index, describe(value)));
                    *value = converted;
                }
                Err(()) => {
                    let message = format!(
                        "an enum of type `{name}` cannot contain {}: any value of the type is accepted",
                        describe(value)
                    );
                    let at = self.at.join("enum").join(index);
                    self.diagnostics.degraded(
                        CODE,
                        &at,
                        message,
                        "correct the value, or remove `type`",
                    );
                    is_valid = false;
                    break;
                }
            }
        }
        if let Some((index, value)) = first_converted.filter(|_| is_valid) {
            let message = format!("an enum of type `{name}` contains {value}: it is converted");
            let at = self.at.join("enum").join(index);
            let help =
                if name == "string" { "put it in quotes" } else { "write it without quotes" };
            self.diagnostics.note("loose-value", &at, message, help);
        }
        if !is_valid {
            object.shift_remove("enum");
        }
    }
}

/// Returns the type and format that an invalid name in `type` obviously stands for.
fn type_and_format(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    let type_and_format = match name.to_ascii_lowercase().as_str() {
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
    Some(type_and_format)
}

/// Converts a value of an enum to a type. `Ok(None)` means that the value has the type, `Err` that there
/// is no conversion.
fn convert_to_type(value: &Value, name: &str) -> Result<Option<Value>, ()> {
    match (name, value) {
        (_, Value::Null) => Ok(None),
        ("string", Value::Bool(flag)) => Ok(Some(Value::from(flag.to_string()))),
        ("string", Value::Number(number)) => Ok(Some(Value::from(number.to_string()))),
        ("string", Value::Array(_) | Value::Object(_)) => Err(()),
        ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(None),
        ("integer", Value::Number(number)) => to_integer(number).map(Some).ok_or(()),
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

/// Removes keywords that do not apply to the type of a schema (JSON Schema 2020-12, Validation, section
/// 6), and converts the bounds of integers to integers.
fn remove_inapplicable_keywords(object: &mut Map<String, Value>) {
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
            match integer_bound(bound) {
                Some(integer) => drop(object.insert(key.to_owned(), integer)),
                None => drop(object.shift_remove(key)),
            }
        }
    }
}

/// Converts a bound of integers to an integer. Languages whose numbers are all doubles write the limits
/// of 64-bit integers as the nearest double.
fn integer_bound(bound: &Number) -> Option<Value> {
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
    to_integer(bound).or_else(|| (value.abs() > LIMIT).then(|| Value::Number(bound.clone())))
}
