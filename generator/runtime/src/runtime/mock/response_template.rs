//! The responses of a mock server.

use std::borrow::Borrow;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_DISPOSITION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use wiremock::Request;

/// A response: status, headers and body.
#[derive(Debug, Clone)]
#[must_use = "a response takes effect when it is passed to an expectation"]
pub struct ResponseTemplate {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    media_type: Option<HeaderValue>,
    body: Option<Vec<u8>>,
    delay: Duration,
}

impl ResponseTemplate {
    /// Returns a response without a body.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            panic!("{status} is not a valid status");
        };
        Self { status, headers: Vec::new(), media_type: None, body: None, delay: Duration::ZERO }
    }

    /// Returns a response with a JSON body.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid or the value cannot be encoded.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(status: u16, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => Self::body(status, "application/json", json),
            Err(error) => panic!("the response cannot be encoded as JSON: {error}"),
        }
    }

    /// Returns a response with a body of any media type.
    ///
    /// # Panics
    ///
    /// Panics if the status or the media type is invalid.
    #[track_caller]
    pub fn body(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..Self::status(status) }.media_type(media_type)
    }

    /// Returns a response with events that have text data (WHATWG HTML, section 9.2).
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid.
    #[track_caller]
    pub fn text_events(status: u16, texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let texts = texts.into_iter().map(Into::<String>::into);
        let event = |text: String| {
            let lines: String = text.split('\n').map(|line| format!("data: {line}\n")).collect();
            lines + "\n"
        };
        let body: String = texts.map(event).collect();
        Self::body(status, "text/event-stream", body)
    }

    /// Returns a response with events that have JSON data.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid or a value cannot be encoded.
    #[track_caller]
    pub fn events<T: Serialize>(
        status: u16,
        values: impl IntoIterator<Item = impl Borrow<T>>,
    ) -> Self {
        Self::text_events(status, json_texts(values))
    }

    /// Returns a response with JSON values, one per line.
    ///
    /// # Panics
    ///
    /// Panics if the status is invalid or a value cannot be encoded.
    #[track_caller]
    pub fn lines<T: Serialize>(
        status: u16,
        values: impl IntoIterator<Item = impl Borrow<T>>,
    ) -> Self {
        let body: String = json_texts(values).into_iter().map(|json| json + "\n").collect();
        Self::body(status, "application/jsonl", body)
    }

    /// Returns a response with a file. If the file has no media type, the first one that the
    /// request accepts is used.
    ///
    /// # Panics
    ///
    /// Panics if the status or the media type is invalid.
    #[track_caller]
    pub fn file(status: u16, file: impl Into<File>) -> Self {
        let File { name, content, media_type } = file.into();
        let response = Self { body: Some(content), ..Self::status(status) };
        let response = match name {
            Some(name) => response.header(CONTENT_DISPOSITION.as_str(), &disposition(&name)),
            None => response,
        };
        match media_type {
            Some(media_type) => response.media_type(&media_type),
            None => response,
        }
    }

    /// Sets the media type of the body.
    ///
    /// # Panics
    ///
    /// Panics if the media type is invalid.
    #[track_caller]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.media_type = Some(value(media_type));
        self
    }

    /// Sets the media type of the body, if it has none yet.
    ///
    /// # Panics
    ///
    /// Panics if the media type is invalid.
    #[track_caller]
    pub fn default_media_type(self, media_type: &str) -> Self {
        if self.media_type.is_some() { self } else { self.media_type(media_type) }
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// Panics if the name or the value is invalid.
    #[track_caller]
    pub fn header(mut self, name: &str, text: &str) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            panic!("`{}` is not a valid header name", name.escape_debug());
        };
        self.headers.push((name, value(text)));
        self
    }

    /// Delays the response.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Builds the response to a request.
    pub(super) fn to(&self, request: &Request) -> wiremock::ResponseTemplate {
        let mut sent = wiremock::ResponseTemplate::new(self.status).set_delay(self.delay);
        for (name, value) in &self.headers {
            sent = sent.append_header(name, value);
        }
        let Some(body) = &self.body else {
            return sent;
        };
        let media_type = self.media_type.as_ref().and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_else(|| accepted(request));
        sent.set_body_raw(body.as_slice(), media_type)
    }
}

/// Returns the first media type that a request accepts, without wildcards.
fn accepted(request: &Request) -> &str {
    let accept = request.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let mut listed = accept.into_iter().flat_map(|accept| accept.split(',')).map(str::trim);
    listed.find(|one| !one.is_empty() && !one.contains('*')).unwrap_or("application/octet-stream")
}

/// Encodes values as JSON.
#[track_caller]
fn json_texts<T: Serialize>(values: impl IntoIterator<Item = impl Borrow<T>>) -> Vec<String> {
    let mut texts = Vec::new();
    for value in values {
        match serde_json::to_string(value.borrow()) {
            Ok(json) => texts.push(json),
            Err(error) => panic!("the response cannot be written as JSON: {error}"),
        }
    }
    texts
}

/// Parses the value of a header.
#[track_caller]
fn value(text: &str) -> HeaderValue {
    match HeaderValue::try_from(text) {
        Ok(value) => value,
        Err(_) => panic!("`{}` is not a valid header value", text.escape_debug()),
    }
}

/// Returns the header with the name of a file (RFC 6266), in ASCII and in the extended notation.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    let quoted = plain.replace('\\', "\\\\").replace('"', "\\\"");
    let encoded = crate::runtime::parameter::percent_encode(name);
    format!("attachment; filename=\"{quoted}\"; filename*=UTF-8''{encoded}")
}

/// A file in a response.
#[derive(Debug, Clone)]
#[must_use = "a file takes effect when it is passed to an expectation"]
pub struct File {
    name: Option<String>,
    content: Vec<u8>,
    media_type: Option<String>,
}

/// Returns a file with a name.
pub fn file(name: impl Into<String>, content: impl Into<Vec<u8>>) -> File {
    File { name: Some(name.into()), ..File::from(content.into()) }
}

impl File {
    /// Sets the media type. By default it is the first one that the request accepts.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }
}

/// A file without a name.
impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        Self { name: None, content, media_type: None }
    }
}
