//! `x-user-levels`, on an operation: the levels that a user needs, one of them.

use openapiv3::Operation;

use super::{fault, strings};
use crate::diagnostics::Diagnostics;
use crate::pointer::Pointer;

/// The extension, and the name that the vendor has for it.
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
        fault(diagnostics, &at.join(key), "this must be an array of levels");
    }
    strings(Some(levels))
}
