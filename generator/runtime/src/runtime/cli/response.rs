//! Writes results, in formats for people and for programs.

use std::pin::Pin;

use clap::ArgMatches;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::value::RawValue;

use super::failure::{Exit, Failure};
use super::files::{self, Target};
use super::text::printable;
use crate::runtime::parameter::{Node, text};
use crate::runtime::{Download, Error, StreamingResponse, json};

/// The format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Text and tables for people.
    Human,
    /// One JSON document.
    Json,
    /// One JSON value per line.
    Lines,
}

impl Format {
    pub(super) fn of(matches: &ArgMatches) -> Self {
        match (matches.get_flag("json"), matches.get_flag("json-lines")) {
            (true, _) => Self::Json,
            (_, true) => Self::Lines,
            (false, false) => Self::Human,
        }
    }

    /// Returns whether the format is for programs.
    pub(super) fn is_json(self) -> bool {
        self != Self::Human
    }
}

/// The maximum length of JSON that is shown as a table, in bytes. The cells of a table take many
/// times its memory, and nobody reads a longer table. Longer JSON is written with one item per
/// line.
const LAID_OUT: usize = 1 << 20;

/// Writes a value. For programs it is the JSON that the server sent, with all digits. No tree of
/// values is built, only the output.
pub(super) fn value(json: &RawValue, format: Format, target: &Target) -> Result<(), Failure> {
    let json_text = json.get().trim();
    let mut text = match format {
        Format::Human if json_text.len() <= LAID_OUT => for_people(json),
        Format::Json => with_space_for_line_break(json_text),
        Format::Lines | Format::Human => lines(json_text),
    };
    if text.is_empty() {
        return Ok(());
    }
    text.push('\n');
    files::write(text.as_bytes(), target)
}

fn with_space_for_line_break(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    text.push_str(json);
    text
}

/// Returns a line for each item of an array, or one line for any other value.
fn lines(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    let mut tell = |item: &str| {
        text.push_str(if text.is_empty() { "" } else { "\n" });
        push_compact(item, &mut text);
    };
    if !json::each_item(json, &mut tell) {
        tell(json);
    }
    text
}

/// Returns whether a value is empty.
pub(super) fn is_empty(json: &RawValue) -> bool {
    json::is_empty(json.get()) || json.get().trim() == "\"\""
}

/// The content of a response whose kind only the media type states.
pub(super) enum Sorted {
    Json(Box<RawValue>),
    Text(String),
    File(Box<Download>),
    Nothing,
}

/// Classifies a response by its media type.
pub(super) fn sort(
    response: StreamingResponse,
) -> Pin<Box<dyn Future<Output = Result<Sorted, Error>> + Send>> {
    Box::pin(async move {
        let media_type = response.media_type().unwrap_or_default().to_owned();
        let is_empty = response.status() == http::StatusCode::NO_CONTENT;
        if is_empty
            || (media_type.is_empty()
                && response.headers().get("content-length").is_some_and(|length| length == "0"))
        {
            response.ignore().await?;
            Ok(Sorted::Nothing)
        } else if crate::runtime::media_type::is_json(&media_type) {
            response.json().await.map(Sorted::Json)
        } else if media_type.starts_with("text/")
            && !response.headers().contains_key("content-disposition")
        {
            response.text().await.map(Sorted::Text)
        } else {
            Ok(Sorted::File(Box::new(response.download())))
        }
    })
}

/// Removes the whitespace between the tokens of JSON.
pub(super) fn compact(json: &str) -> String {
    let mut compact = String::new();
    push_compact(json, &mut compact);
    compact
}

fn push_compact(json: &str, compact: &mut String) {
    let (mut in_text, mut escaped) = (false, false);
    for c in json.chars() {
        if in_text || !c.is_ascii_whitespace() {
            compact.push(c);
        }
        match (in_text, escaped, c) {
            (true, true, _) => escaped = false,
            (true, false, '\\') => escaped = true,
            (_, false, '"') => in_text = !in_text,
            _ => {}
        }
    }
}

fn for_people(json: &RawValue) -> String {
    match Node::of(json) {
        Ok(Node::Null) => String::new(),
        Ok(Node::Text(text)) => text.lines().map(printable).collect::<Vec<_>>().join("\n"),
        Ok(Node::Object(entries)) => {
            let rows = entries.iter().map(|(name, value)| vec![printable(name), cell(value)]);
            table(None, rows)
        }
        Ok(Node::Array(items)) => list(&items),
        Err(_) => json.get().to_owned(),
    }
}

