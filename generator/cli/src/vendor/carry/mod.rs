//! Carries upstream's facts over to a document that has its own prose.
//!
//! Takes the upstream document, cut and named, and the existing document. Returns a document with the
//! facts of the former, and with the descriptions, summaries, examples, `x-` keys, components and names
//! of the latter. Nodes correspond if they have the same location (path, method, property and so on)
//! after all references are followed. Nodes that only upstream has are added without prose, and listed,
//! so that they can be described.
//!
//! The document is built again from the paths downwards. A component is written when something refers
//! to it, so unused components are removed.

mod arrays;
mod components;

use clientgen::bundle::insert;
use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::facts::is_fact;
use components::{Components, ExistingNames};

/// An updated document.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    /// The document.
    pub(super) document: Value,
    /// The locations of new nodes, which have no prose yet.
    pub(super) without_prose: Vec<Pointer>,
}

/// Carries the facts of the upstream document over to the document `here`.
///
/// Runs twice: a new node may refer to an existing component under another name, which may be known at
/// the end of the first run only.
pub(super) fn carry(upstream: &Value, here: &Value) -> Carried {
    let (_, components) = carry_once(upstream, here, ExistingNames::new());
    carry_once(upstream, here, components.into_existing(here)).0
}

fn carry_once<'c>(
    upstream: &'c Value,
    here: &'c Value,
    existing: ExistingNames,
) -> (Carried, Components<'c>) {
    let components = Components::new(upstream, here, existing);
    let mut carry = Carry { upstream, here, components, without_prose: Vec::new() };
    let mut document = carry.root();
    while let Some(component) = carry.components.next() {
        let mut at = component.at();
        let own = component.here.filter(|at| at.find(here).is_some());
        if own.is_none() {
            carry.without_prose.push(at.clone());
        }
        let locations = Locations { upstream: component.upstream, here: own };
        let node = carry.node(&locations, Shape::Object(component.kind), &mut at);
        insert(&mut document, &at, node);
    }
    components::restore_order(&mut document, here);
    (Carried { document, without_prose: carry.without_prose }, carry.components)
}

/// The locations of corresponding nodes in both documents. The node may be missing in the existing one.
#[derive(Debug, Clone)]
struct Locations {
    upstream: Pointer,
    here: Option<Pointer>,
}

impl Locations {
    fn root() -> Self {
        Self { upstream: Pointer::root(), here: Some(Pointer::root()) }
    }
}

struct Carry<'c> {
    upstream: &'c Value,
    here: &'c Value,
    components: Components<'c>,
    without_prose: Vec<Pointer>,
}

