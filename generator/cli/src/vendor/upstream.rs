//! The files of the upstream document, and their digest.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clientgen::source::{Root, read_named};
use clientgen::{Limits, Source};
use sha2::{Digest as _, Sha256};

use crate::reading::Reading;

/// A source of files by their paths relative to the folder of the document. Records which files are read.
///
/// A path may begin with `..`, if the file is inside the root folder.
#[derive(Debug)]
pub(super) struct Upstream {
    document: PathBuf,
    folder: PathBuf,
    root: Root,
    limits: Limits,
    /// The digests of the files that were read.
    read: Mutex<BTreeMap<String, [u8; 32]>>,
}

impl Upstream {
    /// Creates the source for a document. Returns it with the path of the document in it.
    pub(super) fn new(document: &Path, reading: &Reading) -> (Self, String) {
        let folder = document.parent().unwrap_or(Path::new("")).to_owned();
        let name = document.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (document, root) = (document.to_owned(), reading.root_of(document));
        let limits = reading.limits();
        (Self { document, folder, root, limits, read: Mutex::default() }, name)
    }

    /// Sets the root folder, relative to the folder of the document.
    pub(super) fn with_root(mut self, root: Option<&str>) -> Self {
        if let Some(root) = root {
            let folder = self.folder.join(root);
            self.root = Root::new(folder).with_max_bytes(self.limits.file_bytes);
        }
        self
    }

    /// Returns the number of files that were read and their digest: the SHA-256 of the lines that
    /// `sha256sum` prints for these files, sorted by path.
    pub(super) fn digest(&self) -> (usize, String) {
        let Ok(read) = self.read.lock() else { return (0, String::new()) };
        let mut digest_of_all = Sha256::new();
        for (path, digest) in read.iter() {
            digest_of_all.update(format!("{}  {path}\n", hex(digest)));
        }
        (read.len(), hex(&digest_of_all.finalize()))
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
