//! Errors that the server answered with.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Masked, kept, one_line};
use crate::error_body::ErrorBody;
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
        let json: Option<Value> = serde_json::from_slice(&response.bytes).ok();
        let plain = plain_text(json.as_ref(), &response);
        let json = json.unwrap_or_default();
        let first = |pointers| first_text(&json, pointers, &response.secrets);
        Self {
            body,
            message: first(format.message).or(plain),
            code: first(format.code),
            tracking_id: first(format.tracking_id),
            response,
        }
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

fn first_text(json: &Value, pointers: &[&str], secrets: &SentSecrets) -> Option<String> {
    let found = pointers.iter().filter_map(|pointer| json.pointer(pointer));
    let found = found.filter_map(as_text).find(|text| !text.trim().is_empty());
    found.map(|text| kept(&secrets.masked(text.trim())))
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The beginning of a body that is text but no JSON object, as gateways and proxies send it.
fn plain_text(json: Option<&Value>, response: &BufferedResponse) -> Option<String> {
    let text = match json {
        None => std::str::from_utf8(&response.bytes).ok()?,
        Some(Value::String(text)) => text,
        Some(_) => return None,
    };
    let text = response.secrets.masked(text.trim());
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    Some(shown).filter(|shown| !shown.is_empty())
}
