//! Writes the files of a generated crate to a folder.
//!
//! A list in the folder names the generated files. Only these are ever removed, and a file that is
//! neither listed nor marked as generated is never overwritten.
//!
//! Writing is a [transaction]: one run at a time has the [lock] of the folder, and all files change or
//! none. The next run first recovers an interrupted one. All changes go through [`disk`], and all paths
//! from files in the folder are checked by [`target`].

mod disk;
mod journal;
mod lock;
mod target;
#[cfg(test)]
mod tests;
mod transaction;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use clientgen::format::{FILE_LIST, GENERATED_MARKER};

use disk::Disk;
use lock::{Lock, STATE_FOLDER};
use target::{Existing, existing, resolve};
use transaction::{Folder, Recovery};

/// The folder of a generated crate. While it is open, no other run of clientgen changes it.
#[derive(Debug)]
pub(crate) struct CrateDir {
    path: PathBuf,
    disk: Disk,
    lock: Option<Lock>,
    /// The folders that did not exist, the innermost first.
    missing: Vec<PathBuf>,
}

/// How a run uses the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Compare the files. Creates nothing, and works without write permission.
    Check,
    /// Write the files.
    Write,
}

/// The differences between the folder and a crate, as paths in the folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    pub(crate) changed: Vec<String>,
    pub(crate) missing: Vec<String>,
    pub(crate) stale: Vec<String>,
    pub(crate) unchanged: usize,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.missing.is_empty() && self.stale.is_empty()
    }
}

impl CrateDir {
    /// Opens the folder: waits for other runs, and recovers an interrupted one. Reports both through
    /// `note`.
    ///
    /// # Errors
    ///
    /// The folder cannot be created or locked, or it has state that clientgen has not written.
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
        let mut on_wait = |process: Option<u32>| {
            let process = process.map_or(String::new(), |process| format!(" (process {process})"));
            note(&format!("waiting for another run of clientgen on {}{process}", path.display()));
        };
        match Lock::take(path, &dir.disk, &mut on_wait) {
            Ok(lock) => dir.lock = Some(lock),
            // Without write permission, there is no run to wait for or to recover.
            Err(error) if access == Access::Check && is_read_only(&error) && !dir.has_state() => {
                return Ok(dir);
            }
            Err(error) => return Err(dir.failed("the folder could not be locked", &error)),
        }
        let listed = dir.listed();
        let is_ours = |file: &str| listed.contains(file) || dir.is_marked(file);
        for recovery in transaction::recover(dir.folder(), &is_ours)? {
            let outcome = match recovery {
                Recovery::Discarded => "it had changed nothing",
                Recovery::Finished => "its crate is complete now",
                Recovery::Undone => "the previous crate is restored",
            };
            note(&format!("a run of clientgen on {} was interrupted: {outcome}", path.display()));
        }
        Ok(dir)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads a file. Returns `None` if it is a symbolic link or not a regular file.
    pub(crate) fn read(&self, file: &str) -> Option<String> {
        let target = resolve(&self.path, file).ok()?;
        existing(&target).is_ok_and(|existing| existing == Existing::File).then_some(())?;
        fs::read_to_string(target).ok()
    }

    /// Returns what writing these files would change.
    pub(crate) fn compare(&self, files: &BTreeMap<String, String>) -> Result<Changes, String> {
        let listed = self.listed();
        let mut changes = Changes::default();
        for (path, text) in files {
            let target = resolve(&self.path, path)
                .map_err(|error| format!("{}: {error}", self.path.display()))?;
            match existing(&target).map_err(|error| self.failed(path, &error))? {
                Existing::Nothing => changes.missing.push(path.clone()),
                Existing::File if has_content(&target, text) => changes.unchanged += 1,
                Existing::File if listed.contains(path) || self.is_marked(path) => {
                    changes.changed.push(path.clone());
                }
                Existing::File | Existing::Other => {
                    return Err(format!(
                        "{} was not written by clientgen and is in the way: move it, or choose another folder with --output",
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

    /// Makes the changes, all or none.
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
        self.path.join(STATE_FOLDER).symlink_metadata().is_ok()
    }

    /// Returns the files of the list, without invalid paths.
    fn listed(&self) -> BTreeSet<String> {
        let list = self.read(FILE_LIST).unwrap_or_default();
        list.lines()
            .filter(|line| !line.starts_with('#') && resolve(&self.path, line).is_ok())
            .map(str::to_owned)
            .collect()
    }

    fn is_file(&self, file: &str) -> bool {
        let existing = resolve(&self.path, file).map(|target| existing(&target));
        matches!(existing, Ok(Ok(Existing::File)))
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

/// Returns whether a file has this content. Files of another length are not read.
fn has_content(file: &Path, text: &str) -> bool {
    let same_length =
        fs::metadata(file).is_ok_and(|file| file.len() == u64::try_from(text.len()).unwrap_or(0));
    same_length && fs::read(file).is_ok_and(|old| old == text.as_bytes())
}

/// Returns the first line of a file, up to 4096 bytes.
fn first_line(file: &Path) -> Option<String> {
    let mut line = Vec::new();
    BufReader::new(File::open(file).ok()?.take(4096)).read_until(b'\n', &mut line).ok()?;
    Some(String::from_utf8_lossy(&line).into_owned())
}
