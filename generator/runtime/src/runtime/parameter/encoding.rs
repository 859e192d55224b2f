//! Texts as parts of a URL.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What would end a value in a query, or be read as something else, even where reserved characters
/// may stay as they are: `#` ends the query, `&` the parameter, and `+` is a space to many servers.
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

/// Percent-encodes a text so that it stands for itself in any part of a URL.
pub(crate) fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Percent-encodes a text for a query, but leaves the reserved characters that do no harm there
/// (OpenAPI 3.0, Parameter Object, `allowReserved`).
pub(crate) fn encode_breaking(text: &str) -> String {
    utf8_percent_encode(text, BREAKING).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_for_itself() {
        assert_eq!(percent_encode("a/b c?d"), "a%2Fb%20c%3Fd");
        assert_eq!(percent_encode("a+b~c_d-e.f"), "a%2Bb~c_d-e.f");
        assert_eq!(percent_encode("Zürich"), "Z%C3%BCrich");
    }

    #[test]
    fn reserved_characters_stay_unless_they_break_the_query() {
        assert_eq!(encode_breaking(":/?[]@!$'()*,;="), ":/?[]@!$'()*,;=");
        assert_eq!(encode_breaking("a#b&c+d e%20\""), "a%23b%26c%2Bd%20e%2520%22");
    }
}
