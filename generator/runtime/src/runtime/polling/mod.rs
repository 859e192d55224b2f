//! Operations that take a while: started once, asked about again and again, until they end.
//!
//! A [`Poller`] comes from a request that starts something, or from the id of what was started
//! before. It does nothing until it is awaited or read as a stream, and dropping it cancels nothing
//! on the server.

mod event;
mod export;
mod job;
mod outcome;
mod pace;
mod plan;
mod watch;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::request::Trace;
use super::{Client, ConfigError, Error, Request};
use event::Listeners;
pub use event::PollEvent;
pub use export::{Export, ExportOutput, ExportProgress};
use job::{Job, Remote, Started};
pub use outcome::{Completed, PollStatus, PollUpdate, WaitError};
pub use plan::{LongRunning, Step};
use watch::{Settings, Watch};

/// Waits for something that an operation has started.
///
/// `.await`, or [`until_done`](Self::until_done), waits for its end. [`next`](Self::next), or the
/// poller as a `Stream`, gives every state on the way. Between two questions some time passes, a
/// little more each time, or as much as the server asks for with `Retry-After`.
#[must_use = "a poller does nothing until it is awaited or read"]
pub struct Poller<S> {
    next: Next<S>,
    job: Arc<dyn Job<S>>,
    started: Arc<OnceLock<Started>>,
    settings: Settings,
    listeners: Listeners,
}

/// What a poller does at the moment. A question that is under way is kept here, so that whoever
/// drops the future of `next` and asks again starts nothing twice.
enum Next<S> {
    Idle(Box<Watch<S>>),
    Busy(Pin<Box<dyn Future<Output = Outcome<S>> + Send>>),
    Ended,
}

/// A step of a poller: what is left to be until_done_with, and the item that came of it.
type Outcome<S> = (Option<Box<Watch<S>>>, Option<Result<PollUpdate<S>, WaitError<S>>>);

impl<S: DeserializeOwned + Send + 'static> Poller<S> {
    /// A poller for what a request will start.
    pub fn start(mut request: Request, plan: &'static LongRunning) -> Self {
        let client = request.client.clone();
        let trace = Arc::clone(request.trace.get_or_insert_default());
        let request = Mutex::new(Some(request));
        Self::new(Remote { client, plan, request, trace }, OnceLock::new())
    }

    /// A poller for what was started before.
    pub fn resume(client: &Client, plan: &'static LongRunning, id: &str) -> Self {
        let started = Started { id: id.to_owned(), already_running: false };
        let (client, request, trace) = (client.clone(), Mutex::new(None), Trace::default());
        let remote = Remote { client, plan, request, trace };
        Self::new(remote, OnceLock::from(started))
    }
}

