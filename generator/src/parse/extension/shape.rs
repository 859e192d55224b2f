//! The form of extensions: which keys an object has, and which types their values have.
//!
//! Takes an extension and its form, and reports each key that is unknown and each value of another type. Without
//! this, a misspelled key would have no effect, and nobody would be told. Leaves to the module of each extension
//! which keys it needs, and what the values mean.

use serde_json::Value;

use super::report_fault;
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;
use crate::suggest;

/// The form of a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A string.
    String,
    /// An array of strings.
    Strings,
    /// A positive integer.
    Count,
    /// An object with any keys.
    Map,
    /// An object with these keys.
    Object(&'static [(&'static str, Shape)]),
    /// An array of objects with these keys.
    Objects(&'static [(&'static str, Shape)]),
}

/// Reports what does not have the form.
pub(super) fn check(value: &Value, shape: Shape, at: &Pointer, diagnostics: &mut Diagnostics) {
    match (shape, value) {
        (Shape::String, Value::String(_)) | (Shape::Map, Value::Object(_)) => {}
        (Shape::Count, Value::Number(number)) if number.as_u64().is_some_and(|n| n > 0) => {}
        (Shape::Strings, Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(item, Shape::String, &at.join(index), diagnostics);
            }
        }
        (Shape::Objects(keys), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(item, Shape::Object(keys), &at.join(index), diagnostics);
            }
        }
        (Shape::Object(keys), Value::Object(object)) => {
            for (name, value) in object {
                let at = at.join(name);
                match keys.iter().find(|(key, _)| key == name) {
                    Some((_, shape)) => check(value, *shape, &at, diagnostics),
                    // Extensions of others may stand in ours.
                    None if name.starts_with("x-") => {}
                    None => unknown(name, keys, &at, diagnostics),
                }
            }
        }
        _ => report_fault(diagnostics, at, format!("this must be {}", described(shape))),
    }
}

fn unknown(
    name: &str,
    keys: &[(&'static str, Shape)],
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) {
    let known: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    let message = match suggest::intended(name, known.iter().copied()) {
        Some(intended) => format!("the key `{name}` has no effect: did you mean `{intended}`?"),
        None => format!("the key `{name}` has no effect: the keys here are {}", known.join(", ")),
    };
    report_fault(diagnostics, at, message);
}

fn described(shape: Shape) -> &'static str {
    match shape {
        Shape::String => "a string",
        Shape::Strings => "an array of strings",
        Shape::Count => "an integer above 0",
        Shape::Map | Shape::Object(_) => "an object",
        Shape::Objects(_) => "an array of objects",
    }
}
