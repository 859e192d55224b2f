//! Text for the terminal.

use std::error::Error;

/// Makes foreign text safe for the terminal, on one line. Line breaks and tabs become spaces.
pub(super) fn printable(text: &str) -> String {
    let space = |c: char| if matches!(c, '\n' | '\t' | '\r') { ' ' } else { c };
    text.trim().chars().map(space).map(harmless).collect()
}

/// Makes foreign text of several lines safe for the terminal. Line breaks and tabs are kept.
pub(super) fn lines(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { harmless(c) }).collect()
}

/// Replaces control characters, and those that change the direction of text (Unicode, UAX #9).
fn harmless(c: char) -> char {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { '\u{fffd}' } else { c }
}

/// Returns an error with its causes, in one line.
pub(super) fn cause(error: &dyn Error) -> String {
    crate::runtime::builder::causes(error)
}

/// Formats a description of the document as help. The lines of a paragraph are joined, so that they
/// are wrapped at the width of the terminal. Lists, tables and code keep their lines.
pub(super) fn help(text: &str) -> String {
    let mut help = String::new();
    let mut in_code = false;
    let mut joins = false;
    for line in text.lines().map(str::trim_end) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            joins = false;
            continue;
        }
        if line.is_empty() {
            help.push_str("\n\n");
            joins = false;
            continue;
        }
        let starts_line = in_code || line.starts_with(['-', '*', '|', '#', '>', '+', ' ']);
        if joins && !starts_line {
            help.push(' ');
        } else if !help.is_empty() && !help.ends_with('\n') {
            help.push('\n');
        }
        help.push_str(if in_code { line } else { line.trim_start() });
        joins = !in_code && !line.starts_with(['|', '#']);
    }
    help.trim().to_owned()
}

/// Returns the first paragraph, on one line, without its full stop.
pub(super) fn summary(text: &str) -> String {
    let help = help(text);
    let first = help.split("\n").next().unwrap_or_default().trim();
    first.strip_suffix('.').unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(printable(" a\x1b[2Jb\nc\u{7f}\u{9b}1m "), "a\u{fffd}[2Jb c\u{fffd}\u{fffd}1m");
    }

    #[test]
    fn line_breaks_are_kept_and_control_characters_are_replaced() {
        assert_eq!(lines("a\n\tb\x1b]0;x\x07"), "a\n\tb\u{fffd}]0;x\u{fffd}");
        assert_eq!(lines("to\u{202e}txt\u{2066}"), "to\u{fffd}txt\u{fffd}");
    }

    #[test]
    fn lines_of_paragraphs_are_joined_and_lists_are_kept() {
        let text = "Some words\nof one paragraph.\n\nList:\n\n- `A`: one\n  more of it\n- two\n\n```text\n  code\n  code\n```\nAnd on.";
        let expected = "Some words of one paragraph.\n\nList:\n\n- `A`: one\nmore of it\n- two\n\n  code\n  code\nAnd on.";
        assert_eq!(help(text), expected);
        assert_eq!(summary(text), "Some words of one paragraph");
        assert_eq!(summary(""), "");
    }
}
