//! Which responses count as success.
//!
//! Takes what was asked for ([`Asked`]) and what came: status, headers, the first bytes. Returns why
//! it is something else ([`Unlike`]), or nothing. The transport asks between receiving a response
//! and handing it on. Decoding what is like what was asked for is left to others.
//!
//! A documented media type passes, and so do `application/octet-stream` and a missing type, which
//! say nothing. What contradicts the document does not: a web page, JSON that reports an error where
//! a file was asked for, a file where JSON was, a part where the whole was, an encoding that nobody
//! has asked for.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, HeaderMap, RANGE,
};
use http::{Method, StatusCode};
use serde::de::IgnoredAny;

use super::error::one_line;
use super::media_type::{self, is_json, is_sequence};
use super::transport::Reading;
use super::{ErrorFormat, Request, json};

/// How much of a body is looked at to tell what it is, if its media type does not.
pub(crate) const LOOKED_AT: usize = 16 * 1024;

/// What was asked for.
pub(crate) struct Asked<'a> {
    /// The media types that the document gives for successful responses, and those that the caller
    /// accepts, as `Accept` lists them.
    media_types: [&'a str; 3],
    reading: Reading,
    method: &'a Method,
    /// Whether the request asks for a part (RFC 9110, section 14.2).
    part: bool,
    /// Whether the caller has said which encodings it takes (RFC 9110, section 12.5.3).
    encodings: bool,
    errors: &'a ErrorFormat,
}

/// Why a response is not what was asked for, and what the cause may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unlike(pub(crate) String);

impl<'a> Asked<'a> {
    pub(crate) fn of(request: &'a Request, reading: Reading) -> Self {
        let own = request.headers.get(ACCEPT).and_then(|own| own.to_str().ok()).unwrap_or_default();
        Self {
            media_types: [request.operation.accept, request.accept, own],
            reading,
            method: &request.operation.method,
            part: request.headers.contains_key(RANGE),
            encodings: request.headers.contains_key(ACCEPT_ENCODING),
            errors: &request.client.shared.api.error_format,
        }
    }

    /// How many of the first bytes are needed to decide, when some are there already.
    pub(crate) fn needed(&self, headers: &HeaderMap, first: &[u8]) -> usize {
        let beginning = text_of(first).first();
        match (self.reading, Kind::of(headers)) {
            (Reading::File | Reading::ByCase | Reading::ByMediaType, Kind::Json)
                if !self.documents(headers) =>
            {
                LOOKED_AT
            }
            (Reading::File, Kind::Unsaid | Kind::Text)
                if matches!(beginning, None | Some(b'{' | b'<')) =>
            {
                LOOKED_AT
            }
            _ => 0,
        }
    }

    /// Decides. `complete`: the first bytes are the whole body.
    ///
    /// # Errors
    ///
    /// Why the response is something else.
    pub(crate) fn check(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        first: &[u8],
        complete: bool,
    ) -> Result<(), Unlike> {
        // Where the document may have this status, its cases decide.
        let by_status = matches!(self.reading, Reading::ByStatus | Reading::ByCase);
        if status == StatusCode::PARTIAL_CONTENT && !self.part && !by_status {
            let what = "a part of the content came, although the whole was asked for";
            return Err(Unlike(format!("{what}; a cache or a proxy may have mixed up requests")));
        }
        let is_empty = complete && first.is_empty();
        if self.method != Method::HEAD && !is_empty {
            self.check_encoding(headers)?;
        }
        if self.part && status == StatusCode::PARTIAL_CONTENT {
            // Bytes from the middle do not tell what the whole is.
            return Ok(());
        }
        let wants_file = self.reading == Reading::File;
        let has_content = match status {
            StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT => false,
            // What was accepted is not done (RFC 9110, section 15.3.3).
            StatusCode::ACCEPTED => !is_empty || media_type::of(headers).is_some(),
            _ => true,
        };
        if wants_file && !has_content {
            return Err(Unlike(format!("{}, but no file came with this status", self.expected())));
        }
        if self.method == Method::HEAD || self.documents(headers) {
            return Ok(());
        }
        let came = self.contradiction(headers, first, complete);
        came.map_or(Ok(()), |came| Err(Unlike(format!("{}, but {came}", self.expected()))))
    }

    fn check_encoding(&self, headers: &HeaderMap) -> Result<(), Unlike> {
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
        Err(Unlike(format!(
            "its content is encoded as `{coding}`, which was not asked for; a proxy may have done \
             that. `ClientBuilder::http_client` takes a client that decodes it"
        )))
    }

