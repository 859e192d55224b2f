//! Dates, times and durations that keep the string they were received as.

use std::fmt;

use serde::de;
use serde::{Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::decode::{capture, memory, reason};

/// A scalar that is kept as received.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Kept {
    text: String,
    /// Whether it is a JSON number on the wire, rather than a string.
    number: bool,
}

impl Kept {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Parses the string. The error contains it.
    fn read<T>(
        &self,
        what: &'static str,
        read: fn(&str) -> Result<T, jiff::Error>,
    ) -> Result<T, DateTimeError> {
        read(&self.text).map_err(|cause| DateTimeError {
            text: self.text.clone(),
            what,
            cause: cause.to_string(),
        })
    }

    fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
        what: &'static str,
    ) -> Result<Self, D::Error> {
        let json = capture(deserializer)?;
        memory::take_captured(&json)?;
        let unexpected = match json.trim().bytes().next() {
            Some(b'"') => {
                let text = serde_json::from_str::<String>(&json);
                return text.map_err(|error| de::Error::custom(reason(&error))).map(Self::from);
            }
            // The digits are kept as received: every numeric type would change some of them.
            Some(b'-' | b'0'..=b'9') => {
                return Ok(Self { text: json.trim().to_owned(), number: true });
            }
            Some(b'{') => "map",
            Some(b'[') => "sequence",
            Some(b'n') => "null",
            Some(_) | None => "boolean",
        };
        Err(de::Error::custom(format_args!("invalid type: {unexpected}, expected {what}")))
    }
}

impl From<String> for Kept {
    fn from(text: String) -> Self {
        Self { text, number: false }
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<&RawValue>(&self.text) {
            Ok(number) if self.number => number.serialize(serializer),
            Ok(_) | Err(_) => serializer.serialize_str(&self.text),
        }
    }
}

/// The error of parsing a string that is not a date, time or duration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTimeError {
    text: String,
    what: &'static str,
    cause: String,
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}: {}", self.text, self.what, self.cause)
    }
}

impl std::error::Error for DateTimeError {}

/// Declares a type that keeps its string: its name, its description for messages, and the method
/// and function that parse it.
macro_rules! kept {
    ($(
        $(#[$meta:meta])*
        $name:ident = $what:literal, $(#[$read_meta:meta])* $method:ident -> $parsed:ty, $read:expr;
    )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(Kept);

        impl $name {
            /// Returns the string as received.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            $(#[$read_meta])*
            pub fn $method(&self) -> Result<$parsed, DateTimeError> {
                self.0.read($what, $read)
            }
        }

        impl From<$parsed> for $name {
            fn from(value: $parsed) -> Self {
                Self::from(value.to_string())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Kept::from(text))
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Kept::deserialize(deserializer, $what).map(Self)
            }
        }

        impl super::Field for $name {}
    )* };
}

kept! {
    /// A date and time as received (OpenAPI 3.0, Data Types, `date-time`; RFC 3339).
    ///
    /// The string is kept and sent back unchanged, even if it is not a date and time, so that one
    /// invalid date does not make a response unusable. [`timestamp`](Self::timestamp) parses it on
    /// demand.
    DateTime = "a date and time",
    /// Parses the string. Without an offset, it is in UTC.
    ///
    /// # Errors
    ///
    /// Fails if the string is not a date and time. An example is `2020-09-07T42:14:00.364Z`, which
    /// has an hour 42.
    timestamp -> jiff::Timestamp, timestamp;

    /// A date as received (OpenAPI 3.0, Data Types, `date`; RFC 3339, `full-date`). The string is
    /// kept like that of a [`DateTime`].
    Date = "a date",
    /// Parses the string.
    ///
    /// # Errors
    ///
    /// Fails if the string is not a date.
    date -> jiff::civil::Date, str::parse;

    /// A time of day as received (OpenAPI Format Registry, `time`; RFC 3339). The string is kept
    /// like that of a [`DateTime`].
    Time = "a time",
    /// Parses the string. An offset from UTC is ignored.
    ///
    /// # Errors
    ///
    /// Fails if the string is not a time.
    time -> jiff::civil::Time, time;

    /// A duration as received (OpenAPI Format Registry, `duration`; ISO 8601-1), such as `P1DT2H`.
    /// The string is kept like that of a [`DateTime`].
    Span = "a duration",
    /// Parses the string.
    ///
    /// # Errors
    ///
    /// Fails if the string is not a duration.
    span -> jiff::Span, str::parse;
}

fn timestamp(text: &str) -> Result<jiff::Timestamp, jiff::Error> {
    text.parse::<jiff::Timestamp>().or_else(|error| match text.parse::<jiff::civil::DateTime>() {
        Ok(civil) => jiff::tz::Offset::UTC.to_timestamp(civil),
        Err(_) => Err(error),
    })
}

/// RFC 3339 allows an offset after a time of day, but without a date it has no meaning.
fn time(text: &str) -> Result<jiff::civil::Time, jiff::Error> {
    let plain = text.trim_end_matches(['Z', 'z']);
    let plain = plain.split(['+', '-']).next().unwrap_or(plain);
    plain.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_on_demand_and_kept() {
        assert_eq!(Date::from("2024-02-29").date().unwrap(), jiff::civil::date(2024, 2, 29));
        assert!(Date::from("2023-02-29").date().unwrap_err().to_string().contains("a date"));
        let half_past = jiff::civil::time(12, 30, 0, 0);
        for text in ["12:30:00", "12:30:00Z", "12:30:00+02:00", "12:30:00.0-01:00"] {
            assert_eq!(Time::from(text).time().unwrap(), half_past);
        }
        assert_eq!(Span::from("P1DT2H").span().unwrap().get_hours(), 2);
        assert!(Span::from("two hours").span().is_err());
        let odd: Date = serde_json::from_str("\"32.13.\"").unwrap();
        assert_eq!(serde_json::to_string(&odd).unwrap(), "\"32.13.\"");
        for number in
            ["1.50", "1.0", "20200101", "1E3", "123456789012345678901234567890", "-0", "1e400"]
        {
            let date: Date = serde_json::from_str(number).unwrap();
            assert_eq!((date.as_str(), &*serde_json::to_string(&date).unwrap()), (number, number));
            let map = format!("{{\"a\":[{number}]}}");
            let dates: std::collections::BTreeMap<String, Vec<Date>> =
                serde_json::from_str(&map).unwrap();
            assert_eq!(serde_json::to_string(&dates).unwrap(), map);
        }
        assert!(serde_json::from_str::<Date>("[]").unwrap_err().to_string().contains("a date"));
    }
}
