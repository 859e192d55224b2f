//! All changes on disk, as steps that tests can interrupt.
//!
//! All changes in the folder of a crate go through a [`Disk`]. So a test can stop a run after any step,
//! like a kill, or let one step fail, like a full disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::target::{Existing, existing};

/// Whether writes are flushed to the disk. Tests skip this: they have thousands of runs and no power
/// failures.
const SYNC: bool = cfg!(not(test));

/// Changes files. In tests, a step can fail.
#[derive(Debug, Default)]
pub(super) struct Disk {
    #[cfg(test)]
    pub(super) faults: Faults,
}

/// The steps that fail.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// The number of steps so far.
    pub(super) steps: std::cell::Cell<usize>,
    /// All steps from this one on fail, as if the process were killed.
    pub(super) stop: Option<usize>,
    /// Only this step fails.
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

    /// Creates a folder and its missing parents.
    pub(super) fn create_folders(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.step()?;
        fs::create_dir_all(path)
    }

    /// Writes a file that must not exist, and flushes it to the disk.
    pub(super) fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step()?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        self.step()?;
        file.write_all(bytes)?;
        if SYNC { file.sync_all() } else { Ok(()) }
    }

    /// Opens a file for locking. Creates it if it is missing.
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

    /// Copies a file.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::copy(from, to).map(drop)
    }

    /// Moves a file. Replaces an existing one.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        fs::rename(from, to)
    }

    /// Removes a file, if it exists.
    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        if existing(path)? == Existing::Nothing {
            return Ok(());
        }
        self.step()?;
        fs::remove_file(path)
    }

    /// Removes a folder if it is empty.
    pub(super) fn remove_if_empty(&self, path: &Path) {
        if self.step().is_ok() {
            // Fails if the folder is not empty, as intended.
            let _ = fs::remove_dir(path);
        }
    }

    /// Flushes the entries of a folder to the disk, on platforms where folders can be opened.
    pub(super) fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        if SYNC && cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}
