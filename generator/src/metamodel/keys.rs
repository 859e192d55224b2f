//! The keys of each kind of object, as the specification lists them.
//!
//! Tables only: what is done with them is up to the module above.

use super::{Key, Kind, Shape};

const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

const fn required(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

pub(super) const TEXTS: Shape = Shape::List(&Shape::Text);
const SCHEMA_NODE: Shape = Shape::Node(Kind::Schema);
const SCHEMA_LIST: Shape = Shape::List(&SCHEMA_NODE);
const SCHEMA_MAP: Shape = Shape::Map(&SCHEMA_NODE);
const EXTERNAL: Key = key("externalDocs", Shape::Node(Kind::ExternalDocs));
const DESCRIPTION: Key = key("description", Shape::Text);
const SUMMARY: Key = key("summary", Shape::Text);
const SERVERS: Key = key("servers", Shape::List(&Shape::Node(Kind::Server)));
const SECURITY: Key = key("security", Shape::List(&Shape::Node(Kind::SecurityRequirement)));
const PARAMETERS: Key = key("parameters", Shape::List(&Shape::Node(Kind::Parameter)));
const CONTENT: Shape = Shape::Map(&Shape::Node(Kind::MediaType));
const HEADERS: Key = key("headers", Shape::Map(&Shape::Node(Kind::Header)));
const EXAMPLES: Key = key("examples", Shape::Map(&Shape::Node(Kind::Example)));
const PATH_ITEMS: Shape = Shape::Map(&Shape::Node(Kind::PathItem));
const OPERATION_NODE: Shape = Shape::Node(Kind::Operation);
const EXTENSION: Shape = Shape::Data;

pub(super) const DOCUMENT: &[Key] = &[
    required("openapi", Shape::Text),
    required("info", Shape::Node(Kind::Info)),
    SERVERS,
    required("paths", Shape::Node(Kind::Paths)),
    key("webhooks", PATH_ITEMS),
    key("components", Shape::Node(Kind::Components)),
    SECURITY,
    key("tags", Shape::List(&Shape::Node(Kind::Tag))),
    EXTERNAL,
    key("jsonSchemaDialect", Shape::Text),
    key("$self", Shape::Text),
    key("x-credential-sources", EXTENSION),
    key("x-error-body", EXTENSION),
    key("x-rate-limit", EXTENSION),
];

pub(super) const INFO: &[Key] = &[
    required("title", Shape::Text),
    required("version", Shape::Text),
    SUMMARY,
    DESCRIPTION,
    key("termsOfService", Shape::Text),
    key("contact", Shape::Node(Kind::Contact)),
    key("license", Shape::Node(Kind::License)),
];

pub(super) const CONTACT: &[Key] =
    &[key("name", Shape::Text), key("url", Shape::Text), key("email", Shape::Text)];

pub(super) const LICENSE: &[Key] =
    &[required("name", Shape::Text), key("url", Shape::Text), key("identifier", Shape::Text)];

pub(super) const SERVER: &[Key] = &[
    required("url", Shape::Text),
    key("name", Shape::Text),
    DESCRIPTION,
    key("variables", Shape::Map(&Shape::Node(Kind::ServerVariable))),
];

pub(super) const SERVER_VARIABLE: &[Key] = &[
    required("default", Shape::Text),
    key("enum", TEXTS),
    DESCRIPTION,
    key("x-required", EXTENSION),
];

pub(super) const TAG: &[Key] = &[
    required("name", Shape::Text),
    SUMMARY,
    DESCRIPTION,
    EXTERNAL,
    key("parent", Shape::Text),
    key("kind", Shape::Text),
];

pub(super) const EXTERNAL_DOCS: &[Key] = &[required("url", Shape::Text), DESCRIPTION];

pub(super) const COMPONENTS: &[Key] = &[
    key("schemas", SCHEMA_MAP),
    key("responses", Shape::Map(&Shape::Node(Kind::Response))),
    key("parameters", Shape::Map(&Shape::Node(Kind::Parameter))),
    EXAMPLES,
    key("requestBodies", Shape::Map(&Shape::Node(Kind::RequestBody))),
    HEADERS,
    key("securitySchemes", Shape::Map(&Shape::Node(Kind::SecurityScheme))),
    key("links", Shape::Map(&Shape::Node(Kind::Link))),
    key("callbacks", Shape::Map(&Shape::Node(Kind::Callback))),
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
    key("tags", TEXTS),
    SUMMARY,
    DESCRIPTION,
    EXTERNAL,
    key("operationId", Shape::Text),
    PARAMETERS,
    key("requestBody", Shape::Node(Kind::RequestBody)),
    required("responses", Shape::Node(Kind::Responses)),
    key("callbacks", Shape::Map(&Shape::Node(Kind::Callback))),
    key("deprecated", Shape::Flag),
    SECURITY,
    SERVERS,
    key("x-long-running", EXTENSION),
    key("x-user-levels", EXTENSION),
    key("x-sailpoint-userLevels", EXTENSION),
];

pub(super) const PARAMETER: &[Key] = &[
    required("name", Shape::Text),
    required("in", Shape::Text),
    DESCRIPTION,
    key("required", Shape::Flag),
    key("deprecated", Shape::Flag),
    key("allowEmptyValue", Shape::Flag),
    key("style", Shape::Text),
    key("explode", Shape::Flag),
    key("allowReserved", Shape::Flag),
    key("schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("content", CONTENT),
    key("x-accept", EXTENSION),
];

pub(super) const REQUEST_BODY: &[Key] =
    &[DESCRIPTION, required("content", CONTENT), key("required", Shape::Flag)];

pub(super) const MEDIA_TYPE: &[Key] = &[
    key("prefixEncoding", Shape::Data),
    key("itemEncoding", Shape::Data),
    key("schema", SCHEMA_NODE),
    key("itemSchema", SCHEMA_NODE),
    key("x-item-schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("encoding", Shape::Map(&Shape::Node(Kind::Encoding))),
];

pub(super) const ENCODING: &[Key] = &[
    key("contentType", Shape::Text),
    HEADERS,
    key("style", Shape::Text),
    key("explode", Shape::Flag),
    key("allowReserved", Shape::Flag),
];

pub(super) const RESPONSE: &[Key] = &[
    required("description", Shape::Text),
    SUMMARY,
    HEADERS,
    key("content", CONTENT),
    key("links", Shape::Map(&Shape::Node(Kind::Link))),
];

pub(super) const HEADER: &[Key] = &[
    DESCRIPTION,
    key("required", Shape::Flag),
    key("deprecated", Shape::Flag),
    key("style", Shape::Text),
    key("explode", Shape::Flag),
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
    key("serializedValue", Shape::Text),
    key("externalValue", Shape::Text),
];

pub(super) const LINK: &[Key] = &[
    key("operationRef", Shape::Text),
    key("operationId", Shape::Text),
    key("parameters", Shape::Map(&Shape::Data)),
    key("requestBody", Shape::Data),
    DESCRIPTION,
    key("server", Shape::Node(Kind::Server)),
];

pub(super) const SCHEMA: &[Key] = &[
    key("title", Shape::Text),
    DESCRIPTION,
    key("type", Shape::Text),
    key("format", Shape::Text),
    key("properties", SCHEMA_MAP),
    key("required", TEXTS),
    key("items", SCHEMA_NODE),
    key("x-prefix-items", SCHEMA_LIST),
    key("additionalProperties", Shape::SchemaOrFlag),
    key("allOf", SCHEMA_LIST),
    key("oneOf", SCHEMA_LIST),
    key("anyOf", SCHEMA_LIST),
    key("not", SCHEMA_NODE),
    key("discriminator", Shape::Node(Kind::Discriminator)),
    key("enum", Shape::List(&Shape::Data)),
    key("default", Shape::Data),
    key("example", Shape::Data),
    key("nullable", Shape::Flag),
    key("readOnly", Shape::Flag),
    key("writeOnly", Shape::Flag),
    key("deprecated", Shape::Flag),
    key("pattern", Shape::Text),
    key("minLength", Shape::Count),
    key("maxLength", Shape::Count),
    key("minimum", Shape::Number),
    key("maximum", Shape::Number),
    key("exclusiveMinimum", Shape::Flag),
    key("exclusiveMaximum", Shape::Flag),
    key("multipleOf", Shape::Number),
    key("minItems", Shape::Count),
    key("maxItems", Shape::Count),
    key("uniqueItems", Shape::Flag),
    key("minProperties", Shape::Count),
    key("maxProperties", Shape::Count),
    key("xml", Shape::Node(Kind::Xml)),
    EXTERNAL,
    key("x-tagged-by", Shape::Node(Kind::TaggedBy)),
    key("x-never", Shape::Data),
    // What follows is of 3.1, and is taken to 3.0 or left where it is.
    key("const", Shape::Data),
    key("examples", Shape::Data),
    key("prefixItems", SCHEMA_LIST),
    key("contains", SCHEMA_NODE),
    key("patternProperties", SCHEMA_MAP),
    key("propertyNames", SCHEMA_NODE),
    key("dependentSchemas", SCHEMA_MAP),
    key("unevaluatedProperties", Shape::SchemaOrFlag),
    key("unevaluatedItems", Shape::SchemaOrFlag),
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
    &[key("propertyName", Shape::Text), key("mapping", Shape::Map(&Shape::SchemaName))];

pub(super) const DISCRIMINATOR: &[Key] = &[
    required("propertyName", Shape::Text),
    key("mapping", Shape::Map(&Shape::SchemaName)),
    key("defaultMapping", Shape::SchemaName),
];

pub(super) const XML: &[Key] = &[
    key("name", Shape::Text),
    key("namespace", Shape::Text),
    key("prefix", Shape::Text),
    key("attribute", Shape::Flag),
    key("wrapped", Shape::Flag),
    key("nodeType", Shape::Text),
];

pub(super) const SECURITY_SCHEME: &[Key] = &[
    required("type", Shape::Text),
    DESCRIPTION,
    key("name", Shape::Text),
    key("in", Shape::Text),
    key("scheme", Shape::Text),
    key("bearerFormat", Shape::Text),
    key("flows", Shape::Node(Kind::OauthFlows)),
    key("openIdConnectUrl", Shape::Text),
    key("oauth2MetadataUrl", Shape::Text),
    key("deprecated", Shape::Flag),
];

pub(super) const OAUTH_FLOWS: &[Key] = &[
    key("implicit", Shape::Node(Kind::OauthFlow)),
    key("password", Shape::Node(Kind::OauthFlow)),
    key("clientCredentials", Shape::Node(Kind::OauthFlow)),
    key("authorizationCode", Shape::Node(Kind::OauthFlow)),
    key("deviceAuthorization", Shape::Node(Kind::OauthFlow)),
];

pub(super) const OAUTH_FLOW: &[Key] = &[
    key("authorizationUrl", Shape::Text),
    key("tokenUrl", Shape::Text),
    key("deviceAuthorizationUrl", Shape::Text),
    key("refreshUrl", Shape::Text),
    required("scopes", Shape::Map(&Shape::Text)),
];