impl<'c> Carry<'c> {
    fn upstream(&self, locations: &Locations) -> &'c Value {
        locations.upstream.find(self.upstream).unwrap_or(&Value::Null)
    }

    fn here(&self, locations: &Locations) -> Option<&'c Value> {
        locations.here.as_ref()?.find(self.here)
    }

    /// Returns the locations of the values under a key.
    fn child(&self, locations: &Locations, key: &str) -> Locations {
        let here = locations.here.as_ref().map(|at| at.join(key));
        Locations {
            upstream: locations.upstream.join(key),
            here: here.filter(|at| at.find(self.here).is_some()),
        }
    }

    /// Returns the document without the components that are referred to. Keys without facts are kept.
    fn root(&mut self) -> Value {
        let locations = Locations::root();
        let mut root = self.here.as_object().cloned().unwrap_or_default();
        root.shift_remove("components");
        for key in ["servers", "security", "webhooks", "paths"] {
            let is_needed = key != "security" || root.contains_key(key) || self.inherits_security();
            if self.upstream.get(key).is_none() || !is_needed {
                root.shift_remove(key);
                continue;
            }
            let shape = ObjectKind::Document.shape(key).unwrap_or(Shape::Data);
            let mut at = Pointer::root().join(key);
            let value = self.node(&self.child(&locations, key), shape, &mut at);
            root.insert(key.to_owned(), value);
        }
        self.tags(&mut root);
        let mut root = Value::Object(root);
        // Security schemes are named, not referred to.
        let schemes = self.child(&self.child(&locations, "components"), "securitySchemes");
        if schemes.upstream.find(self.upstream).is_some() {
            let mut at = schemes.upstream.clone();
            let shape = Shape::Map(&Shape::Object(ObjectKind::SecurityScheme));
            let value = self.node(&schemes, shape, &mut at);
            insert(&mut root, &at, value);
        }
        root
    }

    /// Returns whether an upstream operation inherits `security` from the document.
    fn inherits_security(&self) -> bool {
        let paths = self.upstream.get("paths").and_then(Value::as_object).into_iter().flatten();
        let operations = paths
            .flat_map(|(_, item)| metamodel::operations(item))
            .map(|operation| operation.value);
        operations.into_iter().any(|operation| operation.get("security").is_none())
    }

    /// Keeps the tags that upstream still has, and adds the names of new ones.
    fn tags(&mut self, root: &mut Map<String, Value>) {
        let names = |document: &Value| -> Vec<Value> {
            let tags = document.get("tags").and_then(Value::as_array).into_iter().flatten();
            tags.filter_map(|tag| tag.get("name").cloned()).collect()
        };
        let (known, upstream) = (names(self.here), names(self.upstream));
        if known.is_empty() && upstream.is_empty() {
            return;
        }
        let tags = root.entry("tags").or_insert_with(|| Value::Array(Vec::new()));
        let Some(tags) = tags.as_array_mut() else { return };
        tags.retain(|tag| tag.get("name").is_none_or(|name| upstream.contains(name)));
        for name in upstream.into_iter().filter(|name| !known.contains(name)) {
            self.without_prose.push(Pointer::root().join("tags").join(tags.len()));
            tags.push(Value::Object(Map::from_iter([("name".to_owned(), name)])));
        }
    }

    /// Returns a node with upstream's facts and the existing prose. `at` is its location in the result.
    fn node(&mut self, locations: &Locations, shape: Shape, at: &mut Pointer) -> Value {
        let upstream = self.upstream(locations);
        match (shape, upstream) {
            (Shape::Object(kind), Value::Object(_)) => {
                self.object_or_reference(locations, kind, at)
            }
            (Shape::SchemaOrBoolean, Value::Object(_)) => {
                self.object_or_reference(locations, ObjectKind::Schema, at)
            }
            (Shape::Map(shape), Value::Object(object)) => {
                let keys = self.keys(locations, object);
                self.map(locations, keys, *shape, at)
            }
            (Shape::Array(Shape::Object(kind)), Value::Array(items)) => {
                self.array(locations, items, *kind, at)
            }
            (Shape::SchemaName, Value::String(name)) => {
                let own = self.here(locations).and_then(Value::as_str);
                Value::String(self.components.schema_name(name, own))
            }
            _ => upstream.clone(),
        }
    }

    /// Returns an object of a kind or a reference to one. An existing node stays a component or inline; a
    /// new node is what it is upstream.
    fn object_or_reference(
        &mut self,
        locations: &Locations,
        kind: ObjectKind,
        at: &mut Pointer,
    ) -> Value {
        let upstream = self.upstream(locations);
        let target = metamodel::reference(upstream);
        let siblings = upstream.as_object().into_iter().flatten();
        let mut facts: Vec<_> =
            siblings.filter(|(key, _)| *key != "$ref" && is_fact(key)).collect();
        let own = self
            .here(locations)
            .and_then(metamodel::reference)
            .and_then(|own| components::name(own, kind));
        let component = match (target, own) {
            (_, Some(own)) => Some(own),
            // A fact beside a reference cannot move into the shared target.
            (Some(_), None) if locations.here.is_none() || !facts.is_empty() => None,
            (_, None) => {
                let end = self.components.end(&locations.upstream);
                return self.object(
                    &Locations { upstream: end, here: locations.here.clone() },
                    kind,
                    at,
                );
            }
        };
        if target.is_none() {
            facts.clear();
        }
        let end = self.components.end_of_reference(&locations.upstream);
        let Some(reference) = self.components.reference(kind, component, &end) else {
            return self.object(
                &Locations { upstream: end, here: locations.here.clone() },
                kind,
                at,
            );
        };
        let mut copy = Map::from_iter([("$ref".to_owned(), Value::String(reference))]);
        let prose = self.here(locations).and_then(Value::as_object).into_iter().flatten();
        copy.extend(
            prose.filter(|(key, _)| !is_fact(key)).map(|(key, value)| (key.clone(), value.clone())),
        );
        copy.extend(facts.into_iter().map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(copy)
    }

    fn object(&mut self, locations: &Locations, kind: ObjectKind, at: &mut Pointer) -> Value {
        let Some(upstream) = self.upstream(locations).as_object() else {
            return self.upstream(locations).clone();
        };
        let keys = self.keys(locations, upstream);
        let is_prose = |key: &String| {
            if kind.patterned().is_some() { key.starts_with("x-") } else { !is_fact(key) }
        };
        let mut object = Map::new();
        let shape = |key: &str| kind.shape(key).unwrap_or(Shape::Data);
        let own = self.here(locations).and_then(Value::as_object);
        for (key, value) in own.into_iter().flatten() {
            // An explicit default may be kept.
            let is_default =
                shape(key) == Shape::Boolean && *value == Value::Bool(false) && key != "explode";
            if is_prose(key) || upstream.contains_key(key) || is_default {
                object.insert(key.clone(), value.clone());
            }
        }
        for key in keys.into_iter().filter(|key| !is_prose(key)) {
            let child = self.child(locations, &key);
            let values = (self.upstream(&child), self.here(&child));
            let value = match (key.as_str(), values) {
                ("enum" | "required", (Value::Array(items), own)) => arrays::set(items, own),
                _ => at.within(&key, |at| self.child_node(locations, &child, shape(&key), at)),
            };
            object.insert(key, value);
        }
        // The only prose that OpenAPI 3.0 requires (Response Object).
        if kind == ObjectKind::Response {
            object.entry("description").or_insert_with(|| Value::String(String::new()));
        }
        Value::Object(object)
    }

    /// Returns the keys of the upstream object, in the existing order.
    fn keys(&self, locations: &Locations, upstream: &Map<String, Value>) -> Vec<String> {
        let own = self.here(locations).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        arrays::ordered(upstream.keys().collect(), own.collect()).into_iter().cloned().collect()
    }

    fn map(
        &mut self,
        locations: &Locations,
        keys: Vec<String>,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let mut object = Map::new();
        for key in keys {
            let child = self.child(locations, &key);
            let value = at.within(&key, |at| self.child_node(locations, &child, shape, at));
            object.insert(key, value);
        }
        Value::Object(object)
    }

    /// Returns a child node. Lists it as new if it is new and its parent is not.
    fn child_node(
        &mut self,
        parent: &Locations,
        locations: &Locations,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let has_prose = match shape {
            Shape::Object(kind) => kind.keys().iter().any(|key| key.name == "description"),
            Shape::SchemaOrBoolean => self.upstream(locations).is_object(),
            _ => false,
        };
        let value = self.node(locations, shape, at);
        // A new component is listed itself.
        if has_prose
            && parent.here.is_some()
            && locations.here.is_none()
            && metamodel::reference(&value).is_none()
        {
            self.without_prose.push(at.clone());
        }
        value
    }
}

#[cfg(test)]
mod tests;
