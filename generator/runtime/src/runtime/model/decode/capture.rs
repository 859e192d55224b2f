//! Captures the JSON of a value from any deserializer.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The name by which `serde_json` returns the JSON of a value, as for its `RawValue`. `RawValue`
/// itself cannot be used: it cannot be read from other deserializers, and copies what could be
/// borrowed. If `serde_json` changes the name, values are read as from other deserializers.
const RAW: &str = "$serde_json::private::RawValue";

/// Captures the JSON of the next value. `serde_json` returns the original JSON; values of other
/// deserializers are encoded as JSON.
pub(in crate::runtime::model) fn capture<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Cow<'de, str>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW, Capture)
}

/// Returns whether a deserializer is requested to return the JSON.
pub(super) fn is_asked_for(name: &str) -> bool {
    name == RAW
}

struct Capture;

impl<'de> Visitor<'de> for Capture {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        if map.next_key::<IgnoredAny>()?.is_none() {
            return Err(de::Error::custom("the text of the value is missing"));
        }
        map.next_value_seed(Text)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        Ok(Cow::Owned(Value::deserialize(deserializer)?.to_string()))
    }
}

/// Reads a string, borrowed if possible.
pub(super) struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}
