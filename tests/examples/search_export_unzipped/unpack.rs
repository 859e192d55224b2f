//! Zip archives from somewhere else, unpacked so that they can do no harm.
//!
//! In come an archive and the path of a folder that is not there yet; out goes the folder with all
//! of the archive's files, or an error and no folder. Everything that can be known from the
//! archive's directory is looked at before a byte is written. The files are written into a folder
//! with a name of its own, which gets its right name when it is complete: an archive that turns out
//! to be bad on the way leaves nothing behind.
//!
//! Times and permissions of the entries are not taken over.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

/// How much an archive may hold.
pub(crate) struct Limits {
    /// How many files and folders.
    pub(crate) entries: usize,
    /// How many bytes, once they are unpacked.
    pub(crate) bytes: u64,
}

/// Why an archive was not unpacked.
#[derive(Debug)]
pub(crate) enum UnpackError {
    /// The folder is there already.
    Exists(PathBuf),
    /// A name leads out of the folder, or means something else on some system.
    Name(String),
    /// An entry is a link, or another thing that is neither a file nor a folder.
    Special(String),
    /// Two entries have the same name.
    Twice,
    /// There are so many entries, which is too many.
    Entries(usize),
    /// There are more bytes than these.
    Bytes(u64),
    /// It is no archive, or it is damaged.
    Archive(ZipError),
    /// A file could not be read or written.
    Io(io::Error),
}

/// Unpacks an archive into a new folder and gives the paths of its files.
pub(crate) fn unpack(
    archive: &Path,
    folder: &Path,
    limits: &Limits,
) -> Result<Vec<PathBuf>, UnpackError> {
    if folder.symlink_metadata().is_ok() {
        return Err(UnpackError::Exists(folder.to_owned()));
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(archive)?))?;
    let entries = check(&mut archive, limits)?;
    let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    // It is removed when this function is left before its end.
    let part = tempfile::Builder::new()
        .prefix(".unpacking-")
        .tempdir_in(beside.unwrap_or(Path::new(".")))?;
    let mut written = 0;
    for (index, entry) in entries.iter().enumerate() {
        let path = part.path().join(&entry.path);
        if entry.is_folder {
            fs::create_dir_all(&path)?;
        } else {
            fs::create_dir_all(path.parent().unwrap_or(part.path()))?;
            written += write(&mut archive.by_index(index)?, &path, limits.bytes, written)?;
        }
    }
    fs::rename(part.path(), folder)?;
    let files = entries.iter().filter(|entry| !entry.is_folder);
    Ok(files.map(|entry| folder.join(&entry.path)).collect())
}

/// An entry that may be unpacked.
struct Entry {
    /// Where it belongs, inside the folder.
    path: PathBuf,
    is_folder: bool,
}

/// Looks at all entries, as the directory of the archive describes them.
fn check<R: Read + io::Seek>(
    archive: &mut ZipArchive<R>,
    limits: &Limits,
) -> Result<Vec<Entry>, UnpackError> {
    if archive.len() > limits.entries {
        return Err(UnpackError::Entries(archive.len()));
    }
    if archive.has_duplicate_names() {
        return Err(UnpackError::Twice);
    }
    let mut bytes = 0_u64;
    let mut entries = vec![];
    for index in 0..archive.len() {
        let file = archive.by_index(index)?;
        let name = file.name()?.into_owned();
        let Some(path) = inside(&name) else { return Err(UnpackError::Name(name)) };
        if !is_plain(file.unix_mode()) {
            return Err(UnpackError::Special(name));
        }
        bytes = bytes.saturating_add(file.size());
        entries.push(Entry { path, is_folder: file.is_dir() });
    }
    if bytes > limits.bytes {
        return Err(UnpackError::Bytes(limits.bytes));
    }
    Ok(entries)
}

/// The path of a name that leads to a place inside of a folder, on any system: parts with a slash
/// between them, none of which is empty, goes up, or has a character that is more than a letter of
/// a name to Windows (a drive, a stream, another separator).
fn inside(name: &str) -> Option<PathBuf> {
    let is_good = |part: &str| {
        let is_name = !part.is_empty() && part != "." && part != "..";
        is_name && !part.contains(|c: char| matches!(c, '\\' | ':') || c.is_control())
    };
    let parts = name.strip_suffix('/').unwrap_or(name).split('/');
    parts.map(|part| is_good(part).then_some(part)).collect()
}

/// Whether the kind in a Unix mode, if there is one, is that of a file or of a folder.
fn is_plain(mode: Option<u32>) -> bool {
    let kind = mode.unwrap_or_default() & 0o170_000;
    matches!(kind, 0 | 0o100_000 | 0o040_000)
}

/// Writes a file that is not there yet, and gives its size. What an archive says of sizes may be a
/// lie, so bytes are counted as they come.
pub(crate) fn write(
    from: &mut impl Read,
    path: &Path,
    limit: u64,
    written: u64,
) -> Result<u64, UnpackError> {
    let left = limit - written;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let size = io::copy(&mut from.take(left.saturating_add(1)), &mut file)?;
    if size > left {
        return Err(UnpackError::Bytes(limit));
    }
    file.sync_all()?;
    Ok(size)
}

impl From<io::Error> for UnpackError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ZipError> for UnpackError {
    fn from(error: ZipError) -> Self {
        Self::Archive(error)
    }
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(folder) => write!(f, "{} is there already", folder.display()),
            Self::Name(name) => write!(f, "the archive has an entry {name:?}, which leads away"),
            Self::Special(name) => write!(f, "{name:?} in the archive is no file and no folder"),
            Self::Twice => f.write_str("the archive has two entries with the same name"),
            Self::Entries(count) => write!(f, "the archive has {count} entries, which is too many"),
            Self::Bytes(limit) => write!(f, "the archive unpacks to more than {limit} bytes"),
            Self::Archive(error) => write!(f, "the archive cannot be read: {error}"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for UnpackError {}
