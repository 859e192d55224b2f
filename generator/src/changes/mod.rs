//! Compares the generated APIs of two documents.
//!
//! Takes the [API surfaces](Surface) of two crates and returns the [changes](Change) between them, as
//! data and as sentences. A surface is built from the finished IR, so the generated API counts, not the
//! wording of the documents: a schema that moves and keeps its name is not a change. Leaves reading
//! documents and printing to the caller.
//!
//! | module | contents |
//! |---|---|
//! | [`surface`] | the API surface of a crate |
//! | `compare` | the impact of a difference on users |
//! | `features` | items that move behind a Cargo feature |
//! | [`version`] | the version that the changes require |

mod compare;
mod features;
pub mod surface;
pub mod version;

use std::collections::BTreeMap;

pub use compare::compare;
pub use surface::{ItemKind, Surface};
pub use version::{Bump, next_version};

use crate::diagnostics::{Diagnostic, Location, Position};
use crate::load;
use crate::source::Source;

/// The result of [`describe`](crate::describe).
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// The API surface of the crate, or `None` if the document has errors.
    pub surface: Option<Surface>,
    /// Diagnostics, sorted by source location.
    pub diagnostics: Vec<Diagnostic>,
}

/// A difference between two API surfaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The impact on users.
    pub impact: Impact,
    /// What happened to the item.
    pub action: Action,
    /// The kind of the item.
    pub kind: ItemKind,
    /// The path of the item in the crate.
    pub rust: String,
    /// The name of the item in the document or on the wire.
    pub wire: String,
    /// The group of the operation that the item belongs to, by its name in the document.
    pub group: Option<String>,
    /// The location in the old document.
    pub old: Option<Site>,
    /// The location in the new document.
    pub new: Option<Site>,
    /// The old value, if a single value changed.
    pub before: Option<String>,
    /// The new value, if a single value changed.
    pub after: Option<String>,
    /// The change as a sentence, without a full stop.
    pub summary: String,
}

/// The impact of a change on the users of a crate, in increasing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Programs compile and behave as before.
    Compatible,
    /// Programs compile, but requests differ, or responses are treated differently.
    Behaviour,
    /// Programs compile, but no longer mean what their authors intended: two arguments of the same type
    /// were swapped.
    Silent,
    /// Programs that use the item do not compile.
    Breaking,
}

impl Impact {
    /// Returns the name of the impact, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Behaviour => "behaviour",
            Self::Silent => "silent",
            Self::Breaking => "breaking",
        }
    }
}

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It was removed.
    Removed,
    /// It has a new name in the crate.
    Renamed,
    /// It was changed.
    Changed,
    /// It was added.
    Added,
}

impl Action {
    /// Returns the name of the action, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }
}

/// A location in a document, for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The file and the node in it.
    pub place: Location,
    /// Line and column, counted from one. [`locate`] sets them.
    pub position: Option<Position>,
}

/// Sets the line and column of each location in changes. Each file is read once.
pub fn locate(changes: &mut [Change], old: &dyn Source, new: &dyn Source) {
    locate_all(changes.iter_mut().filter_map(|change| change.old.as_mut()), old);
    locate_all(changes.iter_mut().filter_map(|change| change.new.as_mut()), new);
}

fn locate_all<'c>(sites: impl Iterator<Item = &'c mut Site>, source: &dyn Source) {
    let mut files: BTreeMap<String, Vec<&mut Site>> = BTreeMap::new();
    for site in sites {
        files.entry(site.place.file.clone()).or_default().push(site);
    }
    for (file, sites) in files {
        let Ok(text) = source.read(&file) else { continue };
        let places = sites.into_iter().map(|site| (&site.place.pointer, &mut site.position));
        load::locate(&text, places.collect());
    }
}
