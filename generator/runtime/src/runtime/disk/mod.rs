//! Atomic writes: a file is complete, or does not exist under its name.
//!
//! Takes bytes and a path. The bytes are written to a [`PartialFile`] next to the path, which is
//! renamed when it is complete and synced. The content and the choice of the name are left to
//! others.

pub(crate) mod partial;
mod stale;

use std::fs::{self, OpenOptions};
use std::io::{Error as IoError, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use partial::PartialFile;

/// The way to write to a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// By way of a partial file next to this path, which is then renamed.
    File(PathBuf),
    /// Directly, to a device, a pipe or a socket, which must not be replaced by a file.
    Device(PathBuf),
}

impl Destination {
    /// Classifies a path that the caller has chosen. A symbolic link is followed, so that its
    /// target is replaced, and not the link.
    pub(crate) fn of(path: &Path) -> Result<Self, IoError> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(IoError::from(ErrorKind::IsADirectory)),
            Ok(metadata) if !metadata.is_file() => Ok(Self::Device(path.to_owned())),
            Ok(_) if fs::symlink_metadata(path)?.is_symlink() => {
                Ok(Self::File(fs::canonicalize(path)?))
            }
            Ok(_) | Err(_) => Ok(Self::File(path.to_owned())),
        }
    }
}

/// Writes a file atomically, replacing an existing one. After an error, that one is unchanged.
///
/// # Errors
///
/// The error of the operating system.
#[allow(dead_code, reason = "only the command-line program uses it")]
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    match Destination::of(path)? {
        Destination::Device(path) => OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Destination::File(path) => {
            let (mut file, part) = PartialFile::create_blocking(&path)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            part.replace(&path)
        }
    }
}

#[cfg(test)]
mod tests;
