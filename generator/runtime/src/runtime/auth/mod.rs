//! Tokens: where they come from, and keeping them as long as they last.
//!
//! A [`TokenSource`] makes tokens, the cache asks it for one when none is at hand. The transport
//! asks the cache and nothing else.

mod bounded;
mod cache;
mod credentials;
mod endpoint;

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use http::StatusCode;

use super::Secret;
use super::error::{kept, one_line};
pub(crate) use cache::{Ticket, TokenCache};
pub(crate) use credentials::ClientCredentials;
pub(crate) use endpoint::Endpoint;

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

/// Signing in failed.
#[derive(Debug, Clone)]
pub struct AuthError {
    message: String,
    status: Option<StatusCode>,
}

impl AuthError {
    /// An error of one's own token source.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: kept(&message.into()), status: None }
    }

    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// The status of the answer, if the sign-in was answered.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sign-in failed: {}", one_line(&self.message))
    }
}
