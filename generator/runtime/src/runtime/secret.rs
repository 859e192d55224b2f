//! Texts that must not be seen.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use http::header::InvalidHeaderValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::Field;

/// A secret text. `Debug` hides it, there is no `Display`, and its memory is overwritten when it is
/// dropped. As a property of an object (OpenAPI 3.0, Data Types, `password`) it is sent as it is.
///
/// What is sent is copied by the layers below: buffers of connections are not overwritten.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. The name is long so that each place that reads a secret is seen.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// The value of a header: the secret behind a prefix. It is marked as sensitive, and its memory
    /// is overwritten with the last copy.
    pub(crate) fn header(&self, prefix: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::from_maybe_shared(self.bytes(prefix, ""))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The secret between two texts, as bytes that are overwritten with the last copy.
    pub(crate) fn bytes(&self, before: &str, after: &str) -> Bytes {
        // With all of its room from the beginning, so that it leaves no copy behind by growing.
        let mut bytes =
            Zeroizing::new(Vec::with_capacity(before.len() + self.0.len() + after.len()));
        for part in [before, self.expose_secret(), after] {
            bytes.extend_from_slice(part.as_bytes());
        }
        Bytes::from_owner(bytes)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Field for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
