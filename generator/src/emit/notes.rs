//! [Notes](Note) as sentences, for doc comments, tables, and the help of the command line.

use serde_json::Value;

use crate::escape;
use crate::ir::{Docs, Limit, Note};

/// Returns all notes of a thing, one sentence after the other.
pub(super) fn notes(docs: &Docs) -> String {
    sentences(&docs.notes)
}

/// Returns some notes, one sentence after the other.
pub(crate) fn sentences<'n>(notes: impl IntoIterator<Item = &'n Note>) -> String {
    notes.into_iter().map(sentence).collect::<Vec<_>>().join(" ")
}

fn sentence(note: &Note) -> String {
    match note {
        Note::Default(value) => format!("The default is {}.", code(value)),
        Note::Values(values) => {
            let values: Vec<String> = values.iter().map(code).collect();
            match values.as_slice() {
                [only] => format!("It is always {only}."),
                values => format!("It is one of {}.", values.join(", ")),
            }
        }
        Note::Format(format) => format!("The format is {}.", escape::code(format)),
        Note::Limit(limit, Value::Number(number)) => format!("{} {number}.", words(*limit)),
        Note::Limit(limit, value) => format!("{} {}.", words(*limit), code(value)),
        Note::UniqueItems => "The items are all different.".to_owned(),
        Note::ReadOnly => "Only responses have it.".to_owned(),
        Note::WriteOnly => "Only requests have it.".to_owned(),
        Note::Deprecated => "It is deprecated.".to_owned(),
        Note::External(Some(description), url) => format!("{} <{url}>", description.trim()),
        Note::External(None, url) => format!("See <{url}>."),
        Note::FileTypes(media_types) => file_types(media_types),
    }
}

fn words(limit: Limit) -> &'static str {
    match limit {
        Limit::MinLength => "The shortest length is",
        Limit::MaxLength => "The longest length is",
        Limit::Pattern => "It matches the regular expression",
        Limit::Minimum => "The least value is",
        Limit::ExclusiveMinimum => "It is greater than",
        Limit::Maximum => "The greatest value is",
        Limit::ExclusiveMaximum => "It is less than",
        Limit::MultipleOf => "It is a multiple of",
        Limit::MinItems => "The smallest number of items is",
        Limit::MaxItems => "The largest number of items is",
        Limit::MinProperties => "The smallest number of properties is",
        Limit::MaxProperties => "The largest number of properties is",
    }
}

fn file_types(media_types: &[String]) -> String {
    let list = media_types.iter().map(|one| escape::code(one)).collect::<Vec<_>>().join(", ");
    let own = "`Upload::media_type`";
    match media_types {
        [only] if !only.contains('*') => {
            format!("It is sent as {list}, unless {own} says otherwise.")
        }
        _ => format!("Its media type is one of {list}: set it with {own}."),
    }
}

/// A value as inline code.
pub(crate) fn code(value: &Value) -> String {
    match value {
        Value::String(text) => escape::code(text),
        other => escape::code(&other.to_string()),
    }
}
