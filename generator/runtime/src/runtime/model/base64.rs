//! Bytes encoded as base64.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Field;

/// Bytes encoded as base64 (OpenAPI 3.0, Data Types, `byte`; RFC 4648, section 4).
///
/// The string is kept and sent back unchanged. [`decode`](Self::decode) decodes it on demand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Base64(String);

impl Base64 {
    /// Wraps a string that is base64 already. It is not checked.
    pub fn from_encoded(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the base64 string as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Decodes the bytes. The URL-safe alphabet (RFC 4648, section 5) and missing padding are
    /// accepted as well, and whitespace is skipped.
    ///
    /// # Errors
    ///
    /// Fails if the string is not base64.
    pub fn decode(&self) -> Result<Vec<u8>, Base64Error> {
        let standard = |character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        };
        let seen = self.0.chars().filter(|character| !character.is_ascii_whitespace());
        let text: String = seen.map(standard).collect();
        let config =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
        engine.decode(text).map_err(|cause| Base64Error { cause: cause.to_string() })
    }
}

/// The error of decoding a string that is not base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base64Error {
    cause: String,
}

impl fmt::Display for Base64Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the string is not base64: {}", self.cause)
    }
}

impl std::error::Error for Base64Error {}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Self(STANDARD.encode(bytes))
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

impl Field for Base64 {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_base64_are_decoded_and_the_standard_one_is_encoded() {
        let bytes = vec![0xfb, 0xff, 0xfe, 0x01];
        assert_eq!(Base64::from(bytes.clone()).as_str(), "+//+AQ==");
        for text in ["+//+AQ==", "-__-AQ==", "-__-AQ", "+//+\r\nAQ=="] {
            assert_eq!(Base64::from_encoded(text).decode().unwrap(), bytes, "{text}");
        }
        assert!(Base64::from_encoded("a b!").decode().is_err());
        let odd: Base64 = serde_json::from_str("\"not base64\"").unwrap();
        assert_eq!(serde_json::to_string(&odd).unwrap(), "\"not base64\"");
    }
}
