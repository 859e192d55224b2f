//! Long-running operations: started once, then polled until they complete.
//!
//! A [`Poller`] is created from a request that starts a job, or from the id of a job that was
//! started before. It does nothing until it is awaited or read as a stream. Dropping it cancels
//! nothing on the server.

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

/// Waits for the completion of a job that an operation starts.
///
/// `.await`, or [`until_done`](Self::until_done), waits for the end. [`next`](Self::next), or the
/// poller as a `Stream`, returns each state on the way. The interval between two polls grows, and
/// respects the server's `Retry-After`.
#[must_use = "a poller does nothing until it is awaited or read"]
pub struct Poller<S> {
    next: Next<S>,
    job: Arc<dyn Job<S>>,
    started: Arc<OnceLock<Started>>,
    settings: Settings,
    listeners: Listeners,
}

/// The current activity of a poller. A step that is in progress is kept here, so that a caller who
/// drops the future of `next` and calls it again starts nothing twice.
enum Next<S> {
    Idle(Box<Watch<S>>),
    Busy(Pin<Box<dyn Future<Output = Outcome<S>> + Send>>),
    Ended,
}

/// The result of a step: the remaining work, and the item that the step produced.
type Outcome<S> = (Option<Box<Watch<S>>>, Option<Result<PollUpdate<S>, WaitError<S>>>);

impl<S: DeserializeOwned + Send + 'static> Poller<S> {
    /// Returns a poller for the job that a request starts.
    // Only generated code can name the arguments.
    #[doc(hidden)]
    pub fn start(mut request: Request, plan: &'static LongRunning) -> Self {
        let client = request.client.clone();
        let trace = Arc::clone(request.trace.get_or_insert_default());
        let request = Mutex::new(Some(request));
        Self::new(Remote { client, plan, request, trace }, OnceLock::new())
    }

    /// Returns a poller for a job that was started before.
    // Only generated code can name the arguments.
    #[doc(hidden)]
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

    /// Sets the interval between two polls. It begins with `shortest`, grows by half with each poll
    /// up to `longest`, and is randomized by ±20 % to spread the polls of many clients. The default
    /// is 1 to 30 seconds. The minimum is 10 ms, whatever is set here or requested by the server.
    pub fn interval(mut self, shortest: Duration, longest: Duration) -> Self {
        self.settings.pace.shortest = shortest;
        self.settings.pace.longest = longest.max(shortest);
        self
    }

    /// Limits the waits that the server requests with `Retry-After`. The default is one hour. The
    /// server cannot request shorter waits than the [`interval`](Self::interval). A poll that is
    /// delayed for longer, because another request was refused with `429`, counts as failed
    /// ([`max_consecutive_errors`](Self::max_consecutive_errors)).
    pub fn max_wait(mut self, limit: Duration) -> Self {
        self.settings.pace.max_wait = limit;
        self
    }

    /// Limits the total waiting time, counted from the poller's first step. There is no limit by
    /// default. If the server requests a pause (`429`) that ends after the deadline, the wait ends
    /// at once with [`WaitError::Poll`].
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.settings.deadline = Some(limit);
        self
    }

    /// Sets how many consecutive polls may fail with a transient error
    /// ([`Error::is_retryable`]: a broken connection, a timeout, `429`, `5xx`, or one of these at
    /// the token endpoint) before the poller gives up. The default is 10. Any other error ends the
    /// wait at once. [`on_event`](Self::on_event) reports each of them.
    ///
    /// A poll is a single request. It is not retried by the client's
    /// [`RetryPolicy`](super::RetryPolicy); the next poll follows at the
    /// [`interval`](Self::interval).
    pub fn max_consecutive_errors(mut self, errors: u32) -> Self {
        self.settings.errors = errors;
        self
    }

    /// Sets how many consecutive polls may return an empty body (none at all, `null`, `{}` or `[]`)
    /// before the wait ends with [`WaitError::EmptyResponses`]. Servers return them for unknown
    /// ids, and for a while after a job was started. The default is 20, which takes about six
    /// minutes at the default interval.
    pub fn max_consecutive_empty(mut self, polls: u32) -> Self {
        self.settings.empty = polls;
        self
    }

    /// Registers a callback, which is called when the job was started, before the first poll, and
    /// after each poll that returns no state. Several callbacks can be registered.
    pub fn on_event(self, listener: impl FnMut(&PollEvent<'_>) + Send + 'static) -> Self {
        self.listeners.add(Box::new(listener));
        self
    }

    /// Cancels the job on the server when the [`deadline`](Self::deadline) has passed. By default
    /// it continues.
    pub fn cancel_on_timeout(mut self) -> Self {
        self.settings.cancel_on_timeout = true;
        self
    }

    /// Returns the id of the job. It is known once the response to the start request was read,
    /// before the first poll ([`started`](Self::started)). Another poller can resume from it, also
    /// after a restart of the program.
    pub fn id(&self) -> Option<&str> {
        self.started.get().map(|started| started.id.as_str())
    }

    /// Starts the job, if that has not happened yet, and returns its id without polling.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`], [`WaitError::TimedOut`]. The job may have been started nevertheless:
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

    /// Returns whether the server returned a job that was already in progress instead of starting
    /// one. This is detected by its creation time, which is before the request.
    pub fn already_running(&self) -> bool {
        self.started.get().is_some_and(|started| started.already_running)
    }

    /// Waits for the next poll and returns the state. Returns `None` after the final state, and
    /// after an error.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`], [`WaitError::Poll`], [`WaitError::TimedOut`].
    pub async fn next(&mut self) -> Option<Result<PollUpdate<S>, WaitError<S>>> {
        poll_fn(|context| self.poll_step(context)).await
    }

    /// Waits until the job completes.
    ///
    /// # Errors
    ///
    /// Every [`WaitError`]: the job failed or was cancelled, the deadline passed, or polling
    /// failed.
    pub async fn until_done(self) -> Result<Completed<S>, WaitError<S>> {
        self.until_done_with(|_| {}).await
    }

    /// Waits until the job completes, and calls a function with each state on the way.
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

    /// Cancels the job on the server. This does not wait for the next poll. The poller can still be
    /// read, to see the job end.
    ///
    /// # Errors
    ///
    /// The errors of the operation that cancels, and [`Error::Config`] if the document has no such
    /// operation or nothing was started yet.
    pub async fn cancel(&mut self) -> Result<(), Error> {
        let none = || ConfigError::new("there is no started job that could be cancelled");
        if let (None, Next::Busy(_)) = (self.started.get(), &self.next) {
            // The start is in progress, and only its response contains the id to cancel.
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

    /// Performs one step, which may produce an item.
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
