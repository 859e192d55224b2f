//! The description of a long-running operation.

use super::super::Operation;

/// The description of a job that an operation starts (`x-long-running`).
#[derive(Debug)]
pub struct LongRunning {
    /// The location of the job's id in the response of the operation that starts it, as a JSON
    /// pointer (RFC 6901).
    pub id: &'static str,
    /// The location of the job's creation time in that response, as a JSON pointer.
    pub created: Option<&'static str>,
    /// The operation that returns the state.
    pub poll: Step,
    /// The operation that cancels the job.
    pub cancel: Option<Step>,
    /// The location of the status in a state, as a JSON pointer.
    pub status: &'static str,
    /// The statuses of a job that succeeded.
    pub succeeded: &'static [&'static str],
    /// The statuses of a job that failed.
    pub failed: &'static [&'static str],
    /// The statuses of a job that was cancelled.
    pub cancelled: &'static [&'static str],
    /// The error codes of a job that is still in progress.
    pub pending_errors: &'static [&'static str],
}

/// An operation that takes the id of a job.
#[derive(Debug)]
pub struct Step {
    /// The operation.
    pub operation: &'static Operation,
    /// The path parameter for the id.
    pub parameter: &'static str,
}
