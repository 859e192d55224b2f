//! Every change on disk, one step for each.
//!
//! Whoever changes something in the folder of a crate does it through a [`Disk`]. So a test can stop
//! a run after any step, as a kill does, or let one step fail, as a full disk does.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::place::{Found, found};

/// Whether files are waited for until they are on the disk. Tests of thousands of runs, none of which
/// ends with a power cut, do not.
const SYNCS: bool = cfg!(not(test));

/// What changes files. In tests it can stop or fail.
#[derive(Debug, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) faults: Faults,
}

/// The step that fails.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The steps that were begun.
    pub(super) steps: std::cell::Cell<usize>,
    /// Nothing works from this step on: the process is gone.
    pub(super) stop: Option<usize>,
    /// This step does not work, and what comes after it does.
    pub(super) fail: Option<usize>,
}

impl Disk {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "tests let it fail")]
    fn step(&self) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn step(&self) -> io::Result<()> {
        let step = self.faults.steps.get();
        self.faults.steps.set(step + 1);
        if self.faults.stop.is_some_and(|stop| step >= stop) || self.faults.fail == Some(step) {
            return Err(io::Error::other(format!("step {step} fails")));
        }
        Ok(())
    }

    /// Creates a folder that must not exist.
    pub(super) fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        fs::create_dir(path)
    }

    /// Creates a folder and those above it, as far as they are missing.
    pub(super) fn create_folders(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.step()?;
        fs::create_dir_all(path)
    }

    /// Writes a file that must not exist, down to the disk.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        self.step()?;
        file.write_all(bytes)?;
        if SYNCS { file.sync_all() } else { Ok(()) }
    }

    /// Opens a file to lock it, and creates it if it is missing.
    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        self.step()?;
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    }

    /// Replaces the content of an open file.
    pub(super) fn overwrite(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        file.set_len(0)?;
        file.write_all(bytes)
    }

    /// Copies a file to a place where there is none.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::copy(from, to).map(drop)
    }

    /// Moves a file. A file that is there already is replaced.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::rename(from, to)
    }

    /// Removes a file. It may be gone already.
    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        if found(path)? == Found::Nothing {
            return Ok(());
        }
        self.step()?;
        fs::remove_file(path)
    }

    /// Removes a folder that is empty, and leaves any other alone.
    pub(super) fn remove_if_empty(&self, path: &Path) {
        if self.step().is_ok() {
            // A folder that is not empty stays: removing it fails, and should.
            let _ = fs::remove_dir(path);
        }
    }

    /// Brings the names in a folder down to the disk, where folders can be opened.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        if SYNCS && cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}
