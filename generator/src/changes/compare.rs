//! Compares two API surfaces and decides the impact of each difference.
//!
//! Takes two surfaces and returns the changes. Items are matched by their names in Rust, because
//! programs contain those; the remaining items are matched by their names on the wire. Matched items
//! are compared fact by fact.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::surface::{Argument, Aspect, Fact, Item, ItemKind, Surface};
use super::{Action, Change, Impact, Site, features};
use crate::escape::code;

/// Returns the changes from one surface to another, those with the largest impact first.
pub fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let mut changes = features::compare(old, new);
    compare_items(&old.items, &new.items, &mut changes);
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.action, change.kind, change.rust.clone());
        other.impact.cmp(&one.impact).then_with(|| key(one).cmp(&key(other)))
    });
    changes
}

fn compare_items(old: &[Item], new: &[Item], changes: &mut Vec<Change>) {
    let matching = Matching::new(old, new);
    for (old, new) in matching.matched {
        compare_matched(old, new, changes);
    }
    for item in matching.removed.into_iter().filter(|item| !item.is_unnamed) {
        let impact = match item.kind {
            ItemKind::Error | ItemKind::Security => Impact::Behaviour,
            _ => Impact::Breaking,
        };
        let summary = format!("the {} was removed", described(item));
        changes.push(change(impact, Action::Removed, (Some(item), None), summary));
    }
    for item in matching.added.into_iter().filter(|item| !item.is_unnamed) {
        let summary = format!("the {} was added", described(item));
        changes.push(change(
            impact_of_added(item, old),
            Action::Added,
            (None, Some(item)),
            summary,
        ));
    }
}

/// Returns the impact of an added item. A new error status may have been covered by a range or by
/// `default` before: then its body is decoded differently now.
fn impact_of_added(item: &Item, old: &[Item]) -> Impact {
    let range = format!("{}XX", item.name.get(..1).unwrap_or_default());
    let covers =
        |old: &Item| old.kind == ItemKind::Error && (old.name == range || old.name == "default");
    let was_covered = item.kind == ItemKind::Error && old.iter().any(covers);
    if was_covered { Impact::Behaviour } else { Impact::Compatible }
}

fn compare_matched(old: &Item, new: &Item, changes: &mut Vec<Change>) {
    let first = changes.len();
    compare_same(old, new, changes);
    if new.group.is_some() {
        // Those of the parts belong to the operation, too.
        changes.iter_mut().skip(first).for_each(|change| change.group.clone_from(&new.group));
    }
}

fn compare_same(old: &Item, new: &Item, changes: &mut Vec<Change>) {
    let is_unnamed = old.is_unnamed && new.is_unnamed;
    if old.name != new.name && !is_unnamed {
        let summary = format!("the {} {} is now {}", new.kind, shown(old), shown(new));
        changes.push(change(Impact::Breaking, Action::Renamed, (Some(old), Some(new)), summary));
    }
    for (before, after) in old.facts.iter().zip(&new.facts) {
        let Some(impact) = impact(&before.aspect, &after.aspect) else { continue };
        let summary = format!("{} {}", shown(new), predicate(before, after, impact));
        let changed = change(impact, Action::Changed, (Some(old), Some(new)), summary);
        let (before, is_form) = (value(&before.aspect), matches!(after.aspect, Aspect::Form(_)));
        changes.push(Change { before, after: value(&after.aspect), ..changed });
        // A struct and an enum have no facts in common.
        if is_form {
            return;
        }
    }
    compare_items(&old.parts, &new.parts, changes);
}

/// Returns the impact of a changed aspect, or `None` if it has not changed.
fn impact(old: &Aspect, new: &Aspect) -> Option<Impact> {
    match (old, new) {
        (old, new) if old == new => None,
        (Aspect::Function(Some((old_name, old))), Aspect::Function(Some((new_name, new)))) => {
            if old_name == new_name {
                impact_of_arguments(old, new)
            } else {
                Some(Impact::Breaking)
            }
        }
        (Aspect::Function(None), Aspect::Function(Some(_)))
        | (Aspect::Capability(None), Aspect::Capability(Some(_))) => Some(Impact::Compatible),
        (Aspect::Wire(_), _) => Some(Impact::Behaviour),
        (Aspect::Documentation(_), _) => Some(Impact::Compatible),
        (Aspect::Form(_) | Aspect::Fixed(_) | Aspect::Capability(_) | Aspect::Function(_), _) => {
            Some(Impact::Breaking)
        }
    }
}

fn impact_of_arguments(old: &[Argument], new: &[Argument]) -> Option<Impact> {
    let zipped = || old.iter().zip(new);
    if old.len() != new.len() || zipped().any(|(old, new)| !accepts(new, old)) {
        return Some(Impact::Breaking);
    }
    let wire_names = |arguments: &[Argument]| -> BTreeSet<String> {
        arguments.iter().map(|argument| argument.wire.clone()).collect()
    };
    if zipped().all(|(old, new)| old.wire == new.wire) {
        let is_less_strict =
            zipped().any(|(old, new)| (&old.ty, &old.alternative) != (&new.ty, &new.alternative));
        return is_less_strict.then_some(Impact::Compatible);
    }
    if wire_names(old) == wire_names(new) {
        return Some(Impact::Silent);
    }
    // For an argument that keeps its name in Rust, its own parameter reports the new wire name.
    let is_other = zipped().any(|(old, new)| old.wire != new.wire && old.rust != new.rust);
    is_other.then_some(Impact::Behaviour)
}

