//! What OpenAPI has no words for: our extensions, each a type.
//!
//! `parse/extension/` reads them and reports what is wrong with them.

use super::SchemaId;
use crate::pointer::Pointer;

/// The type of a property by the value of another (`x-tagged-by`, on a property).
#[derive(Debug, Clone)]
pub struct TaggedBy {
    /// Where it stands.
    pub at: Pointer,
    /// The property beside this one that has the tag.
    pub property_name: String,
    /// The component schemas by their tags.
    pub mapping: Vec<(String, SchemaId)>,
}

/// The media type of a response by the value of a parameter (`x-accept`, on a parameter).
#[derive(Debug, Clone)]
pub struct Accept {
    /// Where it stands.
    pub at: Pointer,
    /// The media types by values.
    pub media_types: Vec<(String, String)>,
}

/// How to wait for what an operation starts (`x-long-running`, on an operation), in the document's
/// words: the operations are named by links.
#[derive(Debug, Clone)]
pub struct LongRunning {
    /// Where it stands.
    pub at: Pointer,
    /// The link to the operation that returns the state.
    pub poll: String,
    /// The JSON pointer to the status in the state.
    pub status: String,
    /// The JSON pointer to the time of creation, in the response of the operation.
    pub created: Option<String>,
    /// The link to the operation that cancels.
    pub cancel: Option<String>,
    /// The link to the operation that returns the result as a file.
    pub download: Option<String>,
    /// The name of the command that does it all.
    pub command: Option<String>,
    /// The statuses that mean success.
    pub succeeded: Vec<String>,
    /// The statuses that mean failure.
    pub failed: Vec<String>,
    /// The statuses that mean that it was cancelled.
    pub cancelled: Vec<String>,
    /// The codes of errors that mean that it is still running.
    pub pending_errors: Vec<String>,
}

/// Where clients find their credentials (`x-credential-sources`, on the document).
#[derive(Debug, Clone)]
pub struct CredentialSources {
    /// The environment variable with the base URL.
    pub base_url: String,
    /// The environment variable with the client's id.
    pub client_id: String,
    /// The environment variable with the client's secret.
    pub client_secret: String,
    /// Files that other tools keep, in the order in which they are read.
    pub files: Vec<CredentialFile>,
}

/// A file with credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFile {
    /// Its path; `~` is the user's home.
    pub path: String,
    /// Whether it is YAML, and not JSON.
    pub yaml: bool,
    /// The JSON pointer to the name of the environment that is meant, if it has several.
    pub environment: Option<String>,
    /// The JSON pointer to the base URL.
    pub base_url: String,
    /// The JSON pointer to the client's id.
    pub client_id: String,
    /// The JSON pointer to the client's secret.
    pub client_secret: String,
}

/// Where the bodies of errors say what went wrong (`x-error-body`, on the document): JSON pointers,
/// of which the first that leads to a value counts.
#[derive(Debug, Clone, Default)]
pub struct ErrorBodyFormat {
    /// What went wrong, in words.
    pub message: Vec<String>,
    /// A code finer than the status.
    pub code: Vec<String>,
    /// The name of the request in the server's logs.
    pub tracking_id: Vec<String>,
}

/// How many requests the server accepts from a client (`x-rate-limit`, on the document).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,
    /// The time for them, in seconds.
    pub seconds: u64,
}
