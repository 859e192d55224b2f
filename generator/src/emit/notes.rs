//! [Notes](Note) as sentences, for doc comments, tables, and the help of the command line.

use serde_json::Value;

use crate::escape;
use crate::ir::{Docs, Limit, Note};

/// Returns all notes of an item as sentences.
pub(super) fn notes(docs: &Docs) -> String {
    sentences(&docs.notes)
}

/// Returns notes as sentences.
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
        Note::UniqueItems => "All items are different.".to_owned(),
        Note::ReadOnly => "Read-only: only in responses.".to_owned(),
        Note::WriteOnly => "Write-only: only in requests.".to_owned(),
        Note::Deprecated => "It is deprecated.".to_owned(),
        Note::External(Some(description), url) => format!("{} <{url}>", description.trim()),
        Note::External(None, url) => format!("See <{url}>."),
        Note::FileTypes(media_types) => file_types(media_types),
    }
}

fn words(limit: Limit) -> &'static str {
    match limit {
        Limit::MinLength => "The minimum length is",
        Limit::MaxLength => "The maximum length is",
        Limit::Pattern => "It matches the regular expression",
        Limit::Minimum => "The minimum is",
        Limit::ExclusiveMinimum => "It is greater than",
        Limit::Maximum => "The maximum is",
        Limit::ExclusiveMaximum => "It is less than",
        Limit::MultipleOf => "It is a multiple of",
        Limit::MinItems => "The minimum number of items is",
        Limit::MaxItems => "The maximum number of items is",
        Limit::MinProperties => "The minimum number of properties is",
        Limit::MaxProperties => "The maximum number of properties is",
    }
}

fn file_types(media_types: &[String]) -> String {
    let list = media_types.iter().map(|one| escape::code(one)).collect::<Vec<_>>().join(", ");
    let own = "`Upload::media_type`";
    match media_types {
        [only] if !only.contains('*') => {
            format!("The media type is {list}, unless {own} sets another.")
        }
        _ => format!("The media type is one of {list}; set it with {own}."),
    }
}

/// Returns a value as inline code.
pub(crate) fn code(value: &Value) -> String {
    match value {
        Value::String(text) => escape::code(text),
        other => escape::code(&other.to_string()),
    }
}
