//! Server-sent events (WHATWG HTML, section 9.2).

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use super::items::{Items, MAX_ITEM_BYTES, Splitter, TooLong};
use crate::runtime::download::DownloadStream;
use crate::runtime::{BufferedResponse, DecodeError, Error};

/// A server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The last event id, of this event or an earlier one.
    pub id: Option<String>,
    /// The type of the event. `None` stands for `message`.
    pub event: Option<String>,
    /// The data of the event.
    pub data: T,
    /// The reconnection time that the server requested since the last event.
    pub retry: Option<Duration>,
}

/// A stream of server-sent events (`text/event-stream`).
///
/// Data that cannot be decoded, such as a `[DONE]` after JSON values, is an [`Error::Decode`] and
/// does not end the stream. The stream ends with the body, or with the first error in reading it.
/// It does not reconnect. Dropping it closes the connection.
pub struct EventStream<T> {
    items: Items<Lines>,
    decode: fn(&BufferedResponse) -> Result<T, DecodeError>,
}

impl<T> EventStream<T> {
    pub(super) fn new(
        head: BufferedResponse,
        chunks: DownloadStream,
        decode: fn(&BufferedResponse) -> Result<T, DecodeError>,
    ) -> Self {
        Self { items: Items::new(head, chunks, Lines::default()), decode }
    }

    /// Returns the next event, or `None` at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] if the data does not match the type, [`Error::Connection`] if the
    /// connection breaks, [`Error::Timeout`] if no data arrives within the idle timeout.
    pub async fn next(&mut self) -> Option<Result<Event<T>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T> Stream for EventStream<T> {
    type Item = Result<Event<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { items, decode } = &mut *self;
        let Some(event) = ready!(items.poll(context)) else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(event.and_then(|Event { id, event, data, retry }| {
            let data = items.decode(data, *decode)?;
            Ok(Event { id, event, data, retry })
        })))
    }
}

impl<T> fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("ended", &self.items.ended()).finish()
    }
}

/// Reads lines and combines them into events.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    /// The last line ended with a carriage return, so that a line feed belongs to the same end.
    after_return: bool,
    /// Whether the first line, which may begin with a byte order mark, was read.
    begun: bool,
    id: Option<String>,
    event: Option<String>,
    data: Option<Vec<u8>>,
    retry: Option<Duration>,
}

impl Splitter for Lines {
    type Item = Event<Vec<u8>>;

    fn take(&mut self, bytes: &[u8], items: &mut VecDeque<Self::Item>) -> Result<(), TooLong> {
        for part in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
            let after_return = std::mem::take(&mut self.after_return);
            let (text, end) = match part {
                [text @ .., end @ (b'\r' | b'\n')] => (text, Some(*end)),
                text => (text, None),
            };
            let second_half = after_return && text.is_empty() && end == Some(b'\n');
            if second_half {
                continue;
            }
            let held = self.line.len() + self.data.as_ref().map_or(0, Vec::len);
            if held + text.len() > MAX_ITEM_BYTES {
                return Err(TooLong);
            }
            self.line.extend_from_slice(text);
            self.after_return = end == Some(b'\r');
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                items.extend(self.line(&line));
            }
        }
        Ok(())
    }

    /// An event without a blank line after it is incomplete, and ignored (section 9.2.6).
    fn finish(&mut self, _: &mut VecDeque<Self::Item>) {}
}

impl Lines {
    /// Reads a line, and returns the event that it completes.
    fn line(&mut self, line: &[u8]) -> Option<Event<Vec<u8>>> {
        let first = !std::mem::replace(&mut self.begun, true);
        let line = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| first).unwrap_or(line);
        if line.is_empty() {
            return self.dispatch();
        }
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => {
                let (name, value) = line.split_at(colon);
                (name, value.strip_prefix(b": ").or(value.strip_prefix(b":")).unwrap_or(value))
            }
            None => (line, [].as_slice()),
        };
        let text = || String::from_utf8_lossy(value).into_owned();
        match name {
            b"event" => self.event = Some(text()).filter(|event| !event.is_empty()),
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"id" if !value.contains(&0) => self.id = Some(text()).filter(|id| !id.is_empty()),
            b"retry" if value.iter().all(u8::is_ascii_digit) => {
                self.retry = text().parse().map(Duration::from_millis).ok().or(self.retry);
            }
            // A line that begins with a colon is a comment. Unknown fields are ignored.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event<Vec<u8>>> {
        let event = self.event.take();
        let data = self.data.take()?;
        Some(Event { id: self.id.clone(), event, data, retry: self.retry.take() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<Event<String>> {
        let mut lines = Lines::default();
        let mut items = VecDeque::new();
        for piece in pieces {
            lines.take(piece, &mut items).unwrap();
        }
        lines.finish(&mut items);
        let text = |Event { id, event, data, retry }: Event<Vec<u8>>| {
            let data = String::from_utf8(data).unwrap();
            Event { id, event, data, retry }
        };
        items.into_iter().map(text).collect()
    }

    fn data(text: &str) -> Vec<String> {
        read(&[text.as_bytes()]).into_iter().map(|event| event.data).collect()
    }

    #[test]
    fn fields_make_an_event() {
        let text = "\u{feff}: hello\nid: 7\nevent:add\ndata: a\ndata:  b\ndata\nretry: 1500\nx: y\n\n\
            retry: 1s\nid: a\0b\ndata: c\n\nevent: lost\n\ndata: d\nid\n\ndata: incomplete\n";
        let event = |id: Option<&str>, event: Option<&str>, data: &str, retry| Event {
            id: id.map(str::to_owned),
            event: event.map(str::to_owned),
            data: data.to_owned(),
            retry,
        };
        let expected = [
            event(Some("7"), Some("add"), "a\n b\n", Some(Duration::from_millis(1500))),
            event(Some("7"), None, "c", None),
            event(None, None, "d", None),
        ];
        assert_eq!(read(&[text.as_bytes()]), expected);
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(read(&bytes), expected);
    }

    #[test]
    fn lines_end_with_cr_lf_or_both() {
        assert_eq!(data("data: a\r\n\r\ndata: b\r\rdata: c\n\n"), ["a", "b", "c"]);
        assert_eq!(data("data: a\r\ndata: b\r\n\r\n"), ["a\nb"]);
        let halves: [&[u8]; 4] = [b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"];
        assert_eq!(read(&halves).len(), 1);
        assert!(data("\n\n\r\r\n").is_empty());
    }

    #[test]
    fn the_size_of_an_event_is_limited() {
        let mut lines = Lines::default();
        let line = [b"data: ".as_slice(), &vec![b'x'; MAX_ITEM_BYTES / 2], b"\n"].concat();
        assert!(lines.take(&line, &mut VecDeque::new()).is_ok());
        assert_eq!(lines.take(&line, &mut VecDeque::new()), Err(TooLong));
    }
}
