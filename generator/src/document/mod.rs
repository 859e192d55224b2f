//! The document model: an OpenAPI document as types, with every reference resolved.
//!
//! [`parse`](crate::parse) builds it, and no later stage reads the document's JSON. Objects that have
//! no schemas inside use the types of `openapiv3`. JSON values are kept only for data: defaults,
//! examples, and the values of enums. Leaves what the objects mean for the crate to
//! [`lower`](crate::lower).

mod extension;
mod operation;
mod schema;

use openapiv3::{Info, SecurityRequirement, Tag};

pub use extension::{
    Accept, CredentialFile, CredentialSources, ErrorBodyFormat, LongRunning, RateLimit, TaggedBy,
};
pub use operation::{
    Encoding, Header, Link, MediaType, Operation, Parameter, ParameterSchema, RequestBody,
    Response, SecurityScheme, Server, ServerRequest, ServerVariable,
};
pub use schema::{
    Combination, Constraints, Discriminator, Fingerprint, Items, Schema, SchemaId, SchemaType,
    Schemas,
};

/// A document (OpenAPI 3.0.3, OpenAPI Object).
#[derive(Debug)]
pub struct OpenApi {
    /// Whether an object in a form (`application/x-www-form-urlencoded`) without `style` is sent as
    /// JSON, as OpenAPI 3.0.4 and 3.1.1 require. Earlier versions default to the style `form`.
    pub form_objects_are_json: bool,
    /// `info`
    pub info: Info,
    /// `servers`
    pub servers: Vec<Server>,
    /// `tags`
    pub tags: Vec<Tag>,
    /// `security`: the requirements of operations without `security`.
    pub security: Vec<SecurityRequirement>,
    /// `components.securitySchemes`, those that are supported.
    pub security_schemes: Vec<SecurityScheme>,
    /// The names of unsupported security schemes. `parse` has reported them.
    pub unsupported_schemes: Vec<String>,
    /// All schemas.
    pub schemas: Schemas,
    /// The component schemas, in the order of the document.
    pub components: Vec<SchemaId>,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// `webhooks` or `x-webhooks`
    pub webhooks: Vec<ServerRequest>,
    /// `x-credential-sources`
    pub credential_sources: Option<CredentialSources>,
    /// `x-error-body`
    pub error_body: Option<ErrorBodyFormat>,
    /// `x-rate-limit`
    pub rate_limit: Option<RateLimit>,
}
