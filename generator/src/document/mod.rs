//! The document model: what a document says, as types, with every reference resolved.
//!
//! [`parse`](crate::parse) builds it, and no later stage looks at the document's JSON. Types of
//! `openapiv3` are used for the objects that have no schemas in them; JSON values are kept only
//! where the document has data: defaults, examples, and the values of enums. What anything means
//! for the crate is left to [`lower`](crate::lower).

mod extension;
mod operation;
mod schema;

use openapiv3::{Info, SecurityRequirement, Tag};

pub use extension::{
    Accept, CredentialFile, CredentialSources, ErrorBodyFormat, LongRunning, RateLimit, TaggedBy,
};
pub use operation::{
    Encoding, Header, Link, MediaType, Operation, Parameter, ParameterSchema, RequestBody,
    Response, SecurityScheme, Server, ServerVariable,
};
pub use schema::{
    Combination, Discriminator, Facts, Items, Limits, Schema, SchemaId, SchemaType, Schemas,
};

/// A document (OpenAPI 3.0.3, OpenAPI Object).
#[derive(Debug)]
pub struct OpenApi {
    /// What it says of itself.
    pub info: Info,
    /// Where the API is served.
    pub servers: Vec<Server>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// The requirements of operations that have none of their own.
    pub security: Vec<SecurityRequirement>,
    /// The ways to authenticate.
    pub security_schemes: Vec<SecurityScheme>,
    /// The names of security schemes that are not supported, which has been reported.
    pub unsupported_schemes: Vec<String>,
    /// All schemas.
    pub schemas: Schemas,
    /// The component schemas, in the order of the document.
    pub components: Vec<SchemaId>,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// `x-credential-sources`
    pub credential_sources: Option<CredentialSources>,
    /// `x-error-body`
    pub error_body: Option<ErrorBodyFormat>,
    /// `x-rate-limit`
    pub rate_limit: Option<RateLimit>,
}
