//! JSON.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

use super::node;
use super::position::{Positions, Wanted};
use super::room::Room;
use super::{Read, TOO_DEEP, Unreadable};
use crate::pointer::Pointer;

/// Reads a text that is JSON. There is neither a value nor an error if it is none.
pub(super) fn value(text: &str, room: &Room) -> Result<Option<Read>, Unreadable> {
    let mut json = Deserializer::from_str(text);
    match node::read(&mut json, false, room) {
        Ok((value, duplicates)) => Ok(json.end().is_ok().then_some(Read { value, duplicates })),
        // To read it as YAML would take long, and lead to the same.
        Err(error) if error.to_string().starts_with("recursion limit") => Err(Unreadable {
            position: Some((error.line(), error.column())),
            message: TOO_DEEP.to_owned(),
            limit: None,
        }),
        Err(error) => match Unreadable::without(room, Some((error.line(), error.column()))) {
            Some(excess) => Err(excess),
            None => Ok(None),
        },
    }
}

/// Whether a text is JSON that [`value`] would read, if it had all the room in the world.
pub(super) fn is_json(text: &str) -> bool {
    let mut json = Deserializer::from_str(text);
    Skip.deserialize(&mut json).is_ok() && json.end().is_ok()
}

/// Reads past a value, as deep as others go.
#[derive(Clone, Copy)]
struct Skip;

impl<'de> DeserializeSeed<'de> for Skip {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Skip {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key::<IgnoredAny>()?.is_some() {
            entries.next_value_seed(self)?;
        }
        Ok(())
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
