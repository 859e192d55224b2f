//! Formats a document as readable YAML.
//!
//! Takes a value and returns text: keys in their order, two spaces per level, strings with several lines
//! as block scalars, long strings folded, and a blank line before each section, path and component. The
//! result is deterministic. Leaves the header to `header`.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The width at which long strings are folded.
const WIDTH: usize = 92;

/// Formats a document.
pub(super) fn text(document: &Value) -> String {
    let mut writer = Writer { text: String::new(), path: Vec::new() };
    match document {
        Value::Object(object) if !object.is_empty() => writer.object(object, 0),
        Value::Array(items) if !items.is_empty() => writer.array(items, 0),
        scalar => writer.value(scalar, 0),
    }
    writer.text
}

struct Writer<'d> {
    text: String,
    /// The keys from the root to the current node.
    path: Vec<&'d str>,
}

impl<'d> Writer<'d> {
    fn object(&mut self, object: &'d Map<String, Value>, indent: usize) {
        let is_separated = matches!(
            self.path.as_slice(),
            [] | ["paths"] | ["components"] | ["components", "schemas"]
        );
        for (index, (key, value)) in object.iter().enumerate() {
            if is_separated && index > 0 {
                self.text.push('\n');
            }
            self.indent(indent);
            self.text.push_str(&scalar_text(key));
            self.text.push(':');
            self.path.push(key);
            self.value(value, indent);
            self.path.pop();
        }
    }

    /// Writes the value after a key or a dash, with the end of the line.
    fn value(&mut self, value: &'d Value, indent: usize) {
        match value {
            Value::Object(object) if object.is_empty() => self.text.push_str(" {}\n"),
            Value::Array(items) if items.is_empty() => self.text.push_str(" []\n"),
            Value::Object(object) => {
                self.text.push('\n');
                self.object(object, indent + 2);
            }
            Value::Array(items) => {
                self.text.push('\n');
                self.array(items, indent + 2);
            }
            Value::String(text) => self.string(text, indent + 2),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let _ = writeln!(self.text, " {value}");
            }
        }
    }

    fn array(&mut self, items: &'d [Value], indent: usize) {
        self.path.push("-");
        for item in items {
            self.indent(indent);
            self.text.push('-');
            let start = self.text.len();
            match item {
                Value::Object(object) if !object.is_empty() => self.object(object, indent + 2),
                Value::Array(items) if !items.is_empty() => self.array(items, indent + 2),
                other => {
                    self.value(other, indent);
                    continue;
                }
            }
            // The first key or dash is on the same line.
            self.text.replace_range(start..start + indent + 1, "");
        }
        self.path.pop();
    }

    fn string(&mut self, text: &str, indent: usize) {
        match style(text, indent) {
            Style::Line => {
                let _ = writeln!(self.text, " {}", scalar_text(text));
            }
            Style::Block => {
                let (lines, chomping) = match text.strip_suffix('\n') {
                    Some(lines) => (lines, ""),
                    None => (text, "-"),
                };
                // Without an indentation indicator, leading spaces would count as indentation.
                let indicator = if text.starts_with([' ', '\n', '\t']) { "2" } else { "" };
                let _ = writeln!(self.text, " |{indicator}{chomping}");
                self.lines(lines.split('\n'), indent);
            }
            Style::Folded => {
                self.text.push_str(" >-\n");
                self.lines(folded(text, WIDTH.saturating_sub(indent)).into_iter(), indent);
            }
        }
    }

    fn lines<'t>(&mut self, lines: impl Iterator<Item = &'t str>, indent: usize) {
        for line in lines {
            if !line.is_empty() {
                self.indent(indent);
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
    }
}

/// The style of a string.
enum Style {
    /// On the line of its key.
    Line,
    /// A block scalar.
    Block,
    /// A folded scalar.
    Folded,
}

fn style(text: &str, indent: usize) -> Style {
    let is_printable = text.chars().all(|c| c == '\n' || c == '\t' || !is_special(c));
    // Trailing blank lines would mix with the blank lines between sections.
    let has_content_at_end =
        !text.ends_with("\n\n") && !text.trim_matches(['\n', ' ', '\t']).is_empty();
    if text.contains('\n') && is_printable && has_content_at_end {
        return Style::Block;
    }
    let is_long = indent + text.chars().count() > WIDTH + 8;
    let has_single_spaces =
        text.split(' ').all(|word| !word.is_empty()) && !text.contains(['\t', '\n']);
    if is_long && has_single_spaces && is_printable && text.contains(' ') {
        Style::Folded
    } else {
        Style::Line
    }
}

/// Returns whether a character needs quotes, or is a line break for some parsers.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Breaks a string into lines at spaces.
fn folded(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let limit = rest.char_indices().nth(width.max(40)).map(|(end, _)| end);
        let Some(end) = limit else { break };
        let before = rest.get(..end).and_then(|part| part.rfind(' '));
        let Some(space) = before.or_else(|| rest.find(' ')) else { break };
        lines.push(rest.get(..space).unwrap_or_default());
        rest = rest.get(space + 1..).unwrap_or_default();
    }
    lines.push(rest);
    lines
}

