//! `x-rate-limit`, on the document: the number of requests that the server accepts from a client.

use serde_json::Value;

use super::report_fault;
use crate::diagnostics::Diagnostics;
use crate::document::RateLimit;
use crate::pointer::Pointer;

const KEY: &str = "x-rate-limit";

/// Reads the extension of a document.
pub(in crate::parse) fn read(document: &Value, diagnostics: &mut Diagnostics) -> Option<RateLimit> {
    let limit = document.get(KEY)?;
    let number = |name: &str| limit.get(name).and_then(Value::as_u64).filter(|number| *number > 0);
    let requests = number("requests").and_then(|requests| u32::try_from(requests).ok());
    let values = requests.zip(number("seconds"));
    if values.is_none() {
        let message = "this must have `requests` and `seconds`, both integers above 0";
        report_fault(diagnostics, &Pointer::root().join(KEY), message);
    }
    values.map(|(requests, seconds)| RateLimit { requests, seconds })
}
