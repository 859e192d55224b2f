//! Files and other contents that are sent as they are.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Mutex;

use bytes::Bytes;
use futures_core::Stream;

use super::Piece;
use crate::runtime::ConfigError;

/// A stream that has not been read.
pub(crate) type ByteStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Content that is sent as it is: the whole body of a request, or a file in a [`Form`](super::Form).
///
/// It is made of bytes or texts with `into()`, of a file with [`Upload::file`], or of a stream with
/// [`Upload::stream`].
pub struct Upload {
    source: Source,
    file_name: Option<String>,
    media_type: Option<String>,
}

enum Source {
    Bytes(Bytes),
    File(PathBuf),
    /// It is taken by the first attempt.
    Stream(Mutex<Option<ByteStream>>),
}

impl Upload {
    /// A file on disk. It is opened when it is sent, and again for another attempt. In a form it
    /// goes under its own name, unless it is given another one.
    pub fn file(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        Self { source: Source::File(path.to_owned()), file_name, media_type: None }
    }

    /// Bytes that are made as they are sent. They are there only once: when the first attempt
    /// fails, there is no other.
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self::new(Source::Stream(Mutex::new(Some(Box::pin(stream)))))
    }

    /// Sets the name that the file has in a form (RFC 7578, section 4.2).
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

    pub(super) fn can_be_sent_again(&self) -> bool {
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
                let gone = || ConfigError::new("the stream of the body was sent already");
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

/// The content itself is not shown: it can be large, and it can be secret.
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
