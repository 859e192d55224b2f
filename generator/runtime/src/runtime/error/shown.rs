//! Foreign text in messages and in `Debug`: in one line, and not more of it than anybody reads.

use std::fmt::{self, Debug, Write};

use crate::runtime::masking::SentSecrets;

/// How many characters of a foreign text a message shows.
const SHOWN: usize = 300;

/// How many characters an error keeps of a text that is taken out of a body. The body itself is kept
/// beside it.
const KEPT: usize = 4096;

/// How many bytes `Debug` shows of what may be of any size.
const DEBUGGED: usize = 2000;

/// A text from elsewhere without what would break the line that it is put into, and cut where it is
/// longer than a message should be.
pub(in crate::runtime) fn one_line(text: &str) -> String {
    line_of(text, SHOWN)
}

/// A text in one line of so many characters at most.
pub(in crate::runtime) fn line_of(text: &str, longest: usize) -> String {
    let (mut line, mut length, mut gap) = (String::new(), 0, false);
    for c in text.chars().filter(|c| !is_mark(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = length > 0;
            continue;
        }
        if length + usize::from(gap) >= longest {
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

/// Marks that turn the direction of text, and would show what follows in another order.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as far as an error keeps it.
pub(in crate::runtime) fn kept(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Shows the beginning of bytes without the secrets in it, and how many bytes there are.
pub(in crate::runtime) struct Beginning<'a>(
    pub(in crate::runtime) &'a [u8],
    pub(in crate::runtime) &'a SentSecrets,
);

impl Debug for Beginning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes, secrets) = self;
        let (shown, is_whole) = secrets.beginning(SHOWN, |most| {
            let shown = bytes.get(..most).unwrap_or(bytes);
            (shown.escape_ascii().to_string(), shown.len() == bytes.len())
        });
        let more = if is_whole { "" } else { "…" };
        write!(f, "\"{shown}\"{more} ({} bytes)", bytes.len())
    }
}

/// Shows something as `Debug` does, and stops where it gets long.
pub(in crate::runtime) struct Short<T>(pub(in crate::runtime) T);

impl<T: Debug> Debug for Short<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Masked(&self.0, &SentSecrets::default()).fmt(f)
    }
}

/// The same without the secrets in it.
pub(in crate::runtime) struct Masked<'a, T>(
    pub(in crate::runtime) T,
    pub(in crate::runtime) &'a SentSecrets,
);

impl<T: Debug> Debug for Masked<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, is_whole) = self.1.beginning(DEBUGGED, |most| {
            let mut text = Room { text: String::new(), left: most };
            // It fails when there is no room left.
            let is_whole = write!(text, "{:?}", self.0).is_ok();
            (text.text, is_whole)
        });
        f.write_str(&shown)?;
        if is_whole { Ok(()) } else { f.write_str("…") }
    }
}

struct Room {
    text: String,
    left: usize,
}

impl Write for Room {
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
    fn foreign_text_is_one_line_of_a_bounded_length() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[2J\u{202e}c "), "a b [2Jc");
        assert_eq!(one_line(&"x".repeat(300)), "x".repeat(300));
        assert_eq!(one_line(&"x".repeat(301)), "x".repeat(300) + "…");
        assert!(one_line(&"éé ".repeat(1000)).chars().count() <= 301);
        assert_eq!(kept(&"é".repeat(5000)).chars().count(), KEPT + 1);
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
