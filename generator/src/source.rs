//! Where the texts of documents come from.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Yields the texts of files by their paths, to the thread that [`generate`](crate::generate) works
/// in.
pub trait Source: Sync {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// The file is not there, cannot be read, or is not UTF-8.
    fn read(&self, path: &str) -> io::Result<String>;
}

/// The file system, below a directory.
#[derive(Debug, Clone)]
pub struct Directory<P>(pub P);

impl<P: AsRef<Path> + Sync> Source for Directory<P> {
    fn read(&self, path: &str) -> io::Result<String> {
        std::fs::read_to_string(self.0.as_ref().join(path))
    }
}

/// Texts in memory.
impl Source for BTreeMap<String, String> {
    fn read(&self, path: &str) -> io::Result<String> {
        self.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
