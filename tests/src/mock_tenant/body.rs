//! The body of a response: pieces sent one after the other, and the fault that truncates it.
//!
//! Takes an iterator of pieces and their total length, and returns a body for the HTTP library. A
//! piece is taken only when the connection can accept it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, HeaderValue};
use tokio::time::{Sleep, sleep};

use super::connection::Flushes;

/// The interval at which a truncated body checks whether its bytes were flushed.
const FLUSH_POLL_INTERVAL: Duration = Duration::from_millis(2);

/// A response to a request.
pub(super) type Response = hyper::Response<ResponseBody>;

/// The body of an [`Response`].
pub(super) struct ResponseBody {
    pieces: Box<dyn Iterator<Item = Bytes> + Send>,
    /// The number of bytes. Without it the body is sent with chunked encoding.
    length: Option<u64>,
    cut: Option<Cut>,
}

/// The state of a truncated body.
struct Cut {
    bytes_left: u64,
    flushes: Flushes,
    waiting: Option<(u64, Pin<Box<Sleep>>)>,
}

impl ResponseBody {
    /// Creates a body from bytes in memory.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let length = bytes.len() as u64;
        Self::pieces([bytes].into_iter(), Some(length))
    }

    /// Creates a body whose pieces are generated while it is sent.
    pub(super) fn pieces(
        pieces: impl Iterator<Item = Bytes> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self { pieces: Box::new(pieces), length, cut: None }
    }
}

/// Truncates the body of a response after `bytes` bytes and closes its connection. The headers stay
/// those of the whole body.
pub(super) fn cut(mut response: Response, bytes: u64, flushes: Flushes) -> Response {
    if let Some(length) = response.body_mut().length.take() {
        // The header announces the whole length. The body must not, or the HTTP library would
        // refuse to end it early.
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.body_mut().cut = Some(Cut { bytes_left: bytes, flushes, waiting: None });
    response
}

impl Body for ResponseBody {
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
    /// Ends the body with an error once everything before it was flushed. On an error, the HTTP
    /// library discards unwritten bytes, and the client would see fewer bytes than requested.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            let flushed = self.flushes.count();
            let (since, pause) =
                self.waiting.get_or_insert_with(|| (flushed, Box::pin(sleep(FLUSH_POLL_INTERVAL))));
            if flushed > *since {
                return Poll::Ready(Some(Err(io::Error::other(
                    "the body is cut off here on demand",
                ))));
            }
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            *pause = Box::pin(sleep(FLUSH_POLL_INTERVAL));
        }
    }
}
