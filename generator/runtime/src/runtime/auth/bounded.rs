//! Bodies of the token endpoint, up to a limit.

use bytes::Bytes;

use crate::runtime::builder::causes;

/// Reads a body up to the limit, and a little more of one that is longer.
///
/// # Errors
///
/// Why it could not be read, in words.
pub(super) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Bytes, String> {
    let mut read = Vec::new();
    while read.len() <= limit
        && let Some(chunk) = response.chunk().await.map_err(|error| causes(&error.without_url()))?
    {
        read.extend_from_slice(&chunk);
    }
    Ok(read.into())
}

/// Says so if what was read is longer than the limit.
pub(super) fn check(read: &[u8], limit: usize) -> Result<(), String> {
    if read.len() <= limit {
        return Ok(());
    }
    let what = "the response is longer than";
    Err(format!("{what} {limit} bytes; `ClientBuilder::max_token_bytes` allows more"))
}
