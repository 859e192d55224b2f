//! Removes partial files that were left behind by a process that was killed.
//!
//! The name of a partial file contains the process that writes it. It is stale if that process is
//! gone and the file is not locked. The process id of another container has no meaning here, but
//! its lock does.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The prefix and the suffix of the names of partial files.
const START: &str = concat!(".", env!("CARGO_PKG_NAME"), "-");
const END: &str = ".part";

/// The minimum age of a stale file if the system cannot tell whether its process is gone.
const MIN_AGE: Duration = Duration::from_secs(60);

/// The maximum number of directories that are remembered as cleared.
const MAX_REMEMBERED: usize = 1000;

/// A process. Process ids are reused, so it is identified by its start time as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) process: u32,
    /// The start time in the system's own units, or 0 if it is unknown.
    pub(super) start: u64,
}

impl Owner {
    /// Returns this process.
    pub(super) fn this() -> Self {
        let process = std::process::id();
        Self { process, start: start_of(process).unwrap_or_default() }
    }

    /// Returns the name of a partial file of this process.
    pub(super) fn file_name(self, random: u64) -> String {
        format!("{START}{}-{}-{random:016x}{END}", self.process, self.start)
    }

    /// Parses the name of a partial file.
    pub(super) fn of(file_name: &str) -> Option<Self> {
        let parts = file_name.strip_prefix(START)?.strip_suffix(END)?;
        let mut parts = parts.split('-');
        let (process, start, random) = (parts.next()?, parts.next()?, parts.next()?);
        let owner = Self { process: process.parse().ok()?, start: start.parse().ok()? };
        // A file with a similar name is not a partial file.
        let random = u64::from_str_radix(random, 16).ok()?;
        (owner.file_name(random) == file_name).then_some(owner)
    }

    /// Returns whether this process is gone, if the system can tell.
    fn is_gone(self) -> Option<bool> {
        // If this process is not visible in /proc, others are not either.
        start_of(std::process::id())?;
        Some(start_of(self.process) != Some(self.start))
    }
}

/// Returns the start time of a running process, on Linux (proc_pid_stat(5)).
fn start_of(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may contain any character.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    // A zombie process has closed its files.
    if matches!(state, "Z" | "X") { None } else { fields.nth(18)?.parse().ok() }
}

/// Removes stale partial files from a directory, once per run of this process.
pub(super) fn clear(directory: &Path) {
    static CLEARED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
    if cleared.len() >= MAX_REMEMBERED {
        cleared.clear();
    }
    if cleared.insert(directory.to_owned()) {
        drop(cleared);
        clear_now(directory);
    }
}

/// Removes stale partial files from a directory. Errors are ignored.
pub(super) fn clear_now(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let owner = entry.file_name().to_str().and_then(Owner::of);
        // Links and pipes are neither followed, opened nor removed.
        let is_file = || entry.file_type().is_ok_and(|kind| kind.is_file());
        if owner.is_some_and(|owner| is_file() && is_stale(owner, &entry)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_stale(owner: Owner, entry: &fs::DirEntry) -> bool {
    let is_old = || {
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        modified.is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age > MIN_AGE))
    };
    owner.is_gone().unwrap_or_else(is_old)
        && OpenOptions::new()
            .write(true)
            .open(entry.path())
            .is_ok_and(|file| file.try_lock().is_ok())
}
