//! Performs the steps of a poller: start, wait, poll.
//!
//! Takes a job and the settings of a poller. Returns states or the error that ends the wait. The
//! requests are left to `job`, the intervals to `pace`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::Error;
use super::super::clock::{after, later};
use super::event::{Listeners, PollEvent};
use super::job::{Job, PollResponse, Started};
use super::pace::Pace;
use super::{LongRunning, Outcome, PollStatus, PollUpdate, WaitError};

/// The time limit for cancelling a job after the deadline.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// The settings of a poller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) pace: Pace,
    pub(super) deadline: Option<Duration>,
    pub(super) errors: u32,
    pub(super) empty: u32,
    pub(super) cancel_on_timeout: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            pace: Pace {
                shortest: Duration::from_secs(1),
                longest: Duration::from_secs(30),
                max_wait: Duration::from_secs(60 * 60),
            },
            deadline: None,
            errors: 10,
            empty: 20,
            cancel_on_timeout: false,
        }
    }
}

/// A job, and the progress of waiting for it.
pub(super) struct Watch<S> {
    job: Arc<dyn Job<S>>,
    started: Arc<OnceLock<Started>>,
    listeners: Listeners,
    begun: Option<Instant>,
    /// The wait before the next poll. A resumed job is polled immediately.
    wait: Option<Duration>,
    polls: u32,
    /// The number of consecutive polls without a state, and with an empty one.
    errors: u32,
    empty: u32,
    /// The error of the last poll, if it failed.
    last_error: Option<Box<Error>>,
}

