//! The whole job in one: start, wait, save the files.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::{Client, Error, IfExists, Request, check_directory, check_free};
use super::{Completed, PollEvent, PollUpdate, Poller, WaitError};

/// Starts something, waits for its end, and saves the files that it makes.
///
/// Nothing is done until [`save_in`](Self::save_in) is awaited.
#[must_use = "nothing is done until its files are saved"]
pub struct Export<S> {
    client: Client,
    poller: Poller<S>,
    files: Vec<MakeRequest>,
    names: Vec<String>,
    if_exists: IfExists,
    progress: Shown<S>,
}

/// Who is shown how far it is.
type Shown<S> = Arc<Mutex<dyn FnMut(ExportProgress<'_, S>) + Send>>;

type MakeRequest = Box<dyn FnOnce(&Client, &str) -> Request + Send>;

/// How far an export is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExportProgress<'a, S> {
    /// It was started, or a poll brought no state.
    Event(&'a PollEvent<'a>),
    /// The server is at work.
    Waiting(&'a PollUpdate<S>),
    /// A file is on its way.
    Downloading {
        /// The name that it will have.
        file_name: &'a str,
        /// How many bytes have arrived.
        bytes: u64,
        /// How many there are, if the server has said so.
        total: Option<u64>,
    },
}

/// What an export has brought.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExportOutput<S> {
    /// The id of what was started.
    pub id: String,
    /// Its last state.
    pub state: S,
    /// The files, in the order in which they were asked for.
    pub files: Vec<PathBuf>,
}

impl<S: Send + 'static> Export<S> {
    /// An export of what a poller waits for, without files yet.
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

    /// Adds a file, by the request for it, which is made with the id of what was started.
    pub fn file(mut self, request: impl FnOnce(&Client, &str) -> Request + Send + 'static) -> Self {
        self.files.push(Box::new(request));
        self
    }

    /// Sets how the end is waited for, as in `|poller| poller.deadline(limit)`.
    pub fn configure_poller(mut self, set: impl FnOnce(Poller<S>) -> Poller<S>) -> Self {
        self.poller = set(self.poller);
        self
    }

    /// Limits how long the end is waited for. Fetching the files does not count.
    pub fn deadline(self, limit: Duration) -> Self {
        self.configure_poller(|poller| poller.deadline(limit))
    }

    /// Gives the files names of the caller's, in the order in which they were added, instead of the
    /// server's. They are taken as they are. A file without one keeps the server's name.
    pub fn file_names(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.names = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets what becomes of a file that is there already. By default it stays, and the new one gets a
    /// number, so that nothing that was waited for is lost.
    ///
    /// With [`IfExists::Fail`] a name of the caller's ([`file_names`](Self::file_names)) is looked up
    /// before anything is started. The server's names are not known before.
    pub fn if_exists(mut self, choice: IfExists) -> Self {
        self.if_exists = choice;
        self
    }

    /// Shows how far it is, with every state and every piece of a file.
    pub fn on_progress(mut self, show: impl FnMut(ExportProgress<'_, S>) + Send + 'static) -> Self {
        self.progress = Arc::new(Mutex::new(show));
        self
    }

    /// Does it all, and saves the files in a directory, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// [`WaitError::Start`] with [`Error::Save`] if the directory cannot be written to or a name is
    /// taken, before anything is started; [`WaitError::Download`] if a file cannot be fetched or saved; and those
    /// of [`Poller::until_done`].
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
        let until_done_with =
            poller.until_done_with(|polled| show(&progress, ExportProgress::Waiting(polled))).await;
        let Completed { id, state } = until_done_with?;
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

fn show<S>(shown: &Shown<S>, progress: ExportProgress<'_, S>) {
    // A callback that has panicked once is called again: its panic was told then.
    let mut show = shown.lock().unwrap_or_else(PoisonError::into_inner);
    show(progress);
}

/// Where a file goes.
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
    shown: &Shown<S>,
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
