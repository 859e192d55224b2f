//! A value as parameters and forms see it: a text, a list, or named texts.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};

/// A value, one level deep. What lies deeper is kept as JSON.
///
/// JSON text stands between the value and its parts, so that numbers keep their digits and
/// properties their order.
#[derive(Debug)]
pub(crate) enum Node {
    /// `null`: nothing to send.
    Null,
    /// A string, a number or a boolean.
    Text(String),
    /// An array.
    List(Vec<Box<RawValue>>),
    /// An object.
    Object(Vec<(String, Box<RawValue>)>),
}

impl Node {
    /// Reads any value that can be written as JSON.
    pub(crate) fn new<V: Serialize + ?Sized>(value: &V) -> Result<Self, serde_json::Error> {
        Self::of(&to_raw_value(value)?)
    }

    /// Reads JSON, one level deep.
    pub(crate) fn of(json: &RawValue) -> Result<Self, serde_json::Error> {
        let text = json.get().trim();
        Ok(match text.as_bytes().first() {
            Some(b'{') => Self::Object(serde_json::from_str::<Entries>(text)?.0),
            Some(b'[') => Self::List(serde_json::from_str(text)?),
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'n') | None => Self::Null,
            // `1.0` and `1` are the same number, and servers take the second for an integer too.
            Some(_) => Self::Text(text.strip_suffix(".0").unwrap_or(text).to_owned()),
        })
    }

    /// Whether there is nothing to send: `null`, or a list or an object with nothing in it.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(_) => false,
            Self::List(items) => items.iter().all(|item| item.get() == "null"),
            Self::Object(entries) => entries.iter().all(|(_, value)| value.get() == "null"),
        }
    }
}

/// A part of a value as one text: a scalar as it is, an array or an object as JSON. `null` is none.
pub(crate) fn text(json: &RawValue) -> Option<String> {
    match Node::of(json) {
        Ok(Node::Null) => None,
        Ok(Node::Text(text)) => Some(text),
        Ok(Node::List(_) | Node::Object(_)) | Err(_) => Some(json.get().to_owned()),
    }
}

/// The entries of an object, in its own order.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
