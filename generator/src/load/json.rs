//! Parses JSON, and looks up positions in it.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;

use super::budget::Budget;
use super::node;
use super::position::{Positions, Requested};
use super::{DEPTH_HELP, ParseError, Parsed, TOO_DEEP};
use crate::pointer::Pointer;

/// Parses a text. Returns `None` if it is not JSON.
pub(super) fn parse(text: &str, budget: &Budget) -> Result<Option<Parsed>, ParseError> {
    let mut json = Deserializer::from_str(text);
    match node::read(&mut json, false, budget) {
        Ok((value, duplicates)) => Ok(json.end().is_ok().then_some(Parsed { value, duplicates })),
        // The YAML parser would take long and return the same error.
        Err(error) if error.to_string().starts_with("recursion limit") => Err(ParseError {
            position: Some((error.line(), error.column())),
            message: TOO_DEEP.to_owned(),
            limit_help: Some(DEPTH_HELP.to_owned()),
        }),
        Err(error) => match ParseError::exceeded(budget, Some((error.line(), error.column()))) {
            Some(exceeded) => Err(exceeded),
            None => Ok(None),
        },
    }
}

/// Returns whether a text is JSON that [`parse`] accepts, apart from limits.
pub(super) fn is_json(text: &str) -> bool {
    let mut json = Deserializer::from_str(text);
    Skip.deserialize(&mut json).is_ok() && json.end().is_ok()
}

/// Skips a value, with the same depth limit as [`parse`].
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
        f.write_str("a JSON value")
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

/// Adds the positions of the requested nodes of a JSON text.
pub(super) fn positions(text: &str, requested: &Requested, positions: &mut Positions) {
    let mut scanner = Scanner { rest: text, line: 1, column: 1, positions };
    scanner.node(Some(requested), &mut Pointer::root(), true);
}

/// A scanner of valid JSON.
struct Scanner<'t, 'p> {
    /// The rest of the text, which begins at the line and column.
    rest: &'t str,
    line: usize,
    column: usize,
    positions: &'p mut Positions,
}

impl Scanner<'_, '_> {
    fn take(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        if next == '\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
        Some(next)
    }

    /// Skips whitespace. Returns the next character without taking it.
    fn peek(&mut self) -> Option<char> {
        while self.rest.starts_with([' ', '\t', '\r', '\n', '\u{feff}']) {
            self.take();
        }
        self.rest.chars().next()
    }

    /// Scans a node. Its position is its own beginning if it has no key.
    fn node(&mut self, requested: Option<&Requested>, at: &mut Pointer, has_no_key: bool) {
        let first = self.peek();
        if requested.is_some() && has_no_key {
            self.positions.insert(at.clone(), (self.line, self.column));
        }
        match first {
            Some('{' | '[') => self.children(requested, at),
            Some('"') => drop(self.string()),
            _ => self.literal(),
        }
    }

    fn children(&mut self, requested: Option<&Requested>, at: &mut Pointer) {
        let is_object = self.take() == Some('{');
        for index in 0.. {
            if matches!(self.peek(), None | Some('}' | ']')) {
                break;
            }
            let position = (self.line, self.column);
            let token = if is_object { self.string() } else { index.to_string() };
            if is_object && self.peek() == Some(':') {
                self.take();
            }
            let requested = requested.and_then(|requested| requested.children.get(&token));
            at.within(token, |at| {
                if requested.is_some() {
                    self.positions.insert(at.clone(), position);
                }
                self.node(requested, at, false);
            });
            if self.peek() == Some(',') {
                self.take();
            }
        }
        self.take();
    }

    /// Scans a number, a boolean or null.
    fn literal(&mut self) {
        let is_end = |next| matches!(next, ',' | ']' | '}' | ' ' | '\t' | '\r' | '\n');
        while self.rest.chars().next().is_some_and(|next| !is_end(next)) {
            self.take();
        }
    }

    /// Scans a string and returns its value.
    fn string(&mut self) -> String {
        let start = self.rest;
        self.take();
        while let Some(next) = self.take() {
            match next {
                '"' => break,
                '\\' => drop(self.take()),
                _ => {}
            }
        }
        let quoted = start.get(..start.len() - self.rest.len()).unwrap_or_default();
        serde_json::from_str(quoted).unwrap_or_default()
    }
}
