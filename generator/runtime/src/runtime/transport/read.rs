//! Decides how much of a body is read as part of the attempt.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap};

use super::super::media_type::{self, is_json, is_sequence};

/// How much of a body is read as part of the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The whole body.
    Whole,
    /// The first bytes, to detect the format of a file.
    File,
    /// Nothing, because the body may take any time.
    Stream,
    /// The whole body, for a caller that distinguishes documented statuses.
    ByStatus,
    /// As much as the headers suggest, for a caller that distinguishes documented statuses and
    /// media types.
    ByCase,
    /// The same, for a caller that only distinguishes media types.
    #[allow(dead_code, reason = "only the command-line program uses it")]
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

/// The number of bytes of a small body, which is read as a whole.
const SMALL: usize = 1024 * 1024;

/// The number of bytes that identify the format of a file.
const FIRST_BYTES: usize = 8;

/// Reads a body until there are enough bytes, or until its end.
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

/// Reads the beginning of a body that explains an error, within a time limit.
pub(super) async fn keep(
    first: Bytes,
    response: &mut reqwest::Response,
    max: usize,
    timeout: Duration,
) -> Bytes {
    let mut kept = Vec::from(first);
    let read = async {
        while kept.len() < max
            && let Ok(Some(chunk)) = response.chunk().await
        {
            kept.extend_from_slice(&chunk);
        }
    };
    // Bytes that arrived before the timeout are kept.
    let _ = tokio::time::timeout(timeout, read).await;
    kept.truncate(max);
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
    fn the_caller_and_the_headers_decide_how_much_is_read() {
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

    /// Returns two chunks, and then waits forever.
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
    async fn the_body_of_an_error_is_read_up_to_the_limit_or_the_timeout() {
        let timeout = Duration::from_secs(9);
        for (max, kept, waited) in [(3, "123", 0), (8, "12341234", 0), (9, "12341234", 9)] {
            let begun = tokio::time::Instant::now();
            let body = keep(Bytes::new(), &mut endless(), max, timeout).await;
            assert_eq!((body.as_ref(), begun.elapsed().as_secs()), (kept.as_bytes(), waited));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn reading_ends_when_there_are_enough_bytes() {
        let first = Bytes::from_static(b"00");
        for (enough, expected) in [(2, "00"), (3, "001234"), (6, "001234"), (10, "0012341234")] {
            let mut response = endless();
            let reading = read(first.clone(), &mut response, enough);
            let body = tokio::time::timeout(Duration::from_secs(1), reading).await.unwrap();
            assert_eq!(body.unwrap(), expected, "{enough}");
        }
    }
}
