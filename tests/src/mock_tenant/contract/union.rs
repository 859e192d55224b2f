//! Finds out which form of a union a value must have, when a property beside it says so.
//!
//! The document describes the arguments of a report as any of several schemas, and says in words
//! that the one whose title equals the report type counts. So does this module: a property whose
//! enum values are titles of the forms of a sibling property is taken for the tag of that sibling.

use serde_json::{Map, Value};

use super::schema::{Violation, check, resolve};

/// A union among the properties of an object, and the property that says which form it has.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    property: &'a str,
    union: &'a str,
    forms: Vec<&'a Value>,
}

/// The tagged union of an object schema, if it has one.
pub(super) fn find<'a>(document: &'a Value, schema: &'a Value) -> Option<Tag<'a>> {
    let properties = schema["properties"].as_object()?;
    properties.iter().find_map(|(union, schema)| {
        let forms = titled_forms(document, schema)?;
        let property = properties
            .iter()
            .find(|(_, schema)| lists_titles_of(resolve(document, schema), &forms))?;
        Some(Tag { property: property.0, union, forms })
    })
}

impl Tag<'_> {
    /// Whether the property is one of the two that [`Tag::check`] looks at.
    pub(super) fn decides(&self, property: &str) -> bool {
        property == self.property || property == self.union
    }

    /// Checks the tag and the union of an object that stands at the JSON path `at`.
    ///
    /// A tag without a form is let pass with whatever arguments: tenants know more reports than the
    /// document names.
    pub(super) fn check(
        &self,
        document: &Value,
        object: &Map<String, Value>,
        at: &str,
    ) -> Vec<Violation> {
        let union_at = format!("{at}.{}", self.union);
        let union = object.get(self.union);
        match object.get(self.property) {
            Some(Value::String(tag)) => match self.form(tag) {
                // Without arguments, the ones that the form requires are missing, and should be
                // named.
                Some(form) => {
                    check(document, form, union.unwrap_or(&Value::Object(Map::new())), &union_at)
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

    fn form(&self, tag: &str) -> Option<&Value> {
        self.forms.iter().copied().find(|form| form["title"] == tag)
    }

    fn check_untagged(&self, document: &Value, union: &Value, at: &str) -> Vec<Violation> {
        if self.forms.iter().any(|form| check(document, form, union, at).is_empty()) {
            return vec![];
        }
        vec![Violation::new(
            at,
            format!("fits none of its forms, and {} does not say which it has", self.property),
        )]
    }
}

/// The forms of a union, each with a title; nothing if a title is missing, since the tag could not
/// name that form.
fn titled_forms<'a>(document: &'a Value, schema: &'a Value) -> Option<Vec<&'a Value>> {
    let forms = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    let forms: Vec<_> = forms.iter().map(|form| resolve(document, form)).collect();
    forms.iter().all(|form| form["title"].is_string()).then_some(forms)
}

fn lists_titles_of(schema: &Value, forms: &[&Value]) -> bool {
    let Some(values) = schema["enum"].as_array() else {
        return false;
    };
    values.iter().all(|value| forms.iter().any(|form| form["title"] == *value))
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
    fn the_tag_picks_the_form() {
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
    fn an_unknown_tag_admits_free_arguments() {
        assert!(problems(json!({"kind": "Z", "arguments": {"a": 1}})).is_empty());
        assert_eq!(problems(json!({"kind": 7})), ["$.kind is 7; expected is string"]);
    }

    #[test]
    fn without_a_tag_any_form_will_do() {
        assert!(problems(json!({"arguments": {"b": true}})).is_empty());
        assert_eq!(problems(json!({"arguments": 7})).len(), 1);
    }
}
