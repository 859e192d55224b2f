//! Files of a machine as the output names them: in come paths, out go texts by labels that are the
//! same wherever the repository is.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clientgen::Source;
use clientgen::source::{Root, read_named};

use crate::reading::Reading;

/// Files by what they are called in the output: paths of a machine are not the same on every one.
///
/// A document of several files names the others relative to itself. They are read from where its
/// label leads to below `base`, if that is in the root. Files that are named on the command line are
/// read wherever they are.
#[derive(Debug)]
pub(crate) struct Labelled {
    base: PathBuf,
    root: Root,
    max_bytes: u64,
    files: BTreeMap<String, PathBuf>,
    read: Mutex<BTreeSet<PathBuf>>,
}

impl Labelled {
    /// The folder of the document, or the root of the repository if it is below that.
    pub(crate) fn beside(spec: &Path, repository: &Path, reading: &Reading) -> Self {
        let absolute = std::path::absolute(spec).unwrap_or_else(|_| spec.to_owned());
        let is_inside = absolute.starts_with(repository);
        let base = if is_inside { Some(repository) } else { absolute.parent() };
        Self {
            base: base.unwrap_or(repository).to_owned(),
            root: reading.root_of(spec),
            max_bytes: reading.limits().file_bytes,
            files: BTreeMap::new(),
            read: Mutex::default(),
        }
    }

    /// Takes a file, and says what it is called. No reference can lead to it under that name, unless
    /// it is where the reference leads to.
    pub(crate) fn add(&mut self, path: &Path, repository: &Path) -> String {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let short = label(path, repository);
        let label = match self.base.join(&short) == absolute {
            true => short,
            false => absolute.to_string_lossy().replace('\\', "/"),
        };
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
        let named = self.files.get(path);
        let file = named.cloned().unwrap_or_else(|| self.base.join(path));
        let absolute = std::path::absolute(&file).unwrap_or_else(|_| file.clone());
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(absolute);
        match named {
            Some(named) => read_named(named, self.max_bytes),
            None => self.root.read(&self.base, Path::new(path)),
        }
    }
}

/// The path below the workspace, or else the name of the file.
pub(crate) fn label(path: &Path, root: &Path) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let short = absolute.strip_prefix(root).ok().or(absolute.file_name().map(Path::new));
    short.unwrap_or(path).to_string_lossy().replace('\\', "/")
}