/// Formats a string on one line, quoted if a parser of YAML 1.1 or 1.2 would read another type.
fn scalar_text(text: &str) -> String {
    if text.chars().any(is_special) {
        return double_quoted(text);
    }
    // A date, a time, or a number with groups of digits.
    let is_ambiguous = text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(['-', ':', '_'])
        && text.chars().all(|c| c.is_ascii_digit() || "-:.TtZz+_ ".contains(c));
    if is_ambiguous || text.starts_with(['-', '+', '=', '.', '<']) {
        return single_quoted(text);
    }
    match clientgen::load::to_yaml(&Value::from(text)) {
        Ok(plain) if !plain.trim_end().contains('\n') => plain.trim_end().to_owned(),
        _ => single_quoted(text),
    }
}

/// Formats a string in double quotes, like JSON with more escaped characters.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::new();
    for c in Value::from(text).to_string().chars() {
        match is_special(c) {
            true => drop(write!(quoted, "\\u{:04x}", u32::from(c))),
            false => quoted.push(c),
        }
    }
    quoted
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clientgen::diagnostics::Diagnostics;
    use clientgen::load;
    use serde_json::json;

    use super::*;

    fn read_back(text: &str) -> Value {
        let source = BTreeMap::from([("a".to_owned(), text.to_owned())]);
        load::load(&source, "a", &mut Diagnostics::default())
            .unwrap_or_else(|| panic!("{text}"))
            .value
    }

    #[test]
    fn a_document_is_formatted() {
        let long = "word ".repeat(30);
        let document = json!({
            "openapi": "3.0.3",
            "paths": {"/a": {"get": {"tags": ["A", "b: c"], "x-none": {}, "x-list": []}}, "/b": {"$ref": "#/paths/~1a"}},
            "x-more": {"200": "two\nlines\n", "short": null, "long": long.trim_end(), "rows": [[1, 2.5], {"a": true, "b": "'"}]}
        });
        let words =
            "word word word word word word word word word word word word word word word word word";
        let expected = format!(
            "openapi: 3.0.3\n\npaths:\n  /a:\n    get:\n      tags:\n        - A\n        - 'b: c'\n      x-none: {{}}\n      x-list: []\n\n  /b:\n    $ref: '#/paths/~1a'\n\nx-more:\n  '200': |\n    two\n    lines\n  short: null\n  long: >-\n    {words}\n    {}\n  rows:\n    -\n",
            "word ".repeat(13).trim_end()
        );
        let found = text(&document);
        assert!(found.starts_with(expected.trim_end_matches("    -\n")), "{found}");
        assert!(
            found.ends_with("  rows:\n    - - 1\n      - 2.5\n    - a: true\n      b: ''''\n"),
            "{found}"
        );
        assert_eq!(read_back(&found), document);
    }

    /// Strings that mean something else in YAML unless they are quoted, and unusual ones.
    const STRINGS: [&str; 65] = [
        "",
        " ",
        "\n",
        "\n\n",
        "a\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a\n b\n",
        "a\n\n\nb",
        "a \nb",
        "a\tb",
        "\ta\nb",
        "a\r\nb",
        "a\u{85}b",
        "a\u{2028}b\nc",
        "\u{feff}a",
        "\u{0}",
        "yes",
        "No",
        "on",
        "~",
        "null",
        "true",
        "1",
        "1.0",
        "1e3",
        "0x1F",
        "0o7",
        "012",
        "1_000",
        "12:30",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        ".inf",
        "-",
        "- a",
        "-a",
        "+1",
        "=",
        "a: b",
        "a #b",
        "#a",
        "'a'",
        "\"a\"",
        "a'b",
        "[a",
        "{a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "?",
        "? a",
        ": a",
        "a:",
        "---",
        "...",
        "\\",
        "é",
        "😀",
    ];

    #[test]
    fn every_string_is_preserved() {
        let long = "x".repeat(200);
        for one in STRINGS.into_iter().chain([long.as_str()]) {
            let words = format!("{one} {}", "some words ".repeat(15));
            for text_of in [
                one.to_owned(),
                words.clone(),
                words.trim_end().to_owned(),
                format!("{one}\n  {one}\n"),
            ] {
                let document = json!({"a": {text_of.clone(): {"b": text_of, "c": [text_of, [text_of]]}}, "d": text_of});
                let written = text(&document);
                assert_eq!(read_back(&written), document, "{written}");
            }
        }
    }

    #[test]
    fn other_values_are_preserved() {
        for value in [json!("a"), json!(null), json!([]), json!({}), json!([{"a": []}])] {
            assert_eq!(read_back(&text(&value)), value);
        }
    }
}
