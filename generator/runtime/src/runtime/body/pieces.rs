//! The bytes of a body, as a stream of pieces.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

use super::upload::ByteStream;

/// The number of bytes of a file that are read at once.
const BLOCK: usize = 64 * 1024;

/// A part of a body.
pub(crate) enum Piece {
    /// Bytes in memory.
    Bytes(Bytes),
    /// An open file, and the number of bytes that remain to be sent.
    File(File, u64),
    /// A stream of bytes.
    Stream(ByteStream),
}

impl Piece {
    /// Opens a file. Bytes that are appended to it later are not sent, because its length has been
    /// announced.
    pub(crate) async fn file(path: &Path) -> io::Result<Self> {
        let file = File::open(path).await?;
        let about = file.metadata().await?;
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(Self::File(file, about.len()))
    }

    fn len(&self) -> Option<u64> {
        match self {
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::File(_, len) => Some(*len),
            Self::Stream(_) => None,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        match self {
            Self::Bytes(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Bytes(bytes) => Poll::Ready(Some(Ok(std::mem::take(bytes)))),
            Self::File(_, 0) => Poll::Ready(None),
            Self::File(file, left) => {
                let block = usize::try_from(*left).map_or(BLOCK, |left| left.min(BLOCK));
                let mut buffer = BytesMut::zeroed(block);
                let mut read = ReadBuf::new(&mut buffer);
                let done = ready!(Pin::new(file).poll_read(context, &mut read));
                let filled = read.filled().len();
                let result = done.and_then(|()| match filled {
                    0 => Err(io::ErrorKind::UnexpectedEof.into()),
                    filled => Ok(filled),
                });
                Poll::Ready(Some(result.map(|filled| {
                    *left -= filled as u64;
                    buffer.truncate(filled);
                    buffer.freeze()
                })))
            }
            Self::Stream(stream) => stream.as_mut().poll_next(context),
        }
    }
}

/// The pieces of a body.
pub(crate) struct Pieces(VecDeque<Piece>);

impl Pieces {
    /// Returns the length in bytes, if it is known in advance.
    pub(crate) fn len(&self) -> Option<u64> {
        self.0.iter().map(Piece::len).sum()
    }

    /// Converts the pieces for the HTTP client. Bytes in memory become a single piece, which can be
    /// repeated after a redirect.
    pub(crate) fn into_body(self) -> reqwest::Body {
        let in_memory = |piece: &Piece| match piece {
            Piece::Bytes(bytes) => Some(bytes.clone()),
            Piece::File(..) | Piece::Stream(_) => None,
        };
        match self.0.iter().map(in_memory).collect::<Option<Vec<Bytes>>>() {
            Some(parts) => match <[Bytes; 1]>::try_from(parts) {
                Ok([bytes]) => bytes.into(),
                Err(parts) => parts.concat().into(),
            },
            None => reqwest::Body::wrap_stream(self),
        }
    }
}

impl FromIterator<Piece> for Pieces {
    fn from_iter<I: IntoIterator<Item = Piece>>(pieces: I) -> Self {
        Self(pieces.into_iter().collect())
    }
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some(piece) = self.0.front_mut() {
            match ready!(piece.poll(context)) {
                Some(bytes) => return Poll::Ready(Some(bytes)),
                None => drop(self.0.pop_front()),
            }
        }
        Poll::Ready(None)
    }
}
