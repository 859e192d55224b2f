//! Saving a download: the name of the file, and existing files of the same name.
//!
//! `disk` writes the file atomically.

use std::fmt;
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::{Download, Piece};
use crate::runtime::disk::{Destination, PartialFile};
use crate::runtime::{Error, SaveError};

/// What to do if a file of the same name exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfExists {
    /// Fail, and keep the existing file.
    Fail,
    /// Replace the existing file.
    Replace,
    /// Keep the existing file, and add a number to the new name, as in `report (1).csv`.
    Number,
}

impl IfExists {
    /// Returns the policy for one of several files: a file never replaces another one that was
    /// saved before.
    pub(crate) fn beside(self, saved: &[PathBuf], path: &Path) -> Self {
        if saved.iter().any(|one| one == path) { Self::Number } else { self }
    }
}

/// A download that is saved in a directory when it is awaited.
#[must_use = "nothing is saved until this is awaited"]
pub struct SaveIn {
    download: Download,
    directory: PathBuf,
    name: String,
    /// Whether the caller has chosen the name, not the server.
    own_name: bool,
    if_exists: IfExists,
    progress: Option<OnProgress>,
}

/// A callback with the number of bytes written, and the size of the file.
type OnProgress = Box<dyn FnMut(u64, Option<u64>) + Send>;

impl SaveIn {
    pub(super) fn new(download: Download, directory: &Path) -> Self {
        let name = download.safe_file_name();
        Self {
            download,
            directory: directory.to_owned(),
            name,
            own_name: false,
            if_exists: IfExists::Fail,
            progress: None,
        }
    }

    /// Calls a function after each chunk, with the number of bytes received, and the size of the
    /// file in bytes if the server announced it.
    pub fn on_progress(mut self, callback: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Box::new(callback));
        self
    }

    /// Sets the file name, instead of the server's. It is used unchanged.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self.own_name = true;
        self
    }

    /// Sets what to do if the file exists. The default is [`IfExists::Fail`].
    pub fn if_exists(mut self, choice: IfExists) -> Self {
        self.if_exists = choice;
        self
    }

    async fn save(mut self) -> Result<PathBuf, Error> {
        let first = self.directory.join(&self.name);
        let failed = |error: IoError| SaveError::new(&first, error);
        tokio::fs::create_dir_all(&self.directory).await.map_err(failed)?;
        // Check now: an error after the whole download would be too late.
        if self.if_exists == IfExists::Fail {
            check_free(&first).await?;
        }
        // A symbolic link is followed only if the caller has named it. A name that the server has
        // chosen must not lead to another directory.
        let place = match self.if_exists {
            IfExists::Replace if self.own_name => place(&first).await.map_err(failed)?,
            _ => Destination::File(first.clone()),
        };
        let progress = self.progress.as_mut();
        let (part, _) = write(&mut self.download, &first, &place, progress).await?;
        let (Some(mut part), Destination::File(target)) = (part, place) else {
            return Ok(first);
        };
        let mut number = 0;
        loop {
            let path = match number {
                0 => target.clone(),
                number => self.directory.join(numbered(&self.name, number)),
            };
            let shown = if number == 0 { first.clone() } else { path.clone() };
            let published;
            (part, published) = publish(part, path, self.if_exists, &shown).await?;
            match published {
                Ok(()) => return Ok(shown),
                Err(error)
                    if error.kind() == ErrorKind::AlreadyExists
                        && self.if_exists == IfExists::Number =>
                {
                    number += 1;
                }
                Err(error) => return Err(SaveError::new(&shown, error).into()),
            }
        }
    }
}

impl IntoFuture for SaveIn {
    type Output = Result<PathBuf, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.save())
    }
}

fn numbered(name: &str, number: u32) -> String {
    match (number, name.rsplit_once('.')) {
        (0, _) => name.to_owned(),
        (number, Some((stem, extension))) => format!("{stem} ({number}).{extension}"),
        (number, None) => format!("{name} ({number})"),
    }
}

impl fmt::Debug for SaveIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaveIn")
            .field("download", &self.download)
            .field("directory", &self.directory)
            .field("name", &self.name)
            .field("if_exists", &self.if_exists)
            .finish_non_exhaustive()
    }
}

/// Creates a directory if necessary, and checks that files can be created in it.
pub(crate) async fn check_directory(directory: &Path) -> Result<(), Error> {
    let failed = |error: IoError| SaveError::new(directory, error);
    tokio::fs::create_dir_all(directory).await.map_err(failed)?;
    PartialFile::create(&directory.join("part")).await.map_err(failed)?;
    Ok(())
}

/// Checks that a file name is not taken.
pub(crate) async fn check_free(path: &Path) -> Result<(), Error> {
    match tokio::fs::symlink_metadata(path).await {
        Ok(_) => Err(SaveError::new(path, IoError::from(ErrorKind::AlreadyExists)).into()),
        Err(_) => Ok(()),
    }
}

/// Saves a download at a path, replacing an existing file, and returns its size in bytes.
pub(super) async fn save(download: &mut Download, path: &Path) -> Result<u64, Error> {
    let failed = |error: IoError| SaveError::new(path, error);
    let place = place(path).await.map_err(failed)?;
    let (part, written) = write(download, path, &place, None).await?;
    if let (Some(part), Destination::File(target)) = (part, place) {
        publish(part, target, IfExists::Replace, path).await?.1.map_err(failed)?;
    }
    Ok(written)
}

/// Writes a download to a partial file next to its target, or directly to a device.
async fn write(
    download: &mut Download,
    path: &Path,
    place: &Destination,
    mut progress: Option<&mut OnProgress>,
) -> Result<(Option<PartialFile>, u64), Error> {
    let size = download.content_length();
    let failed = |error: IoError| SaveError::new(path, error).needing(size);
    let (mut file, part) = match place {
        Destination::File(target) => {
            let (file, part) = PartialFile::create(target).await.map_err(failed)?;
            (file, Some(part))
        }
        Destination::Device(device) => {
            let file = File::options().write(true).open(device).await.map_err(failed)?;
            (file, None)
        }
    };
    let mut written = 0;
    loop {
        match download.piece(part.is_some()).await? {
            Piece::Bytes(bytes) => {
                file.write_all(&bytes).await.map_err(failed)?;
                written += bytes.len() as u64;
            }
            Piece::Restart => {
                file.set_len(0).await.map_err(failed)?;
                file.rewind().await.map_err(failed)?;
                written = 0;
            }
            Piece::End => break,
        }
        if let Some(show) = &mut progress {
            show(written, download.content_length());
        }
    }
    file.flush().await.map_err(failed)?;
    if part.is_some() {
        file.sync_all().await.map_err(failed)?;
    }
    Ok((part, written))
}

/// Classifies a path, on a thread for blocking calls.
async fn place(path: &Path) -> Result<Destination, IoError> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || Destination::of(&path)).await?
}

/// Gives a partial file its name. Returns it as well, so that another name can be tried.
async fn publish(
    part: PartialFile,
    target: PathBuf,
    if_exists: IfExists,
    shown: &Path,
) -> Result<(PartialFile, Result<(), IoError>), SaveError> {
    let publish = move || {
        let published = match if_exists {
            IfExists::Replace => part.replace(&target),
            IfExists::Fail | IfExists::Number => part.rename_if_free(&target),
        };
        (part, published)
    };
    let published = tokio::task::spawn_blocking(publish).await;
    published.map_err(|error| SaveError::new(shown, error.into()))
}
