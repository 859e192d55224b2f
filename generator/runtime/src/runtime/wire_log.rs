//! Traces requests and responses, at the level TRACE.
//!
//! An event named `request` contains method, URL and headers, one named `response` status and
//! headers. Secrets are masked, and bodies are omitted. Without a subscriber, nothing is formatted.

use std::fmt::Write as _;

use http::{HeaderMap, Method, StatusCode};

use super::sensitive::{MASK, is_secret, pairs};

/// Traces a request. The URL contains no credentials; query parameters with the name of a secret are
/// masked nevertheless.
pub(crate) fn request(method: &Method, address: &str, headers: &HeaderMap) {
    if tracing::enabled!(tracing::Level::TRACE) {
        let address = match address.split_once('?') {
            Some((path, query)) => format!("{path}?{}", pairs(query, '&', is_secret)),
            None => address.to_owned(),
        };
        let http = format!("{method} {address}{}", lines(headers));
        tracing::trace!(http = http.as_str(), "request");
    }
}

/// Traces a response.
pub(crate) fn response(status: StatusCode, headers: &HeaderMap) {
    if tracing::enabled!(tracing::Level::TRACE) {
        let http = format!("{status}{}", lines(headers));
        tracing::trace!(http = http.as_str(), "response");
    }
}

fn lines(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        let is_secret = value.is_sensitive() || is_secret(name.as_str());
        let shown = if is_secret { MASK.into() } else { String::from_utf8_lossy(value.as_bytes()) };
        // Writing to a string cannot fail.
        let _ = write!(lines, "\n{name}: {shown}");
    }
    lines
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn secrets_are_masked() {
        let mut headers = HeaderMap::new();
        let mut token = HeaderValue::from_static("Bearer hunter2");
        token.set_sensitive(true);
        headers.insert("authorization", token);
        headers.insert("set-cookie", HeaderValue::from_static("session=hunter2"));
        headers.insert("accept", HeaderValue::from_static("text/csv"));
        assert_eq!(lines(&headers), "\nauthorization: ***\nset-cookie: ***\naccept: text/csv");
    }
}
