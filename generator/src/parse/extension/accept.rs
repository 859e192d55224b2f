//! `x-accept`, on a parameter: selects the media type of the response by the parameter's value.

use serde_json::Value;

use super::report_fault;
use crate::diagnostics::Diagnostics;
use crate::document::Accept;
use crate::pointer::Pointer;

const KEY: &str = "x-accept";

/// Reads the extension of a parameter. Leaves to `lower` whether the operation has these media types.
pub(in crate::parse) fn read(
    parameter: &Value,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Option<Accept> {
    let value = parameter.get(KEY)?;
    let at = at.join(KEY);
    let Value::Object(object) = value else {
        report_fault(
            diagnostics,
            &at,
            "`x-accept` must be an object that maps values to media types",
        );
        return None;
    };
    let mut media_types = Vec::new();
    for (value, media_type) in object {
        match media_type {
            Value::String(media_type) => media_types.push((value.clone(), media_type.clone())),
            _ => report_fault(
                diagnostics,
                &at.join(value),
                "this must be a string with a media type",
            ),
        }
    }
    Some(Accept { at, media_types })
}
