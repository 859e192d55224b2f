//! Values as parameters and forms encode them: scalars, arrays and objects.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::{RawValue, to_raw_value};

/// A value, one level deep. Nested values are kept as JSON.
///
/// The value is converted by way of JSON text, so that numbers keep their digits and properties
/// their order.
#[derive(Debug)]
pub(crate) enum Node {
    /// `null`, which is not sent.
    Null,
    /// A string, a number or a boolean.
    Text(String),
    /// An array.
    Array(Vec<Box<RawValue>>),
    /// An object.
    Object(Vec<(String, Box<RawValue>)>),
}

impl Node {
    /// Converts a value that can be serialized as JSON.
    pub(crate) fn new<V: Serialize + ?Sized>(value: &V) -> Result<Self, serde_json::Error> {
        Self::of(&to_raw_value(value)?)
    }

    /// Converts JSON, one level deep.
    pub(crate) fn of(json: &RawValue) -> Result<Self, serde_json::Error> {
        let text = json.get().trim();
        Ok(match text.as_bytes().first() {
            Some(b'{') => Self::Object(serde_json::from_str::<Entries>(text)?.0),
            Some(b'[') => Self::Array(serde_json::from_str(text)?),
            Some(b'"') => Self::Text(serde_json::from_str(text)?),
            Some(b'n') | None => Self::Null,
            // `1.0` and `1` are the same number, and servers also accept the latter as an integer.
            Some(_) => Self::Text(text.strip_suffix(".0").unwrap_or(text).to_owned()),
        })
    }

    /// Returns whether there is nothing to send: `null`, or an array or object without values.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(_) => false,
            Self::Array(items) => items.iter().all(|item| item.get() == "null"),
            Self::Object(entries) => entries.iter().all(|(_, value)| value.get() == "null"),
        }
    }
}

/// Returns a part of a value as a string: scalars directly, arrays and objects as JSON. `null` is
/// `None`.
pub(crate) fn text(json: &RawValue) -> Option<String> {
    match Node::of(json) {
        Ok(Node::Null) => None,
        Ok(Node::Text(text)) => Some(text),
        Ok(Node::Array(_) | Node::Object(_)) | Err(_) => Some(json.get().to_owned()),
    }
}

/// The entries of an object, in their order.
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
