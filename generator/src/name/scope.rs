//! Namespaces. A scope takes requested names, and returns identifiers that differ from each other and from
//! the reserved names.

use std::collections::{BTreeMap, BTreeSet};

use super::Ident;
use crate::escape;
use crate::limits::Steps;

/// The keywords of the 2024 edition, including reserved ones (The Rust Reference, Keywords).
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns whether a name is a keyword.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Keywords that cannot be written as raw identifiers.
const NEVER_RAW: [&str; 4] = ["crate", "self", "Self", "super"];

/// Lists of reserved names.
pub(super) type Reserved = &'static [&'static [&'static str]];

/// A set of identifiers that must differ.
pub(super) struct Scope<'s> {
    steps: &'s Steps,
    reserved: Reserved,
    taken: BTreeSet<String>,
    /// The last number tried for a name, because many names can be equal.
    numbers: BTreeMap<String, usize>,
}

impl<'s> Scope<'s> {
    /// Creates a scope with reserved names.
    pub(super) fn new(steps: &'s Steps, reserved: Reserved) -> Self {
        Self { steps, reserved, taken: BTreeSet::new(), numbers: BTreeMap::new() }
    }

    /// Takes a name. A reserved name gets a word as a suffix, a taken one gets a number. Keywords are
    /// reserved.
    pub(super) fn claim(&mut self, name: &str, word: &str) -> Ident {
        self.take(name, word, is_keyword)
    }

    /// Takes a name. A keyword becomes a raw identifier.
    pub(super) fn claim_raw(&mut self, name: &str, word: &str) -> Ident {
        let name = self.take(name, word, |name| NEVER_RAW.contains(&name));
        if is_keyword(name.as_str()) { Ident::new(format!("r#{name}")) } else { name }
    }

    /// Takes the name of a module and its file: ASCII only, and distinct from other names on file systems
    /// that ignore case.
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
