//! The output of the generator for small documents: files, diagnostics, and the table of features.
//!
//! The documents are in `tests/`, where other tests compile and run the same crates: `cases/` has one
//! folder per feature, `faults/` documents with faults, and `hostile/` documents of attackers.

// Tests panic on failure. The lints are for the generator itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(unreachable_pub, reason = "the shared modules are part of another crate")]

#[path = "../../../tests/src/cases.rs"]
mod cases;
mod diagnostics;
mod facts;
mod features;
mod group_features;
mod hostile;
#[path = "../../../tests/src/snapshots.rs"]
mod snapshot_settings;
mod snapshots;
