//! Typed response headers.

use std::marker::PhantomData;

use http::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{BufferedResponse, DecodeError};

/// A documented header of a response (OpenAPI 3.0, Header Object), and the type of its value.
#[derive(Debug)]
pub struct ResponseHeader<T> {
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> ResponseHeader<T> {
    /// Returns the header with this name.
    pub const fn new(name: &'static str) -> Self {
        Self { name, of: PhantomData }
    }

    /// Returns the name of the header.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> Clone for ResponseHeader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ResponseHeader<T> {}

impl<T: DeserializeOwned> ResponseHeader<T> {
    /// Decodes the header (style `simple`): a scalar is the text itself, and an array is separated
    /// by commas. Repeated headers are joined by commas (RFC 9110, section 5.3).
    pub(crate) fn read(self, response: &BufferedResponse) -> Result<Option<T>, DecodeError> {
        let Some(text) = joined(&response.headers, self.name) else {
            return Ok(None);
        };
        match decode(&text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => {
                let reason = format!("the header `{}`: {reason}", self.name);
                Err(DecodeError::new(response.clone(), ".", &reason))
            }
        }
    }
}

fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers.get_all(name).iter();
    let texts: Vec<_> =
        values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

/// Decodes a value whose type is not known from its text: as a string, a number, a boolean, or an
/// array of these. The target type accepts only one of them.
fn decode<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let text = text.trim();
    let scalars = |text: &str| {
        let plain = serde_json::from_str(text).ok();
        let plain = plain.filter(|value: &Value| value.is_number() || value.is_boolean());
        [Some(Value::from(text)), plain]
    };
    let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    let array = |number: usize| {
        let item = |item: &&str| {
            let [text, plain] = scalars(item);
            if number == 0 { text } else { plain }
        };
        items.iter().map(item).collect::<Option<Vec<Value>>>().map(Value::from)
    };
    let [string, plain] = scalars(text);
    let mut first = None;
    for value in [string, plain, array(0), array(1)].into_iter().flatten() {
        match serde_json::from_value(value) {
            Ok(value) => return Ok(value),
            Err(error) => drop(first.get_or_insert(error)),
        }
    }
    Err(first.unwrap_or_else(|| serde::de::Error::custom("it cannot be read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_decoded_by_their_type() {
        assert_eq!(decode::<String>("42").unwrap(), "42");
        assert_eq!(decode::<i64>("42").unwrap(), 42);
        assert!(decode::<bool>("true").unwrap());
        assert_eq!(decode::<Vec<String>>("a, b").unwrap(), ["a", "b"]);
        assert_eq!(decode::<Vec<i64>>("1,2").unwrap(), [1, 2]);
        assert!(decode::<i64>("soon").unwrap_err().to_string().contains("soon"));
    }
}
