//! Escapes strings of a document for each output format. Nothing else in the project escapes.
//!
//! Takes any string and returns one that is data, and never syntax, in the output format. Leaves the
//! choice of the function to the caller:
//!
//! | output | function |
//! |---|---|
//! | documentation: blocks | [`markdown()`], [`first_block`] |
//! | documentation: within a line | [`inline`], [`code`] |
//! | documentation: a table cell | [`cell`], [`code_cell`] |
//! | a Rust source file, or a README, as a whole | [`visible`] |
//! | a one-line comment | [`comment`] |
//! | a TOML string or key | [`toml_string`], [`toml_key`] |
//! | a file name | [`path_component`] |
//! | a terminal: several lines | [`visible`] |
//! | a terminal or a message: within a line | [`line()`] |
//! | a JSON document | [`json`] |
//!
//! `quote!` escapes Rust string literals. [`visible`] then replaces the hidden characters in them with
//! escapes of the same meaning.

pub mod markdown;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

pub use markdown::{cell, code, code_cell, first_block, inline, markdown};

/// Returns whether a character is invisible or changes the display of others: control characters, line and
/// paragraph separators, and default ignorable characters (UAX #44), which include bidirectional controls.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Escapes hidden characters as `\u{…}`, except for line feeds, tabs and the variation selectors of emoji.
pub fn visible(text: &str) -> Cow<'_, str> {
    escape_hidden(text, |c| matches!(c, '\n' | '\t'))
}

/// Escapes hidden characters like [`visible`], and line feeds and tabs as `\n` and `\t`.
pub fn line(text: &str) -> Cow<'_, str> {
    escape_hidden(text, |_| false)
}

fn escape_hidden(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    let mut previous = None;
    for c in text.chars() {
        let is_selector = matches!(c, '\u{fe0e}' | '\u{fe0f}') && previous.is_some_and(is_symbol);
        match c {
            c if !is_hidden(c) || is_kept(c) || is_selector => escaped.push(c),
            '\n' | '\r' | '\t' => escaped.extend(c.escape_default()),
            c => escaped.extend(c.escape_unicode()),
        }
        previous = Some(c);
    }
    Cow::Owned(escaped)
}

/// Returns whether a character may be an emoji, without a table of them.
fn is_symbol(c: char) -> bool {
    !c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace() && !is_hidden(c)
}

/// Escapes a string for a one-line comment, in any language that the project generates.
pub fn comment(text: &str) -> String {
    line(text).replace("--", "-\\u{2d}").replace("*/", "*\\u{2f}").replace("/*", "/\\u{2a}")
}

/// Returns a TOML basic string, with its quotes.
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

/// Returns a TOML key, quoted unless it can be a bare key.
pub fn toml_key(name: &str) -> Cow<'_, str> {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    match !name.is_empty() && name.chars().all(is_bare) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(toml_string(name)),
    }
}

/// Escapes the hidden characters of a serialized JSON document, which only its strings can contain.
pub fn json(text: &str) -> Cow<'_, str> {
    let is_escaped = |c: char| is_hidden(c) && c != '\n';
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match is_escaped(c) {
            false => escaped.push(c),
            true => c
                .encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    Cow::Owned(escaped)
}

/// The maximum length of a file name, without its extension and suffixes. File systems allow 255 bytes.
const MAX_NAME_BYTES: usize = 80;

/// Names that Windows reserves for devices, with any extension.
const DEVICE_NAMES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Returns a file name that is valid on every system, and a Rust identifier: lowercase letters, digits and
/// `_`, never empty, of bounded length. Different strings can return the same name.
pub fn path_component(text: &str) -> String {
    let mut name = String::new();
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_lowercase()),
            c if c.is_alphanumeric() => name.push_str(&format!("_u{:x}_", u32::from(c))),
            _ => name.push('_'),
        }
        if name.len() > 2 * MAX_NAME_BYTES {
            break;
        }
    }
    let words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    name.truncate(MAX_NAME_BYTES);
    let name = name.trim_end_matches('_').to_owned();
    match name.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{name}"),
        Some(_) if is_device_name(&name) => format!("{name}_"),
        Some(_) => name,
    }
}

/// Returns whether Windows reserves a name for a device.
fn is_device_name(name: &str) -> bool {
    let is_digit = |port: &str| matches!(port.as_bytes(), [b'0'..=b'9']);
    DEVICE_NAMES.contains(&name)
        || ["com", "lpt"].iter().any(|prefix| name.strip_prefix(prefix).is_some_and(is_digit))
}

#[cfg(test)]
mod tests;
