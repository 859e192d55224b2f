//! The events of a poller other than states.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::Error;

/// An event between two states.
#[derive(Debug)]
#[non_exhaustive]
pub enum PollEvent<'a> {
    /// The response to the start request was read, before the first poll.
    #[non_exhaustive]
    Started {
        /// The id of the job.
        id: &'a str,
        /// Whether the job was already in progress.
        already_running: bool,
    },
    /// A poll returned no state, and the poller continues.
    #[non_exhaustive]
    PollFailed {
        /// The id of the job.
        id: &'a str,
        /// The error of the poll.
        error: &'a Error,
        /// The number of consecutive failed polls, including this one.
        consecutive: u32,
        /// How long the poller waits before the next poll.
        wait: Duration,
    },
}

type Listener = Box<dyn FnMut(&PollEvent<'_>) + Send>;

/// The registered callbacks.
#[derive(Clone, Default)]
pub(super) struct Listeners(Arc<Mutex<Vec<Listener>>>);

impl Listeners {
    pub(super) fn add(&self, listener: Listener) {
        // A callback that panicked is called again, as its panic has been reported.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    pub(super) fn tell(&self, event: &PollEvent<'_>) {
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            listener(event);
        }
    }
}
