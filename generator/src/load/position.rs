//! Looks up the positions of nodes in a text.

use std::collections::BTreeMap;

use super::{excerpt, indent, json, yaml};
use crate::diagnostics::Position;
use crate::pointer::Pointer;

/// The lines and columns of nodes, counted from one.
pub(super) type Positions = BTreeMap<Pointer, (usize, usize)>;

/// The nodes to look up, as a tree of their keys and indices.
#[derive(Default)]
pub(super) struct Requested {
    pub(super) children: BTreeMap<String, Requested>,
}

/// Sets the positions of nodes in a text. Keeps lines and columns that are known already, and only adds
/// their excerpts.
///
/// The position of a node is that of its key, or of the node itself if it has no key. A node that does
/// not exist gets the position of its closest ancestor; a duplicate key gets that of the last one.
///
/// Parses the text once for all nodes.
pub fn locate(text: &str, nodes: Vec<(&Pointer, &mut Option<Position>)>) {
    let unknown = nodes.iter().filter(|(_, position)| position.is_none());
    let unknown: Vec<&Pointer> = unknown.map(|(pointer, _)| *pointer).collect();
    let is_json = json::is_json(text);
    let positions = match unknown.is_empty() {
        true => Positions::new(),
        false => look_up(text, &unknown, is_json),
    };
    let lines = excerpt::lines(text, is_json);
    for (pointer, position) in nodes {
        let known = position.as_ref().map(|known| (known.line, known.column));
        let start = known.or_else(|| of_closest_ancestor(&positions, pointer));
        *position = start.map(|start| excerpt::position(&lines, start, is_json));
    }
}

fn look_up(text: &str, pointers: &[&Pointer], is_json: bool) -> Positions {
    let mut requested = Requested::default();
    for pointer in pointers {
        pointer.tokens().iter().fold(&mut requested, |requested, token| {
            requested.children.entry(token.clone()).or_default()
        });
    }
    let mut positions = Positions::new();
    if is_json {
        json::positions(text, &requested, &mut positions);
    } else if !yaml::positions(text, &requested, &mut positions) {
        positions.clear();
        yaml::positions(&indent::indent_closing_lines(text), &requested, &mut positions);
    }
    // The YAML parser reports no position for a sequence.
    positions.entry(Pointer::root()).or_insert((1, 1));
    positions
}

fn of_closest_ancestor(positions: &Positions, pointer: &Pointer) -> Option<(usize, usize)> {
    let mut ancestor = pointer.clone();
    loop {
        if let Some(position) = positions.get(&ancestor) {
            return Some(*position);
        }
        if ancestor.tokens().is_empty() {
            return None;
        }
        ancestor = ancestor.parent();
    }
}
