//! The intermediate representation: what a document says, settled far enough to be written as Rust,
//! and still without a word of Rust's syntax.
//!
//! [`lower`](crate::lower) builds it, and from then on it does not change. Every item with a name in the
//! crate has a number here; [`name`](crate::name) maps these numbers to names.

mod ids;
mod notes;
mod operation;
mod types;

use std::fmt;

pub use crate::document::{CredentialFile, CredentialSources, ErrorBodyFormat};
use crate::pointer::Pointer;
pub use ids::{
    CaseId, ContentId, ErrorBodyId, ErrorSetId, GroupId, HeaderId, MemberId, OperationId,
    ParameterId, SchemeId, TypeId,
};
pub use notes::{Limit, Note};
pub use operation::{
    AcceptBy, Body, BodyContent, BodyKind, Content, ContentKind, ErrorBody, ErrorResponse,
    ErrorSet, Link, LinkSource, LinkTarget, Location, LongRunning, Operation, Parameter, Payload,
    ResponseCase, ResponseHeader, ResultFile, SecurityKind, SecurityScheme, Statuses, Step, Style,
    SuccessResponse, TokenEndpoint,
};
pub use types::{
    Enum, Extern, Field, Form, IntegerFormat, JsonType, NumberFormat, Object, Part, PartKind,
    Shape, StringFormat, Tagging, Test, Type, TypeDef, Union, UnionVariant, Variant,
};

/// An API.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// The title.
    pub title: String,
    /// The version of the API. The crate has its own.
    pub version: String,
    /// The description.
    pub description: Option<String>,
    /// The servers.
    pub servers: Vec<Server>,
    /// The servers of single operations, each once.
    pub operation_servers: Vec<OperationServer>,
    /// The security schemes.
    pub security_schemes: Vec<SecurityScheme>,
    /// The endpoint that exchanges client credentials for a token.
    pub token_endpoint: Option<TokenEndpoint>,
    /// The sources of client credentials.
    pub credential_sources: Option<CredentialSources>,
    /// The locations of message, code and tracking id in error bodies.
    pub error_body: Option<ErrorBodyFormat>,
    /// The rate limit: a number of requests, and the seconds in which the server accepts them.
    pub rate_limit: Option<(u32, u64)>,
    /// The groups of operations, one for each tag.
    pub groups: Vec<Group>,
    /// The operations.
    pub operations: Vec<Operation>,
    /// The bodies of requests that the server makes: of webhooks and callbacks.
    pub payloads: Vec<Payload>,
    /// The headers of responses, each name and type once.
    pub headers: Vec<ResponseHeader>,
    /// The declared types.
    pub types: Vec<TypeDef>,
    /// The documented error bodies.
    pub error_bodies: Vec<ErrorBody>,
    /// The sets of errors that operations document, each combination once.
    pub error_sets: Vec<ErrorSet>,
}

impl Api {
    /// Returns the declaration of a type.
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        match self.types.get(id.0) {
            Some(def) => def,
            None => unreachable!("an id is made together with its declaration: {id:?}"),
        }
    }

    /// Returns an operation.
    pub fn operation(&self, id: OperationId) -> &Operation {
        match self.operations.get(id.0) {
            Some(operation) => operation,
            None => unreachable!("an id is that of an operation: {id:?}"),
        }
    }

    /// Returns all servers: those of the document first, then those of single operations.
    pub fn all_servers(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter().chain(self.operation_servers.iter().map(|one| &one.server))
    }

    /// Returns the server of an operation that overrides those of the document.
    pub fn server_of(&self, operation: OperationId) -> Option<&OperationServer> {
        self.operation_servers.iter().find(|server| server.operations.contains(&operation))
    }

    /// Resolves the aliases of a type.
    pub fn spelled_out(&self, of: &Type) -> Type {
        self.without_names(of, &mut Vec::new())
    }

    fn without_names(&self, of: &Type, passed: &mut Vec<TypeId>) -> Type {
        let mut inner = |of: &Type| Box::new(self.without_names(of, passed));
        match of {
            Type::Array(item) => Type::Array(inner(item)),
            Type::Map(item) => Type::Map(inner(item)),
            Type::Nullable(item) => Type::Nullable(inner(item)),
            Type::Tuple(items) => Type::Tuple(items.iter().map(|item| *inner(item)).collect()),
            Type::Named(id) => match &self.type_def(*id).shape {
                Shape::Alias(of) if !passed.contains(id) => {
                    passed.push(*id);
                    let of = self.without_names(of, passed);
                    passed.pop();
                    of
                }
                Shape::Alias(_)
                | Shape::Object(_)
                | Shape::Enum(_)
                | Shape::Union(_)
                | Shape::Form(_) => of.clone(),
            },
            Type::Any
            | Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String(_)
            | Type::Extern(_) => of.clone(),
        }
    }
}

/// A name as it is written in the document and on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireName(pub String);

impl fmt::Display for WireName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The documentation of an item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Docs {
    /// The summary, one line.
    pub summary: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The constraints and other facts of the schema: defaults, limits, formats.
    pub notes: Vec<Note>,
}

/// A server (OpenAPI 3.0, Server Object).
#[derive(Debug, Clone)]
pub struct Server {
    /// The location in the document.
    pub at: Pointer,
    /// The URL, with variables in braces.
    pub url: String,
    /// The description.
    pub description: Option<String>,
    /// The variables.
    pub variables: Vec<ServerVariable>,
}

/// A server of single operations, which overrides those of the document.
#[derive(Debug, Clone)]
pub struct OperationServer {
    /// The server.
    pub server: Server,
    /// Whether it has the host of the document's server, and only another path.
    pub has_same_host: bool,
    /// The operations.
    pub operations: Vec<OperationId>,
}

/// A variable of the URL of a server.
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// The name.
    pub wire: WireName,
    /// The default, or an example of a value.
    pub default: String,
    /// Whether the default is only an example, and the caller must set it (`x-required`).
    pub required: bool,
    /// The documentation.
    pub docs: Docs,
}

/// Operations that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// The number.
    pub number: GroupId,
    /// The tag, or the first part of the operation ids. Operations without it have a group, too.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
}
