//! What a place looks like in its text.
//!
//! In come the lines of a text and the beginning of a place, out goes how far the place reaches on
//! its line: the key or the item that begins there, and its value if that ends on the same line. The
//! parsers say where something begins and not where it ends, so the end is looked for in the line.

use crate::diagnostics::{Excerpt, Position};

/// How many characters of a line are shown. Some texts are one line of a megabyte.
const SHOWN: usize = 240;

/// How many of them stand before the place, if there are so many.
const BEFORE: usize = 60;

/// How many characters before and after the beginning of a place are looked at to find its end.
const REACH: usize = 2000;

/// A line of a text.
pub(super) struct Line<'t> {
    text: &'t str,
    /// Where every so many characters begin, so that nobody has to count from the beginning.
    marks: Vec<usize>,
}

/// How many characters are between two marks.
const STRIDE: usize = 256;

impl<'t> Line<'t> {
    fn new(text: &'t str) -> Self {
        let marks = match text.len() > STRIDE {
            true => text.char_indices().step_by(STRIDE).map(|(at, _)| at).collect(),
            false => Vec::new(),
        };
        Self { text, marks }
    }

    /// The line before and after a number of characters.
    fn split(&self, characters: usize) -> (&'t str, &'t str) {
        let mark = characters / STRIDE;
        let (mark, rest) = match self.marks.get(mark) {
            Some(at) => (*at, characters % STRIDE),
            None if self.marks.is_empty() => (0, characters),
            None => (self.text.len(), 0),
        };
        let (_, behind) = self.text.split_at(mark);
        let (passed, _) = split(behind, rest);
        self.text.split_at(mark + passed.len())
    }
}

/// The lines of a text as its parser counts them. YAML 1.1 knows more ends of lines than JSON.
pub(super) fn lines(text: &str, is_json: bool) -> Vec<Line<'_>> {
    let ends: &[char] = match is_json {
        true => &['\n'],
        false => &['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'],
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(ends) {
        let (line, behind) = rest.split_at(end);
        lines.push(Line::new(line));
        let width = behind.chars().next().map_or(0, char::len_utf8);
        let width = if behind.starts_with("\r\n") { 2 } else { width };
        rest = behind.get(width..).unwrap_or_default();
    }
    lines.push(Line::new(rest));
    lines
}

