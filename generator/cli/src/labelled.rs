//! Source files under labels that do not depend on the machine.
//!
//! Takes paths on the command line and serves their files under labels, which are the same wherever the
//! project is. The output contains labels only.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clientgen::Source;
use clientgen::source::{Root, read_named};

use crate::reading::Reading;

/// A source of files by label.
///
/// A document in several files refers to the others relative to itself: these are read below `base`, and
/// only inside the root. Files of the command line are read wherever they are.
#[derive(Debug)]
pub(crate) struct LabelledFiles {
    base: PathBuf,
    root: Root,
    max_bytes: u64,
    files: BTreeMap<String, PathBuf>,
    read: Mutex<BTreeSet<PathBuf>>,
}

impl LabelledFiles {
    /// Creates a source for a document. Its base is the folder of the project if the document is inside,
    /// else the folder of the document.
    pub(crate) fn new(document: &Path, project: Option<&Path>, reading: &Reading) -> Self {
        let absolute = std::path::absolute(document).unwrap_or_else(|_| document.to_owned());
        let around = project.filter(|project| absolute.starts_with(project));
        let base = around.or(absolute.parent()).unwrap_or(&absolute).to_owned();
        Self {
            base,
            root: reading.root_of(document),
            max_bytes: reading.limits().file_bytes,
            files: BTreeMap::new(),
            read: Mutex::default(),
        }
    }

    /// Adds a file of the command line and returns its label. A reference resolves to this label only if
    /// it also resolves to this file.
    pub(crate) fn add(&mut self, path: &Path, project: Option<&Path>) -> String {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let short = label(path, project);
        let label = match self.base.join(&short) == absolute {
            true => short,
            false => absolute.to_string_lossy().replace('\\', "/"),
        };
        self.files.insert(label.clone(), path.to_owned());
        label
    }

    /// Returns the path of the file with a label, and whether it was added.
    pub(crate) fn path(&self, label: &str) -> (PathBuf, bool) {
        match self.files.get(label) {
            Some(file) => (file.clone(), true),
            None => (self.base.join(label), false),
        }
    }

    /// Returns the files that were requested, including those that do not exist.
    pub(crate) fn into_read(self) -> BTreeSet<PathBuf> {
        self.read.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for LabelledFiles {
    fn read(&self, path: &str) -> io::Result<String> {
        let (file, is_added) = self.path(path);
        let absolute = std::path::absolute(&file).unwrap_or_else(|_| file.clone());
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(absolute);
        match is_added {
            true => read_named(&file, self.max_bytes),
            false => self.root.read(&self.base, Path::new(path)),
        }
    }
}

/// Returns the path below the folder of the project, or else the name of the file.
pub(crate) fn label(path: &Path, project: Option<&Path>) -> String {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let below = project.and_then(|project| absolute.strip_prefix(project).ok());
    let short = below.or(absolute.file_name().map(Path::new));
    short.unwrap_or(path).to_string_lossy().replace('\\', "/")
}
