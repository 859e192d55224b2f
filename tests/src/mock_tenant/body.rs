//! The body of an answer: pieces sent one after the other, and the fault that cuts it off.
//!
//! In come an iterator of pieces and their length, out goes what the HTTP library sends. A piece is
//! taken only when the connection has room for it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use tokio::time::{Sleep, sleep};

use super::connection::Flushes;

/// How long a cut body waits before it looks again whether its bytes have left.
const PAUSE: Duration = Duration::from_millis(2);

/// An answer to a request.
pub(super) type Answer = Response<AnswerBody>;

/// The body of an [`Answer`].
pub(super) struct AnswerBody {
    pieces: Box<dyn Iterator<Item = Bytes> + Send>,
    /// The number of bytes, if it is told in advance. Without it the body is sent in chunks.
    length: Option<u64>,
    cut: Option<Cut>,
}

/// Where a body ends too early.
struct Cut {
    bytes_left: u64,
    flushes: Flushes,
    waiting: Option<(u64, Pin<Box<Sleep>>)>,
}

impl AnswerBody {
    /// A body of bytes that are there already.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::pieces([bytes].into_iter(), Some(length))
    }

    /// A body that is made while it is sent.
    pub(super) fn pieces(
        pieces: impl Iterator<Item = Bytes> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self { pieces: Box::new(pieces), length, cut: None }
    }
}

/// Lets the body of an answer end, and its connection with it, after so many bytes. The headers
/// stay those of the whole.
pub(super) fn cut(mut answer: Answer, bytes: u64, flushes: Flushes) -> Answer {
    if let Some(length) = answer.body_mut().length.take() {
        // The header is what promises the whole; the body itself must not know, or the HTTP library
        // would object.
        answer.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    answer.body_mut().cut = Some(Cut { bytes_left: bytes, flushes, waiting: None });
    answer
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(cut) = &mut self.cut
            && cut.bytes_left == 0
        {
            return cut.poll_end(context);
        }
        let Some(mut piece) = self.pieces.next() else {
            return Poll::Ready(None);
        };
        if let Some(cut) = &mut self.cut {
            piece.truncate(usize::try_from(cut.bytes_left).unwrap_or(usize::MAX));
            cut.bytes_left -= piece.len() as u64;
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Cut {
    /// Ends the body with an error once everything before it has left the buffers: on an error, the
    /// HTTP library drops what it has not written yet, and the client would see fewer bytes than
    /// were asked for.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let flushed = self.flushes.count();
            let (since, pause) =
                self.waiting.get_or_insert_with(|| (flushed, Box::pin(sleep(PAUSE))));
            if flushed > *since {
                return Poll::Ready(Some(Err(io::Error::other(
                    "the body is cut off here on demand",
                ))));
            }
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            *pause = Box::pin(sleep(PAUSE));
        }
    }
}
