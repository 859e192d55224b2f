//! Decides whether a response is successful.
//!
//! Takes the request ([`Requested`]) and the status, headers and first bytes of a response. Returns
//! a [`Mismatch`] if the response is something else than what was requested. The transport calls
//! this before it returns a response. Decoding is left to others.
//!
//! A documented media type is accepted, and so are `application/octet-stream` and a missing
//! `Content-Type`, which state nothing. Contradictions are not: a web page, a JSON error where a
//! file was requested, a file where JSON was requested, a part instead of the whole, or a content
//! coding that was not requested.

use http::StatusCode;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, HeaderMap, RANGE,
};
use serde::de::IgnoredAny;

use super::error::one_line;
use super::media_type::{self, is_json, is_sequence};
use super::transport::Reading;
use super::{ErrorFormat, Method, Request, json};

/// The maximum number of bytes of a body to inspect, if the media type is not sufficient.
pub(crate) const MAX_INSPECTED: usize = 16 * 1024;

/// The parts of a request that decide which responses match.
pub(crate) struct Requested<'a> {
    /// The media types of successful responses in the document, and those that the caller accepts,
    /// as `Accept` lists them.
    media_types: [&'a str; 3],
    reading: Reading,
    method: Method,
    /// Whether a range is requested (RFC 9110, section 14.2).
    part: bool,
    /// Whether the caller has set the accepted encodings (RFC 9110, section 12.5.3).
    encodings: bool,
    errors: &'a ErrorFormat,
}

/// The reason why a response does not match the request, and its possible cause.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch(pub(crate) String);

impl<'a> Requested<'a> {
    pub(crate) fn of(request: &'a Request, reading: Reading) -> Self {
        let own = request.headers.get(ACCEPT).and_then(|own| own.to_str().ok()).unwrap_or_default();
        Self {
            media_types: [request.operation.accept, request.accept, own],
            reading,
            method: request.operation.method,
            part: request.headers.contains_key(RANGE),
            encodings: request.headers.contains_key(ACCEPT_ENCODING),
            errors: &request.client.shared.api.error_format,
        }
    }

    /// Returns how many of the first bytes are needed for the decision.
    pub(crate) fn needed(&self, headers: &HeaderMap, first: &[u8]) -> usize {
        let beginning = without_bom(first).first();
        match (self.reading, ContentKind::of(headers)) {
            (Reading::File | Reading::ByCase | Reading::ByMediaType, ContentKind::Json)
                if !self.documents(headers) =>
            {
                MAX_INSPECTED
            }
            (Reading::File, ContentKind::Unspecified | ContentKind::Text)
                if matches!(beginning, None | Some(b'{' | b'<')) =>
            {
                MAX_INSPECTED
            }
            _ => 0,
        }
    }

    /// Checks a response. `complete` states that the first bytes are the whole body.
    ///
    /// # Errors
    ///
    /// Returns a [`Mismatch`] if the response does not match the request.
    pub(crate) fn check(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        first: &[u8],
        complete: bool,
    ) -> Result<(), Mismatch> {
        // If the document may describe this status, its cases decide.
        let by_status = matches!(self.reading, Reading::ByStatus | Reading::ByCase);
        if status == StatusCode::PARTIAL_CONTENT && !self.part && !by_status {
            let what = "received a part of the content, although the whole was requested";
            return Err(Mismatch(format!("{what}; a cache or a proxy may have mixed up requests")));
        }
        let is_empty = complete && first.is_empty();
        if self.method != Method::HEAD && !is_empty {
            self.check_encoding(headers)?;
        }
        if self.part && status == StatusCode::PARTIAL_CONTENT {
            // Bytes from the middle of a file do not identify it.
            return Ok(());
        }
        let wants_file = self.reading == Reading::File;
        let has_content = match status {
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => false,
            // An accepted request is not completed yet (RFC 9110, section 15.3.3).
            StatusCode::ACCEPTED => !is_empty || media_type::of(headers).is_some(),
            _ => true,
        };
        if wants_file && !has_content {
            return Err(Mismatch(format!(
                "{}, but received no file with this status",
                self.expected()
            )));
        }
        if self.method == Method::HEAD || self.documents(headers) {
            return Ok(());
        }
        let received = self.contradiction(headers, first, complete);
        received.map_or(Ok(()), |received| {
            Err(Mismatch(format!("{}, but received {received}", self.expected())))
        })
    }

