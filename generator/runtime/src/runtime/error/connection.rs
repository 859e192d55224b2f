//! Requests without a response: the connection failed, or time ran out.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::one_line;
use crate::runtime::builder::causes;

/// The reason why there was no response.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    /// Whether the request may have reached the server.
    pub(crate) reached: bool,
    /// Whether a retry would fail in the same way.
    pub(crate) hopeless: bool,
    cause: String,
    source: Option<Arc<reqwest::Error>>,
}

impl Fault {
    /// Converts an error of the HTTP client. Its URL, which may contain a key, is removed.
    pub(crate) fn new(error: reqwest::Error) -> Self {
        let error = error.without_url();
        Self {
            reached: !error.is_connect() && !error.is_builder() && !is_unprocessed(&error),
            hopeless: error.is_builder() || error.is_redirect(),
            cause: causes(&error),
            source: Some(Arc::new(error)),
        }
    }

    /// Describes a fault that is not an error of the HTTP client.
    pub(crate) fn described(cause: impl Into<String>, reached: bool) -> Self {
        Self { reached, hopeless: false, cause: cause.into(), source: None }
    }

    /// Converts an error that occurred after the response had begun.
    pub(crate) fn lost(error: reqwest::Error) -> Self {
        Self { reached: true, ..Self::new(error) }
    }

    /// Appends a detail to the cause.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.cause.push_str(more);
        self
    }

    /// Returns the error and its sources, in one line.
    pub(crate) fn cause(&self) -> &str {
        &self.cause
    }
}

/// Returns whether the server reported that it did not process the request: it refused the stream,
/// or closed the connection before it (RFC 9113, sections 6.8 and 8.7).
fn is_unprocessed(error: &reqwest::Error) -> bool {
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            let expected =
                if error.is_reset() { h2::Reason::REFUSED_STREAM } else { h2::Reason::NO_ERROR };
            return error.is_remote()
                && (error.is_reset() || error.is_go_away())
                && error.reason() == Some(expected);
        }
        next = cause.source();
    }
    false
}

/// The server could not be reached, or the connection broke.
#[derive(Debug, Clone)]
pub struct ConnectionError {
    pub(super) operation: &'static str,
    pub(super) fault: Fault,
    /// Boxed, as other large parts of errors are: an error travels in every `Result`.
    pub(super) history: Box<History>,
}

/// What happened before a call was given up.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// Whether one of the attempts may have reached the server.
    pub(crate) reached: bool,
    /// Whether the server may have acted on it, and a retry might make it act a second time.
    pub(crate) acted: bool,
    /// The host of the token endpoint, if authentication failed.
    pub(crate) authenticating: Option<String>,
    /// How the last attempt failed, if the error itself does not describe it.
    pub(crate) last: Option<String>,
}

impl ConnectionError {
    pub(crate) fn new(operation: &'static str, fault: Fault, history: History) -> Self {
        Self { operation, fault, history: Box::new(history) }
    }

    /// Returns the error for a connection that broke while the response was read.
    pub(crate) fn lost(operation: &'static str, error: reqwest::Error) -> Self {
        let history = History { attempts: 1, reached: true, ..History::default() };
        Self::new(operation, Fault::lost(error), history)
    }

    /// Returns whether one of the attempts may have reached the server, so that the server may have
    /// acted on it. `false` if the server could not be reached, or refused an HTTP/2 stream.
    pub fn may_have_reached_server(&self) -> bool {
        self.history.reached
    }

    /// Returns whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        !self.fault.hopeless
    }

    /// Returns the host of the token endpoint if the connection to it failed. In this case the
    /// operation's own request was not sent.
    pub fn authenticating(&self) -> Option<&str> {
        self.history.authenticating.as_deref()
    }

    /// Returns how often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.history.attempts
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, fault, history } = self;
        write!(f, "{operation}: ")?;
        match (&history.authenticating, fault.reached) {
            (Some(host), true) => write!(f, "authentication: the connection to {host} broke")?,
            (Some(host), false) => write!(f, "authentication: {host} could not be reached")?,
            (None, true) => f.write_str("the connection broke")?,
            (None, false) => f.write_str("the server could not be reached")?,
        }
        write!(f, ": {}", one_line(&fault.cause))?;
        history.fmt(f)
    }
}

impl std::error::Error for ConnectionError {
    /// The error of the HTTP client, without the URL.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source.as_deref().map(|source| source as _)
    }
}

/// A time limit was exceeded.
#[derive(Debug, Clone)]
pub struct TimeoutError {
    operation: &'static str,
    limit: Duration,
    history: Box<History>,
    pause: Option<Box<(Duration, String)>>,
}

impl TimeoutError {
    pub(crate) fn new(operation: &'static str, limit: Duration, history: History) -> Self {
        Self { operation, limit, history: Box::new(history), pause: None }
    }

    /// Returns the error for a response whose rest did not arrive in time.
    pub(crate) fn silent(operation: &'static str, limit: Duration) -> Self {
        Self::new(operation, limit, History { attempts: 1, reached: true, ..History::default() })
    }

    /// Adds the pause that the server has requested, and the response that requested it.
    pub(crate) fn with_pause(mut self, pause: Duration, cause: String) -> Self {
        self.pause = Some(Box::new((pause, cause)));
        self
    }

    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(super) fn states_that_it_may_have_acted(&self) -> bool {
        self.history.acted
    }

    /// Returns the limit that was exceeded.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns how often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.history.attempts
    }

    /// Returns whether one of the attempts may have reached the server, so that the server may have
    /// acted on it. `false` if time ran out before the first request was sent.
    pub fn may_have_reached_server(&self) -> bool {
        self.history.reached
    }

    /// Returns the rest of the pause that the server has requested, if the call was given up
    /// because the pause ends after the time limit (see
    /// [`RetryPolicy::max_wait`](crate::runtime::RetryPolicy::max_wait)).
    pub fn pause(&self) -> Option<Duration> {
        self.pause.as_ref().map(|pause| pause.0)
    }

    /// Returns the host of the token endpoint if that host did not respond.
    pub fn authenticating(&self) -> Option<&str> {
        self.history.authenticating.as_deref()
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, limit, history, pause } = self;
        match (pause.as_deref(), &history.authenticating) {
            (Some((pause, cause)), _) => write!(
                f,
                "{operation}: not sent: the server asks for a pause of {} s ({cause}), and there \
                 is no time to wait for its end",
                pause.as_secs_f64().ceil()
            )?,
            (None, Some(host)) => {
                write!(f, "{operation}: authentication: no response from {host} within {limit:?}")?;
            }
            (None, None) => write!(f, "{operation}: no response within {limit:?}")?,
        }
        history.fmt(f)?;
        match &history.last {
            Some(last) => write!(f, "; the last attempt: {last}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TimeoutError {}

impl History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.attempts > 1 {
            write!(f, " ({} attempts)", self.attempts)?;
        }
        if self.acted { f.write_str("; the server may have acted on it") } else { Ok(()) }
    }
}
