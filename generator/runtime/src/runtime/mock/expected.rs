//! The comparison of a received request with an expectation.
//!
//! Takes the expected request, which the client has encoded, and a received one, and returns their
//! first difference. Both were encoded by the client, so styles need not be decoded.

use std::thread;

use bytes::Bytes;
use futures_core::Stream;
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap};
use reqwest::Url;

use super::difference::{Difference, bytes_differ, json_differs};
use crate::runtime::media_type::{self, is_json};
use crate::runtime::{Operation, Request, body};

/// An expected request. Its path can contain variables, which match any value.
#[derive(Debug)]
pub(super) struct ExpectedRequest {
    pub(super) operation: &'static Operation,
    /// The path template with the known values filled in.
    pub(super) path: String,
    /// The path template.
    any_path: String,
    pub(super) query: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Vec<String>,
    pub(super) body: Option<Body>,
}

/// An expected body.
#[derive(Debug)]
pub(super) struct Body {
    media_type: String,
    pub(super) bytes: Bytes,
}

impl ExpectedRequest {
    /// Returns the expectation of a request.
    ///
    /// # Errors
    ///
    /// Fails if a value of the request cannot be encoded or a file cannot be read.
    pub(super) fn new(request: Request) -> Result<Self, String> {
        if let Some(error) = request.error {
            return Err(error.to_string());
        }
        let base_url = request.client.shared.base_url_of(request.operation);
        let base_url = base_url.map_err(|error| error.to_string())?;
        let url = parsed(&base_url.operation(&request.path, &request.query))?;
        let template = parsed(&base_url.operation(request.operation.path, ""))?;
        Ok(Self {
            operation: request.operation,
            path: url.path().to_owned(),
            any_path: template.path().to_owned(),
            query: pairs(url.query().unwrap_or_default(), '&'),
            headers: request.headers,
            cookies: pairs(&request.cookies, ';'),
            body: request.body.as_ref().map(encoded).transpose()?,
        })
    }

    /// Returns the number of variables in the path. Paths with fewer take precedence, as
    /// `/things/new` over `/things/{id}`.
    pub(super) fn variable_count(&self) -> usize {
        self.any_path.matches(OPEN).count()
    }

    /// Returns whether a request is of this operation, with any values.
    pub(super) fn is_of_operation(&self, request: &wiremock::Request) -> bool {
        self.operation.method.as_str() == request.method.as_str()
            && path_matches(&self.any_path, request.url.path())
    }

    /// Returns the first difference of a request of this operation.
    pub(super) fn difference(&self, request: &wiremock::Request) -> Option<Difference> {
        if !path_matches(&self.path, request.url.path()) {
            return Some(Difference::new("path", &self.shown_path(), request.url.path()));
        }
        let query = pairs(request.url.query().unwrap_or_default(), '&');
        let cookies = request.headers.get_all(COOKIE).iter().filter_map(|one| one.to_str().ok());
        let cookies: Vec<String> = cookies.flat_map(|one| pairs(one, ';')).collect();
        pairs_differ("query", &self.query, &query)
            .or_else(|| self.headers_differ(&request.headers))
            .or_else(|| pairs_differ("cookies", &self.cookies, &cookies))
            .or_else(|| self.body.as_ref()?.difference(request))
    }

    /// Returns the path with variables in braces, as in the document.
    pub(super) fn shown_path(&self) -> String {
        self.path.replace(OPEN, "{").replace(CLOSE, "}")
    }

    fn headers_differ(&self, received: &HeaderMap) -> Option<Difference> {
        let differing = self.headers.keys().find(|name| {
            let (expected, received) = (self.headers.get_all(*name), received.get_all(*name));
            !expected.iter().eq(received.iter())
        })?;
        let shown = |headers: &HeaderMap| {
            let values = headers.get_all(differing).iter().map(|value| format!("{value:?}"));
            values.collect::<Vec<_>>().join(", ")
        };
        let part = format!("header {differing}");
        let is_secret = self.headers.get(differing).is_some_and(http::HeaderValue::is_sensitive);
        let received = match shown(received) {
            received if is_secret && !received.is_empty() => "another value".to_owned(),
            received => received,
        };
        Some(Difference::new(&part, &shown(&self.headers), &received))
    }
}

