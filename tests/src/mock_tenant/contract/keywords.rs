//! The keywords of a schema that apply to a value as a whole: `type`, `enum`, `const`, and bounds.
//!
//! Takes a schema without references and a value, and returns violations. Leaves the contents of
//! objects and arrays to [`super::schema`].

use serde_json::Value;

use super::schema::Violation;

/// Returns the types of a schema: one in OpenAPI 3.0, possibly several in 3.1, none if every type
/// is allowed.
pub(super) fn type_names(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

/// Checks `type`.
pub(super) fn check_type(schema: &Value, value: &Value, at: &str) -> Option<Violation> {
    let names = type_names(schema);
    if names.is_empty() || names.iter().any(|name| has_type(value, name)) {
        return None;
    }
    let problem = format!("is {}; expected is {}", describe(value), names.join(" or "));
    Some(Violation::new(at, problem))
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => is_integer(value),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Whether the value is an integer; in JSON Schema, `1.0` is one.
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => format!("the string {value}"),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Checks `enum` and `const`.
pub(super) fn check_enum(schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    let mut violations = vec![];
    if let (Some(values), Some(allowed)) = (schema["enum"].as_array(), allowed_values(schema))
        && !values.contains(value)
    {
        violations.push(Violation::new(at, format!("is {value}; allowed are {allowed}")));
    }
    if let Some(only) = schema.get("const")
        && only != value
    {
        violations.push(Violation::new(at, format!("is {value}; allowed is {only}")));
    }
    violations
}

/// Checks the bounds of lengths, counts and numbers.
pub(super) fn check_bounds(schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    let (size, minimum, maximum, quantity) = match value {
        Value::String(string) => {
            (count(string.chars().count()), "minLength", "maxLength", "its length")
        }
        Value::Array(items) => (count(items.len()), "minItems", "maxItems", "its number of items"),
        Value::Object(object) => {
            (count(object.len()), "minProperties", "maxProperties", "its number of properties")
        }
        Value::Number(number) => (number.as_f64(), "minimum", "maximum", "it"),
        Value::Null | Value::Bool(_) => (None, "", "", ""),
    };
    let Some(size) = size else { return vec![] };
    let (mut minimum, mut maximum) = (schema[minimum].as_f64(), schema[maximum].as_f64());
    if value.is_number() && schema["format"] == "int32" {
        minimum = minimum.or(Some(f64::from(i32::MIN)));
        maximum = maximum.or(Some(f64::from(i32::MAX)));
    }
    let too_small = minimum.filter(|bound| size < *bound).map(|bound| format!("at least {bound}"));
    let too_large = maximum.filter(|bound| size > *bound).map(|bound| format!("at most {bound}"));
    too_small
        .into_iter()
        .chain(too_large)
        .map(|bound| Violation::new(at, format!("is {value}; {quantity} must be {bound}")))
        .collect()
}

/// Converts a count to the type of the bounds. Counts of values in memory are exact in an `f64`.
fn count(number: usize) -> Option<f64> {
    Some(number as f64)
}

/// Formats the values of `enum` for a message.
fn allowed_values(schema: &Value) -> Option<String> {
    let values = schema["enum"].as_array()?;
    Some(values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::schema::check;
    use super::*;
    use serde_json::json;

    fn problems(schema: Value, value: Value) -> Vec<String> {
        check(&json!({}), &schema, &value, "$").iter().map(Violation::to_string).collect()
    }

    #[test]
    fn a_wrong_type_is_the_only_violation() {
        let schema = json!({"type": "string", "enum": ["a"], "minLength": 1});
        assert_eq!(problems(schema, json!(7)), ["$ is 7; expected is string"]);
        assert!(problems(json!({"type": "integer"}), json!(1.0)).is_empty());
        assert_eq!(problems(json!({"type": "integer"}), json!("1")).len(), 1);
        assert_eq!(
            problems(json!({"type": ["string", "null"]}), json!(true)),
            ["$ is true; expected is string or null"]
        );
    }

    #[test]
    fn bounds_are_checked() {
        assert_eq!(
            problems(json!({"maxLength": 2}), json!("äöü")),
            [r#"$ is "äöü"; its length must be at most 2"#]
        );
        assert_eq!(problems(json!({"minimum": 1}), json!(0)), ["$ is 0; it must be at least 1"]);
        assert_eq!(problems(json!({"minItems": 1}), json!([])).len(), 1);
        assert_eq!(problems(json!({"format": "int32"}), json!(1_u64 << 31)).len(), 1);
    }
}
