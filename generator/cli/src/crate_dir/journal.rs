//! The journal: the changes of a run, written before the first of them is made.
//!
//! A journal is in the staging folder of its run. Its file name is the phase of the run:
//!
//! | file | phase | recovery |
//! |---|---|---|
//! | none | files are prepared, nothing has changed | removes the staging folder |
//! | `commit` | prepared files are moved into place | continues |
//! | `undo` | a file could not be moved, and the old files are restored | continues |
//!
//! One rename leads from each phase to the next. Entries have numbers: `new-3` and `old-3` are the new
//! and the old file of entry 3. So no file in the staging folder has a name that is significant to
//! cargo.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::target::resolve;

/// The maximum size of a journal, which no crate reaches.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The file name of a partial journal.
const PARTIAL: &str = "journal";

/// The phase of a run with a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Commit,
    Undo,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Undo => "undo",
        }
    }
}

/// The change of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Create,
    Replace,
    Remove,
}

/// A file and its change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) action: Action,
}

/// All files that change, in the order of their changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) entries: Vec<Entry>,
}

impl Journal {
    /// Writes the journal. From now on, the changes are made even if the run is interrupted.
    pub(super) fn commit(&self, staging: &Path, disk: &Disk) -> std::io::Result<()> {
        let text = serde_json::to_vec(self)?;
        disk.write(&staging.join(PARTIAL), &text)?;
        // The prepared files must be on the disk before the journal takes effect.
        disk.sync_folder(staging)?;
        disk.rename(&staging.join(PARTIAL), &staging.join(Phase::Commit.name()))?;
        disk.sync_folder(staging)
    }

    /// Reads the journal of a run, if it has one.
    ///
    /// # Errors
    ///
    /// The journal cannot be read, or has paths that clientgen does not write.
    pub(super) fn read(root: &Path, staging: &Path) -> Result<Option<(Phase, Self)>, String> {
        let exists = |phase: &Phase| staging.join(phase.name()).symlink_metadata().is_ok();
        let Some(phase) = [Phase::Commit, Phase::Undo].into_iter().find(exists) else {
            return Ok(None);
        };
        let path = staging.join(phase.name());
        let invalid = |reason: String| {
            format!(
                "{} was not written by clientgen ({reason}), and nothing was changed: \
                 inspect it, then remove {}",
                path.display(),
                staging.display()
            )
        };
        let journal = read(&path).and_then(|journal| journal.checked(root));
        journal.map(|journal| Some((phase, journal))).map_err(invalid)
    }

    /// Checks that all paths are valid and unique.
    fn checked(self, root: &Path) -> Result<Self, String> {
        let mut paths = BTreeSet::new();
        for Entry { path, .. } in &self.entries {
            resolve(root, path)?;
            if !paths.insert(path) {
                return Err(format!("it has `{path}` twice"));
            }
        }
        Ok(self)
    }
}

fn read(path: &Path) -> Result<Journal, String> {
    if !path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Err("it is not a file".to_owned());
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Changes the phase of a run.
pub(super) fn change_phase(
    staging: &Path,
    from: Phase,
    to: Phase,
    disk: &Disk,
) -> std::io::Result<()> {
    disk.rename(&staging.join(from.name()), &staging.join(to.name()))?;
    disk.sync_folder(staging)
}

/// Returns the paths that a journal in a staging folder can have.
pub(super) fn possible_paths(staging: &Path) -> [PathBuf; 3] {
    [Phase::Commit.name(), Phase::Undo.name(), PARTIAL].map(|name| staging.join(name))
}
