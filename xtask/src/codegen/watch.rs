//! `cargo xtask codegen --watch`: the crate as it becomes while its document is written.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use clientgen::{Config, Generation, Source};
use notify::{Event, RecursiveMode, Watcher};

use super::{Arguments, difference, files, inputs, label, open, out, report};
use crate::crate_dir::{Access, CrateDir};
use crate::root;
use crate::terminal::{note, say};

/// Editors write a file in several steps. What comes within this time is one change.
const SETTLE: Duration = Duration::from_millis(100);

/// By how much the time of a file can lag behind the clock.
const CLOCK: Duration = Duration::from_millis(20);

type Events = Receiver<notify::Result<Event>>;

/// Writes the crate, and again with each change of what was read, for ever.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let failed = |error: notify::Error| format!("files cannot be watched: {error}");
    let (sender, events) = channel();
    let mut watcher = notify::recommended_watcher(sender).map_err(failed)?;
    let mut watched = BTreeSet::new();
    loop {
        let begun = SystemTime::now() - CLOCK;
        let (read, outcome) = once(arguments);
        for folder in read.iter().filter_map(|path| path.parent()) {
            // A folder that is not there is told by the document that names it.
            if !watched.contains(folder)
                && watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()
            {
                watched.insert(folder.to_owned());
            }
        }
        // What has changed before it was watched tells nobody.
        let modified = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
        if read.iter().filter_map(modified).any(|modified| modified >= begun) {
            continue;
        }
        match outcome {
            Ok(out) => say!("{out} is up to date"),
            // It may be right again with the next change.
            Err(message) => note!("error: {message}"),
        }
        if !wait(&events, &read) {
            return Err("files are not watched any more".to_owned());
        }
    }
}

/// Writes the crate and prints what has changed in it. Returns the files that were read, and the
/// folder of the crate as people call it.
fn once(arguments: &Arguments) -> (BTreeSet<PathBuf>, Result<String, String>) {
    let root = root();
    let out = out(arguments, &root);
    let (source, config) = inputs(arguments, &root);
    let dir = open(&out, arguments);
    let (generation, written) = update(dir, &source, &config);
    report(&generation, arguments);
    let written = written.map(|lines| {
        lines.iter().for_each(|line| say!("{line}"));
        label(&out, &root)
    });
    (source.into_read(), written)
}

/// Writes the crate of a document into a folder, as `--watch` does after each change, and returns
/// what it prints.
///
/// # Errors
///
/// Returns why nothing was written: the folder cannot be opened, or the document has errors.
pub fn write(out: &Path, source: &dyn Source, config: &Config) -> Result<Vec<String>, String> {
    update(CrateDir::open(out, Access::Write, &mut |_| {}), source, config).1
}

/// Generates the crate, writes it if it can be written, and returns what has changed in it.
fn update(
    dir: Result<CrateDir, String>,
    source: &dyn Source,
    config: &Config,
) -> (Generation, Result<Vec<String>, String>) {
    let generation = clientgen::generate(source, config);
    let written = dir.and_then(|dir| {
        let files = files(&generation)?;
        let changes = dir.compare(files)?;
        let different: Vec<String> =
            changes.changed.iter().map(|path| difference(&dir, path, files)).collect();
        dir.write(files, &changes)?;
        let kinds = [("new", &changes.missing), ("removed", &changes.stale)];
        let lists = kinds
            .iter()
            .flat_map(|(what, paths)| paths.iter().map(move |path| format!("{what:8} {path}")));
        Ok(lists.chain(different).collect())
    });
    (generation, written)
}

/// Waits until one of some files changes. `false`: nothing will come any more.
fn wait(events: &Events, files: &BTreeSet<PathBuf>) -> bool {
    let concerns = |event: &Event| {
        let is_change = !event.kind.is_access();
        is_change && event.paths.iter().any(|path| is_among(path, files))
    };
    loop {
        match events.recv() {
            Err(_) => return false,
            Ok(Err(_)) => {}
            Ok(Ok(event)) if concerns(&event) => break,
            Ok(Ok(_)) => {}
        }
    }
    while events.recv_timeout(SETTLE).is_ok() {}
    true
}

/// Whether a path is one of some files, by whatever way it leads there.
fn is_among(path: &Path, files: &BTreeSet<PathBuf>) -> bool {
    let same = |file: &PathBuf| {
        file.file_name() == path.file_name()
            && file.parent().and_then(|folder| folder.canonicalize().ok())
                == path.parent().and_then(|folder| folder.canonicalize().ok())
    };
    files.contains(path) || files.iter().any(same)
}
