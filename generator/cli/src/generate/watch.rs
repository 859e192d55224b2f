//! `clientgen watch`: writes crates again whenever one of their source files changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use clientgen::{Config, Generation, Source};
use notify::{Event, RecursiveMode, Watcher};

use super::{ClientArguments, Job, diff, files};
use crate::crate_dir::{Access, CrateDir};
use crate::invocation::Invocation;
use crate::report::Reporter;
use crate::terminal::{note, output};

/// Events within this time count as one change, because editors save a file in several steps.
const DEBOUNCE: Duration = Duration::from_millis(100);

/// The maximum difference between the clock and the modification times of the file system.
const CLOCK_TOLERANCE: Duration = Duration::from_millis(20);

type Events = Receiver<notify::Result<Event>>;

/// Writes the crates, and again after each change, until watching fails.
pub(super) fn run(
    arguments: &ClientArguments,
    invocation: &Invocation,
) -> Result<ExitCode, String> {
    let failed = |error: notify::Error| format!("files cannot be watched: {error}");
    let (sender, events) = channel();
    let mut watcher = notify::recommended_watcher(sender).map_err(failed)?;
    let mut watched = BTreeSet::new();
    let mut known = Read::new();
    let mut times = BTreeMap::new();
    loop {
        let start = SystemTime::now() - CLOCK_TOLERANCE;
        let (read, outcomes) = match write_all(arguments, invocation) {
            Ok(written) => written,
            Err(message) if known.is_empty() => return Err(message),
            // The configuration is missing for a moment while it is replaced.
            Err(message) => (known, vec![Err(message)]),
        };
        for folder in read.iter().filter_map(|path| path.parent()) {
            // A missing folder is reported as an unresolved reference.
            if !watched.contains(folder)
                && watcher.watch(folder, RecursiveMode::NonRecursive).is_ok()
            {
                watched.insert(folder.to_owned());
            }
        }
        // A change between reading and watching causes no event. A file whose time is in the future is read
        // again once, and not forever.
        let recent = modified_since(start, &read);
        if recent.iter().any(|(path, time)| times.get(path) != Some(time)) {
            times.extend(recent);
            known = read;
            continue;
        }
        for outcome in outcomes {
            match outcome {
                Ok(_) if arguments.is_silent() => {}
                Ok(out) => output!("{out} is up to date"),
                // The next change may correct the error.
                Err(message) => note!("error: {message}"),
            }
        }
        if !wait(&events, &read) {
            return Err("files are no longer watched".to_owned());
        }
        known = read;
    }
}

/// Returns the files that were modified at or after a time, with their times.
fn modified_since(start: SystemTime, files: &Read) -> BTreeMap<PathBuf, SystemTime> {
    let modified = |path: &PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    let times = files.iter().filter_map(|path| Some((path.clone(), modified(path)?)));
    times.filter(|(_, time)| *time >= start).collect()
}

/// The files that were read.
type Read = BTreeSet<PathBuf>;

/// Writes the crates and shows the differences. Returns the files that were read, and the label of each
/// crate's folder.
///
/// # Errors
///
/// Returns an error if the clients are unknown and there is no file to wait for.
fn write_all(
    arguments: &ClientArguments,
    invocation: &Invocation,
) -> Result<(Read, Vec<Result<String, String>>), String> {
    let file = crate::project::file(invocation);
    let mut read: Read = file.into_iter().collect();
    let project = match arguments.project(invocation) {
        Ok(project) => project,
        Err(message) if read.is_empty() => return Err(message),
        Err(message) => return Ok((read, vec![Err(message)])),
    };
    let reporter = &Reporter::new(arguments.format);
    let outcomes = project.clients.iter().map(|client| {
        let (files, outcome) =
            write_once(&Job { arguments, invocation, project: &project, client, reporter });
        read.extend(files);
        read.extend(client.package.license_file.clone());
        outcome
    });
    let outcomes = outcomes.collect();
    reporter.finish();
    Ok((read, outcomes))
}

/// Writes the crate of a client and shows the differences.
fn write_once(job: &Job<'_>) -> (Read, Result<String, String>) {
    let dir = job.open(Access::Write);
    let (source, config) = match job.inputs() {
        Ok(inputs) => inputs,
        Err(message) => return (Read::new(), Err(message)),
    };
    let (generation, written) = update(dir, &source, &config);
    job.arguments.report(&generation, job.reporter);
    let written = written.map_err(|error| format!("{}: {error}", job.label())).map(|lines| {
        if !job.arguments.is_silent() {
            lines.iter().for_each(|line| output!("{line}"));
        }
        job.label()
    });
    (source.into_read(), written)
}

/// Writes the crate of a document to a folder, as `watch` does after each change, and returns the lines
/// that it prints.
///
/// # Errors
///
/// The folder cannot be opened, or the document has errors.
pub fn write(out: &Path, source: &dyn Source, config: &Config) -> Result<Vec<String>, String> {
    update(CrateDir::open(out, Access::Write, &mut |_| {}), source, config).1
}

/// Generates the crate, writes it if there are no errors, and returns the changes.
fn update(
    dir: Result<CrateDir, String>,
    source: &dyn Source,
    config: &Config,
) -> (Generation, Result<Vec<String>, String>) {
    let generation = clientgen::generate(source, config);
    let written = dir.and_then(|dir| {
        let files = files(&generation)
            .map_err(|errors| format!("nothing was written because of {errors}"))?;
        let changes = dir.compare(files)?;
        let diffs: Vec<String> =
            changes.changed.iter().map(|path| diff(&dir, path, files)).collect();
        dir.write(files, &changes)?;
        let states = [("added", &changes.missing), ("removed", &changes.stale)];
        let lists = states
            .iter()
            .flat_map(|(state, paths)| paths.iter().map(move |path| format!("{state:8} {path}")));
        Ok(lists.chain(diffs).collect())
    });
    (generation, written)
}

/// Waits until one of the files changes. Returns whether watching can go on.
fn wait(events: &Events, files: &BTreeSet<PathBuf>) -> bool {
    let is_relevant = |event: &Event| {
        let is_change = !event.kind.is_access();
        is_change && event.paths.iter().any(|path| is_among(path, files))
    };
    loop {
        match events.recv() {
            Err(_) => return false,
            Ok(Err(_)) => {}
            Ok(Ok(event)) if is_relevant(&event) => break,
            Ok(Ok(_)) => {}
        }
    }
    while events.recv_timeout(DEBOUNCE).is_ok() {}
    true
}

/// Returns whether a path is one of the files, after symbolic links are resolved.
fn is_among(path: &Path, files: &BTreeSet<PathBuf>) -> bool {
    let same = |file: &PathBuf| {
        file.file_name() == path.file_name()
            && file.parent().and_then(|folder| folder.canonicalize().ok())
                == path.parent().and_then(|folder| folder.canonicalize().ok())
    };
    files.contains(path) || files.iter().any(same)
}
