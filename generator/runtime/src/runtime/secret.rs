//! Strings that must not be disclosed.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use http::header::InvalidHeaderValue;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::Field;

/// A secret string. `Debug` does not show it, there is no `Display`, and its memory is zeroed when
/// it is dropped. As a property (OpenAPI 3.0, Data Types, `password`) it is serialized as a plain
/// string.
///
/// Copies in the layers below, such as the buffers of a connection, are not zeroed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the secret. The long name makes each use easy to find.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Returns the secret after a prefix as a header value. The value is marked as sensitive, and
    /// its memory is zeroed with the last copy.
    pub(crate) fn header(&self, prefix: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::from_maybe_shared(self.bytes(prefix, ""))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Returns the secret between two strings, as bytes that are zeroed with the last copy.
    pub(crate) fn bytes(&self, before: &str, after: &str) -> Bytes {
        // Allocated in full at once, because a reallocation would leave a copy behind.
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

/// Appends bytes. Unlike `Vec`, it zeroes the old memory when the bytes are moved to a larger
/// allocation.
pub(crate) fn grow(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = bytes.len().saturating_add(more.len());
    if needed > bytes.capacity() {
        let capacity = needed.max(bytes.capacity().saturating_mul(2));
        let mut moved = Zeroizing::new(Vec::with_capacity(capacity));
        moved.extend_from_slice(bytes);
        *bytes = moved;
    }
    bytes.extend_from_slice(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{copies, is_alone, made_up};

    #[test]
    fn debug_does_not_show_the_secret() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "Secret(…)");
    }

    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn bytes_that_grow_leave_no_copy_behind() {
        if !is_alone("runtime::secret::tests::bytes_that_grow_leave_no_copy_behind") {
            return;
        }
        let text = made_up(b"grown-secret-5f1d77");
        let mut bytes = Zeroizing::new(Vec::new());
        let mut others = Vec::new();
        // Small allocations are reused soon after they are freed, so that no copy could be found.
        // The last allocations here have tens of kilobytes.
        let times = 600;
        for _ in 0..times {
            if bytes.len() + text.len() > bytes.capacity() {
                // The allocation behind it keeps it from growing in place.
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
}
