//! Our extensions of OpenAPI, each as a type.
//!
//! `parse/extension/` reads them and reports faults in them.

use super::SchemaId;
use crate::pointer::Pointer;

/// Selects the type of a property by the value of another property (`x-tagged-by`, on a property).
#[derive(Debug, Clone)]
pub struct TaggedBy {
    /// Its location in the document.
    pub at: Pointer,
    /// The sibling property that has the tag.
    pub property_name: String,
    /// The tags, each with its component schema.
    pub mapping: Vec<(String, SchemaId)>,
}

/// Selects the media type of the response by the value of a parameter (`x-accept`, on a parameter).
#[derive(Debug, Clone)]
pub struct Accept {
    /// Its location in the document.
    pub at: Pointer,
    /// The values of the parameter, each with its media type.
    pub media_types: Vec<(String, String)>,
}

/// A long-running operation: how to poll, cancel and download what it starts (`x-long-running`, on an
/// operation). Names the other operations by links, as the document does.
#[derive(Debug, Clone)]
pub struct LongRunning {
    /// Its location in the document.
    pub at: Pointer,
    /// The link to the operation that returns the current state.
    pub poll: String,
    /// The JSON pointer to the status, in the state.
    pub status: String,
    /// The JSON pointer to the time of creation, in the response of this operation.
    pub created: Option<String>,
    /// The link to the operation that cancels the work.
    pub cancel: Option<String>,
    /// The link to the operation that returns the result as a file.
    pub download: Option<String>,
    /// The name of the CLI command that starts the work, waits for it and downloads the result.
    pub command: Option<String>,
    /// The statuses that mean success.
    pub succeeded: Vec<String>,
    /// The statuses that mean failure.
    pub failed: Vec<String>,
    /// The statuses that mean cancellation.
    pub cancelled: Vec<String>,
    /// The error codes that mean that the work is still running.
    pub pending_errors: Vec<String>,
}

/// The sources from which clients read their credentials (`x-credential-sources`, on the document).
#[derive(Debug, Clone)]
pub struct CredentialSources {
    /// The environment variable with the base URL.
    pub base_url: String,
    /// The environment variable with the client id.
    pub client_id: String,
    /// The environment variable with the client secret.
    pub client_secret: String,
    /// The configuration files of other tools, in the order in which they are read.
    pub files: Vec<CredentialFile>,
}

/// A file with credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFile {
    /// Its path. A leading `~` is the user's home directory.
    pub path: String,
    /// Whether it is YAML rather than JSON.
    pub yaml: bool,
    /// The JSON pointer to the name of the active environment, if the file has several.
    pub environment: Option<String>,
    /// The JSON pointer to the base URL.
    pub base_url: String,
    /// The JSON pointer to the client id.
    pub client_id: String,
    /// The JSON pointer to the client secret.
    pub client_secret: String,
}

/// The JSON pointers to the details in the bodies of error responses (`x-error-body`, on the
/// document). For each detail, the first pointer that resolves is used.
#[derive(Debug, Clone, Default)]
pub struct ErrorBodyFormat {
    /// The message for people.
    pub message: Vec<String>,
    /// The error code, which is more specific than the status.
    pub code: Vec<String>,
    /// The id of the request in the server's logs.
    pub tracking_id: Vec<String>,
}

/// The number of requests that the server accepts from a client (`x-rate-limit`, on the document).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u32,
    /// The time window, in seconds.
    pub seconds: u64,
}
