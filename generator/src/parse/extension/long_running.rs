//! `x-long-running`, on an operation: how to poll, cancel and download what it starts.

use openapiv3::Operation;

use super::shape::{self, Shape};
use super::{check_pointers, report_fault, string, strings};
use crate::diagnostics::Diagnostics;
use crate::document::LongRunning;
use crate::pointer::Pointer;

const KEY: &str = "x-long-running";

const SHAPE: Shape = Shape::Object(&[
    ("poll", Shape::String),
    ("status", Shape::String),
    ("created", Shape::String),
    ("cancel", Shape::String),
    ("download", Shape::String),
    ("command", Shape::String),
    ("succeeded", Shape::Strings),
    ("failed", Shape::Strings),
    ("cancelled", Shape::Strings),
    ("pendingErrors", Shape::Strings),
]);

/// Reads the extension of an operation. Leaves to `lower` whether the links resolve.
pub(in crate::parse) fn read(
    operation: &Operation,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Option<LongRunning> {
    let value = operation.extensions.get(KEY)?;
    let at = at.join(KEY);
    shape::check(value, SHAPE, &at, diagnostics);
    let (Some(poll), Some(status)) = (string(value, "poll"), string(value, "status")) else {
        let message = "`x-long-running` must have `poll`, a link, and `status`, a JSON pointer";
        report_fault(diagnostics, &at, message);
        return None;
    };
    let created = string(value, "created");
    if !check_pointers([&status].into_iter().chain(&created), &at, diagnostics) {
        return None;
    }
    Some(LongRunning {
        poll,
        status,
        created,
        cancel: string(value, "cancel"),
        download: string(value, "download"),
        command: string(value, "command"),
        succeeded: strings(value.get("succeeded")),
        failed: strings(value.get("failed")),
        cancelled: strings(value.get("cancelled")),
        pending_errors: strings(value.get("pendingErrors")),
        at,
    })
}
