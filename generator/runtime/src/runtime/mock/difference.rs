//! How what came is not what was expected, in words.

use std::fmt;

use serde_json::Value;

/// A part of a request that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    what: String,
    expected: String,
    came: String,
}

impl Difference {
    pub(super) fn new(what: &str, expected: &str, came: &str) -> Self {
        Self { what: what.to_owned(), expected: shown(expected), came: shown(came) }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, came } = self;
        write!(f, "{what}: expected {expected}, came {came}")
    }
}

/// As many letters of a value are shown.
const LONGEST: usize = 300;

/// A text of any length as a part of a line.
pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        return "nothing".to_owned();
    }
    let whole = text.replace("\r\n", "\n").replace('\n', "\\n");
    match whole.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", whole.get(..end).unwrap_or_default()),
        None => whole,
    }
}

/// Bytes as a part of a line.
pub(super) fn shown_bytes(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => shown(text),
        Err(_) => format!("{} bytes", bytes.len()),
    }
}

/// Compares bodies byte by byte.
pub(super) fn bytes_differ(expected: &[u8], came: &[u8]) -> Option<Difference> {
    (expected != came).then(|| Difference {
        what: "body".to_owned(),
        expected: shown_bytes(expected),
        came: shown_bytes(came),
    })
}

/// Compares bodies as JSON values: neither spaces nor the order of properties count.
pub(super) fn json_differs(expected: &[u8], came: &[u8]) -> Option<Difference> {
    let values = (serde_json::from_slice(expected), serde_json::from_slice(came));
    let (Ok(expected), Ok(came)) = values else {
        return bytes_differ(expected, came);
    };
    values_differ("", Some(&expected), Some(&came))
}

/// The first place, as a JSON pointer, where two values differ.
fn values_differ(at: &str, expected: Option<&Value>, came: Option<&Value>) -> Option<Difference> {
    if expected == came {
        return None;
    }
    let within = match (expected, came) {
        (Some(Value::Object(expected)), Some(Value::Object(came))) => {
            let mut keys = expected.keys().chain(came.keys());
            keys.find_map(|key| {
                values_differ(&format!("{at}/{key}"), expected.get(key), came.get(key))
            })
        }
        (Some(Value::Array(expected)), Some(Value::Array(came))) => {
            let mut indices = 0..expected.len().max(came.len());
            indices.find_map(|index| {
                values_differ(&format!("{at}/{index}"), expected.get(index), came.get(index))
            })
        }
        _ => None,
    };
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_default();
    let what = if at.is_empty() { "body".to_owned() } else { format!("body at {at}") };
    within.or_else(|| Some(Difference::new(&what, &text(expected), &text(came))))
}
