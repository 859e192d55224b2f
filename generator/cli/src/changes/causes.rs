//! Groups changes by their cause: those that say the same about different items.
//!
//! Takes changes in the order of the output and returns groups in the order of their first changes. A property that
//! many types have, or a document without a part of the API, is one cause with many places.

use std::collections::BTreeMap;

use clientgen::changes::{Change, ItemKind};

/// The number of changes from which a group is one entry. Fewer are as short, and say more, one by one.
const MIN_GROUP: usize = 4;

/// The number of places that a group names.
pub(super) const SHOWN_PLACES: usize = 3;

/// Changes with the same cause.
pub(super) struct Cause<'c> {
    /// The sentence. For several changes, `…` takes the place of the paths.
    pub(super) sentence: String,
    /// The changes.
    pub(super) changes: Vec<&'c Change>,
}

/// Groups changes. If `all`, each has an entry of its own.
pub(super) fn causes<'c>(changes: impl Iterator<Item = &'c Change>, all: bool) -> Vec<Cause<'c>> {
    let mut groups: Vec<Cause<'c>> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for change in changes {
        let sentence = if all { change.summary.clone() } else { without_path(change) };
        let next = groups.len();
        let number = *known.entry(sentence.clone()).or_insert(next);
        match groups.get_mut(number).filter(|_| !all) {
            Some(group) => group.changes.push(change),
            None => groups.push(Cause { sentence, changes: vec![change] }),
        }
    }
    groups.into_iter().flat_map(split).collect()
}

/// Returns a group, or its changes one by one if they are few.
fn split(group: Cause<'_>) -> Vec<Cause<'_>> {
    if group.changes.len() >= MIN_GROUP {
        return vec![group];
    }
    let changes = group.changes.into_iter();
    changes.map(|one| Cause { sentence: one.summary.clone(), changes: vec![one] }).collect()
}

/// Returns the sentence of a change without the path of its item. The name of a part of an item stays: equal
/// names are most likely one property in the document.
fn without_path(change: &Change) -> String {
    let Change { rust, wire, kind, summary, .. } = change;
    let is_whole = matches!(
        kind,
        ItemKind::Type | ItemKind::Operation | ItemKind::Feature | ItemKind::Setting
    );
    let place = match rust.rsplit_once("::").filter(|_| !is_whole) {
        Some((_, name)) => format!("`…::{name}`"),
        None => "`…`".to_owned(),
    };
    summary.replace(&format!("`{rust}`"), &place).replace(&format!(" (`{wire}`)"), "")
}
