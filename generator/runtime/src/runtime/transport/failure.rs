//! The failure of an attempt.

use std::time::Duration;

use super::super::error::Fault;
use super::super::retry::may_have_acted_with;
use super::super::{BufferedResponse, ConfigError, DecodeError};

/// The failure of an attempt.
pub(super) enum Failure {
    /// The server returned an error.
    Refused(BufferedResponse),
    /// The server returned a redirect that was not followed, with the reason.
    Redirected(BufferedResponse, String),
    /// There was no response.
    Broken(Fault),
    /// The attempt exceeded this limit.
    TimedOut(Duration),
    /// The body could not be opened.
    Unsendable(ConfigError),
    /// The response does not match the request.
    Unusable(Box<DecodeError>),
}

pub(super) fn trace(failure: &Failure, attempt: u32) {
    match failure {
        Failure::Refused(response) => {
            tracing::debug!(
                attempt,
                status = response.status.as_u16(),
                "the server returned an error"
            );
        }
        Failure::Redirected(response, why) => {
            tracing::debug!(attempt, status = response.status.as_u16(), why, "redirected");
        }
        Failure::Broken(fault) => {
            let (reached, cause) = (fault.reached, fault.cause());
            tracing::debug!(attempt, reached, cause, "there was no response");
        }
        Failure::TimedOut(_) => tracing::debug!(attempt, "the attempt timed out"),
        Failure::Unsendable(error) => tracing::debug!(attempt, %error, "nothing was sent"),
        Failure::Unusable(error) => {
            tracing::debug!(attempt, %error, "the response is not what was requested");
        }
    }
}

impl Failure {
    /// Returns whether the request may have reached the server.
    pub(super) fn reached(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Redirected(..) | Self::Unusable(_) | Self::TimedOut(_) => true,
            Self::Broken(fault) => fault.reached,
            Self::Unsendable(_) => false,
        }
    }

    /// Returns whether the server may have acted on the request.
    pub(super) fn acted(&self) -> bool {
        match self {
            Self::Refused(response) => may_have_acted_with(response.status),
            other => other.reached(),
        }
    }

    /// Describes the failure in one line.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Refused(response) => format!("the server returned {}", response.status),
            Self::Redirected(_, why) => why.clone(),
            Self::Unusable(error) => error.to_string(),
            Self::Broken(fault) => fault.cause().to_owned(),
            Self::TimedOut(limit) => format!("no response within {limit:?}"),
            Self::Unsendable(error) => error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::runtime::Operation;
    use crate::runtime::masking::SentSecrets;
    use crate::runtime::model::Decoding;

    static GET: Operation = Operation {
        id: "get",
        method: crate::runtime::Method::GET,
        path: "/",
        accept: "",
        security: &[],
        errors: &[],
    };

    fn response(status: u16) -> BufferedResponse {
        let status = StatusCode::from_u16(status).unwrap();
        BufferedResponse::new(
            &GET,
            status,
            HeaderMap::new(),
            Bytes::new(),
            Decoding::LENIENT,
            SentSecrets::default(),
        )
    }

    /// Whether the request may have reached the server, whether it may have acted, and the message.
    #[test]
    fn each_failure_states_how_far_the_request_got() {
        let mismatch = DecodeError::mismatch(response(200), "received no file");
        for (failure, reached, acted, line) in [
            (Failure::Refused(response(404)), true, false, "the server returned 404 Not Found"),
            (
                Failure::Refused(response(504)),
                true,
                true,
                "the server returned 504 Gateway Timeout",
            ),
            (Failure::Redirected(response(302), "redirected".to_owned()), true, true, "redirected"),
            (Failure::Broken(Fault::described("reset", true)), true, true, "reset"),
            (Failure::Broken(Fault::described("refused", false)), false, false, "refused"),
            (Failure::TimedOut(Duration::from_secs(3)), true, true, "no response within 3s"),
            (Failure::Unsendable(ConfigError::new("no file")), false, false, "no file"),
            (Failure::Unusable(Box::new(mismatch)), true, true, "received no file"),
        ] {
            assert_eq!((failure.reached(), failure.acted()), (reached, acted), "{line}");
            assert!(failure.line().contains(line), "{}", failure.line());
        }
    }
}
