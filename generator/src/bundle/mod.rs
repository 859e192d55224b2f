//! Bundles the files of a document into one.
//!
//! Takes a document and returns one in which every reference is local and resolves. A node of another
//! file becomes a component if its object type can be one, so that later stages know what is shared;
//! any other node, such as a path item, is inlined in place of the reference. A reference that does not
//! resolve is reported and removed.
//!
//! The document is copied in the order of its nodes, so that the names of new components depend only
//! on the content of the files. Leaves the meaning of the nodes to the later stages.

pub mod files;
mod identifiers;
mod names;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Effect, Location};
use crate::limits::{Limits, Size};
use crate::load::Document;
use crate::metamodel::{self, ObjectKind, Shape};
use crate::origin::{Origin, Subtree};
use crate::pointer::Pointer;
use crate::source::Source;
use files::{BrokenReference, Files};
use names::Names;

/// Bundles a document with the files that its references lead to.
pub fn bundle(
    mut document: Document,
    source: &dyn Source,
    diagnostics: &mut Diagnostics,
) -> Document {
    identifiers::resolve(&mut document.value, diagnostics.steps());
    let path = document.path.clone();
    let kind = ObjectKind::of_document(&document.value);
    let mut files = Files::new(document, source);
    let names = Names::of_root(&mut files, diagnostics);
    let mut bundle = Bundle {
        files,
        names,
        diagnostics,
        inlining: BTreeSet::new(),
        reported_help: BTreeSet::new(),
        limits: source.limits(),
        size: Size::default(),
    };
    let root = bundle.files.root_location();
    let mut value = bundle.copy_from(&root, Shape::Object(kind), &mut Pointer::root());
    while let Some(new) = bundle.names.next_component().filter(|_| !bundle.diagnostics.is_aborted())
    {
        let mut at = bundle.names.location(&new);
        bundle.record_origin(&new.reference, &new.location, &at);
        let component = bundle.copy_from(&new.location, Shape::Object(new.kind), &mut at);
        insert(&mut value, &at, component);
    }
    Document { path, value }
}

/// Inserts a node into a document, and creates its missing ancestors. Replaces ancestors that are not
/// objects.
pub fn insert(document: &mut Value, at: &Pointer, node: Value) {
    let mut target = document;
    for token in at.tokens() {
        if !target.is_object() {
            *target = Value::Object(Map::new());
        }
        let Some(parent) = target.as_object_mut() else { return };
        target = parent.entry(token).or_insert(Value::Null);
    }
    *target = node;
}

/// The state of bundling.
struct Bundle<'b> {
    files: Files<'b>,
    names: Names,
    diagnostics: &'b mut Diagnostics,
    /// The nodes that are being inlined.
    inlining: BTreeSet<Location>,
    /// The help of fatal diagnostics that have been reported. Many references can need the same
    /// permission.
    reported_help: BTreeSet<String>,
    limits: Limits,
    /// The size of the document so far. It can grow exponentially, because inlined nodes can contain
    /// references to inlined nodes.
    size: Size,
}

/// A node of a file.
#[derive(Clone, Copy)]
struct Node<'n> {
    file: &'n str,
    value: &'n Value,
}

