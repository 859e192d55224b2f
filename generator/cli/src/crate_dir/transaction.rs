//! Transactions: the files of a crate change together or not at all.
//!
//! New files are prepared in a staging folder, with copies of the files that they replace. Then the
//! [journal](super::journal) is written, and each file is moved into place by a rename. Each of these
//! steps is idempotent. So the next run can finish an interrupted one, and no later run sees the files
//! of two crates mixed.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use clientgen::format::FILE_LIST;

use super::disk::Disk;
use super::journal::{self, Action, Entry, Journal, Phase};
use super::lock::STATE_FOLDER;
use super::target::{Existing, existing, resolve};

/// The folder of a crate, and the disk that it is on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) root: &'a Path,
    pub(super) disk: &'a Disk,
}

/// The outcome of recovering an interrupted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// The run had not changed any file.
    Discarded,
    /// The crate of the run is complete now.
    Finished,
    /// The previous crate is restored.
    Undone,
}

/// Writes `texts` and removes `stale`, all or none.
pub(super) fn run(
    folder: Folder<'_>,
    texts: &[(&str, &str)],
    stale: &[String],
) -> Result<(), String> {
    let unchanged = |error: io::Error| {
        let root = folder.root.display();
        format!("{root}: the crate could not be written and is unchanged: {error}")
    };
    let staging = create_staging(folder).map_err(unchanged)?;
    let journal = match prepare(folder, &staging, texts, stale) {
        Ok(journal) => journal,
        Err(error) => {
            // The next run removes what remains.
            let _ = discard(folder.disk, &staging);
            return Err(unchanged(error));
        }
    };
    if let Err(error) = apply(folder, &staging, &journal) {
        journal::change_phase(&staging, Phase::Commit, Phase::Undo, folder.disk)
            .and_then(|()| undo(folder, &staging, &journal))
            .and_then(|()| finish(folder, &staging, &journal))
            .map_err(|undo_error| {
                let root = folder.root.display();
                format!(
                    "{root}: the crate could not be written ({error}), and the old one could not be \
                     restored: {undo_error}; run the command again"
                )
            })?;
        return Err(unchanged(error));
    }
    finish(folder, &staging, &journal).map_err(|error| {
        let staging = staging.display();
        format!("the crate is written, but {staging} could not be removed: {error}")
    })
}

/// Finishes or undoes interrupted runs. `is_ours` returns whether clientgen has written a file.
pub(super) fn recover(
    folder: Folder<'_>,
    is_ours: &dyn Fn(&str) -> bool,
) -> Result<Vec<Recovery>, String> {
    let failed = |error: io::Error| {
        format!("{}: an interrupted run could not be recovered: {error}", folder.root.display())
    };
    let mut recovered = Vec::new();
    for staging in staging_folders(folder.root).map_err(failed)? {
        let outcome = match Journal::read(folder.root, &staging)? {
            None => discard(folder.disk, &staging).map(|()| Recovery::Discarded),
            Some((phase, journal)) => {
                check_ownership(folder, is_ours, &staging, &journal)?;
                resume(folder, &staging, phase, &journal)
            }
        };
        recovered.push(outcome.map_err(failed)?);
    }
    Ok(recovered)
}

fn resume(
    folder: Folder<'_>,
    staging: &Path,
    phase: Phase,
    journal: &Journal,
) -> io::Result<Recovery> {
    if phase == Phase::Commit {
        if apply(folder, staging, journal).is_ok() {
            return finish(folder, staging, journal).map(|()| Recovery::Finished);
        }
        journal::change_phase(staging, Phase::Commit, Phase::Undo, folder.disk)?;
    }
    undo(folder, staging, journal)?;
    finish(folder, staging, journal).map(|()| Recovery::Undone)
}

/// Returns an error if the journal changes a file that clientgen has not written.
fn check_ownership(
    folder: Folder<'_>,
    is_ours: &dyn Fn(&str) -> bool,
    staging: &Path,
    journal: &Journal,
) -> Result<(), String> {
    // A file may be replaced by a folder for new files, which may exist already.
    let is_new_folder = |path: &str, target: &Path| {
        let below = format!("{path}/");
        target.is_dir()
            && !target.is_symlink()
            && journal.entries.iter().any(|entry| entry.path.starts_with(&below))
    };
    for Entry { path, action } in &journal.entries {
        let target = resolve(folder.root, path)?;
        let is_foreign = match existing(&target) {
            Ok(Existing::Nothing) => false,
            Ok(Existing::File) => !is_ours(path),
            Ok(Existing::Other) => *action != Action::Remove || !is_new_folder(path, &target),
            Err(_) => true,
        };
        if is_foreign {
            return Err(format!(
                "{} was not written by clientgen, but an interrupted run would change it; nothing was \
                 changed: move it, or remove {}",
                target.display(),
                staging.display()
            ));
        }
    }
    Ok(())
}

/// Creates a staging folder with a unique name.
fn create_staging(folder: Folder<'_>) -> io::Result<PathBuf> {
    let random = std::hash::RandomState::new().build_hasher().finish();
    let name = format!("{}-{random:016x}", std::process::id());
    let staging = folder.root.join(STATE_FOLDER).join(name);
    folder.disk.create_folder(&staging)?;
    Ok(staging)
}

