//! The files of upstream's document, and which of them were read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clientgen::source::{Root, read_named};
use clientgen::{Limits, Source};
use sha2::{Digest as _, Sha256};

use crate::reading::Reading;

/// Files by their paths relative to the root document, which remembers what was read of them.
///
/// A file of another folder tree is found as well, by a path that begins with `..`, if it is in the
/// root.
#[derive(Debug)]
pub(super) struct Upstream {
    document: PathBuf,
    folder: PathBuf,
    root: Root,
    limits: Limits,
    /// The digest of each file that was read.
    read: Mutex<BTreeMap<String, [u8; 32]>>,
}

impl Upstream {
    /// The files around a root document, and what that is called among them.
    pub(super) fn of(document: &Path, reading: &Reading) -> (Self, String) {
        let folder = document.parent().unwrap_or(Path::new("")).to_owned();
        let name = document.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (document, root) = (document.to_owned(), reading.root_of(document));
        let limits = reading.limits();
        (Self { document, folder, root, limits, read: Mutex::default() }, name)
    }

    /// Sets the root that the settings ask for, relative to the folder of the document.
    pub(super) fn with_root(mut self, root: Option<&str>) -> Self {
        if let Some(root) = root {
            let folder = self.folder.join(root);
            self.root = Root::new(folder).with_max_bytes(self.limits.file_bytes);
        }
        self
    }

    /// How many files were read, and the digest of all of them: of a list with a line for each, in
    /// the order of their paths, as `sha256sum` prints it. It depends on nothing but the paths and
    /// the contents.
    pub(super) fn digest(&self) -> (usize, String) {
        let Ok(read) = self.read.lock() else { return (0, String::new()) };
        let mut list = Sha256::new();
        for (path, digest) in read.iter() {
            list.update(format!("{}  {path}\n", hex(digest)));
        }
        (read.len(), hex(&list.finalize()))
    }
}

impl Source for Upstream {
    fn read(&self, path: &str) -> io::Result<String> {
        let is_document = self.document.file_name().is_some_and(|name| name == path);
        let text = match is_document {
            true => read_named(&self.document, self.limits.file_bytes)?,
            false => self.root.read(&self.folder, Path::new(path))?,
        };
        if let Ok(mut read) = self.read.lock() {
            read.insert(path.to_owned(), Sha256::digest(&text).into());
        }
        Ok(text)
    }

    fn limits(&self) -> Limits {
        self.limits.clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
