//! Answers that are files: read as they come, never held whole.

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

/// A file on its way from the server.
///
/// Its headers and first bytes have arrived. The rest is read when it is asked for, piece by
/// piece, so that the size of the file does not matter.
///
/// A body that breaks off is fetched on, within the [`RetryPolicy`](super::RetryPolicy) of the
/// request and what is left of its timeout: from where it broke off, if the server has given the
/// file a strong entity tag or a date (RFC 9110, sections 13.1.5 and 14.2), else from the beginning.
/// Bytes of two versions of a file are never mixed.
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

    /// Makes a body that breaks off an error: what comes is no file, but happens as it comes.
    pub(crate) fn without_resuming(mut self) -> Self {
        self.body.do_not_resume();
        self
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.body.headers
    }

    /// What the server says the file is (RFC 9110, section 8.3). [`kind`](Self::kind) looks closer.
    pub fn content_type(&self) -> Option<&str> {
        self.body.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// The size of the file in bytes, if the server has said it (RFC 9110, section 8.6).
    pub fn content_length(&self) -> Option<u64> {
        self.body.length()
    }

    /// The file's name as the server gives it (RFC 6266). It can be anything: use
    /// [`safe_file_name`](Self::safe_file_name) for a name on disk.
    pub fn file_name(&self) -> Option<String> {
        disposition::given(self.body.headers.get(CONTENT_DISPOSITION)?.as_bytes())
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
    /// A body that breaks off is fetched on as long as it can be proved that the rest belongs to what
    /// was handed out.
    ///
    /// # Errors
    ///
    /// [`Error::Connection`] when the connection breaks before the end, [`Error::Timeout`] when it
    /// is silent for too long, each after all attempts; and those of the operation, when the rest
    /// is asked for.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.piece(false).await? {
            Piece::Bytes(bytes) => Ok(Some(bytes)),
            Piece::Restart | Piece::End => Ok(None),
        }
    }

    /// The next piece of the file. `may_restart`: what was handed out before can be taken back.
    async fn piece(&mut self, may_restart: bool) -> Result<Piece, Error> {
        self.body.piece(may_restart).await
    }

    /// The pieces of the file as a stream.
    pub fn into_stream(self) -> DownloadStream {
        DownloadStream { next: Some(next_chunk(self)) }
    }

    /// The whole file, if it has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the file is larger, else those of [`chunk`](Self::chunk).
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
            .field("operation", &self.body.operation)
            .field("kind", &self.kind)
            .field("content_type", &Short(self.content_type()))
            .field("content_length", &self.content_length())
            .field("file_name", &Short(self.file_name()))
            .finish_non_exhaustive()
    }
}

type NextChunk = Pin<Box<dyn Future<Output = (Result<Option<Bytes>, Error>, Download)> + Send>>;

/// The pieces of a file. The stream ends with the file, or with the first error.
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
