//! How much of a body is read before the response is handed on.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap};

use super::super::media_type::{self, is_json, is_sequence};

/// How much of a body is read before the answer is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    Whole,
    /// The first bytes, enough to tell what they are the beginning of.
    File,
    /// Nothing: what comes may take its time.
    Stream,
    /// As much as the headers suggest.
    ByCase,
}

impl Reading {
    pub(super) fn enough(self, headers: &HeaderMap) -> usize {
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        match (self, media_type::of(headers)) {
            (Self::Whole, _) => usize::MAX,
            (Self::File, _) => FIRST_BYTES,
            (Self::Stream, _) => 0,
            (Self::ByCase, Some(own)) if is_sequence(own) => 0,
            (Self::ByCase, Some(own)) if is_json(own) => SMALL,
            (Self::ByCase, _) if length.is_some_and(|length: usize| length <= SMALL) => SMALL,
            (Self::ByCase, _) => FIRST_BYTES,
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
