//! How much of a document may still be read.
//!
//! Counts while a text is read, so that aliases of YAML cannot fill the memory before anybody looks at
//! what they have become.

use std::cell::Cell;

use crate::limits::{Limits, Size, Steps};

/// What the values of a document's files may have together.
#[derive(Debug)]
pub(super) struct Room {
    limits: Limits,
    steps: Steps,
    before: Size,
    size: Cell<Size>,
}

impl Room {
    /// Leaves as much room as limits have beside what has been read already.
    pub(super) fn new(limits: Limits, steps: &Steps, read: Size) -> Self {
        Self { limits, steps: steps.clone(), before: read, size: Cell::new(read) }
    }

    /// Gives the room back that a reader has taken, for another to read the same text.
    pub(super) fn again(&self) -> &Self {
        self.size.set(self.before);
        self
    }

    /// Takes the room for a value and its text. Returns whether there was as much.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.size.set(self.size.get().with_node(bytes));
        self.steps.take(1) && self.size.get().is_within(&self.limits)
    }

    /// Takes the room for a key; whether there is any is asked for its value.
    pub(super) fn text(&self, bytes: usize) {
        self.size.set(self.size.get().with_text(bytes));
    }

    /// What has been read, together with what had been.
    pub(super) fn size(&self) -> Size {
        self.size.get()
    }

    /// Returns what is wrong if there was not enough room, and what to do.
    pub(super) fn fault(&self) -> Option<(String, String)> {
        self.size.get().fault(&self.limits)
    }
}
