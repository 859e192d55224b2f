//! One run at a time works on the folder of a crate.
//!
//! The lock is on the file `lock` in `.codegen/`, the folder that a run keeps its state in while it
//! lasts. The operating system gives the lock back when a process ends, however it ends. Whoever has
//! the lock removes the folder at the end; whoever has waited for it makes sure that what is locked
//! is still the file that everybody else sees.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use fs4::TryLockError;

use super::disk::Disk;
use super::place::{Found, found};

/// The folder with the state of a run.
pub(super) const STATE: &str = ".codegen";

/// Keeps git from looking at the state.
const IGNORE: &str = ".gitignore";
const LOCK: &str = "lock";

/// So often a folder can vanish under a run before it gives up.
const ATTEMPTS: usize = 10_000;

/// The lock of a folder, until [`Lock::release`] or the end of the process.
#[derive(Debug)]
pub(super) struct Lock {
    state: PathBuf,
    file: File,
}

impl Lock {
    /// Locks a folder, and creates it if it is missing. If another run has it, `waits` is told its
    /// number, once, and the lock is waited for.
    pub(super) fn take(
        root: &Path,
        disk: &Disk,
        waits: &mut dyn FnMut(Option<u32>),
    ) -> io::Result<Self> {
        let state = root.join(STATE);
        let mut has_waited = false;
        for _ in 0..ATTEMPTS {
            match Self::attempt(root, &state, disk) {
                // The run before has removed it in this moment.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
                Ok(file) => {
                    let waiting = |file: &File| {
                        if !std::mem::replace(&mut has_waited, true) {
                            waits(process(file));
                        }
                    };
                    wait(&file, waiting)?;
                    if is_at(&file, &state.join(LOCK)) {
                        disk.overwrite(&file, std::process::id().to_string().as_bytes())?;
                        let ignore = state.join(IGNORE);
                        if found(&ignore)? == Found::Nothing {
                            disk.write(&ignore, b"*\n")?;
                        }
                        return Ok(Self { state, file });
                    }
                }
            }
        }
        Err(io::Error::other(format!("{} vanishes again and again", state.display())))
    }

    fn attempt(root: &Path, state: &Path, disk: &Disk) -> io::Result<File> {
        disk.create_folders(root)?;
        match disk.create_folder(state) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        if !fs::symlink_metadata(state)?.is_dir() {
            return Err(strange(state));
        }
        let lock = state.join(LOCK);
        if found(&lock)? == Found::Other {
            return Err(strange(&lock));
        }
        disk.open(&lock)
    }

    /// Removes the state, and then gives the lock back.
    pub(super) fn release(self, disk: &Disk) {
        // What cannot be removed now is removed by the next run.
        let _ = disk.remove_file(&self.state.join(IGNORE));
        let _ = disk.remove_file(&self.state.join(LOCK));
        disk.remove_if_empty(&self.state);
        drop(self.file);
    }
}

fn strange(path: &Path) -> io::Error {
    io::Error::other(format!(
        "{} was not made by codegen: look at what it is, and remove it",
        path.display()
    ))
}

fn wait(file: &File, mut waiting: impl FnMut(&File)) -> io::Result<()> {
    // By name, because the methods of the standard library are newer than the oldest compiler.
    match fs4::FileExt::try_lock(file) {
        Ok(()) => return Ok(()),
        Err(TryLockError::WouldBlock) => waiting(file),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    loop {
        match fs4::FileExt::lock(file) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            locked => return locked,
        }
    }
}

/// The process that has a lock, as far as it can be read.
fn process(file: &File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

/// Whether an open file is the one that a path leads to.
fn is_at(file: &File, path: &Path) -> bool {
    let opened = file.try_clone().and_then(same_file::Handle::from_file);
    matches!((opened, same_file::Handle::from_path(path)), (Ok(one), Ok(other)) if one == other)
}
