//! Converts values of the wrong JSON type.

use serde_json::{Number, Value};

use super::{Repair, describe};
use crate::metamodel::{ObjectKind, Shape};

impl Repair<'_> {
    /// Converts a value to the JSON type of a shape, if it has another one and the conversion is
    /// unambiguous. Returns whether the value has the type now. Reports either case.
    pub(super) fn convert(&mut self, value: &mut Value, shape: Shape, code: &'static str) -> bool {
        if has_type(value, shape) {
            return true;
        }
        // An empty value, as in `description:`, is the same as an absent key.
        if value.is_null() {
            return false;
        }
        let fault = format!("{} must be {}, not {}", self.here(), expected(shape), describe(value));
        if let Some(converted) = converted(value, shape) {
            let message = format!("{fault}: it is converted");
            self.diagnostics.note("loose-value", &self.at, message, help(shape));
            *value = converted;
            return true;
        }
        self.degraded(code, format!("{fault}: it is ignored"), help(shape));
        false
    }

    /// Returns a noun phrase for the current node, for a message.
    fn here(&self) -> String {
        match self.at.last() {
            Some(index) if index.parse::<usize>().is_ok() => "this item".to_owned(),
            Some(key) => format!("`{key}`"),
            None => "the document".to_owned(),
        }
    }
}

fn has_type(value: &Value, shape: Shape) -> bool {
    match shape {
        Shape::String | Shape::SchemaName => value.is_string(),
        Shape::Boolean => value.is_boolean(),
        Shape::Number => value.is_number(),
        Shape::NonNegativeInteger => value.is_u64(),
        Shape::Array(_) => value.is_array(),
        Shape::Map(_) | Shape::Object(_) => value.is_object(),
        Shape::SchemaOrBoolean => value.is_object() || value.is_boolean(),
        Shape::Data => true,
    }
}

/// Converts a value to the JSON type of a shape, if there is one obvious result.
fn converted(value: &Value, shape: Shape) -> Option<Value> {
    match (shape, value) {
        (Shape::String | Shape::SchemaName, Value::Number(number)) => {
            Some(Value::from(number.to_string()))
        }
        (Shape::String | Shape::SchemaName, Value::Bool(flag)) => {
            Some(Value::from(flag.to_string()))
        }
        (Shape::Boolean, Value::String(text)) => Some(Value::Bool(text.parse().ok()?)),
        (Shape::Number, Value::String(text)) => number(text),
        (Shape::NonNegativeInteger, Value::String(text)) => {
            Some(Value::from(text.parse::<u64>().ok()?))
        }
        (Shape::NonNegativeInteger, Value::Number(number)) => {
            to_integer(number).filter(Value::is_u64)
        }
        (Shape::Array(Shape::String), Value::String(_)) => Some(Value::Array(vec![value.clone()])),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let integer = text.parse::<i64>().ok().map(Value::from);
    integer.or_else(|| Some(Value::Number(Number::from_f64(text.parse().ok()?)?)))
}

/// Converts a number without a fractional part, such as `1.0`, to an integer.
pub(super) fn to_integer(number: &Number) -> Option<Value> {
    // The largest double up to which all integers are exact (IEEE 754): 2^53.
    const MAX_EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= MAX_EXACT).then(|| Value::from(value as i64)).map(
        |value| {
            value.as_i64().and_then(|value| u64::try_from(value).ok()).map_or(value, Value::from)
        },
    )
}

fn expected(shape: Shape) -> &'static str {
    match shape {
        Shape::String => "a string",
        Shape::SchemaName => "a string with the name of a schema or a reference to one",
        Shape::Boolean => "`true` or `false`",
        Shape::Number => "a number",
        Shape::NonNegativeInteger => "an integer of zero or more",
        Shape::Array(Shape::String) => "an array of strings",
        Shape::Array(Shape::Object(ObjectKind::Schema)) => "an array of schemas",
        Shape::Array(_) => "an array",
        Shape::Map(_) | Shape::Object(_) | Shape::Data => "an object",
        Shape::SchemaOrBoolean => "a schema or a boolean",
    }
}

fn help(shape: Shape) -> &'static str {
    match shape {
        Shape::String | Shape::SchemaName => "put it in quotes",
        Shape::Boolean => "write `true` or `false`, without quotes",
        Shape::Number => "write a number, without quotes",
        Shape::NonNegativeInteger => "write an integer of zero or more, without quotes",
        Shape::Array(_) => "write an array",
        Shape::Map(_) => "write an object with an entry for each name",
        Shape::Object(_) | Shape::SchemaOrBoolean | Shape::Data => {
            "compare it with the OpenAPI Specification 3.0.3"
        }
    }
}
