//! A file that is written line by line, and may be interrupted before it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{Error as IoError, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::runtime::disk::Place;
use crate::runtime::disk::part::{sync_directory, usual_permissions};

/// What the name of a file ends with until it is complete.
const PARTIAL: &str = "partial";

/// A file that is written line by line.
///
/// Until it is complete it stands under a name of its own, as in `events.jsonl.partial`, which no
/// other file has: what was received cannot be received again, so it stays there however the program
/// ends. Only its owner can read it until then.
#[derive(Debug)]
pub(crate) struct Lines {
    file: File,
    /// Where the file is and which name it gets in the end. A device has neither.
    names: Option<(PathBuf, PathBuf)>,
    is_empty: bool,
    is_complete: bool,
}

impl Lines {
    /// Creates an empty file beside a path, or opens the device that the path names.
    pub(crate) fn create(path: &Path) -> Result<Self, IoError> {
        let (file, names) = match Place::of(path)? {
            Place::Straight(path) => (OpenOptions::new().append(true).open(path)?, None),
            Place::Beside(target) => {
                let (file, partial) = create_partial(&target)?;
                (file, Some((partial, target)))
            }
        };
        Ok(Self { file, names, is_empty: true, is_complete: false })
    }

    /// Appends a line. One that does not fit on the disk is taken back as a whole.
    pub(crate) fn append(&mut self, line: &[u8]) -> Result<(), IoError> {
        let before = self.file.metadata()?.len();
        self.file.write_all(line).inspect_err(|_| {
            // A device cannot be shortened, and has nothing that could be taken back.
            let _ = self.file.set_len(before);
        })?;
        self.is_empty = false;
        Ok(())
    }

    /// Returns where the lines are that were received, if there are any and the file is not complete.
    pub(crate) fn partial(&self) -> Option<&Path> {
        self.names.as_ref().filter(|_| !self.is_empty).map(|(partial, _)| partial.as_path())
    }

    /// Gives the file its name, over whatever has it.
    pub(crate) fn complete(&mut self) -> Result<(), IoError> {
        if let Some((partial, target)) = &self.names {
            self.file.sync_all()?;
            if let Some(permissions) = usual_permissions(target)? {
                self.file.set_permissions(permissions)?;
            }
            fs::rename(partial, target)?;
            sync_directory(target);
        }
        self.is_complete = true;
        Ok(())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let (Some((partial, _)), true, false) = (&self.names, self.is_empty, self.is_complete) {
            // Nothing was received that could be lost.
            let _ = fs::remove_file(partial);
        }
    }
}

/// Creates a file that was not there: beside earlier ones of the same name, which hold what was
/// received then.
fn create_partial(target: &Path) -> Result<(File, PathBuf), IoError> {
    let Some(name) = target.file_name() else {
        return Err(IoError::from(ErrorKind::InvalidFilename));
    };
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for number in 1_u64.. {
        let mut name = name.to_owned();
        name.push(match number {
            1 => format!(".{PARTIAL}"),
            number => format!(".{number}.{PARTIAL}"),
        });
        let path = target.with_file_name(name);
        match options.open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(IoError::from(ErrorKind::AlreadyExists))
}
