//! Text from a server in messages and in `Debug`: on one line, and of limited length.

use std::fmt::{self, Debug, Write};

use crate::runtime::masking::SentSecrets;

/// The maximum length, in characters, of foreign text in a message.
const MAX_SHOWN: usize = 300;

/// The maximum length, in characters, of a string that an error extracts from a body. The body
/// itself is kept as well.
const MAX_KEPT: usize = 4096;

/// The maximum length, in bytes, of a value of unknown size in `Debug`.
const MAX_DEBUG_BYTES: usize = 2000;

/// Returns foreign text on one line, without control characters, shortened to 300 characters.
pub(in crate::runtime) fn one_line(text: &str) -> String {
    line_of(text, MAX_SHOWN)
}

/// Returns text on one line, shortened to a number of characters.
pub(in crate::runtime) fn line_of(text: &str, max: usize) -> String {
    let (mut line, mut length, mut gap) = (String::new(), 0, false);
    for c in text.chars().filter(|c| !is_mark(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= max {
            line.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
            length += 1;
        }
        line.push(c);
        length += 1;
    }
    line
}

/// Returns whether a character changes the direction of text, which would reorder what follows.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Shortens a string to what an error keeps.
pub(in crate::runtime) fn kept(text: &str) -> String {
    match text.char_indices().nth(MAX_KEPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Shows the beginning of a body without the secrets in it, and its length in bytes.
pub(in crate::runtime) struct Beginning<'a>(
    pub(in crate::runtime) &'a [u8],
    pub(in crate::runtime) &'a SentSecrets,
);

impl Debug for Beginning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes, secrets) = self;
        let (shown, is_whole) = secrets.beginning(MAX_SHOWN, |most| {
            let shown = bytes.get(..most).unwrap_or(bytes);
            (shown.escape_ascii().to_string(), shown.len() == bytes.len())
        });
        let more = if is_whole { "" } else { "…" };
        write!(f, "\"{shown}\"{more} ({} bytes)", bytes.len())
    }
}

/// Shows a value as its `Debug` does, shortened.
pub(in crate::runtime) struct Short<T>(pub(in crate::runtime) T);

impl<T: Debug> Debug for Short<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked(&self.0, &SentSecrets::default()).fmt(f)
    }
}

/// The same, with secrets masked.
pub(in crate::runtime) struct Masked<'a, T>(
    pub(in crate::runtime) T,
    pub(in crate::runtime) &'a SentSecrets,
);

impl<T: Debug> Debug for Masked<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, is_whole) = self.1.beginning(MAX_DEBUG_BYTES, |most| {
            let mut text = Bounded { text: String::new(), left: most };
            // Writing fails when the limit is reached.
            let is_whole = write!(text, "{:?}", self.0).is_ok();
            (text.text, is_whole)
        });
        f.write_str(&shown)?;
        if is_whole { Ok(()) } else { f.write_str("…") }
    }
}

/// A string of limited length.
struct Bounded {
    text: String,
    left: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            self.left = self.left.checked_sub(c.len_utf8()).ok_or(fmt::Error)?;
            self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_line_of_bounded_length() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[2J\u{202e}c "), "a b [2Jc");
        assert_eq!(one_line(&"x".repeat(300)), "x".repeat(300));
        assert_eq!(one_line(&"x".repeat(301)), "x".repeat(300) + "…");
        assert!(one_line(&"éé ".repeat(1000)).chars().count() <= 301);
        assert_eq!(kept(&"é".repeat(5000)).chars().count(), MAX_KEPT + 1);
    }

    #[test]
    fn debug_is_bounded() {
        let bytes = vec![b'x'; 1 << 20];
        let text = format!("{:?}", Beginning(&bytes, &SentSecrets::default()));
        assert!(text.len() < 400 && text.ends_with("… (1048576 bytes)"), "{text}");
        assert_eq!(
            format!("{:?}", Beginning(b"a\"\n", &SentSecrets::default())),
            r#""a\"\n" (3 bytes)"#
        );
        assert!(format!("{:?}", Short(&bytes)).len() < 2100);
        assert_eq!(format!("{:?}", Short([1, 2])), "[1, 2]");
    }
}
