//! Bodies of the token endpoint, up to a limit.

use bytes::Bytes;

/// Reads a body up to the limit, and a little more of one that is longer.
///
/// # Errors
///
/// What the HTTP client says.
pub(super) async fn read(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Bytes, reqwest::Error> {
    let mut read = Vec::new();
    while read.len() <= limit
        && let Some(chunk) = response.chunk().await?
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