    fn check_encoding(&self, headers: &HeaderMap) -> Result<(), Mismatch> {
        let codings = headers.get_all(CONTENT_ENCODING).iter();
        let codings = codings.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let codings = codings.collect::<Vec<_>>().join(", ");
        let is_plain = |coding: &str| {
            let coding = coding.trim();
            coding.is_empty() || coding.eq_ignore_ascii_case("identity")
        };
        if self.encodings || codings.split(',').all(is_plain) {
            return Ok(());
        }
        let coding = one_line(&codings);
        Err(Mismatch(format!(
            "its content is encoded as `{coding}`, which was not requested; a proxy may have done \
             that. `ClientBuilder::http_client` takes a client that decodes it"
        )))
    }

    /// Describes the content, if it contradicts the request.
    fn contradiction(&self, headers: &HeaderMap, first: &[u8], complete: bool) -> Option<String> {
        let kind = ContentKind::of(headers);
        let is_html =
            kind == ContentKind::Page || (kind == ContentKind::Unspecified && is_page(first));
        match self.reading {
            Reading::Whole | Reading::ByStatus if is_html && !self.can_be_decoded(kind, first) => {
                Some(page())
            }
            Reading::Stream if is_html => Some(page()),
            Reading::File | Reading::ByCase
                if is_html || (kind == ContentKind::Text && is_page(first)) =>
            {
                let is_any = self.accepts_anything() && is_attachment(headers);
                (!is_any).then(page)
            }
            Reading::Whole | Reading::ByStatus => self.not_a_value(kind, first),
            Reading::Stream => self.not_a_sequence(kind, headers),
            Reading::File => self.not_a_file(kind, headers, first, complete),
            Reading::ByCase | Reading::ByMediaType if self.some(is_json) => {
                self.not_a_value(kind, b"")
            }
            Reading::ByCase | Reading::ByMediaType => {
                self.not_a_file(kind, headers, first, complete)
            }
        }
    }

    /// Returns whether content with the type of a web page is usable. Some servers send JSON, or
    /// nothing, as `text/html`.
    fn can_be_decoded(&self, kind: ContentKind, first: &[u8]) -> bool {
        let text = without_bom(first);
        let is_value = || serde_json::from_slice::<IgnoredAny>(text).is_ok();
        let is_text = kind == ContentKind::Unspecified && !self.some(is_json) && self.some(is_text);
        text.is_empty() || is_text || (self.some(is_json) && is_value())
    }

    fn not_a_value(&self, kind: ContentKind, first: &[u8]) -> Option<String> {
        match kind {
            ContentKind::File | ContentKind::Markup
                if self.some(is_json) && !self.accepts_anything() =>
            {
                let hint = "the base URL may lead to another service";
                Some(format!("a file of another type; {hint}"))
            }
            ContentKind::Json if self.some(is_text) => self.reported(first),
            _ => None,
        }
    }

    /// A parser for the wrong syntax would return no items, as for an empty stream.
    fn not_a_sequence(&self, kind: ContentKind, headers: &HeaderMap) -> Option<String> {
        let events = |one: &str| media_type::essence(one).eq_ignore_ascii_case(EVENTS);
        let received = media_type::of(headers);
        let matches = match kind {
            ContentKind::Unspecified => true,
            ContentKind::Sequence if !self.some(is_sequence) => true,
            ContentKind::Sequence => received.is_some_and(events) == self.some(events),
            ContentKind::Json | ContentKind::Text => !self.some(events),
            ContentKind::Page | ContentKind::Markup | ContentKind::File => false,
        };
        (!matches).then(|| "content of another type, which has no such items".to_owned())
    }

    fn not_a_file(
        &self,
        kind: ContentKind,
        headers: &HeaderMap,
        first: &[u8],
        complete: bool,
    ) -> Option<String> {
        let open = self.accepts_anything() || is_attachment(headers);
        let looks_like_json = without_bom(first).first() == Some(&b'{');
        match kind {
            ContentKind::Json => {
                let other = || (!open).then(|| "JSON".to_owned());
                self.reported(first).or_else(other)
            }
            ContentKind::Unspecified | ContentKind::Text
                if complete && looks_like_json && !self.some(is_json) =>
            {
                self.reported(first)
            }
            ContentKind::Markup if !open => Some("XML, which may report an error".to_owned()),
            _ => None,
        }
    }

