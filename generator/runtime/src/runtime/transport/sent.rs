//! A request that was sent, and what is left of its attempts and its time.

use std::time::Duration;

use http::header::RANGE;

use super::super::{Error, Method, Request};
use super::{RawResponse, Reading, in_span};

/// A request that was sent, and can be repeated if the body of its response breaks off.
pub(crate) struct Sent {
    pub(crate) request: Request,
    pub(crate) budget: Budget,
    /// Whether the rest can be requested as a range: the method is `GET` (RFC 9110, section 14.2),
    /// and the caller has not requested a range.
    is_whole: bool,
}

/// The attempts and the time of a call. A download that breaks off has the same budget for the requests
/// for its rest.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    /// The number of times that the request was sent.
    pub(crate) attempts: u32,
    /// The remaining time for attempts and the waits between them. Reading does not count.
    pub(super) left: Duration,
    /// The remaining total of pauses that the server may request, if they do not count towards the
    /// timeout (`RetryPolicy::max_wait`).
    pub(super) patience: Option<Duration>,
}

impl Sent {
    pub(super) fn new(request: Request) -> Self {
        let is_whole =
            request.operation.method == Method::GET && !request.headers.contains_key(RANGE);
        let budget =
            Budget { attempts: 0, left: request.timeout, patience: request.retry.max_wait };
        Self { request, budget, is_whole }
    }

    /// Returns how long to wait before the next attempt, if the policy and the time allow one.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let Self { request, budget: Budget { attempts, left, .. }, is_whole } = self;
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
        self.budget.left = self.budget.left.saturating_sub(wait);
        self.send(reading).await
    }

    pub(super) async fn send(&mut self, reading: Reading) -> Result<RawResponse, Error> {
        in_span(&self.request, reading, &mut self.budget).await
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
            let mut sent = sent(&GET);
            sent.budget.attempts = attempts;
            assert_eq!(sent.wait(), expected, "{attempts} attempts");
        }
        let mut late = sent(&GET);
        late.budget.left = Duration::ZERO;
        assert_eq!(late.wait(), None, "no time is left");
        let mut request = sent(&GET).request;
        request.headers.insert(RANGE, HeaderValue::from_static("bytes=0-9"));
        assert_eq!(Sent::new(request).wait(), None, "a part has no rest");
    }
}
