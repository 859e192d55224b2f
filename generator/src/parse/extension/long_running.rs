//! `x-long-running`, on an operation: how to wait for what it starts.

use openapiv3::Operation;

use super::{are_pointers, fault, string, strings};
use crate::diagnostics::Diagnostics;
use crate::document::LongRunning;
use crate::pointer::Pointer;

const KEY: &str = "x-long-running";

/// Reads the extension of an operation. Where the links lead is checked once all operations are
/// known.
pub(in crate::parse) fn read(
    operation: &Operation,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Option<LongRunning> {
    let value = operation.extensions.get(KEY)?;
    let at = at.join(KEY);
    let (Some(poll), Some(status)) = (string(value, "poll"), string(value, "status")) else {
        let message = "`x-long-running` must have `poll`, a link, and `status`, a JSON pointer";
        fault(diagnostics, &at, message);
        return None;
    };
    let created = string(value, "created");
    if !are_pointers([&status].into_iter().chain(&created), &at, diagnostics) {
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
