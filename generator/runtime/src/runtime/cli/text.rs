//! Texts on a terminal.

use std::error::Error;

/// A text from elsewhere without what would steer the terminal. Line breaks and tabs become spaces.
pub(super) fn printable(text: &str) -> String {
    let space = |c: char| if matches!(c, '\n' | '\t' | '\r') { ' ' } else { c };
    text.trim().chars().map(space).map(harmless).collect()
}

/// A text of several lines without what would steer the terminal. Line breaks and tabs stay.
pub(super) fn lines(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { harmless(c) }).collect()
}

/// Control characters, and those that change the direction of what follows (Unicode, UAX #9), as a
/// replacement character.
fn harmless(c: char) -> char {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { '\u{fffd}' } else { c }
}

/// An error with its cause, in one line.
pub(super) fn cause(error: &dyn Error) -> String {
    crate::runtime::builder::causes(error)
}

/// A description of a document as help: lines that belong to one paragraph are joined, so that the
/// terminal breaks them where it ends. Lists, tables and code keep their lines.
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
        let begins_anew = in_code || line.starts_with(['-', '*', '|', '#', '>', '+', ' ']);
        if joins && !begins_anew {
            help.push(' ');
        } else if !help.is_empty() && !help.ends_with('\n') {
            help.push('\n');
        }
        help.push_str(if in_code { line } else { line.trim_start() });
        joins = !in_code && !line.starts_with(['|', '#']);
    }
    help.trim().to_owned()
}

/// The first paragraph of a text, in one line, without the stop at its end.
pub(super) fn summary(text: &str) -> String {
    let help = help(text);
    let first = help.split("\n").next().unwrap_or_default().trim();
    first.strip_suffix('.').unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_taken_out() {
        assert_eq!(printable(" a\x1b[2Jb\nc\u{7f}\u{9b}1m "), "a\u{fffd}[2Jb c\u{fffd}\u{fffd}1m");
    }

    #[test]
    fn lines_stay_and_nothing_in_them_steers_the_terminal() {
        assert_eq!(lines("a\n\tb\x1b]0;x\x07"), "a\n\tb\u{fffd}]0;x\u{fffd}");
        assert_eq!(lines("to\u{202e}txt\u{2066}"), "to\u{fffd}txt\u{fffd}");
    }

    #[test]
    fn paragraphs_are_lines_and_lists_stay_lists() {
        let text = "Some words\nof one paragraph.\n\nList:\n\n- `A`: one\n  more of it\n- two\n\n```text\n  code\n  code\n```\nAnd on.";
        let expected = "Some words of one paragraph.\n\nList:\n\n- `A`: one\nmore of it\n- two\n\n  code\n  code\nAnd on.";
        assert_eq!(help(text), expected);
        assert_eq!(summary(text), "Some words of one paragraph");
        assert_eq!(summary(""), "");
    }
}
