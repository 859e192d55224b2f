//! The lock on the folder of a crate: one run at a time changes it.
//!
//! The lock is on the file `lock` in `.clientgen/`, the folder with the state of a run. The operating
//! system releases the lock when the process ends. The run with the lock removes the state folder at
//! the end. So a run that has waited must check that the file it has locked still exists at the path.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::target::{Existing, existing};

/// The folder with the state of a run.
pub(super) const STATE_FOLDER: &str = ".clientgen";

/// Makes git ignore the state.
const IGNORE_FILE: &str = ".gitignore";
const LOCK_FILE: &str = "lock";

/// The maximum number of attempts. One fails if another run removes the state folder meanwhile.
const MAX_ATTEMPTS: usize = 10_000;

/// The lock of a folder, until [`Lock::release`] or the end of the process.
#[derive(Debug)]
pub(super) struct Lock {
    state: PathBuf,
    file: File,
}

impl Lock {
    /// Locks a folder, which is created if it is missing. If another run has the lock, calls `on_wait`
    /// once with its process id and waits.
    pub(super) fn take(
        root: &Path,
        disk: &Disk,
        on_wait: &mut dyn FnMut(Option<u32>),
    ) -> io::Result<Self> {
        let state = root.join(STATE_FOLDER);
        let mut has_waited = false;
        for _ in 0..MAX_ATTEMPTS {
            match Self::attempt(root, &state, disk) {
                // Another run has just removed the state folder.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
                Ok(file) => {
                    let notify = |file: &File| {
                        if !std::mem::replace(&mut has_waited, true) {
                            on_wait(owner(file));
                        }
                    };
                    acquire(&file, notify)?;
                    if is_at(&file, &state.join(LOCK_FILE)) {
                        disk.overwrite(&file, std::process::id().to_string().as_bytes())?;
                        let ignore = state.join(IGNORE_FILE);
                        if existing(&ignore)? == Existing::Nothing {
                            disk.write(&ignore, b"*\n")?;
                        }
                        return Ok(Self { state, file });
                    }
                }
            }
        }
        Err(io::Error::other(format!("{} was removed by other runs too often", state.display())))
    }

    fn attempt(root: &Path, state: &Path, disk: &Disk) -> io::Result<File> {
        disk.create_folders(root)?;
        match disk.create_folder(state) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        if !fs::symlink_metadata(state)?.is_dir() {
            return Err(not_ours(state));
        }
        let lock = state.join(LOCK_FILE);
        if existing(&lock)? == Existing::Other {
            return Err(not_ours(&lock));
        }
        disk.open(&lock)
    }

    /// Removes the state folder and releases the lock.
    pub(super) fn release(self, disk: &Disk) {
        // The next run removes what remains.
        let _ = disk.remove_file(&self.state.join(IGNORE_FILE));
        let _ = disk.remove_file(&self.state.join(LOCK_FILE));
        disk.remove_if_empty(&self.state);
        drop(self.file);
    }
}

fn not_ours(path: &Path) -> io::Error {
    io::Error::other(format!(
        "{} was not created by clientgen: inspect it, then remove it",
        path.display()
    ))
}

fn acquire(file: &File, mut on_wait: impl FnMut(&File)) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) => return Ok(()),
        Err(TryLockError::WouldBlock) => on_wait(file),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            locked => return locked,
        }
    }
}

/// Returns the id of the process with the lock, if the file can be read.
fn owner(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

/// Returns whether an open file is the file at a path.
fn is_at(file: &File, path: &Path) -> bool {
    let opened = file.try_clone().and_then(same_file::Handle::from_file);
    matches!((opened, same_file::Handle::from_path(path)), (Ok(one), Ok(other)) if one == other)
}
