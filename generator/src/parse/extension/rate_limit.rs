//! `x-rate-limit`, on the document: how many requests the server accepts from a client.

use serde_json::Value;

use super::fault;
use crate::diagnostics::Diagnostics;
use crate::document::RateLimit;
use crate::pointer::Pointer;

const KEY: &str = "x-rate-limit";

/// Reads the extension of a document.
pub(in crate::parse) fn read(document: &Value, diagnostics: &mut Diagnostics) -> Option<RateLimit> {
    let limit = document.get(KEY)?;
    let number = |name: &str| limit.get(name).and_then(Value::as_u64).filter(|number| *number > 0);
    let requests = number("requests").and_then(|requests| u32::try_from(requests).ok());
    let found = requests.zip(number("seconds"));
    if found.is_none() {
        let message = "this must have `requests` and `seconds`, both integers above 0";
        fault(diagnostics, &Pointer::root().join(KEY), message);
    }
    found.map(|(requests, seconds)| RateLimit { requests, seconds })
}
