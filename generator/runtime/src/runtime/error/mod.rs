//! What can go wrong, told apart by what a caller can do about it.

mod api;
mod connection;
mod shown;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::retry::is_worth_another_attempt;
use super::{AuthError, BufferedResponse};
pub use api::ApiError;
pub use connection::{ConnectionError, TimeoutError};
pub(crate) use connection::{Fault, History};
use shown::line_of;
pub(super) use shown::{Beginning, Masked, Short, kept, one_line};

/// Why an operation did not give what it should have.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The client is not set up as it must be, or was handed a value that it cannot send. Nothing
    /// was sent.
    Config(ConfigError),
    /// Authentication failed, so that the operation's own request was not sent. A token endpoint
    /// that cannot be reached is a [`Connection`](Self::Connection) error.
    Auth(AuthError),
    /// The server could not be reached, or the connection broke.
    Connection(ConnectionError),
    /// Time ran out.
    Timeout(TimeoutError),
    /// The server answered with an error.
    Api(Box<ApiError>),
    /// The server answered with something that is not what the document says.
    Decode(Box<DecodeError>),
    /// A download could not be written to disk.
    Save(SaveError),
}

impl Error {
    /// The error that the server answered with, if it answered with one.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The status of the response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status()),
            Self::Decode(error) => Some(error.status()),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next attempt, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after(),
            Self::Auth(error) => error.retry_after(),
            Self::Timeout(error) => error.pause(),
            _ => None,
        }
    }

    /// Returns whether the same call may succeed later without a change to it.
    ///
    /// | error | retryable |
    /// |---|---|
    /// | [`Config`](Self::Config), [`Decode`](Self::Decode), [`Save`](Self::Save) | no |
    /// | [`Auth`](Self::Auth) | if the token endpoint returned `408`, `429` or `5xx`, or the token source [says so](AuthError::retryable) |
    /// | [`Connection`](Self::Connection) | yes, unless the request itself cannot be sent |
    /// | [`Timeout`](Self::Timeout) | yes |
    /// | [`Api`](Self::Api) | `408`, `429`, `500`, `502`, `503`, `504` |
    ///
    /// It says nothing about what a repetition does: see
    /// [`may_have_reached_server`](Self::may_have_reached_server).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Config(_) | Self::Decode(_) | Self::Save(_) => false,
            Self::Auth(error) => error.is_retryable(),
            Self::Connection(error) => error.is_retryable(),
            Self::Timeout(_) => true,
            Self::Api(error) => is_worth_another_attempt(error.status(), true),
        }
    }

    /// Returns whether a request of the operation may have reached the server, which may then have
    /// acted on it.
    ///
    /// | error | may have reached the server |
    /// |---|---|
    /// | [`Config`](Self::Config), [`Auth`](Self::Auth) | no: the request was not sent |
    /// | [`Connection`](Self::Connection), [`Timeout`](Self::Timeout) | unless no attempt got so far, or it was authentication that failed |
    /// | [`Api`](Self::Api), [`Decode`](Self::Decode), [`Save`](Self::Save) | yes: there was a response |
    pub fn may_have_reached_server(&self) -> bool {
        match self {
            Self::Config(_) | Self::Auth(_) => false,
            Self::Connection(error) => error.may_have_reached_server(),
            Self::Timeout(error) => error.may_have_reached_server(),
            Self::Api(_) | Self::Decode(_) | Self::Save(_) => true,
        }
    }

    /// Whether `Display` says that the server may have acted on the request.
    #[allow(dead_code, reason = "only the program for the command line asks")]
    pub(crate) fn tells_that_it_may_have_acted(&self) -> bool {
        match self {
            Self::Connection(error) => error.history.acted,
            Self::Timeout(error) => error.tells_that_it_may_have_acted(),
            _ => false,
        }
    }

    /// The id of the operation whose request may have reached the server.
    #[allow(dead_code, reason = "only the program for the command line asks")]
    pub(crate) fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Connection(error) => Some(error.operation),
            Self::Timeout(error) => Some(error.operation()),
            Self::Api(error) => Some(error.operation()),
            Self::Decode(error) => Some(error.response.operation),
            Self::Config(_) | Self::Auth(_) | Self::Save(_) => None,
        }
    }

    /// Whether the server may have done what it was asked for, although the call failed. An error
    /// of the request (`4xx`) says that it has not, except for `408`, which says nothing.
    pub(crate) fn may_have_acted(&self) -> bool {
        match self {
            Self::Api(error) => {
                !error.status().is_client_error() || error.status() == StatusCode::REQUEST_TIMEOUT
            }
            // Nothing is saved before there is something to save.
            Self::Save(_) => false,
            other => other.may_have_reached_server(),
        }
    }

    /// The name under which the server's operators find the request in their logs.
    pub fn tracking_id(&self) -> Option<&str> {
        self.api().and_then(ApiError::tracking_id)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Auth(error) => error.fmt(f),
            Self::Connection(error) => error.fmt(f),
            Self::Timeout(error) => error.fmt(f),
            Self::Api(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Save(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    /// The cause below the kind of error, which `Display` has told already. The kinds themselves
    /// have the same text as this type and are no cause of it.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Save(error) => Some(&error.cause),
            Self::Connection(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

macro_rules! kinds {
    ($($error:ty => $wrap:expr;)*) => { $(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                $wrap(error)
            }
        }

    )* };
}

impl std::error::Error for ConfigError {}
impl std::error::Error for AuthError {}
impl std::error::Error for ApiError {}
impl std::error::Error for DecodeError {}
impl std::error::Error for SaveError {}

kinds! {
    ConfigError => Self::Config;
    AuthError => Self::Auth;
    ConnectionError => Self::Connection;
    TimeoutError => Self::Timeout;
    ApiError => |error| Self::Api(Box::new(error));
    DecodeError => |error| Self::Decode(Box::new(error));
    SaveError => Self::Save;
}

/// The client is not set up as it must be, or was handed a value that it cannot send.
#[derive(Debug, Clone)]
pub struct ConfigError {
    message: String,
}

impl ConfigError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The words are the program's own, and may have to say a lot.
        f.write_str(&line_of(&self.message, 2000))
    }
}

