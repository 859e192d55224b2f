//! Upstream's facts in a document that has words of its own.
//!
//! In come upstream's document, cut and named, and the document that is there; out goes one with the
//! facts of the former and the descriptions, summaries, examples, `x-` keys, components and names
//! of the latter. What belongs together is what stands at the same place: under the same path,
//! method, property and so on, with every reference followed. What upstream has and the document
//! has not yet comes without words, and is listed, so that someone can write them.
//!
//! The document is built anew, from the paths downwards. A component is written when it is
//! referred to, so what nothing refers to any more is gone.

mod components;
mod lists;

use clientgen::metamodel::METHODS;
use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::facts::is_fact;
use super::insert;
use components::{Components, Known};

/// A document with facts that have been carried over.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    /// The document.
    pub(super) document: Value,
    /// The nodes that have no words yet.
    pub(super) new: Vec<Pointer>,
}

/// Carries the facts of a document over to another one.
///
/// It is done twice: what is new may refer to what is there under another name, and where that is
/// may be known only at the end.
pub(super) fn carry(upstream: &Value, here: &Value) -> Carried {
    let (_, components) = carry_once(upstream, here, Known::new());
    carry_once(upstream, here, components.known(here)).0
}

fn carry_once<'c>(upstream: &'c Value, here: &'c Value, known: Known) -> (Carried, Components<'c>) {
    let components = Components::new(upstream, here, known);
    let mut carry = Carry { upstream, here, components, new: Vec::new() };
    let mut document = carry.root();
    while let Some(component) = carry.components.next() {
        let mut at = component.at();
        let own = component.here.filter(|at| at.find(here).is_some());
        if own.is_none() {
            carry.new.push(at.clone());
        }
        let pair = Pair { upstream: component.upstream, here: own };
        let node = carry.node(&pair, Shape::Object(component.kind), &mut at);
        insert(&mut document, &at, node);
    }
    components::put_in_order(&mut document, here);
    (Carried { document, new: carry.new }, carry.components)
}

/// Where a node is in upstream's document, and where in the other one, if it is there.
#[derive(Debug, Clone)]
struct Pair {
    upstream: Pointer,
    here: Option<Pointer>,
}

impl Pair {
    fn of_root() -> Self {
        Self { upstream: Pointer::root(), here: Some(Pointer::root()) }
    }
}

struct Carry<'c> {
    upstream: &'c Value,
    here: &'c Value,
    components: Components<'c>,
    new: Vec<Pointer>,
}

