//! Unpacks untrusted zip archives safely.
//!
//! Takes an archive and the path of a folder that does not exist yet. Returns the folder with all
//! files of the archive, or an error and no folder. Everything that the directory of the archive
//! states is checked before a byte is written. The files are written to a temporary folder, which
//! is renamed when it is complete, so that an archive that fails later leaves nothing behind.
//!
//! Times and permissions of the entries are not restored.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

/// The limits of an archive.
pub(crate) struct Limits {
    /// The maximum number of files and folders.
    pub(crate) entries: usize,
    /// The maximum number of bytes after unpacking.
    pub(crate) bytes: u64,
}

/// The reason why an archive was not unpacked.
#[derive(Debug)]
pub(crate) enum UnpackError {
    /// The folder exists already.
    Exists(PathBuf),
    /// A name leads out of the folder, or has a special meaning on some system.
    Name(String),
    /// An entry is a link, or neither a file nor a folder.
    Special(String),
    /// Two entries have the same name.
    Twice,
    /// There are too many entries; this is their number.
    Entries(usize),
    /// There are more bytes than this limit.
    Bytes(u64),
    /// The file is not an archive, or it is damaged.
    Archive(ZipError),
    /// A file could not be read or written.
    Io(io::Error),
}

/// Unpacks an archive into a new folder. Returns the paths of its files.
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
    // It is removed if this function returns early.
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
    /// The path inside the folder.
    path: PathBuf,
    is_folder: bool,
}

/// Checks all entries, as the directory of the archive describes them.
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

/// Returns the path of a name that leads to a place inside the folder on any system: segments
/// separated by slashes. No segment is empty, `.` or `..`, or has a character that is special to
/// Windows (for a drive, a stream or another separator).
fn inside(name: &str) -> Option<PathBuf> {
    let is_good = |part: &str| {
        let is_name = !part.is_empty() && part != "." && part != "..";
        is_name && !part.contains(|c: char| matches!(c, '\\' | ':') || c.is_control())
    };
    let parts = name.strip_suffix('/').unwrap_or(name).split('/');
    parts.map(|part| is_good(part).then_some(part)).collect()
}

/// Returns whether the file type in a Unix mode, if there is one, is that of a file or folder.
fn is_plain(mode: Option<u32>) -> bool {
    let kind = mode.unwrap_or_default() & 0o170_000;
    matches!(kind, 0 | 0o100_000 | 0o040_000)
}

/// Writes a file that does not exist yet. Returns its size. The sizes in an archive may be false,
/// so the bytes are counted.
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
