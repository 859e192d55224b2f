//! The files of upstream's document, and which of them were read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clientgen::Source;
use sha2::{Digest as _, Sha256};

/// Files by their paths relative to the root document, which remembers what was read of them.
///
/// A file of another folder tree is found as well, by a path that begins with `..`.
#[derive(Debug)]
pub(super) struct Upstream {
    folder: PathBuf,
    /// The digest of each file that was read.
    read: Mutex<BTreeMap<String, [u8; 32]>>,
}

impl Upstream {
    /// The files around a root document, and what that is called among them.
    pub(super) fn of(root: &Path) -> (Self, String) {
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (Self { folder, read: Mutex::default() }, name)
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
        let text = std::fs::read_to_string(self.folder.join(path))?;
        if let Ok(mut read) = self.read.lock() {
            read.insert(path.to_owned(), Sha256::digest(&text).into());
        }
        Ok(text)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
