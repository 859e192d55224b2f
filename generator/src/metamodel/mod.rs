//! The metamodel of OpenAPI 3.0, 3.1 and 3.2, and of Swagger 2.0: the keys of each kind of object, and the
//! shape of the value under each key. Our extensions are part of it.
//!
//! All stages that work on JSON values use this one description. So they agree on what is a keyword,
//! what is a name chosen by the author of the document, and what is data that is not searched: a
//! property called `$ref`, `example` or `enum` is a schema, and `$ref` in an example is a string.
//! Leaves the meaning of the keys to the stages.

mod keys;
mod references;
mod sections;
mod status;
mod swagger;

use serde_json::Value;

pub use references::{Reference, collect_references, reachable};
pub use sections::Sections;
pub use status::reason_phrase;

use crate::pointer::Pointer;

/// The shape of a value at a location of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number.
    Number,
    /// An integer of zero or more.
    NonNegativeInteger,
    /// Any value. Examples, defaults, the values of enums, and extensions are data.
    Data,
    /// A string with the name of a component schema, or with a reference to a schema.
    SchemaName,
    /// A schema, or a boolean schema.
    SchemaOrBoolean,
    /// An OpenAPI object of this kind, or a reference to one.
    Object(ObjectKind),
    /// An array whose items have this shape.
    Array(&'static Shape),
    /// An object whose keys are names, and whose values have this shape.
    Map(&'static Shape),
}

impl Shape {
    /// Returns the shape of the value under a key or an index of a value of this shape.
    pub fn below(self, step: &str) -> Self {
        match self {
            Self::Object(kind) => kind.shape(step).unwrap_or(Self::Data),
            Self::SchemaOrBoolean => ObjectKind::Schema.shape(step).unwrap_or(Self::Data),
            Self::Array(shape) | Self::Map(shape) => *shape,
            Self::String
            | Self::Boolean
            | Self::Number
            | Self::NonNegativeInteger
            | Self::Data
            | Self::SchemaName => Self::Data,
        }
    }
}

/// A kind of OpenAPI object, named as in the specification. The objects of Swagger 2.0 that differ from
/// those of OpenAPI 3 are kinds of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "each is the object of that name in the specification, or an extension"
)]
pub enum ObjectKind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Tag,
    ExternalDocs,
    Components,
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Header,
    Example,
    Link,
    Callback,
    Schema,
    Discriminator,
    TaggedBy,
    Xml,
    SecurityScheme,
    SecurityRequirement,
    OauthFlows,
    OauthFlow,
    SwaggerDocument,
    SwaggerHost,
    SwaggerPaths,
    SwaggerPathItem,
    SwaggerOperation,
    SwaggerParameter,
    SwaggerResponses,
    SwaggerResponse,
    SwaggerHeader,
    SwaggerSecurityScheme,
}

/// A key of a kind of object (a "fixed field" of the specification).
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key itself.
    pub name: &'static str,
    /// The shape of its value.
    pub shape: Shape,
    /// Whether OpenAPI 3.0 requires it.
    pub required: bool,
}

impl ObjectKind {
    /// All kinds.
    pub const ALL: [Self; 40] = [
        Self::Document,
        Self::Info,
        Self::Contact,
        Self::License,
        Self::Server,
        Self::ServerVariable,
        Self::Tag,
        Self::ExternalDocs,
        Self::Components,
        Self::Paths,
        Self::PathItem,
        Self::Operation,
        Self::Parameter,
        Self::RequestBody,
        Self::MediaType,
        Self::Encoding,
        Self::Responses,
        Self::Response,
        Self::Header,
        Self::Example,
        Self::Link,
        Self::Callback,
        Self::Schema,
        Self::Discriminator,
        Self::TaggedBy,
        Self::Xml,
        Self::SecurityScheme,
        Self::SecurityRequirement,
        Self::OauthFlows,
        Self::OauthFlow,
        Self::SwaggerDocument,
        Self::SwaggerHost,
        Self::SwaggerPaths,
        Self::SwaggerPathItem,
        Self::SwaggerOperation,
        Self::SwaggerParameter,
        Self::SwaggerResponses,
        Self::SwaggerResponse,
        Self::SwaggerHeader,
        Self::SwaggerSecurityScheme,
    ];

