//! JSON.

use serde_json::Deserializer;

use super::node;
use super::position::{Positions, Wanted};
use super::{Read, TOO_DEEP, Unreadable};
use crate::pointer::Pointer;

/// Reads a text that is JSON. There is neither a value nor an error if it is none.
pub(super) fn value(text: &str) -> Result<Option<Read>, Unreadable> {
    let mut json = Deserializer::from_str(text);
    match node::read(&mut json, false) {
        Ok((value, duplicates)) => Ok(json.end().is_ok().then_some(Read { value, duplicates })),
        // To read it as YAML would take long, and lead to the same.
        Err(error) if error.to_string().starts_with("recursion limit") => Err(Unreadable {
            position: Some((error.line(), error.column())),
            message: TOO_DEEP.to_owned(),
        }),
        Err(_) => Ok(None),
    }
}

/// Finds nodes in a text that is JSON.
pub(super) fn positions(text: &str, wanted: &Wanted, found: &mut Positions) {
    let mut scanner = Scanner { text, line: 1, column: 1 };
    scanner.node(Some(wanted), &mut Pointer::root(), found, true);
}

/// What is left of a text, and where it begins.
struct Scanner<'t> {
    text: &'t str,
    line: usize,
    column: usize,
}

impl Scanner<'_> {
    fn take(&mut self) -> Option<char> {
        let next = self.text.chars().next()?;
        self.text = self.text.get(next.len_utf8()..).unwrap_or_default();
        if next == '\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(next)
    }

    /// The next character that is no blank, which is not taken.
    fn peek(&mut self) -> Option<char> {
        while self.text.starts_with([' ', '\t', '\r', '\n', '\u{feff}']) {
            self.take();
        }
        self.text.chars().next()
    }

    fn node(
        &mut self,
        wanted: Option<&Wanted>,
        at: &mut Pointer,
        found: &mut Positions,
        keyless: bool,
    ) {
        let first = self.peek();
        if wanted.is_some() && keyless {
            found.insert(at.clone(), (self.line, self.column));
        }
        match first {
            Some('{' | '[') => self.members(wanted, at, found),
            Some('"') => drop(self.string()),
            _ => {
                while !matches!(
                    self.text.chars().next(),
                    None | Some(',' | ']' | '}' | ' ' | '\t' | '\r' | '\n')
                ) {
                    self.take();
                }
            }
        }
    }

    fn members(&mut self, wanted: Option<&Wanted>, at: &mut Pointer, found: &mut Positions) {
        let object = self.take() == Some('{');
        for index in 0.. {
            if matches!(self.peek(), None | Some('}' | ']')) {
                break;
            }
            let position = (self.line, self.column);
            let step = if object { self.string() } else { index.to_string() };
            if object && self.peek() == Some(':') {
                self.take();
            }
            let wanted = wanted.and_then(|wanted| wanted.below.get(&step));
            at.within(step, |at| {
                if wanted.is_some() {
                    found.insert(at.clone(), position);
                }
                self.node(wanted, at, found, false);
            });
            if self.peek() == Some(',') {
                self.take();
            }
        }
        self.take();
    }

    /// Takes a text in quotes, and says what it is.
    fn string(&mut self) -> String {
        let whole = self.text;
        self.take();
        while let Some(next) = self.take() {
            match next {
                '"' => break,
                '\\' => drop(self.take()),
                _ => {}
            }
        }
        let quoted = whole.get(..whole.len() - self.text.len()).unwrap_or_default();
        serde_json::from_str(quoted).unwrap_or_default()
    }
}
