//! A file that is written line by line, and may stay incomplete.

use std::fs::{self, File, OpenOptions};
use std::io::{Error as IoError, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::runtime::disk::Destination;
use crate::runtime::disk::partial::{sync_directory, usual_permissions};

/// The extension of a file until it is complete.
const PARTIAL: &str = "partial";

/// A file that is written line by line.
///
/// Until it is complete, it has a name such as `events.jsonl.partial`, and only its owner can read
/// it. The lines cannot be requested a second time, so they stay there however the program ends.
#[derive(Debug)]
pub(crate) struct Lines {
    file: File,
    /// The current path of the file and its final path. `None` for a device.
    names: Option<(PathBuf, PathBuf)>,
    is_empty: bool,
    is_complete: bool,
}

impl Lines {
    /// Creates an empty partial file next to a path, or opens the device that the path names.
    pub(crate) fn create(path: &Path) -> Result<Self, IoError> {
        let (file, names) = match Destination::of(path)? {
            Destination::Device(path) => (OpenOptions::new().append(true).open(path)?, None),
            Destination::File(target) => {
                let (file, partial) = create_partial(&target)?;
                (file, Some((partial, target)))
            }
        };
        Ok(Self { file, names, is_empty: true, is_complete: false })
    }

    /// Appends a line. If the disk is full, the incomplete line is removed.
    pub(crate) fn append(&mut self, line: &[u8]) -> Result<(), IoError> {
        let before = self.file.metadata()?.len();
        self.file.write_all(line).inspect_err(|_| {
            // A device cannot be truncated, and needs no repair.
            let _ = self.file.set_len(before);
        })?;
        self.is_empty = false;
        Ok(())
    }

    /// Returns the path of the partial file, if it has lines and is not complete.
    pub(crate) fn partial(&self) -> Option<&Path> {
        self.names.as_ref().filter(|_| !self.is_empty).map(|(partial, _)| partial.as_path())
    }

    /// Renames the file to its final path, replacing an existing file.
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
            // No line was received.
            let _ = fs::remove_file(partial);
        }
    }
}

/// Creates a new partial file. Earlier ones of the same name are kept, because they hold lines that
/// were received before.
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
