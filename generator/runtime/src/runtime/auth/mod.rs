//! Tokens: where they come from, and keeping them as long as they last.
//!
//! A [`TokenSource`] makes tokens, the cache asks it for one when none is at hand. The transport
//! asks the cache and nothing else.

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

/// A token, and how long it lasts (RFC 6749, section 5.1).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token as the `Authorization` header carries it (RFC 6750, section 2.1).
    pub token: Secret,
    /// How long it lasts from now on. Without it the token is used until it is refused.
    pub expires_in: Option<Duration>,
}

impl AccessToken {
    /// A token that is used until it is refused.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { token: token.into(), expires_in: None }
    }

    /// Says how long the token lasts from now on.
    pub fn with_expires_in(mut self, expires_in: Duration) -> Self {
        self.expires_in = Some(expires_in);
        self
    }
}

/// A token on its way.
pub type TokenFuture<'a> =
    Pin<Box<dyn Future<Output = Result<AccessToken, AuthError>> + Send + 'a>>;

/// A place where tokens come from.
///
/// The client asks for a token when it has none, shortly before the last one expires, and once
/// more when a request comes back with `401`. It never asks twice at the same time.
pub trait TokenSource: Send + Sync {
    /// Makes a token.
    fn token(&self) -> TokenFuture<'_>;

    /// Returns the host that tokens come from, for messages. There is none by default.
    fn host(&self) -> Option<String> {
        None
    }
}

/// A token that was there from the beginning.
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

/// Authentication failed.
#[derive(Debug, Clone)]
pub struct AuthError {
    message: String,
    status: Option<StatusCode>,
    retryable: bool,
    retry_after: Option<Duration>,
    unanswered: Option<Box<Unanswered>>,
}

/// A token endpoint that gave no response.
#[derive(Debug, Clone)]
pub(crate) struct Unanswered {
    pub(crate) host: String,
    pub(crate) silence: Silence,
    pub(crate) attempts: u32,
}

/// How there was no response.
#[derive(Debug, Clone)]
pub(crate) enum Silence {
    Broken(Fault),
    TimedOut(Duration),
}

impl AuthError {
    /// Creates the error of a custom token source. It is final: see
    /// [`retryable`](Self::retryable).
    pub fn new(message: impl Into<String>) -> Self {
        let message = kept(&message.into());
        Self { message, status: None, retryable: false, retry_after: None, unanswered: None }
    }

    /// Marks the failure as one that may pass, so that what waits for a long job goes on.
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

    /// Says how many requests for a token have failed.
    fn with_attempts(mut self, attempts: u32) -> Self {
        if let Some(unanswered) = &mut self.unanswered {
            unanswered.attempts = attempts;
        }
        self
    }

    /// The status of the response, if the sign-in was answered.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns whether authentication may succeed later: the token endpoint had trouble of its
    /// own, or the token source has said so.
    pub fn is_retryable(&self) -> bool {
        self.retryable
    }

    /// Returns how long the token endpoint asks to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The error of an operation whose request was not sent for this. Without a response it is an
    /// error of the connection, or of time. `reached`: what earlier attempts of the operation have
    /// come to.
    pub(crate) fn into_error(self, operation: &'static str, reached: bool, acted: bool) -> Error {
        let Some(unanswered) = self.unanswered else {
            return self.into();
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
        write!(f, "sign-in failed: {}", one_line(&self.message))?;
        match self.retry_after {
            Some(pause) => {
                write!(f, "; it asks for a pause of {} s", pause.as_secs_f64().ceil())
            }
            None => Ok(()),
        }
    }
}
