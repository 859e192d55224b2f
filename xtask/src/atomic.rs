//! Files that are there whole or as they were.

use std::fs;
use std::path::Path;

/// Writes a file beside its place and then moves it there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    fs::write(&new, text).map_err(failed)?;
    fs::rename(&new, path).map_err(failed)
}