impl<S: Send + 'static> Watch<S> {
    pub(super) fn new(
        job: Arc<dyn Job<S>>,
        started: Arc<OnceLock<Started>>,
        listeners: Listeners,
    ) -> Self {
        Self {
            job,
            started,
            listeners,
            begun: None,
            wait: None,
            polls: 0,
            errors: 0,
            empty: 0,
            last_error: None,
        }
    }

    /// Performs one step: starts the job, or waits and polls. Returns no item if the step received
    /// no state.
    pub(super) async fn step(mut self: Box<Self>, settings: Settings) -> Outcome<S> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let until = later(begun, settings.deadline.unwrap_or(Duration::MAX));
        let Some(started) = self.started.get().cloned() else {
            return self.start(begun, until, settings).await;
        };
        let wait = self.wait.take().unwrap_or_default();
        if after(wait) >= until {
            tokio::time::sleep_until(until).await;
            return self.time_out(begun, settings).await;
        }
        tokio::time::sleep(wait).await;
        let pauses_until = until.min(after(settings.pace.max_wait));
        let polled = timeout_at(until, self.job.poll(&started.id, pauses_until)).await;
        match polled {
            Err(_) => self.time_out(begun, settings).await,
            Ok(Ok(response)) => self.tell(response, started.id, begun, settings),
            Ok(Err(error)) => self.forgive(error, started.id, until, settings),
        }
    }

    async fn start(
        mut self: Box<Self>,
        begun: Instant,
        until: Instant,
        settings: Settings,
    ) -> Outcome<S> {
        match timeout_at(until, self.job.start(until)).await {
            Err(_) => self.time_out(begun, settings).await,
            Ok(Err(error)) => (None, Some(Err(WaitError::Start(error)))),
            Ok(Ok(started)) => {
                let Started { id, already_running } = self.started.get_or_init(|| started);
                self.listeners.tell(&PollEvent::Started { id, already_running: *already_running });
                self.wait = Some(self.pause(None, settings));
                (Some(self), None)
            }
        }
    }

    fn tell(
        mut self: Box<Self>,
        response: PollResponse<S>,
        id: String,
        begun: Instant,
        settings: Settings,
    ) -> Outcome<S> {
        let poll_status = poll_status(self.job.plan(), response.status.as_deref());
        self.errors = 0;
        self.last_error = None;
        self.empty = if response.empty { self.empty.saturating_add(1) } else { 0 };
        if poll_status == PollStatus::InProgress && self.empty > settings.empty {
            return (None, Some(Err(WaitError::EmptyResponses { id, polls: self.empty })));
        }
        let polled = PollUpdate::new(response.state, poll_status, begun.elapsed());
        self.wait = Some(self.pause(response.wait, settings));
        let rest = (poll_status == PollStatus::InProgress).then_some(self);
        (rest, Some(Ok(polled)))
    }

    /// Continues after an error that reports a pending job or states nothing about the job. Any
    /// other error, or too many in a row, ends the wait.
    fn forgive(
        mut self: Box<Self>,
        error: Error,
        id: String,
        until: Instant,
        settings: Settings,
    ) -> Outcome<S> {
        let code = error.api().and_then(|error| error.code());
        let is_pending = code.is_some_and(|code| is_one_of(self.job.plan().pending_errors, code));
        self.errors = if is_pending { 0 } else { self.errors.saturating_add(1) };
        if !is_pending && (!is_passing(&error) || self.errors > settings.errors) {
            return (None, Some(Err(WaitError::Poll { id, error })));
        }
        let wait = self.pause(error.retry_after(), settings);
        if !is_pending && is_refusal(&error) && after(wait) >= until {
            // The server accepts no poll before the deadline.
            return (None, Some(Err(WaitError::Poll { id, error })));
        }
        if is_pending {
            self.last_error = None;
        } else {
            let (id, consecutive) = (id.as_str(), self.errors);
            tracing::debug!(id, %error, consecutive, "the poll brought no state");
            self.listeners.tell(&PollEvent::PollFailed { id, error: &error, consecutive, wait });
            self.last_error = Some(Box::new(error));
        }
        self.wait = Some(wait);
        (Some(self), None)
    }

    fn pause(&mut self, polled: Option<Duration>, settings: Settings) -> Duration {
        let wait = settings.pace.wait(self.polls, polled, fastrand::f64());
        self.polls = self.polls.saturating_add(1);
        wait
    }

    async fn time_out(self: Box<Self>, begun: Instant, settings: Settings) -> Outcome<S> {
        let id = self.started.get().map(|started| started.id.clone());
        let waited = begun.elapsed();
        let mut cancelled = false;
        if let (true, Some(id)) = (settings.cancel_on_timeout, &id) {
            let cancelling = tokio::time::timeout(LAST_WORDS, self.job.cancel(id)).await;
            cancelled = matches!(cancelling, Ok(Ok(())));
            tracing::debug!(id, cancelled, "the deadline has passed");
        }
        let may_have_been_started = id.is_some() || self.job.may_have_been_started();
        let error = WaitError::TimedOut {
            id,
            last: None,
            waited,
            cancelled,
            last_error: self.last_error,
            may_have_been_started,
        };
        (None, Some(Err(error)))
    }
}

/// Maps a status to its meaning. A status that the document does not list counts as in progress.
fn poll_status(plan: &LongRunning, status: Option<&str>) -> PollStatus {
    let is = |known: &[&str]| status.is_some_and(|status| known.contains(&status));
    if is(plan.succeeded) {
        PollStatus::Succeeded
    } else if is(plan.failed) {
        PollStatus::Failed
    } else if is(plan.cancelled) {
        PollStatus::Cancelled
    } else {
        PollStatus::InProgress
    }
}

/// Returns whether a code is in a list. Some servers append a description to their codes.
fn is_one_of(known: &[&str], code: &str) -> bool {
    let bare = code.split_whitespace().next().unwrap_or_default();
    known.iter().any(|known| *known == code || *known == bare)
}

/// Returns whether an error states nothing about the job, so that the next poll may succeed.
fn is_passing(error: &Error) -> bool {
    error.is_retryable() || error.status().is_some_and(|status| status.is_server_error())
}

/// Returns whether the server rejects requests, or issues no token, and has stated for how long.
fn is_refusal(error: &Error) -> bool {
    let too_many = error.status().is_some_and(|status| status.as_u16() == 429);
    let of_all = matches!(error, Error::Timeout(_) | Error::Auth(_));
    (too_many || of_all) && error.retry_after().is_some()
}
