//! Where the nodes of a document in Swagger 2.0 are in the converted one.
//!
//! Keeps the origins of the nodes, and finds the new target of each reference. A node that several others
//! are made from, or that has no counterpart, has the origin of the node that makes it necessary.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::metamodel;
use crate::origin::{Origins, Subtree};
use crate::pointer::Pointer;

/// A node of the document in Swagger 2.0, and the reference that led there.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) at: Pointer,
    /// The location of the first reference, if the node was not written where it is used.
    pub(super) by: Option<Pointer>,
}

impl Place {
    /// Creates the place of a node that is used where it is written.
    pub(super) fn written(at: Pointer) -> Self {
        Self { at, by: None }
    }

    /// Returns the place of a child.
    pub(super) fn join(&self, key: &str) -> Self {
        Self { at: self.at.join(key), by: self.by.clone() }
    }
}

/// Follows the references from a node. Returns the node at their end.
pub(super) fn resolve(root: &Value, at: Pointer) -> Option<(Place, &Value)> {
    let mut place = Place::written(at);
    let mut visited = BTreeSet::new();
    loop {
        let node = place.at.find(root)?;
        let Some(reference) = metamodel::reference(node) else { return Some((place, node)) };
        let next = Pointer::parse(reference.strip_prefix('#')?)?;
        let by = place.by.take().unwrap_or_else(|| place.at.join("$ref"));
        let passed = std::mem::replace(&mut place, Place { at: next, by: Some(by) });
        if !visited.insert(passed.at) {
            return None;
        }
    }
}

/// The moved nodes.
#[derive(Debug, Clone)]
pub(super) struct Moves {
    /// The origins before the conversion.
    before: Origins,
    /// The origins after it.
    after: Origins,
    /// The first new location of each moved node.
    targets: BTreeMap<Pointer, Pointer>,
}

impl Moves {
    pub(super) fn new(origins: Origins) -> Self {
        Self { before: origins.clone(), after: origins, targets: BTreeMap::new() }
    }

    /// Records that a node is moved or copied. Nodes below it are moved with it, unless they are recorded
    /// later.
    pub(super) fn record(&mut self, from: &Place, to: &Pointer) {
        if from.by.is_none() && from.at == *to {
            return;
        }
        self.record_synthetic_from(from, to);
        if from.by.is_none() {
            self.targets.entry(from.at.clone()).or_insert_with(|| to.clone());
        }
    }

    /// Records that a node exists because of another one, which keeps its own location.
    pub(super) fn record_synthetic(&mut self, from: &Pointer, to: &Pointer) {
        self.record_synthetic_from(&Place::written(from.clone()), to);
    }

    /// Records that a node exists because of a place.
    pub(super) fn record_synthetic_from(&mut self, from: &Place, to: &Pointer) {
        let subtree = self.before.subtree(&from.at);
        let subtree = match &from.by {
            Some(by) => subtree.included(&self.before.of(by), "the reference that leads there"),
            None => subtree,
        };
        self.after.set_subtree(to, subtree);
    }

    /// Records that a key of a converted node was renamed.
    pub(super) fn record_renamed(&mut self, from: &Pointer, to: &Pointer) {
        let origin = self.after.of(from);
        self.after.set_subtree(to, Subtree::of(origin));
    }

    /// Returns the new location of a node: that of its closest moved ancestor decides.
    pub(super) fn target(&self, at: &Pointer) -> Option<Pointer> {
        let mut ancestor = at.clone();
        loop {
            if let (Some(target), Some(rest)) =
                (self.targets.get(&ancestor), at.strip_prefix(&ancestor))
            {
                return Some(rest.iter().fold(target.clone(), |target, token| target.join(token)));
            }
            if ancestor.tokens().is_empty() {
                return None;
            }
            ancestor = ancestor.parent();
        }
    }

    /// Returns the origins after the conversion.
    pub(super) fn into_origins(self) -> Origins {
        self.after
    }
}
