//! The origins of the document's nodes: which file and node each was written at.
//!
//! Stages remove, insert and move nodes, and a diagnostic still has to name the line that the author
//! wrote. So each stage that does so records it here. A node without a record has the origin of its
//! parent, under the same key; the root has that of the document's own file. Leaves lines and columns
//! to [`crate::load`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::diagnostics::{Inclusion, Location};
use crate::pointer::Pointer;

/// The location that a node was written at, and how it came into the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The location in the files.
    pub location: Location,
    /// The references and actions that put the node into the document, innermost first.
    pub trail: Vec<Inclusion>,
}

impl Origin {
    /// Creates the origin of a node that is part of the document without a reference or action.
    pub fn of(location: Location) -> Self {
        Self { location, trail: Vec::new() }
    }

    /// Returns the origin of a descendant of the node.
    fn descendant(&self, tokens: &[String]) -> Self {
        let mut descendant = self.clone();
        for token in tokens {
            descendant.location.pointer = descendant.location.pointer.join(token);
        }
        descendant
    }

    /// Adds the reference or action that included the node at one more location.
    fn add_inclusion(&mut self, by: &Origin, description: &'static str) {
        self.trail.push(Inclusion { description, location: by.location.clone(), position: None });
        self.trail.extend(by.trail.iter().cloned());
    }
}

/// The origins of a node and its descendants.
#[derive(Debug, Clone)]
pub(crate) struct Subtree {
    root: Origin,
    /// The descendants that were written elsewhere, by their tokens below the node.
    descendants: Vec<(Vec<String>, Origin)>,
}

impl Subtree {
    /// Creates the origins of a node that was written at one location as a whole.
    pub(crate) fn of(root: Origin) -> Self {
        Self { root, descendants: Vec::new() }
    }

    /// Returns the origins of a copy of the nodes, which a reference or action included.
    pub(crate) fn included(mut self, by: &Origin, description: &'static str) -> Self {
        self.root.add_inclusion(by, description);
        self.descendants.iter_mut().for_each(|(_, origin)| origin.add_inclusion(by, description));
        self
    }
}

/// The origins of the nodes of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins {
    /// The file of the document.
    document: String,
    recorded: BTreeMap<Pointer, Origin>,
}

impl Origins {
    /// Starts with a document that is unchanged from its file.
    pub(crate) fn set_document(&mut self, path: &str) {
        *self = Self { document: path.to_owned(), recorded: BTreeMap::new() };
    }

    /// Returns the origin of a node, as its closest recorded ancestor determines it.
    pub(crate) fn of(&self, at: &Pointer) -> Origin {
        let mut ancestor = at.clone();
        loop {
            if let (Some(origin), Some(rest)) =
                (self.recorded.get(&ancestor), at.strip_prefix(&ancestor))
            {
                return origin.descendant(rest);
            }
            if ancestor.tokens().is_empty() {
                return Origin::of(Location { file: self.document.clone(), pointer: at.clone() });
            }
            ancestor = ancestor.parent();
        }
    }

    /// Returns the origins of a node and its descendants.
    pub(crate) fn subtree(&self, at: &Pointer) -> Subtree {
        let rest = |(node, origin): (&Pointer, &Origin)| {
            Some((node.strip_prefix(at)?.to_vec(), origin.clone()))
        };
        Subtree { root: self.of(at), descendants: self.descendants(at).filter_map(rest).collect() }
    }

    /// Returns a copy with only the records of a node and its descendants.
    pub(crate) fn restricted_to(&self, at: &Pointer) -> Self {
        let below = self.descendants(at).map(|(node, origin)| (node.clone(), origin.clone()));
        let recorded = std::iter::once((at.clone(), self.of(at))).chain(below).collect();
        Self { document: self.document.clone(), recorded }
    }

    /// Replaces the origins of a node and its descendants.
    pub(crate) fn set_subtree(&mut self, at: &Pointer, subtree: Subtree) {
        self.forget(at);
        self.recorded.insert(at.clone(), subtree.root);
        for (rest, origin) in subtree.descendants {
            let at = rest.iter().fold(at.clone(), |at, token| at.join(token));
            self.recorded.insert(at, origin);
        }
    }

