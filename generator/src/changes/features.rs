//! Compares the Cargo features of two crates: which exist, and which items are behind them.
//!
//! All features of tags are on by default, so only programs with `default-features = false` are
//! affected. Cargo's rules call it a breaking change nevertheless.

use std::collections::{BTreeMap, BTreeSet};

use super::surface::{ItemKind, Surface};
use super::{Action, Change, Impact, Site};

/// The number of moved items that a sentence names.
const MAX_NAMED: usize = 3;

/// Returns the changes of features.
pub(super) fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let (before, after) = (names(old), names(new));
    let removed = before.difference(&after).map(|name| {
        let summary = format!("the feature `{name}` was removed");
        change(Impact::Breaking, Action::Removed, name, (Some(old), None), summary)
    });
    let added = after.difference(&before).map(|name| {
        let summary = format!("the feature `{name}` was added");
        change(Impact::Compatible, Action::Added, name, (None, Some(new)), summary)
    });
    let moved = moved(old, new).into_iter().map(|(name, paths)| {
        let summary = format!("{} now behind the feature `{name}`", subject(&paths));
        change(Impact::Breaking, Action::Changed, name, (Some(old), Some(new)), summary)
    });
    removed.chain(added).chain(moved).collect()
}

fn names(surface: &Surface) -> BTreeSet<&str> {
    surface.features.values().flatten().map(String::as_str).collect()
}

/// Returns the paths of the items that were not behind a feature before, by feature.
fn moved<'s>(old: &Surface, new: &'s Surface) -> BTreeMap<&'s str, Vec<&'s str>> {
    let mut moved: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, feature) in &new.features {
        let Some(before) = old.features.get(path) else { continue };
        if let Some(feature) = feature.as_ref().filter(|_| before != feature) {
            moved.entry(feature).or_default().push(path);
        }
    }
    moved
}

/// Returns the subject and the verb of a sentence about some paths.
fn subject(paths: &[&str]) -> String {
    let named: Vec<String> = paths.iter().take(MAX_NAMED).map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(MAX_NAMED);
    let verb = if paths.len() == 1 { "is" } else { "are" };
    match more {
        0 => format!("{} {verb}", named.join(", ")),
        more => format!("{} and {more} more {verb}", named.join(", ")),
    }
}

fn change(
    impact: Impact,
    action: Action,
    name: &str,
    (old, new): (Option<&Surface>, Option<&Surface>),
    summary: String,
) -> Change {
    let site = |surface: &Surface| Site { place: surface.root.clone(), position: None };
    Change {
        impact,
        action,
        kind: ItemKind::Feature,
        rust: name.to_owned(),
        wire: name.to_owned(),
        group: None,
        old: old.map(site),
        new: new.map(site),
        before: None,
        after: None,
        summary,
    }
}
