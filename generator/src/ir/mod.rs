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
pub use ids::{
    CaseId, ContentId, ErrorBodyId, ErrorSetId, HeaderId, MemberId, OperationId, ParameterId,
    SchemeId, TagId, TypeId,
};
pub use notes::{Limit, Note};
pub use operation::{
    AcceptBy, Body, BodyContent, BodyKind, Content, ContentKind, ErrorBody, ErrorResponse,
    ErrorSet, Link, Location, LongRunning, Operation, Parameter, ResponseCase, ResponseHeader,
    ResultFile, SecurityKind, SecurityScheme, Statuses, Step, Style, SuccessResponse,
    TokenEndpoint,
};
pub use types::{
    Enum, Field, Form, IntegerFormat, JsonType, NumberFormat, Object, Part, PartKind, Shape,
    StringFormat, Tagging, Test, Type, TypeDef, Union, UnionVariant, Variant,
};

/// An API.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// Its title.
    pub title: String,
    /// Its version, which is not the crate's.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where it is served.
    pub servers: Vec<Server>,
    /// The security schemes.
    pub security_schemes: Vec<SecurityScheme>,
    /// Where client credentials are exchanged for a token.
    pub token_endpoint: Option<TokenEndpoint>,
    /// Where clients find their credentials.
    pub credential_sources: Option<CredentialSources>,
    /// Where the bodies of errors say what went wrong.
    pub error_body: Option<ErrorBodyFormat>,
    /// How many requests the server takes from a client, and in how many seconds.
    pub rate_limit: Option<(u32, u64)>,
    /// Operations are kept in groups, one for each tag.
    pub groups: Vec<Group>,
    /// What it can do.
    pub operations: Vec<Operation>,
    /// The headers of its responses, each name and type once.
    pub headers: Vec<ResponseHeader>,
    /// What it speaks of.
    pub types: Vec<TypeDef>,
    /// The bodies of all documented errors.
    pub error_bodies: Vec<ErrorBody>,
    /// The errors that operations document, each combination once.
    pub error_sets: Vec<ErrorSet>,
}

impl Api {
    /// The declaration of a type.
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

    /// Returns a type without other names for types, which are the same types to the compiler.
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
            Type::Any | Type::Boolean | Type::Integer(_) | Type::Number(_) | Type::String(_) => {
                of.clone()
            }
        }
    }
}

/// A name as it stands in the document and on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireName(pub String);

impl fmt::Display for WireName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a document says about a thing in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Docs {
    /// A line that says it in short.
    pub summary: Option<String>,
    /// All that there is to say.
    pub description: Option<String>,
    /// What the schema says besides: defaults, limits, formats.
    pub notes: Vec<Note>,
}

/// A place where the API is served.
#[derive(Debug, Clone)]
pub struct Server {
    /// The URL, with variables in braces.
    pub url: String,
    /// What it is.
    pub description: Option<String>,
    /// Its variables.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// Its name.
    pub wire: WireName,
    /// What it is if it is not set, or an example of it.
    pub default: String,
    /// Whether the default is only an example, and the caller must set it (`x-required`).
    pub required: bool,
    /// What it means.
    pub docs: Docs,
}

/// Operations that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its number.
    pub number: TagId,
    /// The tag that they have, if they have one.
    pub tag: Option<String>,
    /// What they are for.
    pub description: Option<String>,
}
