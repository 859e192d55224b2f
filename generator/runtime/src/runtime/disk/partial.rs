//! Files that are not complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};

use super::stale::{self, Owner};

/// A file that is not complete. It is removed when it is dropped, unless it was renamed.
///
/// Until then, only its owner can read it. Its name contains the process that writes it, and it is
/// locked while that process has it open. So another process that writes to the same directory can
/// remove files that were left behind by a killed process.
#[derive(Debug)]
pub(crate) struct PartialFile {
    path: PathBuf,
    /// Holds the lock.
    file: File,
}

impl PartialFile {
    /// Creates an empty file next to a path, on a thread for blocking calls.
    pub(crate) async fn create(target: &Path) -> Result<(tokio::fs::File, Self), IoError> {
        let target = target.to_owned();
        // The file and the guard that removes it are created together, so that a dropped future
        // leaves no file behind.
        let create = move || Self::create_blocking(&target);
        let (file, part) = tokio::task::spawn_blocking(create).await??;
        Ok((tokio::fs::File::from_std(file), part))
    }

    /// Creates an empty file next to a path, and removes stale ones.
    pub(crate) fn create_blocking(target: &Path) -> Result<(File, Self), IoError> {
        if target.file_name().is_none() {
            return Err(IoError::from(ErrorKind::InvalidFilename));
        }
        stale::clear(directory(target));
        let (file, path) = create_new(target, true)?;
        let part = Self { path, file };
        // On file systems without locks, only the name identifies the owner.
        let _ = part.file.try_lock();
        Ok((part.file.try_clone()?, part))
    }

    /// Renames the file, replacing an existing one.
    pub(crate) fn replace(&self, target: &Path) -> Result<(), IoError> {
        self.set_usual_permissions(target)?;
        fs::rename(&self.path, target)?;
        sync_directory(target);
        Ok(())
    }

    /// Renames the file, if the name is free.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if the name is taken. Another one can then be tried.
    pub(crate) fn rename_if_free(&self, target: &Path) -> Result<(), IoError> {
        self.set_usual_permissions(target)?;
        // Creating a hard link fails atomically if the name is taken. On file systems without
        // links, the name is checked before the rename.
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

    /// Sets the permissions that a new file has in this directory.
    fn set_usual_permissions(&self, target: &Path) -> Result<(), IoError> {
        match usual_permissions(target)? {
            Some(permissions) => self.file.set_permissions(permissions),
            None => Ok(()),
        }
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        // After a rename there is nothing to remove. An error cannot be reported here.
        let _ = fs::remove_file(&self.path);
    }
}

/// Returns the permissions of a new file in this directory. They depend on the process and the
/// directory, so a sample file is created.
pub(crate) fn usual_permissions(target: &Path) -> Result<Option<Permissions>, IoError> {
    if cfg!(not(unix)) {
        return Ok(None);
    }
    let (sample, path) = create_new(target, false)?;
    let permissions = sample.metadata().map(|metadata| metadata.permissions());
    fs::remove_file(path)?;
    permissions.map(Some)
}

/// Creates a new file, whose name contains this process.
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

/// Returns the directory of a file.
fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(directory) if !directory.as_os_str().is_empty() => directory,
        Some(_) | None => Path::new("."),
    }
}

/// Syncs the directory after a rename, if the system supports it. The file was synced before.
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
    fn a_name_without_a_directory_is_in_the_current_one() {
        for (target, expected) in [("report.csv", "."), ("a/report.csv", "a"), ("/a", "/")] {
            assert_eq!(directory(Path::new(target)), Path::new(expected));
        }
    }
}
