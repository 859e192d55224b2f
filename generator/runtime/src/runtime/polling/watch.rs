//! The steps of a poller: start, wait, ask.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::super::{ConfigError, Error};
use super::job::{Answer, Job, Started};
use super::{LongRunning, Outcome, Phase, Polled, WaitError, pace};

/// How long cancelling may take when time has run out already.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// Thirty years: as good as for ever, and within the clock of every system.
const AGES: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How to wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    pub(super) deadline: Option<Duration>,
    pub(super) errors: u32,
    pub(super) cancel_on_timeout: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shortest: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            deadline: None,
            errors: 10,
            cancel_on_timeout: false,
        }
    }
}

/// A job, and how far waiting for it is.
pub(super) struct Watch<S> {
    job: Box<dyn Job<S>>,
    started: Arc<OnceLock<Started>>,
    begun: Option<Instant>,
    /// How long to wait before the next question. What is resumed is asked about at once.
    wait: Option<Duration>,
    questions: u32,
    errors: u32,
}

impl<S: Send + 'static> Watch<S> {
    pub(super) fn new(job: Box<dyn Job<S>>, started: Arc<OnceLock<Started>>) -> Self {
        Self { job, started, begun: None, wait: None, questions: 0, errors: 0 }
    }

    /// Does one thing: starts the job, or waits and asks. A step without an item is one of which
    /// there is nothing to be told.
    pub(super) async fn step(mut self: Box<Self>, settings: Settings) -> Outcome<S> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let until = begun + settings.deadline.unwrap_or(AGES).min(AGES);
        let Some(started) = self.started.get().cloned() else {
            return self.start(begun, until, settings).await;
        };
        let wait = self.wait.take().unwrap_or_default();
        if Instant::now() + wait.min(AGES) >= until {
            tokio::time::sleep_until(until).await;
            return self.time_out(begun, settings).await;
        }
        tokio::time::sleep(wait).await;
        let asked = timeout_at(until, self.job.ask(&started.id)).await;
        match asked {
            Err(_) => self.time_out(begun, settings).await,
            Ok(Ok(answer)) => self.tell(answer, begun, settings),
            Ok(Err(error)) => self.forgive(error, started.id, settings),
        }
    }

    async fn start(
        mut self: Box<Self>,
        begun: Instant,
        until: Instant,
        settings: Settings,
    ) -> Outcome<S> {
        match timeout_at(until, self.job.start()).await {
            Err(_) => self.time_out(begun, settings).await,
            Ok(Err(error)) => (None, Some(Err(WaitError::Start(error)))),
            Ok(Ok(started)) => {
                // Nobody else sets it.
                let _ = self.started.set(started);
                self.wait = Some(self.pause(settings));
                (Some(self), None)
            }
        }
    }

    fn tell(
        mut self: Box<Self>,
        answer: Answer<S>,
        begun: Instant,
        settings: Settings,
    ) -> Outcome<S> {
        let phase = phase(self.job.plan(), answer.status.as_deref());
        let polled = Polled::new(answer.state, phase, begun.elapsed());
        self.errors = 0;
        self.wait = Some(answer.wait.unwrap_or_else(|| self.pause(settings)));
        let rest = (phase == Phase::Pending).then_some(self);
        (rest, Some(Ok(polled)))
    }

    /// Goes on after an error that says that the job is under way, or that says nothing of it.
    fn forgive(mut self: Box<Self>, error: Error, id: String, settings: Settings) -> Outcome<S> {
        let code = error.api().and_then(|error| error.code());
        let is_pending = code.is_some_and(|code| is_one_of(self.job.plan().pending_errors, code));
        self.errors = if is_pending { 0 } else { self.errors + 1 };
        if !is_pending && (!is_passing(&error) || self.errors > settings.errors) {
            return (None, Some(Err(WaitError::Poll { id, error })));
        }
        tracing::debug!(id, %error, "the state is not known yet");
        self.wait = Some(error.retry_after().unwrap_or_else(|| self.pause(settings)));
        (Some(self), None)
    }

    fn pause(&mut self, settings: Settings) -> Duration {
        let planned = pace::planned(settings.shortest, settings.longest, self.questions);
        self.questions = self.questions.saturating_add(1);
        pace::with_chance(planned, fastrand::f64())
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
        (None, Some(Err(WaitError::TimedOut { id, last: None, waited, cancelled })))
    }

    pub(super) async fn cancel(&self) -> Result<(), Error> {
        match self.started.get() {
            Some(started) => self.job.cancel(&started.id).await,
            None => Err(ConfigError::new("nothing was started that could be cancelled").into()),
        }
    }
}

/// What a status means. Whatever the document does not know is not the end.
fn phase(plan: &LongRunning, status: Option<&str>) -> Phase {
    let is = |known: &[&str]| status.is_some_and(|status| known.contains(&status));
    if is(plan.succeeded) {
        Phase::Succeeded
    } else if is(plan.failed) {
        Phase::Failed
    } else if is(plan.cancelled) {
        Phase::Cancelled
    } else {
        Phase::Pending
    }
}

/// Whether a code is among those that are known. Some servers put words behind their codes.
fn is_one_of(known: &[&str], code: &str) -> bool {
    let bare = code.split_whitespace().next().unwrap_or_default();
    known.iter().any(|known| *known == code || *known == bare)
}

/// Whether an error says nothing of the job: the next question may well be answered.
fn is_passing(error: &Error) -> bool {
    match error {
        Error::Connection(_) | Error::Timeout(_) => true,
        Error::Api(error) => error.status().is_server_error() || error.status().as_u16() == 429,
        Error::Config(_) | Error::Auth(_) | Error::Decode(_) | Error::Save(_) => false,
    }
}
