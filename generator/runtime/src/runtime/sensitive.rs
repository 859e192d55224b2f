//! Detects and masks secrets by their names.
//!
//! Takes names and values that are about to be shown: in traces, in `Debug`, in messages. Only
//! [`is_secret`] decides whether a name is that of a secret. A header is marked once, when it is
//! created or received; `http` then hides its value.

use std::fmt;

use http::HeaderMap;
use http::header::{CONTENT_LOCATION, LINK, LOCATION};

/// Replaces a secret.
pub(crate) const MASK: &str = "***";

/// The substrings of names of secrets.
const SECRET_NAMES: [&str; 9] =
    ["auth", "cookie", "credential", "key", "passw", "secret", "session", "signature", "token"];

/// Returns whether a header or parameter of this name is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|part| name.contains(part))
}

/// Marks secret headers, and headers with URLs that may contain secrets.
pub(crate) fn mark(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        let is_url = [LOCATION, CONTENT_LOCATION, LINK].contains(name);
        let is_bare = !value.as_bytes().iter().any(|byte| b"?@#".contains(byte));
        if is_secret(name.as_str()) || (is_url && !is_bare) {
            value.set_sensitive(true);
        }
    }
}

/// Masks the values of a query or of cookies whose names `hides` selects.
pub(crate) fn pairs(text: &str, separator: char, hides: impl Fn(&str) -> bool) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if hides(name) => format!("{name}={MASK}"),
        Some(_) | None => pair.to_owned(),
    };
    let all: Vec<String> = text.split(separator).map(pair).collect();
    all.join(&separator.to_string())
}

/// Shows a query with masked values.
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
    fn secrets_are_detected_by_name() {
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
    fn pairs_keep_their_names() {
        assert_eq!(pairs("a=1&api_key=2&b", '&', is_secret), "a=1&api_key=***&b");
        assert_eq!(format!("{:?}", Query("a=1&b=2")), r#""a=***&b=***""#);
        assert_eq!(pairs("", '&', |_| true), "");
    }
}
