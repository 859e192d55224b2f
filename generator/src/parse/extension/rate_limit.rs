//! `x-rate-limit`, on the document: the number of requests that the server accepts from a client.

use serde_json::Value;

use super::report_fault;
use super::shape::{self, Shape};
use crate::diagnostics::Diagnostics;
use crate::document::RateLimit;
use crate::pointer::Pointer;

const KEY: &str = "x-rate-limit";

const SHAPE: Shape = Shape::Object(&[("requests", Shape::Count), ("seconds", Shape::Count)]);

/// Reads the extension of a document.
pub(in crate::parse) fn read(document: &Value, diagnostics: &mut Diagnostics) -> Option<RateLimit> {
    let limit = document.get(KEY)?;
    let at = Pointer::root().join(KEY);
    shape::check(limit, SHAPE, &at, diagnostics);
    let number = |name: &str| limit.get(name).and_then(Value::as_u64).filter(|number| *number > 0);
    let requests = number("requests").and_then(|requests| u32::try_from(requests).ok());
    let values = requests.zip(number("seconds"));
    if values.is_none() {
        let message = "this must have `requests` and `seconds`, both integers above 0";
        report_fault(diagnostics, &at, message);
    }
    values.map(|(requests, seconds)| RateLimit { requests, seconds })
}
