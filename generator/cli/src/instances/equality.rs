//! Equality of JSON values as JSON Schema defines it: properties in any order, numbers by their value.

use serde_json::{Number, Value};

/// Returns whether two values are equal.
pub(crate) fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let is_same = |(key, value): (&String, &Value)| {
                other.get(key).is_some_and(|other| is_equal(value, other))
            };
            one.len() == other.len() && one.iter().all(is_same)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_equal(one, other))
        }
        (Value::Number(one), Value::Number(other)) => is_equal_number(one, other),
        (one, other) => one == other,
    }
}

fn is_equal_number(one: &Number, other: &Number) -> bool {
    let has_float = one.is_f64() || other.is_f64();
    one == other || (has_float && one.as_f64() == other.as_f64())
}

/// Returns a string that is the same for equal values, and for no others.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<(&String, &Value)> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            let entry = |(key, value): (&String, &Value)| {
                format!("{}:{}", Value::from(key.as_str()), canonical(value))
            };
            format!("{{{}}}", entries.into_iter().map(entry).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        Value::Number(number) => canonical_number(number),
        other => other.to_string(),
    }
}

fn canonical_number(number: &Number) -> String {
    match number.as_f64() {
        // Integers of 64 bits keep their digits. A double of up to 2⁵³ is the integer.
        Some(0.0) => "0".to_owned(),
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9.0e15 => {
            format!("{float:.0}")
        }
        _ => number.to_string(),
    }
}

/// Returns the number of values in a value, itself included. The longer a string, the more it counts.
pub(crate) fn size(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.values().map(size).sum::<usize>() + object.len() + 1,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 1,
        Value::String(text) => 1 + text.len() / 16,
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_compared_by_value() {
        let equal = (json!({"a": 1, "b": [2.0]}), json!({"b": [2], "a": 1.0}));
        assert!(is_equal(&equal.0, &equal.1));
        assert_eq!(canonical(&equal.0), canonical(&equal.1));
        for other in [json!({}), json!({"a": null}), json!({"a": "1"}), json!({"a": 1, "b": 1})] {
            assert!(!is_equal(&json!({"a": 1}), &other), "{other}");
            assert_ne!(canonical(&json!({"a": 1})), canonical(&other), "{other}");
        }
        let large = (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64));
        assert!(!is_equal(&large.0, &large.1));
        assert_ne!(canonical(&large.0), canonical(&large.1));
        assert_eq!(canonical(&json!(-0.0)), canonical(&json!(0)));
        assert_eq!(canonical(&json!({"\"": "a,\"b"})), r#"{"\"":"a,\"b"}"#);
    }
}
