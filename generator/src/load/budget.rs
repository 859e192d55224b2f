//! The budget for the values of a document's files.
//!
//! Counts values while they are parsed, so that YAML aliases cannot exhaust memory before the size of
//! the result can be measured.

use std::cell::Cell;

use crate::limits::{Limits, Size, Steps};

/// The remaining budget for one file, after the files before it.
#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    steps: Steps,
    /// The size of the files before this one.
    before: Size,
    size: Cell<Size>,
}

impl Budget {
    /// Creates the budget for a file, after files of a total size.
    pub(super) fn new(limits: Limits, steps: &Steps, before: Size) -> Self {
        Self { limits, steps: steps.clone(), before, size: Cell::new(before) }
    }

    /// Resets the size to that before the file, for another parser to read the same text.
    pub(super) fn reset(&self) -> &Self {
        self.size.set(self.before);
        self
    }

    /// Adds a value with a string of some bytes. Returns `false` if a limit is exceeded.
    pub(super) fn add_value(&self, bytes: usize) -> bool {
        self.size.set(self.size.get().with_node(bytes));
        self.steps.take(1) && self.size.get().is_within(&self.limits)
    }

    /// Adds a key. The limits are checked when its value is added.
    pub(super) fn add_key(&self, bytes: usize) {
        self.size.set(self.size.get().with_bytes(bytes));
    }

    /// Returns the size of this file and those before it.
    pub(super) fn size(&self) -> Size {
        self.size.get()
    }

    /// Returns the message and help of a diagnostic if a limit is exceeded.
    pub(super) fn excess(&self) -> Option<(String, String)> {
        self.size.get().excess(&self.limits)
    }
}
