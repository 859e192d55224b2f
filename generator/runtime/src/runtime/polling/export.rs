//! A job and its files in one call: start, wait, save.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::{Client, Error, IfExists, Request, check_directory, check_free};
use super::{Completed, PollEvent, PollUpdate, Poller, WaitError};

/// Starts a job, waits until it completes, and saves the files that it produces.
///
/// It does nothing until [`save_in`](Self::save_in) is awaited.
#[must_use = "an export does nothing until `save_in` is awaited"]
pub struct Export<S> {
    client: Client,
    poller: Poller<S>,
    files: Vec<MakeRequest>,
    names: Vec<String>,
    if_exists: IfExists,
    progress: OnProgress<S>,
}

/// The progress callback.
type OnProgress<S> = Arc<Mutex<dyn FnMut(ExportProgress<'_, S>) + Send>>;

type MakeRequest = Box<dyn FnOnce(&Client, &str) -> Request + Send>;

/// The progress of an export.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportProgress<'a, S> {
    /// The job was started, or a poll returned no state.
    Event(&'a PollEvent<'a>),
    /// A poll returned a state.
    Waiting(&'a PollUpdate<S>),
    /// A file is being downloaded.
    Downloading {
        /// The name that the file will have.
        file_name: &'a str,
        /// The number of bytes received so far.
        bytes: u64,
        /// The size of the file in bytes, if the server announced it.
        total: Option<u64>,
    },
}

/// The result of an export.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExportOutput<S> {
    /// The id of the job.
    pub id: String,
    /// The final state.
    pub state: S,
    /// The paths of the saved files, in the order in which the files were added.
    pub files: Vec<PathBuf>,
}

impl<S: Send + 'static> Export<S> {
    /// Returns an export of the job of a poller, without files.
    // Only generated code can name the arguments.
    #[doc(hidden)]
    pub fn new(client: Client, poller: Poller<S>) -> Self {
        let progress = Arc::new(Mutex::new(|_: ExportProgress<'_, S>| {}));
        Self {
            client,
            poller,
            files: Vec::new(),
            names: Vec::new(),
            if_exists: IfExists::Number,
            progress,
        }
    }

    /// Adds a file. The function creates the request for it from the id of the job.
    // Only generated code can name the arguments.
    #[doc(hidden)]
    pub fn file(mut self, request: impl FnOnce(&Client, &str) -> Request + Send + 'static) -> Self {
        self.files.push(Box::new(request));
        self
    }

    /// Configures how the export waits, as in `|poller| poller.deadline(limit)`.
    pub fn configure_poller(mut self, set: impl FnOnce(Poller<S>) -> Poller<S>) -> Self {
        self.poller = set(self.poller);
        self
    }

    /// Limits how long the export waits for the job. Downloading the files does not count.
    pub fn deadline(self, limit: Duration) -> Self {
        self.configure_poller(|poller| poller.deadline(limit))
    }

    /// Sets the names of the files, in the order in which they were added. They are used unchanged.
    /// A file without one gets the server's name.
    pub fn file_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets what to do if a file exists. By default the existing file stays and the new one gets a
    /// number, so that no result is lost.
    ///
    /// With [`IfExists::Fail`], names set by [`file_names`](Self::file_names) are checked before
    /// the job is started. Names given by the server are not known by then.
    pub fn if_exists(mut self, choice: IfExists) -> Self {
        self.if_exists = choice;
        self
    }

    /// Calls a function with the progress: each event, each state and each chunk of a file.
    pub fn on_progress(
        mut self,
        callback: impl FnMut(ExportProgress<'_, S>) + Send + 'static,
    ) -> Self {
        self.progress = Arc::new(Mutex::new(callback));
        self
    }

    /// Runs the export and saves the files in a directory, which is created if necessary.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`] with [`Error::Save`] if the directory is not writable or a name is
    /// taken, before the job is started; [`WaitError::Download`] if a file cannot be downloaded or
    /// saved; and the errors of [`Poller::until_done`].
    pub async fn save_in(
        self,
        directory: impl AsRef<Path>,
    ) -> Result<ExportOutput<S>, WaitError<S>> {
        let directory = directory.as_ref();
        check_directory(directory).await.map_err(WaitError::Start)?;
        let Self { client, poller, files, names, if_exists, progress } = self;
        if if_exists == IfExists::Fail {
            for name in &names {
                check_free(&directory.join(name)).await.map_err(WaitError::Start)?;
            }
        }
        let shown = Arc::clone(&progress);
        let poller = poller.on_event(move |event| show(&shown, ExportProgress::Event(event)));
        let completed =
            poller.until_done_with(|polled| show(&progress, ExportProgress::Waiting(polled))).await;
        let Completed { id, state } = completed?;
        let mut saved = Vec::new();
        let mut names = names.into_iter();
        for make in files {
            let (request, name) = (make(&client, &id), names.next());
            let place = Place { directory, name, if_exists, saved: &saved };
            let file = save(request, place, &progress).await;
            match file {
                Ok(path) => saved.push(path),
                Err(error) => return Err(WaitError::Download { id, files: saved, error }),
            }
        }
        Ok(ExportOutput { id, state, files: saved })
    }
}

fn show<S>(shown: &OnProgress<S>, progress: ExportProgress<'_, S>) {
    // A callback that panicked is called again, as its panic has been reported.
    let mut show = shown.lock().unwrap_or_else(PoisonError::into_inner);
    show(progress);
}

/// Where and how a file is saved.
struct Place<'a> {
    directory: &'a Path,
    name: Option<String>,
    if_exists: IfExists,
    /// The files of the same export.
    saved: &'a [PathBuf],
}

async fn save<S: 'static>(
    request: Request,
    place: Place<'_>,
    shown: &OnProgress<S>,
) -> Result<PathBuf, Error> {
    let Place { directory, name, if_exists, saved } = place;
    let download = request.download().await?.body;
    let file_name = name.clone().unwrap_or_else(|| download.safe_file_name());
    let if_exists = if_exists.beside(saved, &directory.join(&file_name));
    let shown = Arc::clone(shown);
    let on_progress = move |bytes, total| {
        show(&shown, ExportProgress::Downloading { file_name: &file_name, bytes, total });
    };
    let saving = download.save_in(directory).if_exists(if_exists).on_progress(on_progress);
    match name {
        Some(name) => saving.file_name(name).await,
        None => saving.await,
    }
}

impl<S> fmt::Debug for Export<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("poller", &self.poller)
            .field("files", &self.files.len())
            .field("if_exists", &self.if_exists)
            .finish_non_exhaustive()
    }
}
