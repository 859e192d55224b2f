//! YAML, by `serde_yaml`.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::flow::{self, Excess};
use super::node::{self, KeyOf};
use super::position::{Positions, Wanted};
use super::room::Room;
use super::{Read, TOO_DEEP, Unreadable};
use crate::pointer::Pointer;

/// Reads the first document of a text.
pub(super) fn value(text: &str, room: &Room) -> Result<Read, Unreadable> {
    if let Some(excess) = flow::excess(text) {
        return Err(too_much(excess));
    }
    let first = serde_yaml::Deserializer::from_str(text).next();
    let document = first.unwrap_or_else(|| serde_yaml::Deserializer::from_str(text));
    match node::read(document, true, room) {
        Ok((value, duplicates)) => Ok(Read { value, duplicates }),
        Err(error) => {
            let location = error.location();
            let position = location.map(|location| (location.line(), location.column()));
            let message = without_position(&error);
            // The parser counts what it has read for aliases as well, and is sometimes faster.
            let limit = message.starts_with("repetition limit").then(|| ALIASES.to_owned());
            let unreadable = || Unreadable { position, message, limit };
            Err(Unreadable::without(room, position).unwrap_or_else(unreadable))
        }
    }
}

/// What to do about aliases that stand for too much.
const ALIASES: &str =
    "its aliases stand for a hundred times as much as it has; write out what they stand for";

/// What would take the parser too long.
fn too_much(excess: Excess) -> Unreadable {
    let (position, message) = match excess {
        Excess::Bracket(line, column) => ((line, column), TOO_DEEP),
        Excess::Directive(line) => ((line, 1), "it begins with too many directives (`%TAG`)"),
    };
    Unreadable { position: Some(position), message: message.to_owned(), limit: None }
}

/// Reads a text for tools that are not the pipeline: `serde_yaml` is known here and nowhere else.
pub(super) fn plain_value(text: &str) -> Result<serde_json::Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

/// Writes a value for tools that are not the pipeline.
pub(super) fn text(value: &serde_json::Value) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|error| error.to_string())
}

/// The message without the position that it ends with, which diagnostics tell in their own way.
fn without_position(error: &serde_yaml::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

/// Finds nodes in a text. Whether it could be read to its end is the answer.
///
/// The parser tells positions only in errors. So each key that is looked for is refused, which the
/// parser takes as an error at its place and then goes on from.
pub(super) fn positions(text: &str, wanted: &Wanted, found: &mut Positions) -> bool {
    if flow::excess(text).is_some() {
        return true;
    }
    let Some(document) = serde_yaml::Deserializer::from_str(text).next() else { return true };
    let mut at = Pointer::root();
    let lines: Vec<&str> = text.lines().collect();
    let seek = Seek { lines: &lines, wanted, keyless: true, at: &mut at, found };
    match seek.deserialize(document) {
        Ok(()) => true,
        Err(error) => match refused_at(&error) {
            Some(position) => {
                found.insert(Pointer::root(), position);
                true
            }
            None => false,
        },
    }
}

/// The error of something that is looked for and not of the text.
const FOUND: &str = "\u{1}found";

/// Where something was refused that is looked for.
fn refused_at(error: &impl fmt::Display) -> Option<(usize, usize)> {
    let message = error.to_string();
    message.contains(FOUND).then(|| {
        let position = message.rsplit_once(" at line ").and_then(|(_, position)| {
            let (line, column) = position.split_once(" column ")?;
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        position.unwrap_or((1, 1))
    })
}

/// Follows a text as far as something is looked for in it.
struct Seek<'s> {
    lines: &'s [&'s str],
    wanted: &'s Wanted,
    /// Whether the node has no key, so that its place is its own beginning.
    keyless: bool,
    at: &'s mut Pointer,
    found: &'s mut Positions,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seek<'_> {
    fn scalar<E: Error>(&self) -> Result<(), E> {
        if self.keyless { Err(E::custom(FOUND)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.scalar()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            let step = index.to_string();
            let more = match self.wanted.below.get(&step) {
                None => items.next_element::<IgnoredAny>()?.is_some(),
                Some(wanted) => self.at.within(step, |at| {
                    let (lines, found) = (self.lines, &mut *self.found);
                    let seek = Seek { lines, wanted, keyless: true, at: &mut *at, found };
                    match items.next_element_seed(seek) {
                        Err(error) => {
                            let position = refused_at(&error).ok_or(error)?;
                            self.found.insert(at.clone(), position);
                            Ok(true)
                        }
                        Ok(item) => Ok(item.is_some()),
                    }
                })?,
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut first = self.keyless;
        loop {
            let name = Cell::new(None);
            let look = |key: &str| {
                let wanted = self.wanted.below.contains_key(key);
                let refuse = wanted || first;
                name.set(refuse.then(|| key.to_owned()));
                if refuse { Err(FOUND.to_owned()) } else { Ok(()) }
            };
            let position = match entries.next_key_seed(KeyOf(look)) {
                Ok(None) => return Ok(()),
                Ok(Some(())) => None,
                Err(error) => Some(refused_at(&error).ok_or(error)?),
            };
            if let (Some(position), true) = (position, first) {
                self.found.insert(self.at.clone(), opening(self.lines, position));
            }
            first = false;
            let name = name.take();
            let wanted = name.as_ref().and_then(|name| self.wanted.below.get(name));
            let (Some(name), Some(wanted), Some(position)) = (name, wanted, position) else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            self.at.within(name, |at| {
                self.found.insert(at.clone(), position);
                let (lines, found) = (self.lines, &mut *self.found);
                entries.next_value_seed(Seek { lines, wanted, keyless: false, at, found })
            })?;
        }
    }
}

/// As many bytes make a line a long one.
const LONG: usize = 4096;

/// Where an object begins whose first key is at a position: at its bracket, if it has one.
fn opening(lines: &[&str], (line, column): (usize, usize)) -> (usize, usize) {
    // Many may begin on one line, which is not to be read again for each.
    if lines.get(line - 1).is_none_or(|line| line.len() > LONG) {
        return (line, column);
    }
    let before = lines.get(line - 1).map(|line| line.chars().take(column - 1));
    let before: String = before.into_iter().flatten().collect();
    let bracket = before.trim_end();
    if bracket.ends_with('{') { (line, bracket.chars().count()) } else { (line, column) }
}