impl<'c> Carry<'c> {
    fn upstream(&self, pair: &Pair) -> &'c Value {
        pair.upstream.find(self.upstream).unwrap_or(&Value::Null)
    }

    fn here(&self, pair: &Pair) -> Option<&'c Value> {
        pair.here.as_ref()?.find(self.here)
    }

    /// The members of two nodes under the same key.
    fn child(&self, pair: &Pair, key: &str) -> Pair {
        let here = pair.here.as_ref().map(|at| at.join(key));
        Pair {
            upstream: pair.upstream.join(key),
            here: here.filter(|at| at.find(self.here).is_some()),
        }
    }

    /// The document without the components that are referred to. What has no facts stays as it is.
    fn root(&mut self) -> Value {
        let pair = Pair::of_root();
        let mut root = self.here.as_object().cloned().unwrap_or_default();
        root.shift_remove("components");
        for key in ["servers", "security", "webhooks", "paths"] {
            let needed = key != "security" || root.contains_key(key) || self.inherits_security();
            if self.upstream.get(key).is_none() || !needed {
                root.shift_remove(key);
                continue;
            }
            let shape = ObjectKind::Document.shape(key).unwrap_or(Shape::Data);
            let mut at = Pointer::root().join(key);
            let value = self.node(&self.child(&pair, key), shape, &mut at);
            root.insert(key.to_owned(), value);
        }
        self.tags(&mut root);
        let mut root = Value::Object(root);
        // Security schemes are named and not referred to.
        let schemes = self.child(&self.child(&pair, "components"), "securitySchemes");
        if schemes.upstream.find(self.upstream).is_some() {
            let mut at = schemes.upstream.clone();
            let shape = Shape::Map(&Shape::Object(ObjectKind::SecurityScheme));
            let value = self.node(&schemes, shape, &mut at);
            insert(&mut root, &at, value);
        }
        root
    }

    /// Whether an operation of upstream's says nothing of security, so that the document has to.
    fn inherits_security(&self) -> bool {
        let paths = self.upstream.get("paths").and_then(Value::as_object).into_iter().flatten();
        let operations =
            paths.flat_map(|(_, item)| METHODS.iter().filter_map(|(method, _)| item.get(method)));
        operations.into_iter().any(|operation| operation.get("security").is_none())
    }

    /// Tags that upstream still has stay as they are; of those that it has more, the names are added.
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
            self.new.push(Pointer::root().join("tags").join(tags.len()));
            tags.push(Value::Object(Map::from_iter([("name".to_owned(), name)])));
        }
    }

    /// A node with upstream's facts and the words that are here. It will stand at `at`.
    fn node(&mut self, pair: &Pair, shape: Shape, at: &mut Pointer) -> Value {
        let upstream = self.upstream(pair);
        match (shape, upstream) {
            (Shape::Object(kind), Value::Object(_)) => self.referred(pair, kind, at),
            (Shape::SchemaOrBoolean, Value::Object(_)) => {
                self.referred(pair, ObjectKind::Schema, at)
            }
            (Shape::Map(shape), Value::Object(object)) => {
                let keys = self.keys(pair, object);
                self.members(pair, keys, |_| *shape, at)
            }
            (Shape::Array(Shape::Object(kind)), Value::Array(items)) => {
                self.nodes(pair, items, *kind, at)
            }
            (Shape::SchemaName, Value::String(name)) => {
                let own = self.here(pair).and_then(Value::as_str);
                Value::String(self.components.schema_name(name, own))
            }
            _ => upstream.clone(),
        }
    }

    /// An object of a kind, or a reference to one. Whether it is a component is up to what is here,
    /// and of what is new, to upstream.
    fn referred(&mut self, pair: &Pair, kind: ObjectKind, at: &mut Pointer) -> Value {
        let upstream = self.upstream(pair);
        let target = metamodel::reference(upstream);
        let beside = upstream.as_object().into_iter().flatten();
        let mut facts: Vec<_> = beside.filter(|(key, _)| *key != "$ref" && is_fact(key)).collect();
        let own = self
            .here(pair)
            .and_then(metamodel::reference)
            .and_then(|own| components::name(own, kind));
        let component = match (target, own) {
            (_, Some(own)) => Some(own),
            // A fact beside a reference cannot go into what others refer to as well.
            (Some(_), None) if pair.here.is_none() || !facts.is_empty() => None,
            (_, None) => {
                let end = self.components.end(&pair.upstream);
                return self.object(&Pair { upstream: end, here: pair.here.clone() }, kind, at);
            }
        };
        if target.is_none() {
            facts.clear();
        }
        let end = self.components.end_of_reference(&pair.upstream);
        let Some(reference) = self.components.reference(kind, component, &end) else {
            return self.object(&Pair { upstream: end, here: pair.here.clone() }, kind, at);
        };
        let mut copy = Map::from_iter([("$ref".to_owned(), Value::String(reference))]);
        let words = self.here(pair).and_then(Value::as_object).into_iter().flatten();
        copy.extend(
            words.filter(|(key, _)| !is_fact(key)).map(|(key, value)| (key.clone(), value.clone())),
        );
        copy.extend(facts.into_iter().map(|(key, value)| (key.clone(), value.clone())));
        Value::Object(copy)
    }

    fn object(&mut self, pair: &Pair, kind: ObjectKind, at: &mut Pointer) -> Value {
        let Some(upstream) = self.upstream(pair).as_object() else {
            return self.upstream(pair).clone();
        };
        let keys = self.keys(pair, upstream);
        let words = |key: &String| {
            if kind.patterned().is_some() { key.starts_with("x-") } else { !is_fact(key) }
        };
        let mut object = Map::new();
        let shape = |key: &str| kind.shape(key).unwrap_or(Shape::Data);
        let own = self.here(pair).and_then(Value::as_object);
        for (key, value) in own.into_iter().flatten() {
            // What goes without saying may still be said.
            let implied =
                shape(key) == Shape::Boolean && *value == Value::Bool(false) && key != "explode";
            if words(key) || upstream.contains_key(key) || implied {
                object.insert(key.clone(), value.clone());
            }
        }
        for key in keys.into_iter().filter(|key| !words(key)) {
            let child = self.child(pair, &key);
            let both = (self.upstream(&child), self.here(&child));
            let value = match (key.as_str(), both) {
                ("enum" | "required", (Value::Array(items), own)) => lists::set(items, own),
                _ => at.within(&key, |at| self.member(pair, &child, shape(&key), at)),
            };
            object.insert(key, value);
        }
        // The only words that a document cannot be without (OpenAPI 3.0, Response Object).
        if kind == ObjectKind::Response {
            object.entry("description").or_insert_with(|| Value::String(String::new()));
        }
        Value::Object(object)
    }

    /// The keys of upstream's object, in the order that is here.
    fn keys(&self, pair: &Pair, upstream: &Map<String, Value>) -> Vec<String> {
        let own = self.here(pair).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        lists::ordered(upstream.keys().collect(), own.collect()).into_iter().cloned().collect()
    }

    fn members(
        &mut self,
        pair: &Pair,
        keys: Vec<String>,
        shape: impl Fn(&str) -> Shape,
        at: &mut Pointer,
    ) -> Value {
        let mut object = Map::new();
        for key in keys {
            let child = self.child(pair, &key);
            let value = at.within(&key, |at| self.member(pair, &child, shape(&key), at));
            object.insert(key, value);
        }
        Value::Object(object)
    }

    /// A node of another one, which is listed if it is the outermost one that is new.
    fn member(&mut self, within: &Pair, pair: &Pair, shape: Shape, at: &mut Pointer) -> Value {
        let has_words = match shape {
            Shape::Object(kind) => kind.keys().iter().any(|key| key.name == "description"),
            Shape::SchemaOrBoolean => self.upstream(pair).is_object(),
            _ => false,
        };
        let value = self.node(pair, shape, at);
        // A component that is new is listed itself.
        if has_words
            && within.here.is_some()
            && pair.here.is_none()
            && metamodel::reference(&value).is_none()
        {
            self.new.push(at.clone());
        }
        value
    }
}

#[cfg(test)]
mod tests;
