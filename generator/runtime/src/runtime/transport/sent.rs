//! A request that was sent, with its remaining attempts and time.

use std::time::Duration;

use http::Method;
use http::header::RANGE;
use tokio::time::Instant;

use super::super::clock::after;
use super::super::{Error, Request};
use super::{RawResponse, Reading, in_span};

/// A request that was sent, and can be repeated if the body of its response breaks off.
pub(crate) struct Sent {
    pub(crate) request: Request,
    /// How often it was sent.
    pub(crate) attempts: u32,
    /// The remaining time for attempts and the waits between them. Reading does not count.
    left: Duration,
    /// Whether the rest can be requested as a range: the method is `GET` (RFC 9110, section 14.2),
    /// and the caller has not requested a range.
    is_whole: bool,
}

impl Sent {
    pub(super) fn new(request: Request) -> Self {
        let is_whole =
            request.operation.method == Method::GET && !request.headers.contains_key(RANGE);
        Self { left: request.timeout, request, attempts: 0, is_whole }
    }

    /// Returns how long to wait before the next attempt, if the policy and the time allow one.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let Self { request, attempts, left, is_whole } = self;
        let wait = request.retry.backoff(*attempts);
        (*is_whole && *attempts < request.retry.max_attempts && wait < *left).then_some(wait)
    }

    /// Repeats the request after a wait.
    pub(crate) async fn send_again(
        &mut self,
        wait: Duration,
        reading: Reading,
    ) -> Result<RawResponse, Error> {
        tokio::time::sleep(wait).await;
        self.left = self.left.saturating_sub(wait);
        self.send(reading).await
    }

    pub(super) async fn send(&mut self, reading: Reading) -> Result<RawResponse, Error> {
        let (begun, deadline) = (Instant::now(), after(self.left));
        let outcome = in_span(&self.request, reading, self.attempts, deadline).await;
        self.left = self.left.saturating_sub(begun.elapsed());
        // The number is only used after a success.
        self.attempts = outcome.as_ref().map_or(self.attempts + 1, |(_, attempts)| *attempts);
        outcome.map(|(response, _)| response)
    }
}
