//! What schemas say besides their type: words for the documentation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Schema, SchemaType};
use crate::escape;
use crate::ir::Docs;

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

/// The documentation of a schema. A title says nothing about a type that is not its name, but
/// something about a property.
pub(super) fn docs(schema: &Schema, named: bool) -> Docs {
    let description = schema.description.clone();
    let mut notes = Vec::new();
    if let Some(default) = schema.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("The default is {}.", code(default)));
    }
    notes.extend(values(schema));
    notes.extend(limits(schema));
    notes.extend(direction(schema));
    notes.extend(external(schema));
    let says_title = description.is_none() && !(named && schema.ty.is_none());
    let summary = schema.title.clone().filter(|_| says_title);
    Docs { summary, description, notes }
}

/// What is to be said of a file in a form: which media types it may have, not that it is a file.
pub(super) fn file(docs: &mut Docs, media_types: &[String]) {
    docs.notes.retain(|note| note != "The format is `binary`.");
    let list = media_types.iter().map(|one| escape::code(one)).collect::<Vec<_>>().join(", ");
    let own = "`Upload::media_type`";
    match media_types {
        [] => {}
        [only] if !only.contains('*') => {
            docs.notes.push(format!("It is sent as {list}, unless {own} says otherwise."));
        }
        _ => docs.notes.push(format!("Its media type is one of {list}: set it with {own}.")),
    }
}

/// The listed values of a type that is no enum in Rust.
fn values(schema: &Schema) -> Option<String> {
    let values = &schema.enumeration;
    if schema.ty == Some(SchemaType::String) || values.iter().all(Value::is_null) {
        return None;
    }
    let values: Vec<String> = values.iter().map(code).collect();
    Some(match values.as_slice() {
        [only] => format!("It is always {only}."),
        values => format!("It is one of {}.", values.join(", ")),
    })
}

/// Formats and limits that the type does not express.
fn limits(schema: &Schema) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(format) = schema.format.as_deref().filter(|format| !FORMATS.contains(format)) {
        notes.push(format!("The format is {}.", code(&Value::from(format))));
    }
    let limits = &schema.limits;
    let least = if limits.exclusive_minimum { "It is greater than" } else { "The least value is" };
    let most = if limits.exclusive_maximum { "It is less than" } else { "The greatest value is" };
    for (text, limit) in [
        ("The shortest length is", &limits.min_length),
        ("The longest length is", &limits.max_length),
        ("It matches the regular expression", &limits.pattern),
        (least, &limits.minimum),
        (most, &limits.maximum),
        ("It is a multiple of", &limits.multiple_of),
        ("The smallest number of items is", &limits.min_items),
        ("The largest number of items is", &limits.max_items),
        ("The smallest number of properties is", &limits.min_properties),
        ("The largest number of properties is", &limits.max_properties),
    ] {
        match limit {
            Some(Value::Number(number)) => notes.push(format!("{text} {number}.")),
            Some(value @ Value::String(_)) => notes.push(format!("{text} {}.", code(value))),
            Some(_) | None => {}
        }
    }
    if limits.unique_items {
        notes.push("The items are all different.".to_owned());
    }
    notes
}

fn direction(schema: &Schema) -> Option<String> {
    if schema.read_only {
        return Some("Only responses have it.".to_owned());
    }
    schema.write_only.then(|| "Only requests have it.".to_owned())
}

fn external(schema: &Schema) -> Option<String> {
    let docs = schema.external_docs.as_ref()?;
    let url = &docs.url;
    Some(match &docs.description {
        Some(description) => format!("{} <{url}>", description.trim()),
        None => format!("See <{url}>."),
    })
}

/// A value as inline code.
pub(super) fn code(value: &Value) -> String {
    match value {
        Value::String(text) => escape::code(text),
        other => escape::code(&other.to_string()),
    }
}

/// What the description of an enum says about its values, in list items such as
/// "- `VALUE`: what it means". What is said first of a value counts.
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

/// A text with a capital at its beginning and a mark at its end, as a doc comment has it.
pub(super) fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let mark = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{mark}", rest.as_str())
}
