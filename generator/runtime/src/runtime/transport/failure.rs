//! How an attempt failed.

use std::time::Duration;

use super::super::error::Fault;
use super::super::{BufferedResponse, ConfigError, DecodeError};

/// How one attempt ended, if it did not end well.
pub(super) enum Failure {
    /// The server answered with an error.
    Refused(BufferedResponse),
    /// The server led elsewhere, and that was not followed: why.
    Redirected(BufferedResponse, String),
    /// There was no response.
    Broken(Fault),
    /// The limit that was reached.
    TimedOut(Duration),
    /// The body could not be opened.
    Unsendable(ConfigError),
    /// The server answered with something that is not what was asked for.
    Unusable(Box<DecodeError>),
}

pub(super) fn tell(failure: &Failure, attempt: u32) {
    match failure {
        Failure::Refused(response) => {
            tracing::debug!(
                attempt,
                status = response.status.as_u16(),
                "the server answered with an error"
            );
        }
        Failure::Redirected(response, why) => {
            tracing::debug!(attempt, status = response.status.as_u16(), why, "redirected");
        }
        Failure::Broken(fault) => {
            let (reached, cause) = (fault.reached, fault.cause());
            tracing::debug!(attempt, reached, cause, "there was no response");
        }
        Failure::TimedOut(_) => tracing::debug!(attempt, "the attempt took too long"),
        Failure::Unsendable(error) => tracing::debug!(attempt, %error, "nothing was sent"),
        Failure::Unusable(error) => {
            tracing::debug!(attempt, %error, "the response is not what was asked for");
        }
    }
}

impl Failure {
    /// Whether the request may have reached the server.
    pub(super) fn reached(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Redirected(..) | Self::Unusable(_) | Self::TimedOut(_) => true,
            Self::Broken(fault) => fault.reached,
            Self::Unsendable(_) => false,
        }
    }

    /// Whether the server may have acted on the request.
    pub(super) fn acted(&self) -> bool {
        match self {
            Self::Refused(response) => !response.status.is_client_error(),
            other => other.reached(),
        }
    }

    /// Says in one line how the attempt failed.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Refused(response) => format!("the server answered {}", response.status),
            Self::Redirected(_, why) => why.clone(),
            Self::Unusable(error) => error.to_string(),
            Self::Broken(fault) => fault.cause().to_owned(),
            Self::TimedOut(limit) => format!("no response within {limit:?}"),
            Self::Unsendable(error) => error.to_string(),
        }
    }
}
