//! Text of a document, escaped for the place where it is written. Nothing else in the project escapes.
//!
//! Takes any string and returns one that means itself at the target. What the string is for, and where
//! it goes, is left to the caller.
//!
//! | target | function |
//! |---|---|
//! | documentation, blocks of it | [`markdown()`], [`first_block`] |
//! | documentation, within a line | [`inline`], [`code`] |
//! | documentation, a cell of a table | [`cell`], [`code_cell`] |
//! | a source file of Rust, or a README, as a whole | [`visible`] |
//! | a comment in a file's first line | [`comment`] |
//! | a string or a key of TOML | [`toml_string`], [`toml_key`] |
//! | a name of a file | [`path_component`] |
//! | a terminal, several lines | [`visible`] |
//! | a terminal or a message, within a line | [`line()`] |
//! | a document of JSON | [`json`] |
//!
//! String literals of Rust are made by `quote!`, which escapes what ends a literal; [`visible`] then
//! writes hidden characters as escapes, which mean the same character in a literal.

pub mod markdown;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

pub use markdown::{cell, code, code_cell, first_block, inline, markdown};

/// Whether a character cannot be seen, or changes how others are seen: controls, the separators of
/// lines and paragraphs, and what Unicode calls default ignorable (UAX #44), bidirectional controls
/// among them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A text of several lines in which each hidden character is written as `\u{…}`. Line feeds and tabs
/// stay, and so does the selector that chooses between the two looks of an emoji.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, |c| matches!(c, '\n' | '\t'))
}

/// A text in one line: as [`visible`], with line feeds and tabs as `\n` and `\t`.
pub fn line(text: &str) -> Cow<'_, str> {
    escaped(text, |_| false)
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut previous = None;
    for c in text.chars() {
        let of_emoji = matches!(c, '\u{fe0e}' | '\u{fe0f}') && previous.is_some_and(is_symbol);
        match c {
            c if !is_hidden(c) || stays(c) || of_emoji => shown.push(c),
            '\n' | '\r' | '\t' => shown.extend(c.escape_default()),
            c => shown.extend(c.escape_unicode()),
        }
        previous = Some(c);
    }
    Cow::Owned(shown)
}

/// Whether a character may be an emoji, as far as that can be told without a table.
fn is_symbol(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !is_hidden(c)
}

/// A text within a comment of one line, whatever begins and ends comments in the file's language.
pub fn comment(text: &str) -> String {
    line(text).replace("--", "-\\u{2d}").replace("*/", "*\\u{2f}").replace("/*", "/\\u{2a}")
}

/// A basic string of TOML, with its quotes.
pub fn toml_string(text: &str) -> String {
    let mut string = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => string.extend(['\\', c]),
            c if is_hidden(c) => string.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => string.push(c),
        }
    }
    string + "\""
}

/// A key of TOML, in quotes unless it is a bare one.
pub fn toml_key(name: &str) -> Cow<'_, str> {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !name.is_empty() && name.chars().all(bare) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(toml_string(name)),
    }
}

/// A serialized document of JSON with hidden characters as escapes. They only stand in its strings.
pub fn json(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| is_hidden(c) && c != '\n';
    if !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match hidden(c) {
            false => shown.push(c),
            true => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| shown.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    Cow::Owned(shown)
}

/// The longest name of a file or folder, without what is put behind it: systems allow 255 bytes.
const LONGEST_NAME: usize = 80;

/// Names that Windows keeps for devices, whatever the extension.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name that a file can have on every system, made of small letters, digits and `_`, and short
/// enough. Two texts can give the same one, and none gives an empty one. It is a Rust identifier.
pub fn path_component(text: &str) -> String {
    let mut name = String::new();
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => name.push_str(&format!("_u{:x}_", u32::from(c))),
            _ => name.push('_'),
        }
        if name.len() > 2 * LONGEST_NAME {
            break;
        }
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    name.truncate(LONGEST_NAME);
    let name = name.trim_end_matches('_').to_owned();
    match name.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if is_device(&name) => format!("{name}_"),
        Some(_) => name,
    }
}

/// Whether Windows takes a name for that of a device.
fn is_device(name: &str) -> bool {
    let port = |name: &str| matches!(name.as_bytes(), [b'0'..=b'9']);
    DEVICES.contains(&name)
        || ["com", "lpt"].iter().any(|kind| name.strip_prefix(kind).is_some_and(port))
}

#[cfg(test)]
mod tests;
