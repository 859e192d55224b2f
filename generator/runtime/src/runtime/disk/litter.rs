//! Parts of files that were left behind by a process that was killed.
//!
//! A part says in its name which process writes it. It is litter if that process is gone and nobody
//! holds the lock on it: a process of another container has a name that says nothing here, but its
//! lock does.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What all names of parts begin with, and end with.
const START: &str = concat!(".", env!("CARGO_PKG_NAME"), "-");
const END: &str = ".part";

/// How old a part must be where the system does not say whether its process is gone.
const OLD: Duration = Duration::from_secs(60);

/// How many directories are remembered as cleared.
const REMEMBERED: usize = 1000;

/// A process. Its number may be used again once it is gone, so it is known by its start as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) process: u32,
    /// When it started, in the system's own units, or 0 where the system does not say.
    pub(super) start: u64,
}

impl Owner {
    /// This process.
    pub(super) fn this() -> Self {
        let process = std::process::id();
        Self { process, start: start_of(process).unwrap_or_default() }
    }

    /// The name of a part that this process writes.
    pub(super) fn file_name(self, random: u64) -> String {
        format!("{START}{}-{}-{random:016x}{END}", self.process, self.start)
    }

    /// Whose part a file is, by its name.
    pub(super) fn of(file_name: &str) -> Option<Self> {
        let parts = file_name.strip_prefix(START)?.strip_suffix(END)?;
        let mut parts = parts.split('-');
        let (process, start, random) = (parts.next()?, parts.next()?, parts.next()?);
        let owner = Self { process: process.parse().ok()?, start: start.parse().ok()? };
        // What only looks alike is somebody else's file.
        let random = u64::from_str_radix(random, 16).ok()?;
        (owner.file_name(random) == file_name).then_some(owner)
    }

    /// Whether this process is gone, if the system says so.
    fn is_gone(self) -> Option<bool> {
        // A system that tells nothing of this process tells nothing of others.
        start_of(std::process::id())?;
        Some(start_of(self.process) != Some(self.start))
    }
}

/// When a process started that still runs, as Linux tells it (proc_pid_stat(5)).
fn start_of(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the name of the program, in parentheses, and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    // One that has ended and was not waited for by its parent has its files closed already.
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}

/// Removes the parts in a directory whose process is gone, once in the life of this process.
pub(super) fn clear(directory: &Path) {
    static CLEARED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
    if cleared.len() >= REMEMBERED {
        cleared.clear();
    }
    if cleared.insert(directory.to_owned()) {
        drop(cleared);
        clear_now(directory);
    }
}

/// Removes the parts in a directory whose process is gone. What cannot be removed stays.
pub(super) fn clear_now(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let owner = entry.file_name().to_str().and_then(Owner::of);
        // Neither links nor pipes are followed, opened or removed.
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if owner.is_some_and(|owner| is_file() && is_litter(owner, &entry)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_litter(owner: Owner, entry: &fs::DirEntry) -> bool {
    let is_old = || {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > OLD))
    };
    owner.is_gone().unwrap_or_else(is_old)
        && OpenOptions::new()
            .write(true)
            .open(entry.path())
            .is_ok_and(|file| file.try_lock().is_ok())
}
