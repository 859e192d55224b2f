//! Decodes `application/x-www-form-urlencoded` text: variants and query strings.
//!
//! Takes the raw string and returns the decoded pairs in order, or an encoding error. Leaves to the
//! callers which names are known and which values are valid.

use percent_encoding::percent_decode_str;

/// Decodes the pairs of a form or a query string. A name without `=` has an empty value, as
/// browsers send it.
pub(super) fn decode_pairs(text: &str) -> Result<Vec<(String, String)>, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((
                decode_component(&name.replace('+', " "))?,
                decode_component(&value.replace('+', " "))?,
            ))
        })
        .collect()
}

/// Decodes one percent-encoded component, such as a path segment, in which a plus sign is literal.
pub(super) fn decode_component(text: &str) -> Result<String, String> {
    // The decoder accepts a stray percent sign, which would hide that a client forgot to encode it.
    if let Some(stray) = stray_percent(text) {
        return Err(format!("{text:?} has a stray percent sign at byte {stray}"));
    }
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| format!("{text:?} does not decode to UTF-8"))
}

fn stray_percent(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    (0..bytes.len()).find(|&at| bytes[at] == b'%' && !(is_hex(at + 1) && is_hex(at + 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let pairs = decode_pairs("a=1&b=x+y%26%C3%A9&flag&a=2").unwrap();
        let expected = [("a", "1"), ("b", "x y&é"), ("flag", ""), ("a", "2")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a_component_keeps_its_plus_sign() {
        assert_eq!(decode_component("a+b%2Fc").unwrap(), "a+b/c");
    }

    #[test]
    fn invalid_encodings_are_reported() {
        assert!(decode_component("100%").unwrap_err().contains("stray percent sign at byte 3"));
        assert!(decode_component("%zz").is_err());
        assert!(decode_component("%FF").unwrap_err().contains("UTF-8"));
    }
}
