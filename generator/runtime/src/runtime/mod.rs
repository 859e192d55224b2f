//! Everything that does not depend on the API: authentication, requests, retries, decoding and
//! downloads.
//!
//! The surrounding crate provides the rest: an [`Api`] with the servers and security schemes, an
//! [`Operation`] for each operation, and the type `crate::error_body::ErrorBody` of the documented
//! errors. Data flows in one direction: [`Request`] → transport (retries, tokens, limits) →
//! [`BufferedResponse`] → a type of the document, a [`Download`], or an [`Error`].

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
compile_error!(
    "choose how connections are encrypted: the feature `rustls` (default) or `native-tls`"
);

mod api;
mod auth;
mod base_url;
#[cfg(feature = "blocking")]
mod blocking;
mod body;
mod builder;
#[cfg(feature = "cli")]
pub mod cli;
mod client;
mod clock;
#[cfg(feature = "config-files")]
mod credential_files;
mod credential_source;
mod disk;
mod download;
mod error;
mod header;
mod json;
mod masking;
mod media_type;
mod method;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
mod operation;
mod operation_servers;
mod parameter;
mod polling;
mod rate_limit;
mod redirect;
mod request;
mod response;
mod retry;
mod secret;
mod security;
mod sensitive;
mod server;
mod streaming;
mod success;
mod transport;
mod wire_log;

pub use self::api::{
    Api, CredentialFile, Environment, ErrorFormat, FileSyntax, OperationServer, Server,
    ServerVariable, TokenEndpoint,
};
pub use self::auth::{AccessToken, AuthError, TokenFuture, TokenSource};
#[cfg(feature = "blocking")]
pub use self::blocking::Wait;
pub use self::body::{Form, Upload};
pub use self::builder::ClientBuilder;
pub use self::client::Client;
pub use self::download::{Download, DownloadStream, FileKind, IfExists, SaveIn};
pub(crate) use self::download::{check_directory, check_free};
pub use self::error::{
    ApiError, ConfigError, ConnectionError, DecodeError, Error, SaveError, TimeoutError,
};
pub use self::header::ResponseHeader;
pub use self::media_type::ResponseCase;
pub use self::method::Method;
pub use self::model::{
    Base64, Base64Error, Date, DateTime, DateTimeError, Decimal, DecimalError, Field, Nullable,
    Properties, Span, Time, Undecoded,
};
#[doc(hidden)]
pub use self::model::{
    JsonType, Model, ObjectWriter, PropertyKey, PropertyNames, UnionValue, VariantTest,
    check_required, finish_property, is_missing, read_model, read_property, read_union, wire_name,
    write_adjacent, write_tested,
};
#[allow(unused_imports, reason = "a document may have no objects, no enums or no unions")]
pub(crate) use self::model::{model, open_enum, union};
pub use self::operation::{ErrorCase, Operation, Statuses};
pub use self::parameter::{Location, Parameter, Style};
pub use self::polling::{
    Completed, Export, ExportOutput, ExportProgress, LongRunning, PollEvent, PollStatus,
    PollUpdate, Poller, Step, WaitError,
};
pub use self::rate_limit::RateLimit;
#[cfg(feature = "cli")]
pub(crate) use self::request::Trace;
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use self::request::request;
pub use self::request::{Request, ResponseFuture};
pub use self::response::{BufferedResponse, Response};
pub use self::retry::RetryPolicy;
pub use self::secret::Secret;
pub use self::security::{Credential, SecurityKind, SecurityScheme};
pub use self::streaming::{Event, EventStream, JsonLines, StreamingResponse};
pub use http::{HeaderMap, StatusCode};
pub use serde_json::{Map, Value};
