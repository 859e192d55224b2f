//! `x-required`, on a server variable: its default is an example, and the caller must set it.

use openapiv3::ServerVariable;

use super::report_fault;
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

const KEY: &str = "x-required";

/// Reads the extension of a server variable.
pub(in crate::parse) fn read(
    variable: &ServerVariable,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> bool {
    match variable.extensions.get(KEY) {
        None => false,
        Some(value) => value.as_bool().unwrap_or_else(|| {
            let message = "`x-required` must be true or false; it is treated as true";
            report_fault(diagnostics, &at.join(KEY), message);
            true
        }),
    }
}
