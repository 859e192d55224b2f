//! Unions whose variant is selected by a sibling property.
//!
//! The document describes the arguments of a report as `anyOf`, and says in prose that the schema
//! whose title equals the report type applies. This module implements that: a property whose enum
//! values are the titles of a sibling's variants is treated as the tag of that sibling.

use serde_json::{Map, Value};

use super::schema::{Violation, check, resolve};

/// A union among the properties of an object, and the property that selects its variant.
#[derive(Debug)]
pub(super) struct TaggedUnion<'a> {
    property: &'a str,
    union: &'a str,
    variants: Vec<&'a Value>,
}

/// Returns the tagged union of an object schema, if it has one.
pub(super) fn find<'a>(document: &'a Value, schema: &'a Value) -> Option<TaggedUnion<'a>> {
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(union, schema)| {
        let variants = titled_variants(document, schema)?;
        let property = properties
            .iter()
            .find(|(_, schema)| enumerates_titles(resolve(document, schema), &variants))?;
        Some(TaggedUnion { property: property.0, union, variants })
    })
}

impl TaggedUnion<'_> {
    /// Whether the property is one of the two that [`TaggedUnion::check`] checks.
    pub(super) fn involves(&self, property: &str) -> bool {
        property == self.property || property == self.union
    }

    /// Checks the tag and the union of the object at the JSON path `at`.
    ///
    /// An unknown tag is accepted with any arguments: tenants have more reports than the document
    /// names.
    pub(super) fn check(
        &self,
        document: &Value,
        object: &Map<String, Value>,
        at: &str,
    ) -> Vec<Violation> {
        let union_at = format!("{at}.{}", self.union);
        let union = object.get(self.union);
        match object.get(self.property) {
            Some(Value::String(tag)) => match self.variant(tag) {
                // Missing arguments are checked as an empty object, so that the required ones are
                // reported.
                Some(variant) => {
                    check(document, variant, union.unwrap_or(&Value::Object(Map::new())), &union_at)
                }
                None => vec![],
            },
            Some(other) => vec![Violation::new(
                format!("{at}.{}", self.property),
                format!("is {other}; expected is string"),
            )],
            None => {
                union.map_or_else(Vec::new, |union| self.check_untagged(document, union, &union_at))
            }
        }
    }

    fn variant(&self, tag: &str) -> Option<&Value> {
        self.variants.iter().copied().find(|variant| variant["title"] == tag)
    }

    fn check_untagged(&self, document: &Value, union: &Value, at: &str) -> Vec<Violation> {
        if self.variants.iter().any(|variant| check(document, variant, union, at).is_empty()) {
            return vec![];
        }
        let problem = format!("matches no variant, and {} selects none", self.property);
        vec![Violation::new(at, problem)]
    }
}

/// Returns the variants of a union if each has a title, which a tag can name.
fn titled_variants<'a>(document: &'a Value, schema: &'a Value) -> Option<Vec<&'a Value>> {
    let variants = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    let variants: Vec<_> = variants.iter().map(|variant| resolve(document, variant)).collect();
    variants.iter().all(|variant| variant["title"].is_string()).then_some(variants)
}

fn enumerates_titles(schema: &Value, variants: &[&Value]) -> bool {
    let Some(values) = schema["enum"].as_array() else {
        return false;
    };
    values.iter().all(|value| variants.iter().any(|variant| variant["title"] == *value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(value: Value) -> Vec<String> {
        let (a, b) = (json!({"a": {"type": "string"}}), json!({"b": {"type": "boolean"}}));
        let schema = json!({"type": "object", "properties": {
            "kind": {"type": "string", "enum": ["A", "B"]},
            "arguments": {"anyOf": [
                {"title": "A", "type": "object", "required": ["a"], "properties": a},
                {"title": "B", "type": "object", "properties": b},
            ]},
        }});
        check(&json!({}), &schema, &value, "$").iter().map(Violation::to_string).collect()
    }

    #[test]
    fn the_tag_selects_the_variant() {
        assert!(problems(json!({"kind": "A", "arguments": {"a": "x"}})).is_empty());
        assert_eq!(
            problems(json!({"kind": "A", "arguments": {"b": true}})),
            ["$.arguments.a is required and missing"]
        );
        assert_eq!(
            problems(json!({"kind": "B", "arguments": {"b": 1}})),
            ["$.arguments.b is 1; expected is boolean"]
        );
        assert_eq!(problems(json!({"kind": "A"})), ["$.arguments.a is required and missing"]);
        assert!(problems(json!({"kind": "B"})).is_empty());
    }

    #[test]
    fn an_unknown_tag_admits_any_arguments() {
        assert!(problems(json!({"kind": "Z", "arguments": {"a": 1}})).is_empty());
        assert_eq!(problems(json!({"kind": 7})), ["$.kind is 7; expected is string"]);
    }

    #[test]
    fn without_a_tag_any_variant_is_accepted() {
        assert!(problems(json!({"arguments": {"b": true}})).is_empty());
        assert_eq!(problems(json!({"arguments": 7})).len(), 1);
    }
}
