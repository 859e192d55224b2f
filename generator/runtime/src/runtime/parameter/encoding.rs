//! Percent-encoding of strings in a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Every character except the unreserved ones (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that must be encoded even if reserved characters are allowed in a query: `#` ends
/// the query, `&` ends the parameter, and many servers decode `+` as a space.
const BREAKING: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'[')
    .remove(b']')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Percent-encodes a string for any part of a URL.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Percent-encodes a string for a query, but keeps reserved characters where they are harmless
/// (OpenAPI 3.0, Parameter Object, `allowReserved`).
pub(crate) fn encode_breaking(text: &str) -> String {
    utf8_percent_encode(text, BREAKING).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_characters_are_encoded() {
        assert_eq!(percent_encode("a/b c?d"), "a%2Fb%20c%3Fd");
        assert_eq!(percent_encode("a+b~c_d-e.f"), "a%2Bb~c_d-e.f");
        assert_eq!(percent_encode("Zürich"), "Z%C3%BCrich");
    }

    #[test]
    fn allowed_reserved_characters_are_kept_unless_they_break_the_query() {
        assert_eq!(encode_breaking(":/?[]@!$'()*,;="), ":/?[]@!$'()*,;=");
        assert_eq!(encode_breaking("a#b&c+d e%20\""), "a%23b%26c%2Bd%20e%2520%22");
    }
}
