//! What a program for the command line knows of its API: tables, written by the generator.
//!
//! The words of the command line are in them, the texts of its help, and the places in a request
//! that values go to. What is done with them is left to the other modules.

use crate::runtime::polling::LongRunning;
use crate::runtime::{ClientBuilder, Operation, Parameter, Style};

/// Flags that every command has. The generator gives no parameter one of these names.
pub const RESERVED: &[&str] = &[
    "allow-unknown",
    "api-version",
    "base-url",
    "body",
    "cancel-on-timeout",
    "client-id",
    "client-secret-file",
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
    "timeout",
    "token-file",
    "verbose",
    "version",
];

/// A program.
#[derive(Debug)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What it is for: a line, an empty one, and the rest.
    pub about: &'static str,
    /// Makes a builder for its client.
    pub builder: fn() -> ClientBuilder,
    /// The variables of the API's servers (OpenAPI 3.0, Server Variable Object).
    pub server_variables: &'static [ServerFlag],
    /// The ways to sign in that are no tokens.
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
    /// What it means.
    pub help: &'static str,
}

/// A flag for a file with a key, or with a user's name and password.
#[derive(Debug)]
pub struct CredentialFlag {
    /// The name of the flag.
    pub name: &'static str,
    /// The security scheme that it is for.
    pub scheme: &'static str,
    /// What it means.
    pub help: &'static str,
}

/// A command: an operation of the API.
#[derive(Debug)]
pub struct Command {
    /// Its name.
    pub name: &'static str,
    /// What it does: a line, an empty one, and the rest.
    pub about: &'static str,
    /// The operation.
    pub operation: &'static Operation,
    /// The parameters of the operation, those of the path first and in its order.
    pub parameters: &'static [ParameterFlag],
    /// The body of its requests.
    pub body: Option<Body>,
    /// How its successful responses are read.
    pub response: ResponseFormat,
    /// The parameter that says which media type is asked for.
    pub accept_by: Option<AcceptBy>,
    /// The scopes that a token needs.
    pub scopes: &'static [&'static str],
    /// The levels that a user needs, one of them.
    pub user_levels: &'static [&'static str],
    /// How to wait for what it starts.
    pub job: Option<Job>,
}

/// A word of the command line that takes a value.
#[derive(Debug)]
pub struct Flag {
    /// Its name, without hyphens before it.
    pub name: &'static str,
    /// What it takes.
    pub kind: ValueType,
    /// Whether it must be there.
    pub required: bool,
    /// What it means: a line, an empty one, and the rest.
    pub help: &'static str,
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    String,
    /// `true` or `false`; without either it is `true`.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// One of these values, each with what it means.
    Choice(&'static [(&'static str, &'static str)]),
    /// Several values: the flag is repeated, or the values stand with commas between them, unless
    /// they are texts, which may have commas themselves.
    Array(&'static Self),
    /// The path of a file that is sent.
    File,
    /// JSON (RFC 8259).
    Json,
}

/// A flag for a parameter. Those of paths stand without a name.
#[derive(Debug)]
pub struct ParameterFlag {
    /// The flag.
    pub flag: Flag,
    /// The parameter.
    pub parameter: Parameter<'static>,
    /// Whether its value is written as JSON (OpenAPI 3.0, Parameter Object, `content`).
    pub as_json: bool,
}

/// The body of requests.
#[derive(Debug)]
pub struct Body {
    /// Its media type.
    pub media_type: &'static str,
    /// How it is written.
    pub kind: BodyKind,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub help: &'static str,
    /// Flags for its properties.
    pub properties: &'static [PropertyFlag],
    /// The property that says which others belong to it, by the names that lead there.
    pub tag: Option<&'static [&'static str]>,
    /// The property that is an object in any case, even one with nothing in it.
    pub content: Option<&'static str>,
}

/// How a body is written.
#[derive(Debug)]
pub enum BodyKind {
    /// As JSON.
    Json,
    /// As a form in one line, with the properties that have a style of their own.
    Form(&'static [(&'static str, Style, bool)]),
    /// As a form of several parts, with the media types of those that have one.
    Multipart(&'static [(&'static str, &'static str)]),
    /// As text.
    Text,
    /// As bytes.
    Bytes,
}

/// A flag for a property of the body.
#[derive(Debug)]
pub struct PropertyFlag {
    /// The flag.
    pub flag: Flag,
    /// The names that lead to the property.
    pub path: &'static [&'static str],
    /// The tags that it belongs to, and whether they need it. None: it always belongs there.
    pub of: &'static [(&'static str, bool)],
}

/// How successful responses are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResponseFormat {
    /// There is nothing to read.
    Empty,
    /// As JSON.
    Json,
    /// As text.
    Text,
    /// As a file.
    File,
    /// As server-sent events.
    Events,
    /// As JSON values, one after the other.
    Lines,
    /// As their media type says.
    ByMediaType,
}

/// Which media type is asked for, by the value of a parameter.
#[derive(Debug)]
pub struct AcceptBy {
    /// The name of the parameter on the wire.
    pub parameter: &'static str,
    /// Values and media types.
    pub media_types: &'static [(&'static str, &'static str)],
}

/// A command that starts something, waits for its end, and fetches its file.
#[derive(Debug)]
pub struct Job {
    /// Its name.
    pub name: &'static str,
    /// How to wait.
    pub wait: &'static LongRunning,
    /// What gives the file.
    pub file: Option<JobFile>,
}

/// The operation that gives the file of a job.
#[derive(Debug)]
pub struct JobFile {
    /// The operation.
    pub operation: &'static Operation,
    /// The parameter that is the id of what was started.
    pub id: Parameter<'static>,
    /// The parameter of which each value is another file.
    pub format: Option<ParameterFlag>,
    /// The other parameters.
    pub parameters: &'static [ParameterFlag],
    /// The parameter that says which media type is asked for.
    pub accept_by: Option<AcceptBy>,
}
