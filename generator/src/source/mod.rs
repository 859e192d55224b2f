//! Where the texts of documents come from.
//!
//! Takes the path of a file as a document names it, and returns the text. What a reference may lead
//! to is decided here ([`Root`]); what the text means is left to [`load`](mod@crate::load).

mod bounded;
mod root;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub use bounded::Bounded;
pub use root::{Refused, Root, read_named};

use crate::limits::Limits;

/// Yields the texts of files by their paths, to the thread that [`generate`](crate::generate) works
/// in.
pub trait Source: Sync {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// The file is not there, cannot be read, or is not UTF-8. An error that wraps a [`Refused`]
    /// says that the file is not read although it may be there.
    fn read(&self, path: &str) -> io::Result<String>;

    /// How large what the texts hold may be. A [`Bounded`] source has limits of its own.
    fn limits(&self) -> Limits {
        Limits::default()
    }
}

/// The files of a folder, and no others: a path that leads out of it is refused.
#[derive(Debug, Clone)]
pub struct Directory {
    folder: PathBuf,
    root: Root,
}

impl Directory {
    /// Reads files by their paths relative to a folder, which is also the [root](Root).
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { root: Root::new(&folder), folder }
    }

    /// Sets another root: the folder that no reference may leave. It defaults to the folder that
    /// paths are relative to.
    #[must_use]
    pub fn with_root(mut self, root: Root) -> Self {
        self.root = root;
        self
    }
}

impl Source for Directory {
    fn read(&self, path: &str) -> io::Result<String> {
        self.root.read(&self.folder, Path::new(path))
    }
}

/// Texts in memory.
impl Source for BTreeMap<String, String> {
    fn read(&self, path: &str) -> io::Result<String> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
