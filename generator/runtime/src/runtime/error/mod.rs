//! Errors, distinguished by what a caller can do about them.

mod api;
mod connection;
mod shown;

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::retry::{is_retryable_status, may_have_acted_with};
use super::{AuthError, BufferedResponse, json};
pub use api::ApiError;
pub use connection::{ConnectionError, TimeoutError};
pub(crate) use connection::{Fault, History};
use shown::line_of;
pub(super) use shown::{Beginning, Masked, Short, kept, one_line};

/// The error type of all operations.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The client is misconfigured, or a value of the request is invalid. No request was sent.
    Config(ConfigError),
    /// Authentication failed, so the operation's own request was not sent, or not sent again. A token
    /// endpoint that cannot be reached is a [`Connection`](Self::Connection) error.
    Auth(AuthError),
    /// The server could not be reached, or the connection broke.
    Connection(ConnectionError),
    /// A time limit was exceeded.
    Timeout(TimeoutError),
    /// The server returned an error.
    Api(Box<ApiError>),
    /// The response does not match the document.
    Decode(Box<DecodeError>),
    /// A download could not be written to disk.
    Save(SaveError),
}

impl Error {
    /// Returns the error that the server returned, if this is one.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Returns the status of the response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status()),
            Self::Decode(error) => Some(error.status()),
            _ => None,
        }
    }

    /// Returns how long the server asks to wait before the next attempt (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after(),
            Self::Auth(error) => error.retry_after(),
            Self::Timeout(error) => error.pause(),
            _ => None,
        }
    }

    /// Returns whether the same call may succeed later.
    ///
    /// | error | retryable |
    /// |---|---|
    /// | [`Config`](Self::Config), [`Decode`](Self::Decode), [`Save`](Self::Save) | no |
    /// | [`Auth`](Self::Auth) | if the token endpoint returned `408`, `429` or `5xx`, or the token source [marked it so](AuthError::retryable) |
    /// | [`Connection`](Self::Connection) | yes, unless the request itself cannot be sent |
    /// | [`Timeout`](Self::Timeout) | yes |
    /// | [`Api`](Self::Api) | `408`, `429`, `500`, `502`, `503`, `504` |
    ///
    /// This does not mean that a retry is safe: see
    /// [`may_have_reached_server`](Self::may_have_reached_server).
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Config(_) | Self::Decode(_) | Self::Save(_) => false,
            Self::Auth(error) => error.is_retryable(),
            Self::Connection(error) => error.is_retryable(),
            Self::Timeout(_) => true,
            Self::Api(error) => is_retryable_status(error.status(), true),
        }
    }

    /// Returns whether a request of the operation may have reached the server, so that the server
    /// may have acted on it.
    ///
    /// | error | may have reached the server |
    /// |---|---|
    /// | [`Config`](Self::Config) | no: the request was not sent |
    /// | [`Auth`](Self::Auth) | no, unless authentication failed before a further attempt |
    /// | [`Connection`](Self::Connection), [`Timeout`](Self::Timeout) | unless no attempt got that far, or authentication failed |
    /// | [`Api`](Self::Api), [`Decode`](Self::Decode), [`Save`](Self::Save) | yes: there was a response |
    pub fn may_have_reached_server(&self) -> bool {
        match self {
            Self::Config(_) => false,
            Self::Auth(error) => error.may_have_reached_server(),
            Self::Connection(error) => error.may_have_reached_server(),
            Self::Timeout(error) => error.may_have_reached_server(),
            Self::Api(_) | Self::Decode(_) | Self::Save(_) => true,
        }
    }

    /// Returns whether `Display` states that the server may have acted on the request.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn states_that_it_may_have_acted(&self) -> bool {
        match self {
            Self::Connection(error) => error.history.acted,
            Self::Timeout(error) => error.states_that_it_may_have_acted(),
            _ => false,
        }
    }

    /// Returns the id of the operation whose request may have reached the server.
    #[allow(dead_code, reason = "only the command-line program uses it")]
    pub(crate) fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Connection(error) => Some(error.operation),
            Self::Timeout(error) => Some(error.operation()),
            Self::Api(error) => Some(error.operation()),
            Self::Decode(error) => Some(error.response.operation),
            Self::Auth(error) => error.operation(),
            Self::Config(_) | Self::Save(_) => None,
        }
    }

    /// Returns whether the server may have performed the operation although the call failed.
    pub(crate) fn may_have_acted(&self) -> bool {
        match self {
            Self::Auth(error) => error.may_have_acted(),
            Self::Api(error) => may_have_acted_with(error.status()),
            // A file is saved only after a successful response.
            Self::Save(_) => false,
            other => other.may_have_reached_server(),
        }
    }

    /// Returns the id by which the server's operators find the request in their logs.
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
    /// Returns the source of the wrapped error. The wrapped error itself is not a source, because
    /// it has the same `Display` as this type.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Save(error) => Some(&error.cause),
            Self::Connection(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

macro_rules! from_errors {
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

from_errors! {
    ConfigError => Self::Config;
    AuthError => Self::Auth;
    ConnectionError => Self::Connection;
    TimeoutError => Self::Timeout;
    ApiError => |error| Self::Api(Box::new(error));
    DecodeError => |error| Self::Decode(Box::new(error));
    SaveError => Self::Save;
}

/// The client is misconfigured, or a value of the request is invalid.
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
        // These messages are written by this crate, and may be long.
        f.write_str(&line_of(&self.message, 2000))
    }
}

