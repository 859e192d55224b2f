//! The facts of a document that apply to the whole API.

use super::{RateLimit, SecurityScheme};

/// The description of an API: its servers, its security schemes, and the shape of its errors.
#[derive(Debug)]
pub struct Api {
    /// The product token that requests send as `User-Agent` (RFC 9110, section 10.1.5).
    pub user_agent: &'static str,
    /// The servers (OpenAPI 3.0, Server Object). The first one is the default.
    pub servers: &'static [Server],
    /// The servers of single operations, which override those of the API.
    pub operation_servers: &'static [OperationServer],
    /// The endpoint that exchanges client credentials for a token.
    pub token_endpoint: Option<TokenEndpoint>,
    /// The security schemes (OpenAPI 3.0, Components Object, `securitySchemes`).
    pub security: &'static [SecurityScheme],
    /// The environment variables that hold the base URL and the client credentials.
    pub environment: Option<Environment>,
    /// The files of other tools that hold the same, in the order in which they are tried.
    pub credential_files: &'static [CredentialFile],
    /// The locations of message, code and tracking id in the bodies of errors.
    pub error_format: ErrorFormat,
    /// The rate at which the server accepts requests from one client.
    pub rate_limit: Option<RateLimit>,
}

/// The endpoint that exchanges client credentials for a token. A URL that starts with `/` is
/// relative to the base URL's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// The token URL itself (OpenAPI 3.0, OAuth Flow Object, `tokenUrl`).
    Url(&'static str),
    /// The URL of the discovery document that contains the token URL (OpenAPI 3.0, Security Scheme
    /// Object, `openIdConnectUrl`; OpenID Connect Discovery 1.0, section 4).
    Discovery(&'static str),
}

/// A server of the API (OpenAPI 3.0, Server Object).
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// The URL, with variables in braces, as in `https://{tenant}.example.com/v1`.
    pub url: &'static str,
    /// The variables of the URL.
    pub variables: &'static [ServerVariable],
}

/// A server of single operations (OpenAPI 3.0, Path Item Object and Operation Object, `servers`).
#[derive(Debug)]
pub struct OperationServer {
    /// The server.
    pub server: Server,
    /// Whether it has the host of the API's server, and only another path.
    pub has_same_host: bool,
    /// The ids of the operations.
    pub operations: &'static [&'static str],
}

/// A variable of a server's URL (OpenAPI 3.0, Server Variable Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerVariable {
    /// The name, as it appears in braces in the URL.
    pub name: &'static str,
    /// The default value. `None` means that the caller must set the variable, because the default
    /// of the document is only an example, such as the host of another tenant.
    pub default: Option<&'static str>,
}

/// The names of the environment variables that `Client::from_env` reads.
#[derive(Debug, Clone, Copy)]
pub struct Environment {
    /// The variable with the base URL.
    pub base_url: &'static str,
    /// The variable with the client id (RFC 6749, section 2.2).
    pub client_id: &'static str,
    /// The variable with the client secret (RFC 6749, section 2.3.1).
    pub client_secret: &'static str,
}

/// A file in which another tool keeps client credentials. The values are located by JSON pointers
/// (RFC 6901).
#[derive(Debug, Clone, Copy)]
pub struct CredentialFile {
    /// The path of the file. `~` stands for the user's home directory.
    pub path: &'static str,
    /// The syntax of the file.
    pub syntax: FileSyntax,
    /// The name of the current environment, for files with several. It replaces `{environment}` in
    /// the other pointers.
    pub environment: Option<&'static str>,
    /// The base URL.
    pub base_url: &'static str,
    /// The client id.
    pub client_id: &'static str,
    /// The client secret.
    pub client_secret: &'static str,
}

/// The syntax of a credential file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSyntax {
    /// JSON (RFC 8259).
    Json,
    /// YAML.
    Yaml,
}

/// The locations of message, code and tracking id in JSON error bodies. Each slice holds JSON
/// pointers (RFC 6901). The first pointer that leads to a string or a number is used.
#[derive(Debug, Clone, Copy)]
pub struct ErrorFormat {
    /// The message.
    pub message: &'static [&'static str],
    /// The error code, which is more specific than the status.
    pub code: &'static [&'static str],
    /// The id by which the server's operators find the request in their logs.
    pub tracking_id: &'static [&'static str],
}

impl ErrorFormat {
    /// The usual locations: Problem Details (RFC 9457), OAuth (RFC 6749, section 5.2), and common
    /// conventions.
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
