//! Answers that are files: read as they come, never held whole.

mod disposition;
mod file_name;
mod kind;
mod save;

use std::fmt;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};

use super::transport::Answer;
use super::{ConnectionError, DecodeError, Error, Reply, TimeoutError};
pub use kind::FileKind;
pub(crate) use save::check_directory;
pub use save::{IfExists, SaveIn};

/// A file on its way from the server.
///
/// Its headers and first bytes have arrived. The rest is read when it is asked for, piece by
/// piece, so that the size of the file does not matter.
pub struct Download {
    operation: &'static str,
    status: StatusCode,
    headers: HeaderMap,
    kind: FileKind,
    /// The bytes that have been read to find out the kind.
    first: Option<Bytes>,
    rest: reqwest::Response,
    idle: Duration,
}

/// What comes next of a file.
enum Piece {
    Bytes(Bytes),
    /// The file begins again: what was handed out before does not count.
    #[allow(dead_code, reason = "downloads do not resume yet")]
    Restart,
    End,
}

impl Download {
    pub(crate) fn new(operation: &'static str, answer: Answer, idle: Duration) -> Self {
        let Answer { status, headers, first, rest, .. } = answer;
        let mut download =
            Self { operation, status, headers, kind: FileKind::Other, first: None, rest, idle };
        download.kind =
            FileKind::of(&first, download.content_type(), download.file_name().as_deref());
        download.first = Some(first).filter(|first| !first.is_empty());
        download
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// What the server says the file is (RFC 9110, section 8.3). [`kind`](Self::kind) looks closer.
    pub fn content_type(&self) -> Option<&str> {
        self.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The size of the file in bytes, if the server has said it (RFC 9110, section 8.6).
    pub fn content_length(&self) -> Option<u64> {
        self.headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
    }

    /// The file's name as the server gives it (RFC 6266). It can be anything: use
    /// [`safe_file_name`](Self::safe_file_name) for a name on disk.
    pub fn file_name(&self) -> Option<String> {
        disposition::given(self.headers.get(CONTENT_DISPOSITION)?.as_bytes())
    }

    /// A name that is safe to give to a file in any directory: the server's without everything
    /// that means something to a file system, or else `download` with an ending for the kind.
    pub fn safe_file_name(&self) -> String {
        file_name::safe(self.file_name().as_deref(), self.kind)
    }

    /// What the file is, by its first bytes and then by its headers. Servers are met that send a
    /// zip where csv was asked for.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// The next piece of the file, or nothing at its end.
    ///
    /// # Errors
    ///
    /// [`Error::Connection`] when the connection breaks before the end, [`Error::Timeout`] when it
    /// is silent for too long.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.piece(false).await? {
            Piece::Bytes(bytes) => Ok(Some(bytes)),
            Piece::Restart | Piece::End => Ok(None),
        }
    }

    /// The next piece of the file. `may_restart`: what was handed out before can be taken back.
    async fn piece(&mut self, _may_restart: bool) -> Result<Piece, Error> {
        Ok(self.next().await?.map_or(Piece::End, Piece::Bytes))
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        match tokio::time::timeout(self.idle, self.rest.chunk()).await {
            Ok(Ok(chunk)) => Ok(chunk),
            Ok(Err(error)) => Err(ConnectionError::lost(self.operation, error).into()),
            Err(_) => Err(TimeoutError::silent(self.operation, self.idle).into()),
        }
    }

    /// The pieces of the file as a stream.
    pub fn into_stream(self) -> Chunks {
        Chunks { next: Some(next_chunk(self)) }
    }

    /// The whole file, if it has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the file is larger, else those of [`chunk`](Self::chunk).
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut bytes = BytesMut::new();
        let announced = self.content_length().is_some_and(|length| length > limit as u64);
        while let Some(chunk) = if announced { None } else { self.chunk().await? } {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > limit {
                break;
            }
        }
        if !announced && bytes.len() <= limit {
            return Ok(bytes.freeze());
        }
        let reply = Reply {
            operation: self.operation,
            status: self.status,
            headers: self.headers,
            bytes: Bytes::new(),
        };
        let reason = format!("the file is larger than the limit of {limit} bytes");
        Err(DecodeError::new(reply, ".", &reason).into())
    }

    /// Writes the file to a path, over whatever is there, and gives its size in bytes.
    ///
    /// The bytes go to a file beside it, which takes the name when it is complete and on disk: under
    /// `path` there is never a part of a file.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] when it cannot be written, else those of [`chunk`](Self::chunk).
    pub async fn save_to(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        save::save(&mut self, path.as_ref()).await
    }

    /// Writes the file into a directory, which is made if it is not there, under
    /// [its own safe name](Self::safe_file_name), and gives the path. A file that is there already
    /// is not replaced, unless that is asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] when it cannot be written or is there already, else those of
    /// [`chunk`](Self::chunk).
    pub fn save_in(self, directory: impl AsRef<Path>) -> SaveIn {
        SaveIn::new(self, directory.as_ref())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("operation", &self.operation)
            .field("kind", &self.kind)
            .field("content_type", &self.content_type())
            .field("content_length", &self.content_length())
            .field("file_name", &self.file_name())
            .finish_non_exhaustive()
    }
}

type NextChunk = Pin<Box<dyn Future<Output = (Result<Option<Bytes>, Error>, Download)> + Send>>;

/// The pieces of a file. The stream ends with the file, or with the first error.
pub struct Chunks {
    next: Option<NextChunk>,
}

fn next_chunk(mut download: Download) -> NextChunk {
    Box::pin(async move {
        let chunk = download.chunk().await;
        (chunk, download)
    })
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let (chunk, download) = std::task::ready!(pin!(next).poll(context));
        let item = chunk.transpose();
        self.next = matches!(item, Some(Ok(_))).then(|| next_chunk(download));
        Poll::Ready(item)
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks").field("ended", &self.next.is_none()).finish()
    }
}
