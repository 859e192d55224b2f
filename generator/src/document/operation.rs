//! Operations, and what they are made of. References are resolved: `at` is where a thing stands.

use indexmap::IndexMap;
use openapiv3::{QueryStyle, SecurityRequirement, StatusCode};
use serde_json::Value;

use super::{Accept, LongRunning, SchemaId};
use crate::pointer::Pointer;

/// An operation (OpenAPI 3.0.3, Operation Object).
#[derive(Debug, Clone)]
pub struct Operation {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its path.
    pub path: String,
    /// Its method, in capitals.
    pub method: &'static str,
    /// `operationId`, if it is not blank.
    pub id: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `summary`
    pub summary: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `deprecated`
    pub deprecated: bool,
    /// Its own parameters, then those of its path.
    pub parameters: Vec<Parameter>,
    /// `requestBody`
    pub request_body: Option<RequestBody>,
    /// `responses`, the one by `default` last.
    pub responses: Vec<Response>,
    /// `security`, if it has requirements of its own.
    pub security: Option<Vec<SecurityRequirement>>,
    /// Where it, or its path, has servers of its own.
    pub servers: Vec<Pointer>,
    /// Whether it has callbacks.
    pub has_callbacks: bool,
    /// `x-user-levels`: the levels that a user needs, one of them.
    pub user_levels: Vec<String>,
    /// `x-long-running`
    pub long_running: Option<LongRunning>,
}

/// A parameter (OpenAPI 3.0.3, Parameter Object).
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Where the operation or the path refers to it.
    pub used_at: Pointer,
    /// What it says, without its schema.
    pub object: openapiv3::Parameter,
    /// The schema of its value.
    pub schema: ParameterSchema,
    /// `x-accept`
    pub accept: Option<Accept>,
}

/// The schema of the value of a parameter or a header.
#[derive(Debug, Clone)]
pub enum ParameterSchema {
    /// `schema`
    Schema(SchemaId),
    /// `content`: the value is text of a media type.
    Content(String, SchemaId),
}

/// The body of a request (OpenAPI 3.0.3, Request Body Object).
#[derive(Debug, Clone)]
pub struct RequestBody {
    /// `description`
    pub description: Option<String>,
    /// `required`
    pub required: bool,
    /// `content`
    pub content: Vec<MediaType>,
}

/// A representation of a body (OpenAPI 3.0.3, Media Type Object).
#[derive(Debug, Clone)]
pub struct MediaType {
    /// Where it stands in the document.
    pub at: Pointer,
    /// The media type, as the document writes it.
    pub name: String,
    /// `schema`
    pub schema: SchemaId,
    /// `itemSchema` of OpenAPI 3.2: the schema of each item of a stream.
    pub item_schema: Option<SchemaId>,
    /// `encoding`, by the names of properties.
    pub encoding: IndexMap<String, Encoding>,
    /// `example`, or the first of `examples`.
    pub example: Option<Value>,
}

/// How a property of a form is written (OpenAPI 3.0.3, Encoding Object).
#[derive(Debug, Clone, Default)]
pub struct Encoding {
    /// The media types of `contentType`.
    pub content_types: Vec<String>,
    /// `style`
    pub style: Option<QueryStyle>,
    /// `explode`
    pub explode: Option<bool>,
    /// Whether it has `headers`.
    pub has_headers: bool,
}

/// A response (OpenAPI 3.0.3, Response Object).
#[derive(Debug, Clone)]
pub struct Response {
    /// Where it stands in the document.
    pub at: Pointer,
    /// The status or range of statuses; `None` is `default`.
    pub status: Option<StatusCode>,
    /// `description`
    pub description: String,
    /// `headers`
    pub headers: Vec<Header>,
    /// `content`
    pub content: Vec<MediaType>,
    /// `links`
    pub links: Vec<Link>,
}

/// A header of a response (OpenAPI 3.0.3, Header Object).
#[derive(Debug, Clone)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// `description`
    pub description: Option<String>,
    /// The schema of its value.
    pub schema: ParameterSchema,
}

/// A link (OpenAPI 3.0.3, Link Object).
#[derive(Debug, Clone)]
pub struct Link {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// What it says.
    pub object: openapiv3::Link,
}

/// A way to authenticate (OpenAPI 3.0.3, Security Scheme Object).
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// What it says.
    pub object: openapiv3::SecurityScheme,
}

/// A server (OpenAPI 3.0.3, Server Object).
#[derive(Debug, Clone)]
pub struct Server {
    /// The URL, with variables in braces.
    pub url: String,
    /// `description`
    pub description: Option<String>,
    /// `variables`
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL (OpenAPI 3.0.3, Server Variable Object).
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// `default`
    pub default: String,
    /// `enum`, empty if any value is allowed.
    pub values: Vec<String>,
    /// `description`
    pub description: Option<String>,
    /// `x-required`: the default is an example, and the caller must set the variable.
    pub required: bool,
}
