//! Where nodes are in a text.

use std::collections::BTreeMap;

use super::{excerpt, indent, json, yaml};
use crate::diagnostics::Position;
use crate::pointer::Pointer;

/// Lines and columns by node, both from one.
pub(super) type Positions = BTreeMap<Pointer, (usize, usize)>;

/// The nodes that are looked for, as a tree.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) below: BTreeMap<String, Wanted>,
}

/// Says where nodes are in a text, and what the line looks like. Of those whose line and column are
/// known already only the latter is looked up.
///
/// The place of a node is where its key stands, or the node itself if it has none. If a node is not
/// there, the nearest one above it counts. Of a key that is there twice the last one is meant.
///
/// The text is read once for all nodes.
pub fn locate(text: &str, places: Vec<(&Pointer, &mut Option<Position>)>) {
    let unknown = places.iter().filter(|(_, position)| position.is_none());
    let unknown: Vec<&Pointer> = unknown.map(|(pointer, _)| *pointer).collect();
    let is_json = json::is_json(text);
    let found = if unknown.is_empty() { Positions::new() } else { find(text, &unknown, is_json) };
    let lines = excerpt::lines(text, is_json);
    for (pointer, position) in places {
        let known = position.as_ref().map(|known| (known.line, known.column));
        let known = known.or_else(|| nearest(&found, pointer));
        *position = known.map(|known| excerpt::position(&lines, known, is_json));
    }
}

fn find(text: &str, pointers: &[&Pointer], is_json: bool) -> Positions {
    let mut wanted = Wanted::default();
    for pointer in pointers {
        let steps = pointer.steps().iter();
        steps.fold(&mut wanted, |wanted, step| wanted.below.entry(step.clone()).or_default());
    }
    let mut found = Positions::new();
    if is_json {
        json::positions(text, &wanted, &mut found);
    } else if !yaml::positions(text, &wanted, &mut found) {
        found.clear();
        yaml::positions(&indent::closing_lines(text), &wanted, &mut found);
    }
    // A list of YAML begins nowhere.
    found.entry(Pointer::root()).or_insert((1, 1));
    found
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
