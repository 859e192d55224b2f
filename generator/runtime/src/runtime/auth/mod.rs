//! Provides tokens: requests them and caches them until they expire.
//!
//! A [`TokenSource`] issues tokens. The cache calls it if it has no valid token. The transport uses
//! only the cache.

mod bounded;
mod cache;
mod credentials;
mod endpoint;
mod hosts;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use http::StatusCode;

use super::Error;
use super::Secret;
use super::error::{ConnectionError, Fault, History, TimeoutError, kept, one_line};
pub(crate) use cache::{Refusal, Ticket, TokenCache};
pub(crate) use credentials::ClientCredentials;
pub(crate) use endpoint::Endpoint;
pub(crate) use hosts::Hosts;

/// A token and its lifetime (RFC 6749, section 5.1).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token as the `Authorization` header contains it (RFC 6750, section 2.1).
    pub token: Secret,
    /// The remaining lifetime. If `None`, the token is used until the server rejects it.
    pub expires_in: Option<Duration>,
}

impl AccessToken {
    /// Creates a token that is used until the server rejects it.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), expires_in: None }
    }

    /// Sets the remaining lifetime of the token.
    pub fn with_expires_in(mut self, expires_in: Duration) -> Self {
        self.expires_in = Some(expires_in);
        self
    }
}

/// The future of a token.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessToken, AuthError>> + Send + 'a>>;

/// A source of tokens.
///
/// The client requests a token when it has none, shortly before the last one expires, and once more
/// after a response with `401`. It never sends two such requests at the same time.
pub trait TokenSource: Send + Sync {
    /// Requests a token.
    fn token(&self) -> TokenFuture<'_>;

    /// Returns the host that issues the tokens, for messages. The default is `None`.
    fn host(&self) -> Option<String> {
        None
    }
}

/// A token that the caller configured.
pub(crate) struct FixedToken(AccessToken);

impl FixedToken {
    pub(crate) fn new(token: Secret) -> Self {
        Self(AccessToken::new(token))
    }
}

impl TokenSource for FixedToken {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}

/// The error type of authentication.
#[derive(Debug, Clone)]
pub struct AuthError {
    message: String,
    status: Option<StatusCode>,
    retryable: bool,
    retry_after: Option<Duration>,
    unanswered: Option<Box<Unanswered>>,
    /// What happened to the operation's own request before, if this is the error of an operation.
    earlier: Option<Box<Earlier>>,
}

/// The earlier attempts of an operation whose authentication failed.
#[derive(Debug, Clone, Copy)]
struct Earlier {
    operation: &'static str,
    /// Whether an attempt may have reached the server, and whether the server may have acted on one.
    reached: bool,
    acted: bool,
}

/// A token endpoint that returned no response.
#[derive(Debug, Clone)]
pub(crate) struct Unanswered {
    pub(crate) host: String,
    pub(crate) silence: Silence,
    pub(crate) attempts: u32,
}

/// The reason why there was no response.
#[derive(Debug, Clone)]
pub(crate) enum Silence {
    Broken(Fault),
    TimedOut(Duration),
}

impl AuthError {
    /// Creates the error of a custom token source. The failure is final unless
    /// [`retryable`](Self::retryable) is called.
    pub fn new(message: impl Into<String>) -> Self {
        let message = kept(&message.into());
        Self {
            message,
            status: None,
            retryable: false,
            retry_after: None,
            unanswered: None,
            earlier: None,
        }
    }

    /// Marks the failure as temporary, so that polling a long-running operation continues.
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    pub(crate) fn unanswered(host: String, silence: Silence) -> Self {
        let (message, hopeless) = match &silence {
            Silence::Broken(fault) => (format!("{host}: {}", fault.cause()), fault.hopeless),
            Silence::TimedOut(limit) => {
                (format!("no response from {host} within {limit:?}"), false)
            }
        };
        let unanswered = Some(Box::new(Unanswered { host, silence, attempts: 1 }));
        Self { unanswered, retryable: !hopeless, ..Self::new(message) }
    }

    /// Sets the number of token requests that failed.
    fn with_attempts(mut self, attempts: u32) -> Self {
        if let Some(unanswered) = &mut self.unanswered {
            unanswered.attempts = attempts;
        }
        self
    }

    /// Returns the status of the response, if the token endpoint returned one.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns whether authentication may succeed later: the token endpoint failed temporarily, or
    /// the token source [marked it so](Self::retryable).
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Returns how long the token endpoint asks the client to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Returns whether an earlier attempt of the operation may have reached the server.
    pub(crate) fn may_have_reached_server(&self) -> bool {
        self.earlier.as_ref().is_some_and(|earlier| earlier.reached)
    }

    /// Returns whether the server may have acted on an earlier attempt of the operation.
    pub(crate) fn may_have_acted(&self) -> bool {
        self.earlier.as_ref().is_some_and(|earlier| earlier.acted)
    }

    /// Returns the id of the operation, if this is the error of an operation.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.earlier.as_ref().map(|earlier| earlier.operation)
    }

    /// Converts this into the error of an operation. If the token endpoint returned no response, this
    /// is a connection error or a timeout. `reached` and `acted` describe earlier attempts of the
    /// operation.
    pub(crate) fn into_error(self, operation: &'static str, reached: bool, acted: bool) -> Error {
        let Some(unanswered) = self.unanswered else {
            let earlier = Some(Box::new(Earlier { operation, reached, acted }));
            return Self { earlier, ..self }.into();
        };
        let Unanswered { host, silence, attempts } = *unanswered;
        let authenticating = Some(host);
        let history = History { attempts, reached, acted, authenticating, last: None };
        match silence {
            Silence::Broken(fault) => ConnectionError::new(operation, fault, history).into(),
            Silence::TimedOut(limit) => TimeoutError::new(operation, limit, history).into(),
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "authentication failed: {}", one_line(&self.message))?;
        match self.retry_after {
            Some(pause) => {
                write!(f, "; it asks for a pause of {} s", pause.as_secs_f64().ceil())
            }
            None => Ok(()),
        }
    }
}
