//! Parses YAML with `serde_yaml`, and looks up positions in it.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::Value;

use super::budget::Budget;
use super::nesting::{self, Excess};
use super::node::{self, WithKey};
use super::position::{Positions, Requested};
use super::{DEPTH_HELP, ParseError, Parsed, TOO_DEEP};
use crate::pointer::Pointer;

/// Parses the first document of a text.
pub(super) fn parse(text: &str, budget: &Budget) -> Result<Parsed, ParseError> {
    if let Some(excess) = nesting::excess(text) {
        return Err(too_expensive(excess));
    }
    let first = serde_yaml::Deserializer::from_str(text).next();
    let document = first.unwrap_or_else(|| serde_yaml::Deserializer::from_str(text));
    match node::read(document, true, budget) {
        Ok((value, duplicates)) => Ok(Parsed { value, duplicates }),
        Err(error) => {
            let location = error.location();
            let position = location.map(|location| (location.line(), location.column()));
            let message = without_position(&error);
            // The parser has its own limit on aliases, which may be exceeded before the budget.
            let is_limit = message.starts_with("repetition limit");
            let limit_help = is_limit.then(|| ALIAS_HELP.to_owned());
            let error = || ParseError { position, message, limit_help };
            Err(ParseError::exceeded(budget, position).unwrap_or_else(error))
        }
    }
}

/// The help of a diagnostic if aliases are expanded too often.
const ALIAS_HELP: &str = "its aliases expand to more than a hundred times its size; write their values \
    in place of the aliases";

fn too_expensive(excess: Excess) -> ParseError {
    let (position, message, help) = match excess {
        Excess::Bracket(line, column) => ((line, column), TOO_DEEP, DEPTH_HELP),
        Excess::Directive(line) => {
            let message = "it begins with too many directives (`%TAG`)";
            ((line, 1), message, "remove the directives that are not used")
        }
    };
    let (message, limit_help) = (message.to_owned(), Some(help.to_owned()));
    ParseError { position: Some(position), message, limit_help }
}

/// Parses a text without repairs, for tools outside the pipeline.
pub(super) fn parse_strictly(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

/// Writes a value, for tools outside the pipeline.
pub(super) fn write(value: &Value) -> Result<String, String> {
    serde_yaml::to_string(value).map_err(|error| error.to_string())
}

/// Removes the position at the end of the message, which diagnostics show in their own form.
fn without_position(error: &serde_yaml::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

/// Adds the positions of the requested nodes of a text. Returns `false` if the text cannot be parsed.
///
/// The parser reports positions only in errors. So each requested key or value is rejected with an
/// error, which contains its position; the parser then continues after it.
pub(super) fn positions(text: &str, requested: &Requested, positions: &mut Positions) -> bool {
    if nesting::excess(text).is_some() {
        return true;
    }
    let Some(document) = serde_yaml::Deserializer::from_str(text).next() else { return true };
    let mut at = Pointer::root();
    let lines: Vec<&str> = text.lines().collect();
    let lookup = Lookup { lines: &lines, requested, has_no_key: true, at: &mut at, positions };
    match lookup.deserialize(document) {
        Ok(()) => true,
        Err(error) => match rejected_at(&error) {
            Some(position) => {
                positions.insert(Pointer::root(), position);
                true
            }
            None => false,
        },
    }
}

/// The message of an error that rejects a requested node.
const REJECTED: &str = "\u{1}rejected";

/// Returns the position of a rejected node, or `None` for an error of the text.
fn rejected_at(error: &impl fmt::Display) -> Option<(usize, usize)> {
    let message = error.to_string();
    message.contains(REJECTED).then(|| {
        let position = message.rsplit_once(" at line ").and_then(|(_, position)| {
            let (line, column) = position.split_once(" column ")?;
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        position.unwrap_or((1, 1))
    })
}

/// Looks up the positions of requested nodes at and below a node.
struct Lookup<'s> {
    lines: &'s [&'s str],
    requested: &'s Requested,
    /// Whether the node has no key, so that its position is its own beginning.
    has_no_key: bool,
    at: &'s mut Pointer,
    positions: &'s mut Positions,
}

impl<'de> DeserializeSeed<'de> for Lookup<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Lookup<'_> {
    fn scalar<E: Error>(&self) -> Result<(), E> {
        if self.has_no_key { Err(E::custom(REJECTED)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Lookup<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
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
            let token = index.to_string();
            let has_item = match self.requested.children.get(&token) {
                None => items.next_element::<IgnoredAny>()?.is_some(),
                Some(requested) => self.at.within(token, |at| {
                    let (lines, positions) = (self.lines, &mut *self.positions);
                    let lookup =
                        Lookup { lines, requested, has_no_key: true, at: &mut *at, positions };
                    match items.next_element_seed(lookup) {
                        Err(error) => {
                            let position = rejected_at(&error).ok_or(error)?;
                            self.positions.insert(at.clone(), position);
                            Ok(true)
                        }
                        Ok(item) => Ok(item.is_some()),
                    }
                })?,
            };
            if !has_item {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        // The first key gives the position of the object, if that has no key of its own.
        let mut is_first = self.has_no_key;
        loop {
            let name = Cell::new(None);
            let reject_requested = |key: &str| {
                let is_rejected = self.requested.children.contains_key(key) || is_first;
                name.set(is_rejected.then(|| key.to_owned()));
                if is_rejected { Err(REJECTED.to_owned()) } else { Ok(()) }
            };
            let position = match entries.next_key_seed(WithKey(reject_requested)) {
                Ok(None) => return Ok(()),
                Ok(Some(())) => None,
                Err(error) => Some(rejected_at(&error).ok_or(error)?),
            };
            if let (Some(position), true) = (position, is_first) {
                self.positions.insert(self.at.clone(), object_start(self.lines, position));
            }
            is_first = false;
            let name = name.take();
            let requested = name.as_ref().and_then(|name| self.requested.children.get(name));
            let (Some(name), Some(requested), Some(position)) = (name, requested, position) else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            self.at.within(name, |at| {
                self.positions.insert(at.clone(), position);
                let (lines, positions) = (self.lines, &mut *self.positions);
                entries.next_value_seed(Lookup {
                    lines,
                    requested,
                    has_no_key: false,
                    at,
                    positions,
                })
            })?;
        }
    }

    /// Ignores a custom tag, such as `!secret`.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<(), A::Error> {
        let (_, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}

/// The length in bytes from which a line is not searched for the bracket of an object. Many objects may
/// begin on one line, which would be searched for each.
const MAX_SEARCHED_BYTES: usize = 4096;

/// Returns the position of an object, given that of its first key: that of its bracket, if it has one.
fn object_start(lines: &[&str], (line, column): (usize, usize)) -> (usize, usize) {
    let text = lines.get(line - 1).filter(|line| line.len() <= MAX_SEARCHED_BYTES);
    let before: String = text.iter().flat_map(|text| text.chars()).take(column - 1).collect();
    let before = before.trim_end();
    if before.ends_with('{') { (line, before.chars().count()) } else { (line, column) }
}
