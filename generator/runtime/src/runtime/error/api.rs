//! Errors that the server answered with.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{Masked, kept, one_line};
use crate::error_body::ErrorBody;
use crate::runtime::json;
use crate::runtime::masking::SentSecrets;
use crate::runtime::retry::retry_after;
use crate::runtime::{BufferedResponse, Error, ErrorFormat, Operation, ResponseHeader};

/// The longest text of an undocumented body that a message shows.
const SHOWN: usize = 200;

/// An error that the server answered with.
#[derive(Clone)]
pub struct ApiError {
    response: BufferedResponse,
    body: ErrorBody,
    message: Option<String>,
    code: Option<String>,
    tracking_id: Option<String>,
}

impl ApiError {
    pub(crate) fn new(
        operation: &Operation,
        format: &ErrorFormat,
        response: BufferedResponse,
    ) -> Self {
        let case = operation.errors.iter().find(|case| case.statuses.contain(response.status));
        let body =
            case.and_then(|case| (case.decode)(&response).ok()).unwrap_or(ErrorBody::Undocumented);
        let text = json::text(&response.bytes).unwrap_or_default();
        let plain = plain_text(&text, &response);
        let first = |pointers| first_text(&text, pointers, &response.secrets);
        let [message, code, tracking_id] =
            [format.message, format.code, format.tracking_id].map(first);
        Self { body, message: message.or(plain), code, tracking_id, response }
    }

    /// Says what went wrong, where the client knows better than the body.
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.message = Some(message);
        self
    }

    /// The id of the operation.
    #[allow(dead_code, reason = "only the program for the command line asks")]
    pub(crate) fn operation(&self) -> &'static str {
        self.response.operation
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// A documented header, or nothing if it is not there.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the header does not fit its type.
    pub fn header<T: DeserializeOwned>(
        &self,
        header: ResponseHeader<T>,
    ) -> Result<Option<T>, Error> {
        self.response.header(header)
    }

    /// The body, as the type that the document gives it for this status.
    pub fn body(&self) -> &ErrorBody {
        &self.body
    }

    /// The body as it came.
    pub fn bytes(&self) -> &Bytes {
        &self.response.bytes
    }

    /// Returns what the body says went wrong, in words. Bodies of other shapes than the documented
    /// ones are read too, and plain text as well. A secret of the request that the server repeats is
    /// replaced by `***`, here and wherever the error is shown; [`bytes`](Self::bytes) and
    /// [`body`](Self::body) have it as it came.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The code in the body, which is finer than the status.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The name under which the server's operators find the request in their logs.
    pub fn tracking_id(&self) -> Option<&str> {
        self.tracking_id.as_deref()
    }

    /// How long the server asks to wait before the next attempt
    /// (RFC 9110, section 10.2.3, `Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.response.headers, SystemTime::now())
    }
}

/// One line: operation, status, code, message, tracking id, and the pause after `429`.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the server answered {}", self.response.operation, self.response.status)?;
        if let Some(code) = self.code().filter(|code| Some(*code) != self.message()) {
            write!(f, " [{}]", one_line(code))?;
        }
        if let Some(message) = self.message() {
            write!(f, ": {}", one_line(message))?;
        }
        if let Some(id) = self.tracking_id() {
            write!(f, " (tracking id {})", one_line(id))?;
        }
        match self.retry_after() {
            Some(pause) if self.status() == StatusCode::TOO_MANY_REQUESTS => {
                write!(f, "; it asks for a pause of {} s", pause.as_secs_f64().ceil())
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("response", &self.response)
            .field("body", &Masked(&self.body, &self.response.secrets))
            .field("message", &Masked(&self.message, &self.response.secrets))
            .field("code", &Masked(&self.code, &self.response.secrets))
            .field("tracking_id", &Masked(&self.tracking_id, &self.response.secrets))
            .finish()
    }
}

fn first_text(json: &str, pointers: &[&str], secrets: &SentSecrets) -> Option<String> {
    let found = pointers.iter().filter_map(|pointer| json::scalar(json, pointer));
    let found = found.into_iter().find(|text| !text.trim().is_empty());
    found.map(|text| kept(&secrets.masked(text.trim())))
}

/// The beginning of a body that is text but no JSON object, as gateways and proxies send it.
fn plain_text(text: &str, response: &BufferedResponse) -> Option<String> {
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    let text = match is_json {
        true => json::string(text, "")?.into(),
        false => String::from_utf8_lossy(&response.bytes),
    };
    let text = response.secrets.masked(text.trim());
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Some(shown).filter(|shown| !shown.is_empty())
}
