//! The keys of the objects of Swagger 2.0 that differ from those of OpenAPI 3. Contains tables only.
//!
//! The Schema Object is that of OpenAPI 3: authors use its later keywords in Swagger 2.0 too. The Items
//! Object is a schema as well, because authors refer to definitions there.

use super::keys::{
    DESCRIPTION, EXTENSION, EXTERNAL, SCHEMA_MAP, SCHEMA_NODE, SECURITY, STRINGS, SUMMARY, key,
    required,
};
use super::{Key, ObjectKind, Shape};

const PARAMETER_NODE: Shape = Shape::Object(ObjectKind::SwaggerParameter);
const PARAMETERS: Key = key("parameters", Shape::Array(&PARAMETER_NODE));
const RESPONSE_NODE: Shape = Shape::Object(ObjectKind::SwaggerResponse);
const OPERATION_NODE: Shape = Shape::Object(ObjectKind::SwaggerOperation);

pub(super) const DOCUMENT: &[Key] = &[
    required("swagger", Shape::Data),
    required("info", Shape::Object(ObjectKind::Info)),
    key("host", Shape::String),
    key("basePath", Shape::String),
    key("schemes", STRINGS),
    key("consumes", STRINGS),
    key("produces", STRINGS),
    required("paths", Shape::Object(ObjectKind::SwaggerPaths)),
    key("definitions", SCHEMA_MAP),
    key("parameters", Shape::Map(&PARAMETER_NODE)),
    key("responses", Shape::Map(&RESPONSE_NODE)),
    key("securityDefinitions", Shape::Map(&Shape::Object(ObjectKind::SwaggerSecurityScheme))),
    SECURITY,
    key("tags", Shape::Array(&Shape::Object(ObjectKind::Tag))),
    EXTERNAL,
    key("x-ms-parameterized-host", Shape::Object(ObjectKind::SwaggerHost)),
    key("x-credential-sources", EXTENSION),
    key("x-error-body", EXTENSION),
    key("x-rate-limit", EXTENSION),
];

pub(super) const HOST: &[Key] = &[
    required("hostTemplate", Shape::String),
    key("useSchemePrefix", Shape::Boolean),
    key("positionInOperation", Shape::Data),
    PARAMETERS,
];

pub(super) const PATH_ITEM: &[Key] = &[
    PARAMETERS,
    key("get", OPERATION_NODE),
    key("put", OPERATION_NODE),
    key("post", OPERATION_NODE),
    key("delete", OPERATION_NODE),
    key("options", OPERATION_NODE),
    key("head", OPERATION_NODE),
    key("patch", OPERATION_NODE),
];

pub(super) const OPERATION: &[Key] = &[
    key("tags", STRINGS),
    SUMMARY,
    DESCRIPTION,
    EXTERNAL,
    key("operationId", Shape::String),
    key("consumes", STRINGS),
    key("produces", STRINGS),
    PARAMETERS,
    required("responses", Shape::Object(ObjectKind::SwaggerResponses)),
    key("schemes", STRINGS),
    key("deprecated", Shape::Boolean),
    SECURITY,
    key("x-long-running", EXTENSION),
    key("x-user-levels", EXTENSION),
    key("x-sailpoint-userLevels", EXTENSION),
];

/// The keywords of the value stand in the object itself, and become its schema. They are data until then,
/// so that the schema is repaired as every other.
pub(super) const PARAMETER: &[Key] = &[
    required("name", Shape::String),
    required("in", Shape::String),
    DESCRIPTION,
    key("required", Shape::Boolean),
    key("schema", SCHEMA_NODE),
    key("type", Shape::Data),
    key("format", Shape::Data),
    key("allowEmptyValue", Shape::Boolean),
    key("items", SCHEMA_NODE),
    key("collectionFormat", Shape::String),
    key("default", Shape::Data),
    key("maximum", Shape::Data),
    key("exclusiveMaximum", Shape::Data),
    key("minimum", Shape::Data),
    key("exclusiveMinimum", Shape::Data),
    key("maxLength", Shape::Data),
    key("minLength", Shape::Data),
    key("pattern", Shape::Data),
    key("maxItems", Shape::Data),
    key("minItems", Shape::Data),
    key("uniqueItems", Shape::Data),
    key("enum", Shape::Data),
    key("multipleOf", Shape::Data),
    // Not a key of Swagger 2.0, but common.
    key("example", Shape::Data),
    key("x-accept", EXTENSION),
];

pub(super) const RESPONSE: &[Key] = &[
    required("description", Shape::String),
    key("schema", SCHEMA_NODE),
    key("headers", Shape::Map(&Shape::Object(ObjectKind::SwaggerHeader))),
    key("examples", Shape::Data),
];

pub(super) const HEADER: &[Key] = &[
    DESCRIPTION,
    key("type", Shape::Data),
    key("format", Shape::Data),
    key("items", SCHEMA_NODE),
    key("collectionFormat", Shape::String),
    key("default", Shape::Data),
    key("maximum", Shape::Data),
    key("exclusiveMaximum", Shape::Data),
    key("minimum", Shape::Data),
    key("exclusiveMinimum", Shape::Data),
    key("maxLength", Shape::Data),
    key("minLength", Shape::Data),
    key("pattern", Shape::Data),
    key("maxItems", Shape::Data),
    key("minItems", Shape::Data),
    key("uniqueItems", Shape::Data),
    key("enum", Shape::Data),
    key("multipleOf", Shape::Data),
    // Not a key of Swagger 2.0, but common.
    key("example", Shape::Data),
];

pub(super) const SECURITY_SCHEME: &[Key] = &[
    required("type", Shape::String),
    DESCRIPTION,
    key("name", Shape::String),
    key("in", Shape::String),
    key("flow", Shape::String),
    key("authorizationUrl", Shape::String),
    key("tokenUrl", Shape::String),
    key("scopes", Shape::Map(&Shape::String)),
];
