//! Excerpts of a text for diagnostics.
//!
//! Takes the lines of a text and the start of a node, and returns the end of the node on its line: of the
//! key or item, and of its value if that ends on the same line. The parsers only report where a node
//! starts, so its end is searched for in the line.

use crate::diagnostics::{Excerpt, Position};

/// The number of characters in an excerpt. Some texts are one line of a megabyte.
const MAX_CHARACTERS: usize = 240;

/// The number of these characters that are before the node.
const MAX_CHARACTERS_BEFORE: usize = 60;

/// The number of characters before and after the start of a node that are searched for its end.
const MAX_SEARCHED: usize = 2000;

/// A line of a text.
pub(super) struct Line<'t> {
    text: &'t str,
    /// The byte offset of every [`STRIDE`]th character, so that looking up a column is fast.
    offsets: Vec<usize>,
}

/// The number of characters between two recorded offsets.
const STRIDE: usize = 256;

impl<'t> Line<'t> {
    fn new(text: &'t str) -> Self {
        let offsets = match text.len() > STRIDE {
            true => text.char_indices().step_by(STRIDE).map(|(offset, _)| offset).collect(),
            false => Vec::new(),
        };
        Self { text, offsets }
    }

    /// Splits the line after a number of characters.
    fn split(&self, characters: usize) -> (&'t str, &'t str) {
        let (offset, rest) = match self.offsets.get(characters / STRIDE) {
            Some(offset) => (*offset, characters % STRIDE),
            None if self.offsets.is_empty() => (0, characters),
            None => (self.text.len(), 0),
        };
        let (_, after) = self.text.split_at(offset);
        let (skipped, _) = split(after, rest);
        self.text.split_at(offset + skipped.len())
    }
}

/// Splits a text into lines as its parser counts them. YAML 1.1 has more line breaks than JSON.
pub(super) fn lines(text: &str, is_json: bool) -> Vec<Line<'_>> {
    let breaks: &[char] = match is_json {
        true => &['\n'],
        false => &['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'],
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(breaks) {
        let (line, after) = rest.split_at(end);
        lines.push(Line::new(line));
        let width = after.chars().next().map_or(0, char::len_utf8);
        let width = if after.starts_with("\r\n") { 2 } else { width };
        rest = after.get(width..).unwrap_or_default();
    }
    lines.push(Line::new(rest));
    lines
}

/// Returns the position of a node that starts at a line and column, with its end and excerpt.
pub(super) fn position(
    lines: &[Line<'_>],
    (line, column): (usize, usize),
    is_json: bool,
) -> Position {
    let text = line.checked_sub(1).and_then(|line| lines.get(line));
    let (before, rest) = text.map_or(("", ""), |line| line.split(column.saturating_sub(1)));
    let (searched, unsearched) = split(rest, MAX_SEARCHED);
    // A line longer than that is most likely a flow collection.
    let in_brackets =
        is_json || !unsearched.is_empty() || has_open_bracket(last(before, MAX_SEARCHED));
    let (node, _) = searched.split_at(entry_length(searched, in_brackets));
    let (_, after) = rest.split_at(node.len());
    let end_column = column + node.chars().count();
    Position { line, column, end_column, excerpt: excerpt(before, node, after) }
}

/// Shortens a line to the part around a node.
fn excerpt(before: &str, node: &str, after: &str) -> Excerpt {
    const MAX_CHARACTERS_AFTER: usize = MAX_CHARACTERS - MAX_CHARACTERS_BEFORE;
    let shown = last(before, MAX_CHARACTERS_BEFORE);
    let mut text =
        if shown.len() < before.len() { format!("…{shown}") } else { shown.to_owned() };
    let start = text.len();
    let (shown, hidden) = split(node, MAX_CHARACTERS_AFTER);
    text.push_str(shown);
    let end = text.len();
    if hidden.is_empty() {
        let (shown, hidden) =
            split(after, MAX_CHARACTERS_AFTER.saturating_sub(shown.chars().count()));
        text.push_str(shown);
        text.push_str(if hidden.is_empty() { "" } else { "…" });
    } else {
        text.push('…');
    }
    let text = text.trim_end_matches('\r').to_owned();
    let end = end.min(text.len());
    Excerpt { text, span: start.min(end)..end }
}

/// Splits a string after a number of characters.
fn split(text: &str, characters: usize) -> (&str, &str) {
    let offset = text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset);
    text.split_at(offset)
}

