//! What a document says of waiting for an operation.

use super::super::Operation;

/// How to wait for what an operation starts (`x-long-running`).
#[derive(Debug)]
pub struct LongRunning {
    /// Where the id of what was started is in the response of the operation that starts it: a JSON
    /// pointer (RFC 6901).
    pub id: &'static str,
    /// Where the moment of its creation is, if it is there.
    pub created: Option<&'static str>,
    /// The operation that answers with its state.
    pub poll: Step,
    /// The operation that cancels it.
    pub cancel: Option<Step>,
    /// Where the status is in a state: a JSON pointer.
    pub status: &'static str,
    /// The statuses that mean that it has succeeded.
    pub succeeded: &'static [&'static str],
    /// The statuses that mean that it has failed.
    pub failed: &'static [&'static str],
    /// The statuses that mean that somebody has cancelled it.
    pub cancelled: &'static [&'static str],
    /// The codes of errors that mean that it is still under way.
    pub pending_errors: &'static [&'static str],
}

/// An operation that takes the id of what was started.
#[derive(Debug)]
pub struct Step {
    /// The operation.
    pub operation: &'static Operation,
    /// The parameter of its path that is the id.
    pub parameter: &'static str,
}
