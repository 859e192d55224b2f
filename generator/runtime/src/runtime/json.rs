//! Reads values from JSON without decoding the rest.
//!
//! Takes the bytes of a body. Returns its JSON text (RFC 8259, section 2), or the JSON text of one
//! value in it. Only the requested value is kept in memory. Elsewhere in the body, numbers outside
//! the range of any type, strings that are not Unicode and deep nesting are tolerated. Types are
//! left to `model`.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// The maximum number of bytes that are not UTF-8. A body with more has another encoding.
const MOST_FOREIGN: usize = 64 * 1024;

/// Returns the JSON text of a body. A leading byte order mark is skipped (RFC 8259, section 8.1).
///
/// JSON is UTF-8. An invalid byte in a JSON string becomes the escape of a lone surrogate, `\udc80`
/// to `\udcff` with the byte in the last two digits, like Python's `surrogateescape`. Such a string
/// is not Unicode, so no type decodes it as another string; the value that contains it is kept as
/// raw JSON or rejected.
///
/// # Errors
///
/// Returns the reason why the bytes cannot be JSON.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let foreign = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum::<usize>();
    if foreign > MOST_FOREIGN {
        return Err(format!("it is not UTF-8: {error}"));
    }
    // The full capacity is allocated at once: the text may contain a secret, and growing it would
    // leave copies in memory.
    let mut text = String::with_capacity(bytes.len() + 5 * foreign);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        // After a backslash, the escape would have another meaning.
        let slashes = text.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if slashes % 2 == 1 {
            return Err(format!("it is not UTF-8: {error}"));
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\udc{byte:02x}");
        }
    }
    Ok(Cow::Owned(text))
}

/// Returns the JSON text of the value that a JSON pointer (RFC 6901) identifies. If properties have
/// the same name, the last one counts. The rest of the text may be invalid.
pub(crate) fn find<'a>(text: &'a str, pointer: &str) -> Option<&'a str> {
    let mut text = text.trim();
    for key in pointer.split('/').skip(1) {
        let key = key.replace("~1", "/").replace("~0", "~");
        let mut found = None;
        let mut json = serde_json::Deserializer::from_str(text);
        // A value that was found before a syntax error is used.
        let _ = Below { key: &key, found: &mut found }.deserialize(&mut json);
        text = found?;
    }
    Some(text)
}

/// Returns the string or number that a JSON pointer identifies. The digits of a number are
/// unchanged.
pub(crate) fn scalar(text: &str, pointer: &str) -> Option<String> {
    let value = find(text, pointer)?;
    match value.bytes().next()? {
        b'"' => serde_json::from_str(value).ok(),
        b'-' | b'0'..=b'9' => Some(value.to_owned()),
        _ => None,
    }
}

/// Returns the string that a JSON pointer identifies.
pub(crate) fn string(text: &str, pointer: &str) -> Option<String> {
    find(text, pointer).filter(|value| value.starts_with('"'))?;
    scalar(text, pointer)
}

/// Returns whether a value is empty: `null`, `{}` or `[]`.
pub(crate) fn is_empty(text: &str) -> bool {
    let text = text.trim();
    let between = |open, close| Some(text.strip_prefix(open)?.strip_suffix(close)?.trim());
    text == "null" || between('{', '}') == Some("") || between('[', ']') == Some("")
}

/// Calls a function with the JSON of each item of an array. Returns whether the value is an array.
#[allow(dead_code, reason = "only the program for the command line asks")]
pub(crate) fn each_item(text: &str, tell: &mut dyn FnMut(&str)) -> bool {
    text.trim_start().starts_with('[')
        && serde_json::Deserializer::from_str(text).deserialize_seq(Items { tell }).is_ok()
}

/// Descends one level: to a property by its name, or to an item by its index.
struct Below<'a, 'de> {
    key: &'a str,
    found: &'a mut Option<&'de str>,
}

