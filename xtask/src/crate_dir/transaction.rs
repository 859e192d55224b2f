//! How files change together: all of them, or none.
//!
//! New files are prepared in a staging folder, beside copies of those that they replace. Then the
//! [journal](super::journal) is written, and each file is put in place by a rename. Each of these
//! steps can be done again without harm. So a run that ends in the middle is finished by the next
//! one, and nobody who looks then sees files of two crates.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

use clientgen::format::FILE_LIST;

use super::disk::Disk;
use super::journal::{self, Action, Entry, Journal, State};
use super::lock::STATE;
use super::place::{Found, found, place};

/// What a transaction works on: the folder of a crate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    pub(super) root: &'a Path,
    pub(super) disk: &'a Disk,
}

/// What became of a run that had ended in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// It had changed nothing yet.
    Discarded,
    /// Its crate is complete now.
    Finished,
    /// The crate before it is back.
    Undone,
}

/// Changes files. `texts` are the new ones; `stale` are removed.
pub(super) fn run(
    folder: Folder<'_>,
    texts: &[(&str, &str)],
    stale: &[String],
) -> Result<(), String> {
    let as_it_was = |error: io::Error| {
        let root = folder.root.display();
        format!("{root}: the crate could not be written, and is as it was: {error}")
    };
    let staging = create_staging(folder).map_err(as_it_was)?;
    let prepared = prepare(folder, &staging, texts, stale);
    let journal = match prepared {
        Ok(journal) => journal,
        Err(error) => {
            // What is left of it is removed by the next run.
            let _ = discard(folder.disk, &staging);
            return Err(as_it_was(error));
        }
    };
    if let Err(error) = apply(folder, &staging, &journal) {
        journal::turn(&staging, State::Commit, State::Undo, folder.disk)
            .and_then(|()| undo(folder, &staging, &journal))
            .and_then(|()| finish(folder, &staging, &journal))
            .map_err(|again| {
                let root = folder.root.display();
                format!(
                    "{root}: the crate could not be written ({error}), nor brought back: {again}"
                )
            })?;
        return Err(as_it_was(error));
    }
    finish(folder, &staging, &journal).map_err(|error| {
        let staging = staging.display();
        format!("the crate is written, but {staging} could not be removed: {error}")
    })
}

/// Finishes what runs that have ended in the middle have begun. `is_ours` says whether a file was
/// written by codegen.
pub(super) fn recover(
    folder: Folder<'_>,
    is_ours: &dyn Fn(&str) -> bool,
) -> Result<Vec<Recovered>, String> {
    let failed = |error: io::Error| {
        format!("{}: an interrupted run could not be undone: {error}", folder.root.display())
    };
    let mut recovered = Vec::new();
    for staging in staging_folders(folder.root).map_err(failed)? {
        let outcome = match Journal::read(folder.root, &staging)? {
            None => discard(folder.disk, &staging).map(|()| Recovered::Discarded),
            Some((state, journal)) => {
                check_ownership(folder, is_ours, &staging, &journal)?;
                resume(folder, &staging, state, &journal)
            }
        };
        recovered.push(outcome.map_err(failed)?);
    }
    Ok(recovered)
}

fn resume(
    folder: Folder<'_>,
    staging: &Path,
    state: State,
    journal: &Journal,
) -> io::Result<Recovered> {
    if state == State::Commit {
        if apply(folder, staging, journal).is_ok() {
            return finish(folder, staging, journal).map(|()| Recovered::Finished);
        }
        journal::turn(staging, State::Commit, State::Undo, folder.disk)?;
    }
    undo(folder, staging, journal)?;
    finish(folder, staging, journal).map(|()| Recovered::Undone)
}

/// A journal moves nothing that somebody else has written, whatever it says.
fn check_ownership(
    folder: Folder<'_>,
    is_ours: &dyn Fn(&str) -> bool,
    staging: &Path,
    journal: &Journal,
) -> Result<(), String> {
    // A file is removed where a new one needs a folder, which may be there already.
    let is_needed = |path: &str, place: &Path| {
        let below = format!("{path}/");
        place.is_dir()
            && !place.is_symlink()
            && journal.entries.iter().any(|entry| entry.path.starts_with(&below))
    };
    for Entry { path, action } in &journal.entries {
        let place = place(folder.root, path)?;
        let is_theirs = match found(&place) {
            Ok(Found::Nothing) => false,
            Ok(Found::File) => !is_ours(path),
            Ok(Found::Other) => *action != Action::Remove || !is_needed(path, &place),
            Err(_) => true,
        };
        if is_theirs {
            return Err(format!(
                "{} was not written by codegen, but an interrupted run would change it, and nothing \
                 was changed: move it, or remove {}",
                place.display(),
                staging.display()
            ));
        }
    }
    Ok(())
}

/// A staging folder of a name that no other run has.
fn create_staging(folder: Folder<'_>) -> io::Result<PathBuf> {
    let random = std::hash::RandomState::new().build_hasher().finish();
    let name = format!("{}-{random:016x}", std::process::id());
    let staging = folder.root.join(STATE).join(name);
    folder.disk.create_folder(&staging)?;
    Ok(staging)
}

