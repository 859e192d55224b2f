//! Scalars, lists and objects of names.

use serde_json::{Number, Value};

use super::{Repair, kind_of};
use crate::metamodel::Shape;

impl Repair<'_> {
    /// Whether a value is what it should be, after it has been written as it was meant. If it can
    /// be nothing of the kind, that is reported.
    pub(super) fn fitting(&mut self, value: &mut Value, shape: Shape, code: &'static str) -> bool {
        if fits(value, shape) {
            return true;
        }
        // An empty value, as in `description:`, says nothing and is meant to.
        if value.is_null() {
            return false;
        }
        if let Some(meant) = meant(value, shape) {
            let message = format!(
                "{} must be {}: {} is taken for it",
                self.here(),
                expected(shape),
                kind_of(value)
            );
            self.diagnostics.note("loose-value", &self.at, message, help(shape));
            *value = meant;
            return true;
        }
        let message = format!(
            "{} must be {}, and {} stands here",
            self.here(),
            expected(shape),
            kind_of(value)
        );
        self.degraded(code, message, help(shape));
        false
    }

    /// What stands here, for the beginning of a sentence.
    fn here(&self) -> String {
        match self.at.last() {
            Some(index) if index.parse::<usize>().is_ok() => "the item".to_owned(),
            Some(key) => format!("`{key}`"),
            None => "the document".to_owned(),
        }
    }
}

fn fits(value: &Value, shape: Shape) -> bool {
    match shape {
        Shape::Text | Shape::SchemaName => value.is_string(),
        Shape::Flag => value.is_boolean(),
        Shape::Number => value.is_number(),
        Shape::Count => value.is_u64(),
        Shape::List(_) => value.is_array(),
        Shape::Map(_) | Shape::Node(_) => value.is_object(),
        Shape::SchemaOrFlag => value.is_object() || value.is_boolean(),
        Shape::Data => true,
    }
}

/// The value that was meant by one of another type, if there is no doubt about it.
fn meant(value: &Value, shape: Shape) -> Option<Value> {
    match (shape, value) {
        (Shape::Text | Shape::SchemaName, Value::Number(number)) => {
            Some(Value::from(number.to_string()))
        }
        (Shape::Text | Shape::SchemaName, Value::Bool(flag)) => Some(Value::from(flag.to_string())),
        (Shape::Flag, Value::String(text)) => Some(Value::Bool(text.parse().ok()?)),
        (Shape::Number, Value::String(text)) => number(text),
        (Shape::Count, Value::String(text)) => Some(Value::from(text.parse::<u64>().ok()?)),
        (Shape::Count, Value::Number(number)) => whole(number).filter(Value::is_u64),
        (Shape::List(Shape::Text), Value::String(_)) => Some(Value::Array(vec![value.clone()])),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| Some(Value::Number(Number::from_f64(text.parse().ok()?)?)))
}

/// A number as a whole one, if it is none and still the same: `1.0`.
pub(super) fn whole(number: &Number) -> Option<Value> {
    // Beyond this a number with a fraction is not exact (IEEE 754).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64()?;
    (value.fract() == 0.0 && value.abs() <= EXACT).then(|| Value::from(value as i64)).map(|value| {
        value.as_i64().and_then(|value| u64::try_from(value).ok()).map_or(value, Value::from)
    })
}

fn expected(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "a text",
        Shape::SchemaName => "the name of a schema, or a reference to one",
        Shape::Flag => "true or false",
        Shape::Number => "a number",
        Shape::Count => "a whole number that is not negative",
        Shape::List(Shape::Text) => "a list of texts",
        Shape::List(Shape::Node(crate::metamodel::Kind::Schema)) => "a list of schemas",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Node(_) | Shape::Data => "an object",
        Shape::SchemaOrFlag => "a schema, true or false",
    }
}

fn help(shape: Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::SchemaName => "put it in quotes",
        Shape::Flag => "write one of them, without quotes",
        Shape::Number | Shape::Count => "write such a number, without quotes",
        Shape::List(_) => "list the values",
        Shape::Map(_) => "list the entries by their names",
        Shape::Node(_) | Shape::SchemaOrFlag | Shape::Data => {
            "compare it with the OpenAPI Specification 3.0.3"
        }
    }
}