/// The response does not match the document.
#[derive(Debug, Clone)]
pub struct DecodeError {
    response: Box<BufferedResponse>,
    path: String,
    reason: String,
    /// Whether it is another kind of response than the requested one, so that nothing was decoded.
    is_mismatch: bool,
}

impl DecodeError {
    pub(crate) fn new(response: BufferedResponse, path: &str, reason: &str) -> Self {
        // Both may contain parts of the body.
        let [path, reason] = [path, reason].map(|text| kept(&response.secrets.masked(text)));
        Self { response: Box::new(response), path, reason, is_mismatch: false }
    }

    /// Returns the error for a response of another kind than the requested one.
    pub(crate) fn mismatch(response: BufferedResponse, reason: &str) -> Self {
        Self { is_mismatch: true, ..Self::new(response, ".", reason) }
    }

    /// Returns the location of the mismatch in the body, as in `messages[0].type`. `.` stands for
    /// the whole body.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.response.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.response.headers
    }

    /// Returns the body as received, or its beginning if it is too long or was not decoded at all.
    pub fn bytes(&self) -> &Bytes {
        &self.response.bytes
    }

    /// Returns the string or the number at a JSON pointer (RFC 6901) of the body, as in `/id`. A
    /// number has all digits of the body. The rest of the body may be invalid, so this finds the id
    /// of what the request has started.
    pub fn scalar(&self, pointer: &str) -> Option<String> {
        json::scalar(&json::text(&self.response.bytes).ok()?, pointer)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { response, path, reason, is_mismatch } = self;
        let what = if *is_mismatch { "response" } else { "body of the response" };
        write!(f, "{}: the {what} {} ", response.operation, response.status.as_u16())?;
        match response.media_type() {
            Some(media_type) => write!(f, "({}) ", one_line(media_type))?,
            None => f.write_str("(without Content-Type) ")?,
        }
        if *is_mismatch {
            return write!(f, "is not what was requested: {}", line_of(reason, 600));
        }
        write!(f, "cannot be decoded")?;
        if path != "." {
            write!(f, " at `{}`", one_line(path))?;
        }
        write!(f, ": {}", one_line(reason))
    }
}

/// A download could not be saved.
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

    /// Adds the size of the file if the disk is full.
    pub(crate) fn needing(mut self, bytes: Option<u64>) -> Self {
        self.needed = bytes.filter(|_| is_full(&self.cause));
        self
    }

    /// Returns the size of the file, in bytes, if the disk was full and the server had announced
    /// the size. The partial file is removed.
    pub fn needed(&self) -> Option<u64> {
        self.needed
    }

    /// Returns the path of the file that could not be written.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the error of the operating system.
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

/// Returns whether the disk, the user's quota or the size limit of a file is exhausted.
fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

#[cfg(test)]
mod tests;
