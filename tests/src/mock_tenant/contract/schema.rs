//! Checks a JSON value against a schema of the document.
//!
//! Takes a schema (OpenAPI 3.0, with the equivalent keywords of 3.1) and a value, and returns the
//! violations, each with its JSON path. Supports references within the document, `type`,
//! `nullable`, `enum`, `const`, `required`, `properties`, `additionalProperties`, `items`, the
//! bounds of lengths, counts and numbers, the `int32` format, `allOf`, `anyOf`, `oneOf` and `not`.
//! Patterns and other formats are not checked.

use std::fmt;

use serde_json::{Map, Value};

use super::keywords::{check_bounds, check_enum, check_type};
use super::union;

/// One violation of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The location, such as `query parameter "fileFormat"` or `$.arguments.query`.
    pub(crate) at: String,
    /// The problem, and what is allowed.
    pub(crate) problem: String,
}

impl Violation {
    /// Creates a violation at a location.
    pub(crate) fn new(at: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { at: at.into(), problem: problem.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.at, self.problem)
    }
}

/// Returns all violations of the schema by the value at the JSON path `at`.
pub(crate) fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    let schema = resolve(document, schema);
    if let Value::Bool(admits) = schema {
        return if *admits { vec![] } else { vec![Violation::new(at, "is not allowed here")] };
    }
    if value.is_null() && schema["nullable"] == true {
        return vec![];
    }
    if let Some(violation) = check_type(schema, value, at) {
        // Violations of other keywords would only repeat that the type is wrong.
        return vec![violation];
    }
    let mut violations = check_enum(schema, value, at);
    violations.extend(check_bounds(schema, value, at));
    match value {
        Value::Object(object) => violations.extend(check_object(document, schema, object, at)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                if let Some(schema) = schema.get("items") {
                    violations.extend(check(document, schema, item, &format!("{at}[{index}]")));
                }
            }
        }
        _ => {}
    }
    violations.extend(check_combinations(document, schema, value, at));
    violations
}

/// Follows references within the document. An unresolved or cyclic reference is returned as it is,
/// and admits everything, like an empty schema.
pub(crate) fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..32 {
        let target =
            schema.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match target.and_then(|pointer| document.pointer(pointer)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn check_object(
    document: &Value,
    schema: &Value,
    object: &Map<String, Value>,
    at: &str,
) -> Vec<Violation> {
    let mut violations = vec![];
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !object.contains_key(name) {
            violations.push(Violation::new(format!("{at}.{name}"), "is required and missing"));
        }
    }
    let union = union::find(document, schema);
    for (name, value) in object {
        let at = format!("{at}.{name}");
        match schema["properties"].get(name) {
            Some(_) if union.as_ref().is_some_and(|union| union.involves(name)) => {}
            Some(schema) => violations.extend(check(document, schema, value, &at)),
            None => violations.extend(check_additional(document, schema, value, &at)),
        }
    }
    violations.extend(union.iter().flat_map(|union| union.check(document, object, at)));
    violations
}

fn check_additional(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => {
            let known: Vec<_> = schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str())
                .collect();
            vec![Violation::new(at, format!("is not known; known are {}", known.join(", ")))]
        }
        Some(schema) => check(document, schema, value, at),
        None => vec![],
    }
}

fn check_combinations(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<Violation> {
    let variants = |keyword: &str| schema[keyword].as_array().map_or(&[][..], Vec::as_slice);
    let matches = |variant: &&Value| check(document, variant, value, at).is_empty();
    let mut violations: Vec<_> =
        variants("allOf").iter().flat_map(|part| check(document, part, value, at)).collect();
    if !variants("anyOf").is_empty() && !variants("anyOf").iter().any(|variant| matches(&variant)) {
        violations.push(matches_none(document, variants("anyOf"), value, at));
    }
    if !variants("oneOf").is_empty() {
        match variants("oneOf").iter().filter(matches).count() {
            0 => violations.push(matches_none(document, variants("oneOf"), value, at)),
            1 => {}
            count => violations
                .push(Violation::new(at, format!("matches {count} variants; it must match one"))),
        }
    }
    if let Some(refused) = schema.get("not")
        && matches(&refused)
    {
        violations.push(Violation::new(at, "matches a schema that is not allowed"));
    }
    violations
}

fn matches_none(document: &Value, variants: &[Value], value: &Value, at: &str) -> Violation {
    let reasons = variants.iter().map(|variant| {
        let title =
            resolve(document, variant)["title"].as_str().unwrap_or("a variant without title");
        let problems: Vec<_> =
            check(document, variant, value, at).iter().map(Violation::to_string).collect();
        format!("{title} ({})", problems.join("; "))
    });
    Violation::new(
        at,
        format!("matches none of the allowed variants: {}", reasons.collect::<Vec<_>>().join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(schema: Value, value: Value) -> Vec<String> {
        check(&json!({}), &schema, &value, "$").iter().map(Violation::to_string).collect()
    }

    #[test]
    fn null_is_valid_only_if_nullable() {
        assert!(
            problems(json!({"type": "string", "nullable": true, "enum": ["a"]}), json!(null))
                .is_empty()
        );
        assert_eq!(
            problems(json!({"type": "string"}), json!(null)),
            ["$ is null; expected is string"]
        );
    }

    #[test]
    fn violations_have_nested_paths() {
        let list = json!({"items": {"enum": ["CSV", "PDF"]}});
        let schema = json!({"properties": {"list": list}, "required": ["id"]});
        assert_eq!(
            problems(schema, json!({"list": ["CSV", "XML"]})),
            ["$.id is required and missing", r#"$.list[1] is "XML"; allowed are "CSV", "PDF""#]
        );
    }

    #[test]
    fn combinations_and_additional_properties_are_checked() {
        let variants =
            json!([{"title": "A", "required": ["a"]}, {"title": "B", "required": ["b"]}]);
        assert!(problems(json!({"anyOf": variants}), json!({"a": 1, "b": 2})).is_empty());
        assert!(
            problems(json!({"anyOf": variants}), json!({}))[0]
                .contains("A ($.a is required and missing), B (")
        );
        assert_eq!(
            problems(json!({"oneOf": variants}), json!({"a": 1, "b": 2})),
            ["$ matches 2 variants; it must match one"]
        );
        assert_eq!(problems(json!({"not": {"type": "null"}}), json!(null)).len(), 1);
        let closed = json!({"properties": {"a": {}}, "additionalProperties": false});
        assert_eq!(problems(closed, json!({"a": 1, "x": 2})), ["$.x is not known; known are a"]);
    }

    #[test]
    fn references_are_followed() {
        let document = json!({"A": {"$ref": "#/B"}, "B": {"type": "boolean"}});
        let schema = json!({"$ref": "#/A"});
        assert_eq!(check(&document, &schema, &json!("x"), "$.a").len(), 1);
        assert!(check(&document, &schema, &json!(true), "$.a").is_empty());
    }
}
