//! The assertions of a schema: the keywords that look at one value, without subschemas.
//!
//! Takes the keywords of one schema and a value, and returns the keywords that the value violates. Leaves
//! subschemas to [`super::evaluate`].

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use super::budget::Budget;
use super::equality::{canonical, is_equal, size};
use super::evaluate::Outcome;
use super::matchers::Matchers;

/// The length of a value in a message, in characters.
const MAX_SHOWN: usize = 80;

/// A keyword that a value violates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Violation<'d> {
    pub(super) keyword: &'static str,
    /// The value of the keyword, or the part of it that is violated.
    limit: &'d Value,
}

/// The violated keywords, and whether a keyword could not be checked.
#[derive(Debug, Default)]
pub(super) struct Violations<'d> {
    pub(super) all: Vec<Violation<'d>>,
    pub(super) is_unknown: bool,
}

impl Violations<'_> {
    pub(super) fn outcome(&self) -> Outcome {
        match (self.all.is_empty(), self.is_unknown) {
            (false, _) => Outcome::Invalid,
            (true, true) => Outcome::Unknown,
            (true, false) => Outcome::Valid,
        }
    }
}

/// Checks the assertions of a schema.
pub(super) fn violations<'d>(
    schema: &'d Map<String, Value>,
    value: &Value,
    matchers: &Matchers,
    budget: &Budget,
) -> Violations<'d> {
    let mut found = Violations::default();
    for (key, limit) in schema {
        let names = limit.as_array().map_or(0, Vec::len) + limit.as_object().map_or(0, Map::len);
        if !budget.take(1 + names) {
            found.is_unknown = true;
            break;
        }
        let (keyword, outcome) = match key.as_str() {
            "type" => ("type", Outcome::of(has_type(limit, value))),
            "enum" => ("enum", is_listed(limit, value, budget)),
            "const" => ("const", compared(limit, value, budget)),
            "required" => {
                found.all.extend(missing(limit, value));
                continue;
            }
            "dependentRequired" => {
                found.all.extend(missing_dependents(limit, value));
                continue;
            }
            key => match value {
                Value::Number(number) => of_number(key, limit, number),
                Value::String(text) => of_string(key, limit, text, value, matchers, budget),
                Value::Array(items) => of_array(key, limit, items, value, budget),
                Value::Object(object) => of_object(key, limit, object),
                Value::Null | Value::Bool(_) => continue,
            },
        };
        match outcome {
            Outcome::Invalid => found.all.push(Violation { keyword, limit }),
            Outcome::Unknown => found.is_unknown = true,
            Outcome::Valid => {}
        }
    }
    found
}

/// Returns whether a value has a type, or one of several.
pub(super) fn has_type(types: &Value, value: &Value) -> bool {
    let has = |name: &str| match (name, value) {
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("string", Value::String(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_))
        | ("number", Value::Number(_)) => true,
        ("integer", Value::Number(number)) => is_integer(number),
        // A type that does not exist is a mistake of another kind.
        (name, _) => !TYPES.contains(&name),
    };
    match types {
        Value::String(name) => has(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(has),
        _ => true,
    }
}

const TYPES: [&str; 7] = ["null", "boolean", "string", "array", "object", "number", "integer"];

fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

fn is_listed(values: &Value, value: &Value, budget: &Budget) -> Outcome {
    let Some(values) = values.as_array() else { return Outcome::Valid };
    match budget.take(values.len().saturating_mul(size(value))) {
        true => Outcome::of(values.iter().any(|one| is_equal(one, value))),
        false => Outcome::Unknown,
    }
}

fn compared(limit: &Value, value: &Value, budget: &Budget) -> Outcome {
    match budget.take(size(value)) {
        true => Outcome::of(is_equal(limit, value)),
        false => Outcome::Unknown,
    }
}

fn missing<'d>(names: &'d Value, value: &Value) -> Vec<Violation<'d>> {
    let (Some(names), Some(object)) = (names.as_array(), value.as_object()) else {
        return Vec::new();
    };
    let is_missing = |name: &&Value| name.as_str().is_some_and(|name| !object.contains_key(name));
    let names = names.iter().filter(is_missing);
    names.map(|limit| Violation { keyword: "required", limit }).collect()
}

fn missing_dependents<'d>(dependents: &'d Value, value: &Value) -> Vec<Violation<'d>> {
    let (Some(dependents), Some(object)) = (dependents.as_object(), value.as_object()) else {
        return Vec::new();
    };
    let present = dependents.iter().filter(|(name, _)| object.contains_key(*name));
    present.flat_map(|(_, names)| missing(names, value)).collect()
}

fn of_number(key: &str, limit: &Value, number: &Number) -> (&'static str, Outcome) {
    let Value::Number(limit) = limit else { return ("", Outcome::Valid) };
    let order = compare(number, limit);
    let (keyword, is_valid) = match key {
        "minimum" => ("minimum", order.is_ge()),
        "maximum" => ("maximum", order.is_le()),
        "exclusiveMinimum" => ("exclusiveMinimum", order.is_gt()),
        "exclusiveMaximum" => ("exclusiveMaximum", order.is_lt()),
        "multipleOf" => ("multipleOf", is_multiple(number, limit)),
        _ => ("", true),
    };
    (keyword, Outcome::of(is_valid))
}

