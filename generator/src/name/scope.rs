//! Namespaces. A scope takes the names that are wanted, and returns identifiers that differ from one another
//! and from the reserved names.

use std::collections::{BTreeMap, BTreeSet};

use super::Ident;
use crate::escape;
use crate::limits::Steps;

/// The keywords of the 2024 edition, with those reserved for later (The Rust Reference, Keywords).
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether a name is a word of the language.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Keywords that cannot be written as raw identifiers.
const NEVER_RAW: [&str; 4] = ["crate", "self", "Self", "super"];

/// Lists of names that are not free.
pub(super) type Reserved = &'static [&'static [&'static str]];

/// A set of identifiers that must differ.
pub(super) struct Scope<'s> {
    steps: &'s Steps,
    reserved: Reserved,
    taken: BTreeSet<String>,
    /// The number behind a name that was tried last. Many names can be alike.
    numbers: BTreeMap<String, usize>,
}

impl<'s> Scope<'s> {
    /// A scope in which some names are not free.
    pub(super) fn new(steps: &'s Steps, reserved: Reserved) -> Self {
        Self { steps, reserved, taken: BTreeSet::new(), numbers: BTreeMap::new() }
    }

    /// Takes a name, or one like it: with a word behind it if it is reserved, with a number if it is
    /// taken. Keywords count as reserved.
    pub(super) fn claim(&mut self, name: &str, word: &str) -> Ident {
        self.take(name, word, is_keyword)
    }

    /// Takes a name, which is written as a raw identifier if it is a keyword.
    pub(super) fn claim_raw(&mut self, name: &str, word: &str) -> Ident {
        let name = self.take(name, word, |name| NEVER_RAW.contains(&name));
        if is_keyword(name.as_str()) { Ident::new(format!("r#{name}")) } else { name }
    }

    /// Takes a name for a module, which is that of its file as well: it has no letters that are not the
    /// same on every system, and is the same as no other even if case does not count.
    pub(super) fn claim_file(&mut self, name: &str, word: &str) -> Ident {
        let file = escape::path_component(name);
        // What ends like this would be the name of a device.
        let file = if file.ends_with('_') { file + word } else { file };
        self.claim(&file, word)
    }

    fn is_reserved(&self, name: &str) -> bool {
        self.reserved.iter().any(|list| list.contains(&name))
    }

    fn take(&mut self, name: &str, word: &str, forbidden: impl Fn(&str) -> bool) -> Ident {
        let lower = name.chars().next().is_some_and(char::is_lowercase);
        let join = |word: &str| {
            if lower { format!("{name}_{word}") } else { format!("{name}{word}") }
        };
        let free =
            if forbidden(name) || self.is_reserved(name) { join(word) } else { name.to_owned() };
        let mut candidate = free.clone();
        // A long name takes longer to make and to compare.
        let cost = 1 + candidate.len() / 64;
        while self.steps.take_each(cost) && !self.taken.insert(candidate.clone()) {
            let number = self.numbers.entry(free.clone()).or_insert(1);
            *number += 1;
            candidate = if lower { format!("{free}_{number}") } else { format!("{free}{number}") };
        }
        Ident::new(candidate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ() {
        let steps = Steps::default();
        let mut scope = Scope::new(&steps, &[&["Other"]]);
        let claimed: Vec<String> = ["Asc", "Asc", "Asc", "Other", "Self"]
            .iter()
            .map(|name| scope.claim(name, "Value").to_string())
            .collect();
        assert_eq!(claimed, ["Asc", "Asc2", "Asc3", "OtherValue", "SelfValue"]);
        let raw: Vec<String> = ["type", "type", "self", "gen"]
            .iter()
            .map(|name| scope.claim_raw(name, "property").to_string())
            .collect();
        assert_eq!(raw, ["r#type", "type_2", "self_property", "r#gen"]);
    }
}
