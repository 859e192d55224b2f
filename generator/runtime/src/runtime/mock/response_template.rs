//! What the server responses.

use std::borrow::Borrow;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_DISPOSITION};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use wiremock::Request;

/// What a request is answered: a status, headers, and a body.
#[derive(Debug, Clone)]
#[must_use = "an response is given by an expectation"]
pub struct ResponseTemplate {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    media_type: Option<HeaderValue>,
    body: Option<Vec<u8>>,
    delay: Duration,
}

impl ResponseTemplate {
    /// An response without a body.
    ///
    /// # Panics
    ///
    /// There is no such status.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        let Ok(status) = StatusCode::from_u16(status) else {
            panic!("{status} is no status");
        };
        Self { status, headers: Vec::new(), media_type: None, body: None, delay: Duration::ZERO }
    }

    /// An response with JSON.
    ///
    /// # Panics
    ///
    /// There is no such status, or the value cannot be written.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(status: u16, body: &T) -> Self {
        match serde_json::to_vec(body) {
            Ok(json) => Self::body(status, "application/json", json),
            Err(error) => panic!("the response cannot be written as JSON: {error}"),
        }
    }

    /// An response with a body of any kind.
    ///
    /// # Panics
    ///
    /// There is no such status, or the media type cannot be one.
    #[track_caller]
    pub fn body(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(body.into()), ..Self::status(status) }.media_type(media_type)
    }

    /// An response with events that have these texts in them (WHATWG HTML, section 9.2).
    ///
    /// # Panics
    ///
    /// There is no such status.
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

    /// An response with events that have these values in them, as JSON.
    ///
    /// # Panics
    ///
    /// There is no such status, or a value cannot be written.
    #[track_caller]
    pub fn events<T: Serialize>(
        status: u16,
        values: impl IntoIterator<Item = impl Borrow<T>>,
    ) -> Self {
        Self::text_events(status, json_texts(values))
    }

    /// An response with JSON values, each in a line of its own.
    ///
    /// # Panics
    ///
    /// There is no such status, or a value cannot be written.
    #[track_caller]
    pub fn lines<T: Serialize>(
        status: u16,
        values: impl IntoIterator<Item = impl Borrow<T>>,
    ) -> Self {
        let body: String = json_texts(values).into_iter().map(|json| json + "\n").collect();
        Self::body(status, "application/jsonl", body)
    }

    /// An response with a file. Without a media type of its own it has the first one that the request
    /// accepts.
    ///
    /// # Panics
    ///
    /// There is no such status, or the media type cannot be one.
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

    /// Sets what the body is said to be.
    ///
    /// # Panics
    ///
    /// This cannot be a media type.
    #[track_caller]
    pub fn media_type(mut self, media_type: &str) -> Self {
        self.media_type = Some(value(media_type));
        self
    }

    /// Sets what the body is said to be, if nothing is said of it yet.
    ///
    /// # Panics
    ///
    /// This cannot be a media type.
    #[track_caller]
    pub fn default_media_type(self, media_type: &str) -> Self {
        if self.media_type.is_some() { self } else { self.media_type(media_type) }
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// Name or value cannot be those of a header.
    #[track_caller]
    pub fn header(mut self, name: &str, text: &str) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            panic!("`{}` cannot be the name of a header", name.escape_debug());
        };
        self.headers.push((name, value(text)));
        self
    }

    /// Lets some time pass before the response is sent.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// The response to a request, in the form that the server sends.
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

/// The first media type that a request accepts, if it names any.
fn accepted(request: &Request) -> &str {
    let accept = request.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let mut listed = accept.into_iter().flat_map(|accept| accept.split(',')).map(str::trim);
    listed.find(|one| !one.is_empty() && !one.contains('*')).unwrap_or("application/octet-stream")
}

/// Values as JSON.
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

/// The value of a header.
#[track_caller]
fn value(text: &str) -> HeaderValue {
    match HeaderValue::try_from(text) {
        Ok(value) => value,
        Err(_) => panic!("`{}` cannot be the value of a header", text.escape_debug()),
    }
}

/// The header that names a file (RFC 6266): as it is, and once more for letters that are not ASCII.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '_' }).collect();
    let quoted = plain.replace('\\', "\\\\").replace('"', "\\\"");
    let encoded = crate::runtime::parameter::percent_encode(name);
    format!("attachment; filename=\"{quoted}\"; filename*=UTF-8''{encoded}")
}

/// A file that is answered.
#[derive(Debug, Clone)]
#[must_use = "a file is given by an expectation"]
pub struct File {
    name: Option<String>,
    content: Vec<u8>,
    media_type: Option<String>,
}

/// A file that is answered, with the name that it is to be saved under.
pub fn file(name: impl Into<String>, content: impl Into<Vec<u8>>) -> File {
    File { name: Some(name.into()), ..File::from(content.into()) }
}

impl File {
    /// Sets the media type. Without it, it is the first one that the request accepts.
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
