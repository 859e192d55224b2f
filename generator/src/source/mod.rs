//! Reads the files of documents.
//!
//! Takes the path of a file as the document contains it and returns its text. [`Root`] decides which
//! files a reference may read. Leaves parsing to [`load`](mod@crate::load).

mod bounded;
mod root;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub use bounded::BoundedSource;
pub use root::{Refusal, Root, read_named};

use crate::limits::Limits;

/// A provider of files by their paths. [`generate`](crate::generate) reads from its own thread.
pub trait Source: Sync {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file does not exist, cannot be read or is not UTF-8. An error that wraps
    /// a [`Refusal`] means that the file may exist but must not be read.
    fn read(&self, path: &str) -> io::Result<String>;

    /// Returns the limits on what the files contain. Defaults to [`Limits::default`].
    fn limits(&self) -> Limits {
        Limits::default()
    }
}

/// The files of a folder. A path that leads outside its root is refused.
#[derive(Debug, Clone)]
pub struct Directory {
    folder: PathBuf,
    root: Root,
}

impl Directory {
    /// Creates a source for paths relative to a folder, which is also the [root](Root).
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        Self { root: Root::new(&folder), folder }
    }

    /// Sets the root: the folder that no reference may leave. Defaults to the folder that paths are
    /// relative to.
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

/// Files in memory, by their paths.
impl Source for BTreeMap<String, String> {
    fn read(&self, path: &str) -> io::Result<String> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
