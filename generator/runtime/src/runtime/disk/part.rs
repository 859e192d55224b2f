//! A file that is not complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};

use super::litter::{self, Owner};

/// A file that is not complete. It is removed when it is dropped without a new name.
///
/// Only its owner can read it until then. Its name says which process writes it, and it is locked
/// as long as that process has it open: so the next process that writes to the same directory can
/// remove what was left behind by one that was killed.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    /// Holds the lock.
    file: File,
}

impl Part {
    /// Makes an empty file beside a path, off the thread of the caller.
    pub(crate) async fn create(target: &Path) -> Result<(tokio::fs::File, Self), IoError> {
        let target = target.to_owned();
        // Whoever is dropped while the file is being made must not leave it behind: it is made
        // together with what removes it.
        let (file, part) = tokio::task::spawn_blocking(move || Self::make(&target)).await??;
        Ok((tokio::fs::File::from_std(file), part))
    }

    /// Makes an empty file beside a path, and removes what processes have left there that are gone.
    pub(crate) fn make(target: &Path) -> Result<(File, Self), IoError> {
        if target.file_name().is_none() {
            return Err(IoError::from(ErrorKind::InvalidFilename));
        }
        litter::clear(directory(target));
        let (file, path) = create_new(target, true)?;
        let part = Self { path, file };
        // Where there are no locks, only the name says whose file it is.
        let _ = part.file.try_lock();
        Ok((part.file.try_clone()?, part))
    }

    /// Gives the file its name, over whatever has it.
    pub(crate) fn replace(&self, target: &Path) -> Result<(), IoError> {
        self.open_up(target)?;
        fs::rename(&self.path, target)?;
        sync_directory(target);
        Ok(())
    }

    /// Gives the file its name, if nothing has it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if something has the name; the part can take another one then.
    pub(crate) fn take_name(&self, target: &Path) -> Result<(), IoError> {
        self.open_up(target)?;
        // A link is made only if the name is free, and nobody can take it in between. File systems
        // without links get the next best: a look, and then the rename.
        match fs::hard_link(&self.path, target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
            Err(_) if fs::symlink_metadata(target).is_ok() => {
                return Err(IoError::from(ErrorKind::AlreadyExists));
            }
            Err(_) => fs::rename(&self.path, target)?,
        }
        sync_directory(target);
        Ok(())
    }

    /// Gives the file the mode that a new one has here.
    fn open_up(&self, target: &Path) -> Result<(), IoError> {
        match usual_permissions(target)? {
            Some(permissions) => self.file.set_permissions(permissions),
            None => Ok(()),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename there is nothing to remove, and nobody to tell if it cannot be.
        let _ = fs::remove_file(&self.path);
    }
}

/// The mode that a new file has here, where files have one. What that is depends on the process and
/// on the directory, and only a new file tells.
pub(crate) fn usual_permissions(target: &Path) -> Result<Option<Permissions>, IoError> {
    if cfg!(not(unix)) {
        return Ok(None);
    }
    let (sample, path) = create_new(target, false)?;
    let permissions = sample.metadata().map(|metadata| metadata.permissions());
    fs::remove_file(path)?;
    permissions.map(Some)
}

/// Makes a file that was not there, under a name that says whose it is.
fn create_new(target: &Path, private: bool) -> Result<(File, PathBuf), IoError> {
    loop {
        let path = target.with_file_name(Owner::this().file_name(fastrand::u64(..)));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if private {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        #[cfg(not(unix))]
        let _ = private;
        match options.open(&path) {
            Ok(file) => return Ok((file, path)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// The directory of a file.
fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        Some(_) | None => Path::new("."),
    }
}

/// Brings the new name to disk, where the system can do that. The file itself is there already.
pub(crate) fn sync_directory(target: &Path) {
    if cfg!(unix)
        && let Ok(directory) = File::open(directory(target))
    {
        let _ = directory.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_in_the_current_directory() {
        for (target, expected) in [("report.csv", "."), ("a/report.csv", "a"), ("/a", "/")] {
            assert_eq!(directory(Path::new(target)), Path::new(expected));
        }
    }
}
