//! Files that a document may name: regular ones below a root folder, up to a size.
//!
//! Takes a path and returns a text, or [`Refused`]. Symbolic links are resolved before the check, and
//! what is checked is the file that has been opened, so that nothing is read of a file that the
//! check has not seen.

use std::error::Error;
use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::limits::Limits;

/// Why a file is not read although it may be there. It says nothing of what the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// A short name of the reason, for searching.
    pub code: &'static str,
    /// What is wrong with the file.
    pub message: String,
    /// What would allow it.
    pub help: String,
}

impl Refused {
    fn error(code: &'static str, message: impl Into<String>, help: impl Into<String>) -> io::Error {
        let refused = Self { code, message: message.into(), help: help.into() };
        io::Error::new(io::ErrorKind::PermissionDenied, refused)
    }

    /// A file that exceeds a limit.
    pub(super) fn exceeding(name: &str, limit: u64, message: String) -> io::Error {
        Self::error(Limits::CODE, message, Limits::help(name, limit))
    }

    /// A file that has too many bytes.
    pub(super) fn too_large(file: &str, max_bytes: u64) -> io::Error {
        let message = format!("`{file}` has more than {max_bytes} bytes");
        Self::exceeding("file-bytes", max_bytes, message)
    }

    /// Returns the refusal that an error of a [`Source`](super::Source) wraps, if it is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refused {}

/// The folder that the references of a document cannot leave.
#[derive(Debug, Clone)]
pub struct Root {
    folder: PathBuf,
    max_bytes: u64,
}

impl Root {
    /// Confines references to a folder and those below it.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        // The parent of a file that has no folder in its path is where the process is.
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        Self { folder, max_bytes: Limits::default().file_bytes }
    }

    /// Sets the size, in bytes, up to which a file is read. It defaults to
    /// [`Limits::file_bytes`].
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Reads a file by its path relative to a folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is not UTF-8. It is [refused](Refused) if it is outside of the
    /// root after symbolic links are resolved, if the path is absolute, if it is no regular file,
    /// and if it is too large.
    pub fn read(&self, folder: &Path, path: &Path) -> io::Result<String> {
        let named = |part| matches!(part, Component::Prefix(_) | Component::RootDir);
        if path.components().any(named) {
            let message = format!("the path `{}` is absolute", path.display());
            let help = "write it relative to the file that names it";
            return Err(Refused::error("outside-root", message, help));
        }
        let root = self.folder.canonicalize()?;
        let file = folder.join(path);
        let target = match file.canonicalize() {
            Ok(target) => target,
            // Whether there is a file outside of the root is nobody's business.
            Err(error) => match lexical(&file) {
                Some(target) if !target.starts_with(&root) && !self.names(&target) => target,
                Some(_) | None => return Err(error),
            },
        };
        if !target.starts_with(&root) {
            return Err(self.outside(path, &root, &target));
        }
        let opened = open(&target, path)?;
        // The path may lead elsewhere by now.
        if !is_still(&opened, &file, &target)? {
            let message = format!("`{}` has changed while it was read", path.display());
            return Err(Refused::error("irregular-file", message, "run the command again"));
        }
        text(opened, path, self.max_bytes)
    }

    /// Whether a path that could not be resolved is below the root as that is written.
    fn names(&self, target: &Path) -> bool {
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
            "`{}` is outside of the folder `{}`, which references cannot leave",
            path.display(),
            shown(root)
        );
        let help = format!(
            "if the document may read it, set the root to a folder that has both: `--root {}`",
            shown(&common)
        );
        Refused::error("outside-root", message, help)
    }
}

/// Reads a file that the user has named, wherever it is.
///
/// # Errors
///
/// The file cannot be read or is not UTF-8. It is [refused](Refused) if it is no regular file, and if
/// it has more bytes than are allowed.
pub fn read_named(file: &Path, max_bytes: u64) -> io::Result<String> {
    text(open(file, file)?, file, max_bytes)
}

/// Opens a regular file. Anything else is not opened, or at least not waited for.
fn open(file: &Path, name: &Path) -> io::Result<File> {
    regular(&fs::metadata(file)?, name)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let opened = options.open(file)?;
    regular(&opened.metadata()?, name)?;
    Ok(opened)
}

fn regular(metadata: &Metadata, name: &Path) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "a folder" } else { "a device, a pipe or a socket" };
    let message = format!("`{}` is {what}, not a regular file", name.display());
    let help = "put what it stands for into a file, and name that";
    Err(Refused::error("irregular-file", message, help))
}

/// Whether a path still leads to the file that has been opened.
fn is_still(opened: &File, file: &Path, target: &Path) -> io::Result<bool> {
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

/// Reads a file to its end, which may be farther than its metadata say.
fn text(file: File, name: &Path, max_bytes: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    if file.metadata()?.len() <= max_bytes {
        file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= max_bytes {
            return String::from_utf8(bytes).map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8 text")
            });
        }
    }
    Err(Refused::too_large(&name.display().to_string(), max_bytes))
}

/// An absolute path without `.` and `..`, whether it is there or not.
fn lexical(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let mut parts = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    Some(parts)
}

/// A resolved folder as it can be typed: relative to where the process is, if one is in the other.
fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
    let relative = match (folder.strip_prefix(&here), here.strip_prefix(folder)) {
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
