//! Files that a test writes for cargo, which recompiles whatever has a newer modification time.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes a file if its content changes, so that cargo recompiles only what differs.
///
/// # Panics
///
/// The file cannot be written.
pub fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder")).unwrap();
    fs::write(path, text).unwrap();
}

/// Returns all files below a folder, or none if it does not exist.
///
/// # Panics
///
/// The folder cannot be read.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
