//! Errors that the server returned.

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

/// The maximum length, in characters, of an undocumented body in a message.
const SHOWN: usize = 200;

/// An error that the server returned.
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

    /// Replaces the message, where the client knows more than the body.
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.message = Some(message);
        self
    }

    /// Returns the id of the operation.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn operation(&self) -> &'static str {
        self.response.operation
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// Returns a documented header, or `None` if it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the header does not match its type.
    pub fn header<T: DeserializeOwned>(
        &self,
        header: ResponseHeader<T>,
    ) -> Result<Option<T>, Error> {
        self.response.header(header)
    }

    /// Returns the body as the type that is documented for this status.
    pub fn body(&self) -> &ErrorBody {
        &self.body
    }

    /// Returns the body as received.
    pub fn bytes(&self) -> &Bytes {
        &self.response.bytes
    }

    /// Returns the message in the body. Bodies of undocumented shapes and plain text are read as
    /// well. If the body repeats a secret of the request, it is replaced by `***`, here and
    /// wherever the error is displayed. [`bytes`](Self::bytes) and [`body`](Self::body) are
    /// unchanged.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the error code in the body, which is more specific than the status.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the id by which the server's operators find the request in their logs.
    pub fn tracking_id(&self) -> Option<&str> {
        self.tracking_id.as_deref()
    }

    /// Returns how long the server asks to wait before the next attempt
    /// (`Retry-After`; RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.response.headers, SystemTime::now())
    }
}

/// One line: operation, status, code, message, tracking id, and the pause after `429`.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the server returned {}", self.response.operation, self.response.status)?;
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

/// Returns the beginning of a body that is not a JSON object but text, as gateways and proxies
/// send it.
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
