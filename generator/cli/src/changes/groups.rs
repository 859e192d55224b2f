//! Counts the changes of operations by their group, which is a tag unless the configuration groups by id.

use std::collections::BTreeMap;

use clientgen::changes::{Action, Change, Impact, ItemKind};

/// The changes of the operations in a group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// The number of operations that were added.
    pub(super) added: usize,
    /// The number of operations that were removed.
    pub(super) removed: usize,
    /// The number of other changes because of which programs do not compile or pass other arguments.
    pub(super) breaking: usize,
    /// The number of all other changes.
    pub(super) other: usize,
}

impl Tally {
    /// Returns the counts with their headings.
    pub(super) fn counts(&self) -> [(&'static str, usize); 4] {
        [
            ("operations added", self.added),
            ("operations removed", self.removed),
            ("other breaking changes", self.breaking),
            ("other changes", self.other),
        ]
    }
}

/// Counts changes by group. Changes of types and of the client belong to none.
pub(super) fn tallies(changes: &[Change]) -> BTreeMap<&str, Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for change in changes {
        let Some(group) = &change.group else { continue };
        let tally = tallies.entry(group).or_default();
        let count = match (change.kind, change.action) {
            (ItemKind::Operation, Action::Added) => &mut tally.added,
            (ItemKind::Operation, Action::Removed) => &mut tally.removed,
            _ if change.impact >= Impact::Silent => &mut tally.breaking,
            _ => &mut tally.other,
        };
        *count += 1;
    }
    tallies
}