/// A place with its end and its line.
pub(super) fn position(
    lines: &[Line<'_>],
    (line, column): (usize, usize),
    is_json: bool,
) -> Position {
    let text = line.checked_sub(1).and_then(|line| lines.get(line));
    let (before, rest) = text.map_or(("", ""), |line| line.split(column.saturating_sub(1)));
    // A key or a value that is longer than what is shown ends somewhere.
    let (near, far) = split(rest, REACH);
    let in_brackets = is_json || !far.is_empty() || unclosed(last(before, REACH));
    let (place, _) = near.split_at(reach(near, in_brackets));
    let (_, behind) = rest.split_at(place.len());
    let end_column = column + place.chars().count();
    Position { line, column, end_column, excerpt: excerpt(before, place, behind) }
}

/// The line around a place, without what is too far from it.
fn excerpt(before: &str, place: &str, behind: &str) -> Excerpt {
    let near = last(before, BEFORE);
    let mut text = if near.len() < before.len() { format!("…{near}") } else { near.to_owned() };
    let start = text.len();
    let (shown, hidden) = split(place, SHOWN - BEFORE);
    text.push_str(shown);
    let end = text.len();
    let (after, more) = split(behind, (SHOWN - BEFORE).saturating_sub(shown.chars().count()));
    if hidden.is_empty() {
        text.push_str(after);
    }
    if !hidden.is_empty() || !more.is_empty() {
        text.push('…');
    }
    let text = text.trim_end_matches('\r').to_owned();
    let end = end.min(text.len());
    Excerpt { text, span: start.min(end)..end }
}

/// A text before and after a number of characters.
fn split(text: &str, characters: usize) -> (&str, &str) {
    let at = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

/// The last characters of a text.
fn last(text: &str, characters: usize) -> &str {
    let first = text.char_indices().rev().take(characters).last();
    first.and_then(|(at, _)| text.get(at..)).unwrap_or_default()
}

/// Whether a bracket is open at the end of a text.
fn unclosed(before: &str) -> bool {
    let mut depth = 0;
    let mut rest = before;
    while let Some(next) = rest.chars().next() {
        let step = match next {
            '"' | '\'' => quoted(rest),
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
        rest = rest.get(step.unwrap_or(next.len_utf8())..).unwrap_or_default();
    }
    depth > 0
}

/// How many bytes of a text a key or an item has, with its value.
fn reach(text: &str, in_brackets: bool) -> usize {
    let key =
        node(text, in_brackets).unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8));
    let (_, rest) = text.split_at(key);
    let spaces = rest.len() - rest.trim_start().len();
    let Some(behind) = rest.trim_start().strip_prefix(':') else { return key };
    let value = behind.trim_start();
    let begins = key + spaces + 1 + (behind.len() - value.len());
    match node(value, in_brackets) {
        Some(length) if length > 0 => begins + length,
        _ => key,
    }
}

/// How many bytes of a text the node has that it begins with, if that ends there.
fn node(text: &str, in_brackets: bool) -> Option<usize> {
    match text.chars().next()? {
        '"' | '\'' => quoted(text),
        '{' | '[' => bracketed(text),
        // A block of text, an anchor or a tag, and a comment.
        '|' | '>' | '&' | '!' | '#' => None,
        _ => Some(plain(text, in_brackets)),
    }
}

/// A text in quotes, if it ends.
fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut characters = text.char_indices().skip(1);
    while let Some((at, next)) = characters.next() {
        let behind = text.get(at + next.len_utf8()..).unwrap_or_default();
        match next {
            '\\' if quote == '"' => drop(characters.next()),
            '\'' if quote == '\'' && behind.starts_with('\'') => drop(characters.next()),
            _ if next == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A list or an object in brackets, if it ends.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0;
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match next {
            '"' | '\'' => {
                at += quoted(text.get(at..).unwrap_or_default()).unwrap_or(1);
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

/// A scalar without quotes.
fn plain(text: &str, in_brackets: bool) -> usize {
    let ends = |(at, next): &(usize, char)| {
        let behind = text.get(at + next.len_utf8()..).unwrap_or_default();
        match next {
            ':' => behind.is_empty() || behind.starts_with(char::is_whitespace),
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

    /// What of a line is underlined for a place that begins at a bar.
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
    fn a_place_is_a_key_with_the_value_on_its_line() {
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
        yaml.iter().for_each(|(line, place)| assert_eq!(underlined(line, false), *place, "{line}"));
        let json = [
            ("  ¦\"a\" : 5,", "\"a\" : 5"),
            ("  ¦\"a\\\"\": \"b\", \"c\": 1", "\"a\\\"\": \"b\""),
            ("  ¦\"a\": {", "\"a\""),
            ("  ¦true}", "true"),
        ];
        json.iter().for_each(|(line, place)| assert_eq!(underlined(line, true), *place, "{line}"));
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let line = format!("{}\"k\": 1{}", "a".repeat(5000), ",ä".repeat(5000));
        let found = position(&[Line::new(&line)], (1, 5001), true);
        assert_eq!((found.column, found.end_column), (5001, 5007));
        assert_eq!(found.excerpt.text.get(found.excerpt.span.clone()), Some("\"k\": 1"));
        assert_eq!(found.excerpt.text.chars().count(), SHOWN + 2);
        let value = format!("\"k\": \"{}\"", "ä".repeat(1000));
        let found = position(&[Line::new(&value)], (1, 1), true);
        assert_eq!(found.end_column, 1008);
        assert_eq!(found.excerpt.span.len() + '…'.len_utf8(), found.excerpt.text.len());
        assert_eq!(found.excerpt.text.chars().count(), SHOWN - BEFORE + 1);
    }

    #[test]
    fn lines_are_those_of_the_parser() {
        let text = "a\r\nb\u{2028}c\rd\n";
        let texts = |is_json| lines(text, is_json).iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts(false), ["a", "b", "c", "d", ""]);
        assert_eq!(texts(true), ["a\r", "b\u{2028}c\rd", ""]);
        assert_eq!(position(&lines("x", false), (7, 3), false).excerpt, Excerpt::default());
    }

    #[test]
    fn a_column_of_a_long_line_is_a_character() {
        let text = "äb€".repeat(400);
        let line = Line::new(&text);
        for column in 0..1300 {
            assert_eq!(line.split(column), split(&text, column), "{column}");
        }
    }
}
