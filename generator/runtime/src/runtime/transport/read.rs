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
