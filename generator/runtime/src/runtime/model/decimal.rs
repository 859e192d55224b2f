//! Decimal numbers of any precision.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Field;
use super::decode::memory;

/// A number that is kept digit for digit (OpenAPI Format Registry, `decimal`). It may be a JSON
/// number or a JSON string, and is sent back as the same.
///
/// If it is decoded from a [`Value`](serde_json::Value), a JSON number has already been converted
/// to an `f64`, `i64` or `u64`. A string is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    text: String,
    number: bool,
}

impl Decimal {
    /// Returns the digits as received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether it is a JSON number on the wire, rather than a string.
    pub fn is_number(&self) -> bool {
        self.number
    }

    /// Converts it to a number that is sent as a JSON string.
    pub fn into_json_string(self) -> Self {
        Self { number: false, ..self }
    }
}

/// The error of parsing a string that is not a JSON number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecimalError {
    text: String,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a JSON number", self.text)
    }
}

impl std::error::Error for DecimalError {}

/// Parses a number in JSON notation (RFC 8259, section 6). It is sent as a JSON number.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(json) if json.get() == text && is_number(json) => {
                Ok(Self { text: text.to_owned(), number: true })
            }
            Ok(_) | Err(_) => Err(DecimalError { text: text.to_owned() }),
        }
    }
}

macro_rules! from_integers {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Decimal {
            fn from(number: $ty) -> Self {
                Self { text: number.to_string(), number: true }
            }
        }
    )* };
}

from_integers!(i32, i64, u32, u64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

fn is_number(json: &RawValue) -> bool {
    json.get().starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.number {
            serde_json::from_str::<&RawValue>(&self.text)
                .map_err(S::Error::custom)?
                .serialize(serializer)
        } else {
            serializer.serialize_str(&self.text)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        memory::take_captured(json.get())?;
        if is_number(&json) {
            return Ok(Self { text: json.get().to_owned(), number: true });
        }
        match serde_json::from_str::<String>(json.get()) {
            Ok(text) => Ok(Self { text, number: false }),
            Err(_) => Err(de::Error::custom("expected a number, or a string that holds one")),
        }
    }
}

impl Field for Decimal {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_digit_is_kept() {
        for json in ["1.10", "12345678901234567890.123456789", "-0", "1E400", "\"1.10\"", "\"x\""] {
            let decimal: Decimal = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&decimal).unwrap(), json);
            let list = format!("{{\"a\":[{json}]}}");
            let map: BTreeMap<String, Vec<Decimal>> = serde_json::from_str(&list).unwrap();
            assert_eq!(serde_json::to_string(&map).unwrap(), list);
        }
        for wrong in ["true", "[1]", "{}", "null"] {
            assert!(serde_json::from_str::<Decimal>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_numbers_are_parsed() {
        assert_eq!("1.50".parse::<Decimal>().unwrap().as_str(), "1.50");
        for wrong in ["", "1,5", " 1", "01", "NaN", "\"1\"", "0x1"] {
            assert!(wrong.parse::<Decimal>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_precision_of_a_value_is_kept() {
        let value = serde_json::json!(0.5);
        assert_eq!(serde_json::from_value::<Decimal>(value).unwrap().as_str(), "0.5");
        let decimal: Decimal = "0.50".parse().unwrap();
        assert_eq!(serde_json::to_value(decimal).unwrap(), 0.5);
    }
}