impl<'de> DeserializeSeed<'de> for Below<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Below<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            if name == self.key {
                *self.found = Some(map.next_value::<&RawValue>()?.get());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        // Digits without a sign or leading zeros (RFC 6901, section 4).
        let index = self.key.parse::<usize>().ok().filter(|index| index.to_string() == self.key);
        for at in 0_usize.. {
            if Some(at) == index {
                *self.found = seq.next_element::<&RawValue>()?.map(RawValue::get);
                return Ok(());
            }
            if seq.next_element::<IgnoredAny>()?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// Decodes the name of a property. What is not Unicode becomes U+FFFD, because a name cannot be
/// kept as raw JSON.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        // When it decodes bytes, `serde_json` accepts lone surrogates.
        deserializer.deserialize_bytes(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_borrowed_bytes<E>(self, name: &'de [u8]) -> Result<Self::Value, E> {
        Ok(String::from_utf8_lossy(name))
    }

    fn visit_bytes<E>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(Cow::Owned(String::from_utf8_lossy(name).into_owned()))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct Items<'a> {
    tell: &'a mut dyn FnMut(&str),
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(item) = seq.next_element::<&RawValue>()? {
            (self.tell)(item.get());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_whatever_stands_beside_it() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        for other in ["1e400", r#""\ud800""#, &deep, "123456789012345678901234567890", "{}"] {
            let text =
                format!(r#" {{"a":{other},"id":"7","\ud800":{other},"b":[{other},{{"c":1.50}}]}}"#);
            assert_eq!(string(&text, "/id").as_deref(), Some("7"), "{other}");
            assert_eq!(scalar(&text, "/b/1/c").as_deref(), Some("1.50"), "{other}");
            assert_eq!(find(&text, "/a"), Some(other));
            assert_eq!(
                (scalar(&text, "/b"), scalar(&text, "/b/2"), scalar(&text, "/b/01")),
                (None, None, None)
            );
        }
        let digits = "123456789012345678901234567890";
        assert_eq!(scalar(&format!(r#"{{"id":{digits}}}"#), "/id").as_deref(), Some(digits));
        assert_eq!(string(r#"{"id":1}"#, "/id"), None);
        assert_eq!(string(r#"{"a/b":{"~":"x"}}"#, "/a~1b/~0").as_deref(), Some("x"));
        assert_eq!(string(r#"{"id":"1","id":"2"}"#, "/id").as_deref(), Some("2"));
        // The rest may be truncated or invalid.
        assert_eq!(string(r#"{"id":"1","more": nonsense"#, "/id").as_deref(), Some("1"));
        assert_eq!(
            (find("", "/id"), find("nonsense", "/id"), find("[1]", "/id")),
            (None, None, None)
        );
        assert_eq!(find(" 1 ", ""), Some("1"));
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_other_bytes_are_escaped() {
        assert_eq!(text(b"\xef\xbb\xbf{}").unwrap(), "{}");
        assert!(matches!(text("{\"ä\":1}".as_bytes()), Ok(Cow::Borrowed(_))));
        let latin = text(b"{\"a\":\"caf\xe9\",\"b\xff\":\"\\\\\xe9\"}").unwrap();
        assert_eq!(latin, r#"{"a":"caf\udce9","b\udcff":"\\\udce9"}"#);
        assert!(serde_json::from_str::<IgnoredAny>(&latin).is_ok());
        assert_eq!(scalar(&latin, "/a"), None, "it is no Unicode");
        assert!(text(b"\"\\\xe9\"").unwrap_err().contains("not UTF-8"), "no escape is made of it");
        let other: Vec<u8> =
            "{\"a\":1}".repeat(40_000).encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(text(&[b"\xfe\xff", &*other].concat()).is_ok(), "zeros are characters");
        assert!(text(&[0xff; MOST_FOREIGN + 1]).unwrap_err().contains("not UTF-8"));
    }

    #[test]
    fn nothing_is_in_what_is_empty() {
        for empty in ["null", " {}", "[ ]\n", "{\n}"] {
            assert!(is_empty(empty), "{empty}");
        }
        for other in ["0", "\"\"", "{\"a\":1}", "[{}]", "false", "[]{}"] {
            assert!(!is_empty(other), "{other}");
        }
    }

    #[test]
    fn items_come_one_after_the_other() {
        let mut items = Vec::new();
        assert!(each_item(" [1.50, {\"a\": 1}, []]", &mut |item| items.push(item.to_owned())));
        assert_eq!(items, ["1.50", "{\"a\": 1}", "[]"]);
        assert!(!each_item("{}", &mut |_| ()) && !each_item("[1,", &mut |_| ()));
    }
}
