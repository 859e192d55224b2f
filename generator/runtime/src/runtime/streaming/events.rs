//! Server-sent events (WHATWG HTML, section 9.2).

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use super::items::{Cut, Items, LONGEST, TooLong};
use crate::runtime::download::DownloadStream;
use crate::runtime::{BufferedResponse, DecodeError, Error};

/// An event that the server has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event<T> {
    /// The last id that the server has given, with this event or an earlier one.
    pub id: Option<String>,
    /// The type of the event. One without a type is a `message`.
    pub event: Option<String>,
    /// What the event says.
    pub data: T,
    /// How long the server asks to wait before connecting again, if it has said so since the last
    /// event.
    pub retry: Option<Duration>,
}

/// Events on their way from the server (`text/event-stream`).
///
/// Data that cannot be decoded, such as a `[DONE]` at the end of JSON values, is an
/// [`Error::Decode`] and does not end the stream. It ends with the body, or with the first error in
/// reading it. Dropping it closes the connection. It does not connect again by itself.
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

    /// The next event, or nothing at the end.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the data does not fit the type, [`Error::Connection`] when the
    /// connection breaks, [`Error::Timeout`] when it is silent for too long.
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

/// Reads lines, and gathers them to events.
#[derive(Default)]
struct Lines {
    line: Vec<u8>,
    /// A line feed that follows is the second half of a line's end.
    after_return: bool,
    /// The byte order mark can only be in the first line.
    begun: bool,
    id: Option<String>,
    event: Option<String>,
    data: Option<Vec<u8>>,
    retry: Option<Duration>,
}

impl Cut for Lines {
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
            if held + text.len() > LONGEST {
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

    /// An event that no blank line has completed is not one.
    fn finish(&mut self, _: &mut VecDeque<Self::Item>) {}
}

impl Lines {
    /// Takes a line in, and gives the event that it completes.
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
            // A comment begins with a colon. Other names mean nothing.
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
    fn lines_end_in_three_ways() {
        assert_eq!(data("data: a\r\n\r\ndata: b\r\rdata: c\n\n"), ["a", "b", "c"]);
        assert_eq!(data("data: a\r\ndata: b\r\n\r\n"), ["a\nb"]);
        let halves: [&[u8]; 4] = [b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"];
        assert_eq!(read(&halves).len(), 1);
        assert!(data("\n\n\r\r\n").is_empty());
    }

    #[test]
    fn an_event_without_an_end_does_not_fill_the_memory() {
        let mut lines = Lines::default();
        let line = [b"data: ".as_slice(), &vec![b'x'; LONGEST / 2], b"\n"].concat();
        assert!(lines.take(&line, &mut VecDeque::new()).is_ok());
        assert_eq!(lines.take(&line, &mut VecDeque::new()), Err(TooLong));
    }
}
