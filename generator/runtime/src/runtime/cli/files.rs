//! Where results go: standard output, a file, or a directory.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::failure::{Exit, Failure};
use super::lines::Lines;
use super::screen::Screen;
use crate::runtime::disk::{self, Place};
use crate::runtime::{Download, Error, IfExists, SaveError, check_directory};

/// Where a result goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Stdout,
    /// A file, under this name.
    File(PathBuf),
    /// A directory, under the name that the server gives.
    Directory(PathBuf),
}

impl Target {
    /// What a path stands for. What is not there yet is a directory if it ends with a slash, and,
    /// where directories are usual, if it has no extension.
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

    /// The directory that is written to.
    pub(super) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::Directory(path) => Some(path),
            Self::File(path) => path.parent(),
        }
    }

    /// Finds out whether the directory can be written to, and makes it if it is not there. A file
    /// that is there and is to stay is an error.
    pub(super) async fn check(&self, if_exists: IfExists) -> Result<(), Error> {
        if let Self::File(path) = self {
            match Place::of(path) {
                Ok(Place::Straight(_)) => return Ok(()),
                Ok(Place::Beside(_))
                    if if_exists == IfExists::Fail && std::fs::symlink_metadata(path).is_ok() =>
                {
                    let error = io::Error::from(ErrorKind::AlreadyExists);
                    return Err(SaveError::new(path, error).into());
                }
                Ok(Place::Beside(_)) => {}
                Err(error) => return Err(SaveError::new(path, error).into()),
            }
        }
        match self.directory() {
            Some(directory) => check_directory(directory).await,
            None => Ok(()),
        }
    }
}

/// What becomes of a file that is there already.
pub(super) fn if_exists(matches: &ArgMatches, target: &Target) -> IfExists {
    let choice = matches.try_get_one::<String>("if-exists").ok().flatten();
    match (choice.map(String::as_str), target) {
        (Some("fail"), _) => IfExists::Fail,
        (Some("replace"), _) | (None, Target::File(_)) => IfExists::Replace,
        (Some(_), _) | (None, Target::Directory(_) | Target::Stdout) => IfExists::Number,
    }
}

/// Brings a file to where it goes. Its path, if it has one.
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
        None => pour(download, screen, &shown).await.map(|()| None),
    };
    screen.clear();
    saved
}

/// Writes a file to standard output, piece by piece.
async fn pour(mut download: Download, screen: &Screen, name: &str) -> Result<(), Error> {
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

/// Writes to standard output. `false`: nobody reads it any more, which is no error.
pub(super) fn print(bytes: &[u8]) -> io::Result<bool> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a result that is there as a whole.
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

/// A result that comes line by line, and may never end.
pub(super) enum LinesTo {
    Stdout,
    File(PathBuf, Lines),
}

impl LinesTo {
    /// Opens what a target names.
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

    /// Gives the file its name.
    pub(super) fn complete(&mut self) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path, lines) => lines.complete().map_err(|error| unwritable(path, &error)),
        }
    }

    /// Adds to a failure where the lines are that came before it.
    pub(super) fn tell(&self, failure: Failure) -> Failure {
        match self {
            Self::Stdout => failure,
            Self::File(_, lines) => match lines.partial() {
                Some(partial) => {
                    failure.hint(format!("what was received is in {}", partial.display()))
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
