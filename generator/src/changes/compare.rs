//! What a difference between two surfaces means for users.
//!
//! Items of both are paired by their names in Rust, which are what programs write; those that are
//! left by what they are in the document. What is said of a pair is compared sentence by sentence.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::surface::{Argument, Fact, Item, Kind, Says, Surface};
use super::{Action, Change, Impact, Site, features};
use crate::escape::code;

/// What is not as it was: what matters most comes first.
pub fn compare(old: &Surface, new: &Surface) -> Vec<Change> {
    let mut changes = features::compare(old, new);
    all(&old.items, &new.items, &mut changes);
    changes.sort_by(|one, other| {
        let key = |change: &Change| (change.action, change.kind, change.rust.clone());
        other.impact.cmp(&one.impact).then_with(|| key(one).cmp(&key(other)))
    });
    changes
}

fn all(old: &[Item], new: &[Item], changes: &mut Vec<Change>) {
    let pairs = Pairs::new(old, new);
    for (old, new) in pairs.both {
        both(old, new, changes);
    }
    for item in pairs.gone.into_iter().filter(|item| !item.nameless) {
        let impact = match item.kind {
            Kind::Error | Kind::Security => Impact::Behaviour,
            _ => Impact::Breaking,
        };
        let words = format!("the {} is gone", described(item));
        changes.push(change(impact, Action::Removed, (Some(item), None), words));
    }
    for item in pairs.added.into_iter().filter(|item| !item.nameless) {
        let words = format!("the {} is new", described(item));
        changes.push(change(of_added(item, old), Action::Added, (None, Some(item)), words));
    }
}

/// An error that was one of many before was read as they are.
fn of_added(item: &Item, old: &[Item]) -> Impact {
    let class = format!("{}XX", item.name.get(..1).unwrap_or_default());
    let wider =
        |old: &Item| old.kind == Kind::Error && (old.name == class || old.name == "default");
    let is_read_otherwise = item.kind == Kind::Error && old.iter().any(wider);
    if is_read_otherwise { Impact::Behaviour } else { Impact::Compatible }
}

fn both(old: &Item, new: &Item, changes: &mut Vec<Change>) {
    let nameless = old.nameless && new.nameless;
    if old.name != new.name && !nameless {
        let words = format!("the {} {} is now {}", new.kind, shown(old), shown(new));
        changes.push(change(Impact::Breaking, Action::Renamed, (Some(old), Some(new)), words));
    }
    for (was, is) in old.facts.iter().zip(&new.facts) {
        let Some(impact) = impact(&was.says, &is.says) else { continue };
        let words = format!("{} {}", shown(new), sentence(was, is, impact));
        let changed = change(impact, Action::Changed, (Some(old), Some(new)), words);
        changes.push(Change { before: value(&was.says), after: value(&is.says), ..changed });
        // Nothing can be said of a struct that can be said of an enum.
        if let Says::Form(_) = is.says {
            return;
        }
    }
    all(&old.parts, &new.parts, changes);
}

/// What it means that something else is said, if it means anything.
fn impact(old: &Says, new: &Says) -> Option<Impact> {
    match (old, new) {
        (old, new) if old == new => None,
        (Says::Takes(Some((old_name, old))), Says::Takes(Some((new_name, new)))) => {
            if old_name == new_name { of_arguments(old, new) } else { Some(Impact::Breaking) }
        }
        (Says::Takes(None), Says::Takes(Some(_)))
        | (Says::Offered(None), Says::Offered(Some(_))) => Some(Impact::Compatible),
        (Says::Wire(_), _) => Some(Impact::Behaviour),
        (Says::Told(_), _) => Some(Impact::Compatible),
        (Says::Form(_) | Says::Fixed(_) | Says::Offered(_) | Says::Takes(_), _) => {
            Some(Impact::Breaking)
        }
    }
}

fn of_arguments(old: &[Argument], new: &[Argument]) -> Option<Impact> {
    let pairs = || old.iter().zip(new);
    if old.len() != new.len() || pairs().any(|(old, new)| !accepts(new, old)) {
        return Some(Impact::Breaking);
    }
    let wires = |arguments: &[Argument]| -> BTreeSet<String> {
        arguments.iter().map(|argument| argument.wire.clone()).collect()
    };
    if pairs().all(|(old, new)| old.wire == new.wire) {
        let is_freer = pairs().any(|(old, new)| (&old.of, &old.or) != (&new.of, &new.or));
        return is_freer.then_some(Impact::Compatible);
    }
    if wires(old) == wires(new) {
        return Some(Impact::Silent);
    }
    // An argument that has kept its name says itself that it goes elsewhere.
    let is_another = pairs().any(|(old, new)| old.wire != new.wire && old.rust != new.rust);
    is_another.then_some(Impact::Behaviour)
}