    /// Returns the message of JSON content, if it has the form of an error.
    fn reported(&self, json: &[u8]) -> Option<String> {
        let text = json::text(json).ok()?;
        let is_value = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        let is_object = text.trim_ascii_start().starts_with('{');
        let formats = [self.errors, &ErrorFormat::COMMON];
        let pointers = formats
            .iter()
            .flat_map(|format| format.message.iter().chain(format.code).chain(format.tracking_id));
        let mut values = pointers.filter_map(|pointer| json::find(&text, pointer));
        let first = values.find(|value| *value != "null");
        let errors = || json::find(&text, "/errors").filter(|errors| errors.starts_with('['));
        let message = first.or_else(errors).filter(|_| is_value && is_object)?;
        let message = serde_json::from_str(message).unwrap_or_else(|_| message.to_owned());
        Some(format!("JSON that reports an error: {}", one_line(&message)))
    }

    fn documents(&self, headers: &HeaderMap) -> bool {
        let Some(received) = media_type::of(headers) else { return false };
        // `text/*` includes web pages. `*/*` is not meant to include web pages and errors.
        let fits = |one: &str| media_type::fit(Some(one), Some(received)) >= Some(1);
        self.some(fits)
    }

    /// Returns whether the document allows any media type.
    fn accepts_anything(&self) -> bool {
        self.some(|one| matches!(media_type::essence(one), "*/*" | "application/octet-stream"))
    }

    fn some(&self, is: impl Fn(&str) -> bool) -> bool {
        self.media_types.iter().flat_map(|list| list.split(',')).map(str::trim).any(is)
    }

    fn expected(&self) -> String {
        let mut listed: Vec<&str> = Vec::new();
        for one in self.media_types.iter().flat_map(|list| list.split(',')) {
            let one = media_type::essence(one);
            if !one.is_empty() && !listed.contains(&one) {
                listed.push(one);
            }
        }
        match listed.as_slice() {
            [] => "expected no content".to_owned(),
            some => format!("expected {}", some.join(" or ")),
        }
    }
}

fn page() -> String {
    "a web page; the base URL may lead to a login page or a proxy instead of the API".to_owned()
}

/// The media type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// The kind of content, according to the media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ContentKind {
    /// No media type, or one that stands for any bytes.
    Unspecified,
    Json,
    /// A web page.
    Page,
    /// XML.
    Markup,
    /// A sequence of items.
    Sequence,
    Text,
    File,
}

impl ContentKind {
    fn of(headers: &HeaderMap) -> Self {
        let Some(own) = media_type::of(headers) else { return Self::Unspecified };
        let own = own.to_ascii_lowercase();
        match own.as_str() {
            "application/octet-stream" | "binary/octet-stream" | "application/force-download" => {
                Self::Unspecified
            }
            "text/html" | "application/xhtml+xml" => Self::Page,
            "text/csv" | "text/tab-separated-values" | "image/svg+xml" => Self::File,
            json if is_json(json) => Self::Json,
            sequence if is_sequence(sequence) => Self::Sequence,
            xml if xml.ends_with("/xml") || xml.ends_with("+xml") => Self::Markup,
            text if is_text(text) => Self::Text,
            _ => Self::File,
        }
    }
}

fn is_text(media_type: &str) -> bool {
    media_type.get(..5).is_some_and(|kind| kind.eq_ignore_ascii_case("text/"))
}

fn is_attachment(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_DISPOSITION).is_some_and(|value| {
        let kind = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"attachment")
    })
}

/// Removes a byte order mark and surrounding whitespace.
fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}

/// Returns whether bytes are the beginning of a web page.
fn is_page(first: &[u8]) -> bool {
    let text = without_bom(first);
    let begins = |tag: &str| {
        text.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
    };
    ["<!doctype html", "<html", "<head", "<body"].into_iter().any(begins)
}

#[cfg(test)]
mod tests;
