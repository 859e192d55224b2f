//! Files of a machine as the output names them: in come paths, out go texts by labels that are the
//! same wherever the repository is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clientgen::Source;

/// Files by what they are called in the output: paths of a machine are not the same on every one.
///
/// A document of several files names the others relative to itself. They are read from where its
/// label leads to below `base`.
#[derive(Debug)]
pub(crate) struct Labelled {
    base: PathBuf,
    files: BTreeMap<String, PathBuf>,
    read: Mutex<BTreeSet<PathBuf>>,
}

impl Labelled {
    /// The folder of the document, or the root if it is below that.
    pub(crate) fn beside(spec: &Path, root: &Path) -> Self {
        let absolute = std::path::absolute(spec).unwrap_or_else(|_| spec.to_owned());
        let base = if absolute.starts_with(root) { Some(root) } else { absolute.parent() };
        Self {
            base: base.unwrap_or(root).to_owned(),
            files: BTreeMap::new(),
            read: Mutex::default(),
        }
    }

    /// Takes a file, and says what it is called.
    pub(crate) fn add(&mut self, path: &Path, root: &Path) -> String {
        let label = label(path, root);
        self.files.insert(label.clone(), path.to_owned());
        label
    }

    /// The files that were asked for, those that are not there among them.
    pub(crate) fn into_read(self) -> BTreeSet<PathBuf> {
        self.read.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Labelled {
    fn read(&self, path: &str) -> io::Result<String> {
        let path = self.files.get(path).cloned().unwrap_or_else(|| self.base.join(path));
        let absolute = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(absolute);
        std::fs::read_to_string(path)
    }
}

/// The path below the workspace, or else the name of the file.
pub(crate) fn label(path: &Path, root: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let short = absolute.strip_prefix(root).ok().or(absolute.file_name().map(Path::new));
    short.unwrap_or(path).to_string_lossy().replace('\\', "/")
}
