//! Keeps track of one call: the remaining time, the attempts, and the final error.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use tokio::time::{Instant, timeout_at};

use super::super::auth::{Refusal, Ticket, TokenCache};
use super::super::body::Body;
use super::super::clock::{after, later};
use super::super::error::History;
use super::super::rate_limit::{Paused, Turn};
use super::super::retry::{Wait, is_retryable_status, retry_after};
use super::super::{ApiError, ConfigError, ConnectionError, Error, Request, TimeoutError};
use super::Budget;
use super::failure::Failure;

/// The state of a call.
pub(super) struct Run<'a> {
    request: &'a Request,
    /// The end of the time for the call.
    pub(super) deadline: Instant,
    /// The remaining total of pauses that the server may request, if they do not count towards the
    /// timeout (`RetryPolicy::max_wait`).
    patience: Option<Duration>,
    /// The number of times that the request was sent.
    pub(super) attempts: u32,
    /// Whether an attempt may have reached the server, and whether the server may have acted on
    /// one.
    reached: bool,
    acted: bool,
    /// The failure of the last attempt, in one line.
    last: Option<String>,
}

impl<'a> Run<'a> {
    /// Begins a call, or continues it for the rest of a body.
    pub(super) fn new(request: &'a Request, budget: &Budget) -> Self {
        Self {
            request,
            deadline: after(budget.left),
            patience: budget.patience,
            attempts: budget.attempts,
            reached: false,
            acted: false,
            last: None,
        }
    }

    /// Returns what is left of the budget.
    pub(super) fn budget(&self) -> Budget {
        let left = self.deadline.saturating_duration_since(Instant::now());
        Budget { attempts: self.attempts, left, patience: self.patience }
    }

    /// Returns the token for the next attempt, if it requires one.
    pub(super) async fn ticket(
        &mut self,
        tokens: Option<&TokenCache>,
    ) -> Result<Option<Ticket>, Error> {
        let Some(tokens) = tokens else {
            return Ok(None);
        };
        let request = self.request;
        let operation = request.operation.id;
        let (mut caller, mut last) = (tokens.arrive(), self.last.clone());
        loop {
            match timeout_at(self.deadline, tokens.token(caller, &request.retry)).await {
                Ok(Ok(ticket)) => return Ok(Some(ticket)),
                Ok(Err(Refusal::Failed(error))) => {
                    return Err(error.into_error(operation, self.reached, self.has_acted()));
                }
                // Other callers wait as well, each within its own timeout.
                Ok(Err(Refusal::Paused(wait, error))) => match self.takes(wait) {
                    Some(wait) => {
                        tokio::time::sleep(wait).await;
                        caller.pause_ended();
                        last = Some(error.to_string());
                    }
                    None => {
                        return Err(error.into_error(operation, self.reached, self.has_acted()));
                    }
                },
                Err(_) => {
                    let authenticating = tokens.host();
                    let history = History { authenticating, last, ..self.history() };
                    return Err(TimeoutError::new(operation, request.timeout, history).into());
                }
            }
        }
    }