    /// Forgets the records of a node and its descendants. A removed node needs no call: a node that
    /// is inserted at its location replaces the records.
    fn forget(&mut self, at: &Pointer) {
        let gone: Vec<Pointer> = self.descendants(at).map(|(node, _)| node.clone()).collect();
        gone.iter().chain([at]).for_each(|gone| drop(self.recorded.remove(gone)));
    }

    /// Records that items of an array were removed, so that those after them moved up.
    pub(crate) fn remove_items(&mut self, array: &Pointer, gone: &BTreeSet<usize>, length: usize) {
        let Some(first) = gone.first() else { return };
        let kept = (*first..length).filter(|index| !gone.contains(index));
        let mut free = *first;
        for index in kept {
            let subtree = self.subtree(&array.join(index));
            self.set_subtree(&array.join(free), subtree);
            free += 1;
        }
        (free..length).for_each(|index| self.forget(&array.join(index)));
    }

    /// Returns the records of the descendants of a node. Pointers are sorted by their tokens, so that
    /// the descendants directly follow the node.
    fn descendants(&self, at: &Pointer) -> impl Iterator<Item = (&Pointer, &Origin)> {
        let following = self.recorded.range((Bound::Excluded(at.clone()), Bound::Unbounded));
        following.take_while(move |(node, _)| node.strip_prefix(at).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(pointer: &str) -> Pointer {
        Pointer::parse(pointer).unwrap()
    }

    fn written_at(file: &str, pointer: &str) -> Subtree {
        Subtree::of(Origin::of(Location { file: file.to_owned(), pointer: at(pointer) }))
    }

    fn of(origins: &Origins, pointer: &str) -> String {
        let Location { file, pointer } = origins.of(&at(pointer)).location;
        format!("{file}{pointer}")
    }

    #[test]
    fn the_closest_ancestor_decides_and_set_subtree_replaces_descendants() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.set_subtree(&at("/x"), written_at("b", "/y"));
        origins.set_subtree(&at("/x/1/z"), written_at("c", ""));
        origins.set_subtree(&at("/x!"), written_at("d", ""));
        assert_eq!(of(&origins, "/w"), "a#/w");
        assert_eq!(of(&origins, "/x/2"), "b#/y/2");
        assert_eq!(of(&origins, "/x/1/z/q"), "c#/q");
        origins.set_subtree(&at("/x"), written_at("e", ""));
        assert_eq!((of(&origins, "/x/1/z"), of(&origins, "/x!")), ("e#/1/z".into(), "d#".into()));
        origins.forget(&at("/x"));
        assert_eq!(of(&origins, "/x/1"), "a#/x/1");
    }

    #[test]
    fn items_keep_their_origins_when_an_earlier_item_is_removed() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.set_subtree(&at("/l/11/k"), written_at("b", ""));
        origins.set_subtree(&at("/l/12"), written_at("c", ""));
        origins.remove_items(&at("/l"), &BTreeSet::from([1]), 13);
        assert_eq!(of(&origins, "/l/0"), "a#/l/0");
        assert_eq!(of(&origins, "/l/9"), "a#/l/10");
        assert_eq!(
            (of(&origins, "/l/10"), of(&origins, "/l/10/k")),
            ("a#/l/11".into(), "b#".into())
        );
        assert_eq!((of(&origins, "/l/11"), of(&origins, "/l/12")), ("c#".into(), "a#/l/12".into()));
    }

    #[test]
    fn a_copied_subtree_keeps_its_origins_and_names_the_copying_action() {
        let mut origins = Origins::default();
        origins.set_document("a");
        origins.set_subtree(&at("/x/y"), written_at("b", "/q"));
        let by = Origin::of(Location { file: "o".to_owned(), pointer: at("/copy") });
        let copied = origins.subtree(&at("/x")).included(&by, "the copy");
        origins.set_subtree(&at("/z"), copied);
        assert_eq!(
            (of(&origins, "/z/w"), of(&origins, "/z/y/v")),
            ("a#/x/w".into(), "b#/q/v".into())
        );
        let copy = Inclusion { description: "the copy", location: by.location, position: None };
        assert_eq!(origins.of(&at("/z/y/v")).trail, [copy]);
        assert_eq!(origins.of(&at("/x/y")).trail, []);
    }
}