/// Whether what was given for an argument can still be given. A function that takes more than one
/// type takes no less than before (Cargo's rules for versions, "generalizing a function").
fn accepts(new: &Argument, old: &Argument) -> bool {
    if old.or.is_some() {
        return new.of == old.of && new.or == old.or;
    }
    new.of == old.of || new.or.as_ref() == Some(&old.of)
}

fn sentence(was: &Fact, is: &Fact, impact: Impact) -> String {
    let verb = is.verb;
    let end = match impact {
        Impact::Silent => ": calls compile as before, and mean something else",
        Impact::Compatible | Impact::Behaviour | Impact::Breaking => "",
    };
    match (value(&was.says), value(&is.says)) {
        (Some(was), Some(is)) => format!("{verb} {is} instead of {was}{end}"),
        (None, Some(is)) => format!("{verb} {is} now"),
        (Some(was), None) => format!("{} {was}", no_longer(verb)),
        (None, None) => verb.to_owned(),
    }
}

fn no_longer(verb: &str) -> String {
    match verb.strip_prefix("is ") {
        Some(rest) => format!("is no longer {rest}"),
        None => format!("no longer {verb}"),
    }
}

fn value(says: &Says) -> Option<String> {
    match says {
        Says::Form(form) => Some((*form).to_owned()),
        Says::Fixed(text) | Says::Wire(text) | Says::Told(text) => Some(text.clone()),
        Says::Offered(text) => text.clone(),
        Says::Takes(function) => function.as_ref().map(|(name, arguments)| {
            let one = |argument: &Argument| format!("{}: {}", argument.rust, argument.of);
            format!("`{name}({})`", arguments.iter().map(one).collect::<Vec<_>>().join(", "))
        }),
    }
}

fn change(
    impact: Impact,
    action: Action,
    (old, new): (Option<&Item>, Option<&Item>),
    words: String,
) -> Change {
    let site = |item: &Item| Site { place: item.place.clone(), position: None };
    let Some(item) = new.or(old) else { unreachable!("a change is one of something") };
    Change {
        impact,
        action,
        kind: item.kind,
        rust: item.path.clone(),
        wire: item.wire.clone(),
        old: old.map(site),
        new: new.map(site),
        before: None,
        after: None,
        words,
    }
}

fn described(item: &Item) -> String {
    match item.kind {
        Kind::Operation => format!("{} {} ({})", item.kind, shown(item), code(&item.wire)),
        Kind::Error | Kind::Security => shown(item).trim_start_matches("the ").to_owned(),
        _ => format!("{} {}", item.kind, shown(item)),
    }
}

/// An item in a sentence.
fn shown(item: &Item) -> String {
    match item.kind {
        Kind::Error => format!("the error {} of {}", item.name, code(&item.path)),
        Kind::Security => format!("the security scheme {}", code(&item.path)),
        _ => code(&item.path),
    }
}

/// What was and what is.
#[derive(Default)]
struct Pairs<'i> {
    both: Vec<(&'i Item, &'i Item)>,
    gone: Vec<&'i Item>,
    added: Vec<&'i Item>,
}

impl<'i> Pairs<'i> {
    fn new(old: &'i [Item], new: &'i [Item]) -> Self {
        let mut pairs = Self::default();
        let old: Vec<&Item> = old.iter().collect();
        let new: Vec<&Item> = new.iter().collect();
        let (old, new) = pairs.take(&old, &new, |item| (item.kind, &item.name));
        let (gone, added) = pairs.take(&old, &new, |item| (item.kind, &item.wire));
        Self { gone, added, ..pairs }
    }

    /// Pairs the items that have the same key, and gives back those that are left.
    fn take(
        &mut self,
        old: &[&'i Item],
        new: &[&'i Item],
        key: fn(&Item) -> (Kind, &String),
    ) -> (Vec<&'i Item>, Vec<&'i Item>) {
        // In the document several things can have one name.
        let mut by_key: BTreeMap<_, VecDeque<&Item>> = BTreeMap::new();
        for item in new {
            by_key.entry(key(item)).or_default().push_back(item);
        }
        let mut left = Vec::new();
        for item in old {
            match by_key.get_mut(&key(item)).and_then(VecDeque::pop_front) {
                Some(new) => self.both.push((item, new)),
                None => left.push(*item),
            }
        }
        (left, by_key.into_values().flatten().collect())
    }
}