    /// Waits until the rate limit of the client, if there is one, permits the next attempt.
    pub(super) async fn turn(&mut self) -> Result<Option<Turn<'a>>, Error> {
        let request = self.request;
        let Some(limiter) = &request.client.shared.limiter else {
            return Ok(None);
        };
        loop {
            let timed_out =
                TimeoutError::new(request.operation.id, request.timeout, self.history());
            let latest = request.pauses_until.map_or(self.deadline, |end| end.min(self.deadline));
            match timeout_at(self.deadline, limiter.turn(latest)).await {
                Ok(Ok(turn)) => return Ok(Some(turn)),
                Ok(Err(Paused { left, cause })) => {
                    if !self.allows(left) {
                        return Err(timed_out.with_pause(left, cause).into());
                    }
                }
                Err(_) => return Err(timed_out.into()),
            }
        }
    }

    /// Records a failed attempt.
    pub(super) fn failed(&mut self, failure: &Failure) {
        self.reached |= failure.reached();
        self.acted |= failure.acted();
        self.last = Some(failure.line());
        self.request.may_have_acted(self.acted);
        if let (Some(limiter), Failure::Refused(response)) =
            (&self.request.client.shared.limiter, failure)
            && response.status == StatusCode::TOO_MANY_REQUESTS
        {
            let cause = format!("{} to {}", response.status, self.request.operation.id);
            let asked = retry_after(&response.headers, SystemTime::now());
            limiter.refused(asked, self.request.client.shared.limits.pause, cause);
        }
    }

    /// Returns whether another attempt is allowed and can send the same body.
    pub(super) fn has_another_attempt(&self) -> bool {
        self.attempts < self.request.retry.max_attempts
            && self.request.body.as_ref().is_none_or(Body::is_repeatable)
    }

    /// Returns how long to wait before the next attempt, or `None` if there is none.
    pub(super) fn wait_before_next(&mut self, failure: &Failure) -> Option<Duration> {
        let idempotent = self.request.operation.is_idempotent();
        let worth_it = match failure {
            Failure::Refused(response) => is_retryable_status(response.status, idempotent),
            Failure::Broken(fault) => !fault.hopeless && (idempotent || !fault.reached),
            Failure::TimedOut(_) => idempotent,
            Failure::Redirected(..) | Failure::Unsendable(_) | Failure::Unusable(_) => false,
        };
        if !worth_it || self.request.once || !self.has_another_attempt() {
            return None;
        }
        let asked = match failure {
            Failure::Refused(response) => retry_after(&response.headers, SystemTime::now()),
            _ => None,
        };
        self.takes(self.request.retry.wait(self.attempts, asked))
    }

    /// Returns how long to wait, if there is enough time.
    fn takes(&mut self, wait: Wait) -> Option<Duration> {
        match wait {
            Wait::Requested(pause) => self.allows(pause).then_some(pause),
            Wait::Backoff(wait) => (after(wait) < self.deadline).then_some(wait),
        }
    }

    /// Returns whether there is enough time for a pause that the server requests. With a separate
    /// limit for pauses, the pause does not count towards the timeout of the call.
    fn allows(&mut self, pause: Duration) -> bool {
        if self.request.pauses_until.is_some_and(|end| after(pause) >= end) {
            return false;
        }
        match &mut self.patience {
            None => after(pause) < self.deadline,
            Some(patience) => match patience.checked_sub(pause) {
                Some(left) => {
                    *patience = left;
                    self.deadline = later(self.deadline, pause);
                    true
                }
                None => false,
            },
        }
    }

    /// Returns the final error.
    pub(super) fn give_up(&self, failure: Failure) -> Error {
        let operation = self.request.operation;
        match failure {
            Failure::Refused(response) => {
                ApiError::new(operation, &self.request.client.shared.api.error_format, response)
                    .into()
            }
            Failure::Redirected(response, why) => {
                let format = &self.request.client.shared.api.error_format;
                ApiError::new(operation, format, response).with_message(why).into()
            }
            Failure::Unusable(error) => Error::Decode(error),
            Failure::Broken(fault) => {
                ConnectionError::new(operation.id, fault, self.history()).into()
            }
            Failure::TimedOut(limit) => {
                // The error itself states that the last attempt timed out.
                let history = History { last: None, ..self.history() };
                TimeoutError::new(operation.id, limit, history).into()
            }
            Failure::Unsendable(error) => {
                ConfigError::new(format!("{}: {error}", operation.id)).into()
            }
        }
    }

    fn history(&self) -> History {
        History {
            attempts: self.attempts,
            reached: self.reached,
            acted: self.has_acted(),
            authenticating: None,
            last: self.last.clone(),
        }
    }

    fn has_acted(&self) -> bool {
        self.acted && !self.request.operation.is_idempotent()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::runtime::error::Fault;
    use crate::runtime::{Method, Operation};
    use crate::wire::{API, builder};

    static PUT: Operation = Operation {
        id: "put",
        method: Method::PUT,
        path: "/",
        accept: "",
        security: &[],
        errors: &[],
    };

    /// What the server may have done stays done, whatever becomes of later attempts.
    #[test]
    fn no_attempt_that_may_have_acted_is_forgotten() {
        let client = builder(&API, "http://127.0.0.1:9").build().unwrap();
        let trace = Arc::new(AtomicBool::new(false));
        let request = Request::new(&client, &PUT).traced(&trace);
        let budget = Budget { attempts: 0, left: Duration::MAX, patience: None };
        let mut run = Run::new(&request, &budget);
        let unreachable = || Failure::Broken(Fault::described("refused", false));
        let silent = || Failure::TimedOut(Duration::from_secs(1));
        for (failure, expected) in
            [(unreachable(), false), (silent(), true), (silent(), true), (unreachable(), true)]
        {
            run.failed(&failure);
            assert_eq!(trace.load(Ordering::SeqCst), expected, "{}", failure.line());
            let Error::Connection(error) = run.give_up(unreachable()) else {
                panic!("there was no response")
            };
            assert_eq!(error.may_have_reached_server(), expected, "{}", failure.line());
        }
    }
}
