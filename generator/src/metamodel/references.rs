//! The references of a document: `$ref`, and the schemas that mappings name.
//!
//! One walk finds them all, wherever the metamodel has them: `$ref` in an example or in an extension
//! that is data is not one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Kind, Shape, reference};
use crate::limits::Steps;
use crate::pointer::Pointer;

/// A reference to a node of the same document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The node that refers: an object with `$ref`, or a string in a mapping.
    pub at: Pointer,
    /// The kind of node that it must lead to.
    pub kind: Kind,
    /// Where it leads.
    pub target: Pointer,
}

/// Finds the references in a part of a document. `at` is where it stands.
pub fn references(value: &Value, shape: Shape, at: &Pointer, steps: &Steps) -> Vec<Reference> {
    let mut walk = Walk { found: Vec::new(), at: at.clone(), steps };
    walk.value(value, shape);
    walk.found
}

struct Walk<'w> {
    found: Vec<Reference>,
    at: Pointer,
    steps: &'w Steps,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, shape: Shape) {
        if !self.steps.take(1) {
            return;
        }
        match (shape, value) {
            (Shape::SchemaName, Value::String(name)) => self.schema_name(name),
            (Shape::SchemaOrFlag, Value::Bool(_)) => {}
            (Shape::SchemaOrFlag, _) => self.value(value, Shape::Node(Kind::Schema)),
            (Shape::Node(kind), Value::Object(object)) => {
                if let Some(target) = reference(value).and_then(|text| text.strip_prefix('#')) {
                    self.push(kind, Pointer::parse(target));
                }
                for (key, value) in object {
                    if let Some(shape) = kind.shape(key) {
                        self.below(key, value, shape);
                    }
                }
            }
            (Shape::List(shape), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(index, item, *shape);
                }
            }
            (Shape::Map(shape), Value::Object(entries)) => {
                for (name, value) in entries {
                    self.below(name, value, *shape);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: impl std::fmt::Display, value: &Value, shape: Shape) {
        // What has no references in it needs no place.
        if !matches!(value, Value::Object(_) | Value::Array(_) | Value::String(_))
            || matches!(
                shape,
                Shape::Data | Shape::Text | Shape::Flag | Shape::Number | Shape::Count
            )
        {
            return;
        }
        let mut at = std::mem::take(&mut self.at);
        at.within(step, |at| {
            std::mem::swap(&mut self.at, at);
            self.value(value, shape);
            std::mem::swap(&mut self.at, at);
        });
        self.at = at;
    }

    /// The value of a mapping: a reference, or the name of a component.
    fn schema_name(&mut self, name: &str) {
        let target = match name.strip_prefix('#') {
            Some(fragment) => Pointer::parse(fragment),
            None => Some(component(Kind::Schema, name)),
        };
        self.push(Kind::Schema, target);
    }

    fn push(&mut self, kind: Kind, target: Option<Pointer>) {
        self.found.extend(target.map(|target| Reference { at: self.at.clone(), kind, target }));
    }
}

/// Where a component stands.
fn component(kind: Kind, name: &str) -> Pointer {
    let section = kind.section().unwrap_or_default();
    Pointer::root().join("components").join(section).join(name)
}

/// Finds the components that a document's paths lead to, step by step: by references, by mappings,
/// and from a schema with a discriminator to the schemas that extend it, which nothing may refer to.
/// Security schemes are not referred to but named, and do not count. `also` are further parts of the
/// document to begin with.
pub fn reached(document: &Value, also: &[&str], steps: &Steps) -> BTreeSet<Pointer> {
    let extending = extending(document);
    let mut reached = BTreeSet::new();
    let mut next: Vec<Reference> = Vec::new();
    for key in ["paths"].iter().chain(also) {
        let at = Pointer::root().join(key);
        if let (Some(value), Some(shape)) = (document.get(key), Kind::Document.shape(key)) {
            next.extend(references(value, shape, &at, steps));
        }
    }
    while let Some(Reference { kind, target, .. }) = next.pop() {
        // Whatever is inside a component needs the whole of it.
        let whole: Pointer = target.tokens().iter().take(3).cloned().collect();
        let is_component = whole.tokens().first().is_some_and(|first| first == "components");
        let (target, kind) = match (is_component, component_kind(&whole)) {
            (true, Some(kind)) => (whole, kind),
            _ => (target, kind),
        };
        let Some(node) = target.find(document).filter(|_| reached.insert(target.clone())) else {
            continue;
        };
        next.extend(references(node, Shape::Node(kind), &target, steps));
        let has_alternatives = node.get("oneOf").or(node.get("anyOf")).is_some();
        if kind == Kind::Schema && node.get("discriminator").is_some() && !has_alternatives {
            let extending = extending.get(&target).into_iter().flatten();
            next.extend(extending.map(|by| Reference {
                at: target.clone(),
                kind,
                target: by.clone(),
            }));
        }
    }
    reached
}

/// The kind of the component at a place.
fn component_kind(at: &Pointer) -> Option<Kind> {
    let section = at.tokens().get(1)?;
    match Kind::Components.shape(section)? {
        Shape::Map(Shape::Node(kind)) => Some(*kind),
        _ => None,
    }
}

/// The component schemas that extend each schema by `allOf`.
fn extending(document: &Value) -> BTreeMap<Pointer, Vec<Pointer>> {
    let all = Pointer::root().join("components").join("schemas");
    let mut extending: BTreeMap<Pointer, Vec<Pointer>> = BTreeMap::new();
    for (name, schema) in all.find(document).and_then(Value::as_object).into_iter().flatten() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for base in parts.filter_map(reference) {
            if let Some(base) = base.strip_prefix('#').and_then(Pointer::parse) {
                extending.entry(base).or_default().push(all.join(name));
            }
        }
    }
    extending
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "paths": {"/a": {"get": {
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Base"},
                    "example": {"$ref": "#/components/schemas/Data"},
                }}}},
            }}},
            "x-webhooks": {"w": {"post": {"$ref": "#/components/schemas/Data"}}},
            "webhooks": {"w": {"post": {"requestBody": {"$ref": "#/components/requestBodies/W"}}}},
            "components": {
                "parameters": {"P": {"schema": {"$ref": "#/components/schemas/Inside/properties/a"}}},
                "requestBodies": {"W": {"content": {}}},
                "schemas": {
                    "Base": {"discriminator": {"propertyName": "t"}},
                    "Extends": {"allOf": [{"$ref": "#/components/schemas/Base"}], "properties": {
                        "u": {"x-tagged-by": {"propertyName": "t", "mapping": {"a": "#/components/schemas/Tagged"}}},
                        "v": {"oneOf": [], "discriminator": {"propertyName": "t", "mapping": {"b": "Named"}}},
                    }},
                    "Inside": {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/components/schemas/Beside"}}},
                    "Beside": {}, "Tagged": {}, "Named": {}, "Data": {},
                },
            },
        })
    }

    fn names(reached: &BTreeSet<Pointer>) -> Vec<&str> {
        reached.iter().filter_map(Pointer::last).collect()
    }

    #[test]
    fn paths_lead_to_components_by_references_mappings_and_subtypes() {
        let reached = reached(&document(), &[], &Steps::default());
        assert_eq!(
            names(&reached),
            ["P", "Base", "Beside", "Extends", "Inside", "Named", "Tagged"]
        );
    }

    #[test]
    fn webhooks_count_where_they_are_asked_for() {
        let reached = reached(&document(), &["webhooks"], &Steps::default());
        assert!(names(&reached).contains(&"W"), "{reached:?}");
    }
}
