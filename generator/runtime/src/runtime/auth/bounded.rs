//! Bodies of the token endpoint, up to a limit.

use bytes::Bytes;

use crate::runtime::builder::causes;

/// Reads a body that has at most `limit` bytes.
///
/// # Errors
///
/// Why it could not be read, in words.
pub(super) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Bytes, String> {
    let mut read = Vec::new();
    let announced = response.content_length().is_some_and(|length| length > limit as u64);
    while !announced && read.len() <= limit {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => return Ok(read.into()),
            Err(error) => return Err(causes(&error.without_url())),
        }
    }
    Err(format!(
        "the response is longer than {limit} bytes; `ClientBuilder::max_token_bytes` allows more"
    ))
}
