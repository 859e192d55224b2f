//! Settings of snapshot files.
//!
//! This file is also a module of `generator/tests/documents`.

use std::path::Path;

/// Returns settings for snapshots in a folder, whose file names are the snapshots' names alone.
pub fn in_folder(folder: &Path) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
