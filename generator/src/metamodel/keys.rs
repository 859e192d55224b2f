//! The keys of each kind of object, in the order of the specification. Contains tables only.

use super::{Key, ObjectKind, Shape};

pub(super) const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

pub(super) const fn required(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

pub(super) const STRINGS: Shape = Shape::Array(&Shape::String);
pub(super) const SCHEMA_NODE: Shape = Shape::Object(ObjectKind::Schema);
const SCHEMA_LIST: Shape = Shape::Array(&SCHEMA_NODE);
pub(super) const SCHEMA_MAP: Shape = Shape::Map(&SCHEMA_NODE);
pub(super) const EXTERNAL: Key = key("externalDocs", Shape::Object(ObjectKind::ExternalDocs));
pub(super) const DESCRIPTION: Key = key("description", Shape::String);
pub(super) const SUMMARY: Key = key("summary", Shape::String);
const SERVERS: Key = key("servers", Shape::Array(&Shape::Object(ObjectKind::Server)));
pub(super) const SECURITY: Key =
    key("security", Shape::Array(&Shape::Object(ObjectKind::SecurityRequirement)));
const PARAMETERS: Key = key("parameters", Shape::Array(&Shape::Object(ObjectKind::Parameter)));
const CONTENT: Shape = Shape::Map(&Shape::Object(ObjectKind::MediaType));
const HEADERS: Key = key("headers", Shape::Map(&Shape::Object(ObjectKind::Header)));
const EXAMPLES: Key = key("examples", Shape::Map(&Shape::Object(ObjectKind::Example)));
const PATH_ITEMS: Shape = Shape::Map(&Shape::Object(ObjectKind::PathItem));
const OPERATION_NODE: Shape = Shape::Object(ObjectKind::Operation);
pub(super) const EXTENSION: Shape = Shape::Data;

pub(super) const DOCUMENT: &[Key] = &[
    required("openapi", Shape::String),
    required("info", Shape::Object(ObjectKind::Info)),
    SERVERS,
    required("paths", Shape::Object(ObjectKind::Paths)),
    key("webhooks", PATH_ITEMS),
    key("x-webhooks", PATH_ITEMS),
    key("components", Shape::Object(ObjectKind::Components)),
    SECURITY,
    key("tags", Shape::Array(&Shape::Object(ObjectKind::Tag))),
    EXTERNAL,
    key("jsonSchemaDialect", Shape::String),
    key("$self", Shape::String),
    key("x-credential-sources", EXTENSION),
    key("x-error-body", EXTENSION),
    key("x-rate-limit", EXTENSION),
];

pub(super) const INFO: &[Key] = &[
    required("title", Shape::String),
    required("version", Shape::String),
    SUMMARY,
    DESCRIPTION,
    key("termsOfService", Shape::String),
    key("contact", Shape::Object(ObjectKind::Contact)),
    key("license", Shape::Object(ObjectKind::License)),
];

pub(super) const CONTACT: &[Key] =
    &[key("name", Shape::String), key("url", Shape::String), key("email", Shape::String)];

pub(super) const LICENSE: &[Key] =
    &[required("name", Shape::String), key("url", Shape::String), key("identifier", Shape::String)];

pub(super) const SERVER: &[Key] = &[
    required("url", Shape::String),
    key("name", Shape::String),
    DESCRIPTION,
    key("variables", Shape::Map(&Shape::Object(ObjectKind::ServerVariable))),
];

pub(super) const SERVER_VARIABLE: &[Key] = &[
    required("default", Shape::String),
    key("enum", STRINGS),
    DESCRIPTION,
    key("x-required", EXTENSION),
];

pub(super) const TAG: &[Key] = &[
    required("name", Shape::String),
    SUMMARY,
    DESCRIPTION,
    EXTERNAL,
    key("parent", Shape::String),
    key("kind", Shape::String),
];

pub(super) const EXTERNAL_DOCS: &[Key] = &[required("url", Shape::String), DESCRIPTION];

pub(super) const COMPONENTS: &[Key] = &[
    key("schemas", SCHEMA_MAP),
    key("responses", Shape::Map(&Shape::Object(ObjectKind::Response))),
    key("parameters", Shape::Map(&Shape::Object(ObjectKind::Parameter))),
    EXAMPLES,
    key("requestBodies", Shape::Map(&Shape::Object(ObjectKind::RequestBody))),
    HEADERS,
    key("securitySchemes", Shape::Map(&Shape::Object(ObjectKind::SecurityScheme))),
    key("links", Shape::Map(&Shape::Object(ObjectKind::Link))),
    key("callbacks", Shape::Map(&Shape::Object(ObjectKind::Callback))),
    key("pathItems", PATH_ITEMS),
    key("mediaTypes", CONTENT),
];

pub(super) const PATH_ITEM: &[Key] = &[
    SUMMARY,
    DESCRIPTION,
    SERVERS,
    PARAMETERS,
    key("get", OPERATION_NODE),
    key("put", OPERATION_NODE),
    key("post", OPERATION_NODE),
    key("delete", OPERATION_NODE),
    key("options", OPERATION_NODE),
    key("head", OPERATION_NODE),
    key("patch", OPERATION_NODE),
    key("trace", OPERATION_NODE),
    key("query", OPERATION_NODE),
    key("additionalOperations", Shape::Map(&OPERATION_NODE)),
];

pub(super) const OPERATION: &[Key] = &[
    key("tags", STRINGS),
    SUMMARY,
    DESCRIPTION,
    EXTERNAL,
    key("operationId", Shape::String),
    PARAMETERS,
    key("requestBody", Shape::Object(ObjectKind::RequestBody)),
    required("responses", Shape::Object(ObjectKind::Responses)),
    key("callbacks", Shape::Map(&Shape::Object(ObjectKind::Callback))),
    key("deprecated", Shape::Boolean),
    SECURITY,
    SERVERS,
    key("x-long-running", EXTENSION),
    key("x-user-levels", EXTENSION),
    key("x-sailpoint-userLevels", EXTENSION),
];

pub(super) const PARAMETER: &[Key] = &[
    required("name", Shape::String),
    required("in", Shape::String),
    DESCRIPTION,
    key("required", Shape::Boolean),
    key("deprecated", Shape::Boolean),
    key("allowEmptyValue", Shape::Boolean),
    key("style", Shape::String),
    key("explode", Shape::Boolean),
    key("allowReserved", Shape::Boolean),
    key("schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("content", CONTENT),
    key("x-accept", EXTENSION),
];

pub(super) const REQUEST_BODY: &[Key] =
    &[DESCRIPTION, required("content", CONTENT), key("required", Shape::Boolean)];

pub(super) const MEDIA_TYPE: &[Key] = &[
    key("prefixEncoding", Shape::Data),
    key("itemEncoding", Shape::Data),
    key("schema", SCHEMA_NODE),
    key("itemSchema", SCHEMA_NODE),
    key("x-item-schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("encoding", Shape::Map(&Shape::Object(ObjectKind::Encoding))),
];

pub(super) const ENCODING: &[Key] = &[
    key("contentType", Shape::String),
    HEADERS,
    key("style", Shape::String),
    key("explode", Shape::Boolean),
    key("allowReserved", Shape::Boolean),
];

pub(super) const RESPONSE: &[Key] = &[
    required("description", Shape::String),
    SUMMARY,
    HEADERS,
    key("content", CONTENT),
    key("links", Shape::Map(&Shape::Object(ObjectKind::Link))),
];

pub(super) const HEADER: &[Key] = &[
    DESCRIPTION,
    key("required", Shape::Boolean),
    key("deprecated", Shape::Boolean),
    key("style", Shape::String),
    key("explode", Shape::Boolean),
    key("schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("content", CONTENT),
];

pub(super) const EXAMPLE: &[Key] = &[
    SUMMARY,
    DESCRIPTION,
    key("value", Shape::Data),
    key("dataValue", Shape::Data),
    key("serializedValue", Shape::String),
    key("externalValue", Shape::String),
];

pub(super) const LINK: &[Key] = &[
    key("operationRef", Shape::String),
    key("operationId", Shape::String),
    key("parameters", Shape::Map(&Shape::Data)),
    key("requestBody", Shape::Data),
    DESCRIPTION,
    key("server", Shape::Object(ObjectKind::Server)),
];

pub(super) const SCHEMA: &[Key] = &[
    key("title", Shape::String),
    DESCRIPTION,
    key("type", Shape::String),
    key("format", Shape::String),
    key("properties", SCHEMA_MAP),
    key("required", STRINGS),
    key("items", SCHEMA_NODE),
    key("x-prefix-items", SCHEMA_LIST),
    key("additionalProperties", Shape::SchemaOrBoolean),
    key("allOf", SCHEMA_LIST),
    key("oneOf", SCHEMA_LIST),
    key("anyOf", SCHEMA_LIST),
    key("not", SCHEMA_NODE),
    key("discriminator", Shape::Object(ObjectKind::Discriminator)),
    key("enum", Shape::Array(&Shape::Data)),
    key("default", Shape::Data),
    key("example", Shape::Data),
    key("nullable", Shape::Boolean),
    key("readOnly", Shape::Boolean),
    key("writeOnly", Shape::Boolean),
    key("deprecated", Shape::Boolean),
    key("pattern", Shape::String),
    key("minLength", Shape::NonNegativeInteger),
    key("maxLength", Shape::NonNegativeInteger),
    key("minimum", Shape::Number),
    key("maximum", Shape::Number),
    key("exclusiveMinimum", Shape::Boolean),
    key("exclusiveMaximum", Shape::Boolean),
    key("multipleOf", Shape::Number),
    key("minItems", Shape::NonNegativeInteger),
    key("maxItems", Shape::NonNegativeInteger),
    key("uniqueItems", Shape::Boolean),
    key("minProperties", Shape::NonNegativeInteger),
    key("maxProperties", Shape::NonNegativeInteger),
    key("xml", Shape::Object(ObjectKind::Xml)),
    EXTERNAL,
    key("x-tagged-by", Shape::Object(ObjectKind::TaggedBy)),
    key("x-never", Shape::Data),
    // Keywords of 3.1: `downlevel` rewrites them in terms of 3.0 or leaves them.
    key("const", Shape::Data),
    key("examples", Shape::Data),
    key("prefixItems", SCHEMA_LIST),
    key("contains", SCHEMA_NODE),
    key("patternProperties", SCHEMA_MAP),
    key("propertyNames", SCHEMA_NODE),
    key("dependentSchemas", SCHEMA_MAP),
    key("unevaluatedProperties", Shape::SchemaOrBoolean),
    key("unevaluatedItems", Shape::SchemaOrBoolean),
    key("if", SCHEMA_NODE),
    key("then", SCHEMA_NODE),
    key("else", SCHEMA_NODE),
    key("contentSchema", SCHEMA_NODE),
    key("$defs", SCHEMA_MAP),
    key("definitions", SCHEMA_MAP),
    key("$id", Shape::Data),
    key("$schema", Shape::Data),
    key("$anchor", Shape::Data),
    key("$dynamicAnchor", Shape::Data),
    key("$dynamicRef", Shape::Data),
    key("$vocabulary", Shape::Data),
    key("$comment", Shape::Data),
    key("dependentRequired", Shape::Data),
    key("minContains", Shape::Data),
    key("maxContains", Shape::Data),
    key("contentEncoding", Shape::Data),
    key("contentMediaType", Shape::Data),
];

pub(super) const TAGGED_BY: &[Key] =
    &[key("propertyName", Shape::String), key("mapping", Shape::Map(&Shape::SchemaName))];

pub(super) const DISCRIMINATOR: &[Key] = &[
    required("propertyName", Shape::String),
    key("mapping", Shape::Map(&Shape::SchemaName)),
    key("defaultMapping", Shape::SchemaName),
];

pub(super) const XML: &[Key] = &[
    key("name", Shape::String),
    key("namespace", Shape::String),
    key("prefix", Shape::String),
    key("attribute", Shape::Boolean),
    key("wrapped", Shape::Boolean),
    key("nodeType", Shape::String),
];

pub(super) const SECURITY_SCHEME: &[Key] = &[
    required("type", Shape::String),
    DESCRIPTION,
    key("name", Shape::String),
    key("in", Shape::String),
    key("scheme", Shape::String),
    key("bearerFormat", Shape::String),
    key("flows", Shape::Object(ObjectKind::OauthFlows)),
    key("openIdConnectUrl", Shape::String),
    key("oauth2MetadataUrl", Shape::String),
    key("deprecated", Shape::Boolean),
];

pub(super) const OAUTH_FLOWS: &[Key] = &[
    key("implicit", Shape::Object(ObjectKind::OauthFlow)),
    key("password", Shape::Object(ObjectKind::OauthFlow)),
    key("clientCredentials", Shape::Object(ObjectKind::OauthFlow)),
    key("authorizationCode", Shape::Object(ObjectKind::OauthFlow)),
    key("deviceAuthorization", Shape::Object(ObjectKind::OauthFlow)),
];

pub(super) const OAUTH_FLOW: &[Key] = &[
    key("authorizationUrl", Shape::String),
    key("tokenUrl", Shape::String),
    key("deviceAuthorizationUrl", Shape::String),
    key("refreshUrl", Shape::String),
    required("scopes", Shape::Map(&Shape::String)),
];