    /// Returns the fixed keys of objects of this kind.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Self::Document => keys::DOCUMENT,
            Self::Info => keys::INFO,
            Self::Contact => keys::CONTACT,
            Self::License => keys::LICENSE,
            Self::Server => keys::SERVER,
            Self::ServerVariable => keys::SERVER_VARIABLE,
            Self::Tag => keys::TAG,
            Self::ExternalDocs => keys::EXTERNAL_DOCS,
            Self::Components => keys::COMPONENTS,
            Self::PathItem => keys::PATH_ITEM,
            Self::Operation => keys::OPERATION,
            Self::Parameter => keys::PARAMETER,
            Self::RequestBody => keys::REQUEST_BODY,
            Self::MediaType => keys::MEDIA_TYPE,
            Self::Encoding => keys::ENCODING,
            Self::Response => keys::RESPONSE,
            Self::Header => keys::HEADER,
            Self::Example => keys::EXAMPLE,
            Self::Link => keys::LINK,
            Self::Schema => keys::SCHEMA,
            Self::Discriminator => keys::DISCRIMINATOR,
            Self::TaggedBy => keys::TAGGED_BY,
            Self::Xml => keys::XML,
            Self::SecurityScheme => keys::SECURITY_SCHEME,
            Self::OauthFlows => keys::OAUTH_FLOWS,
            Self::OauthFlow => keys::OAUTH_FLOW,
            Self::SwaggerDocument => swagger::DOCUMENT,
            Self::SwaggerHost => swagger::HOST,
            Self::SwaggerPathItem => swagger::PATH_ITEM,
            Self::SwaggerOperation => swagger::OPERATION,
            Self::SwaggerParameter => swagger::PARAMETER,
            Self::SwaggerResponse => swagger::RESPONSE,
            Self::SwaggerHeader => swagger::HEADER,
            Self::SwaggerSecurityScheme => swagger::SECURITY_SCHEME,
            Self::Paths
            | Self::Responses
            | Self::Callback
            | Self::SecurityRequirement
            | Self::SwaggerPaths
            | Self::SwaggerResponses => &[],
        }
    }

    /// Returns the shape of the values under patterned keys, if objects of this kind have such keys:
    /// paths, status codes, runtime expressions, names of security schemes.
    pub fn patterned(self) -> Option<Shape> {
        match self {
            Self::Paths | Self::Callback => Some(Shape::Object(Self::PathItem)),
            Self::Responses => Some(Shape::Object(Self::Response)),
            Self::SwaggerPaths => Some(Shape::Object(Self::SwaggerPathItem)),
            Self::SwaggerResponses => Some(Shape::Object(Self::SwaggerResponse)),
            Self::SecurityRequirement => Some(keys::STRINGS),
            _ => None,
        }
    }

    /// Returns the shape of the value under a key, if objects of this kind have that key.
    pub fn shape(self, key: &str) -> Option<Shape> {
        if let Some(known) = self.keys().iter().find(|known| known.name == key) {
            return Some(known.shape);
        }
        if key.starts_with("x-") {
            return Some(Shape::Data);
        }
        self.patterned()
    }

    /// Returns the specification's name for objects of this kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::Document => "OpenAPI Object",
            Self::SwaggerDocument => "Swagger Object",
            Self::SwaggerHost => "`x-ms-parameterized-host`",
            Self::Info => "Info Object",
            Self::Contact => "Contact Object",
            Self::License => "License Object",
            Self::Server => "Server Object",
            Self::ServerVariable => "Server Variable Object",
            Self::Tag => "Tag Object",
            Self::ExternalDocs => "External Documentation Object",
            Self::Components => "Components Object",
            Self::Paths | Self::SwaggerPaths => "Paths Object",
            Self::PathItem | Self::SwaggerPathItem => "Path Item Object",
            Self::Operation | Self::SwaggerOperation => "Operation Object",
            Self::Parameter | Self::SwaggerParameter => "Parameter Object",
            Self::RequestBody => "Request Body Object",
            Self::MediaType => "Media Type Object",
            Self::Encoding => "Encoding Object",
            Self::Responses | Self::SwaggerResponses => "Responses Object",
            Self::Response | Self::SwaggerResponse => "Response Object",
            Self::Header | Self::SwaggerHeader => "Header Object",
            Self::Example => "Example Object",
            Self::Link => "Link Object",
            Self::Callback => "Callback Object",
            Self::Schema => "Schema Object",
            Self::Discriminator => "Discriminator Object",
            Self::TaggedBy => "`x-tagged-by`",
            Self::Xml => "XML Object",
            Self::SecurityScheme | Self::SwaggerSecurityScheme => "Security Scheme Object",
            Self::SecurityRequirement => "Security Requirement Object",
            Self::OauthFlows => "OAuth Flows Object",
            Self::OauthFlow => "OAuth Flow Object",
        }
    }

    /// Returns the kind of a whole document.
    pub fn of_document(document: &Value) -> Self {
        match is_swagger(document) {
            true => Self::SwaggerDocument,
            false => Self::Document,
        }
    }

    /// Returns the kind of object in OpenAPI 3 that takes the place of one of Swagger 2.0. Returns `None`
    /// if objects of this kind belong to OpenAPI 3.
    pub fn in_openapi_3(self) -> Option<Self> {
        match self {
            Self::SwaggerDocument => Some(Self::Document),
            Self::SwaggerHost => Some(Self::Server),
            Self::SwaggerPaths => Some(Self::Paths),
            Self::SwaggerPathItem => Some(Self::PathItem),
            Self::SwaggerOperation => Some(Self::Operation),
            Self::SwaggerParameter => Some(Self::Parameter),
            Self::SwaggerResponses => Some(Self::Responses),
            Self::SwaggerResponse => Some(Self::Response),
            Self::SwaggerHeader => Some(Self::Header),
            Self::SwaggerSecurityScheme => Some(Self::SecurityScheme),
            _ => None,
        }
    }

    /// Returns the kinds of objects that have a fixed key.
    pub fn with_key(key: &str) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kind| kind.keys().iter().any(|known| known.name == key))
    }

    /// Returns the key under `components` for objects of this kind, if OpenAPI 3.0 has one.
    pub fn section(self) -> Option<&'static str> {
        SECTIONS.iter().find(|(kind, _)| *kind == self).map(|(_, section)| *section)
    }
}

