//! One side of a comparison: the files of a document, and their nodes.

use std::collections::BTreeMap;
use std::rc::Rc;

use clientgen::bundle::files::{self, BrokenReference, Files};
use clientgen::diagnostics::{Diagnostics, Effect, Location};
use clientgen::load::Document;
use clientgen::pointer::Pointer;
use clientgen::{Source, metamodel};
use serde_json::Value;

/// A document with all files that it refers to.
pub(in crate::vendor) struct Side<'s> {
    source: &'s dyn Source,
    files: Files<'s>,
    diagnostics: Diagnostics,
    /// The path items of operations, by the locations of the operations.
    pub(super) items: BTreeMap<Location, Node>,
}

/// A node of a file.
#[derive(Debug, Clone)]
pub(in crate::vendor) struct Node {
    /// Its location.
    pub(in crate::vendor) place: Location,
    file: Rc<Value>,
}

/// The value of a node that does not exist.
const NULL: &Value = &Value::Null;

impl Node {
    pub(super) fn value(&self) -> &Value {
        self.place.pointer.find(&self.file).unwrap_or(NULL)
    }

    /// Returns the node under a key or an index.
    pub(in crate::vendor) fn child(&self, step: &str) -> Option<Self> {
        let place =
            Location { file: self.place.file.clone(), pointer: self.place.pointer.join(step) };
        let child = Self { place, file: Rc::clone(&self.file) };
        child.place.pointer.find(&child.file)?;
        Some(child)
    }

    /// Returns the nodes of an object or an array, by key or index.
    pub(super) fn children(&self) -> Vec<(String, Self)> {
        let steps: Vec<String> = match self.value() {
            Value::Object(object) => object.keys().cloned().collect(),
            Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let child = |step: String| self.child(&step).map(|child| (step, child));
        steps.into_iter().filter_map(child).collect()
    }

    /// Returns its own key or index.
    pub(super) fn step(&self) -> &str {
        self.place.pointer.last().unwrap_or_default()
    }

    /// Returns the key or the index of its parent.
    pub(super) fn parent_step(&self) -> String {
        self.place.pointer.parent().last().unwrap_or_default().to_owned()
    }
}

impl<'s> Side<'s> {
    /// Creates a side for a document with a source of its files.
    pub(in crate::vendor) fn new(document: Document, source: &'s dyn Source) -> Self {
        let mut diagnostics = Diagnostics::default();
        diagnostics.set_document(&document.path);
        Self { source, files: Files::new(document, source), diagnostics, items: BTreeMap::new() }
    }

    /// Returns the root node.
    pub(in crate::vendor) fn root(&mut self) -> Node {
        let place = self.files.root_location();
        self.at(place)
    }

    /// Returns the node at a pointer in the root file.
    pub(in crate::vendor) fn find(&mut self, pointer: &Pointer) -> Node {
        let file = self.files.root_location().file;
        self.at(Location { file, pointer: pointer.clone() })
    }

    fn at(&mut self, place: Location) -> Node {
        let file = self.files.file(&place.file, &mut self.diagnostics).unwrap_or_default();
        Node { place, file }
    }

    /// Follows references. Returns the node at their end, and the sibling facts of all references; those
    /// of an earlier reference win. An unresolved reference is reported, and returned as the end.
    pub(super) fn follow(&mut self, node: &Node) -> (Node, Vec<(String, Node)>) {
        let mut siblings: Vec<(String, Node)> = Vec::new();
        let mut node = node.clone();
        while let Some(reference) = metamodel::reference(node.value()) {
            let Some(next) = self.target(&node.place, reference) else { break };
            let own = node.children().into_iter().filter(|(key, _)| is_fact(key) && key != "$ref");
            for (key, child) in own {
                if siblings.iter().all(|(known, _)| *known != key) {
                    siblings.push((key, child));
                }
            }
            node = next;
        }
        (node, siblings)
    }

    fn target(&mut self, from: &Location, reference: &str) -> Option<Node> {
        let followed = self.files.follow(&from.file, reference, &mut self.diagnostics);
        let resolved = followed.map(|place| self.at(place)).and_then(|node| {
            let misfit = files::non_object_target(reference, node.value());
            misfit.filter(|_| !node.value().is_boolean()).map_or(Ok(node), Err)
        });
        let BrokenReference { code, message, help, .. } = match resolved {
            Ok(node) => return Some(node),
            Err(broken) => broken,
        };
        let place = Location { file: from.file.clone(), pointer: from.pointer.join("$ref") };
        self.diagnostics.report_in_file(Effect::Fatal, code, place, None, message, help);
        None
    }

    /// Returns the schema that a discriminator names, by name or by reference.
    pub(super) fn named_schema(&mut self, node: &Node) -> Option<Node> {
        let name = node.value().as_str()?;
        let components = ["components", "schemas", name];
        let root = self.root();
        let component = components.iter().try_fold(root, |node, step| node.child(step));
        component.or_else(|| self.target(&node.place, name))
    }

    /// Moves the errors of this side to `diagnostics`. Returns whether there were any.
    pub(in crate::vendor) fn report_to(self, diagnostics: &mut Diagnostics) -> bool {
        let faults = self.diagnostics.located(self.source, false);
        let fatal = faults.into_iter().filter(|fault| fault.effect == Effect::Fatal);
        let before = diagnostics.has_errors(false);
        fatal.for_each(|fault| diagnostics.add(fault));
        diagnostics.has_errors(false) && !before
    }
}

/// Returns whether the value under a key is a fact: not prose, not an example, not an extension.
pub(in crate::vendor) fn is_fact(key: &str) -> bool {
    let prose = ["description", "summary", "externalDocs", "example", "examples"];
    !prose.contains(&key) && !key.starts_with("x-")
}
