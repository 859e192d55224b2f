//! Texts that must not be seen.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use http::header::InvalidHeaderValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use zeroize::{Zeroize as _, Zeroizing};

use super::Field;

/// A secret string. `Debug` hides it, there is no `Display`, and its memory is overwritten when it is
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

/// Appends bytes. Where there is no room for them, what was there moves, and the memory that it leaves
/// is overwritten, which `Vec` does not do.
pub(crate) fn grow(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = bytes.len().saturating_add(more.len());
    if needed > bytes.capacity() {
        let room = needed.max(bytes.capacity().saturating_mul(2));
        let mut moved = Zeroizing::new(Vec::with_capacity(room));
        moved.extend_from_slice(bytes);
        *bytes = moved;
    }
    bytes.extend_from_slice(more);
}

/// JSON that holds a secret. The memory of its strings is overwritten when it is dropped.
pub(crate) struct SecretJson(pub(crate) Value);

impl Drop for SecretJson {
    fn drop(&mut self) {
        overwrite(&mut self.0);
    }
}

/// Overwrites the strings in a value. It is as deep as its parser allows, which is not deep.
fn overwrite(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(overwrite),
        Value::Object(properties) => properties.values_mut().for_each(overwrite),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{copies, is_alone, made_up};

    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn bytes_that_grow_leave_no_copy_behind() {
        if !is_alone("runtime::secret::tests::bytes_that_grow_leave_no_copy_behind") {
            return;
        }
        let text = made_up(b"grown-secret-5f1d77");
        let mut bytes = Zeroizing::new(Vec::new());
        let mut others = Vec::new();
        // Small pieces of memory are reused soon after they are freed, and then hold nothing to be
        // found. The last ones here are tens of kilobytes.
        let times = 600;
        for _ in 0..times {
            if bytes.len() + text.len() > bytes.capacity() {
                // What stands behind it keeps it from growing where it is.
                others.push(vec![1_u8; 2 * bytes.capacity()]);
            }
            grow(&mut bytes, text.as_bytes());
        }
        assert!(others.len() > 8 && bytes.chunks(text.len()).all(|one| one == text.as_bytes()));
        drop(text);
        assert_eq!(copies(b"grown-secret-5f1d77"), times);
        drop(bytes);
        assert_eq!(copies(b"grown-secret-5f1d77"), 0);
    }

    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn the_strings_of_secret_json_are_overwritten() {
        if !is_alone("runtime::secret::tests::the_strings_of_secret_json_are_overwritten") {
            return;
        }
        let text = made_up(b"json-secret-90ab21c");
        let strings = || Value::from(text.as_str());
        let object = Value::Object([("c".to_owned(), strings())].into_iter().collect());
        let json = SecretJson(Value::Array(vec![strings(), Value::Array(vec![strings()]), object]));
        assert!(copies(b"json-secret-90ab21c") >= 4);
        drop((json, text));
        assert_eq!(copies(b"json-secret-90ab21c"), 0);
    }
}
