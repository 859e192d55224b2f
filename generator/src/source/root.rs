//! Confines the files that a document may read to regular files below a root folder.
//!
//! Takes a path and returns the text of the file, or a [`Refusal`]. Symbolic links are resolved before
//! the check, and the check applies to the opened file, so that a file replaced in between is not read.

use std::error::Error;
use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::limits::Limits;

/// The reason why a file must not be read. Contains nothing of the file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code of the diagnostic.
    pub code: &'static str,
    /// The description of the problem.
    pub message: String,
    /// The setting or change that would allow it.
    pub help: String,
}

impl Refusal {
    fn error(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> io::Error {
        let refused = Self { code, message: message.into(), help: help.into() };
        io::Error::new(io::ErrorKind::PermissionDenied, refused)
    }

    /// Creates the error for a file that exceeds a limit.
    pub(super) fn exceeded(name: &str, limit: u64, message: String) -> io::Error {
        Self::error(Limits::CODE, message, Limits::help(name, limit))
    }

    /// Creates the error for a file that is larger than a limit.
    pub(super) fn too_large(file: &str, max_bytes: u64) -> io::Error {
        let message = format!("`{file}` has more than {max_bytes} bytes");
        Self::exceeded("file-bytes", max_bytes, message)
    }

    /// Returns the refusal that an error of a [`Source`](super::Source) wraps, if it is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refusal {}

/// A folder that the references of a document cannot leave.
#[derive(Debug, Clone)]
pub struct Root {
    folder: PathBuf,
    max_bytes: u64,
    setting: fn(&str) -> String,
}

impl Root {
    /// Confines references to a folder and its subfolders.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        // The parent of a bare file name is the current directory.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let setting = |folder: &str| format!("--root {folder}");
        Self { folder, max_bytes: Limits::default().file_bytes, setting }
    }

    /// Sets what the help of a [`Refusal`] tells the user to write for another root folder. Defaults to the option
    /// `--root`.
    #[must_use]
    pub fn with_setting(mut self, setting: fn(&str) -> String) -> Self {
        self.setting = setting;
        self
    }

    /// Sets the maximum size of a file, in bytes. Defaults to [`Limits::file_bytes`].
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Reads a file by its path relative to a folder.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or is not UTF-8. The error wraps a [`Refusal`] if the
    /// path is absolute, or the file is outside the root after symbolic links are resolved, is not a
    /// regular file or is too large.
    pub fn read(&self, folder: &Path, path: &Path) -> io::Result<String> {
        let is_root = |component| matches!(component, Component::Prefix(_) | Component::RootDir);
        if path.components().any(is_root) {
            let message = format!("the path `{}` is absolute", path.display());
            let help = "write it relative to the file that refers to it";
            return Err(Refusal::error("outside-root", message, help));
        }
        let root = self.folder.canonicalize()?;
        let file = folder.join(path);
        let target = match file.canonicalize() {
            Ok(target) => target,
            // A reference must not reveal whether a file outside the root exists.
            Err(error) => match lexical(&file) {
                Some(target) if !target.starts_with(&root) && !self.is_below(&target) => target,
                Some(_) | None => return Err(error),
            },
        };
        if !target.starts_with(&root) {
            return Err(self.outside(path, &root, &target));
        }
        let opened = open(&target, path)?;
        // A link may have been replaced since the check.
        if !still_resolves_to(&opened, &file, &target)? {
            let message = format!("`{}` was replaced while it was read", path.display());
            return Err(Refusal::error("irregular-file", message, "run the command again"));
        }
        read_text(opened, path, self.max_bytes)
    }

    /// Returns whether a path that cannot be resolved is below the root, without resolving links.
    fn is_below(&self, target: &Path) -> bool {
        lexical(&self.folder).is_some_and(|root| target.starts_with(root))
    }

    fn outside(&self, path: &Path, root: &Path, target: &Path) -> io::Error {
        let common: PathBuf = root
            .components()
            .zip(target.components())
            .take_while(|(one, other)| one == other)
            .map(|(one, _)| one)
            .collect();
        let message = format!(
            "`{}` is outside the folder `{}`, which references cannot leave",
            path.display(),
            displayed(root)
        );
        let help = format!(
            "if the document may read it, set the root to a common folder: `{}`",
            (self.setting)(&displayed(&common))
        );
        Refusal::error("outside-root", message, help)
    }
}

/// Reads a file that the user named on the command line, which no root confines.
///
/// # Errors
///
/// Returns an error if the file cannot be read or is not UTF-8. The error wraps a [`Refusal`] if the
/// file is not a regular file or has more than `max_bytes` bytes.
pub fn read_named(file: &Path, max_bytes: u64) -> io::Result<String> {
    read_text(open(file, file)?, file, max_bytes)
}

/// Opens a regular file. Never blocks on a pipe or a device, even if one replaces the file between the
/// check and the opening.
fn open(file: &Path, name: &Path) -> io::Result<File> {
    ensure_regular(&fs::metadata(file)?, name)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let opened = options.open(file)?;
    ensure_regular(&opened.metadata()?, name)?;
    Ok(opened)
}

fn ensure_regular(metadata: &Metadata, name: &Path) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let file_type = if metadata.is_dir() { "a folder" } else { "a device, a pipe or a socket" };
    let message = format!("`{}` is {file_type}, not a regular file", name.display());
    let help = "save the content in a regular file, and refer to that";
    Err(Refusal::error("irregular-file", message, help))
}

/// Returns whether a path still resolves to the opened file.
fn still_resolves_to(opened: &File, file: &Path, target: &Path) -> io::Result<bool> {
    let now = file.canonicalize()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let (one, other) = (opened.metadata()?, fs::metadata(&now)?);
        Ok(now == target && (one.dev(), one.ino()) == (other.dev(), other.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = opened;
        Ok(now == target)
    }
}

/// Reads a file to its end. The limit applies to the bytes read, which may be more than the metadata
/// state.
fn read_text(file: File, name: &Path, max_bytes: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file.metadata()?.len() <= max_bytes {
        file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= max_bytes {
            return String::from_utf8(bytes).map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8 text")
            });
        }
    }
    Err(Refusal::too_large(&name.display().to_string(), max_bytes))
}

/// Returns the absolute path without `.` and `..`, without reading the file system.
fn lexical(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let mut normalized = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::ParentDir => drop(normalized.pop()),
            Component::CurDir => {}
            component => normalized.push(component),
        }
    }
    Some(normalized)
}

/// Returns a resolved folder as a user can type it: relative to the current directory if one contains
/// the other.
fn displayed(folder: &Path) -> String {
    let current = std::env::current_dir().and_then(|path| path.canonicalize()).unwrap_or_default();
    let relative = match (folder.strip_prefix(&current), current.strip_prefix(folder)) {
        (Ok(below), _) if below.as_os_str().is_empty() => ".".to_owned(),
        (Ok(below), _) => below.display().to_string(),
        (_, Ok(above)) if folder.parent().is_some() => {
            vec![".."; above.components().count()].join("/")
        }
        (Err(_), _) => folder.display().to_string(),
    };
    relative.replace('\\', "/")
}

#[cfg(test)]
mod tests;
