//! The keywords of a schema that look at a value as a whole: its type, the listed values, the
//! bounds.
//!
//! In come a schema without references and a value, out go violations. What stands inside of
//! objects and arrays is left to [`super::schema`].

use serde_json::Value;

use super::schema::Violation;

/// The type names of a schema: one in OpenAPI 3.0, possibly several in 3.1, none if every type is
/// allowed.
pub(super) fn type_names(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    }
}

/// The complaint about a value of another type than the schema has.
pub(super) fn check_type(schema: &Value, value: &Value, at: &str) -> Option<Violation> {
    let names = type_names(schema);
    if names.is_empty() || names.iter().any(|name| has_type(value, name)) {
        return None;
    }
    let problem = format!("is {}; expected is {}", kind_in_words(value), names.join(" or "));
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

/// Whether the value is a whole number; JSON does not tell `1.0` from `1`.
fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn kind_in_words(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => format!("the string {value}"),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The complaints about a value that is none of those the schema lists.
pub(super) fn check_choice(schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
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

/// The complaints about a value that is too long, too large, or too little of either.
pub(super) fn check_bounds(schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    let (size, least, most, of_what) = match value {
        Value::String(text) => {
            (count(text.chars().count()), "minLength", "maxLength", "its length")
        }
        Value::Array(items) => (count(items.len()), "minItems", "maxItems", "its number of items"),
        Value::Object(object) => {
            (count(object.len()), "minProperties", "maxProperties", "its number of properties")
        }
        Value::Number(number) => (number.as_f64(), "minimum", "maximum", "it"),
        Value::Null | Value::Bool(_) => (None, "", "", ""),
    };
    let Some(size) = size else { return vec![] };
    let (mut least, mut most) = (schema[least].as_f64(), schema[most].as_f64());
    if value.is_number() && schema["format"] == "int32" {
        least = least.or(Some(f64::from(i32::MIN)));
        most = most.or(Some(f64::from(i32::MAX)));
    }
    let too_small = least.filter(|least| size < *least).map(|least| format!("at least {least}"));
    let too_great = most.filter(|most| size > *most).map(|most| format!("at most {most}"));
    let wrong = too_small.into_iter().chain(too_great);
    wrong
        .map(|bound| Violation::new(at, format!("is {value}; {of_what} must be {bound}")))
        .collect()
}

/// A count as the number type of the bounds. Nobody sends a value so long that this loses anything.
fn count(number: usize) -> Option<f64> {
    Some(number as f64)
}

/// The allowed values in words, if the schema lists them.
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
    fn a_wrong_type_is_the_only_complaint() {
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
