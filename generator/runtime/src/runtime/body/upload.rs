//! Files and other content that is sent unchanged.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Mutex;

use bytes::Bytes;
use futures_core::Stream;

use super::Piece;
use crate::runtime::ConfigError;

/// A stream of bytes.
pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Content that is sent unchanged: a request body, or a file in a [`Form`](super::Form).
///
/// It is created from bytes or strings with `into()`, from a file with [`Upload::file`], or from a
/// stream with [`Upload::stream`].
pub struct Upload {
    source: Source,
    file_name: Option<String>,
    media_type: Option<String>,
}

enum Source {
    Bytes(Bytes),
    File(PathBuf),
    /// `None` after the first attempt.
    Stream(Mutex<Option<ByteStream>>),
}

impl Upload {
    /// Uploads a file from disk. It is opened for each attempt. In a form it has the file's name,
    /// unless [`file_name`](Self::file_name) sets another.
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { source: Source::File(path.to_owned()), file_name, media_type: None }
    }

    /// Uploads a stream. It can be read only once, so there are no retries.
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self::new(Source::Stream(Mutex::new(Some(Box::pin(stream)))))
    }

    /// Sets the name of the file in a form (RFC 7578, section 4.2).
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the media type of the content (RFC 9110, section 8.3.1).
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    fn new(source: Source) -> Self {
        Self { source, file_name: None, media_type: None }
    }

    pub(super) fn own_file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    pub(super) fn own_media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    pub(super) fn is_repeatable(&self) -> bool {
        match &self.source {
            Source::Bytes(_) | Source::File(_) => true,
            Source::Stream(_) => false,
        }
    }

    pub(super) async fn open(&self) -> Result<Piece, ConfigError> {
        match &self.source {
            Source::Bytes(bytes) => Ok(Piece::Bytes(bytes.clone())),
            Source::File(path) => Piece::file(path).await.map_err(|error| {
                ConfigError::new(format!("{} cannot be read: {error}", path.display()))
            }),
            Source::Stream(stream) => {
                let stream = stream.lock().ok().and_then(|mut stream| stream.take());
                let gone = || ConfigError::new("the stream of the body was already sent");
                stream.map(Piece::Stream).ok_or_else(gone)
            }
        }
    }
}

impl From<Bytes> for Upload {
    fn from(bytes: Bytes) -> Self {
        Self::new(Source::Bytes(bytes))
    }
}

macro_rules! from_bytes {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Upload {
            fn from(content: $ty) -> Self {
                Self::from(Bytes::from(content))
            }
        }
    )* };
}

from_bytes!(Vec<u8>, String, &'static str, &'static [u8]);

/// Does not show the content, which may be large or secret.
impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match &self.source {
            Source::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Source::File(path) => path.display().to_string(),
            Source::Stream(_) => "a stream".to_owned(),
        };
        f.debug_struct("Upload")
            .field("source", &source)
            .field("file_name", &self.file_name)
            .field("media_type", &self.media_type)
            .finish()
    }
}
