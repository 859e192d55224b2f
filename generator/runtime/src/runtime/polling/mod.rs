//! Operations that take a while: started once, asked about again and again, until they end.
//!
//! A [`Poller`] comes from a request that starts something, or from the id of what was started
//! before. It does nothing until it is awaited or read as a stream, and dropping it cancels nothing
//! on the server.

mod export;
mod job;
mod outcome;
mod pace;
mod plan;
mod watch;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use serde::de::DeserializeOwned;

use super::{Client, Error, Request};
pub use export::{Export, Exported, Progress};
use job::{Job, Remote, Started};
pub use outcome::{Done, Phase, Polled, WaitError};
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
    started: Arc<OnceLock<Started>>,
    settings: Settings,
}

/// What a poller does at the moment. A question that is under way is kept here, so that whoever
/// drops the future of `next` and asks again starts nothing twice.
enum Next<S> {
    Idle(Box<Watch<S>>),
    Busy(Pin<Box<dyn Future<Output = Outcome<S>> + Send>>),
    Ended,
}

/// A step of a poller: what is left to be watched, and the item that came of it.
type Outcome<S> = (Option<Box<Watch<S>>>, Option<Result<Polled<S>, WaitError<S>>>);

impl<S: DeserializeOwned + Send + 'static> Poller<S> {
    /// A poller for what a request will start.
    pub fn start(request: Request, plan: &'static LongRunning) -> Self {
        let client = request.client.clone();
        Self::new(Remote { client, plan, request: Some(request) }, OnceLock::new())
    }

    /// A poller for what was started before.
    pub fn resume(client: &Client, plan: &'static LongRunning, id: &str) -> Self {
        let started = Started { id: id.to_owned(), joined: false };
        let remote = Remote { client: client.clone(), plan, request: None };
        Self::new(remote, OnceLock::from(started))
    }
}

impl<S: Send + 'static> Poller<S> {
    fn new(job: impl Job<S> + 'static, started: OnceLock<Started>) -> Self {
        let started = Arc::new(started);
        let watch = Watch::new(Box::new(job), Arc::clone(&started));
        Self { next: Next::Idle(Box::new(watch)), started, settings: Settings::default() }
    }

    /// Sets the time between two questions: it begins with `shortest`, grows by half each time, and
    /// is never longer than `longest`. A fifth of it, up or down, is left to chance, so that many
    /// pollers do not ask at once. The default is from one second to half a minute.
    pub fn interval(mut self, shortest: Duration, longest: Duration) -> Self {
        self.settings.shortest = shortest;
        self.settings.longest = longest.max(shortest);
        self
    }

    /// Limits how long the poller waits, from its first step on. There is no limit by default.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.settings.deadline = Some(limit);
        self
    }

    /// Sets how many questions in a row may go without an answer before the poller gives up: the
    /// connection broke, time ran out, or the server had a trouble of its own (`5xx`, `429`). The
    /// default is 10. Any other error ends the wait at once.
    pub fn tolerate(mut self, errors: u32) -> Self {
        self.settings.errors = errors;
        self
    }

    /// Cancels on the server what is still under way when the [`deadline`](Self::deadline) has
    /// passed. Without this it goes on.
    pub fn cancel_on_timeout(mut self) -> Self {
        self.settings.cancel_on_timeout = true;
        self
    }

    /// The id of what was started, which is known once the first step is done. With it another
    /// poller can go on, after a restart as well.
    pub fn id(&self) -> Option<&str> {
        self.started.get().map(|started| started.id.as_str())
    }

    /// Whether the server has answered with something that was under way already, instead of
    /// starting it: it was created before the request was sent.
    pub fn joined(&self) -> bool {
        self.started.get().is_some_and(|started| started.joined)
    }

    /// The next state, after the time that is between two questions. Nothing comes after the last
    /// one, which is final, nor after an error.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`], [`WaitError::Poll`], [`WaitError::TimedOut`].
    pub async fn next(&mut self) -> Option<Result<Polled<S>, WaitError<S>>> {
        poll_fn(|context| self.poll_step(context)).await
    }

    /// Waits for the end.
    ///
    /// # Errors
    ///
    /// Every [`WaitError`]: it failed or was cancelled, time ran out, or polling itself failed.
    pub async fn until_done(self) -> Result<Done<S>, WaitError<S>> {
        self.watched(|_| {}).await
    }

    /// Waits for the end, and shows every state on the way.
    ///
    /// # Errors
    ///
    /// Those of [`until_done`](Self::until_done).
    pub async fn watched(
        mut self,
        mut show: impl FnMut(&Polled<S>),
    ) -> Result<Done<S>, WaitError<S>> {
        let mut last = None;
        while let Some(polled) = self.next().await {
            let polled = polled.map_err(|error| error.with_last(last.take()))?;
            show(&polled);
            last = Some(polled);
        }
        let id = self.id().unwrap_or_default().to_owned();
        match last {
            Some(polled) => polled.settle(id),
            None => Err(WaitError::Ended),
        }
    }

    /// Cancels on the server what was started. The poller can be read on, to see it end.
    ///
    /// # Errors
    ///
    /// Those of the operation that cancels, and [`Error::Config`] if the document has none, or if
    /// nothing was started yet.
    pub async fn cancel(&mut self) -> Result<(), Error> {
        if let Next::Busy(step) = &mut self.next {
            // The question that is under way holds the job.
            let (watch, _) = step.await;
            self.next = watch.map_or(Next::Ended, Next::Idle);
        }
        match &self.next {
            Next::Idle(watch) => watch.cancel().await,
            Next::Busy(_) | Next::Ended => Ok(()),
        }
    }

    fn poll_step(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Polled<S>, WaitError<S>>>> {
        loop {
            match std::mem::replace(&mut self.next, Next::Ended) {
                Next::Ended => return Poll::Ready(None),
                Next::Idle(watch) => self.next = Next::Busy(Box::pin(watch.step(self.settings))),
                Next::Busy(mut step) => {
                    let Poll::Ready((watch, item)) = step.as_mut().poll(context) else {
                        self.next = Next::Busy(step);
                        return Poll::Pending;
                    };
                    self.next = watch.map_or(Next::Ended, Next::Idle);
                    if item.is_some() {
                        return Poll::Ready(item);
                    }
                }
            }
        }
    }
}

impl<S: Send + Unpin + 'static> Stream for Poller<S> {
    type Item = Result<Polled<S>, WaitError<S>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.poll_step(context)))
    }
}

impl<S: Send + 'static> IntoFuture for Poller<S> {
    type Output = Result<Done<S>, WaitError<S>>;
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