/// Formats objects as rows with their properties as columns, and other items line by line.
fn list(items: &[Box<RawValue>]) -> String {
    let mut names: Vec<String> = Vec::new();
    let mut objects = Vec::new();
    for item in items {
        let Ok(Node::Object(entries)) = Node::of(item) else {
            return items.iter().map(|item| cell(item)).collect::<Vec<_>>().join("\n");
        };
        for (name, _) in &entries {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        objects.push(entries);
    }
    let rows = objects.iter().map(|entries| {
        let value = |name: &String| {
            let found = entries.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| cell(value)).unwrap_or_default()
        };
        names.iter().map(value).collect()
    });
    let header = names.iter().map(|name| printable(name)).collect();
    table(Some(header), rows)
}

/// Formats a value in one line: arrays of scalars with commas, and deeper values as JSON.
fn cell(json: &RawValue) -> String {
    let shown = match Node::of(json) {
        Ok(Node::Null) => String::new(),
        Ok(Node::Text(text)) => text,
        Ok(Node::Array(items)) if items.iter().all(|item| !item.get().starts_with(['{', '['])) => {
            items.iter().filter_map(|item| text(item)).collect::<Vec<_>>().join(", ")
        }
        _ => compact(json.get()),
    };
    printable(&shown)
}

fn table(header: Option<Vec<String>>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    let terminal = console::Term::stdout();
    if terminal.is_term() {
        table.set_width(terminal.size().1);
    }
    if let Some(header) = header {
        table.set_header(header);
    }
    table.add_rows(rows);
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 2));
    });
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Writes a string as the result.
pub(super) fn plain(text: &str, format: Format, target: &Target) -> Result<(), Failure> {
    let text = match format {
        Format::Json | Format::Lines => serde_json::Value::from(text).to_string(),
        // Content for a file or another program is not changed.
        Format::Human if *target != Target::Stdout || !console::Term::stdout().is_term() => {
            return files::write(text.as_bytes(), target);
        }
        Format::Human => text.lines().map(printable).collect::<Vec<_>>().join("\n"),
    };
    files::write(format!("{text}\n").as_bytes(), target)
}

/// Converts a value of the program to JSON.
pub(super) fn own(json: &serde_json::Value) -> Result<Box<RawValue>, Failure> {
    serde_json::value::to_raw_value(json)
        .map_err(|error| Failure::new(Exit::Other, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn objects_are_rows_of_names_and_values() {
        let shown = for_people(&raw(
            r#"{"b": 1.50, "a": null, "list": ["x", 2], "deep": {"c": [ 1 ]}, "text": "l\nm\u001b"}"#,
        ));
        assert_eq!(shown, "b     1.50\na\nlist  x, 2\ndeep  {\"c\":[1]}\ntext  l m\u{fffd}");
    }

    #[test]
    fn lists_of_objects_are_tables() {
        let shown = for_people(&raw(r#"[{"id": 1, "name": "one"}, {"id": 22, "more": true}]"#));
        assert_eq!(shown, "id  name  more\n1   one\n22        true");
        assert_eq!(for_people(&raw(r#"["a", 1, {"b": 2}]"#)), "a\n1\n{\"b\":2}");
        assert_eq!(for_people(&raw("[]")), "");
    }

    #[test]
    fn spaces_go_and_texts_stay() {
        assert_eq!(compact("{ \"a b\\\" c\" : [ 1.0 ,\n 2 ] }"), r#"{"a b\" c":[1.0,2]}"#);
    }

    #[test]
    fn a_line_is_an_item_or_the_value() {
        assert_eq!(lines("[ {\"a\": 1.50}, [ ], 2 ]"), "{\"a\":1.50}\n[]\n2");
        assert_eq!(lines("{\"a\": [1, 2]}"), "{\"a\":[1,2]}");
        assert_eq!(lines("[]"), "");
    }

    /// Writing copies the JSON, and does not build its values in memory.
    #[test]
    fn a_long_value_is_written_in_little_memory() {
        use crate::memory::{is_alone, peak};
        if !is_alone("runtime::cli::response::tests::a_long_value_is_written_in_little_memory") {
            return;
        }
        let json = raw(&format!("[{}0]", "0,".repeat(8 << 20)));
        let size = json.get().len();
        let directory = tempfile::tempdir().unwrap();
        let target = Target::File(directory.path().join("value"));
        for format in [Format::Json, Format::Lines, Format::Human] {
            let (outcome, grown) = peak(|| value(&json, format, &target));
            outcome.unwrap();
            assert!(grown < size + size / 8, "{grown} bytes for {size} as {format:?}");
        }
    }
}