    /// What came, in words, if it contradicts what was asked for.
    fn contradiction(&self, headers: &HeaderMap, first: &[u8], complete: bool) -> Option<String> {
        let kind = Kind::of(headers);
        let is_html = kind == Kind::Page || (kind == Kind::Unsaid && is_page(first));
        match self.reading {
            Reading::Whole | Reading::ByStatus if is_html && !self.can_be_decoded(kind, first) => {
                Some(page())
            }
            Reading::Stream if is_html => Some(page()),
            Reading::File | Reading::ByCase
                if is_html || (kind == Kind::Text && is_page(first)) =>
            {
                let is_any = self.says_anything() && is_attachment(headers);
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

    /// A page may be none: servers are met that send JSON, or nothing, with the type of a page.
    fn can_be_decoded(&self, kind: Kind, first: &[u8]) -> bool {
        let text = text_of(first);
        let is_value = || serde_json::from_slice::<IgnoredAny>(text).is_ok();
        let is_text = kind == Kind::Unsaid && !self.some(is_json) && self.some(is_text);
        text.is_empty() || is_text || (self.some(is_json) && is_value())
    }

    fn not_a_value(&self, kind: Kind, first: &[u8]) -> Option<String> {
        match kind {
            Kind::File | Kind::Markup if self.some(is_json) && !self.says_anything() => {
                let hint = "the base URL may lead to another service";
                Some(format!("a file of another kind came; {hint}"))
            }
            Kind::Json if self.some(is_text) => self.reported(first),
            _ => None,
        }
    }

    /// Reading the wrong syntax gives no items, as if the stream had been empty.
    fn not_a_sequence(&self, kind: Kind, headers: &HeaderMap) -> Option<String> {
        let events = |one: &str| media_type::essence(one).eq_ignore_ascii_case(EVENTS);
        let came = media_type::of(headers);
        let is_like = match kind {
            Kind::Unsaid => true,
            Kind::Sequence if !self.some(is_sequence) => true,
            Kind::Sequence => came.is_some_and(events) == self.some(events),
            Kind::Json | Kind::Text => !self.some(events),
            Kind::Page | Kind::Markup | Kind::File => false,
        };
        (!is_like).then(|| "content of another kind came, which has no such items".to_owned())
    }

    fn not_a_file(
        &self,
        kind: Kind,
        headers: &HeaderMap,
        first: &[u8],
        complete: bool,
    ) -> Option<String> {
        let open = self.says_anything() || is_attachment(headers);
        let looks_like_json = text_of(first).first() == Some(&b'{');
        match kind {
            Kind::Json => {
                let other = || (!open).then(|| "JSON came".to_owned());
                self.reported(first).or_else(other)
            }
            Kind::Unsaid | Kind::Text if complete && looks_like_json && !self.some(is_json) => {
                self.reported(first)
            }
            Kind::Markup if !open => Some("XML came; it may report an error".to_owned()),
            _ => None,
        }
    }

    /// What JSON says went wrong, if it has the shape of an error.
    fn reported(&self, json: &[u8]) -> Option<String> {
        let text = json::text(json).ok()?;
        let is_value = serde_json::from_str::<IgnoredAny>(&text).is_ok();
        let is_object = text.trim_ascii_start().starts_with('{');
        let formats = [self.errors, &ErrorFormat::COMMON];
        let pointers = formats
            .iter()
            .flat_map(|format| format.message.iter().chain(format.code).chain(format.tracking_id));
        let mut found = pointers.filter_map(|pointer| json::find(&text, pointer));
        let first = found.find(|value| *value != "null");
        let list = || json::find(&text, "/errors").filter(|errors| errors.starts_with('['));
        let told = first.or_else(list).filter(|_| is_value && is_object)?;
        let told = serde_json::from_str(told).unwrap_or_else(|_| told.to_owned());
        Some(format!("JSON came that reports an error: {}", one_line(&told)))
    }

    fn documents(&self, headers: &HeaderMap) -> bool {
        let Some(came) = media_type::of(headers) else { return false };
        // `text/*` documents pages; `*/*` says nothing of them, nor of errors.
        let fits = |one: &str| media_type::fit(Some(one), Some(came)) >= Some(1);
        self.some(fits)
    }

    /// Whether the document leaves the media type open.
    fn says_anything(&self) -> bool {
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
            [] => "no content was expected".to_owned(),
            some => format!("{} was expected", some.join(" or ")),
        }
    }
}

fn page() -> String {
    "a web page came; the base URL may lead to a login page or to a proxy, and not to the API"
        .to_owned()
}

/// The media type of server-sent events.
const EVENTS: &str = "text/event-stream";

/// What a media type says of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing: there is none, or it stands for any bytes.
    Unsaid,
    Json,
    /// A web page.
    Page,
    /// XML.
    Markup,
    /// Items one after the other.
    Sequence,
    Text,
    File,
}

impl Kind {
    fn of(headers: &HeaderMap) -> Self {
        let Some(own) = media_type::of(headers) else { return Self::Unsaid };
        let own = own.to_ascii_lowercase();
        match own.as_str() {
            "application/octet-stream" | "binary/octet-stream" | "application/force-download" => {
                Self::Unsaid
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

/// The bytes without what may stand before a text.
fn text_of(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}

/// Whether bytes are the beginning of a web page.
fn is_page(first: &[u8]) -> bool {
    let text = text_of(first);
    let begins = |tag: &str| {
        text.get(..tag.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
    };
    ["<!doctype html", "<html", "<head", "<body"].into_iter().any(begins)
}

#[cfg(test)]
mod tests;
