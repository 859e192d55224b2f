//! What a request must be like to fit an expectation.
//!
//! In come the request as the client would write it and one that has come, out goes what is
//! different. Since the client wrote both, its styles are not taken apart: what it writes for the
//! same values is the same.

use std::thread;

use bytes::Bytes;
use futures_core::Stream;
use http::header::{CONTENT_TYPE, COOKIE, HeaderMap};
use reqwest::Url;

use super::difference::{Difference, bytes_differ, json_differs};
use crate::runtime::media_type::{self, is_json};
use crate::runtime::{Operation, Request, body};

/// A request that is expected. Its path can have names in braces, which stand for any text.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) operation: &'static Operation,
    /// The template of the path with the values that are known.
    pub(super) path: String,
    /// The template itself.
    any_path: String,
    pub(super) query: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Vec<String>,
    pub(super) body: Option<Body>,
}

/// A body that is expected.
#[derive(Debug)]
pub(super) struct Body {
    media_type: String,
    pub(super) bytes: Bytes,
}

impl Wanted {
    /// What to expect of a request.
    ///
    /// # Errors
    ///
    /// A value of the request cannot be written, or a file of it cannot be read.
    pub(super) fn new(request: Request) -> Result<Self, String> {
        if let Some(error) = request.error {
            return Err(error.to_string());
        }
        let base_url = &request.client.shared.base_url;
        let url = parsed(&base_url.operation(&request.path, &request.query))?;
        let template = parsed(&base_url.operation(request.operation.path, ""))?;
        Ok(Self {
            operation: request.operation,
            path: url.path().to_owned(),
            any_path: template.path().to_owned(),
            query: pairs(url.query().unwrap_or_default(), '&'),
            headers: request.headers,
            cookies: pairs(&request.cookies, ';'),
            body: request.body.as_ref().map(written).transpose()?,
        })
    }

    /// How many parts of the path are open. A path with fewer is meant before one with more, as
    /// `/things/new` is before `/things/{id}`.
    pub(super) fn openness(&self) -> usize {
        self.any_path.matches(OPEN).count()
    }

    /// Whether a request is of this operation, whatever its values are.
    pub(super) fn is_of_operation(&self, request: &wiremock::Request) -> bool {
        self.operation.method == request.method && fits(&self.any_path, request.url.path())
    }

    /// How a request of the operation is not as expected, if it is not.
    pub(super) fn difference(&self, request: &wiremock::Request) -> Option<Difference> {
        if !fits(&self.path, request.url.path()) {
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

    /// The path as its document has it.
    pub(super) fn shown_path(&self) -> String {
        self.path.replace(OPEN, "{").replace(CLOSE, "}")
    }

    fn headers_differ(&self, came: &HeaderMap) -> Option<Difference> {
        let differing = self.headers.keys().find(|name| {
            let (wanted, came) = (self.headers.get_all(*name), came.get_all(*name));
            !wanted.iter().eq(came.iter())
        })?;
        let shown = |headers: &HeaderMap| {
            let values = headers.get_all(differing).iter().map(|value| format!("{value:?}"));
            values.collect::<Vec<_>>().join(", ")
        };
        let what = format!("header {differing}");
        let is_secret = self.headers.get(differing).is_some_and(http::HeaderValue::is_sensitive);
        let came = match shown(came) {
            came if is_secret && !came.is_empty() => "another value".to_owned(),
            came => came,
        };
        Some(Difference::new(&what, &shown(&self.headers), &came))
    }
}

impl Body {
    fn difference(&self, request: &wiremock::Request) -> Option<Difference> {
        let came = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let came = came.unwrap_or_default();
        let essence = media_type::essence;
        if !essence(came).eq_ignore_ascii_case(essence(&self.media_type)) {
            return Some(Difference::new("media type", essence(&self.media_type), essence(came)));
        }
        if is_json(&self.media_type) {
            return json_differs(&self.bytes, &request.body);
        }
        // Two forms of several parts differ by the line between the parts, which is chosen anew
        // for each.
        let wanted = match (boundary(&self.media_type), boundary(came)) {
            (Some(own), Some(other)) => {
                String::from_utf8_lossy(&self.bytes).replace(own, other).into_bytes()
            }
            _ => self.bytes.to_vec(),
        };
        let came = match boundary(came) {
            Some(_) => String::from_utf8_lossy(&request.body).into_owned().into_bytes(),
            None => request.body.clone(),
        };
        bytes_differ(&wanted, &came)
    }
}

/// What a URL makes of the braces of a template. In a value they are encoded once more.
const OPEN: &str = "%7B";
const CLOSE: &str = "%7D";

fn parsed(url: &str) -> Result<Url, String> {
    Url::parse(url).map_err(|error| format!("{url}: {error}"))
}

/// Whether a path is that of a template, whose names in braces stand for one letter or more of a
/// segment.
fn fits(template: &str, path: &str) -> bool {
    let Some((literal, rest)) = template.split_once(OPEN) else {
        return template == path;
    };
    let Some(path) = path.strip_prefix(literal) else {
        return false;
    };
    let rest = rest.split_once(CLOSE).map_or("", |(_, rest)| rest);
    let segment = path.split('/').next().unwrap_or_default();
    (1..=segment.len()).any(|end| path.get(end..).is_some_and(|path| fits(rest, path)))
}

fn pairs(text: &str, separator: char) -> Vec<String> {
    let pairs = text.split(separator).map(str::trim);
    pairs.filter(|pair| !pair.is_empty()).map(str::to_owned).collect()
}

/// A name is expected with all its values and in their order; other names may be there as well.
fn pairs_differ(what: &str, wanted: &[String], came: &[String]) -> Option<Difference> {
    let of = |pairs: &[String], name: &str| -> Vec<String> {
        pairs.iter().filter(|pair| name_of(pair) == name).cloned().collect()
    };
    let differing =
        wanted.iter().map(|pair| name_of(pair)).find(|name| of(wanted, name) != of(came, name))?;
    let shown = |pairs: &[String]| of(pairs, differing).join("&");
    Some(Difference::new(what, &shown(wanted), &shown(came)))
}

/// The name of a pair. One in brackets belongs to what stands before them, as in `name[key]`.
fn name_of(pair: &str) -> &str {
    let name = pair.split('=').next().unwrap_or_default();
    name.split("%5B").next().unwrap_or_default()
}

fn boundary(media_type: &str) -> Option<&str> {
    Some(media_type.split_once("boundary=")?.1.trim_matches('"'))
}

/// A body as it is sent. Files are read on a thread of their own, since reading them is waited for,
/// and those who say what they expect do not wait.
fn written(body: &body::Body) -> Result<Body, String> {
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
    fn a_template_fits_paths_of_its_segments() {
        let whole = "/a/%7Bone%7D/b";
        assert!(fits(whole, "/a/1/b") && fits(whole, "/a/x%2Fy/b"));
        assert!(!fits(whole, "/a//b") && !fits(whole, "/a/1/2/b") && !fits(whole, "/a/1/c"));
        assert!(!fits(whole, "/a/1/b/") && !fits(whole, "/c/a/1/b"));
        let two = "/%7Bone%7D-%7Btwo%7D.json";
        assert!(fits(two, "/1-2.json") && fits(two, "/1-2-3.json"));
        assert!(!fits(two, "/-2.json") && !fits(two, "/12.json"));
    }
}
