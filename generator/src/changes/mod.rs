//! What changes for the users of a crate when its document changes.
//!
//! In come the [surfaces](Surface) of two crates: what their APIs are made of, taken from the
//! finished representation. Out goes a list of [changes](Change), as data and in words. So what
//! counts is the generated API, not the text of the documents: a schema that moves and keeps its name
//! changes nothing. Reading the documents, printing and writing are left to the caller.
//!
//! | module | what it knows |
//! |---|---|
//! | [`surface`] | of what the API of a crate is made |
//! | `compare` | what a difference means for users |
//! | `features` | what moves behind a Cargo feature |
//! | [`version`] | the version that the changes ask for |

mod compare;
mod features;
pub mod surface;
pub mod version;

use std::collections::BTreeMap;

pub use compare::compare;
pub use surface::{Kind, Surface};
pub use version::{Bump, next_version};

use crate::diagnostics::{Diagnostic, Location, Position};
use crate::load;
use crate::source::Source;

/// A document as users of its crate see it.
#[derive(Debug, Clone, Default)]
pub struct Description {
    /// What its API is made of, or nothing if the document has errors.
    pub surface: Option<Surface>,
    /// What is to be said about the document, in the order of its places.
    pub diagnostics: Vec<Diagnostic>,
}

/// One thing that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it means for users.
    pub impact: Impact,
    /// What has become of the thing.
    pub action: Action,
    /// What the thing is.
    pub kind: Kind,
    /// Its path in the crate.
    pub rust: String,
    /// Its name in the document or on the wire.
    pub wire: String,
    /// Where it stands in the old document.
    pub old: Option<Site>,
    /// Where it stands in the new one.
    pub new: Option<Site>,
    /// What it was, if that can be said in a word.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
    /// All of this in a sentence, without its full stop.
    pub words: String,
}

/// What a change means for the users of a crate. The least comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// Programs compile and do what they did.
    Compatible,
    /// Programs compile, and something else goes over the wire or is made of what comes.
    Behaviour,
    /// Programs compile, but say something else than their authors meant: two arguments of the same
    /// type have changed places.
    Silent,
    /// A program that uses it does not compile.
    Breaking,
}

impl Impact {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Behaviour => "behaviour",
            Self::Silent => "silent",
            Self::Breaking => "breaking",
        }
    }
}

/// What has become of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is gone.
    Removed,
    /// It has another name in the crate.
    Renamed,
    /// It is another.
    Changed,
    /// It is new.
    Added,
}

impl Action {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }
}

/// A place in a document that a reader can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The file, and the node in it.
    pub place: Location,
    /// Line and column, from one, once they were [looked up](locate).
    pub position: Option<Position>,
}

/// Looks up the lines and columns of the places in changes. Each file is read once.
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
