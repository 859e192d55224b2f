//! Limits on the size of responses.

use super::ClientBuilder;
#[allow(unused_imports, reason = "for the documentation")]
use super::Error;
#[allow(unused_imports, reason = "for the documentation")]
use crate::runtime::{ApiError, Download};

impl ClientBuilder {
    /// Sets the maximum size, in bytes, of a response that is decoded as a whole, such as JSON or
    /// plain text. A longer one is an [`Error::Decode`] with the beginning of the body. The default
    /// is 64 MiB.
    ///
    /// A [`Download`] and a stream of events or values are read in chunks and are not limited by
    /// this. One item of such a stream may have up to 16 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.response = bytes;
        self
    }

    /// Sets the maximum memory, in bytes, of a decoded response. A response that needs more is an
    /// [`Error::Decode`] with its body. The default is 1 GiB, or 16 times
    /// [`max_response_bytes`](Self::max_response_bytes) if that is more.
    ///
    /// A short body can become large: `[{},{}]` is two structs of all documented properties. The
    /// memory is estimated from the sizes of the decoded types while they are decoded. The estimate of
    /// objects is up to three times their size. Collections reserve space as they grow, so the memory
    /// of the process may grow by twice the limit.
    pub fn max_decoded_bytes(mut self, bytes: usize) -> Self {
        self.limits.decoded = Some(bytes);
        self
    }

    /// Sets how many bytes of an error's body (`4xx`, `5xx`) are read and kept for
    /// [`ApiError::bytes`]. The default is 1 MiB.
    pub fn max_error_bytes(mut self, bytes: usize) -> Self {
        self.limits.error = bytes;
        self
    }

    /// Sets the maximum size, in bytes, of a response of the token endpoint (RFC 6749, section 5)
    /// and of the discovery document. A longer one is an [`Error::Auth`]. The default is 1 MiB.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.limits.token = bytes;
        self
    }
}