/// The server answered with something that is not what the document says.
#[derive(Debug, Clone)]
pub struct DecodeError {
    response: Box<BufferedResponse>,
    path: String,
    reason: String,
    /// Whether the response is something else than what was asked for, so that nothing was decoded.
    unlike: bool,
}

impl DecodeError {
    pub(crate) fn new(response: BufferedResponse, path: &str, reason: &str) -> Self {
        // Both may have parts of the body in them.
        let [path, reason] = [path, reason].map(|text| kept(&response.secrets.masked(text)));
        Self { response: Box::new(response), path, reason, unlike: false }
    }

    /// The error for a response that is something else than what was asked for.
    pub(crate) fn unlike(response: BufferedResponse, reason: &str) -> Self {
        Self { unlike: true, ..Self::new(response, ".", reason) }
    }

    /// Where in the body the trouble is, as in `messages[0].type`; `.` is the body as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// The headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// The body as it came. Of a response that is not what was asked for, or is too long, it is the
    /// beginning.
    pub fn bytes(&self) -> &Bytes {
        &self.response.bytes
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { response, path, reason, unlike } = self;
        let what = if *unlike { "response" } else { "body of the response" };
        write!(f, "{}: the {what} {} ", response.operation, response.status.as_u16())?;
        match response.media_type() {
            Some(media_type) => write!(f, "({}) ", one_line(media_type))?,
            None => f.write_str("(without Content-Type) ")?,
        }
        if *unlike {
            return write!(f, "is not what was asked for: {}", line_of(reason, 600));
        }
        write!(f, "cannot be decoded")?;
        if path != "." {
            write!(f, " at `{}`", one_line(path))?;
        }
        write!(f, ": {}", one_line(reason))
    }
}

/// A download could not be written to disk.
#[derive(Debug)]
pub struct SaveError {
    path: PathBuf,
    cause: std::io::Error,
    needed: Option<u64>,
}

impl SaveError {
    pub(crate) fn new(path: &Path, cause: std::io::Error) -> Self {
        Self { path: path.to_owned(), cause, needed: None }
    }

    /// Adds the size of the whole file, where it was to be written and there was no room.
    pub(crate) fn needing(mut self, bytes: Option<u64>) -> Self {
        self.needed = bytes.filter(|_| is_full(&self.cause));
        self
    }

    /// How many bytes the file has, if there was no room for it on the disk and the server has said
    /// its size. What was written of it is removed.
    pub fn needed(&self) -> Option<u64> {
        self.needed
    }

    /// The file that was to be written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the operating system says.
    pub fn io(&self) -> &std::io::Error {
        &self.cause
    }
}

impl fmt::Display for SaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not be written: {}", self.path.display(), self.cause)?;
        match self.needed {
            Some(bytes) => write!(f, "; the file has {bytes} bytes"),
            None => Ok(()),
        }
    }
}

/// Whether there is no room: on the disk, for this user, or for a file of this size.
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

#[cfg(test)]
mod tests;
