//! Files on disk: complete under their own name, or not there at all.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{Error as IoError, ErrorKind};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::Download;
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

/// A download that is to be saved in a directory. Await it to save it.
#[must_use = "nothing is saved until it is awaited"]
pub struct SaveIn {
    download: Download,
    directory: PathBuf,
    name: String,
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
        // Ask first: to learn it after the last byte would be late.
        if self.if_exists == IfExists::Fail
            && tokio::fs::try_exists(&first).await.map_err(failed)?
        {
            return Err(failed(IoError::from(ErrorKind::AlreadyExists)).into());
        }
        let (part, _) = write(&mut self.download, &first, self.progress.as_mut()).await?;
        let mut number = 0;
        loop {
            let path = self.directory.join(numbered(&self.name, number));
            match part.publish(&path, self.if_exists).await {
                Ok(()) => return Ok(path),
                Err(error)
                    if error.kind() == ErrorKind::AlreadyExists
                        && self.if_exists == IfExists::Number =>
                {
                    number += 1;
                }
                Err(error) => return Err(SaveError::new(&path, error).into()),
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

/// Writes a download beside its path, gives it its name when it is complete, and tells its size.
pub(super) async fn save(download: &mut Download, path: &Path) -> Result<u64, Error> {
    let (part, written) = write(download, path, None).await?;
    let published = part.publish(path, IfExists::Replace).await;
    published.map_err(|error| SaveError::new(path, error))?;
    Ok(written)
}

/// Brings a download to disk beside the path that it is for.
async fn write(
    download: &mut Download,
    path: &Path,
    mut progress: Option<&mut Show>,
) -> Result<(Part, u64), Error> {
    let size = download.content_length();
    let failed = |error: IoError| SaveError::new(path, error).needing(size);
    let (mut file, part) = Part::create(path).await.map_err(failed)?;
    let mut written = 0;
    while let Some(chunk) = download.chunk().await? {
        file.write_all(&chunk).await.map_err(failed)?;
        written += chunk.len() as u64;
        if let Some(show) = &mut progress {
            show(written, size);
        }
    }
    file.flush().await.map_err(failed)?;
    file.sync_all().await.map_err(failed)?;
    Ok((part, written))
}

/// A file that is not complete. It is removed when it is dropped, as it is when the future that
/// writes it is.
struct Part {
    path: PathBuf,
}

impl Part {
    async fn create(target: &Path) -> Result<(File, Self), IoError> {
        if target.file_name().is_none() {
            return Err(IoError::from(ErrorKind::InvalidFilename));
        }
        let target = target.to_owned();
        // Whoever is dropped while the file is being made must not leave it behind: it is made
        // together with what removes it.
        let (file, part) = tokio::task::spawn_blocking(move || Self::make(&target)).await??;
        Ok((File::from_std(file), part))
    }

    fn make(target: &Path) -> Result<(std::fs::File, Self), IoError> {
        loop {
            let path = target.with_file_name(format!(".{:016x}.part", fastrand::u64(..)));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, Self { path })),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn publish(&self, target: &Path, if_exists: IfExists) -> Result<(), IoError> {
        match if_exists {
            IfExists::Replace => tokio::fs::rename(&self.path, target).await?,
            IfExists::Fail | IfExists::Number => {
                // A link is made only if the name is free, and nobody can take it in between. File
                // systems without links get the next best: a look, and then the rename.
                match tokio::fs::hard_link(&self.path, target).await {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
                    Err(_) if tokio::fs::try_exists(target).await? => {
                        return Err(IoError::from(ErrorKind::AlreadyExists));
                    }
                    Err(_) => tokio::fs::rename(&self.path, target).await?,
                }
            }
        }
        sync_directory(target).await;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a rename there is nothing to remove, and nobody to tell if it cannot be.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Brings the new name to disk, where the system can do that. The file itself is there already.
async fn sync_directory(target: &Path) {
    if let (true, Some(directory)) = (cfg!(unix), target.parent()) {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        if let Ok(directory) = File::open(directory).await {
            let _ = directory.sync_all().await;
        }
    }
}
