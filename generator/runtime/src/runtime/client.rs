//! The client and the state that its clones share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::base_url::BaseUrl;
use super::model::Decoding;
use super::operation_servers::OperationServers;
use super::rate_limit::Limiter;
use super::redirect::Redirects;
use super::security::{Chosen, Credentials};
use super::{Api, ConfigError, Operation, RetryPolicy};

/// A client of the API.
///
/// A client holds the connection pool and the access token. Create one and clone it: clones share
/// both.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

/// The state that clones of a client share.
pub(crate) struct Shared {
    pub(crate) api: &'static Api,
    pub(crate) http: reqwest::Client,
    pub(crate) redirects: Redirects,
    pub(crate) base_url: BaseUrl,
    pub(crate) operation_servers: OperationServers,
    pub(crate) user_agent: String,
    pub(crate) credentials: Credentials,
    pub(crate) retry: RetryPolicy,
    pub(crate) limits: Limits,
    pub(crate) limiter: Option<Arc<Limiter>>,
}

impl Shared {
    /// Returns the base URL of an operation: that of the client, unless the document names another.
    pub(crate) fn base_url_of(&self, operation: &Operation) -> Result<&BaseUrl, ConfigError> {
        self.operation_servers.base_url(operation).unwrap_or(Ok(&self.base_url))
    }

    /// Returns the credentials for a request of an operation.
    pub(crate) fn credentials_of(&self, operation: &Operation) -> Result<Chosen<'_>, ConfigError> {
        let chosen = self.credentials.choose(operation)?;
        match self.operation_servers.refused(operation) {
            Some(refusal) if !chosen.is_empty() => Credentials::none(operation).ok_or(refusal),
            Some(_) | None => Ok(chosen),
        }
    }
}

/// The memory that a decoded body may take, as a multiple of the longest body. What servers send takes
/// two or three times its length; only objects with many absent properties take more.
const EXPANSION: usize = 16;

/// The memory that a decoded body may take even if bodies are short: 1 GiB.
const MIN_DECODED: usize = 1 << 30;

/// Limits on time and size, and how strictly responses are decoded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Time for one attempt, up to the last byte of the response (the first byte of a download).
    pub(crate) attempt: Duration,
    /// Time for all attempts and the waits between them.
    pub(crate) total: Duration,
    /// How long one response can delay the other requests that share a rate limit or a token.
    pub(crate) pause: Duration,
    /// Time between two chunks of a download or of a stream.
    pub(crate) idle: Duration,
    /// Whether an optional property of an undocumented type is an error.
    pub(crate) strict: bool,
    /// The maximum size, in bytes, of a body that is buffered.
    pub(crate) response: usize,
    /// The memory, in bytes, that a decoded body may take, if the caller has set it.
    pub(crate) decoded: Option<usize>,
    /// The number of bytes that are kept of an error's body.
    pub(crate) error: usize,
    /// The maximum size, in bytes, of a response of the token endpoint.
    pub(crate) token: usize,
}

impl Limits {
    /// How responses are decoded.
    pub(crate) fn decoding(&self) -> Decoding {
        let Self { strict, response, decoded, .. } = *self;
        let memory = decoded.unwrap_or(response.saturating_mul(EXPANSION).max(MIN_DECODED));
        Decoding { strict, memory }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url.operation("", ""))
            .field("user_agent", &self.shared.user_agent)
            .field("authenticates", &self.shared.credentials.any())
            .field("retry", &self.shared.retry)
            .finish_non_exhaustive()
    }
}
