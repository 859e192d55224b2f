//! Streams of JSON values.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::items::{Items, MAX_ITEM_BYTES, Splitter, TooLong};
use crate::runtime::download::DownloadStream;
use crate::runtime::media_type::JSON_SEQUENCE;
use crate::runtime::{BufferedResponse, DecodeError, Error};

/// The byte that precedes each value of a JSON text sequence (RFC 7464, section 2.2).
const RECORD: u8 = 0x1E;

/// A stream of JSON values: JSON lines (`application/jsonl`, `application/x-ndjson`), or a JSON
/// text sequence (`application/json-seq`, RFC 7464).
///
/// A value that cannot be decoded is an [`Error::Decode`] and does not end the stream. The stream
/// ends with the body, or with the first error in reading it. Dropping it closes the connection.
pub struct JsonLines<T> {
    items: Items<Lines>,
    decode: fn(&BufferedResponse) -> Result<T, DecodeError>,
}

impl<T: DeserializeOwned> JsonLines<T> {
    pub(super) fn new(head: BufferedResponse, chunks: DownloadStream) -> Self {
        let sequence = head.media_type().is_some_and(|own| own.eq_ignore_ascii_case(JSON_SEQUENCE));
        let separator = if sequence { RECORD } else { b'\n' };
        let lines = Lines { separator, line: Vec::new() };
        Self { items: Items::new(head, chunks, lines), decode: BufferedResponse::json }
    }
}

impl<T> JsonLines<T> {
    /// Returns the next value, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the value does not match the type, [`Error::Connection`] if the
    /// connection breaks, [`Error::Timeout`] if no data arrives within the idle timeout.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Stream for JsonLines<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { items, decode } = &mut *self;
        let line = ready!(items.poll(context));
        Poll::Ready(line.map(|line| items.decode(line?, *decode)))
    }
}

impl<T> fmt::Debug for JsonLines<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonLines").field("ended", &self.items.ended()).finish()
    }
}

/// Splits at a separator and skips blank items.
struct Lines {
    separator: u8,
    line: Vec<u8>,
}

impl Splitter for Lines {
    type Item = Vec<u8>;

    fn take(&mut self, bytes: &[u8], items: &mut VecDeque<Vec<u8>>) -> Result<(), TooLong> {
        let separator = self.separator;
        for part in bytes.split_inclusive(|byte| *byte == separator) {
            let (text, complete) = match part.strip_suffix(&[separator]) {
                Some(text) => (text, true),
                None => (part, false),
            };
            if self.line.len() + text.len() > MAX_ITEM_BYTES {
                return Err(TooLong);
            }
            self.line.extend_from_slice(text);
            if complete {
                self.finish(items);
            }
        }
        Ok(())
    }

    fn finish(&mut self, items: &mut VecDeque<Vec<u8>>) {
        let line = std::mem::take(&mut self.line);
        if !line.iter().all(u8::is_ascii_whitespace) {
            items.push_back(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(separator: u8, pieces: &[&str]) -> Vec<String> {
        let mut lines = Lines { separator, line: Vec::new() };
        let mut items = VecDeque::new();
        for piece in pieces {
            lines.take(piece.as_bytes(), &mut items).unwrap();
        }
        lines.finish(&mut items);
        items.into_iter().map(|item| String::from_utf8(item).unwrap()).collect()
    }

    #[test]
    fn lines_may_arrive_in_pieces_and_blank_ones_are_skipped() {
        assert_eq!(
            cut(b'\n', &["{\"a\"", ":1}\r", "\n\r\n \n2", "\n3"]),
            ["{\"a\":1}\r", "2", "3"]
        );
        assert_eq!(cut(RECORD, &["\u{1e}{\n}\n\u{1e}", "2\n"]), ["{\n}\n", "2\n"]);
        assert!(cut(b'\n', &["", "\n"]).is_empty());
    }

    #[test]
    fn the_length_of_a_line_is_limited() {
        let mut lines = Lines { separator: b'\n', line: Vec::new() };
        let block = vec![b'x'; MAX_ITEM_BYTES];
        assert_eq!(lines.take(&block, &mut VecDeque::new()), Ok(()));
        assert_eq!(lines.take(b"x", &mut VecDeque::new()), Err(TooLong));
    }
}
