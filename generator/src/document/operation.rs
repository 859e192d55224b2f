//! Operations and the objects in them. References are resolved: `at` is the location of the object
//! itself, not of a reference to it.

use indexmap::IndexMap;
use openapiv3::{QueryStyle, SecurityRequirement, StatusCode};
use serde_json::Value;

use super::{Accept, LongRunning, SchemaId};
use crate::pointer::Pointer;

/// An operation (OpenAPI 3.0.3, Operation Object).
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its location in the document.
    pub at: Pointer,
    /// Its path.
    pub path: String,
    /// Its HTTP method.
    pub method: String,
    /// `operationId`, unless it is blank.
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
    /// `responses`, with `default` last.
    pub responses: Vec<Response>,
    /// `security`, if the operation overrides the document's.
    pub security: Option<Vec<SecurityRequirement>>,
    /// `servers` of the operation, or else of its path. If empty, those of the document apply.
    pub servers: Vec<Server>,
    /// `callbacks`: the requests that the server makes.
    pub callbacks: Vec<ServerRequest>,
    /// Whether `callbacks` has entries.
    pub has_callbacks: bool,
    /// `x-user-levels`: the user levels, of which a user needs one.
    pub user_levels: Vec<String>,
    /// `x-long-running`
    pub long_running: Option<LongRunning>,
}

/// An operation that the server calls: of a webhook or a callback (OpenAPI 3.1, `webhooks`).
#[derive(Debug, Clone)]
pub struct ServerRequest {
    /// Its location in the document.
    pub at: Pointer,
    /// The name of the webhook or the callback.
    pub name: String,
    /// Its HTTP method, if the webhook or callback has several.
    pub method: Option<String>,
    /// `requestBody.content`
    pub content: Vec<MediaType>,
}

/// A parameter (OpenAPI 3.0.3, Parameter Object).
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its location in the document.
    pub at: Pointer,
    /// The location in `parameters` of the operation or the path; a reference may stand there.
    pub used_at: Pointer,
    /// The object, without its schema.
    pub object: openapiv3::Parameter,
    /// The schema of its value.
    pub schema: ParameterSchema,
    /// `x-accept`
    pub accept: Option<Accept>,
}

/// The schema of a parameter or a header.
#[derive(Debug, Clone)]
pub enum ParameterSchema {
    /// `schema`
    Schema(SchemaId),
    /// `content`: the value is serialized as this media type.
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

/// One representation of a body (OpenAPI 3.0.3, Media Type Object).
#[derive(Debug, Clone)]
pub struct MediaType {
    /// Its location in the document.
    pub at: Pointer,
    /// The media type, as in the document.
    pub name: String,
    /// `schema`
    pub schema: SchemaId,
    /// `itemSchema` (OpenAPI 3.2): the schema of each item of a stream.
    pub item_schema: Option<SchemaId>,
    /// `encoding`, by the name of the property.
    pub encoding: IndexMap<String, Encoding>,
    /// `example`, or the first of `examples`.
    pub example: Option<Value>,
}

/// How a property of a form is serialized (OpenAPI 3.0.3, Encoding Object).
#[derive(Debug, Clone, Default)]
pub struct Encoding {
    /// The media types in `contentType`.
    pub content_types: Vec<String>,
    /// `style`
    pub style: Option<QueryStyle>,
    /// `explode`
    pub explode: Option<bool>,
    /// Whether `headers` has entries other than `Content-Type`, which is ignored there.
    pub has_headers: bool,
}

/// A response (OpenAPI 3.0.3, Response Object).
#[derive(Debug, Clone)]
pub struct Response {
    /// Its location in the document.
    pub at: Pointer,
    /// The status or the range of statuses; `None` for `default`.
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
    /// Its location in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// The object itself.
    pub object: openapiv3::Link,
}

/// A security scheme (OpenAPI 3.0.3, Security Scheme Object).
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// Its location in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// The object itself.
    pub object: openapiv3::SecurityScheme,
}

/// A server (OpenAPI 3.0.3, Server Object).
#[derive(Debug, Clone)]
pub struct Server {
    /// Its location in the document.
    pub at: Pointer,
    /// The URL, with variables in braces.
    pub url: String,
    /// `description`
    pub description: Option<String>,
    /// `variables`
    pub variables: Vec<ServerVariable>,
}

/// A variable in the URL of a server (OpenAPI 3.0.3, Server Variable Object).
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// `default`
    pub default: String,
    /// `enum`. If empty, any value is allowed.
    pub values: Vec<String>,
    /// `description`
    pub description: Option<String>,
    /// `x-required`: the default is an example, and the caller must set the variable.
    pub required: bool,
}
