//! Reads bodies of the token endpoint, up to a limit.

use zeroize::Zeroizing;

use crate::runtime::secret::grow;

/// Reads a body until it ends or exceeds the limit. The body may contain a token, so its memory is
/// overwritten when it is dropped.
///
/// # Errors
///
/// Returns the error of the HTTP client if the body breaks off.
pub(super) async fn read(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, reqwest::Error> {
    let mut read = Zeroizing::new(Vec::new());
    while read.len() <= limit
        && let Some(chunk) = response.chunk().await?
    {
        grow(&mut read, &chunk);
    }
    Ok(read)
}

/// Returns a message if the body exceeds the limit.
pub(super) fn check(read: &[u8], limit: usize) -> Result<(), String> {
    if read.len() <= limit {
        return Ok(());
    }
    let what = "the response is longer than";
    Err(format!("{what} {limit} bytes; `ClientBuilder::max_token_bytes` allows more"))
}
