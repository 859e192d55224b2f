//! How much of a body is read before the response is handed on.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap};

use super::super::media_type::{self, is_json, is_sequence};

/// How much of a body is read before the response is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    Whole,
    /// The first bytes, enough to tell what they are the beginning of.
    File,
    /// Nothing: what comes may take its time.
    Stream,
    /// All of it, for who knows what each documented status means.
    ByStatus,
    /// As much as the headers suggest, for who knows what each documented status and media type
    /// means.
    ByCase,
    /// The same, for who knows media types alone.
    #[allow(dead_code, reason = "only the program for the command line reads so")]
    ByMediaType,
}

impl Reading {
    pub(super) fn enough(self, headers: &HeaderMap) -> usize {
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        match (self, media_type::of(headers)) {
            (Self::Whole | Self::ByStatus, _) => usize::MAX,
            (Self::File, _) => FIRST_BYTES,
            (Self::Stream, _) => 0,
            (Self::ByCase | Self::ByMediaType, Some(own)) if is_sequence(own) => 0,
            (Self::ByCase | Self::ByMediaType, Some(own)) if is_json(own) => SMALL,
            (Self::ByCase | Self::ByMediaType, _)
                if length.is_some_and(|length: usize| length <= SMALL) =>
            {
                SMALL
            }
            (Self::ByCase | Self::ByMediaType, _) => FIRST_BYTES,
        }
    }
}

/// How many bytes of a body are read at once where that is of use.
const SMALL: usize = 1024 * 1024;

/// How many bytes tell what a file is.
const FIRST_BYTES: usize = 8;

/// Reads on from the first bytes until there are enough or no more.
pub(crate) async fn read(
    first: Bytes,
    response: &mut reqwest::Response,
    enough: usize,
) -> Result<Bytes, reqwest::Error> {
    let mut read = Vec::from(first);
    while read.len() < enough {
        match response.chunk().await? {
            Some(chunk) => read.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(read.into())
}

/// Reads the beginning of a body that only explains an error: as much of it as comes in time.
pub(super) async fn keep(
    first: Bytes,
    response: &mut reqwest::Response,
    most: usize,
    patience: Duration,
) -> Bytes {
    let mut kept = Vec::from(first);
    let read = async {
        while kept.len() < most
            && let Ok(Some(chunk)) = response.chunk().await
        {
            kept.extend_from_slice(&chunk);
        }
    };
    // What came before the end of the patience is told.
    let _ = tokio::time::timeout(patience, read).await;
    kept.truncate(most);
    kept.into()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use futures_core::Stream;
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;

    use super::*;

    #[test]
    fn how_much_is_read_at_once_depends_on_who_reads_and_on_what_comes() {
        let enough = |reading: Reading, media_type, length: usize| {
            let media_type = HeaderValue::from_static(media_type);
            let headers = [(CONTENT_TYPE, media_type), (CONTENT_LENGTH, length.into())];
            reading.enough(&HeaderMap::from_iter(headers))
        };
        for reading in [Reading::Whole, Reading::ByStatus] {
            assert_eq!(enough(reading, "text/event-stream", 1), usize::MAX);
        }
        assert_eq!(enough(Reading::File, "application/json", 1), FIRST_BYTES);
        assert_eq!(enough(Reading::Stream, "application/json", 1), 0);
        for reading in [Reading::ByCase, Reading::ByMediaType] {
            assert_eq!(enough(reading, "text/event-stream", 1), 0);
            assert_eq!(enough(reading, "application/json", SMALL + 1), SMALL);
            assert_eq!(enough(reading, "application/pdf", SMALL), SMALL);
            assert_eq!(enough(reading, "application/pdf", SMALL + 1), FIRST_BYTES);
            assert_eq!(reading.enough(&HeaderMap::new()), FIRST_BYTES);
        }
    }

    /// Sends two pieces, and then nothing more, without an end.
    struct Endless(u8);

    impl Stream for Endless {
        type Item = Result<Bytes, Infallible>;

        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            if self.0 == 0 {
                return Poll::Pending;
            }
            self.0 -= 1;
            Poll::Ready(Some(Ok(Bytes::from_static(b"1234"))))
        }
    }

    fn endless() -> reqwest::Response {
        http::Response::new(reqwest::Body::wrap_stream(Endless(2))).into()
    }

    #[tokio::test(start_paused = true)]
    async fn what_explains_an_error_is_not_waited_for_once_there_is_enough() {
        let patience = Duration::from_secs(9);
        for (most, kept, waited) in [(3, "123", 0), (8, "12341234", 0), (9, "12341234", 9)] {
            let begun = tokio::time::Instant::now();
            let body = keep(Bytes::new(), &mut endless(), most, patience).await;
            assert_eq!((body.as_ref(), begun.elapsed().as_secs()), (kept.as_bytes(), waited));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn reading_on_ends_with_enough() {
        let first = Bytes::from_static(b"00");
        for (enough, expected) in [(2, "00"), (3, "001234"), (6, "001234"), (10, "0012341234")] {
            let mut response = endless();
            let reading = read(first.clone(), &mut response, enough);
            let body = tokio::time::timeout(Duration::from_secs(1), reading).await.unwrap();
            assert_eq!(body.unwrap(), expected, "{enough}");
        }
    }
}