fn compare(one: &Number, other: &Number) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return one.cmp(&other);
    }
    if let (Some(one), Some(other)) = (one.as_u64(), other.as_u64()) {
        return one.cmp(&other);
    }
    one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
}

fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (number.as_i64(), step.as_i64()) {
        return step == 0 || number.wrapping_rem(step) == 0;
    }
    let (Some(number), Some(step)) = (number.as_f64(), step.as_f64()) else { return true };
    let quotient = number / step;
    // Decimal fractions are not exact: 0.3 is a multiple of 0.1.
    !quotient.is_finite() || (quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0)
}

fn of_string(
    key: &str,
    limit: &Value,
    text: &str,
    value: &Value,
    matchers: &Matchers,
    budget: &Budget,
) -> (&'static str, Outcome) {
    let keyword = match key {
        "minLength" => "minLength",
        "maxLength" => "maxLength",
        "pattern" => "pattern",
        "format" => "format",
        _ => return ("", Outcome::Valid),
    };
    if !budget.take(text.len() / 16 + limit.as_str().map_or(0, str::len)) {
        return (keyword, Outcome::Unknown);
    }
    let outcome = match (keyword, limit.as_str()) {
        ("pattern", Some(pattern)) => matchers.matches(pattern, value),
        ("format", Some(format)) => matchers.has_format(format, value),
        ("minLength", _) => at_least(text.chars().count(), limit),
        ("maxLength", _) => at_most(text.chars().count(), limit),
        _ => Outcome::Valid,
    };
    (keyword, outcome)
}

fn of_array(
    key: &str,
    limit: &Value,
    items: &[Value],
    value: &Value,
    budget: &Budget,
) -> (&'static str, Outcome) {
    match key {
        "minItems" => ("minItems", at_least(items.len(), limit)),
        "maxItems" => ("maxItems", at_most(items.len(), limit)),
        "uniqueItems" if *limit == Value::Bool(true) => match budget.take(size(value)) {
            true => ("uniqueItems", Outcome::of(is_unique(items))),
            false => ("uniqueItems", Outcome::Unknown),
        },
        _ => ("", Outcome::Valid),
    }
}

fn is_unique(items: &[Value]) -> bool {
    let mut seen = BTreeSet::new();
    items.iter().all(|item| seen.insert(canonical(item)))
}

fn of_object(key: &str, limit: &Value, object: &Map<String, Value>) -> (&'static str, Outcome) {
    match key {
        "minProperties" => ("minProperties", at_least(object.len(), limit)),
        "maxProperties" => ("maxProperties", at_most(object.len(), limit)),
        _ => ("", Outcome::Valid),
    }
}

fn at_least(count: usize, limit: &Value) -> Outcome {
    Outcome::of(limit.as_f64().is_none_or(|limit| count as f64 >= limit))
}

fn at_most(count: usize, limit: &Value) -> Outcome {
    Outcome::of(limit.as_f64().is_none_or(|limit| count as f64 <= limit))
}

impl<'d> Violation<'d> {
    /// Returns the name of the property that is missing, if that is the violation.
    pub(super) fn missing(&self) -> Option<&'d str> {
        let is_missing = self.keyword == "required" || self.keyword == "dependentRequired";
        self.limit.as_str().filter(|_| is_missing)
    }

    /// Returns the message for a value that violates the keyword.
    pub(super) fn message(&self, value: &Value) -> String {
        let (value, limit) = (shown(value), shown(self.limit));
        match self.keyword {
            "type" => format!("{value} is not of type {limit}"),
            "enum" => format!("{value} is not one of the values {limit}"),
            "const" => format!("{value} is not {limit}"),
            "required" | "dependentRequired" => format!("the property {limit} is required"),
            "minimum" => format!("{value} is less than the minimum of {limit}"),
            "maximum" => format!("{value} is greater than the maximum of {limit}"),
            "exclusiveMinimum" => format!("{value} is not greater than {limit}"),
            "exclusiveMaximum" => format!("{value} is not less than {limit}"),
            "multipleOf" => format!("{value} is not a multiple of {limit}"),
            "minLength" => format!("{value} has fewer than {limit} characters"),
            "maxLength" => format!("{value} has more than {limit} characters"),
            "pattern" => format!("{value} does not match the pattern {limit}"),
            "format" => format!("{value} does not have the format {limit}"),
            "minItems" => format!("{value} has fewer than {limit} items"),
            "maxItems" => format!("{value} has more than {limit} items"),
            "uniqueItems" => format!("{value} has equal items"),
            "minProperties" => format!("{value} has fewer than {limit} properties"),
            "maxProperties" => format!("{value} has more than {limit} properties"),
            keyword => format!("{value} violates `{keyword}`"),
        }
    }
}

/// Returns a value for a message, shortened.
pub(crate) fn shown(value: &Value) -> String {
    let text = match value {
        // A value can be as large as the document.
        Value::Object(_) | Value::Array(_) if size(value) > MAX_SHOWN => match value {
            Value::Object(_) => return "the object".to_owned(),
            _ => return "the array".to_owned(),
        },
        Value::String(text) => {
            Value::from(text.chars().take(MAX_SHOWN + 1).collect::<String>()).to_string()
        }
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
