//! The client: what all requests of a program share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::base_url::BaseUrl;
use super::rate_limit::Limiter;
use super::redirect::Redirects;
use super::security::Credentials;
use super::{Api, RetryPolicy};

/// A client of the API.
///
/// It holds the connections and the token, so make one and clone it: clones share both.
#[derive(Clone)]
pub struct Client {
    pub(crate) shared: Arc<Shared>,
}

/// What clones of a client share.
pub(crate) struct Shared {
    pub(crate) api: &'static Api,
    pub(crate) http: reqwest::Client,
    pub(crate) redirects: Redirects,
    pub(crate) base_url: BaseUrl,
    pub(crate) user_agent: String,
    pub(crate) credentials: Credentials,
    pub(crate) retry: RetryPolicy,
    pub(crate) limits: Limits,
    pub(crate) limiter: Option<Arc<Limiter>>,
}

/// How long things may take, how large they may be, and how far they may be off the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// One attempt, from sending to the last byte of the response (the first byte of a download).
    pub(crate) attempt: Duration,
    /// All attempts and the waits between them.
    pub(crate) total: Duration,
    /// The silence between two pieces of a download or of a stream.
    pub(crate) idle: Duration,
    /// Whether a property of another type than the documented one is an error.
    pub(crate) strict: bool,
    /// How many bytes a body has at most that is held as a whole.
    pub(crate) response: usize,
    /// How much is kept of the body of an error.
    pub(crate) error: usize,
    /// How many bytes a response of the token endpoint has at most.
    pub(crate) token: usize,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.shared.base_url.operation("", ""))
            .field("user_agent", &self.shared.user_agent)
            .field("signs_in", &self.shared.credentials.any())
            .field("retry", &self.shared.retry)
            .finish_non_exhaustive()
    }
}