impl Body {
    fn difference(&self, request: &wiremock::Request) -> Option<Difference> {
        let received = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let received = received.unwrap_or_default();
        let essence = media_type::essence;
        if !essence(received).eq_ignore_ascii_case(essence(&self.media_type)) {
            let expected = essence(&self.media_type);
            return Some(Difference::new("media type", expected, essence(received)));
        }
        if is_json(&self.media_type) {
            return json_differs(&self.bytes, &request.body);
        }
        // Each multipart body has its own random boundary.
        let expected = match (boundary(&self.media_type), boundary(received)) {
            (Some(own), Some(other)) => {
                String::from_utf8_lossy(&self.bytes).replace(own, other).into_bytes()
            }
            _ => self.bytes.to_vec(),
        };
        let received = match boundary(received) {
            Some(_) => String::from_utf8_lossy(&request.body).into_owned().into_bytes(),
            None => request.body.clone(),
        };
        bytes_differ(&expected, &received)
    }
}

/// The encoding of the braces of a template in a URL. Braces in a value are encoded twice.
const OPEN: &str = "%7B";
const CLOSE: &str = "%7D";

fn parsed(url: &str) -> Result<Url, String> {
    Url::parse(url).map_err(|error| format!("{url}: {error}"))
}

/// Returns whether a path matches a template. A variable matches one or more characters of a
/// segment.
fn path_matches(template: &str, path: &str) -> bool {
    let Some((literal, rest)) = template.split_once(OPEN) else {
        return template == path;
    };
    let Some(path) = path.strip_prefix(literal) else {
        return false;
    };
    let rest = rest.split_once(CLOSE).map_or("", |(_, rest)| rest);
    let segment = path.split('/').next().unwrap_or_default();
    (1..=segment.len()).any(|end| path.get(end..).is_some_and(|path| path_matches(rest, path)))
}

fn pairs(text: &str, separator: char) -> Vec<String> {
    let pairs = text.split(separator).map(str::trim);
    pairs.filter(|pair| !pair.is_empty()).map(str::to_owned).collect()
}

/// Compares the pairs of each expected name, in their order. Other names are ignored.
fn pairs_differ(part: &str, expected: &[String], received: &[String]) -> Option<Difference> {
    let of = |pairs: &[String], name: &str| -> Vec<String> {
        pairs.iter().filter(|pair| name_of(pair) == name).cloned().collect()
    };
    let mut names = expected.iter().map(|pair| name_of(pair));
    let differing = names.find(|name| of(expected, name) != of(received, name))?;
    let shown = |pairs: &[String]| of(pairs, differing).join("&");
    Some(Difference::new(part, &shown(expected), &shown(received)))
}

/// Returns the name of a pair, without a key in brackets, as in `name[key]`.
fn name_of(pair: &str) -> &str {
    let name = pair.split('=').next().unwrap_or_default();
    name.split("%5B").next().unwrap_or_default()
}

fn boundary(media_type: &str) -> Option<&str> {
    Some(media_type.split_once("boundary=")?.1.trim_matches('"'))
}

/// Encodes a body. Files are read in a separate thread, because reading them is asynchronous and
/// adding an expectation is not.
fn encoded(body: &body::Body) -> Result<Body, String> {
    let media_type = body.media_type.to_str().unwrap_or_default().to_owned();
    let read = || -> Result<Vec<u8>, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(async {
            let mut pieces = body.open().await.map_err(|error| error.to_string())?;
            let mut pieces = std::pin::Pin::new(&mut pieces);
            let mut bytes = Vec::new();
            while let Some(piece) =
                std::future::poll_fn(|context| pieces.as_mut().poll_next(context)).await
            {
                bytes.extend(piece.map_err(|error| error.to_string())?);
            }
            Ok(bytes)
        })
    };
    let read = thread::scope(|scope| scope.spawn(read).join());
    let bytes = read.map_err(|_| "the body cannot be read".to_owned())??;
    Ok(Body { media_type, bytes: bytes.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_matches_within_its_segment() {
        let whole = "/a/%7Bone%7D/b";
        assert!(path_matches(whole, "/a/1/b") && path_matches(whole, "/a/x%2Fy/b"));
        for path in ["/a//b", "/a/1/2/b", "/a/1/c", "/a/1/b/", "/c/a/1/b"] {
            assert!(!path_matches(whole, path), "{path}");
        }
        let two = "/%7Bone%7D-%7Btwo%7D.json";
        assert!(path_matches(two, "/1-2.json") && path_matches(two, "/1-2-3.json"));
        assert!(!path_matches(two, "/-2.json") && !path_matches(two, "/12.json"));
    }
}
