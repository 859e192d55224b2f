//! What a run is about to change, as it is written down before it changes anything.
//!
//! A journal lies in the staging folder of its run. Its name says how far the run is:
//!
//! | file | what it says | what recovery does |
//! |---|---|---|
//! | none | the run prepares, nothing has changed | it removes the staging folder |
//! | `commit` | all is prepared, and files are being put in place | it goes on with that |
//! | `undo` | a file could not be put in place, and the old ones come back | it goes on with that |
//!
//! One rename leads from each state to the next. The entries have numbers: `new-3` and `old-3` are
//! what entry 3 puts in place and what was there before. So nothing in the staging folder has a name
//! that means something to cargo.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::place::place;

/// More bytes than the journal of any crate has.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The name of a journal that is not complete.
const PART: &str = "journal";

/// How far a run is that has a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Commit,
    Undo,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Undo => "undo",
        }
    }
}

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Action {
    Create,
    Replace,
    Remove,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) action: Action,
}

/// All files that change, in the order in which they do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    pub(super) entries: Vec<Entry>,
}

impl Journal {
    /// Writes the journal down: from here on the changes will be made.
    pub(super) fn commit(&self, staging: &Path, disk: &Disk) -> std::io::Result<()> {
        let text = serde_json::to_vec(self)?;
        disk.write(&staging.join(PART), &text)?;
        // What the journal promises must be on the disk before it is.
        disk.sync_folder(staging)?;
        disk.rename(&staging.join(PART), &staging.join(State::Commit.name()))?;
        disk.sync_folder(staging)
    }

    /// Reads the journal of a run, if it has got so far.
    ///
    /// # Errors
    ///
    /// It cannot be read, or names what no run of codegen would.
    pub(super) fn read(root: &Path, staging: &Path) -> Result<Option<(State, Self)>, String> {
        let is_there = |state: &State| staging.join(state.name()).symlink_metadata().is_ok();
        let Some(state) = [State::Commit, State::Undo].into_iter().find(is_there) else {
            return Ok(None);
        };
        let path = staging.join(state.name());
        let strange = |why: String| {
            format!(
                "{} was not written by codegen ({why}), and nothing was changed: \
                 look at what it is, and remove {}",
                path.display(),
                staging.display()
            )
        };
        let journal = read(&path).and_then(|journal| journal.checked(root));
        journal.map(|journal| Some((state, journal))).map_err(strange)
    }

    fn checked(self, root: &Path) -> Result<Self, String> {
        let mut paths = BTreeSet::new();
        for Entry { path, .. } in &self.entries {
            place(root, path)?;
            if !paths.insert(path) {
                return Err(format!("`{path}` stands in it twice"));
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
    file.take(LONGEST).read_to_string(&mut text).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Goes from a state to the next one.
pub(super) fn turn(staging: &Path, from: State, to: State, disk: &Disk) -> std::io::Result<()> {
    disk.rename(&staging.join(from.name()), &staging.join(to.name()))?;
    disk.sync_folder(staging)
}

/// The files of a staging folder that belong to no entry.
pub(super) fn journals(staging: &Path) -> [PathBuf; 3] {
    [State::Commit.name(), State::Undo.name(), PART].map(|name| staging.join(name))
}
