//! One of the documents that are compared: its files, and the nodes in them.

use std::collections::BTreeMap;
use std::rc::Rc;

use clientgen::bundle::files::{self, BrokenReference, Files};
use clientgen::diagnostics::{Diagnostics, Effect, Location};
use clientgen::load::Document;
use clientgen::pointer::Pointer;
use clientgen::{Source, metamodel};
use serde_json::Value;

/// A document with all files that it leads to.
pub(in crate::vendor) struct Side<'s> {
    source: &'s dyn Source,
    files: Files<'s>,
    diagnostics: Diagnostics,
    /// The path items that operations belong to, by the places of the operations.
    pub(super) items: BTreeMap<Location, Node>,
}

/// A node of a file.
#[derive(Debug, Clone)]
pub(in crate::vendor) struct Node {
    /// Where it is.
    pub(in crate::vendor) place: Location,
    file: Rc<Value>,
}

/// What is nowhere.
const NOTHING: &Value = &Value::Null;

impl Node {
    pub(super) fn value(&self) -> &Value {
        self.place.pointer.find(&self.file).unwrap_or(NOTHING)
    }

    /// The node under a key or an index.
    pub(in crate::vendor) fn child(&self, step: &str) -> Option<Self> {
        let place =
            Location { file: self.place.file.clone(), pointer: self.place.pointer.join(step) };
        let child = Self { place, file: Rc::clone(&self.file) };
        child.place.pointer.find(&child.file)?;
        Some(child)
    }

    /// The nodes of an object or a list by their keys or indices.
    pub(super) fn children(&self) -> Vec<(String, Self)> {
        let steps: Vec<String> = match self.value() {
            Value::Object(object) => object.keys().cloned().collect(),
            Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let child = |step: String| self.child(&step).map(|child| (step, child));
        steps.into_iter().filter_map(child).collect()
    }

    /// The key or the index that it stands under.
    pub(super) fn step(&self) -> &str {
        self.place.pointer.last().unwrap_or_default()
    }

    /// The key that the list stands under which it is in.
    pub(super) fn parent_step(&self) -> String {
        self.place.pointer.parent().last().unwrap_or_default().to_owned()
    }
}

impl<'s> Side<'s> {
    /// A document whose files come from a source.
    pub(in crate::vendor) fn new(document: Document, source: &'s dyn Source) -> Self {
        let mut diagnostics = Diagnostics::default();
        diagnostics.set_document(&document.path);
        Self { source, files: Files::new(document, source), diagnostics, items: BTreeMap::new() }
    }

    /// The whole of the document.
    pub(in crate::vendor) fn root(&mut self) -> Node {
        let place = self.files.root_location();
        self.at(place)
    }

    /// The node of the document that a pointer leads to.
    pub(in crate::vendor) fn find(&mut self, pointer: &Pointer) -> Node {
        let file = self.files.root_location().file;
        self.at(Location { file, pointer: pointer.clone() })
    }

    fn at(&mut self, place: Location) -> Node {
        let file = self.files.file(&place.file, &mut self.diagnostics).unwrap_or_default();
        Node { place, file }
    }

    /// The node that a node leads to, if it is a reference, and what stands beside the references
    /// on the way. What stands beside the first one counts most. A reference that leads nowhere
    /// is reported, and stays what it is.
    pub(super) fn follow(&mut self, node: &Node) -> (Node, Vec<(String, Node)>) {
        let mut beside: Vec<(String, Node)> = Vec::new();
        let mut node = node.clone();
        while let Some(reference) = metamodel::reference(node.value()) {
            let Some(next) = self.target(&node.place, reference) else { break };
            let own = node.children().into_iter().filter(|(key, _)| is_fact(key) && key != "$ref");
            for (key, child) in own {
                if beside.iter().all(|(known, _)| *known != key) {
                    beside.push((key, child));
                }
            }
            node = next;
        }
        (node, beside)
    }

    fn target(&mut self, from: &Location, reference: &str) -> Option<Node> {
        let followed = self.files.follow(&from.file, reference, &mut self.diagnostics);
        let found = followed.map(|place| self.at(place)).and_then(|node| {
            let misfit = files::non_object_target(reference, node.value());
            misfit.filter(|_| !node.value().is_boolean()).map_or(Ok(node), Err)
        });
        let BrokenReference { code, message, help, .. } = match found {
            Ok(node) => return Some(node),
            Err(broken) => broken,
        };
        let place = Location { file: from.file.clone(), pointer: from.pointer.join("$ref") };
        self.diagnostics.report_in_file(Effect::Fatal, code, place, None, message, help);
        None
    }

    /// The schema that a discriminator names, by its name or by a reference.
    pub(super) fn named_schema(&mut self, node: &Node) -> Option<Node> {
        let name = node.value().as_str()?;
        let components = ["components", "schemas", name];
        let root = self.root();
        let component = components.iter().try_fold(root, |node, step| node.child(step));
        component.or_else(|| self.target(&node.place, name))
    }

    /// Hands over what was wrong with the document on the way. Whether there was something is the
    /// answer.
    pub(in crate::vendor) fn report_to(self, diagnostics: &mut Diagnostics) -> bool {
        let faults = self.diagnostics.located(self.source, false);
        let fatal = faults.into_iter().filter(|found| found.effect == Effect::Fatal);
        let before = diagnostics.has_errors(false);
        fatal.for_each(|found| diagnostics.add(found));
        diagnostics.has_errors(false) && !before
    }
}

/// Whether what stands under a keyword is a fact: no prose, no example, no extension.
pub(in crate::vendor) fn is_fact(key: &str) -> bool {
    let prose = ["description", "summary", "externalDocs", "example", "examples"];
    !prose.contains(&key) && !key.starts_with("x-")
}
