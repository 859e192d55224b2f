//! What a document says of its API as a whole, in the form that the runtime reads.

use super::{RateLimit, SecurityScheme};

/// An API: where it is, how clients sign in, and what its errors look like.
#[derive(Debug)]
pub struct Api {
    /// The product token that requests send as `User-Agent` (RFC 9110, section 10.1.5).
    pub user_agent: &'static str,
    /// Where the API is to be found (OpenAPI 3.0, Server Object). The first one is the default.
    pub servers: &'static [Server],
    /// Where client credentials are exchanged for a token.
    pub token_endpoint: Option<TokenEndpoint>,
    /// The ways to sign in that the document names (OpenAPI 3.0, Components Object,
    /// `securitySchemes`).
    pub security: &'static [SecurityScheme],
    /// The environment variables that hold what a client needs to sign in.
    pub environment: Option<Environment>,
    /// The files in which other tools keep it, in the order in which they are looked at.
    pub credential_files: &'static [CredentialFile],
    /// Where the bodies of errors say what went wrong.
    pub error_format: ErrorFormat,
    /// How many requests the server takes from a client.
    pub rate_limit: Option<RateLimit>,
}

/// Where client credentials are exchanged for a token. A URL that starts with `/` is on the host
/// that the client talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// The token URL itself (OpenAPI 3.0, OAuth Flow Object, `tokenUrl`).
    Url(&'static str),
    /// The URL of a document that names it (OpenAPI 3.0, Security Scheme Object,
    /// `openIdConnectUrl`; OpenID Connect Discovery 1.0, section 4).
    Discovery(&'static str),
}

/// A place where the API is served: a URL with variables in braces.
#[derive(Debug)]
pub struct Server {
    /// The URL, as in `https://{tenant}.example.com/v1`.
    pub url: &'static str,
    /// Its variables.
    pub variables: &'static [ServerVariable],
}

/// A variable of a server's URL (OpenAPI 3.0, Server Variable Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name, as it stands in braces in the URL.
    pub name: &'static str,
    /// The value that it has unless the caller sets one. Without a default the caller must set it:
    /// what the document has is the host of somebody else, as an example.
    pub default: Option<&'static str>,
}

/// The names of the environment variables that `Client::from_env` reads.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    /// The variable with the base URL.
    pub base_url: &'static str,
    /// The variable with the id of the client (RFC 6749, section 2.2).
    pub client_id: &'static str,
    /// The variable with the secret of the client (RFC 6749, section 2.3.1).
    pub client_secret: &'static str,
}

/// A file with what a client signs in with, as another tool keeps it. What is in it is found by JSON
/// pointers (RFC 6901).
#[derive(Debug, Clone, Copy)]
pub struct CredentialFile {
    /// Its path. `~` is the user's home.
    pub path: &'static str,
    /// How it is written.
    pub syntax: FileSyntax,
    /// Where it says which of several environments is meant. Its name then stands in the other
    /// pointers for `{environment}`.
    pub environment: Option<&'static str>,
    /// Where the base URL is.
    pub base_url: &'static str,
    /// Where the id of the client is.
    pub client_id: &'static str,
    /// Where the secret of the client is.
    pub client_secret: &'static str,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSyntax {
    /// As JSON (RFC 8259).
    Json,
    /// As YAML.
    Yaml,
}

/// Where the JSON bodies of errors keep what a reader wants to know. Each list holds JSON pointers
/// (RFC 6901), the first that leads to a text counts.
#[derive(Debug, Clone, Copy)]
pub struct ErrorFormat {
    /// What went wrong, in words.
    pub message: &'static [&'static str],
    /// A code finer than the status.
    pub code: &'static [&'static str],
    /// The name under which the server's operators find the request in their logs.
    pub tracking_id: &'static [&'static str],
}

impl ErrorFormat {
    /// The places that are usual where a document does not say otherwise: Problem Details
    /// (RFC 9457), OAuth (RFC 6749, section 5.2), and the common habits.
    pub const COMMON: Self = Self {
        message: &[
            "/detail",
            "/title",
            "/error_description",
            "/message",
            "/error/message",
            "/error",
        ],
        code: &["/code", "/error/code"],
        tracking_id: &["/requestId", "/request_id", "/traceId"],
    };
}