impl<S: Send + 'static> Poller<S> {
    fn new(job: impl Job<S> + 'static, started: OnceLock<Started>) -> Self {
        let (job, started): (Arc<dyn Job<S>>, _) = (Arc::new(job), Arc::new(started));
        let listeners = Listeners::default();
        let watch = Watch::new(Arc::clone(&job), Arc::clone(&started), listeners.clone());
        let next = Next::Idle(Box::new(watch));
        Self { next, job, started, settings: Settings::default(), listeners }
    }

    /// Sets the time between two polls: it begins with `shortest`, grows by half each time, and is
    /// never longer than `longest`. A fifth of it, up or down, is left to chance, so that many
    /// pollers do not poll at once. The default is from one second to half a minute. It is never
    /// shorter than 10 ms, whatever is set here and whatever the server says.
    pub fn interval(mut self, shortest: Duration, longest: Duration) -> Self {
        self.settings.pace.shortest = shortest;
        self.settings.pace.longest = longest.max(shortest);
        self
    }

    /// Limits the waits that the server asks for with `Retry-After`. The default is one hour. A
    /// server can ask for longer waits than the [`interval`](Self::interval), not for shorter ones.
    pub fn max_wait(mut self, limit: Duration) -> Self {
        self.settings.pace.max_wait = limit;
        self
    }

    /// Limits how long the poller waits, from its first step on. There is no limit by default. A
    /// pause that the server insists on (`429`) and that ends later ends the wait at once, with
    /// [`WaitError::Poll`].
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.settings.deadline = Some(limit);
        self
    }

    /// Sets how many polls in a row may go without a response about the job before the poller gives
    /// up: the connection broke, time ran out, the server had trouble of its own (`5xx`, `429`), or
    /// the token endpoint had ([`Error::is_retryable`]). The default is 10. Any other error ends the
    /// wait at once. [`on_event`](Self::on_event) tells of each of them.
    pub fn max_consecutive_errors(mut self, errors: u32) -> Self {
        self.settings.errors = errors;
        self
    }

    /// Sets how many polls in a row may bring an empty response (no body, `null`, `{}` or `[]`)
    /// before the wait ends with [`WaitError::EmptyResponses`]. Servers respond like this to ids that they
    /// do not know, and for a while to what was just started. The default is 20, which takes about
    /// six minutes at the default interval.
    pub fn max_consecutive_empty(mut self, polls: u32) -> Self {
        self.settings.empty = polls;
        self
    }

    /// Calls a function when the job was started, before the first poll, and after each poll that
    /// brings no state. It can be called several times.
    pub fn on_event(self, tell: impl FnMut(&PollEvent<'_>) + Send + 'static) -> Self {
        self.listeners.add(Box::new(tell));
        self
    }

    /// Cancels on the server what is still under way when the [`deadline`](Self::deadline) has
    /// passed. Without this it goes on.
    pub fn cancel_on_timeout(mut self) -> Self {
        self.settings.cancel_on_timeout = true;
        self
    }

    /// The id of what was started, which is known as soon as the response to the start is read,
    /// before the first poll ([`started`](Self::started)). With it another poller can go on, after
    /// a restart as well.
    pub fn id(&self) -> Option<&str> {
        self.started.get().map(|started| started.id.as_str())
    }

    /// Starts the job, if that was not done before, and returns its id without polling.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`], [`WaitError::TimedOut`]. The job may have been started all the same:
    /// see [`WaitError::may_have_been_started`].
    pub async fn started(&mut self) -> Result<&str, WaitError<S>> {
        while self.started.get().is_none() {
            if matches!(self.next, Next::Ended) {
                return Err(WaitError::AlreadyCompleted);
            }
            if let Some(item) = poll_fn(|context| self.poll_once(context)).await {
                item?;
            }
        }
        Ok(self.id().unwrap_or_default())
    }

    /// Whether the server has answered with something that was under way already, instead of
    /// starting it: it was created before the request was sent.
    pub fn already_running(&self) -> bool {
        self.started.get().is_some_and(|started| started.already_running)
    }

    /// The next state, after the time that is between two questions. Nothing comes after the last
    /// one, which is final, nor after an error.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`], [`WaitError::Poll`], [`WaitError::TimedOut`].
    pub async fn next(&mut self) -> Option<Result<PollUpdate<S>, WaitError<S>>> {
        poll_fn(|context| self.poll_step(context)).await
    }

    /// Waits for the end.
    ///
    /// # Errors
    ///
    /// Every [`WaitError`]: it failed or was cancelled, time ran out, or polling itself failed.
    pub async fn until_done(self) -> Result<Completed<S>, WaitError<S>> {
        self.until_done_with(|_| {}).await
    }

    /// Waits for the end, and shows every state on the way.
    ///
    /// # Errors
    ///
    /// Those of [`until_done`](Self::until_done).
    pub async fn until_done_with(
        mut self,
        mut show: impl FnMut(&PollUpdate<S>),
    ) -> Result<Completed<S>, WaitError<S>> {
        let mut last = None;
        while let Some(polled) = self.next().await {
            let polled = polled.map_err(|error| error.with_last(last.take()))?;
            show(&polled);
            last = Some(polled);
        }
        let id = self.id().unwrap_or_default().to_owned();
        match last {
            Some(polled) => polled.into_result(id),
            None => Err(WaitError::AlreadyCompleted),
        }
    }

    /// Cancels on the server what was started. That is done at once, also while the poller waits
    /// before the next poll. The poller can be read on, to see it end.
    ///
    /// # Errors
    ///
    /// Those of the operation that cancels, and [`Error::Config`] if the document has none, or if
    /// nothing was started yet.
    pub async fn cancel(&mut self) -> Result<(), Error> {
        let none = || ConfigError::new("nothing was started that could be cancelled");
        if let (None, Next::Busy(_)) = (self.started.get(), &self.next) {
            // The start is under way, and only its response says what to cancel.
            self.started().await.map_err(|error| match error {
                WaitError::Start(error) => error,
                _ => none().into(),
            })?;
        }
        match (self.started.get(), &self.next) {
            (Some(_), Next::Ended) => Ok(()),
            (Some(started), _) => self.job.cancel(&started.id).await,
            (None, _) => Err(none().into()),
        }
    }

    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<PollUpdate<S>, WaitError<S>>>> {
        loop {
            let item = ready!(self.poll_once(context));
            if item.is_some() || matches!(self.next, Next::Ended) {
                return Poll::Ready(item);
            }
        }
    }

    /// Does one step, which has an item or not.
    fn poll_once(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<PollUpdate<S>, WaitError<S>>>> {
        let mut step = match std::mem::replace(&mut self.next, Next::Ended) {
            Next::Ended => return Poll::Ready(None),
            Next::Idle(watch) => Box::pin(watch.step(self.settings)),
            Next::Busy(step) => step,
        };
        let Poll::Ready((watch, item)) = step.as_mut().poll(context) else {
            self.next = Next::Busy(step);
            return Poll::Pending;
        };
        self.next = watch.map_or(Next::Ended, Next::Idle);
        Poll::Ready(item)
    }
}

impl<S: Send + Unpin + 'static> Stream for Poller<S> {
    type Item = Result<PollUpdate<S>, WaitError<S>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.poll_step(context)))
    }
}

impl<S: Send + 'static> IntoFuture for Poller<S> {
    type Output = Result<Completed<S>, WaitError<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.until_done())
    }
}

impl<S> fmt::Debug for Poller<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller")
            .field("started", &self.started.get())
            .field("ended", &matches!(self.next, Next::Ended))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
