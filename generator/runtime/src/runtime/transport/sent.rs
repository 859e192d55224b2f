//! A request that was sent, with its remaining attempts and time.

use std::time::Duration;

use http::header::RANGE;
use tokio::time::Instant;

use super::super::clock::after;
use super::super::{Error, Method, Request};
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

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::runtime::Operation;
    use crate::wire::{API, builder};

    static GET: Operation = Operation {
        id: "get",
        method: Method::GET,
        path: "/",
        accept: "",
        security: &[],
        errors: &[],
    };
    static POST: Operation = Operation { id: "post", method: Method::POST, ..GET };

    /// The policy of the client allows four attempts, without delays.
    fn sent(operation: &'static Operation) -> Sent {
        let client = builder(&API, "http://127.0.0.1:9").build().unwrap();
        Sent::new(Request::new(&client, operation))
    }

    #[test]
    fn another_attempt_needs_a_whole_get_and_attempts_and_time() {
        let at_once = Some(Duration::ZERO);
        assert_eq!(sent(&GET).wait(), at_once);
        assert_eq!(sent(&POST).wait(), None);
        for (attempts, expected) in [(3, at_once), (4, None), (5, None)] {
            assert_eq!(Sent { attempts, ..sent(&GET) }.wait(), expected, "{attempts} attempts");
        }
        assert_eq!(Sent { left: Duration::ZERO, ..sent(&GET) }.wait(), None, "no time is left");
        let mut request = sent(&GET).request;
        request.headers.insert(RANGE, HeaderValue::from_static("bytes=0-9"));
        assert_eq!(Sent::new(request).wait(), None, "a part has no rest");
    }
}