/// The methods of a Path Item Object (OpenAPI 3.2): the key, and the HTTP method (RFC 9110).
pub const METHODS: [(&str, &str); 9] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
    ("query", "QUERY"),
];

/// The key of a Path Item Object for operations with other methods (OpenAPI 3.2).
const ADDITIONAL_OPERATIONS: &str = "additionalOperations";

/// An operation of a Path Item Object.
#[derive(Debug, Clone)]
pub struct PathOperation<'d> {
    /// The keys that lead from the path item to the operation.
    pub keys: Vec<&'d str>,
    /// The HTTP method.
    pub method: &'d str,
    /// The operation.
    pub value: &'d Value,
}

/// Returns the operations of a Path Item Object: those under fixed keys first.
pub fn operations(item: &Value) -> Vec<PathOperation<'_>> {
    let fixed = METHODS.iter().filter_map(|(key, method)| {
        Some(PathOperation { keys: vec![key], method, value: item.get(key)? })
    });
    let additional = item.get(ADDITIONAL_OPERATIONS).and_then(Value::as_object);
    let additional = additional.into_iter().flatten().map(|(method, value)| PathOperation {
        keys: vec![ADDITIONAL_OPERATIONS, method],
        method,
        value,
    });
    fixed.chain(additional).collect()
}

/// Removes the operations of a Path Item Object that do not match a condition.
pub fn retain_operations(item: &mut Value, mut is_kept: impl FnMut(&Value) -> bool) {
    let Some(item) = item.as_object_mut() else { return };
    item.retain(|key, operation| !is_method(key) || is_kept(operation));
    if let Some(Value::Object(additional)) = item.get_mut(ADDITIONAL_OPERATIONS) {
        additional.retain(|_, operation| is_kept(operation));
    }
}

/// Splits the keys below a Path Item Object into those that lead to an operation, and those in it.
/// Returns no keys to an operation if they lead elsewhere, for instance to a parameter of the path.
pub fn split_at_operation<'k, 'd>(keys: &'k [&'d str]) -> (&'k [&'d str], &'k [&'d str]) {
    let depth = match keys {
        [key, ..] if is_method(key) => 1,
        [ADDITIONAL_OPERATIONS, _, ..] => 2,
        _ => 0,
    };
    keys.split_at(depth)
}

/// Returns whether a key of a Path Item Object is a method.
pub fn is_method(key: &str) -> bool {
    METHODS.iter().any(|(method, _)| *method == key)
}

/// The keys for webhooks: of OpenAPI 3.1, and the usual extension for 3.0.
pub const WEBHOOKS: [&str; 2] = ["webhooks", "x-webhooks"];

