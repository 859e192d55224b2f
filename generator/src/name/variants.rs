//! Names of the variants of unions.
//!
//! Takes a union and the names of types. A name depends on its own variant and on the union, so that a new
//! variant renames no other one, unless two of them would have the same name.

use std::collections::BTreeMap;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::{Ident, reserved, sorted_by};
use crate::ir::{Tagging, Test, Type, Union, UnionVariant};
use crate::limits::Steps;

/// The maximum length of a tag that names a variant, in characters. Longer tags are sentences or URLs.
const LONGEST_TAG: usize = 48;

/// Names the variants of a union: after the value of the tag if it is a word, otherwise after the type,
/// without the words that the type shares with the union. A variant whose type is not declared is named
/// after its JSON type.
pub(super) fn variants(union: &Union, of_union: &Ident, names: &mut Names, steps: &Steps) {
    let wanted: Vec<(String, String)> =
        union.variants.iter().map(|variant| wanted(variant, union, of_union, names)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (short, _) in &wanted {
        *counts.entry(short).or_default() += 1;
    }
    let mut scope = Scope::new(steps, &[reserved::VARIANTS]);
    let numbered: Vec<(&UnionVariant, &(String, String))> =
        union.variants.iter().zip(&wanted).collect();
    for (variant, (short, long)) in sorted_by(&numbered, |(variant, _)| variant.test.words()) {
        let is_unique = counts.get(short.as_str()).is_some_and(|count| *count == 1);
        let name = scope.claim(if is_unique { short } else { long }, "Variant");
        names.insert(Item::Member(variant.number), name);
    }
}

/// Returns the short name of a variant, and the name that it gets if another variant has the same short
/// name.
fn wanted(
    variant: &UnionVariant,
    union: &Union,
    of_union: &Ident,
    names: &Names,
) -> (String, String) {
    let of_test = identifier(&variant.test.words(), Case::UpperCamel);
    let Type::Named(id) = &variant.ty else { return (of_test.clone(), of_test) };
    // A tag beside its content is the only name that the variant has.
    if matches!(union.tagging, Tagging::Adjacent { .. }) {
        return (of_test.clone(), of_test);
    }
    let of_type = names.ty(*id).to_string();
    let short = match &variant.test {
        // Without a mapping, the tag is the name of the schema.
        Test::Tag(_, tags)
            if of_test != of_type && tags.first().is_some_and(|tag| is_word(tag)) =>
        {
            of_test
        }
        Test::Tag(..) | Test::Number(..) | Test::Key(_) | Test::Json(_) => {
            without_shared_words(&of_type, of_union.as_str())
        }
    };
    (short, of_type)
}

/// Returns whether a tag can name a variant. Numbers, URLs and references to schemas cannot.
fn is_word(tag: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
    tag.starts_with(char::is_alphabetic)
        && tag.chars().all(is_part)
        && tag.chars().count() <= LONGEST_TAG
}

/// Removes the words that a name shares with another one at its beginning and at its end. Returns the whole
/// name if nothing is left, or nothing that can begin an identifier.
fn without_shared_words(name: &str, other: &str) -> String {
    let (own, others) = (words(name), words(other));
    let shared = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let first = shared(&mut own.iter().zip(&others));
    let last = shared(&mut own.iter().rev().zip(others.iter().rev()));
    let kept = own.get(first..own.len().saturating_sub(last)).unwrap_or_default().concat();
    match kept.chars().next() {
        Some(first) if first.is_alphabetic() => kept,
        _ => name.to_owned(),
    }
}

/// Splits a name in upper camel case into its words.
fn words(name: &str) -> Vec<&str> {
    let starts = name.char_indices().filter(|(_, c)| c.is_uppercase()).map(|(at, _)| at);
    let mut starts: Vec<usize> = starts.filter(|at| *at > 0).collect();
    starts.insert(0, 0);
    let ends = starts.iter().skip(1).copied().chain([name.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| name.get(*start..end)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_words_are_dropped_if_a_name_remains() {
        let cases = [
            ("ChatCompletionRequestUserMessage", "ChatCompletionRequestMessage", "User"),
            ("AccountCreatedEvent", "Event", "AccountCreated"),
            ("Error", "ErrorResponse", "Error"),
            ("Event", "Event", "Event"),
            ("Level2Event", "LevelEvent", "Level2"),
            ("Cat", "Pet", "Cat"),
            ("PetCat", "Pet", "Cat"),
        ];
        for (name, union, expected) in cases {
            assert_eq!(without_shared_words(name, union), expected, "{name} in {union}");
        }
    }

    #[test]
    fn only_words_name_variants() {
        for tag in ["user", "message.delta", "CREATE_ACCOUNT", "élève"] {
            assert!(is_word(tag), "{tag}");
        }
        for tag in
            ["", "1", "2024-05", "#/components/schemas/Cat", "https://api.test/cat", "a\u{202e}b"]
        {
            assert!(!is_word(tag), "{tag}");
        }
    }
}
