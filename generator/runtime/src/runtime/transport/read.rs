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