/// The kinds of components, each with its key under `components`.
pub const SECTIONS: [(ObjectKind, &str); 9] = [
    (ObjectKind::Schema, "schemas"),
    (ObjectKind::Response, "responses"),
    (ObjectKind::Parameter, "parameters"),
    (ObjectKind::Example, "examples"),
    (ObjectKind::RequestBody, "requestBodies"),
    (ObjectKind::Header, "headers"),
    (ObjectKind::SecurityScheme, "securitySchemes"),
    (ObjectKind::Link, "links"),
    (ObjectKind::Callback, "callbacks"),
];

/// Returns whether a document is written in Swagger 2.0. YAML reads `2.0` without quotes as a number.
pub fn is_swagger(document: &Value) -> bool {
    let version = document.get("swagger").filter(|_| document.get("openapi").is_none());
    match version {
        Some(Value::String(version)) => {
            let rest = version.strip_prefix("2.0");
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        Some(Value::Number(version)) => version.as_f64() == Some(2.0),
        _ => false,
    }
}

/// Returns the string under `$ref`, if the node is a reference.
pub fn reference(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)
}

/// Visits each OpenAPI object of a document with its kind and its location, outer objects first. What
/// the visitor adds to an object is visited too.
pub fn walk_mut(document: &mut Value, visit: &mut dyn FnMut(ObjectKind, &Pointer, &mut Value)) {
    let kind = ObjectKind::of_document(document);
    walk_value(document, Shape::Object(kind), &mut Pointer::root(), visit);
}

fn walk_value(
    value: &mut Value,
    shape: Shape,
    at: &mut Pointer,
    visit: &mut dyn FnMut(ObjectKind, &Pointer, &mut Value),
) {
    match shape {
        Shape::String
        | Shape::Boolean
        | Shape::Number
        | Shape::NonNegativeInteger
        | Shape::Data
        | Shape::SchemaName => {}
        Shape::SchemaOrBoolean if value.is_boolean() => {}
        Shape::SchemaOrBoolean => walk_value(value, Shape::Object(ObjectKind::Schema), at, visit),
        Shape::Object(kind) => {
            visit(kind, at, value);
            for (key, value) in value.as_object_mut().into_iter().flatten() {
                if let Some(shape) = kind.shape(key) {
                    at.within(key, |at| walk_value(value, shape, at, visit));
                }
            }
        }
        Shape::Array(shape) => {
            for (index, item) in value.as_array_mut().into_iter().flatten().enumerate() {
                at.within(index, |at| walk_value(item, *shape, at, visit));
            }
        }
        Shape::Map(shape) => {
            for (name, value) in value.as_object_mut().into_iter().flatten() {
                at.within(name, |at| walk_value(value, *shape, at, visit));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn visited(mut document: Value) -> Vec<String> {
        let mut visited = Vec::new();
        walk_mut(&mut document, &mut |kind, at, _| visited.push(format!("{kind:?} {at}")));
        visited
    }

    #[test]
    fn names_are_not_keywords() {
        let schema = json!({"properties": {"$ref": {"type": "string"}, "enum": {"items": {}}}});
        let document = json!({"components": {"schemas": {"example": schema}}});
        let at = "Schema #/components/schemas/example";
        assert_eq!(
            visited(document)[2..],
            [
                at.to_owned(),
                format!("{at}/properties/$ref"),
                format!("{at}/properties/enum"),
                format!("{at}/properties/enum/items")
            ]
        );
    }

    #[test]
    fn data_is_not_visited() {
        let schema = json!({"example": {"properties": {"a": {}}}, "x-more": {"items": {}}, "default": {"items": {}}});
        let document = json!({"components": {"schemas": {"A": schema}}, "x-y": {"paths": {}}});
        assert_eq!(visited(document).len(), 3);
    }

    #[test]
    fn values_under_patterned_keys_are_visited() {
        let operation =
            json!({"responses": {"2XX": {}}, "callbacks": {"c": {"{$request}": {"post": {}}}}});
        let document = json!({"paths": {"/a": {"get": operation}, "x-b": {"get": {}}}});
        let last = "Operation #/paths/~1a/get/callbacks/c/{$request}/post";
        let visited = visited(document);
        assert!(visited.contains(&"Response #/paths/~1a/get/responses/2XX".to_owned()));
        assert!(visited.contains(&last.to_owned()));
        assert!(!visited.iter().any(|node| node.contains("x-b")));
    }
}
