//! What a poller tells besides states.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::Error;

/// Something that happens between two states.
#[derive(Debug)]
#[non_exhaustive]
pub enum PollEvent<'a> {
    /// The response to the start was read, before the first poll.
    #[non_exhaustive]
    Started {
        /// The id of what was started.
        id: &'a str,
        /// Whether it was under way already.
        already_running: bool,
    },
    /// A poll brought no state, and the poller goes on.
    #[non_exhaustive]
    PollFailed {
        /// The id of what is polled.
        id: &'a str,
        /// Why there is no state.
        error: &'a Error,
        /// How many polls in a row brought none, this one included.
        consecutive: u32,
        /// How long the poller waits before the next one.
        wait: Duration,
    },
}

type Listener = Box<dyn FnMut(&PollEvent<'_>) + Send>;

/// Those who are told.
#[derive(Clone, Default)]
pub(super) struct Listeners(Arc<Mutex<Vec<Listener>>>);

impl Listeners {
    pub(super) fn add(&self, listener: Listener) {
        // A callback that has panicked once is called again: its panic was told then.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    pub(super) fn tell(&self, event: &PollEvent<'_>) {
        for listener in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            listener(event);
        }
    }
}
