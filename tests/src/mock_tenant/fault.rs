//! Injected faults, and the queue that assigns them to requests.
//!
//! Takes faults and operations, and returns the fault of a request. Leaves applying it to
//! `service`.

use std::time::Duration;

use bytes::Bytes;

use super::operation::Operation;

/// A fault of the next requests; of one request unless [`Fault::times`] sets another number.
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

/// What replaces or changes the regular response.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// The regular response, delayed or with other headers.
    Unchanged,
    /// The typical response of a tenant, or of the gateway before it, with this status.
    Status(u16),
    /// Exactly this response.
    Response { status: u16, content_type: String, body: Bytes },
    /// No response; the connection is closed.
    Drop,
    /// The regular response, whose body and connection end after this many bytes.
    Cut(u64),
}

impl Fault {
    fn new(action: Action) -> Self {
        Self { action, delay: Duration::ZERO, headers: vec![], times: 1 }
    }

    /// Responds with a status and its typical body: the error schema of the document, except for
    /// 401 and 429, which have their own, and for 502, 503 and 504, for which a gateway sends plain
    /// text. Below 400 the body is empty.
    pub fn status(status: u16) -> Self {
        Self::new(Action::Status(status))
    }

    /// Responds with 429 and a `Retry-After` header, whose value need not be valid.
    pub fn rate_limited(retry_after: &str) -> Self {
        Self::status(429).header("Retry-After", retry_after)
    }

    /// Responds with 401, as if the token had expired.
    pub fn unauthorized() -> Self {
        Self::status(401)
    }

    /// Delays the regular response.
    pub fn delay(delay: Duration) -> Self {
        Self::new(Action::Unchanged).delayed(delay)
    }

    /// Reads the request and closes the connection without a response.
    pub fn drop_connection() -> Self {
        Self::new(Action::Drop)
    }

    /// Sends the regular response with all headers, and closes the connection after `bytes` bytes
    /// of the body.
    pub fn cut_body(bytes: u64) -> Self {
        Self::new(Action::Cut(bytes))
    }

    /// Responds with 200 and JSON that is truncated.
    pub fn malformed_json() -> Self {
        Self::response(200, "application/json", &br#"{"id": "3d9a61f0", "status": "SUCC"#[..])
    }

    /// Responds with exactly this status, content type and body.
    pub fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(Action::Response {
            status,
            content_type: content_type.to_owned(),
            body: body.into(),
        })
    }

    /// Sets the number of requests that the fault applies to.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Waits before the fault is applied.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets a header of the response, and replaces the one it would have.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The pending faults, in the order in which they were injected.
#[derive(Debug, Default)]
pub(super) struct FaultQueue {
    pending: Vec<(Option<Operation>, Fault)>,
}

impl FaultQueue {
    /// Adds a fault for one operation, or for any request.
    pub(super) fn add(&mut self, operation: Option<Operation>, fault: Fault) {
        if fault.times > 0 {
            self.pending.push((operation, fault));
        }
    }

    /// Removes and returns the fault of a request: the oldest that applies. Requests of no known
    /// operation get only faults for any request.
    pub(super) fn next(&mut self, operation: Option<Operation>) -> Option<Fault> {
        let applies = |target: &Option<Operation>| target.is_none() || *target == operation;
        let index = self.pending.iter().position(|(target, _)| applies(target))?;
        let fault = &mut self.pending[index].1;
        if fault.times > 1 {
            fault.times -= 1;
            return Some(fault.clone());
        }
        Some(self.pending.remove(index).1)
    }

    /// Returns the number of requests that the faults still apply to.
    pub(super) fn pending(&self) -> u32 {
        self.pending.iter().map(|(_, fault)| fault.times).sum()
    }

    /// Removes all faults.
    pub(super) fn clear(&mut self) {
        self.pending.clear();
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
    fn faults_are_counted_per_operation_in_order() {
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
    fn unknown_requests_get_only_faults_for_any_request() {
        let mut queue = FaultQueue::default();
        queue.add(Some(Operation::GetReport), Fault::status(500));
        assert_eq!(status(queue.next(None)), None);
        queue.add(None, Fault::status(502));
        assert_eq!(status(queue.next(None)), Some(502));
    }
}
