//! Converts any string to an identifier.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use unicode_normalization::UnicodeNormalization;

use crate::escape;

/// The case of an identifier (Rust API Guidelines, C-CASE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// `LikeThis`
    UpperCamel,
    /// `like_this`
    Snake,
    /// `LIKE_THIS`
    Screaming,
}

/// The maximum number of characters of a name. Names that are equal up to it get a number.
const LONGEST: usize = 200;

/// Returns an identifier with the words of a string. Two strings may have the same one.
pub(super) fn identifier(text: &str, case: Case) -> String {
    let text = text.char_indices().nth(LONGEST).map_or(text, |(end, _)| text.split_at(end).0);
    let words = spell(text);
    let cased = match case {
        Case::UpperCamel => words.to_upper_camel_case(),
        Case::Snake => words.to_snake_case(),
        Case::Screaming => words.to_shouty_snake_case(),
    };
    // Some letters have several in the other case.
    let cased: String = cased.nfc().collect();
    match cased.chars().next() {
        None => apply("empty", case),
        Some(first) if !unicode_ident::is_xid_start(first) => match case {
            Case::UpperCamel => format!("N{cased}"),
            Case::Snake => format!("n{cased}"),
            Case::Screaming => format!("N{cased}"),
        },
        Some(_) => cased,
    }
}

fn apply(word: &str, case: Case) -> String {
    match case {
        Case::UpperCamel => word.to_upper_camel_case(),
        Case::Snake => word.to_snake_case(),
        Case::Screaming => word.to_shouty_snake_case(),
    }
}

/// Returns a string of letters, digits and spaces. Punctuation is spelled out if the string has nothing
/// else, or if it precedes a word, as in `-created`: there it distinguishes values.
fn spell(text: &str) -> String {
    // Identifiers are compared in this form (The Rust Reference, Identifiers).
    let text: String = text.nfc().collect();
    let bare = !text.chars().any(is_word);
    let mut spelled = String::new();
    let mut previous = None;
    for character in text.chars() {
        let leading = previous.is_none_or(|previous: char| previous.is_whitespace());
        match character {
            c if is_word(c) => spelled.push(c),
            c @ ('+' | '-' | '<' | '>' | '=' | '!') if leading || bare => {
                spelled.push_str(&format!(" {} ", sign(c)))
            }
            c if bare && !c.is_whitespace() => spelled.push_str(&format!(" {} ", sign(c))),
            '\'' => {}
            _ => spelled.push(' '),
        }
        previous = Some(character);
    }
    spelled
}

/// Returns whether an identifier may contain a character (The Rust Reference, Identifiers). The
/// underscore is excluded: it separates words.
fn is_word(c: char) -> bool {
    c != '_' && unicode_ident::is_xid_continue(c) && !escape::is_hidden(c)
}

fn sign(c: char) -> String {
    let name = match c {
        '*' => "all",
        '+' => "plus",
        '-' => "minus",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '/' => "slash",
        '\\' => "backslash",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '~' => "tilde",
        '^' => "caret",
        '_' => "underscore",
        '(' | '[' | '{' => "open",
        ')' | ']' | '}' => "close",
        other => return format!("u{:x}", u32::from(other)),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_an_identifier() {
        let cases = [
            ("IDENTITIES_DETAILS", "IdentitiesDetails", "identities_details"),
            ("taskResultId", "TaskResultId", "task_result_id"),
            ("*", "All", "all"),
            ("+1", "Plus1", "plus_1"),
            ("-created", "MinusCreated", "minus_created"),
            ("read-write", "ReadWrite", "read_write"),
            (">=", "GreaterEqual", "greater_equal"),
            ("3d model", "N3dModel", "n3d_model"),
            ("$ref", "Ref", "ref"),
            ("@type", "Type", "type"),
            ("", "Empty", "empty"),
            ("größe", "Größe", "größe"),
            ("☃", "U2603", "u2603"),
            ("it's", "Its", "its"),
            ("ⓐ²", "U24d0Ub2", "u24d0_ub2"),
            ("\u{390}a", "\u{3aa}\u{301}a", "\u{390}a"),
            ("e\u{301}te\u{301}", "\u{c9}t\u{e9}", "\u{e9}t\u{e9}"),
            ("a\u{fe0f}b\u{200d}c\u{3164}", "ABC", "a_b_c"),
        ];
        for (text, camel, snake) in cases {
            assert_eq!(identifier(text, Case::UpperCamel), camel, "{text}");
            assert_eq!(identifier(text, Case::Snake), snake, "{text}");
        }
    }
}
