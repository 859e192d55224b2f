//! Applies overlays (OpenAPI Overlay Specification 1.0 and 1.1).
//!
//! Takes a document and the paths of overlays, and returns the document after all actions, each applied
//! to the result of the previous one. Records which nodes come from an overlay ([`crate::origin`]), so
//! that diagnostics name it. Leaves the meaning of the document to the other stages.
//!
//! An overlay or an action that cannot be applied is a fatal error, because the resulting document is
//! unknown. Anything without an effect is a warning, and an error in a strict run: a target that
//! matches nothing, an unknown key, an overlay for another document. The rules of version 1.1, which
//! specify what 1.0 leaves open, apply to both. An overlay in 1.0 that uses a feature of 1.1 is a
//! warning.

mod apply;
mod merge;
mod query;
mod read;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Location};
use crate::limits::{Limits, Size, Steps};
use crate::load::{self, Document};
use crate::pointer::Pointer;
use crate::source::Source;
use query::Query;

/// Applies overlays to a document. Stops at the first action that would exceed a limit.
pub fn apply(
    mut document: Document,
    source: &dyn Source,
    overlays: &[String],
    diagnostics: &mut Diagnostics,
) -> Document {
    let mut budget = Budget::new(&document.value, source.limits(), diagnostics.steps());
    for path in overlays {
        let Some(overlay) = load::read(source, path, diagnostics) else { continue };
        let mut report = Report { file: path, diagnostics };
        for action in read::actions(&overlay.value, &document.path, &mut report) {
            let applied = apply::apply(&mut document.value, &action, &mut budget, &mut report);
            if let Err(OutOfBudget) = applied {
                return document;
            }
        }
    }
    document
}

/// An upper bound of the document's size, updated before each action. Without it, each action could
/// double the document.
struct Budget {
    size: Size,
    limits: Limits,
}

/// A limit is exceeded, so that no further action is applied. The size is reported with the action, the
/// number of steps after the stage.
struct OutOfBudget;

impl Budget {
    fn new(document: &Value, limits: Limits, steps: &Steps) -> Self {
        Self { size: Size::of(document, steps), limits }
    }

    /// Adds copies of a value at each of the targets. Returns the message and help of a diagnostic if
    /// the document would exceed a limit.
    fn add(
        &mut self,
        document: &Value,
        value: &Value,
        targets: &[Pointer],
        steps: &Steps,
    ) -> Result<(), (String, String)> {
        let depth = targets.iter().map(|target| target.tokens().len()).max().unwrap_or_default();
        let value = Size::of(value, steps);
        let nodes = usize::try_from(value.nodes()).unwrap_or(usize::MAX);
        steps.record(nodes.saturating_mul(targets.len()));
        let after = self.size.with_copies(value, targets.len(), depth);
        if after.is_within(&self.limits) {
            self.size = after;
            return Ok(());
        }
        // The bound includes nodes that have been replaced or removed: measure the document again.
        self.size = Size::of(document, steps).with_copies(value, targets.len(), depth);
        self.size.excess(&self.limits).map_or(Ok(()), Err)
    }
}

/// An action that can be applied.
struct Action {
    /// The location in the overlay.
    at: Pointer,
    version: Version,
    target: Query,
    change: Change,
}

/// The change that an action makes to its targets.
enum Change {
    None,
    Remove,
    Update(Value),
    Copy(Query),
}

/// The version of the specification that an overlay declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    V1_0,
    V1_1,
}

/// Reports diagnostics about an overlay.
struct Report<'d> {
    file: &'d str,
    diagnostics: &'d mut Diagnostics,
}

impl Report<'_> {
    /// Reports why the overlay cannot be applied.
    fn error(&mut self, at: &Pointer, message: impl Into<String>, help: &str) {
        self.report(Effect::Fatal, at, message.into(), help);
    }

    /// Reports a part of the overlay that has no effect, or probably not the intended one.
    fn warn(&mut self, at: &Pointer, message: impl Into<String>, help: &str) {
        self.report(Effect::Degraded, at, message.into(), help);
    }

    /// Reports a feature of 1.1 in an overlay of version 1.0.
    fn warn_if_newer(&mut self, version: Version, at: &Pointer, feature: &str) {
        if version == Version::V1_0 {
            let message = format!("Overlay 1.0 has no {feature}: the rules of 1.1 apply");
            self.warn(at, message, "write `overlay: 1.1.0`");
        }
    }

    fn report(&mut self, effect: Effect, at: &Pointer, message: String, help: &str) {
        let location = self.location(at);
        self.diagnostics.report_in_file(effect, "overlay", location, None, message, help);
    }

    fn location(&self, at: &Pointer) -> Location {
        Location { file: self.file.to_owned(), pointer: at.clone() }
    }
}