/// Returns the last characters of a string.
fn last(text: &str, characters: usize) -> &str {
    let first = text.char_indices().rev().take(characters).last();
    first.and_then(|(offset, _)| text.get(offset..)).unwrap_or_default()
}

/// Returns whether a bracket is open at the end of a string.
fn has_open_bracket(before: &str) -> bool {
    let mut depth = 0;
    let mut rest = before;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' | '\'' => quoted_length(rest),
            '{' | '[' => {
                depth += 1;
                None
            }
            '}' | ']' => {
                depth -= 1;
                None
            }
            _ => None,
        };
        rest = rest.get(length.unwrap_or(next.len_utf8())..).unwrap_or_default();
    }
    depth > 0
}

/// Returns the length in bytes of the key or item at the beginning of a string, with its value.
fn entry_length(text: &str, in_brackets: bool) -> usize {
    let first_character = || text.chars().next().map_or(0, char::len_utf8);
    let key = node_length(text, in_brackets).unwrap_or_else(first_character);
    let (_, rest) = text.split_at(key);
    let spaces = rest.len() - rest.trim_start().len();
    let Some(after) = rest.trim_start().strip_prefix(':') else { return key };
    let value = after.trim_start();
    let value_start = key + spaces + 1 + (after.len() - value.len());
    match node_length(value, in_brackets) {
        Some(length) if length > 0 => value_start + length,
        _ => key,
    }
}

/// Returns the length in bytes of the node at the beginning of a string, if it ends there.
fn node_length(text: &str, in_brackets: bool) -> Option<usize> {
    match text.chars().next()? {
        '"' | '\'' => quoted_length(text),
        '{' | '[' => bracketed_length(text),
        // A block scalar, an anchor, a tag or a comment.
        '|' | '>' | '&' | '!' | '#' => None,
        _ => Some(plain_length(text, in_brackets)),
    }
}