/// Returns the staging folders of interrupted runs. The folder is locked, so no run is active.
fn staging_folders(root: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let is_staging_name = |name: &str| {
        name.split_once('-').is_some_and(|(process, random)| {
            process.parse::<u32>().is_ok()
                && random.len() == 16
                && random.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
        })
    };
    let mut folders = BTreeSet::new();
    let entries = match fs::read_dir(root.join(STATE_FOLDER)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folders),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // `file_type` does not follow symbolic links.
        if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(is_staging_name) {
            folders.insert(entry.path());
        }
    }
    Ok(folders)
}

/// Writes the new files and copies of the old ones to the staging folder, then the journal.
fn prepare(
    folder: Folder<'_>,
    staging: &Path,
    texts: &[(&str, &str)],
    stale: &[String],
) -> io::Result<Journal> {
    let mut entries = Vec::new();
    // Removals go first: a new file may need a folder in place of a removed file.
    for path in stale {
        entries.push(Entry { path: path.clone(), action: Action::Remove });
    }
    // The list goes last: until then, the old list names the files of the old crate.
    let (list, others): (Vec<_>, Vec<_>) = texts.iter().partition(|(path, _)| *path == FILE_LIST);
    for (path, text) in others.into_iter().chain(list) {
        let target = resolve(folder.root, path).map_err(io::Error::other)?;
        let action = match existing(&target)? {
            Existing::Nothing => Action::Create,
            Existing::File => Action::Replace,
            Existing::Other => return Err(io::Error::other(format!("{path} is in the way"))),
        };
        folder.disk.write(&new_path(staging, entries.len()), text.as_bytes())?;
        entries.push(Entry { path: (*path).to_owned(), action });
    }
    for (index, Entry { path, action }) in entries.iter().enumerate() {
        if *action != Action::Create {
            let target = resolve(folder.root, path).map_err(io::Error::other)?;
            folder.disk.copy(&target, &old_path(staging, index))?;
        }
    }
    let journal = Journal { entries };
    journal.commit(staging, folder.disk)?;
    Ok(journal)
}

/// Moves all prepared files into place and removes stale ones, except where that is done already.
fn apply(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    for (index, entry) in journal.entries.iter().enumerate() {
        let target = resolve(folder.root, &entry.path).map_err(io::Error::other)?;
        if entry.action == Action::Remove {
            // There may be a folder for a new file already.
            if existing(&target)? == Existing::File {
                folder.disk.remove_file(&target)?;
            }
            remove_empty_folders(folder, &entry.path);
            continue;
        }
        move_into_place(folder.disk, &new_path(staging, index), &target)?;
    }
    Ok(())
}

/// Restores all files that have changed.
fn undo(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    let targets = journal.entries.iter().map(|entry| resolve(folder.root, &entry.path));
    let targets = targets.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let entries = || journal.entries.iter().zip(&targets).enumerate();
    // Created files go first: an old file may need a folder in place of a created file.
    for (index, (Entry { path, action }, target)) in entries() {
        if *action == Action::Create {
            if existing(&new_path(staging, index))? == Existing::Nothing {
                folder.disk.remove_file(target)?;
            }
            // Folders may have been created without their file.
            remove_empty_folders(folder, path);
        }
    }
    for (index, (Entry { action, .. }, target)) in entries() {
        let has_changed = match action {
            Action::Create => false,
            Action::Replace => existing(&new_path(staging, index))? == Existing::Nothing,
            Action::Remove => existing(target)? != Existing::File,
        };
        if has_changed {
            move_into_place(folder.disk, &old_path(staging, index), target)?;
        }
    }
    Ok(())
}

/// Moves a prepared file to its target. If it does not exist, it has been moved already.
fn move_into_place(disk: &Disk, prepared: &Path, target: &Path) -> io::Result<()> {
    match existing(prepared)? {
        Existing::Nothing => return Ok(()),
        Existing::File => {}
        Existing::Other => {
            return Err(io::Error::other(format!("{} is not a file", prepared.display())));
        }
    }
    if let Some(parent) = target.parent() {
        disk.create_folders(parent)?;
    }
    disk.rename(prepared, target)
}

/// Flushes the changed folders to the disk and removes the staging folder.
fn finish(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    let targets = journal.entries.iter().filter_map(|entry| resolve(folder.root, &entry.path).ok());
    let parents: BTreeSet<PathBuf> =
        targets.filter_map(|target| target.parent().map(Path::to_owned)).collect();
    for parent in parents.iter().filter(|parent| parent.is_dir()) {
        folder.disk.sync_folder(parent)?;
    }
    discard(folder.disk, staging)
}

/// Removes the files of a run from its staging folder, and the folder if it is empty then.
fn discard(disk: &Disk, staging: &Path) -> io::Result<()> {
    // The journal goes first: without it, an interrupted run has nothing to recover.
    for path in journal::possible_paths(staging) {
        disk.remove_file(&path)?;
    }
    for entry in fs::read_dir(staging)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| {
            name.strip_prefix("new-").or_else(|| name.strip_prefix("old-"))?.parse::<usize>().ok()
        });
        if number.is_some() && !entry.file_type()?.is_dir() {
            disk.remove_file(&entry.path())?;
        }
    }
    disk.remove_if_empty(staging);
    Ok(())
}

fn remove_empty_folders(folder: Folder<'_>, path: &str) {
    let parents = Path::new(path).ancestors().skip(1);
    for parent in parents.filter(|parent| !parent.as_os_str().is_empty()) {
        folder.disk.remove_if_empty(&folder.root.join(parent));
    }
}

fn new_path(staging: &Path, index: usize) -> PathBuf {
    staging.join(format!("new-{index}"))
}

fn old_path(staging: &Path, index: usize) -> PathBuf {
    staging.join(format!("old-{index}"))
}
