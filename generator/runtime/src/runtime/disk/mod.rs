//! Files on disk: complete under their own name, or not there at all.
//!
//! Takes bytes and a path. Bytes go to a [`Part`] beside the path, which takes the name when it is
//! complete and on disk. What the bytes are, and which name is chosen, is left to others.

mod litter;
pub(crate) mod part;

use std::fs::{self, OpenOptions};
use std::io::{Error as IoError, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

pub(crate) use part::Part;

/// Where the bytes for a path go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// To a part beside this path, which then takes its name.
    Beside(PathBuf),
    /// Straight to what is there: a device, a pipe, a socket. It must not be replaced by a file.
    Straight(PathBuf),
}

impl Place {
    /// Finds out what a path stands for that the caller has named. Links are followed, so that the
    /// file that a link leads to is replaced, and not the link.
    pub(crate) fn of(path: &Path) -> Result<Self, IoError> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(IoError::from(ErrorKind::IsADirectory)),
            Ok(found) if !found.is_file() => Ok(Self::Straight(path.to_owned())),
            Ok(_) if fs::symlink_metadata(path)?.is_symlink() => {
                Ok(Self::Beside(fs::canonicalize(path)?))
            }
            Ok(_) | Err(_) => Ok(Self::Beside(path.to_owned())),
        }
    }
}

/// Writes a file as a whole, over whatever is there. If that fails, what was there is untouched.
///
/// # Errors
///
/// What the operating system says.
#[allow(dead_code, reason = "only the program for the command line writes what is not downloaded")]
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    match Place::of(path)? {
        Place::Straight(path) => OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Place::Beside(path) => {
            let (mut file, part) = Part::make(&path)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            part.replace(&path)
        }
    }
}

#[cfg(test)]
mod tests;
