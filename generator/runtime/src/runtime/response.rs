//! What came back for a request.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::error::{Beginning, Masked};
use super::masking::SentSecrets;
use super::model::{decode, report_undecoded};
use super::{DecodeError, Error, Operation, ResponseFuture, ResponseHeader, media_type};

/// How much is kept of a body that cannot be used.
pub(crate) const KEPT: usize = 64 * 1024;

/// A successful response with its status and headers beside the decoded body.
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
    /// The body alone of a response that is to come. It is boxed here, once for all types, because
    /// that is what costs the compiler most where it is done for each operation.
    #[doc(hidden)]
    pub fn body_only(response: ResponseFuture<Self>) -> ResponseFuture<T> {
        Box::pin(async move { Ok(response.await?.body) })
    }
}

impl<T> Response<T> {
    /// A documented header, or nothing if it is not there.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the header does not fit its type.
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

/// A response that was read whole.
#[derive(Clone)]
pub struct BufferedResponse {
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// Whether an optional property of another type than the documented one is an error.
    pub(crate) strict: bool,
    /// What was sent and must not be shown, should the response repeat it.
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

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The media type that the response says it has, without parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type::of(&self.headers)
    }

    /// Decodes a JSON body. An empty one counts as an object without properties: servers send
    /// nothing where their document promises an object in which nothing is required.
    ///
    /// An optional property that is not of its documented type is kept as it came, and told by a
    /// `tracing` event with its path, unless the client decodes
    /// [strictly](super::ClientBuilder::strict_decoding).
    ///
    /// # Errors
    ///
    /// The body is no JSON, or does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        let empty = self.bytes.iter().all(u8::is_ascii_whitespace);
        let bytes: &[u8] = if empty { b"{}" } else { &self.bytes };
        let text = std::str::from_utf8(bytes)
            .map_err(|error| self.undecodable(".", &format!("it is not UTF-8: {error}")))?;
        match decode(text, self.strict) {
            Ok((value, kept)) => {
                report_undecoded(&kept, Some(self.operation));
                Ok(value)
            }
            Err(_) if empty => Err(self.undecodable(".", "the body is empty")),
            Err(fault) => Err(self.undecodable(&fault.path, &fault.reason)),
        }
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

    /// The error for a response whose status the document does not have.
    pub fn undocumented(&self) -> DecodeError {
        self.undecodable(".", "the document does not say what the body of this status is")
    }

    /// The error for a response that no documented case of its status fits.
    pub(crate) fn unexpected(&self) -> DecodeError {
        self.undecodable(".", "the document has no response with this status and media type")
    }

    /// The error for a body that is longer than the limit. It keeps the beginning.
    pub(crate) fn too_long(mut self, limit: usize) -> DecodeError {
        // A slice would keep the whole in memory.
        self.bytes = Bytes::copy_from_slice(self.bytes.get(..KEPT).unwrap_or(&self.bytes));
        let reason = format!(
            "it is longer than {limit} bytes; `ClientBuilder::max_response_bytes` allows more"
        );
        self.undecodable(".", &reason)
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
        Ok(header.read(self)?)
    }

    pub(crate) fn undecodable(&self, path: &str, reason: &str) -> DecodeError {
        DecodeError::new(self.clone(), path, reason)
    }
}

/// The beginning of the body, and its length: a body may have megabytes.
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
