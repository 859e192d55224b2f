//! What schemas say besides their type: words for the documentation.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::escape;
use crate::ir::Docs;
use crate::parse::{Schema, SchemaType};

/// The keywords that are prose, or examples of what the prose says.
const PROSE: [&str; 5] = ["title", "description", "example", "examples", "externalDocs"];

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

/// Limits, by what is said of them.
const LIMITS: [(&str, &str); 10] = [
    ("minLength", "The shortest length is"),
    ("maxLength", "The longest length is"),
    ("pattern", "It matches the regular expression"),
    ("minimum", "The least value is"),
    ("maximum", "The greatest value is"),
    ("multipleOf", "It is a multiple of"),
    ("minItems", "The smallest number of items is"),
    ("maxItems", "The largest number of items is"),
    ("minProperties", "The smallest number of properties is"),
    ("maxProperties", "The largest number of properties is"),
];

/// The documentation of a schema. A title says nothing about a type that is not its name, but
/// something about a property.
pub(super) fn docs(schema: Schema<'_>, named: bool) -> Docs {
    let description = schema.text("description").map(str::to_owned);
    let title = schema.text("title").map(str::to_owned);
    let mut notes = Vec::new();
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        notes.push(format!("The default is {}.", code(default)));
    }
    notes.extend(values(schema));
    notes.extend(limits(schema));
    notes.extend(direction(schema));
    notes.extend(external(schema));
    let summary = title.filter(|_| description.is_none() && !(named && schema.ty().is_none()));
    Docs { summary, description, notes }
}

/// What is to be said of a file in a form: which media types it may have, not that it is a file.
pub(super) fn file(docs: &mut Docs, media_types: &[&str]) {
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
fn values(schema: Schema<'_>) -> Option<String> {
    let values = schema.enumeration();
    if schema.ty() == Some(SchemaType::String) || values.iter().all(Value::is_null) {
        return None;
    }
    let values: Vec<String> = values.iter().map(code).collect();
    Some(match values.as_slice() {
        [only] => format!("It is always {only}."),
        values => format!("It is one of {}.", values.join(", ")),
    })
}

/// Formats and limits that the type does not express.
fn limits(schema: Schema<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(format) = schema.text("format").filter(|format| !FORMATS.contains(format)) {
        notes.push(format!("The format is {}.", code(&Value::from(format))));
    }
    for (keyword, text) in LIMITS {
        let text = match keyword {
            "minimum" if schema.flag("exclusiveMinimum") => "It is greater than",
            "maximum" if schema.flag("exclusiveMaximum") => "It is less than",
            _ => text,
        };
        match schema.get(keyword) {
            Some(Value::Number(number)) => notes.push(format!("{text} {number}.")),
            Some(value @ Value::String(_)) => notes.push(format!("{text} {}.", code(value))),
            Some(_) | None => {}
        }
    }
    if schema.flag("uniqueItems") {
        notes.push("The items are all different.".to_owned());
    }
    notes
}

fn direction(schema: Schema<'_>) -> Option<String> {
    if schema.flag("readOnly") {
        return Some("Only answers have it.".to_owned());
    }
    schema.flag("writeOnly").then(|| "Only requests have it.".to_owned())
}

fn external(schema: Schema<'_>) -> Option<String> {
    let docs = schema.get("externalDocs")?;
    let url = docs.get("url").and_then(Value::as_str)?;
    Some(match docs.get("description").and_then(Value::as_str) {
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

/// Everything that a schema says but its prose, as a text that equal schemas have in common.
pub(super) fn facts(schema: Option<&Value>) -> String {
    let mut value = schema.cloned().unwrap_or_default();
    strip(&mut value, false);
    value.to_string()
}

/// Takes the prose out. Below `properties` stand names, which may be any of these words.
fn strip(value: &mut Value, names: bool) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| names || !PROSE.contains(&key.as_str()));
            for (key, value) in object.iter_mut() {
                strip(value, !names && key == "properties");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| strip(item, false)),
        _ => {}
    }
}
