//! The metamodel of OpenAPI 3.0, 3.1 and 3.2: which keys each kind of object has, and what stands
//! there. Our extensions are part of it.
//!
//! The stages that work on plain values share this one description, so that all of them agree on
//! what is a keyword, what is a name that the user chose, and what is data that nobody looks into:
//! a property called `$ref`, `example` or `enum` is a schema, and `$ref` in an example is a text.
//! What the keys mean is left to the stages.

mod keys;
mod references;

use serde_json::Value;

pub use references::{Reference, reached, references};

use crate::pointer::Pointer;

/// What can stand at a place of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// True or false.
    Flag,
    /// A number.
    Number,
    /// A whole number that is not negative.
    Count,
    /// Anything. Examples, defaults, the values of enums, and extensions are data.
    Data,
    /// The name of a component schema, or a reference to a schema, as a text.
    SchemaName,
    /// A schema, or true or false in the place of one.
    SchemaOrFlag,
    /// An object of a kind, or a reference to one.
    Node(Kind),
    /// A list.
    List(&'static Shape),
    /// An object whose keys are names.
    Map(&'static Shape),
}

impl Shape {
    /// What stands under a key or an index of something that has this shape.
    pub fn below(self, step: &str) -> Self {
        match self {
            Self::Node(kind) => kind.shape(step).unwrap_or(Self::Data),
            Self::SchemaOrFlag => Kind::Schema.shape(step).unwrap_or(Self::Data),
            Self::List(shape) | Self::Map(shape) => *shape,
            Self::Text
            | Self::Flag
            | Self::Number
            | Self::Count
            | Self::Data
            | Self::SchemaName => Self::Data,
        }
    }
}

/// A kind of object, named as in the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(
    missing_docs,
    reason = "each is the object of that name in the specification, or an extension"
)]
pub enum Kind {
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
}

/// A key that objects of a kind have.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What stands there.
    pub shape: Shape,
    /// Whether the specification (3.0) asks for it.
    pub required: bool,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 30] = [
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
    ];

    /// The keywords of the objects of this kind.
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
            Self::Paths | Self::Responses | Self::Callback | Self::SecurityRequirement => &[],
        }
    }

    /// What stands under the keys of objects whose keys are names: paths, status codes, runtime
    /// expressions, security schemes.
    pub fn named(self) -> Option<Shape> {
        match self {
            Self::Paths | Self::Callback => Some(Shape::Node(Self::PathItem)),
            Self::Responses => Some(Shape::Node(Self::Response)),
            Self::SecurityRequirement => Some(keys::TEXTS),
            _ => None,
        }
    }

    /// What stands under a key, if objects of this kind have it.
    pub fn shape(self, key: &str) -> Option<Shape> {
        if let Some(known) = self.keys().iter().find(|known| known.name == key) {
            return Some(known.shape);
        }
        if key.starts_with("x-") {
            return Some(Shape::Data);
        }
        self.named()
    }

    /// What the specification calls objects of this kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::Document => "OpenAPI Object",
            Self::Info => "Info Object",
            Self::Contact => "Contact Object",
            Self::License => "License Object",
            Self::Server => "Server Object",
            Self::ServerVariable => "Server Variable Object",
            Self::Tag => "Tag Object",
            Self::ExternalDocs => "External Documentation Object",
            Self::Components => "Components Object",
            Self::Paths => "Paths Object",
            Self::PathItem => "Path Item Object",
            Self::Operation => "Operation Object",
            Self::Parameter => "Parameter Object",
            Self::RequestBody => "Request Body Object",
            Self::MediaType => "Media Type Object",
            Self::Encoding => "Encoding Object",
            Self::Responses => "Responses Object",
            Self::Response => "Response Object",
            Self::Header => "Header Object",
            Self::Example => "Example Object",
            Self::Link => "Link Object",
            Self::Callback => "Callback Object",
            Self::Schema => "Schema Object",
            Self::Discriminator => "Discriminator Object",
            Self::TaggedBy => "`x-tagged-by`",
            Self::Xml => "XML Object",
            Self::SecurityScheme => "Security Scheme Object",
            Self::SecurityRequirement => "Security Requirement Object",
            Self::OauthFlows => "OAuth Flows Object",
            Self::OauthFlow => "OAuth Flow Object",
        }
    }

    /// The kinds of objects that have a key.
    pub fn with_key(key: &str) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |kind| kind.keys().iter().any(|known| known.name == key))
    }

    /// The part of `components` for things of this kind that are shared, if 3.0 has one.
    pub fn section(self) -> Option<&'static str> {
        SECTIONS.iter().find(|(kind, _)| *kind == self).map(|(_, section)| *section)
    }
}

/// The methods that a path can have: the key of a Path Item Object (OpenAPI 3.0.3), and the method of
/// HTTP (RFC 9110).
pub const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("trace", "TRACE"),
];

/// Whether a key of a Path Item Object is a method.
pub fn is_method(key: &str) -> bool {
    METHODS.iter().any(|(method, _)| *method == key)
}

/// The kinds of components, and where they are under `components`.
pub const SECTIONS: [(Kind, &str); 9] = [
    (Kind::Schema, "schemas"),
    (Kind::Response, "responses"),
    (Kind::Parameter, "parameters"),
    (Kind::Example, "examples"),
    (Kind::RequestBody, "requestBodies"),
    (Kind::Header, "headers"),
    (Kind::SecurityScheme, "securitySchemes"),
    (Kind::Link, "links"),
    (Kind::Callback, "callbacks"),
];

/// The reference that a node is, if it is one: the text under its `$ref`.
pub fn reference(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)
}

/// Hands over each node of a document that has a kind, from the outside to the inside, with its
/// place. What the visitor puts into a node is walked through as well.
pub fn walk_mut(document: &mut Value, visit: &mut dyn FnMut(Kind, &Pointer, &mut Value)) {
    descend(document, Shape::Node(Kind::Document), &mut Pointer::root(), visit);
}

fn descend(
    value: &mut Value,
    shape: Shape,
    at: &mut Pointer,
    visit: &mut dyn FnMut(Kind, &Pointer, &mut Value),
) {
    match shape {
        Shape::Text
        | Shape::Flag
        | Shape::Number
        | Shape::Count
        | Shape::Data
        | Shape::SchemaName => {}
        Shape::SchemaOrFlag if value.is_boolean() => {}
        Shape::SchemaOrFlag => descend(value, Shape::Node(Kind::Schema), at, visit),
        Shape::Node(kind) => {
            visit(kind, at, value);
            for (key, value) in value.as_object_mut().into_iter().flatten() {
                if let Some(shape) = kind.shape(key) {
                    at.within(key, |at| descend(value, shape, at, visit));
                }
            }
        }
        Shape::List(shape) => {
            for (index, item) in value.as_array_mut().into_iter().flatten().enumerate() {
                at.within(index, |at| descend(item, *shape, at, visit));
            }
        }
        Shape::Map(shape) => {
            for (name, value) in value.as_object_mut().into_iter().flatten() {
                at.within(name, |at| descend(value, *shape, at, visit));
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
    fn names_are_no_keywords() {
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
    fn data_is_not_looked_into() {
        let schema = json!({"example": {"properties": {"a": {}}}, "x-more": {"items": {}}, "default": {"items": {}}});
        let document = json!({"components": {"schemas": {"A": schema}}, "x-y": {"paths": {}}});
        assert_eq!(visited(document).len(), 3);
    }

    #[test]
    fn patterned_keys_are_walked_through() {
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
