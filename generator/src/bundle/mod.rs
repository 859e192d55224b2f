//! One document out of many files.
//!
//! In comes a document, out goes one in which every reference leads to a node of the document
//! itself. What is in other files and can be a component becomes one, so that the stages that
//! follow know what is shared; anything else, such as a path item, is put where the reference was.
//! A reference that leads nowhere is reported and taken out.
//!
//! The files stay as they are; the document is written anew, in the order of its nodes, so that
//! the names of what is pulled in depend on nothing but the files.

pub mod files;
mod names;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::limits::{Limits, Size};
use crate::load::Document;
use crate::metamodel::{self, ObjectKind, Shape};
use crate::origin::{Branch, Origin};
use crate::pointer::Pointer;
use crate::source::Source;
use files::{Broken, Files};
use names::Names;

/// Makes one document of all the files that references lead to.
pub fn bundle(document: Document, source: &dyn Source, diagnostics: &mut Diagnostics) -> Document {
    let path = document.path.clone();
    let mut files = Files::new(document, source);
    let names = Names::of_root(&mut files, diagnostics);
    let (open, asked_for, limits) = (BTreeSet::new(), BTreeSet::new(), source.limits());
    let size = Size::default();
    let mut bundle = Bundle { files, names, diagnostics, open, asked_for, limits, size };
    let root = bundle.files.root_place();
    let mut value = bundle.node(&root, Shape::Object(ObjectKind::Document), &mut Pointer::root());
    while let Some(pulled) = bundle.names.next().filter(|_| !bundle.diagnostics.is_cut_short()) {
        let mut at = Pointer::root().join("components").join(pulled.section).join(&pulled.name);
        bundle.leads(&pulled.reference, &pulled.place, &at);
        let component = bundle.node(&pulled.place, Shape::Object(pulled.kind), &mut at);
        insert(&mut value, &at, component);
    }
    Document { path, value }
}

/// Puts a node into a document, with the objects on the way to it. What is no object there gives way.
pub fn insert(document: &mut Value, at: &Pointer, node: Value) {
    let mut place = document;
    for step in at.steps() {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(parent) = place.as_object_mut() else { return };
        place = parent.entry(step).or_insert(Value::Null);
    }
    *place = node;
}

/// What the copying of nodes needs to know.
struct Bundle<'b> {
    files: Files<'b>,
    names: Names,
    diagnostics: &'b mut Diagnostics,
    /// The nodes that are being put in place.
    open: BTreeSet<Place>,
    /// What has been said to be allowed for files that are refused. Many references may ask for the
    /// same.
    asked_for: BTreeSet<String>,
    limits: Limits,
    /// How large the document has become. What is put in place can have such nodes itself, each of
    /// them twice.
    size: Size,
}

/// A node of a file.
#[derive(Clone, Copy)]
struct Node<'n> {
    file: &'n str,
    value: &'n Value,
}