/// Returns the length in bytes of a quoted scalar, if it ends.
fn quoted_length(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut characters = text.char_indices().skip(1);
    while let Some((at, next)) = characters.next() {
        let after = text.get(at + next.len_utf8()..).unwrap_or_default();
        match next {
            '\\' if quote == '"' => drop(characters.next()),
            '\'' if quote == '\'' && after.starts_with('\'') => drop(characters.next()),
            _ if next == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Returns the length in bytes of a flow collection, if it ends.
fn bracketed_length(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match next {
            '"' | '\'' => {
                at += quoted_length(text.get(at..).unwrap_or_default()).unwrap_or(1);
                continue;
            }
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        at += next.len_utf8();
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Returns the length in bytes of a plain scalar.
fn plain_length(text: &str, in_brackets: bool) -> usize {
    let ends = |(at, next): &(usize, char)| {
        let after = text.get(at + next.len_utf8()..).unwrap_or_default();
        match next {
            ':' => after.is_empty() || after.starts_with(char::is_whitespace),
            '#' => text.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace)),
            ',' | ']' | '}' => in_brackets,
            _ => false,
        }
    };
    let end = text.char_indices().find(ends).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default().trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the part of a line that is underlined for a node that starts at the bar.
    fn underlined(line: &str, is_json: bool) -> String {
        let (before, rest) = line.split_once('¦').unwrap();
        let text = format!("{before}{rest}");
        let column = before.chars().count() + 1;
        let position = position(&[Line::new(&text)], (1, column), is_json);
        let excerpt = &position.excerpt;
        let underlined = excerpt.text[excerpt.span.clone()].to_owned();
        assert_eq!(position.end_column - column, underlined.chars().count());
        underlined
    }

    #[test]
    fn a_span_is_a_key_with_the_value_on_its_line() {
        let yaml = [
            ("  ¦summary: 5", "summary: 5"),
            ("  ¦get:", "get"),
            ("  ¦'200': {description: x}  # good", "'200': {description: x}"),
            ("  ¦description: one, two: # not", "description: one, two"),
            ("  ¦text: |-", "text"),
            ("  ¦enum: [a,", "enum"),
            ("  - ¦name: x", "name: x"),
            ("  - ¦it's", "it's"),
            ("  list: [one, ¦two, {k: v}]", "two"),
            ("  list: [one, two, ¦{k: '}'}]", "{k: '}'}"),
            ("  - ¦{$ref: 'a#/b'}", "{$ref: 'a#/b'}"),
            ("  - {¦$ref: 'it''s', x: 1}", "$ref: 'it''s'"),
            ("  ¦/a/{id}: # path", "/a/{id}"),
            ("  ¦url: https://example.com/#x", "url: https://example.com/#x"),
            ("  ¦ü: ä", "ü: ä"),
            ("  ¦'open: x", "'"),
            (r"  ¦'a\': 5", r"'a\': 5"),
            ("  - ¦one # two", "one"),
            ("  {¦a: , b: 1}", "a"),
            // Brackets in quotes open and close nothing, and those that are closed are not open.
            ("  [']', ¦two, x]", "two"),
            ("  x: ['['] ¦b, c", "b, c"),
            ("  x: [a] ¦b, c", "b, c"),
            ("¦", ""),
        ];
        yaml.iter().for_each(|(line, span)| assert_eq!(underlined(line, false), *span, "{line}"));
        let json = [
            ("  ¦\"a\" : 5,", "\"a\" : 5"),
            ("  ¦\"a\\\"\": \"b\", \"c\": 1", "\"a\\\"\": \"b\""),
            ("  ¦\"a\": {", "\"a\""),
            ("  ¦true}", "true"),
        ];
        json.iter().for_each(|(line, span)| assert_eq!(underlined(line, true), *span, "{line}"));
    }

    #[test]
    fn an_excerpt_of_a_long_line_is_the_part_around_the_node() {
        let line = format!("{}\"k\": 1{}", "a".repeat(5000), ",ä".repeat(5000));
        let position = super::position(&[Line::new(&line)], (1, 5001), true);
        assert_eq!((position.column, position.end_column), (5001, 5007));
        assert_eq!(position.excerpt.text.get(position.excerpt.span.clone()), Some("\"k\": 1"));
        assert_eq!(position.excerpt.text.chars().count(), MAX_CHARACTERS + 2);
        let value = format!("\"k\": \"{}\"", "ä".repeat(1000));
        let position = super::position(&[Line::new(&value)], (1, 1), true);
        assert_eq!(position.end_column, 1008);
        assert_eq!(position.excerpt.span.len() + '…'.len_utf8(), position.excerpt.text.len());
        assert_eq!(
            position.excerpt.text.chars().count(),
            MAX_CHARACTERS - MAX_CHARACTERS_BEFORE + 1
        );
    }

    #[test]
    fn lines_are_split_as_the_parser_does() {
        let text = "a\r\nb\u{2028}c\rd\n";
        let texts = |is_json| lines(text, is_json).iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts(false), ["a", "b", "c", "d", ""]);
        assert_eq!(texts(true), ["a\r", "b\u{2028}c\rd", ""]);
        assert_eq!(position(&lines("x", false), (7, 3), false).excerpt, Excerpt::default());
    }

    #[test]
    fn a_column_of_a_long_line_counts_characters() {
        let text = "äb€".repeat(400);
        let line = Line::new(&text);
        for column in 0..1300 {
            assert_eq!(line.split(column), split(&text, column), "{column}");
        }
    }
}