/// Returns whether each value for the old argument is also valid for the new one. A function that takes
/// more types than before is compatible (Cargo's SemVer rules, "generalizing a function").
fn accepts(new: &Argument, old: &Argument) -> bool {
    if old.alternative.is_some() {
        return new.ty == old.ty && new.alternative == old.alternative;
    }
    new.ty == old.ty || new.alternative.as_ref() == Some(&old.ty)
}

/// Returns the predicate of a sentence about a changed fact.
fn predicate(before: &Fact, after: &Fact, impact: Impact) -> String {
    let verb = after.verb;
    let warning = match impact {
        Impact::Silent => ": calls compile as before but pass their arguments to other parameters",
        Impact::Compatible | Impact::Behaviour | Impact::Breaking => "",
    };
    match (value(&before.aspect), value(&after.aspect)) {
        (Some(before), Some(after)) => format!("{verb} {after} instead of {before}{warning}"),
        (None, Some(after)) => format!("{} {after}", now(verb)),
        (Some(before), None) => format!("{} {before}", no_longer(verb)),
        (None, None) => verb.to_owned(),
    }
}

fn now(verb: &str) -> String {
    match verb.strip_prefix("is ") {
        Some(rest) => format!("is now {rest}"),
        None => format!("now {verb}"),
    }
}

fn no_longer(verb: &str) -> String {
    match verb.strip_prefix("is ") {
        Some(rest) => format!("is no longer {rest}"),
        None => format!("no longer {verb}"),
    }
}

/// Returns the object of the sentence about a fact.
fn value(aspect: &Aspect) -> Option<String> {
    match aspect {
        Aspect::Form(form) => Some((*form).to_owned()),
        Aspect::Fixed(text) | Aspect::Wire(text) | Aspect::Documentation(text) => {
            Some(text.clone())
        }
        Aspect::Capability(text) => text.clone(),
        Aspect::Function(function) => function.as_ref().map(|(name, arguments)| {
            let declared = |argument: &Argument| format!("{}: {}", argument.rust, argument.ty);
            format!("`{name}({})`", arguments.iter().map(declared).collect::<Vec<_>>().join(", "))
        }),
    }
}

fn change(
    impact: Impact,
    action: Action,
    (old, new): (Option<&Item>, Option<&Item>),
    summary: String,
) -> Change {
    let site = |item: &Item| Site { place: item.place.clone(), position: None };
    let Some(item) = new.or(old) else { unreachable!("a change has an old or a new item") };
    Change {
        impact,
        action,
        kind: item.kind,
        rust: item.path.clone(),
        wire: item.wire.clone(),
        group: item.group.clone(),
        old: old.map(site),
        new: new.map(site),
        before: None,
        after: None,
        summary,
    }
}

/// Returns a noun phrase for an item that was added or removed.
fn described(item: &Item) -> String {
    match item.kind {
        ItemKind::Operation => format!("{} {} ({})", item.kind, shown(item), code(&item.wire)),
        ItemKind::Error | ItemKind::Security => shown(item).trim_start_matches("the ").to_owned(),
        _ => format!("{} {}", item.kind, shown(item)),
    }
}

/// Returns an item as the subject of a sentence.
fn shown(item: &Item) -> String {
    match item.kind {
        ItemKind::Error => format!("the error {} of {}", item.name, code(&item.path)),
        ItemKind::Security => format!("the security scheme {}", code(&item.path)),
        _ => code(&item.path),
    }
}

/// The items of two surfaces, matched.
#[derive(Default)]
struct Matching<'i> {
    matched: Vec<(&'i Item, &'i Item)>,
    removed: Vec<&'i Item>,
    added: Vec<&'i Item>,
}

impl<'i> Matching<'i> {
    fn new(old: &'i [Item], new: &'i [Item]) -> Self {
        let mut matching = Self::default();
        let old: Vec<&Item> = old.iter().collect();
        let new: Vec<&Item> = new.iter().collect();
        let (old, new) = matching.match_by(&old, &new, |item| (item.kind, &item.name));
        let (removed, added) = matching.match_by(&old, &new, |item| (item.kind, &item.wire));
        Self { removed, added, ..matching }
    }

    /// Matches the items that have the same key, and returns the others.
    fn match_by(
        &mut self,
        old: &[&'i Item],
        new: &[&'i Item],
        key: fn(&Item) -> (ItemKind, &String),
    ) -> (Vec<&'i Item>, Vec<&'i Item>) {
        // Several items can have the same name on the wire.
        let mut by_key: BTreeMap<_, VecDeque<&Item>> = BTreeMap::new();
        for item in new {
            by_key.entry(key(item)).or_default().push_back(item);
        }
        let mut unmatched = Vec::new();
        for item in old {
            match by_key.get_mut(&key(item)).and_then(VecDeque::pop_front) {
                Some(new) => self.matched.push((item, new)),
                None => unmatched.push(*item),
            }
        }
        (unmatched, by_key.into_values().flatten().collect())
    }
}
