//! How much of a response is held in memory.

use super::ClientBuilder;
#[allow(unused_imports, reason = "for the documentation")]
use super::Error;
#[allow(unused_imports, reason = "for the documentation")]
use crate::runtime::{ApiError, Download};

impl ClientBuilder {
    /// Limits how many bytes a response may have that is decoded as a whole, such as JSON or text. A
    /// longer one is an [`Error::Decode`] with the beginning of the body. The default is 64 MiB.
    ///
    /// A [`Download`] and a stream of events or values are read piece by piece and not limited by
    /// this; one item of such a stream may have 16 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.response = bytes;
        self
    }

    /// Limits how many bytes are kept of the body of an error (`4xx`, `5xx`), which
    /// [`ApiError::bytes`] returns. What is behind them is not read. The default is 1 MiB.
    pub fn max_error_bytes(mut self, bytes: usize) -> Self {
        self.limits.error = bytes;
        self
    }

    /// Limits how many bytes a response of the token endpoint may have (RFC 6749, section 5), and
    /// the document that names it. A longer one is an [`Error::Auth`]. The default is 1 MiB.
    pub fn max_token_bytes(mut self, bytes: usize) -> Self {
        self.limits.token = bytes;
        self
    }
}
