//! What must not be seen, and what stands for it.
//!
//! Takes names and texts that are about to be shown: in traces, in `Debug`, in messages. Whether a
//! name is that of a secret is decided by [`is_secret`] alone, and a header is marked once, when it
//! is made or when it arrives: `http` then hides its value wherever it is shown.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{CONTENT_LOCATION, LINK, LOCATION};

use super::Secret;
use super::parameter::percent_encode;

/// What stands for a secret.
pub(crate) const MASK: &str = "***";

/// What the names of secrets have in them.
const WORDS: [&str; 9] =
    ["auth", "cookie", "credential", "key", "passw", "secret", "session", "signature", "token"];

/// Whether a header or a parameter of this name holds a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// Marks the headers that hold a secret, and the URLs in headers that may.
pub(crate) fn mark(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        let is_url = [LOCATION, CONTENT_LOCATION, LINK].contains(name);
        let is_bare = !value.as_bytes().iter().any(|byte| b"?@#".contains(byte));
        if is_secret(name.as_str()) || (is_url && !is_bare) {
            value.set_sensitive(true);
        }
    }
}

/// The pairs of a query or of cookies, without the values that `hides` says.
pub(crate) fn pairs(text: &str, separator: char, hides: impl Fn(&str) -> bool) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if hides(name) => format!("{name}={MASK}"),
        Some(_) | None => pair.to_owned(),
    };
    let all: Vec<String> = text.split(separator).map(pair).collect();
    all.join(&separator.to_string())
}

/// A text from elsewhere, in which a secret may stand as it was sent.
pub(crate) fn masked(text: &str, id: &str, secret: &Secret) -> String {
    let plain = secret.expose_secret();
    if plain.is_empty() {
        return text.to_owned();
    }
    let encoded = Secret::from(percent_encode(plain));
    let encoded = encoded.expose_secret();
    let forms = [
        Secret::from(encoded),
        Secret::from(encoded.replace("%20", "+")),
        Secret::from(lower_case_escapes(encoded)),
        Secret::from(STANDARD.encode(format!("{id}:{plain}"))),
        Secret::from(STANDARD.encode(plain)),
        Secret::from(plain),
    ];
    // The longest first: a short form may be a part of a longer one.
    forms.iter().fold(text.to_owned(), |text, form| text.replace(form.expose_secret(), MASK))
}

/// `%2F` as `%2f`, which is the same (RFC 3986, section 2.1).
fn lower_case_escapes(text: &str) -> String {
    let mut left = 0;
    let lower = |c: char| {
        left = if c == '%' { 2 } else { i32::max(left - 1, -1) };
        if left >= 0 && c != '%' { c.to_ascii_lowercase() } else { c }
    };
    text.chars().map(lower).collect()
}

/// Shows a query without its values.
pub(crate) struct Query<'a>(pub(crate) &'a str);

impl fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&pairs(self.0, '&', |_| true), f)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "Authorization",
            "X-Api-Key",
            "apikey",
            "X-Auth",
            "Set-Cookie",
            "X-Amz-Signature",
            "SESSION_ID",
            "client_secret",
            "X-Access-Token",
            "password",
            "Proxy-Authenticate",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["accept", "content-type", "etag", "location", "x-request-id", "retry-after"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn headers_are_marked() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("set-cookie", "session=hunter2"),
            ("x-new-token", "hunter2"),
            ("location", "https://a.com/?code=hunter2"),
            ("content-type", "text/csv"),
        ] {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers.append("location", HeaderValue::from_static("/plain"));
        mark(&mut headers);
        let shown = format!("{headers:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("text/csv") && shown.contains("/plain"), "{shown}");
    }

    #[test]
    fn the_forms_of_a_secret_are_masked() {
        let secret = Secret::from("s=3+c%r/t ü");
        let basic = STANDARD.encode("me:s=3+c%r/t ü");
        for form in [
            "s=3+c%r/t ü",
            "s%3D3%2Bc%25r%2Ft%20%C3%BC",
            "s%3d3%2bc%25r%2ft%20%c3%bc",
            "s%3D3%2Bc%25r%2Ft+%C3%BC",
            basic.as_str(),
        ] {
            let text = format!("you sent {form}, which is wrong: {form}");
            assert_eq!(masked(&text, "me", &secret), "you sent ***, which is wrong: ***");
        }
        assert_eq!(masked("as it is", "me", &Secret::from("")), "as it is");
    }

    #[test]
    fn pairs_keep_their_names() {
        assert_eq!(pairs("a=1&api_key=2&b", '&', is_secret), "a=1&api_key=***&b");
        assert_eq!(format!("{:?}", Query("a=1&b=2")), r#""a=***&b=***""#);
        assert_eq!(pairs("", '&', |_| true), "");
    }
}
