//! `x-user-levels`, on an operation: the user levels, of which a user needs one.

use openapiv3::Operation;

use super::{report_fault, strings};
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// The extension, and the vendor's name for it.
const KEYS: [&str; 2] = ["x-user-levels", "x-sailpoint-userLevels"];

/// Reads the extension of an operation.
pub(in crate::parse) fn read(
    operation: &Operation,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut extensions = operation.extensions.iter();
    let Some((key, levels)) = extensions.find(|(key, _)| KEYS.contains(&key.as_str())) else {
        return Vec::new();
    };
    if !levels.is_array() {
        report_fault(diagnostics, &at.join(key), "this must be an array of strings");
    }
    strings(Some(levels))
}