/// The staging folders of runs that are gone. While the folder is locked there are no others.
fn staging_folders(root: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let is_of_a_run = |name: &str| {
        let parts = name.split_once('-');
        parts.is_some_and(|(process, random)| {
            process.parse::<u32>().is_ok()
                && random.len() == 16
                && random.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
        })
    };
    let mut folders = BTreeSet::new();
    let entries = match fs::read_dir(root.join(STATE)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(folders),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // The type of a symbolic link is that of the link.
        if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(is_of_a_run) {
            folders.insert(entry.path());
        }
    }
    Ok(folders)
}

/// Brings everything to the disk that is needed to make the changes, and to take them back.
fn prepare(
    folder: Folder<'_>,
    staging: &Path,
    texts: &[(&str, &str)],
    stale: &[String],
) -> io::Result<Journal> {
    let mut entries = Vec::new();
    // What is removed goes first: a file may stand where a new one needs a folder.
    for path in stale {
        entries.push(Entry { path: path.clone(), action: Action::Remove });
    }
    // The list goes last: until then the one that is there says what was generated before.
    let (list, others): (Vec<_>, Vec<_>) = texts.iter().partition(|(path, _)| *path == FILE_LIST);
    for (path, text) in others.into_iter().chain(list) {
        let target = place(folder.root, path).map_err(io::Error::other)?;
        let action = match found(&target)? {
            Found::Nothing => Action::Create,
            Found::File => Action::Replace,
            Found::Other => return Err(io::Error::other(format!("{path} is in the way"))),
        };
        folder.disk.write(&new(staging, entries.len()), text.as_bytes())?;
        entries.push(Entry { path: (*path).to_owned(), action });
    }
    for (index, Entry { path, action }) in entries.iter().enumerate() {
        if *action != Action::Create {
            let target = place(folder.root, path).map_err(io::Error::other)?;
            folder.disk.copy(&target, &old(staging, index))?;
        }
    }
    let journal = Journal { entries };
    journal.commit(staging, folder.disk)?;
    Ok(journal)
}

/// Puts everything in place that is not yet.
fn apply(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    for (index, entry) in journal.entries.iter().enumerate() {
        let target = place(folder.root, &entry.path).map_err(io::Error::other)?;
        if entry.action == Action::Remove {
            // A folder may stand there already that a new file needed.
            if found(&target)? == Found::File {
                folder.disk.remove_file(&target)?;
            }
            remove_empty_folders(folder, &entry.path);
            continue;
        }
        put(folder.disk, &new(staging, index), &target)?;
    }
    Ok(())
}

/// Brings everything back that has changed.
fn undo(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    let targets = journal.entries.iter().map(|entry| place(folder.root, &entry.path));
    let targets = targets.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let entries = || journal.entries.iter().zip(&targets).enumerate();
    // What was created goes first: it may stand where an old file needs a folder.
    for (index, (Entry { path, action }, target)) in entries() {
        if *action == Action::Create {
            if found(&new(staging, index))? == Found::Nothing {
                folder.disk.remove_file(target)?;
            }
            // They may have been created for a file that did not get there.
            remove_empty_folders(folder, path);
        }
    }
    for (index, (Entry { action, .. }, target)) in entries() {
        let has_changed = match action {
            Action::Create => false,
            Action::Replace => found(&new(staging, index))? == Found::Nothing,
            Action::Remove => found(target)? != Found::File,
        };
        if has_changed {
            put(folder.disk, &old(staging, index), target)?;
        }
    }
    Ok(())
}

/// Moves a prepared file to its place. If it is gone it is there already.
fn put(disk: &Disk, prepared: &Path, target: &Path) -> io::Result<()> {
    match found(prepared)? {
        Found::Nothing => return Ok(()),
        Found::File => {}
        Found::Other => {
            return Err(io::Error::other(format!("{} is not a file", prepared.display())));
        }
    }
    if let Some(parent) = target.parent() {
        disk.create_folders(parent)?;
    }
    disk.rename(prepared, target)
}

/// Ends a transaction whose files are in place, and removes its staging folder.
fn finish(folder: Folder<'_>, staging: &Path, journal: &Journal) -> io::Result<()> {
    let places = journal.entries.iter().filter_map(|entry| place(folder.root, &entry.path).ok());
    let parents: BTreeSet<PathBuf> =
        places.filter_map(|place| place.parent().map(Path::to_owned)).collect();
    for parent in parents.iter().filter(|parent| parent.is_dir()) {
        folder.disk.sync_folder(parent)?;
    }
    discard(folder.disk, staging)
}

/// Removes a staging folder and what a run has put there. What else is in it stays.
fn discard(disk: &Disk, staging: &Path) -> io::Result<()> {
    // Without its journal it is that of a run that has nothing more to do.
    for path in journal::journals(staging) {
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

fn new(staging: &Path, index: usize) -> PathBuf {
    staging.join(format!("new-{index}"))
}

fn old(staging: &Path, index: usize) -> PathBuf {
    staging.join(format!("old-{index}"))
}
