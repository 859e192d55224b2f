//! The difference between an expected and a received request.

use std::fmt;

use serde_json::Value;

/// A part of a request that differs from the expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    part: String,
    expected: String,
    received: String,
}

impl Difference {
    pub(super) fn new(part: &str, expected: &str, received: &str) -> Self {
        Self { part: part.to_owned(), expected: shown(expected), received: shown(received) }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { part, expected, received } = self;
        write!(f, "{part}: expected {expected}, received {received}")
    }
}

/// The maximum length of a shown value, in characters.
const MAX_SHOWN: usize = 300;

/// Returns a string in one line, shortened.
pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let whole = text.replace("\r\n", "\n").replace('\n', "\\n");
    match whole.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", whole.get(..end).unwrap_or_default()),
        None => whole,
    }
}

/// Returns bytes in one line, shortened.
pub(super) fn shown_bytes(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => shown(text),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}

/// Compares bodies byte by byte.
pub(super) fn bytes_differ(expected: &[u8], received: &[u8]) -> Option<Difference> {
    (expected != received).then(|| Difference {
        part: "body".to_owned(),
        expected: shown_bytes(expected),
        received: shown_bytes(received),
    })
}

/// Compares bodies as JSON values: whitespace and the order of properties are ignored.
pub(super) fn json_differs(expected: &[u8], received: &[u8]) -> Option<Difference> {
    let values = (serde_json::from_slice(expected), serde_json::from_slice(received));
    let (Ok(expected), Ok(received)) = values else {
        return bytes_differ(expected, received);
    };
    values_differ("", Some(&expected), Some(&received))
}

/// Returns the first difference of two values, with its JSON pointer.
fn values_differ(
    at: &str,
    expected: Option<&Value>,
    received: Option<&Value>,
) -> Option<Difference> {
    if expected == received {
        return None;
    }
    let within = match (expected, received) {
        (Some(Value::Object(expected)), Some(Value::Object(received))) => {
            let mut keys = expected.keys().chain(received.keys());
            keys.find_map(|key| {
                values_differ(&format!("{at}/{key}"), expected.get(key), received.get(key))
            })
        }
        (Some(Value::Array(expected)), Some(Value::Array(received))) => {
            let mut indices = 0..expected.len().max(received.len());
            indices.find_map(|index| {
                values_differ(&format!("{at}/{index}"), expected.get(index), received.get(index))
            })
        }
        _ => None,
    };
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    let part = if at.is_empty() { "body".to_owned() } else { format!("body at {at}") };
    within.or_else(|| Some(Difference::new(&part, &text(expected), &text(received))))
}
