//! Answers whose bodies have not been read.
//!
//! In comes a good answer from the transport, out goes what its reader makes of it: a value, a
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
use super::transport::{Answer, Sent, read};
use super::{Case, Chunks, ConnectionError, Download, Error, Reply, TimeoutError};
pub use events::{Event, EventStream};
pub use lines::JsonLines;

/// How much of a body that nobody wants is read, so that the connection can be used again.
const IGNORED: usize = 64 * 1024;

/// A good answer whose body has not been read.
///
/// A body that is read whole must arrive within the time of the attempt that it came with. One
/// that is read as it comes may take as long as it wants, but not be silent for too long.
pub struct Incoming {
    operation: &'static str,
    answer: Answer,
    sent: Sent,
    limits: Limits,
}

impl Incoming {
    pub(crate) fn new(answer: Answer, sent: Sent) -> Self {
        let limits = sent.request.client.shared.limits;
        Self { operation: sent.request.operation.id, answer, sent, limits }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The media type that the answer says it has, without parameters.
    pub fn media_type(&self) -> Option<&str> {
        media_type::of(&self.answer.headers)
    }

    /// Which of the documented answers this is: the place of the case in the list.
    ///
    /// The status chooses first, a code before a class before the default; then the media type, the
    /// type itself before `type/*` before `*/*`. A status that has a single case needs no media
    /// type to decide.
    pub fn case(&self, cases: &[Case]) -> Option<usize> {
        media_type::choose(self.status(), self.media_type(), cases)
    }

    /// Reads a JSON body and decodes it, as [`Reply::json`] does.
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
        self.reply(IGNORED).await.map(drop)
    }

    /// The body as a file, to be read as it comes.
    pub fn download(self) -> Download {
        Download::new(self.answer, self.sent)
    }

    /// The body as server-sent events whose data is JSON.
    pub fn events<T: DeserializeOwned>(self) -> EventStream<T> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), Reply::json)
    }

    /// The body as server-sent events whose data is text.
    pub fn events_text(self) -> EventStream<String> {
        let head = self.head(Bytes::new());
        EventStream::new(head, self.chunks(), Reply::text)
    }

    /// The body as a sequence of JSON values: one in each line, or JSON text sequences (RFC 7464)
    /// if that is what the media type says.
    pub fn json_lines<T: DeserializeOwned>(self) -> JsonLines<T> {
        let head = self.head(Bytes::new());
        JsonLines::new(head, self.chunks())
    }

    /// The error for an answer that no documented case fits, with the beginning of its body.
    pub async fn undocumented(self) -> Error {
        match self.reply(IGNORED).await {
            Ok(reply) => reply.unexpected().into(),
            Err(error) => error,
        }
    }

    /// The pieces of a body that is no file: what was sent once is not sent again.
    fn chunks(self) -> Chunks {
        self.download().without_resuming().into_stream()
    }

    fn head(&self, bytes: Bytes) -> Reply {
        let Answer { status, headers, secrets, .. } = &self.answer;
        let (headers, strict, secrets) = (headers.clone(), self.limits.strict, secrets.clone());
        Reply { operation: self.operation, status: *status, headers, bytes, strict, secrets }
    }

    /// The answer with its whole body, unless that is larger than the limit.
    async fn whole(self) -> Result<Reply, Error> {
        let limit = self.limits.response;
        let reply = self.reply(limit.saturating_add(1)).await?;
        if reply.bytes.len() > limit { Err(reply.too_long(limit).into()) } else { Ok(reply) }
    }

    async fn reply(mut self, enough: usize) -> Result<Reply, Error> {
        let operation = self.operation;
        let Answer { first, rest, until, limit, .. } = &mut self.answer;
        let first = std::mem::take(first);
        match timeout_at(*until, read(first, rest, enough)).await {
            Ok(Ok(bytes)) => Ok(self.head(bytes)),
            Ok(Err(error)) => Err(ConnectionError::lost(operation, error).into()),
            Err(_) => Err(TimeoutError::silent(operation, *limit).into()),
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("operation", &self.operation)
            .field("status", &self.status())
            .field("media_type", &self.media_type())
            .finish_non_exhaustive()
    }
}
