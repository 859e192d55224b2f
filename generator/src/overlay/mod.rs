//! Overlays: what an API means and its document does not say (OpenAPI Overlay Specification 1.0 and
//! 1.1).
//!
//! In come a document and the paths of overlays, out goes the document with their actions applied,
//! one after the other, each to what the one before it has left. Which node comes from which overlay
//! is remembered ([`crate::origin`]), so that diagnostics about it name the overlay. What the
//! document means is left to the other stages.
//!
//! An overlay that cannot be understood, or an action that cannot be done, keeps the crate from
//! being written: nobody can say what the document would be. What is only odd is a warning, which a
//! strict run does not put up with: a target that leads to nothing, a key that means nothing, an
//! overlay that was written for another document. Version 1.1 says of many things what 1.0 leaves
//! open, so its rules are those of both; an overlay that says that it is in 1.0 and uses what only
//! 1.1 has gets a warning.

mod act;
mod query;
mod read;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::limits::{Limits, Size, Steps};
use crate::load::{self, Document};
use crate::pointer::Pointer;
use crate::source::Source;
use query::Query;

/// Applies overlays to a document.
pub fn apply(
    mut document: Document,
    source: &dyn Source,
    overlays: &[String],
    diagnostics: &mut Diagnostics,
) -> Document {
    let mut room = Room::new(&document.value, source.limits(), diagnostics.steps());
    for path in overlays {
        let Some(overlay) = load::read(source, path, diagnostics) else { continue };
        let mut report = Report { file: path, diagnostics };
        for action in read::actions(&overlay.value, &document.path, &mut report) {
            if act::act(&mut document.value, &action, &mut room, &mut report) == Outcome::Refused {
                return document;
            }
        }
    }
    document
}

/// How large the document has become, at most: an action can only double it if somebody counts.
struct Room {
    size: Size,
    limits: Limits,
}

/// Whether the actions that follow can be done.
#[derive(PartialEq, Eq)]
enum Outcome {
    Done,
    Refused,
}

impl Room {
    fn new(document: &Value, limits: Limits, steps: &Steps) -> Self {
        Self { size: Size::of(document, steps), limits }
    }

    /// Makes room for a value in each of some nodes of a document, or says why there is none.
    fn take(
        &mut self,
        document: &Value,
        value: &Value,
        targets: &[Pointer],
        steps: &Steps,
    ) -> Result<(), (String, String)> {
        let deepest = targets.iter().map(|target| target.steps().len()).max().unwrap_or_default();
        let value = Size::of(value, steps);
        // What is put there is copied for each.
        steps.spend(
            usize::try_from(value.nodes()).unwrap_or(usize::MAX).saturating_mul(targets.len()),
        );
        let after = self.size.with(value, targets.len(), deepest);
        if after.fault(&self.limits).is_none() {
            self.size = after;
            return Ok(());
        }
        // What has been replaced or removed has been counted too.
        self.size = Size::of(document, steps).with(value, targets.len(), deepest);
        self.size.fault(&self.limits).map_or(Ok(()), Err)
    }
}

/// An action that can be done.
struct Action {
    /// Where it stands in the overlay.
    at: Pointer,
    version: Version,
    target: Query,
    change: Change,
}

/// What an action does with the nodes that its target leads to.
enum Change {
    /// Nothing, and says so.
    Nothing,
    Remove,
    Update(Value),
    Copy(Query),
}

/// The version of the specification that an overlay says it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1_0,
    V1_1,
}

/// What is said about an overlay.
struct Report<'d> {
    file: &'d str,
    diagnostics: &'d mut Diagnostics,
}

impl Report<'_> {
    /// Says what keeps the overlay from being applied.
    fn refuse(&mut self, at: &Pointer, message: impl Into<String>, help: &str) {
        self.say(Effect::Fatal, at, message.into(), help);
    }

    /// Says what has no effect, or another one than the author can have meant.
    fn warn(&mut self, at: &Pointer, message: impl Into<String>, help: &str) {
        self.say(Effect::Degraded, at, message.into(), help);
    }

    /// Says that an overlay uses what its version does not have.
    fn newer(&mut self, version: Version, at: &Pointer, what: &str) {
        if version == Version::V1_0 {
            let message = format!("Overlay 1.0 has no {what}: it is taken as 1.1 has it");
            self.warn(at, message, "write `overlay: 1.1.0`");
        }
    }

    fn say(&mut self, effect: Effect, at: &Pointer, message: String, help: &str) {
        let place = self.place(at);
        self.diagnostics.in_file(effect, "overlay", place, None, message, help);
    }

    fn place(&self, at: &Pointer) -> Place {
        Place { file: self.file.to_owned(), pointer: at.clone() }
    }
}
