//! `x-error-body`, on the document: the JSON pointers to the details in the bodies of errors.

use serde_json::Value;

use super::shape::{self, Shape};
use super::{check_pointers, strings};
use crate::diagnostics::Diagnostics;
use crate::document::ErrorBodyFormat;
use crate::pointer::Pointer;

const KEY: &str = "x-error-body";

const SHAPE: Shape = Shape::Object(&[
    ("message", Shape::Strings),
    ("code", Shape::Strings),
    ("trackingId", Shape::Strings),
]);

/// Reads the extension of a document.
pub(in crate::parse) fn read(
    document: &Value,
    diagnostics: &mut Diagnostics,
) -> Option<ErrorBodyFormat> {
    let format = document.get(KEY)?;
    let at = Pointer::root().join(KEY);
    shape::check(format, SHAPE, &at, diagnostics);
    let mut pointers = |name: &str| {
        let pointers = strings(format.get(name));
        check_pointers(&pointers, &at.join(name), diagnostics);
        pointers
    };
    Some(ErrorBodyFormat {
        message: pointers("message"),
        code: pointers("code"),
        tracking_id: pointers("trackingId"),
    })
}
