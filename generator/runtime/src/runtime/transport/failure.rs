//! How an attempt failed, and the error that it makes.

use std::time::Duration;

use super::super::{
    ApiError, ConfigError, ConnectionError, DecodeError, Error, Reply, Request, TimeoutError,
};

/// How one attempt ended, if it did not end well.
pub(super) enum Failure {
    /// The server answered with an error.
    Refused(Reply),
    /// The server led elsewhere, and that was not followed: why.
    Redirected(Reply, String),
    /// There was no answer. `reached`: the request may have arrived all the same. `hopeless`: it
    /// would fail the same way again.
    Broken { reached: bool, hopeless: bool, cause: String },
    /// The limit that was reached.
    TimedOut(Duration),
    /// The body could not be opened.
    Unsendable(ConfigError),
    /// The server answered with something that is not what was asked for.
    Unusable(Box<DecodeError>),
}

pub(super) fn tell(failure: &Failure, attempt: u32) {
    match failure {
        Failure::Refused(reply) => {
            tracing::debug!(
                attempt,
                status = reply.status.as_u16(),
                "the server answered with an error"
            );
        }
        Failure::Redirected(reply, why) => {
            tracing::debug!(attempt, status = reply.status.as_u16(), why, "redirected");
        }
        Failure::Broken { reached, cause, .. } => {
            tracing::debug!(attempt, reached, cause, "there was no answer");
        }
        Failure::TimedOut(_) => tracing::debug!(attempt, "the attempt took too long"),
        Failure::Unsendable(error) => tracing::debug!(attempt, %error, "nothing was sent"),
        Failure::Unusable(error) => {
            tracing::debug!(attempt, %error, "the response is not what was asked for");
        }
    }
}

pub(super) fn settle(request: &Request, failure: Failure, attempts: u32) -> Error {
    let operation = request.operation;
    match failure {
        Failure::Refused(reply) => {
            ApiError::new(operation, &request.client.shared.api.error_format, reply).into()
        }
        Failure::Redirected(reply, why) => {
            let format = &request.client.shared.api.error_format;
            ApiError::new(operation, format, reply).with_message(why).into()
        }
        Failure::Broken { reached, cause, .. } => {
            ConnectionError { operation: operation.id, reached, attempts, cause }.into()
        }
        Failure::TimedOut(limit) => {
            TimeoutError { operation: operation.id, limit, attempts }.into()
        }
        Failure::Unsendable(error) => ConfigError::new(format!("{}: {error}", operation.id)).into(),
        Failure::Unusable(error) => Error::Decode(error),
    }
}
