//! Answers whose bodies have not been read.
//!
//! In comes a good response from the transport, out goes what its reader makes of it: a value, a
//! text, a [`Download`], or a stream of events or values.

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

/// How much of a body that nobody wants is read, so that the connection can be used again.
const IGNORED: usize = 64 * 1024;

/// A good response whose body has not been read.
///
/// A body that is read whole must arrive within the time of the attempt that it came with. One
/// that is read as it comes may take as long as it wants, but not be silent for too long.
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

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// The media type that the response says it has, without parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type::of(&self.response.headers)
    }

    /// Which of the documented responses this is: the place of the case in the list.
    ///
    /// The status chooses first, a code before a class before the default; then the media type, the
    /// type itself before `type/*` before `*/*`. A status that has a single case needs no media
    /// type to decide.
    pub fn case(&self, cases: &[ResponseCase]) -> Option<usize> {
        media_type::choose(self.status(), self.media_type(), cases)
    }

    /// Reads a JSON body and decodes it, as [`BufferedResponse::json`] does.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the body does not fit the type, [`Error::Connection`] and
    /// [`Error::Timeout`] when it does not arrive.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        Ok(self.whole().await?.json()?)
    }

    /// Reads a body that is plain text in UTF-8.
    ///
    /// # Errors
    ///
    /// Those of [`json`](Self::json).
    pub async fn text(self) -> Result<String, Error> {
        Ok(self.whole().await?.text()?)
    }

    /// Reads the body and drops it, as far as that is cheaper than a new connection.
    ///
    /// # Errors
    ///
    /// [`Error::Connection`] and [`Error::Timeout`] when it does not arrive.
    pub async fn ignore(self) -> Result<(), Error> {
        self.response(IGNORED).await.map(drop)
    }

    /// The body as a file, to be read as it comes.
    pub fn download(self) -> Download {
        Download::new(self.response, self.sent)
    }

    /// The body as server-sent events whose data is JSON.
    pub fn events<T: DeserializeOwned>(self) -> EventStream<T> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), BufferedResponse::json)
    }

    /// The body as server-sent events whose data is text.
    pub fn events_text(self) -> EventStream<String> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), BufferedResponse::text)
    }

    /// The body as a sequence of JSON values: one in each line, or JSON text sequences (RFC 7464)
    /// if that is what the media type says.
    pub fn json_lines<T: DeserializeOwned>(self) -> JsonLines<T> {
        let head = self.head(Bytes::new());
        JsonLines::new(head, self.chunks())
    }

    /// The error for an response that no documented case fits, with the beginning of its body.
    pub async fn undocumented(self) -> Error {
        match self.response(IGNORED).await {
            Ok(response) => response.unexpected().into(),
            Err(error) => error,
        }
    }

    /// The pieces of a body that is no file: what was sent once is not sent again.
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

    /// The response with its whole body, unless that is larger than the limit.
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
