//! Responses that are files. They are streamed, and never held in memory as a whole.

mod body;
mod disposition;
mod file_name;
mod kind;
mod resume;
mod save;

use std::fmt;
use std::path::Path;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap};

use super::error::Short;
use super::masking::SentSecrets;
use super::transport::{RawResponse, Sent};
use super::{BufferedResponse, DecodeError, Error};
use body::{Body, Piece};
pub use kind::FileKind;
pub use save::{IfExists, SaveIn};
pub(crate) use save::{check_directory, check_free};

/// A file that is being downloaded.
///
/// The headers and the first bytes have been received. The rest is read on request, in chunks, so
/// that files of any size can be downloaded.
///
/// If the connection breaks, the download resumes, within the [`RetryPolicy`](super::RetryPolicy)
/// and the rest of the timeout of the request. It continues where it stopped if the server gave
/// the file a strong entity tag or a modification date (RFC 9110, sections 13.1.5 and 14.2),
/// otherwise it starts over. Bytes of two versions of a file are never mixed.
pub struct Download {
    body: Body,
    kind: FileKind,
}

impl Download {
    pub(crate) fn new(response: RawResponse, sent: Sent) -> Self {
        let mut download = Self { body: Body::new(response, sent), kind: FileKind::Other };
        let name = download.file_name();
        let (first, content_type) = (download.body.first(), download.content_type());
        download.kind = FileKind::of(first, content_type, name.as_deref());
        download
    }

    /// Disables resuming, for a body that is not a file and cannot be requested a second time.
    pub(crate) fn without_resuming(mut self) -> Self {
        self.body.do_not_resume();
        self
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.body.headers
    }

    /// Returns the `Content-Type` header (RFC 9110, section 8.3). See also [`kind`](Self::kind).
    pub fn content_type(&self) -> Option<&str> {
        self.body.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the size of the file in bytes, if the server announced it (RFC 9110, section 8.6).
    pub fn content_length(&self) -> Option<u64> {
        self.body.length()
    }

    /// Returns the file name that the server gave (RFC 6266). It may be any string: use
    /// [`safe_file_name`](Self::safe_file_name) for a name on disk.
    pub fn file_name(&self) -> Option<String> {
        disposition::parse(self.body.headers.get(CONTENT_DISPOSITION)?.as_bytes())
    }

    /// Returns a file name that is safe in any directory: the server's name without characters that
    /// are special to a file system, or `download` with the extension of the format.
    pub fn safe_file_name(&self) -> String {
        file_name::safe(self.file_name().as_deref(), self.kind)
    }

    /// Returns the format of the file, detected from its first bytes, else from the headers. Some
    /// servers send a zip file where CSV was requested.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Returns the next chunk of the file, or `None` at its end.
    ///
    /// A download that breaks off is resumed if the rest provably belongs to the bytes that were
    /// returned before.
    ///
    /// # Errors
    ///
    /// [`Error::Connection`] if the connection breaks before the end, [`Error::Timeout`] if no data
    /// arrives within the idle timeout, each after all attempts; and the errors of the operation
    /// when the rest is requested.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.piece(false).await? {
            Piece::Bytes(bytes) => Ok(Some(bytes)),
            Piece::Restart | Piece::End => Ok(None),
        }
    }

    /// Returns the next piece. `may_restart` states that the caller can discard earlier bytes.
    async fn piece(&mut self, may_restart: bool) -> Result<Piece, Error> {
        self.body.piece(may_restart).await
    }

    /// Converts the download into a stream of chunks.
    pub fn into_stream(self) -> DownloadStream {
        DownloadStream { next: Some(next_chunk(self)) }
    }

    /// Reads the whole file into memory, if it has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the file is larger, and the errors of [`chunk`](Self::chunk).
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut bytes = BytesMut::new();
        while self.content_length().is_none_or(|length| length <= limit as u64) {
            match self.piece(true).await? {
                Piece::Bytes(piece) => bytes.extend_from_slice(&piece),
                Piece::Restart => bytes.clear(),
                Piece::End => return Ok(bytes.freeze()),
            }
            if bytes.len() > limit {
                break;
            }
        }
        let Body { operation, status, headers, .. } = self.body;
        let secrets = SentSecrets::default();
        let response = BufferedResponse {
            operation,
            status,
            headers,
            bytes: Bytes::new(),
            strict: true,
            secrets,
        };
        let reason = format!("the file is larger than the limit of {limit} bytes");
        Err(DecodeError::new(response, ".", &reason).into())
    }

    /// Saves the file at a path, replacing an existing file, and returns its size in bytes.
    ///
    /// The bytes are written to a temporary file in the same directory, which is renamed when it is
    /// complete and synced. There is never a partial file at `path`.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] if the file cannot be written, and the errors of [`chunk`](Self::chunk).
    pub async fn save_to(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        save::save(&mut self, path.as_ref()).await
    }

    /// Saves the file in a directory, which is created if necessary, and returns its path. The name
    /// is the [safe file name](Self::safe_file_name), unless [`SaveIn::file_name`] sets another.
    /// By default an existing file is an error; [`SaveIn::if_exists`] changes that.
    ///
    /// # Errors
    ///
    /// [`Error::Save`] if the file cannot be written or exists, and the errors of
    /// [`chunk`](Self::chunk).
    pub fn save_in(self, directory: impl AsRef<Path>) -> SaveIn {
        SaveIn::new(self, directory.as_ref())
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("operation", &self.body.operation)
            .field("kind", &self.kind)
            .field("content_type", &Short(self.content_type()))
            .field("content_length", &self.content_length())
            .field("file_name", &Short(self.file_name()))
            .finish_non_exhaustive()
    }
}

type NextChunk = Pin<Box<dyn Future<Output = (Result<Option<Bytes>, Error>, Download)> + Send>>;

/// The chunks of a file as a stream. It ends with the file, or with the first error.
pub struct DownloadStream {
    next: Option<NextChunk>,
}

fn next_chunk(mut download: Download) -> NextChunk {
    Box::pin(async move {
        let chunk = download.chunk().await;
        (chunk, download)
    })
}

impl Stream for DownloadStream {
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

impl fmt::Debug for DownloadStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadStream").field("ended", &self.next.is_none()).finish()
    }
}
