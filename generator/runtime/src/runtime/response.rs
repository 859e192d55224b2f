//! Responses that were read to their end.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::error::{Beginning, Masked};
use super::masking::SentSecrets;
use super::model::{decode, report_undecoded};
use super::{DecodeError, Error, Operation, ResponseFuture, ResponseHeader, json, media_type};

/// The number of bytes that are kept of a body that exceeds the limit.
pub(crate) const KEPT: usize = 64 * 1024;

/// The JSON that an empty body is treated as.
const EMPTY: &str = "{}";

/// A successful response: status, headers and decoded body.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The status of the response.
    pub status: StatusCode,
    /// The headers of the response.
    pub headers: HeaderMap,
    /// The decoded body.
    pub body: T,
    pub(crate) operation: &'static str,
}

impl<T: Send + 'static> Response<T> {
    /// Returns only the body of a response. The future is boxed here, once for all operations,
    /// which saves a large part of the compile time.
    #[doc(hidden)]
    pub fn body_only(response: ResponseFuture<Self>) -> ResponseFuture<T> {
        Box::pin(async move { Ok(response.await?.body) })
    }
}

impl<T> Response<T> {
    /// Returns a documented header, or `None` if it is missing.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the header does not match its type.
    pub fn header<H: DeserializeOwned>(
        &self,
        header: ResponseHeader<H>,
    ) -> Result<Option<H>, Error> {
        let Self { status, headers, operation, .. } = self;
        let head = BufferedResponse {
            operation,
            status: *status,
            headers: headers.clone(),
            bytes: Bytes::new(),
            strict: true,
            secrets: SentSecrets::default(),
        };
        head.header(header)
    }
}

/// A response whose body was read completely.
#[derive(Clone)]
pub struct BufferedResponse {
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// Whether an optional property of another type than the documented one is an error.
    pub(crate) strict: bool,
    /// The secrets of the request, which are masked if the response repeats them.
    pub(crate) secrets: SentSecrets,
}

impl BufferedResponse {
    pub(crate) fn new(
        operation: &Operation,
        status: StatusCode,
        headers: HeaderMap,
        bytes: Bytes,
        strict: bool,
        secrets: SentSecrets,
    ) -> Self {
        Self { operation: operation.id, status, headers, bytes, strict, secrets }
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the media type of the response (`Content-Type`), without parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type::of(&self.headers)
    }

    /// Decodes a JSON body. An empty body is treated as `{}`, because servers send nothing where
    /// the document describes an object without required properties.
    ///
    /// An optional property that does not have its documented type is kept as received, and
    /// reported by a `tracing` event with its path, unless the client decodes
    /// [strictly](super::ClientBuilder::strict_decoding).
    ///
    /// A byte order mark is skipped. A string with bytes that are not UTF-8 is a value of no type: it
    /// costs no more than another value that is not of its type, and its text has an escape
    /// in their place, as `\udce9` for the byte `e9`. In the name of a property
    /// they become U+FFFD.
    ///
    /// # Errors
    ///
    /// The body is not JSON, or does not match the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let text = self.json_text()?;
        let empty = self.bytes.trim_ascii().is_empty();
        match decode(&text, self.strict) {
            Ok((value, kept)) => {
                report_undecoded(&kept, Some(self.operation));
                Ok(value)
            }
            Err(_) if empty => Err(self.undecodable(".", "the body is empty")),
            Err(fault) => Err(self.undecodable(&fault.path, &fault.reason)),
        }
    }

    /// The text of a JSON body, [`EMPTY`] if there is none.
    pub(crate) fn json_text(&self) -> Result<Cow<'_, str>, DecodeError> {
        let text = json::text(&self.bytes).map_err(|reason| self.undecodable(".", &reason))?;
        Ok(if text.trim_ascii().is_empty() { Cow::Borrowed(EMPTY) } else { text })
    }

    /// Decodes a body that is plain text in UTF-8.
    ///
    /// # Errors
    ///
    /// The body is not UTF-8.
    pub fn text(&self) -> Result<String, DecodeError> {
        String::from_utf8(self.bytes.to_vec())
            .map_err(|error| self.undecodable(".", &error.to_string()))
    }

    /// Returns the error for a response with an undocumented status.
    pub fn undocumented(&self) -> DecodeError {
        self.undecodable(".", "the document does not describe the body of this status")
    }

    /// Returns the error for a response that matches no documented case of its status.
    pub(crate) fn unexpected(&self) -> DecodeError {
        self.undecodable(".", "the document has no response with this status and media type")
    }

    /// Returns the error for a body that exceeds the limit. It keeps the beginning.
    pub(crate) fn too_long(mut self, limit: usize) -> DecodeError {
        // A slice would keep the whole body in memory.
        self.bytes = Bytes::copy_from_slice(self.bytes.get(..KEPT).unwrap_or(&self.bytes));
        let reason = format!(
            "it is longer than {limit} bytes; `ClientBuilder::max_response_bytes` allows more"
        );
        self.undecodable(".", &reason)
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
        Ok(header.read(self)?)
    }

    pub(crate) fn undecodable(&self, path: &str, reason: &str) -> DecodeError {
        DecodeError::new(self.clone(), path, reason)
    }
}

/// Shows only the beginning of the body, which may have megabytes, and its length.
impl fmt::Debug for BufferedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferedResponse")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("headers", &Masked(&self.headers, &self.secrets))
            .field("bytes", &Beginning(&self.bytes, &self.secrets))
            .finish()
    }
}