impl Bundle<'_> {
    /// Copies a node of a file to `at` in the document.
    fn copy_from(&mut self, location: &Location, shape: Shape, at: &mut Pointer) -> Value {
        let file = self.files.file(&location.file, self.diagnostics);
        let value = file.as_deref().and_then(|file| location.pointer.find(file));
        let copy = value.map(|value| self.copy(Node { file: &location.file, value }, shape, at));
        copy.unwrap_or_default()
    }

    fn copy(&mut self, node: Node<'_>, shape: Shape, at: &mut Pointer) -> Value {
        if !self.is_within_limits(node.value, shape, at) {
            return Value::Null;
        }
        if shape == Shape::Data {
            return node.value.clone();
        }
        if let Some(reference) = reference_of(node.value, shape) {
            return self.copy_reference(node, reference, shape, at);
        }
        match (shape, node.value) {
            (Shape::SchemaName, Value::String(name)) => self.copy_mapping(node, name, at),
            (Shape::Array(shape), Value::Array(items)) => {
                let copy = |(index, value)| {
                    at.within(index, |at| self.copy(Node { value, ..node }, *shape, at))
                };
                items.iter().enumerate().map(copy).collect()
            }
            (shape, Value::Object(object)) => self.copy_object(node.file, object, shape, at),
            (_, value) => value.clone(),
        }
    }

    /// Adds a node to the size of the document; its children are added on their own, unless the node is
    /// copied as a whole. Aborts the stage if the size exceeds a limit.
    fn is_within_limits(&mut self, value: &Value, shape: Shape, at: &Pointer) -> bool {
        if self.diagnostics.is_aborted() || !self.diagnostics.steps().take(1) {
            return false;
        }
        let bytes = value.as_str().map_or(0, str::len);
        self.size = match shape {
            Shape::Data => {
                let size = Size::of(value, self.diagnostics.steps());
                self.size.with_copies(size, 1, at.tokens().len())
            }
            _ => self.size.with_node(bytes),
        };
        if let Some(excess) = self.size.excess(&self.limits) {
            self.diagnostics.abort(at, excess);
            return false;
        }
        true
    }

    fn copy_object(
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
            // A mapping that does not resolve is omitted.
            if shape != Shape::SchemaName || !value.is_null() {
                copy.insert(key.clone(), value);
            }
        }
        Value::Object(copy)
    }

    /// Returns a local reference, or the inlined target.
    fn copy_reference(
        &mut self,
        node: Node<'_>,
        reference: &str,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let target = match self.resolve(node.file, reference, shape) {
            Ok(target) => target,
            Err(broken) => {
                self.report(broken, &at.join("$ref"));
                return self.copy_siblings(node, shape, at);
            }
        };
        let by = at.join("$ref");
        let kind = object_kind(shape).filter(|kind| self.names.has_section(*kind));
        let local =
            kind.and_then(|kind| self.names.local_reference(&self.files, &target, kind, at, &by));
        let Some(local) = local else { return self.inline(node, target, shape, at) };
        let mut copy = Map::from_iter([("$ref".to_owned(), Value::String(local))]);
        if let Value::Object(siblings) = self.copy_siblings(node, shape, at) {
            copy.extend(siblings);
        }
        Value::Object(copy)
    }

    /// Returns the target of a reference, which is an object if the shape requires one.
    fn resolve(
        &mut self,
        file: &str,
        reference: &str,
        shape: Shape,
    ) -> Result<Location, BrokenReference> {
        let target = self.files.follow(file, reference, self.diagnostics)?;
        let file = self.files.file(&target.file, self.diagnostics);
        let value = file.as_deref().and_then(|file| target.pointer.find(file));
        let broken = value.and_then(|value| match shape {
            Shape::Object(ObjectKind::Schema) | Shape::SchemaOrBoolean if value.is_boolean() => {
                None
            }
            Shape::Object(_) | Shape::SchemaOrBoolean => files::non_object_target(reference, value),
            _ => None,
        });
        broken.map_or(Ok(target), Err)
    }

    /// Copies the keys beside a reference.
    fn copy_siblings(&mut self, node: Node<'_>, shape: Shape, at: &mut Pointer) -> Value {
        let mut siblings = node.value.as_object().cloned().unwrap_or_default();
        siblings.shift_remove("$ref");
        siblings.shift_remove("$dynamicRef");
        self.copy_object(node.file, &siblings, shape, at)
    }

    /// Copies the target of a reference in place of the reference, with the keys beside it.
    fn inline(
        &mut self,
        node: Node<'_>,
        target: Location,
        shape: Shape,
        at: &mut Pointer,
    ) -> Value {
        let siblings = self.copy_siblings(node, shape, at);
        if self.inlining.contains(&target) {
            let message = format!(
                "the reference leads to `{}`, which contains the reference",
                target.pointer
            );
            let help = "break the cycle: the target is inlined in place of the reference";
            self.report(BrokenReference::new(message, help), &at.join("$ref"));
            return siblings;
        }
        let sibling_keys = siblings.as_object().into_iter().flat_map(Map::keys);
        let origins = &self.diagnostics.origins;
        let sibling_origins: Vec<(Pointer, Subtree)> = sibling_keys
            .map(|key| at.join(key))
            .map(|at| (at.clone(), origins.subtree(&at)))
            .collect();
        self.record_origin(&at.join("$ref"), &target, at);
        self.inlining.insert(target.clone());
        let mut copy = self.copy_from(&target, shape, at);
        self.inlining.remove(&target);
        let origins = &mut self.diagnostics.origins;
        sibling_origins.into_iter().for_each(|(at, subtree)| origins.set_subtree(&at, subtree));
        if let (Value::Object(copy), Value::Object(siblings)) = (&mut copy, siblings) {
            copy.extend(siblings);
        }
        copy
    }

    /// Records that a reference includes its target at a node of the document.
    fn record_origin(&mut self, reference: &Pointer, target: &Location, at: &Pointer) {
        let origins = &mut self.diagnostics.origins;
        let by = origins.of(reference);
        // Overlays have changed the root document, so its nodes have origins of their own.
        let subtree = match self.files.is_root(target) {
            true => origins.subtree(&target.pointer),
            false => Subtree::of(Origin::of(target.clone())),
        };
        origins.set_subtree(at, subtree.included(&by, "the reference that leads there"));
    }

    /// Copies a value of a discriminator's mapping: the name of a component, or a reference.
    fn copy_mapping(&mut self, node: Node<'_>, name: &str, at: &mut Pointer) -> Value {
        let extensions = [".yaml", ".yml", ".json"];
        if !name.contains(['#', '/']) && !extensions.iter().any(|end| name.ends_with(end)) {
            return node.value.clone();
        }
        match self.files.follow(node.file, name, self.diagnostics) {
            Ok(target) => {
                let local =
                    self.names.local_reference(&self.files, &target, ObjectKind::Schema, at, at);
                local.map_or(Value::Null, Value::String)
            }
            Err(broken) => {
                self.report(broken, at);
                Value::Null
            }
        }
    }

    fn report(
        &mut self,
        BrokenReference { effect, code, message, help }: BrokenReference,
        at: &Pointer,
    ) {
        if code == Limits::CODE {
            self.diagnostics.abort(at, (message, help));
        } else if effect != Effect::Fatal || self.reported_help.insert(help.clone()) {
            self.diagnostics.report(effect, code, at, message, help);
        }
    }
}

/// Returns the reference of a node that is a reference. A dynamic reference (JSON Schema 2020-12) is
/// treated as a static one: the targets differ only if another schema extends this one.
fn reference_of(value: &Value, shape: Shape) -> Option<&str> {
    if shape == Shape::SchemaName {
        return None;
    }
    let is_schema = object_kind(shape) == Some(ObjectKind::Schema);
    let dynamic = value.get("$dynamicRef").and_then(Value::as_str);
    metamodel::reference(value).or(dynamic.filter(|_| is_schema))
}

/// Returns the kind of object that a node of this shape is.
fn object_kind(shape: Shape) -> Option<ObjectKind> {
    match shape {
        Shape::Object(kind) => Some(kind),
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
