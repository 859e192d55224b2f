//! Saving a download: which name it gets, and what becomes of a file that has it.
//!
//! How a file gets to disk as a whole is decided in `disk`.

use std::fmt;
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::{Download, Piece};
use crate::runtime::disk::{Part, Place};
use crate::runtime::{Error, SaveError};

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfExists {
    /// It stays, and saving fails.
    Fail,
    /// The new one takes its place.
    Replace,
    /// It stays, and the new one gets a number, as in `report (1).csv`.
    Number,
}

impl IfExists {
    /// What becomes of a file that is to be saved beside others of the same run: none of them takes
    /// the place of another.
    pub(crate) fn beside(self, saved: &[PathBuf], path: &Path) -> Self {
        if saved.iter().any(|one| one == path) { Self::Number } else { self }
    }
}

/// A download that is to be saved in a directory. Await it to save it.
#[must_use = "nothing is saved until it is awaited"]
pub struct SaveIn {
    download: Download,
    directory: PathBuf,
    name: String,
    /// Whether the name is the caller's, and not the server's.
    own_name: bool,
    if_exists: IfExists,
    progress: Option<Show>,
}

/// What is told how many bytes have been written, and how many there are.
type Show = Box<dyn FnMut(u64, Option<u64>) + Send>;

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

    /// Shows how many bytes have arrived after every piece, and how many there are in all, if the
    /// server has said so.
    pub fn on_progress(mut self, show: impl FnMut(u64, Option<u64>) + Send + 'static) -> Self {
        self.progress = Some(Box::new(show));
        self
    }

    /// Gives the file a name of one's own, instead of the server's. It is taken as it is.
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self.own_name = true;
        self
    }

    /// Says what becomes of a file that is there already. By default saving fails.
    pub fn if_exists(mut self, choice: IfExists) -> Self {
        self.if_exists = choice;
        self
    }

    async fn save(mut self) -> Result<PathBuf, Error> {
        let first = self.directory.join(&self.name);
        let failed = |error: IoError| SaveError::new(&first, error);
        tokio::fs::create_dir_all(&self.directory).await.map_err(failed)?;
        // Look first: to learn it after the last byte would be late.
        if self.if_exists == IfExists::Fail {
            check_free(&first).await?;
        }
        // A link is followed where the caller has named it, but not where the server has: it would
        // write to another directory.
        let place = match self.if_exists {
            IfExists::Replace if self.own_name => place(&first).await.map_err(failed)?,
            _ => Place::Beside(first.clone()),
        };
        let progress = self.progress.as_mut();
        let (part, _) = write(&mut self.download, &first, &place, progress).await?;
        let (Some(mut part), Place::Beside(target)) = (part, place) else {
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

/// Makes a directory if it is not there, and finds out whether a file can be made in it.
pub(crate) async fn check_directory(directory: &Path) -> Result<(), Error> {
    let failed = |error: IoError| SaveError::new(directory, error);
    tokio::fs::create_dir_all(directory).await.map_err(failed)?;
    Part::create(&directory.join("part")).await.map_err(failed)?;
    Ok(())
}

/// Finds out whether a name is free.
pub(crate) async fn check_free(path: &Path) -> Result<(), Error> {
    match tokio::fs::symlink_metadata(path).await {
        Ok(_) => Err(SaveError::new(path, IoError::from(ErrorKind::AlreadyExists)).into()),
        Err(_) => Ok(()),
    }
}

/// Writes a download beside its path, gives it its name when it is complete, and tells its size.
pub(super) async fn save(download: &mut Download, path: &Path) -> Result<u64, Error> {
    let failed = |error: IoError| SaveError::new(path, error);
    let place = place(path).await.map_err(failed)?;
    let (part, written) = write(download, path, &place, None).await?;
    if let (Some(part), Place::Beside(target)) = (part, place) {
        publish(part, target, IfExists::Replace, path).await?.1.map_err(failed)?;
    }
    Ok(written)
}

/// Brings a download to disk, beside the path that it is for if that is a file.
async fn write(
    download: &mut Download,
    path: &Path,
    place: &Place,
    mut progress: Option<&mut Show>,
) -> Result<(Option<Part>, u64), Error> {
    let size = download.content_length();
    let failed = |error: IoError| SaveError::new(path, error).needing(size);
    let (mut file, part) = match place {
        Place::Beside(target) => {
            let (file, part) = Part::create(target).await.map_err(failed)?;
            (file, Some(part))
        }
        Place::Straight(device) => {
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

/// Finds out what a path stands for, off the thread of the caller.
async fn place(path: &Path) -> Result<Place, IoError> {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || Place::of(&path)).await?
}

/// Gives a part its name, and hands it back in case that another one must be tried.
async fn publish(
    part: Part,
    target: PathBuf,
    if_exists: IfExists,
    shown: &Path,
) -> Result<(Part, Result<(), IoError>), SaveError> {
    let publish = move || {
        let published = match if_exists {
            IfExists::Replace => part.replace(&target),
            IfExists::Fail | IfExists::Number => part.take_name(&target),
        };
        (part, published)
    };
    let published = tokio::task::spawn_blocking(publish).await;
    published.map_err(|error| SaveError::new(shown, error.into()))
}
