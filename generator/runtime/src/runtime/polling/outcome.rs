//! What a poller sees, and how a wait can end.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::super::Error;
use super::super::error::one_line;

/// How far something is that takes a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollStatus {
    /// It is under way. A status that is missing, or that the document does not know, says so too.
    InProgress,
    /// It has ended well.
    Succeeded,
    /// It has ended badly.
    Failed,
    /// Somebody has cancelled it.
    Cancelled,
}

/// A state of something that takes a while.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PollUpdate<S> {
    /// The state as the server has answered it.
    pub state: S,
    /// How far it is.
    pub status: PollStatus,
    /// The time since the poller's first step.
    pub elapsed: Duration,
}

impl<S> PollUpdate<S> {
    pub(super) fn new(state: S, status: PollStatus, elapsed: Duration) -> Self {
        Self { state, status, elapsed }
    }

    /// What a final state means for who has waited for it.
    pub(super) fn into_result(self, id: String) -> Result<Completed<S>, WaitError<S>> {
        match self.status {
            PollStatus::Succeeded => Ok(Completed { id, state: self.state }),
            PollStatus::Failed => Err(WaitError::Failed { id, state: Box::new(self.state) }),
            PollStatus::Cancelled => Err(WaitError::Cancelled { id, state: Box::new(self.state) }),
            PollStatus::InProgress => Err(WaitError::AlreadyCompleted),
        }
    }
}

/// Something that has ended well.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Completed<S> {
    /// Its id.
    pub id: String,
    /// Its last state.
    pub state: S,
}

/// Why a wait did not end well.
#[derive(Debug)]
#[non_exhaustive]
pub enum WaitError<S> {
    /// There is no response that says that it was started. Whether it may have been started all the
    /// same is for [`may_have_been_started`](Self::may_have_been_started) to say.
    Start(Error),
    /// Its state could not be found out. It may well be under way.
    Poll {
        /// Its id.
        id: String,
        /// What went wrong with the last question.
        error: Error,
    },
    /// It has ended badly.
    Failed {
        /// Its id.
        id: String,
        /// Its last state.
        state: Box<S>,
    },
    /// Somebody has cancelled it.
    Cancelled {
        /// Its id.
        id: String,
        /// Its last state.
        state: Box<S>,
    },
    /// The deadline has passed, and it has not ended.
    TimedOut {
        /// Its id, if it was started.
        id: Option<String>,
        /// The last state that was seen, if one was.
        last: Option<Box<S>>,
        /// How long the poller has waited.
        waited: Duration,
        /// Whether it was cancelled on the server for that.
        cancelled: bool,
        /// Why the last poll brought no state, if it did not.
        last_error: Option<Box<Error>>,
        /// Whether something may be under way at the server. `false` if time ran out before a
        /// request was sent that starts it, for instance while the client authenticated, or after
        /// such a request was refused.
        may_have_been_started: bool,
    },
    /// So many polls in a row brought nothing about it ([`Poller::max_consecutive_empty`]): the server may
    /// not know the id.
    ///
    /// [`Poller::max_consecutive_empty`]: super::Poller::max_consecutive_empty
    EmptyResponses {
        /// Its id.
        id: String,
        /// How many polls in a row had an empty response.
        polls: u32,
    },
    /// It has ended well, but a file of it could not be fetched or saved. It can be fetched again
    /// by the id.
    Download {
        /// Its id.
        id: String,
        /// The files that were saved before.
        files: Vec<PathBuf>,
        /// What went wrong.
        error: Error,
    },
    /// The poller was read to its end before.
    AlreadyCompleted,
}

impl<S> WaitError<S> {
    /// The id of what was started, if it was.
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

    /// Returns whether something may be under way at the server. That is so once its id is known,
    /// and also if the request that starts it may have reached the server without a response that
    /// says what has come of it: time ran out, the connection broke, the server failed (`5xx`), or
    /// the response has no id.
    pub fn may_have_been_started(&self) -> bool {
        match self {
            Self::Start(error) => error.may_have_acted(),
            Self::TimedOut { may_have_been_started, .. } => *may_have_been_started,
            Self::AlreadyCompleted => false,
            _ => true,
        }
    }

    /// The error of a request, if that is what ended the wait.
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

    /// Remembers the last state of a wait that took too long.
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
                write!(f, "the state of {} is not known: {error}", one_line(id))
            }
            Self::Failed { id, .. } => write!(f, "{} has failed", one_line(id)),
            Self::Cancelled { id, .. } => write!(f, "{} was cancelled", one_line(id)),
            Self::TimedOut { id: None, waited, may_have_been_started, .. } => {
                write!(f, "there was no response to the start within {waited:?}: ")?;
                f.write_str(match may_have_been_started {
                    true => "it may have been started",
                    false => "nothing was started",
                })
            }
            Self::TimedOut { id: Some(id), waited, cancelled, last_error, .. } => {
                write!(f, "{} has not ended within {waited:?}", one_line(id))?;
                f.write_str(if *cancelled { ", and was cancelled" } else { "" })?;
                match last_error {
                    Some(error) => write!(f, "; the last poll brought no state: {error}"),
                    None => Ok(()),
                }
            }
            Self::EmptyResponses { id, polls } => write!(
                f,
                "{polls} polls in a row brought nothing about {}: the server may not know it",
                one_line(id)
            ),
            Self::Download { id, error, .. } => {
                write!(f, "{} has ended well, but not its file: {error}", one_line(id))
            }
            Self::AlreadyCompleted => f.write_str("the poller was read to its end before"),
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
