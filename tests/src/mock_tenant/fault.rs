//! Faults on demand: what a tenant may do wrong, and the queue that says which request it happens
//! to.
//!
//! In come faults and operations, out goes the fault of the request at hand. Playing it is left to
//! the service.

use std::time::Duration;

use bytes::Bytes;

use super::operation::Operation;

/// Something that goes wrong with the next requests, once unless [`Fault::times`] says otherwise.
///
/// ```
/// # use tests::mock_tenant::Fault;
/// # use std::time::Duration;
/// let twice = Fault::rate_limited("2").times(2);
/// let slow = Fault::status(503).header("Retry-After", "1").delayed(Duration::from_millis(50));
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    pub(super) action: Action,
    pub(super) delay: Duration,
    pub(super) headers: Vec<(String, String)>,
    times: u32,
}

/// What happens instead of, or to, the usual answer.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// The usual answer, late or with other headers.
    AsUsual,
    /// The answer of a tenant, or of the gateway before it, with this status.
    Status(u16),
    /// Exactly this answer.
    Answer { status: u16, content_type: String, body: Bytes },
    /// No answer; the connection is closed.
    Drop,
    /// The usual answer, whose body ends with the connection after this many bytes.
    Cut(u64),
}

impl Fault {
    fn new(action: Action) -> Self {
        Self { action, delay: Duration::ZERO, headers: vec![], times: 1 }
    }

    /// Answers with a status and the body that goes with it: the error schema of the document,
    /// except for 401 and 429, which have their own, and for 502, 503 and 504, which a gateway
    /// answers with plain text. Below 400 it is empty.
    pub fn status(status: u16) -> Self {
        Self::new(Action::Status(status))
    }

    /// Answers 429 with a `Retry-After` header of any text: seconds, a date, or nonsense.
    pub fn rate_limited(retry_after: &str) -> Self {
        Self::status(429).header("Retry-After", retry_after)
    }

    /// Answers 401, as if the token had expired.
    pub fn unauthorized() -> Self {
        Self::status(401)
    }

    /// Answers as usual, but only after a while.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Action::AsUsual).delayed(delay)
    }

    /// Reads the request and closes the connection without a byte in answer.
    pub fn drop_connection() -> Self {
        Self::new(Action::Drop)
    }

    /// Answers as usual with all headers, and closes the connection after so many bytes of the
    /// body.
    pub fn cut_body(bytes: u64) -> Self {
        Self::new(Action::Cut(bytes))
    }

    /// Answers 200 with JSON that stops in the middle.
    pub fn malformed_json() -> Self {
        Self::answer(200, "application/json", &br#"{"id": "3d9a61f0", "status": "SUCC"#[..])
    }

    /// Answers with exactly this.
    pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(Action::Answer {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
        })
    }

    /// Lets the fault happen to so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Waits before the fault happens.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets a header of the answer, in place of the one it would have.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The faults that have yet to happen, in the order they were asked for.
#[derive(Debug, Default)]
pub(super) struct FaultQueue {
    waiting: Vec<(Option<Operation>, Fault)>,
}

impl FaultQueue {
    /// Adds a fault for one operation, or for whatever request comes.
    pub(super) fn add(&mut self, operation: Option<Operation>, fault: Fault) {
        if fault.times > 0 {
            self.waiting.push((operation, fault));
        }
    }

    /// Takes the fault of a request: the oldest one that fits. Requests that mean no operation get
    /// those for any.
    pub(super) fn next(&mut self, operation: Option<Operation>) -> Option<Fault> {
        let fits = |wanted: &Option<Operation>| wanted.is_none() || *wanted == operation;
        let index = self.waiting.iter().position(|(wanted, _)| fits(wanted))?;
        let fault = &mut self.waiting[index].1;
        if fault.times > 1 {
            fault.times -= 1;
            return Some(fault.clone());
        }
        Some(self.waiting.remove(index).1)
    }

    /// How many requests the faults are waiting for.
    pub(super) fn pending(&self) -> u32 {
        self.waiting.iter().map(|(_, fault)| fault.times).sum()
    }

    /// Forgets all faults.
    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(fault: Option<Fault>) -> Option<u16> {
        match fault?.action {
            Action::Status(status) => Some(status),
            _ => None,
        }
    }

    #[test]
    fn faults_are_counted_per_operation_in_their_order() {
        let mut queue = FaultQueue::default();
        queue.add(Some(Operation::GetReport), Fault::status(500).times(2));
        queue.add(Some(Operation::Token), Fault::status(400));
        queue.add(None, Fault::status(503));
        queue.add(None, Fault::status(599).times(0));
        assert_eq!(queue.pending(), 4);
        let mut next = |operation| status(queue.next(Some(operation)));
        assert_eq!(next(Operation::GetReport), Some(500));
        assert_eq!(next(Operation::StartReport), Some(503));
        assert_eq!(next(Operation::StartReport), None);
        assert_eq!(next(Operation::GetReport), Some(500));
        assert_eq!(next(Operation::GetReport), None);
        assert_eq!(next(Operation::Token), Some(400));
        assert_eq!(queue.pending(), 0);
    }

    #[test]
    fn unknown_requests_get_only_faults_for_any() {
        let mut queue = FaultQueue::default();
        queue.add(Some(Operation::GetReport), Fault::status(500));
        assert_eq!(status(queue.next(None)), None);
        queue.add(None, Fault::status(502));
        assert_eq!(status(queue.next(None)), Some(502));
    }
}
