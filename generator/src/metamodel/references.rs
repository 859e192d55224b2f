//! The references of a document: `$ref`, and the schemas that discriminator mappings name.
//!
//! One walk finds them all. It follows the metamodel, so `$ref` in an example, or in an extension that
//! is data, is not a reference.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{ObjectKind, Shape, reference};
use crate::limits::Steps;
use crate::pointer::Pointer;

/// A reference to a node of the same document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The location of the reference: an object with `$ref`, or a string in a mapping.
    pub at: Pointer,
    /// The kind of object that it must resolve to.
    pub kind: ObjectKind,
    /// The location that it refers to.
    pub target: Pointer,
}

/// Collects the references in a part of a document. `at` is the location of that part.
pub fn collect_references(
    value: &Value,
    shape: Shape,
    at: &Pointer,
    steps: &Steps,
) -> Vec<Reference> {
    let mut walk = Walk { references: Vec::new(), at: at.clone(), steps };
    walk.value(value, shape);
    walk.references
}

struct Walk<'w> {
    references: Vec<Reference>,
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
            (Shape::SchemaOrBoolean, Value::Bool(_)) => {}
            (Shape::SchemaOrBoolean, _) => self.value(value, Shape::Object(ObjectKind::Schema)),
            (Shape::Object(kind), Value::Object(object)) => {
                if let Some(target) = reference(value).and_then(|text| text.strip_prefix('#')) {
                    self.push(kind, Pointer::parse(target));
                }
                for (key, value) in object {
                    if let Some(shape) = kind.shape(key) {
                        self.below(key, value, shape);
                    }
                }
            }
            (Shape::Array(shape), Value::Array(items)) => {
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
        // A value without references in it needs no location.
        if !matches!(value, Value::Object(_) | Value::Array(_) | Value::String(_))
            || matches!(
                shape,
                Shape::Data
                    | Shape::String
                    | Shape::Boolean
                    | Shape::Number
                    | Shape::NonNegativeInteger
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

    /// Adds the value of a mapping: a reference, or the name of a component.
    fn schema_name(&mut self, name: &str) {
        let target = match name.strip_prefix('#') {
            Some(fragment) => Pointer::parse(fragment),
            None => Some(component_pointer(ObjectKind::Schema, name)),
        };
        self.push(ObjectKind::Schema, target);
    }

    fn push(&mut self, kind: ObjectKind, target: Option<Pointer>) {
        self.references.extend(target.map(|target| Reference {
            at: self.at.clone(),
            kind,
            target,
        }));
    }
}

/// Returns the location of a component.
fn component_pointer(kind: ObjectKind, name: &str) -> Pointer {
    let section = kind.section().unwrap_or_default();
    Pointer::root().join("components").join(section).join(name)
}

/// Returns the components that are reachable from the paths of a document, by references, by mappings,
/// and from a schema with a discriminator to the schemas that extend it: nothing else may refer to
/// those. Security schemes are named, not referred to, and are not included. `other_roots` are
/// further keys of the document to start from.
pub fn reachable(document: &Value, other_roots: &[&str], steps: &Steps) -> BTreeSet<Pointer> {
    let subtypes = subtypes(document);
    let mut reachable = BTreeSet::new();
    let mut next: Vec<Reference> = Vec::new();
    for key in ["paths"].iter().chain(other_roots) {
        let at = Pointer::root().join(key);
        if let (Some(value), Some(shape)) = (document.get(key), ObjectKind::Document.shape(key)) {
            next.extend(collect_references(value, shape, &at, steps));
        }
    }
    while let Some(Reference { kind, target, .. }) = next.pop() {
        // A reference into a component needs the whole component.
        let whole: Pointer = target.tokens().iter().take(3).cloned().collect();
        let is_component = whole.tokens().first().is_some_and(|first| first == "components");
        let (target, kind) = match (is_component, component_kind(&whole)) {
            (true, Some(kind)) => (whole, kind),
            _ => (target, kind),
        };
        let Some(node) = target.find(document).filter(|_| reachable.insert(target.clone())) else {
            continue;
        };
        next.extend(collect_references(node, Shape::Object(kind), &target, steps));
        let has_alternatives = node.get("oneOf").or(node.get("anyOf")).is_some();
        if kind == ObjectKind::Schema && node.get("discriminator").is_some() && !has_alternatives {
            let subtypes = subtypes.get(&target).into_iter().flatten();
            next.extend(subtypes.map(|subtype| Reference {
                at: target.clone(),
                kind,
                target: subtype.clone(),
            }));
        }
    }
    reachable
}

/// Returns the kind of the component at a location.
fn component_kind(at: &Pointer) -> Option<ObjectKind> {
    let section = at.tokens().get(1)?;
    match ObjectKind::Components.shape(section)? {
        Shape::Map(Shape::Object(kind)) => Some(*kind),
        _ => None,
    }
}

/// Returns the component schemas that extend each schema by `allOf`.
fn subtypes(document: &Value) -> BTreeMap<Pointer, Vec<Pointer>> {
    let all = Pointer::root().join("components").join("schemas");
    let mut subtypes: BTreeMap<Pointer, Vec<Pointer>> = BTreeMap::new();
    for (name, schema) in all.find(document).and_then(Value::as_object).into_iter().flatten() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for base in parts.filter_map(reference) {
            if let Some(base) = base.strip_prefix('#').and_then(Pointer::parse) {
                subtypes.entry(base).or_default().push(all.join(name));
            }
        }
    }
    subtypes
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
            "x-others": {"w": {"post": {"$ref": "#/components/schemas/Data"}}},
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

    fn names(pointers: &BTreeSet<Pointer>) -> Vec<&str> {
        pointers.iter().filter_map(Pointer::last).collect()
    }

    #[test]
    fn components_are_reachable_by_references_mappings_and_subtypes() {
        let reachable = reachable(&document(), &[], &Steps::default());
        assert_eq!(
            names(&reachable),
            ["P", "Base", "Beside", "Extends", "Inside", "Named", "Tagged"]
        );
    }

    #[test]
    fn webhooks_are_a_root_on_request() {
        let reachable = reachable(&document(), &["webhooks"], &Steps::default());
        assert!(names(&reachable).contains(&"W"), "{reachable:?}");
    }
}
