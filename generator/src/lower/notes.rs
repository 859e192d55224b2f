//! What schemas say besides their type: words for the documentation.

use openapiv3::{Schema, SchemaKind, Type as Simple, VariantOrUnknownOrEmpty};
use serde_json::Value;

use crate::ir::Docs;

/// The keywords that are prose, or examples of what the prose says.
const PROSE: [&str; 5] = ["title", "description", "example", "examples", "externalDocs"];

/// The documentation of a schema. A title says nothing about a type that is not its name, but
/// something about a property.
pub(super) fn docs(schema: &Schema, named: bool) -> Docs {
    let data = &schema.schema_data;
    let title = data.title.clone().filter(|_| !named || data.description.is_none());
    let mut notes = Vec::new();
    if let Some(default) = data.default.as_ref().filter(|default| !default.is_null()) {
        notes.push(format!("The default is {}.", code(default)));
    }
    notes.extend(limits(schema));
    if let Some(docs) = &data.external_docs {
        notes.push(match &docs.description {
            Some(description) => format!("{} <{}>", description.trim(), docs.url),
            None => format!("See <{}>.", docs.url),
        });
    }
    Docs {
        summary: title.filter(|_| data.description.is_none()),
        description: data.description.clone(),
        notes,
    }
}

/// Formats and limits that the type does not express.
fn limits(schema: &Schema) -> Vec<String> {
    let mut notes = Vec::new();
    let mut say = |text: &str, value: Option<String>| {
        if let Some(value) = value {
            notes.push(format!("{text} {value}."));
        }
    };
    match &schema.schema_kind {
        SchemaKind::Type(Simple::String(string)) => {
            if let VariantOrUnknownOrEmpty::Unknown(format) = &string.format {
                say("The format is", Some(format!("`{format}`")));
            }
            say("The shortest length is", string.min_length.map(|n| n.to_string()));
            say("The longest length is", string.max_length.map(|n| n.to_string()));
            say(
                "It matches the regular expression",
                string.pattern.as_ref().map(|p| code(&Value::from(p.as_str()))),
            );
        }
        SchemaKind::Type(Simple::Integer(integer)) => {
            say(bound("least", integer.exclusive_minimum), integer.minimum.map(|n| n.to_string()));
            say(
                bound("greatest", integer.exclusive_maximum),
                integer.maximum.map(|n| n.to_string()),
            );
            say("It is a multiple of", integer.multiple_of.map(|n| n.to_string()));
        }
        SchemaKind::Type(Simple::Number(number)) => {
            say(bound("least", number.exclusive_minimum), number.minimum.map(|n| n.to_string()));
            say(bound("greatest", number.exclusive_maximum), number.maximum.map(|n| n.to_string()));
            say("It is a multiple of", number.multiple_of.map(|n| n.to_string()));
        }
        SchemaKind::Type(Simple::Array(array)) => {
            say("The smallest number of items is", array.min_items.map(|n| n.to_string()));
            say("The largest number of items is", array.max_items.map(|n| n.to_string()));
            say("The items", array.unique_items.then(|| "are all different".to_owned()));
        }
        _ => {}
    }
    notes
}

fn bound(which: &'static str, exclusive: bool) -> &'static str {
    match (which, exclusive) {
        ("least", false) => "The least value is",
        ("least", true) => "It is greater than",
        (_, false) => "The greatest value is",
        (_, true) => "It is less than",
    }
}

/// A value as inline code.
pub(super) fn code(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('`') => format!("`` {text} ``"),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

/// What the description of an enum says about one of its values, in a list item such as
/// "- `VALUE`: what it means".
pub(super) fn of_value(description: &str, value: &str) -> Option<String> {
    let mark = format!("`{value}`:");
    let mut lines = description.lines().map(str::trim);
    let item = |line: &'_ str| line.strip_prefix(['-', '*']).map(|rest| rest.trim().to_owned());
    let first =
        lines.by_ref().find_map(|line| Some(item(line)?.strip_prefix(&mark)?.trim().to_owned()))?;
    let more = lines.take_while(|line| !line.is_empty() && item(line).is_none());
    let lines: Vec<&str> = std::iter::once(first.as_str()).chain(more).collect();
    Some(sentence(&lines.join("\n")))
}

/// A text with a capital at its beginning and a mark at its end, as a doc comment has it.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let mark = if text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{mark}", rest.as_str())
}

/// Everything that a schema says but its prose, as a text that equal schemas have in common.
pub(super) fn facts(schema: &Schema) -> String {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
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
