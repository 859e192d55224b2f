//! The targets of results: standard output, a file, or a directory.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::failure::{Exit, Failure};
use super::lines::Lines;
use super::screen::Screen;
use crate::runtime::disk::{self, Destination};
use crate::runtime::{Download, Error, IfExists, SaveError, check_directory};

/// The target of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    /// A file with this path.
    File(PathBuf),
    /// A directory, in which the file gets the server's name.
    Directory(PathBuf),
}

impl Target {
    /// Interprets a path. A path that does not exist is a directory if it ends with a slash, or, if
    /// `usually_directories`, if it has no extension.
    pub(super) fn new(path: &Path, usually_directories: bool) -> Self {
        let text = path.to_string_lossy();
        if text == "-" {
            Self::Stdout
        } else if text.ends_with(['/', std::path::MAIN_SEPARATOR])
            || path.is_dir()
            || (usually_directories && path.extension().is_none() && !path.is_file())
        {
            Self::Directory(path.to_owned())
        } else {
            Self::File(path.to_owned())
        }
    }

    /// Returns the directory that is written to.
    pub(super) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::Directory(path) => Some(path),
            Self::File(path) => path.parent(),
        }
    }

    /// Checks that the directory is writable, and creates it if necessary. An existing file that
    /// must not be replaced is an error.
    pub(super) async fn check(&self, if_exists: IfExists) -> Result<(), Error> {
        if let Self::File(path) = self {
            match Destination::of(path) {
                Ok(Destination::Device(_)) => return Ok(()),
                Ok(Destination::File(_))
                    if if_exists == IfExists::Fail && std::fs::symlink_metadata(path).is_ok() =>
                {
                    let error = io::Error::from(ErrorKind::AlreadyExists);
                    return Err(SaveError::new(path, error).into());
                }
                Ok(Destination::File(_)) => {}
                Err(error) => return Err(SaveError::new(path, error).into()),
            }
        }
        match self.directory() {
            Some(directory) => check_directory(directory).await,
            None => Ok(()),
        }
    }
}

/// Returns what to do if the file exists.
pub(super) fn if_exists(matches: &ArgMatches, target: &Target) -> IfExists {
    let choice = matches.try_get_one::<String>("if-exists").ok().flatten();
    match (choice.map(String::as_str), target) {
        (Some("fail"), _) => IfExists::Fail,
        (Some("replace"), _) | (None, Target::File(_)) => IfExists::Replace,
        (Some(_), _) | (None, Target::Directory(_) | Target::Stdout) => IfExists::Number,
    }
}

/// Saves a download in its target. Returns the path, unless it is standard output.
pub(super) async fn save(
    download: Download,
    target: &Target,
    if_exists: IfExists,
    screen: &std::sync::Arc<Screen>,
) -> Result<Option<PathBuf>, Error> {
    let name = match target {
        Target::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
        Target::Stdout | Target::Directory(_) => None,
    };
    let shown = name.clone().unwrap_or_else(|| download.safe_file_name());
    let saved = match target.directory() {
        Some(directory) => {
            let drawn = std::sync::Arc::clone(screen);
            let draw = move |bytes, total| drawn.bytes(&shown, bytes, total);
            let mut save = download.save_in(directory).if_exists(if_exists).on_progress(draw);
            if let Some(name) = name {
                save = save.file_name(name);
            }
            save.await.map(Some)
        }
        None => copy_to_stdout(download, screen, &shown).await.map(|()| None),
    };
    screen.clear();
    saved
}

/// Writes a download to standard output, in chunks.
async fn copy_to_stdout(mut download: Download, screen: &Screen, name: &str) -> Result<(), Error> {
    let (mut written, total) = (0, download.content_length());
    while let Some(chunk) = download.chunk().await? {
        if !print(&chunk).map_err(|error| unwritten(name, error))? {
            break;
        }
        written += chunk.len() as u64;
        screen.bytes(name, written, total);
    }
    Ok(())
}

fn unwritten(name: &str, error: io::Error) -> Error {
    SaveError::new(Path::new(name), error).into()
}

/// Writes to standard output. Returns `false` if the reader has closed it, which is not an error.
pub(super) fn print(bytes: &[u8]) -> io::Result<bool> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a complete result.
pub(super) fn write(bytes: &[u8], target: &Target) -> Result<(), Failure> {
    let written = match target {
        Target::File(path) => disk::write(path, bytes),
        Target::Stdout | Target::Directory(_) => print(bytes).map(drop),
    };
    let place = match target {
        Target::File(path) | Target::Directory(path) => path.display().to_string(),
        Target::Stdout => "standard output".to_owned(),
    };
    written.map_err(|error| {
        Failure::new(Exit::Other, format!("{place} could not be written: {error}"))
    })
}

/// The target of a result that arrives line by line.
pub(super) enum LinesTo {
    Stdout,
    File(PathBuf, Lines),
}

impl LinesTo {
    /// Opens a target.
    pub(super) fn open(target: &Target) -> Result<Self, Failure> {
        match target {
            Target::Stdout => Ok(Self::Stdout),
            Target::File(path) | Target::Directory(path) => match Lines::create(path) {
                Ok(lines) => Ok(Self::File(path.clone(), lines)),
                Err(error) => Err(unwritable(path, &error)),
            },
        }
    }

    /// Writes a line.
    pub(super) fn append(&mut self, line: &str) -> Result<(), Failure> {
        let line = format!("{line}\n");
        match self {
            Self::Stdout => write(line.as_bytes(), &Target::Stdout),
            Self::File(path, lines) => {
                lines.append(line.as_bytes()).map_err(|error| unwritable(path, &error))
            }
        }
    }

    /// Completes the file, which then gets its name.
    pub(super) fn complete(&mut self) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path, lines) => lines.complete().map_err(|error| unwritable(path, &error)),
        }
    }

    /// Adds the location of the lines that were received to a failure.
    pub(super) fn add_location(&self, failure: Failure) -> Failure {
        match self {
            Self::Stdout => failure,
            Self::File(_, lines) => match lines.partial() {
                Some(partial) => {
                    failure.hint(format!("the received lines are in {}", partial.display()))
                }
                None => failure,
            },
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Other, format!("{} could not be written: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_file_or_a_directory() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        std::fs::create_dir(path("there.d")).unwrap();
        std::fs::write(path("file"), "").unwrap();
        let cases = [
            ("there.d", Target::Directory as fn(_) -> _, Target::Directory as fn(_) -> _),
            ("new/", Target::Directory, Target::Directory),
            ("new.csv", Target::File, Target::File),
            ("new", Target::File, Target::Directory),
            ("file", Target::File, Target::File),
        ];
        for (name, for_one, for_jobs) in cases {
            assert_eq!(Target::new(&path(name), false), for_one(path(name)), "{name}");
            assert_eq!(Target::new(&path(name), true), for_jobs(path(name)), "{name}");
        }
        assert_eq!(Target::new(Path::new("-"), true), Target::Stdout);
        assert_eq!(Target::new(Path::new("a.csv"), true).directory(), Some(Path::new("")));
    }
}
