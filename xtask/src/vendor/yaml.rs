//! A value as YAML, as a person would write it.
//!
//! In comes a document, out goes its text: keys in their order, two blanks for each level, texts of
//! several lines as they are, long ones folded, a blank line before each section, path and
//! component. The same value always gives the same text. What comes before it is left to others.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Where long texts are folded.
const WIDTH: usize = 92;

/// The text of a document.
pub(super) fn text(document: &Value) -> String {
    let mut writer = Writer { text: String::new(), way: Vec::new() };
    match document {
        Value::Object(object) if !object.is_empty() => writer.object(object, 0),
        Value::Array(items) if !items.is_empty() => writer.list(items, 0),
        scalar => writer.value(scalar, 0),
    }
    writer.text
}

struct Writer<'d> {
    text: String,
    /// The keys that lead to what is being written.
    way: Vec<&'d str>,
}

impl<'d> Writer<'d> {
    fn object(&mut self, object: &'d Map<String, Value>, indent: usize) {
        let apart = matches!(
            self.way.as_slice(),
            [] | ["paths"] | ["components"] | ["components", "schemas"]
        );
        for (index, (key, value)) in object.iter().enumerate() {
            if apart && index > 0 {
                self.text.push('\n');
            }
            self.indent(indent);
            self.text.push_str(&scalar_text(key));
            self.text.push(':');
            self.way.push(key);
            self.value(value, indent);
            self.way.pop();
        }
    }

    /// What stands behind a key or a dash, and the end of its line.
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
                self.list(items, indent + 2);
            }
            Value::String(text) => self.string(text, indent + 2),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let _ = writeln!(self.text, " {value}");
            }
        }
    }

    fn list(&mut self, items: &'d [Value], indent: usize) {
        self.way.push("-");
        for item in items {
            self.indent(indent);
            self.text.push('-');
            let start = self.text.len();
            match item {
                Value::Object(object) if !object.is_empty() => self.object(object, indent + 2),
                Value::Array(items) if !items.is_empty() => self.list(items, indent + 2),
                other => {
                    self.value(other, indent);
                    continue;
                }
            }
            // The first key or dash stands on the line of this one.
            self.text.replace_range(start..start + indent + 1, "");
        }
        self.way.pop();
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
                // Without a number, the blanks that a text begins with would be taken for its
                // indentation.
                let deeper = if text.starts_with([' ', '\n', '\t']) { "2" } else { "" };
                let _ = writeln!(self.text, " |{deeper}{chomping}");
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

/// How a text is written.
enum Style {
    /// On the line of its key.
    Line,
    /// Line by line, below its key.
    Block,
    /// Below its key, with the lines broken between words.
    Folded,
}

fn style(text: &str, indent: usize) -> Style {
    let printable = text.chars().all(|c| c == '\n' || c == '\t' || !is_special(c));
    // Blank lines at the end would run into those between sections.
    let ends_well = !text.ends_with("\n\n") && !text.trim_matches(['\n', ' ', '\t']).is_empty();
    if text.contains('\n') && printable && ends_well {
        return Style::Block;
    }
    let long = indent + text.chars().count() > WIDTH + 8;
    let words = text.split(' ').all(|word| !word.is_empty()) && !text.contains(['\t', '\n']);
    if long && words && printable && text.contains(' ') { Style::Folded } else { Style::Line }
}

/// Whether a character cannot stand in a text without quotes, or ends a line for some readers.
fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A text in lines that are broken at blanks.
fn folded(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let fits = rest.char_indices().nth(width.max(40)).map(|(end, _)| end);
        let Some(end) = fits else { break };
        let before = rest.get(..end).and_then(|part| part.rfind(' '));
        let Some(blank) = before.or_else(|| rest.find(' ')) else { break };
        lines.push(rest.get(..blank).unwrap_or_default());
        rest = rest.get(blank + 1..).unwrap_or_default();
    }
    lines.push(rest);
    lines
}

/// A text on one line, in quotes if it would be read as something else, also by readers of YAML 1.1.
fn scalar_text(text: &str) -> String {
    if text.chars().any(is_special) {
        return double_quoted(text);
    }
    // A date, a time, or a number with groups of digits.
    let means_something = text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(['-', ':', '_'])
        && text.chars().all(|c| c.is_ascii_digit() || "-:.TtZz+_ ".contains(c));
    if means_something || text.starts_with(['-', '+', '=', '.', '<']) {
        return single_quoted(text);
    }
    match clientgen::load::to_yaml(&Value::from(text)) {
        Ok(plain) if !plain.trim_end().contains('\n') => plain.trim_end().to_owned(),
        _ => single_quoted(text),
    }
}

/// A text in quotes that take anything: those of JSON, with more characters escaped.
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
    fn a_document_reads_well() {
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

    #[test]
    fn every_text_comes_back() {
        let long = "x".repeat(200);
        let texts = [
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
            long.as_str(),
        ];
        for one in texts {
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
    fn what_is_no_object_comes_back_too() {
        for value in [json!("a"), json!(null), json!([]), json!({}), json!([{"a": []}])] {
            assert_eq!(read_back(&text(&value)), value);
        }
    }
}
