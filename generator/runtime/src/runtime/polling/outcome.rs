//! The states that a poller returns, and the errors that end a wait.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::super::Error;
use super::super::error::one_line;

/// The progress of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStatus {
    /// In progress. This includes a missing status and one that the document does not list.
    InProgress,
    /// Completed successfully.
    Succeeded,
    /// Failed.
    Failed,
    /// Cancelled.
    Cancelled,
}

/// A state of a job.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PollUpdate<S> {
    /// The state as the server returned it.
    pub state: S,
    /// The status in that state.
    pub status: PollStatus,
    /// The time since the poller's first step.
    pub elapsed: Duration,
}

impl<S> PollUpdate<S> {
    pub(super) fn new(state: S, status: PollStatus, elapsed: Duration) -> Self {
        Self { state, status, elapsed }
    }

    /// Converts a final state into the result of the wait.
    pub(super) fn into_result(self, id: String) -> Result<Completed<S>, WaitError<S>> {
        match self.status {
            PollStatus::Succeeded => Ok(Completed { id, state: self.state }),
            PollStatus::Failed => Err(WaitError::Failed { id, state: Box::new(self.state) }),
            PollStatus::Cancelled => Err(WaitError::Cancelled { id, state: Box::new(self.state) }),
            PollStatus::InProgress => Err(WaitError::AlreadyCompleted),
        }
    }
}

/// A job that completed successfully.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Completed<S> {
    /// The id of the job.
    pub id: String,
    /// The final state.
    pub state: S,
}

/// The error type of waiting for a job.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError<S> {
    /// The start request failed, or its response has no id. Call
    /// [`may_have_been_started`](Self::may_have_been_started) to learn whether the job may be
    /// running nevertheless.
    Start(Error),
    /// Polling failed. The job may still be in progress.
    Poll {
        /// The id of the job.
        id: String,
        /// The error of the last poll.
        error: Error,
    },
    /// The job failed.
    Failed {
        /// The id of the job.
        id: String,
        /// The final state.
        state: Box<S>,
    },
    /// The job was cancelled.
    Cancelled {
        /// The id of the job.
        id: String,
        /// The final state.
        state: Box<S>,
    },
    /// The deadline passed before the job completed.
    TimedOut {
        /// The id of the job, if it was started.
        id: Option<String>,
        /// The last known state.
        last: Option<Box<S>>,
        /// How long the poller waited.
        waited: Duration,
        /// Whether the job was cancelled on the server because of the deadline.
        cancelled: bool,
        /// The error of the last poll, if it failed.
        last_error: Option<Box<Error>>,
        /// Whether the job may be in progress on the server. `false` if the deadline passed before
        /// a start request was sent, for instance during authentication, or after the server had
        /// refused it.
        may_have_been_started: bool,
    },
    /// Too many consecutive polls returned an empty body ([`Poller::max_consecutive_empty`]). The
    /// server may not know the id.
    ///
    /// [`Poller::max_consecutive_empty`]: super::Poller::max_consecutive_empty
    EmptyResponses {
        /// The id of the job.
        id: String,
        /// The number of consecutive polls with an empty body.
        polls: u32,
    },
    /// The job completed successfully, but one of its files could not be downloaded or saved. The
    /// file can be requested again by the id.
    Download {
        /// The id of the job.
        id: String,
        /// The files that were saved before.
        files: Vec<PathBuf>,
        /// The error of the download.
        error: Error,
    },
    /// The poller had already returned its final state or an error.
    AlreadyCompleted,
}

impl<S> WaitError<S> {
    /// Returns the id of the job, if it was started.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Poll { id, .. }
            | Self::Failed { id, .. }
            | Self::Cancelled { id, .. }
            | Self::EmptyResponses { id, .. }
            | Self::Download { id, .. } => Some(id),
            Self::TimedOut { id, .. } => id.as_deref(),
            Self::Start(_) | Self::AlreadyCompleted => None,
        }
    }

    /// Returns whether the job may be in progress on the server. This is the case once its id is
    /// known. It is also the case if the start request may have reached the server and no response
    /// shows the outcome: a timeout, a broken connection, a server error (`5xx`), or a response
    /// without an id.
    pub fn may_have_been_started(&self) -> bool {
        match self {
            Self::Start(error) => error.may_have_acted(),
            Self::TimedOut { may_have_been_started, .. } => *may_have_been_started,
            Self::AlreadyCompleted => false,
            _ => true,
        }
    }

    /// Returns the error of the request that ended the wait, if there is one.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Start(error) | Self::Poll { error, .. } | Self::Download { error, .. } => {
                Some(error)
            }
            Self::Failed { .. }
            | Self::Cancelled { .. }
            | Self::TimedOut { .. }
            | Self::EmptyResponses { .. }
            | Self::AlreadyCompleted => None,
        }
    }

    /// Adds the last known state to a timeout.
    pub(super) fn with_last(self, polled: Option<PollUpdate<S>>) -> Self {
        match self {
            Self::TimedOut { id, waited, cancelled, last_error, may_have_been_started, .. } => {
                let last = polled.map(|polled| Box::new(polled.state));
                Self::TimedOut { id, last, waited, cancelled, last_error, may_have_been_started }
            }
            other => other,
        }
    }
}

impl<S> fmt::Display for WaitError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) if error.may_have_acted() => {
                write!(f, "it may have been started: {error}")
            }
            Self::Start(error) => error.fmt(f),
            Self::Poll { id, error } => {
                write!(f, "the state of {} is unknown: {error}", one_line(id))
            }
            Self::Failed { id, .. } => write!(f, "{} failed", one_line(id)),
            Self::Cancelled { id, .. } => write!(f, "{} was cancelled", one_line(id)),
            Self::TimedOut { id: None, waited, may_have_been_started, .. } => {
                write!(f, "no response to the start request within {waited:?}: ")?;
                f.write_str(match may_have_been_started {
                    true => "it may have been started",
                    false => "nothing was started",
                })
            }
            Self::TimedOut { id: Some(id), waited, cancelled, last_error, .. } => {
                write!(f, "{} did not complete within {waited:?}", one_line(id))?;
                f.write_str(if *cancelled { ", and was cancelled" } else { "" })?;
                match last_error {
                    Some(error) => write!(f, "; the last poll returned no state: {error}"),
                    None => Ok(()),
                }
            }
            Self::EmptyResponses { id, polls } => write!(
                f,
                "{polls} consecutive polls returned nothing about {}: the server may not know it",
                one_line(id)
            ),
            Self::Download { id, error, .. } => {
                write!(f, "{} succeeded, but its file was not saved: {error}", one_line(id))
            }
            Self::AlreadyCompleted => f.write_str("the poller has already completed"),
        }
    }
}

impl<S: fmt::Debug> std::error::Error for WaitError<S> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TimedOut { last_error: Some(error), .. } => Some(error.as_ref()),
            other => other.error().and_then(std::error::Error::source),
        }
    }
}
