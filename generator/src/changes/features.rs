//! What moves behind a Cargo feature, or from one to another.
//!
//! All features of tags are on by default, so only programs that switch the default off notice.
//! Cargo's rules for versions call it a breaking change all the same.

use std::collections::{BTreeMap, BTreeSet};

use super::surface::{Kind, Surface};
use super::{Action, Change, Impact, Site};

/// So many of the things that have moved are named.
const NAMED: usize = 3;

/// What is not as it was.
pub(super) fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let (before, after) = (names(old), names(new));
    let gone = before.difference(&after).map(|name| {
        let words = format!("the feature `{name}` is gone");
        change(Impact::Breaking, Action::Removed, name, (Some(old), None), words)
    });
    let added = after.difference(&before).map(|name| {
        let words = format!("the feature `{name}` is new");
        change(Impact::Compatible, Action::Added, name, (None, Some(new)), words)
    });
    let moved = moved(old, new).into_iter().map(|(name, paths)| {
        let words = format!("{} behind the feature `{name}` now", sentence(&paths));
        change(Impact::Breaking, Action::Changed, name, (Some(old), Some(new)), words)
    });
    gone.chain(added).chain(moved).collect()
}

fn names(surface: &Surface) -> BTreeSet<&str> {
    surface.behind.values().flatten().map(String::as_str).collect()
}

/// What was not behind a feature before, by the name of the feature.
fn moved<'s>(old: &Surface, new: &'s Surface) -> BTreeMap<&'s str, Vec<&'s str>> {
    let mut moved: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, feature) in &new.behind {
        let Some(before) = old.behind.get(path) else { continue };
        if let Some(feature) = feature.as_ref().filter(|_| before != feature) {
            moved.entry(feature).or_default().push(path);
        }
    }
    moved
}

fn sentence(paths: &[&str]) -> String {
    let named: Vec<String> = paths.iter().take(NAMED).map(|path| format!("`{path}`")).collect();
    let more = paths.len().saturating_sub(NAMED);
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
    words: String,
) -> Change {
    let site = |surface: &Surface| Site { place: surface.root.clone(), position: None };
    Change {
        impact,
        action,
        kind: Kind::Feature,
        rust: name.to_owned(),
        wire: name.to_owned(),
        old: old.map(site),
        new: new.map(site),
        before: None,
        after: None,
        words,
    }
}
