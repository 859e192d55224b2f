//! Successful responses whose bodies have not been read.
//!
//! Takes a successful response from the transport and returns what the caller requests: a decoded
//! value, plain text, a [`Download`], or a stream of events or values.

mod events;
mod items;
mod lines;

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;
use tokio::time::timeout_at;

use super::client::Limits;
use super::media_type;
use super::transport::{RawResponse, Sent, read};
use super::{
    BufferedResponse, ConnectionError, Download, DownloadStream, Error, ResponseCase, TimeoutError,
};
pub use events::{Event, EventStream};
pub use lines::JsonLines;

/// The number of bytes of an unused body that are read, so that the connection can be reused.
const MAX_DISCARDED: usize = 64 * 1024;

/// A successful response whose body has not been read.
///
/// A body that is read as a whole must arrive within the timeout of its attempt. A body that is
/// streamed is only subject to the idle timeout.
pub struct StreamingResponse {
    operation: &'static str,
    response: RawResponse,
    sent: Sent,
    limits: Limits,
}

impl StreamingResponse {
    pub(crate) fn new(response: RawResponse, sent: Sent) -> Self {
        let limits = sent.request.client.shared.limits;
        Self { operation: sent.request.operation.id, response, sent, limits }
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// Returns the media type of the response (`Content-Type`), without parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type::of(&self.response.headers)
    }

    /// Returns the index of the documented response that matches.
    ///
    /// The status is compared first: a code precedes a range, which precedes the default. Then the
    /// media type is compared: the type itself precedes `type/*`, which precedes `*/*`. If a status
    /// has a single case, the media type is not compared.
    pub fn case(&self, cases: &[ResponseCase]) -> Option<usize> {
        media_type::choose(self.status(), self.media_type(), cases)
    }

    /// Reads a JSON body and decodes it, as [`BufferedResponse::json`] does.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the body does not match the type, [`Error::Connection`] and
    /// [`Error::Timeout`] if it does not arrive.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        Ok(self.whole().await?.json()?)
    }

    /// Reads a body that is plain text in UTF-8.
    ///
    /// # Errors
    ///
    /// The same as those of [`json`](Self::json).
    pub async fn text(self) -> Result<String, Error> {
        Ok(self.whole().await?.text()?)
    }

    /// Discards the body. Up to 64 KiB are read, so that the connection can be reused.
    ///
    /// # Errors
    ///
    /// [`Error::Connection`] and [`Error::Timeout`] if the body does not arrive.
    pub async fn ignore(self) -> Result<(), Error> {
        self.response(MAX_DISCARDED).await.map(drop)
    }

    /// Returns the body as a download.
    pub fn download(self) -> Download {
        Download::new(self.response, self.sent)
    }

    /// Returns the body as server-sent events with JSON data.
    pub fn events<T: DeserializeOwned>(self) -> EventStream<T> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), BufferedResponse::json)
    }

    /// Returns the body as server-sent events with text data.
    pub fn events_text(self) -> EventStream<String> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), BufferedResponse::text)
    }

    /// Returns the body as a sequence of JSON values: one per line, or a JSON text sequence
    /// (RFC 7464) if the media type is `application/json-seq`.
    pub fn json_lines<T: DeserializeOwned>(self) -> JsonLines<T> {
        let head = self.head(Bytes::new());
        JsonLines::new(head, self.chunks())
    }

    /// Returns the error for an undocumented response, with the beginning of its body.
    pub async fn undocumented(self) -> Error {
        match self.response(MAX_DISCARDED).await {
            Ok(response) => response.unexpected().into(),
            Err(error) => error,
        }
    }

    /// Returns the chunks of a body that cannot be requested a second time.
    fn chunks(self) -> DownloadStream {
        self.download().without_resuming().into_stream()
    }

    fn head(&self, bytes: Bytes) -> BufferedResponse {
        let RawResponse { status, headers, secrets, .. } = &self.response;
        let (headers, strict, secrets) = (headers.clone(), self.limits.strict, secrets.clone());
        BufferedResponse {
            operation: self.operation,
            status: *status,
            headers,
            bytes,
            strict,
            secrets,
        }
    }

    /// Reads the whole body, up to the limit.
    async fn whole(self) -> Result<BufferedResponse, Error> {
        let limit = self.limits.response;
        let response = self.response(limit.saturating_add(1)).await?;
        if response.bytes.len() > limit {
            Err(response.too_long(limit).into())
        } else {
            Ok(response)
        }
    }

    async fn response(mut self, enough: usize) -> Result<BufferedResponse, Error> {
        let operation = self.operation;
        let RawResponse { first, rest, until, limit, .. } = &mut self.response;
        let first = std::mem::take(first);
        match timeout_at(*until, read(first, rest, enough)).await {
            Ok(Ok(bytes)) => Ok(self.head(bytes)),
            Ok(Err(error)) => Err(ConnectionError::lost(operation, error).into()),
            Err(_) => Err(TimeoutError::silent(operation, *limit).into()),
        }
    }
}

impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("operation", &self.operation)
            .field("status", &self.status())
            .field("media_type", &self.media_type())
            .finish_non_exhaustive()
    }
}
