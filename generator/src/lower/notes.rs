//! What schemas say besides their type, for the documentation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Schema, SchemaType};
use crate::ir::{Docs, Limit, Note};

/// The formats that have a type, so that nothing has to be said about them.
const FORMATS: [&str; 19] = [
    "date-time",
    "date",
    "time",
    "duration",
    "byte",
    "base64",
    "password",
    "decimal",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "double",
    "float",
];

/// Returns the documentation of a schema. The title of a type is dropped if it is its name; that of a
/// property is kept.
pub(super) fn docs(schema: &Schema, named: bool) -> Docs {
    let description = schema.description.clone();
    let mut notes = Vec::new();
    let default = schema.default.as_ref().filter(|default| !default.is_null());
    notes.extend(default.cloned().map(Note::Default));
    notes.extend(values(schema));
    notes.extend(limits(schema));
    notes.extend(direction(schema));
    notes.extend(external(schema));
    let says_title = description.is_none() && !(named && schema.ty.is_none());
    let summary = schema.title.clone().filter(|_| says_title);
    Docs { summary, description, notes }
}

/// Returns the notes on a file in a form: its media types.
pub(super) fn file(docs: &mut Docs, media_types: &[String]) {
    let is_binary = |note: &Note| matches!(note, Note::Format(format) if format == "binary");
    docs.notes.retain(|note| !is_binary(note));
    if !media_types.is_empty() {
        docs.notes.push(Note::FileTypes(media_types.to_vec()));
    }
}

/// Returns the listed values of a type that is not an enum in Rust.
fn values(schema: &Schema) -> Option<Note> {
    let values = &schema.enumeration;
    if schema.ty == Some(SchemaType::String) || values.iter().all(Value::is_null) {
        return None;
    }
    Some(Note::Values(values.clone()))
}

/// Formats and limits that the type does not express.
fn limits(schema: &Schema) -> Vec<Note> {
    let format = schema.format.as_deref().filter(|format| !FORMATS.contains(format));
    let mut notes: Vec<Note> =
        format.map(|format| Note::Format(format.to_owned())).into_iter().collect();
    let limits = &schema.constraints;
    let minimum = if limits.exclusive_minimum { Limit::ExclusiveMinimum } else { Limit::Minimum };
    let maximum = if limits.exclusive_maximum { Limit::ExclusiveMaximum } else { Limit::Maximum };
    for (limit, value) in [
        (Limit::MinLength, &limits.min_length),
        (Limit::MaxLength, &limits.max_length),
        (Limit::Pattern, &limits.pattern),
        (minimum, &limits.minimum),
        (maximum, &limits.maximum),
        (Limit::MultipleOf, &limits.multiple_of),
        (Limit::MinItems, &limits.min_items),
        (Limit::MaxItems, &limits.max_items),
        (Limit::MinProperties, &limits.min_properties),
        (Limit::MaxProperties, &limits.max_properties),
    ] {
        if let Some(value @ (Value::Number(_) | Value::String(_))) = value {
            notes.push(Note::Limit(limit, value.clone()));
        }
    }
    notes.extend(limits.unique_items.then_some(Note::UniqueItems));
    notes
}

fn direction(schema: &Schema) -> Option<Note> {
    match (schema.read_only, schema.write_only) {
        (true, _) => Some(Note::ReadOnly),
        (false, true) => Some(Note::WriteOnly),
        (false, false) => None,
    }
}

fn external(schema: &Schema) -> Option<Note> {
    let docs = schema.external_docs.as_ref()?;
    Some(Note::External(docs.description.clone(), docs.url.clone()))
}

/// Returns what the description of an enum says about its values, in list items such as "- `VALUE`: meaning".
/// The first item about a value counts.
pub(super) fn of_values(description: &str) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut lines = description.lines().map(str::trim).peekable();
    let item = |line: &str| line.starts_with(['-', '*']);
    while let Some(line) = lines.next() {
        let marked = line.strip_prefix(['-', '*']).and_then(|rest| rest.trim().strip_prefix('`'));
        let Some((value, first)) = marked.and_then(|rest| rest.split_once("`:")) else { continue };
        let mut text = vec![first.trim()];
        while let Some(more) = lines.next_if(|line| !line.is_empty() && !item(line)) {
            text.push(more);
        }
        values.entry(value.to_owned()).or_insert_with(|| sentence(&text.join("\n")));
    }
    values
}

/// Returns a string with a capital at its beginning and a full stop at its end, as in doc comments.
pub(super) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let mark = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{mark}", rest.as_str())
}
