//! The tables that describe the program to the runtime. They are written by the generator.
//!
//! They contain the commands and flags, their help, and the locations of the values in a request.

use crate::runtime::polling::LongRunning;
use crate::runtime::{ClientBuilder, Operation, Parameter, Style};

/// The flags that every command has. The generator uses these names for no parameter.
pub const RESERVED: &[&str] = &[
    "allow-unknown",
    "api-version",
    "base-url",
    "body",
    "cancel-on-timeout",
    "client-id",
    "client-secret-file",
    "credential-origin",
    "format",
    "help",
    "id-file",
    "if-exists",
    "json",
    "json-lines",
    "output",
    "poll-interval",
    "quiet",
    "resume",
    "send-secret-to-other-host",
    "server-url",
    "timeout",
    "token-file",
    "verbose",
    "version",
];

/// A command-line program.
#[derive(Debug)]
pub struct Program {
    /// The name of the program.
    pub name: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// The description: a summary, a blank line, and details.
    pub about: &'static str,
    /// Returns a builder for the client.
    pub builder: fn() -> ClientBuilder,
    /// The variables of the API's servers (OpenAPI 3.0, Server Variable Object).
    pub server_variables: &'static [ServerFlag],
    /// The flags for credentials other than tokens.
    pub credentials: &'static [CredentialFlag],
    /// The commands, in groups.
    pub commands: &'static [&'static [Command]],
}

/// A flag for a variable of a server.
#[derive(Debug)]
pub struct ServerFlag {
    /// The name of the flag.
    pub name: &'static str,
    /// The name of the variable.
    pub variable: &'static str,
    /// The help of the flag.
    pub help: &'static str,
}

/// A flag for a file with an API key, or with a user name and a password.
#[derive(Debug)]
pub struct CredentialFlag {
    /// The name of the flag.
    pub name: &'static str,
    /// The security scheme that it is for.
    pub scheme: &'static str,
    /// The help of the flag.
    pub help: &'static str,
}

/// A command for an operation of the API.
#[derive(Debug)]
pub struct Command {
    /// The name of the command.
    pub name: &'static str,
    /// The description: a summary, a blank line, and details.
    pub about: &'static str,
    /// The operation.
    pub operation: &'static Operation,
    /// The parameters of the operation. Path parameters come first, in the order of the path.
    pub parameters: &'static [ParameterFlag],
    /// The request body.
    pub body: Option<Body>,
    /// How its successful responses are read.
    pub response: ResponseFormat,
    /// The parameter that selects the accepted media type.
    pub accept_by: Option<AcceptBy>,
    /// The scopes that a token needs.
    pub scopes: &'static [&'static str],
    /// The user levels, one of which is required.
    pub user_levels: &'static [&'static str],
    /// The job that the operation starts.
    pub job: Option<Job>,
}

/// A flag or a positional argument that takes a value.
#[derive(Debug)]
pub struct Flag {
    /// The name, without leading hyphens.
    pub name: &'static str,
    /// The type of the value.
    pub kind: ValueType,
    /// Whether it is required.
    pub required: bool,
    /// The help: a summary, a blank line, and details.
    pub help: &'static str,
}

/// The type of a flag's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A string.
    String,
    /// `true` or `false`. The flag without a value means `true`.
    Boolean,
    /// An integer.
    Integer,
    /// A number.
    Number,
    /// One of these values, each with its description.
    Choice(&'static [(&'static str, &'static str)]),
    /// Several values. The flag is repeated, or the values are separated by commas, except for
    /// strings, which may contain commas.
    Array(&'static Self),
    /// The path of a file to send.
    File,
    /// JSON (RFC 8259).
    Json,
}

/// A flag for a parameter. Path parameters are positional arguments.
#[derive(Debug)]
pub struct ParameterFlag {
    /// The flag.
    pub flag: Flag,
    /// The parameter.
    pub parameter: Parameter<'static>,
    /// Whether the value is encoded as JSON (OpenAPI 3.0, Parameter Object, `content`).
    pub as_json: bool,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// The media type.
    pub media_type: &'static str,
    /// The encoding.
    pub kind: BodyKind,
    /// Whether the body is required.
    pub required: bool,
    /// The description.
    pub help: &'static str,
    /// The flags for the properties.
    pub properties: &'static [PropertyFlag],
    /// The path of the property that decides which other properties belong to the body.
    pub tag: Option<&'static [&'static str]>,
    /// The property that is always sent as an object, even if it is empty.
    pub content: Option<&'static str>,
}

/// The encoding of a body.
#[derive(Debug)]
pub enum BodyKind {
    /// JSON.
    Json,
    /// A URL-encoded form, with the properties that have a given style.
    Form(&'static [(&'static str, Style, bool)]),
    /// A multipart form, with the media types of the parts that have one.
    Multipart(&'static [(&'static str, &'static str)]),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A flag for a property of the body.
#[derive(Debug)]
pub struct PropertyFlag {
    /// The flag.
    pub flag: Flag,
    /// The path of the property in the body.
    pub path: &'static [&'static str],
    /// The tags that the property belongs to, and whether they require it. If empty, the property
    /// belongs to every body.
    pub of: &'static [(&'static str, bool)],
}

/// The format of a successful response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseFormat {
    /// No body.
    Empty,
    /// JSON.
    Json,
    /// Text.
    Text,
    /// A file.
    File,
    /// Server-sent events.
    Events,
    /// A sequence of JSON values.
    Lines,
    /// Decided by the media type.
    ByMediaType,
}

/// The media type to accept, selected by the value of a parameter.
#[derive(Debug)]
pub struct AcceptBy {
    /// The name of the parameter on the wire.
    pub parameter: &'static str,
    /// The values and their media types.
    pub media_types: &'static [(&'static str, &'static str)],
}

/// A command that starts a job, waits until it completes, and saves its file.
#[derive(Debug)]
pub struct Job {
    /// The name of the command.
    pub name: &'static str,
    /// The description of the job.
    pub wait: &'static LongRunning,
    /// The operation that returns the file.
    pub file: Option<JobFile>,
}

/// The operation that returns the file of a job.
#[derive(Debug)]
pub struct JobFile {
    /// The operation.
    pub operation: &'static Operation,
    /// The parameter for the id of the job.
    pub id: Parameter<'static>,
    /// The parameter that selects one of several files.
    pub format: Option<ParameterFlag>,
    /// The other parameters.
    pub parameters: &'static [ParameterFlag],
    /// The parameter that selects the accepted media type.
    pub accept_by: Option<AcceptBy>,
}