impl Bundle<'_> {
    /// A node of a file as it stands in the document, at `at`.
    fn node(&mut self, place: &Place, shape: Shape, at: &mut Pointer) -> Value {
        let file = self.files.file(&place.file, self.diagnostics);
        let value = file.as_deref().and_then(|file| place.pointer.find(file));
        let copy = value.map(|value| self.copy(Node { file: &place.file, value }, shape, at));
        copy.unwrap_or_default()
    }

    fn copy(&mut self, node: Node<'_>, shape: Shape, at: &mut Pointer) -> Value {
        if !self.has_room(node.value, shape, at) {
            return Value::Null;
        }
        if shape == Shape::Data {
            return node.value.clone();
        }
        if let Some(reference) = leads_to(node.value, shape) {
            return self.reference(node, reference, shape, at);
        }
        match (shape, node.value) {
            (Shape::SchemaName, Value::String(name)) => self.mapped(node, name, at),
            (Shape::Array(shape), Value::Array(items)) => {
                let copy = |(index, value)| {
                    at.within(index, |at| self.copy(Node { value, ..node }, *shape, at))
                };
                items.iter().enumerate().map(copy).collect()
            }
            (shape, Value::Object(object)) => self.object(node.file, object, shape, at),
            (_, value) => value.clone(),
        }
    }

    /// Takes the room for a node; those below it take their own, unless it is copied as a whole. If
    /// there is none, the document is reported, and nothing more is copied.
    fn has_room(&mut self, value: &Value, shape: Shape, at: &Pointer) -> bool {
        if self.diagnostics.is_cut_short() || !self.diagnostics.steps().take(1) {
            return false;
        }
        let bytes = value.as_str().map_or(0, str::len);
        self.size = match shape {
            Shape::Data => {
                self.size.with(Size::of(value, self.diagnostics.steps()), 1, at.steps().len())
            }
            _ => self.size.with_node(bytes),
        };
        if let Some(fault) = self.size.fault(&self.limits) {
            self.diagnostics.cut_short(at, fault);
            return false;
        }
        true
    }

    fn object(
        &mut self,
        file: &str,
        object: &Map<String, Value>,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let mut copy = Map::with_capacity(object.len());
        for (key, value) in object {
            let shape = shape.below(key);
            let value = at.within(key, |at| self.copy(Node { file, value }, shape, at));
            // A mapping that leads nowhere is none.
            if shape != Shape::SchemaName || !value.is_null() {
                copy.insert(key.clone(), value);
            }
        }
        Value::Object(copy)
    }

    /// What stands where a reference was.
    fn reference(
        &mut self,
        node: Node<'_>,
        reference: &str,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let place = match self.files.follow(node.file, reference, self.diagnostics) {
            Ok(place) => place,
            Err(broken) => {
                self.report(broken, &at.join("$ref"));
                return self.siblings(node, shape, at);
            }
        };
        if let Some(broken) = self.misfit(&place, reference, shape) {
            self.report(broken, &at.join("$ref"));
            return self.siblings(node, shape, at);
        }
        let by = at.join("$ref");
        let local =
            component(shape).and_then(|kind| self.names.local(&self.files, &place, kind, at, &by));
        let Some(local) = local else { return self.in_place(node, place, shape, at) };
        let mut copy = Map::from_iter([("$ref".to_owned(), Value::String(local))]);
        if let Value::Object(siblings) = self.siblings(node, shape, at) {
            copy.extend(siblings);
        }
        Value::Object(copy)
    }

    /// What is wrong with a reference that leads to something else than what belongs here.
    fn misfit(&mut self, place: &Place, reference: &str, shape: Shape) -> Option<Broken> {
        let file = self.files.file(&place.file, self.diagnostics)?;
        let value = place.pointer.find(&file)?;
        match shape {
            Shape::Object(ObjectKind::Schema) | Shape::SchemaOrBoolean if value.is_boolean() => {
                None
            }
            Shape::Object(_) | Shape::SchemaOrBoolean => files::misfit(reference, value),
            _ => None,
        }
    }

    /// The keys beside a reference.
    fn siblings(&mut self, node: Node<'_>, shape: Shape, at: &mut Pointer) -> Value {
        let mut siblings = node.value.as_object().cloned().unwrap_or_default();
        siblings.shift_remove("$ref");
        siblings.shift_remove("$dynamicRef");
        self.object(node.file, &siblings, shape, at)
    }

    /// What a reference leads to, with what stands beside the reference added.
    fn in_place(&mut self, node: Node<'_>, place: Place, shape: Shape, at: &mut Pointer) -> Value {
        let own = self.siblings(node, shape, at);
        if self.open.contains(&place) {
            let message =
                format!("the reference leads to `{}`, which it is part of", place.pointer);
            let help = "break the circle: this is put in place of the reference";
            self.report(Broken::new(message, help), &at.join("$ref"));
            return own;
        }
        let own_keys = own.as_object().into_iter().flat_map(Map::keys);
        let origins = &self.diagnostics.origins;
        let own_branches: Vec<(Pointer, Branch)> =
            own_keys.map(|key| at.join(key)).map(|at| (at.clone(), origins.branch(&at))).collect();
        self.leads(&at.join("$ref"), &place, at);
        self.open.insert(place.clone());
        let mut copy = self.node(&place, shape, at);
        self.open.remove(&place);
        let origins = &mut self.diagnostics.origins;
        own_branches.into_iter().for_each(|(at, branch)| origins.plant(&at, branch));
        if let (Value::Object(copy), Value::Object(own)) = (&mut copy, own) {
            copy.extend(own);
        }
        copy
    }

    /// Remembers that a reference puts what it leads to at a node of the document.
    fn leads(&mut self, reference: &Pointer, to: &Place, at: &Pointer) {
        let origins = &mut self.diagnostics.origins;
        let by = origins.of(reference);
        // Overlays have changed the root document, so that it is not what stands in its file.
        let branch = match self.files.is_root(to) {
            true => origins.branch(&to.pointer),
            false => Branch::of(Origin::of(to.clone())),
        };
        origins.plant(at, branch.brought(&by, "the reference that leads there"));
    }

    /// The value of a discriminator's mapping: the name of a component, or a reference.
    fn mapped(&mut self, node: Node<'_>, name: &str, at: &mut Pointer) -> Value {
        let ends = [".yaml", ".yml", ".json"];
        if !name.contains(['#', '/']) && !ends.iter().any(|end| name.ends_with(end)) {
            return node.value.clone();
        }
        match self.files.follow(node.file, name, self.diagnostics) {
            Ok(place) => {
                let local = self.names.local(&self.files, &place, ObjectKind::Schema, at, at);
                local.map_or(Value::Null, Value::String)
            }
            Err(broken) => {
                self.report(broken, at);
                Value::Null
            }
        }
    }

    fn report(&mut self, Broken { effect, code, message, help }: Broken, at: &Pointer) {
        if code == Limits::CODE {
            self.diagnostics.cut_short(at, (message, help));
        } else if effect != Effect::Fatal || self.asked_for.insert(help.clone()) {
            self.diagnostics.report(effect, code, at, message, help);
        }
    }
}

/// The reference that a node is, if it is one. A dynamic one (JSON Schema 2020-12) is taken for a
/// plain one: it leads to the same place unless another schema extends this one.
fn leads_to(value: &Value, shape: Shape) -> Option<&str> {
    if shape == Shape::SchemaName {
        return None;
    }
    let dynamic = component(shape).filter(|kind| *kind == ObjectKind::Schema);
    metamodel::reference(value)
        .or_else(|| dynamic.and_then(|_| value.get("$dynamicRef").and_then(Value::as_str)))
}

/// The kind of component that can stand at a place.
fn component(shape: Shape) -> Option<ObjectKind> {
    match shape {
        Shape::Object(kind) => Some(kind).filter(|kind| kind.section().is_some()),
        Shape::SchemaOrBoolean => Some(ObjectKind::Schema),
        Shape::String
        | Shape::Boolean
        | Shape::Number
        | Shape::NonNegativeInteger
        | Shape::Data
        | Shape::SchemaName
        | Shape::Array(_)
        | Shape::Map(_) => None,
    }
}

#[cfg(test)]
mod tests;
