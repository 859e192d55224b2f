//! Lines and columns of nodes.

use std::collections::BTreeMap;

use super::{indent, json, yaml};
use crate::pointer::Pointer;

/// Lines and columns by node, both from one.
pub(super) type Positions = BTreeMap<Pointer, (usize, usize)>;

/// The nodes that are looked for, as a tree.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) below: BTreeMap<String, Wanted>,
}

/// Line and column of nodes in a text, from one: where the key of a node stands, or the node itself
/// if it has none. If a node is not there, the nearest one above it counts. Of a key that is there
/// twice the last one is meant.
///
/// The text is read once for all nodes.
pub fn locate(text: &str, pointers: &[&Pointer]) -> Vec<Option<(usize, usize)>> {
    let mut wanted = Wanted::default();
    for pointer in pointers {
        let steps = pointer.steps().iter();
        steps.fold(&mut wanted, |wanted, step| wanted.below.entry(step.clone()).or_default());
    }
    let mut found = Positions::new();
    if json::value(text).is_some() {
        json::positions(text, &wanted, &mut found);
    } else if !yaml::positions(text, &wanted, &mut found) {
        found.clear();
        yaml::positions(&indent::closing_lines(text), &wanted, &mut found);
    }
    // A list of YAML begins nowhere.
    found.entry(Pointer::root()).or_insert((1, 1));
    pointers.iter().map(|pointer| nearest(&found, pointer)).collect()
}

fn nearest(found: &Positions, pointer: &Pointer) -> Option<(usize, usize)> {
    let mut pointer = pointer.clone();
    loop {
        if let Some(position) = found.get(&pointer) {
            return Some(*position);
        }
        if pointer.steps().is_empty() {
            return None;
        }
        pointer = pointer.parent();
    }
}
