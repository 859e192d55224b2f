//! Dates and times that keep the text they came with.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Field;

/// A date and time as the server wrote it (OpenAPI 3.0, Data Types, `date-time`; RFC 3339).
///
/// The text is kept and sent back as it came, whatever it says, so that one odd date never costs
/// an answer. [`timestamp`](Self::timestamp) reads it on demand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DateTime {
    text: String,
    /// Whether it came as a JSON number, and must go back as one.
    number: bool,
}

impl DateTime {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant that the text names. A text without an offset from UTC is taken as UTC.
    ///
    /// # Errors
    ///
    /// The text is no date and time, as in `2020-09-07T42:14:00.364Z`, which has an hour 42.
    pub fn timestamp(&self) -> Result<jiff::Timestamp, DateTimeError> {
        let failed = |cause: jiff::Error| DateTimeError {
            text: self.text.clone(),
            cause: cause.to_string(),
        };
        self.text.parse::<jiff::Timestamp>().or_else(|error| {
            match self.text.parse::<jiff::civil::DateTime>() {
                Ok(civil) => jiff::tz::Offset::UTC.to_timestamp(civil).map_err(failed),
                Err(_) => Err(failed(error)),
            }
        })
    }
}

/// A text that names no instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTimeError {
    text: String,
    cause: String,
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no date and time: {}", self.text, self.cause)
    }
}

impl std::error::Error for DateTimeError {}

impl From<jiff::Timestamp> for DateTime {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self { text: timestamp.to_string(), number: false }
    }
}

impl From<String> for DateTime {
    fn from(text: String) -> Self {
        Self { text, number: false }
    }
}

impl From<&str> for DateTime {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl FromStr for DateTime {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(text))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<serde_json::Number>(&self.text) {
            Ok(number) if self.number => number.serialize(serializer),
            Ok(_) | Err(_) => serializer.serialize_str(&self.text),
        }
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrNumber)
    }
}

struct TextOrNumber;

impl Visitor<'_> for TextOrNumber {
    type Value = DateTime;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date and time")
    }

    fn visit_str<E>(self, text: &str) -> Result<DateTime, E> {
        Ok(DateTime::from(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<DateTime, E> {
        Ok(DateTime { text: number.to_string(), number: true })
    }

    fn visit_u64<E>(self, number: u64) -> Result<DateTime, E> {
        Ok(DateTime { text: number.to_string(), number: true })
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<DateTime, E> {
        let number = serde_json::Number::from_f64(number)
            .ok_or_else(|| E::custom("a number that is not finite is no date and time"))?;
        Ok(DateTime { text: number.to_string(), number: true })
    }
}

impl Field for DateTime {}
