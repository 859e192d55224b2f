//! The folder of a generated crate, and how it changes.
//!
//! A list in the folder says which files are generated. Only these are ever removed, and a file
//! that is neither listed nor marked as generated is not written over.
//!
//! Writing is a [transaction]: one run at a time has the [lock] of the folder, and the files of a crate
//! change together or not at all. What a run leaves behind that was killed is finished by the next
//! one, before it does anything else. All changes go through [`disk`], and all paths that a file in
//! the folder names through [`place`](mod@place).

mod disk;
mod journal;
mod lock;
mod place;
#[cfg(test)]
mod tests;
mod transaction;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use clientgen::format::{FILE_LIST, GENERATED_MARKER};

use disk::Disk;
use lock::{Lock, STATE};
use place::{Found, found, place};
use transaction::{Folder, Recovered};

/// The folder of a generated crate. While it is open, no other run of codegen changes it.
#[derive(Debug)]
pub(crate) struct CrateDir {
    path: PathBuf,
    disk: Disk,
    lock: Option<Lock>,
    /// The folders that were missing, the innermost first.
    missing: Vec<PathBuf>,
}

/// What a run is going to do with the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Compare it. Nothing is created, and it may be where nothing can be written.
    Check,
    /// Write it.
    Write,
}

/// What would change, as paths in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) changed: Vec<String>,
    pub(crate) missing: Vec<String>,
    pub(crate) stale: Vec<String>,
    pub(crate) same: usize,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.stale.is_empty()
    }
}

impl CrateDir {
    /// Opens the folder: waits until no other run has it, and finishes what a killed run has begun.
    /// Both are said through `note`.
    ///
    /// # Errors
    ///
    /// The folder cannot be created or locked, or has what looks like the state of a run and is not.
    pub(crate) fn open(
        path: &Path,
        access: Access,
        note: &mut dyn FnMut(&str),
    ) -> Result<Self, String> {
        Self::open_on(Disk::default(), path, access, note)
    }

    fn open_on(
        disk: Disk,
        path: &Path,
        access: Access,
        note: &mut dyn FnMut(&str),
    ) -> Result<Self, String> {
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
        let missing = path.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        let mut dir = Self { path: path.to_owned(), disk, lock: None, missing };
        if access == Access::Check && !dir.missing.is_empty() {
            return Ok(dir);
        }
        let mut waits = |process: Option<u32>| {
            let process = process.map_or(String::new(), |process| format!(" (process {process})"));
            note(&format!("waiting for another run of codegen on {}{process}", path.display()));
        };
        match Lock::take(path, &dir.disk, &mut waits) {
            Ok(lock) => dir.lock = Some(lock),
            // Where nobody can write there is nothing to wait for, nor to finish.
            Err(error) if access == Access::Check && is_read_only(&error) && !dir.has_state() => {
                return Ok(dir);
            }
            Err(error) => return Err(dir.failed("the folder could not be locked", &error)),
        }
        let listed = dir.listed();
        let is_ours = |file: &str| listed.contains(file) || dir.is_marked(file);
        for recovered in transaction::recover(dir.folder(), &is_ours)? {
            let what = match recovered {
                Recovered::Discarded => "it had changed nothing",
                Recovered::Finished => "its crate is complete now",
                Recovered::Undone => "the crate before it is back",
            };
            note(&format!("a run of codegen on {} was interrupted: {what}", path.display()));
        }
        Ok(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a file, unless it is a link or anything else that codegen has not written.
    pub(crate) fn read(&self, file: &str) -> Option<String> {
        let place = place(&self.path, file).ok()?;
        found(&place).is_ok_and(|found| found == Found::File).then_some(())?;
        fs::read_to_string(place).ok()
    }

    /// What writing these files would change. Nothing is touched.
    pub(crate) fn compare(&self, files: &BTreeMap<String, String>) -> Result<Changes, String> {
        let listed = self.listed();
        let mut changes = Changes::default();
        for (path, text) in files {
            let target = place(&self.path, path)
                .map_err(|error| format!("{}: {error}", self.path.display()))?;
            let found = found(&target).map_err(|error| self.failed(path, &error))?;
            match found {
                Found::Nothing => changes.missing.push(path.clone()),
                Found::File if is_text_of(&target, text) => changes.same += 1,
                Found::File if listed.contains(path) || self.is_marked(path) => {
                    changes.changed.push(path.clone());
                }
                Found::File | Found::Other => {
                    return Err(format!(
                        "{} was not written by codegen and is in the way: move it, or choose another folder with --out",
                        target.display()
                    ));
                }
            }
        }
        changes.stale = listed
            .into_iter()
            .filter(|path| !files.contains_key(path))
            .filter(|path| self.is_file(path))
            .collect();
        Ok(changes)
    }

    /// Makes the changes, all of them or none.
    pub(crate) fn write(
        &self,
        files: &BTreeMap<String, String>,
        changes: &Changes,
    ) -> Result<(), String> {
        if changes.is_empty() {
            return Ok(());
        }
        let written: Vec<(&str, &str)> = changes
            .changed
            .iter()
            .chain(&changes.missing)
            .filter_map(|path| Some((path.as_str(), files.get(path)?.as_str())))
            .collect();
        transaction::run(self.folder(), &written, &changes.stale)
    }

    fn folder(&self) -> Folder<'_> {
        Folder { root: &self.path, disk: &self.disk }
    }

    fn failed(&self, what: &str, error: &io::Error) -> String {
        format!("{}: {what}: {error}", self.path.display())
    }

    fn has_state(&self) -> bool {
        self.path.join(STATE).symlink_metadata().is_ok()
    }

    /// The files of the list, without lines that name no place in the folder.
    fn listed(&self) -> BTreeSet<String> {
        let list = self.read(FILE_LIST).unwrap_or_default();
        list.lines()
            .filter(|line| !line.starts_with('#') && place(&self.path, line).is_ok())
            .map(str::to_owned)
            .collect()
    }

    fn is_file(&self, file: &str) -> bool {
        let found = place(&self.path, file).map(|place| found(&place));
        matches!(found, Ok(Ok(Found::File)))
    }

    fn is_marked(&self, file: &str) -> bool {
        self.is_file(file)
            && first_line(&self.path.join(file)).is_some_and(|line| line.contains(GENERATED_MARKER))
    }
}

impl Drop for CrateDir {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            lock.release(&self.disk);
            self.missing.iter().for_each(|folder| self.disk.remove_if_empty(folder));
        }
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Whether a file holds this text. It is read only if its length is that of the text.
fn is_text_of(file: &Path, text: &str) -> bool {
    let same_length =
        fs::metadata(file).is_ok_and(|file| file.len() == u64::try_from(text.len()).unwrap_or(0));
    same_length && fs::read(file).is_ok_and(|old| old == text.as_bytes())
}

/// The first line of a file, or its beginning.
fn first_line(file: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(file).ok()?.take(4096)).read_until(b'\n', &mut line).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}
