//! The object model of OpenAPI 3.0, 3.1 and 3.2: which keys an object has, and what stands there.
//!
//! The stages that work on plain values share this one description, so that all of them agree on
//! what is a keyword, what is a name that the user chose, and what is data that nobody looks into:
//! a property called `$ref`, `example` or `enum` is a schema, and `$ref` in an example is a text.
//! What the keys mean is left to the stages.

use serde_json::Value;

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

/// A kind of object, named as in the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is the object of that name in the specification")]
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
    /// The keywords of the objects of this kind.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Self::Document => DOCUMENT,
            Self::Info => INFO,
            Self::Contact => CONTACT,
            Self::License => LICENSE,
            Self::Server => SERVER,
            Self::ServerVariable => SERVER_VARIABLE,
            Self::Tag => TAG,
            Self::ExternalDocs => EXTERNAL_DOCS,
            Self::Components => COMPONENTS,
            Self::PathItem => PATH_ITEM,
            Self::Operation => OPERATION,
            Self::Parameter => PARAMETER,
            Self::RequestBody => REQUEST_BODY,
            Self::MediaType => MEDIA_TYPE,
            Self::Encoding => ENCODING,
            Self::Response => RESPONSE,
            Self::Header => HEADER,
            Self::Example => EXAMPLE,
            Self::Link => LINK,
            Self::Schema => SCHEMA,
            Self::Discriminator => DISCRIMINATOR,
            Self::Xml => XML,
            Self::SecurityScheme => SECURITY_SCHEME,
            Self::OauthFlows => OAUTH_FLOWS,
            Self::OauthFlow => OAUTH_FLOW,
            Self::Paths | Self::Responses | Self::Callback | Self::SecurityRequirement => &[],
        }
    }

    /// What stands under the keys of objects whose keys are names: paths, status codes, runtime
    /// expressions, security schemes.
    pub fn named(self) -> Option<Shape> {
        match self {
            Self::Paths | Self::Callback => Some(Shape::Node(Self::PathItem)),
            Self::Responses => Some(Shape::Node(Self::Response)),
            Self::SecurityRequirement => Some(TEXTS),
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

    /// The part of `components` for things of this kind that are shared, if 3.0 has one.
    pub fn section(self) -> Option<&'static str> {
        SECTIONS.iter().find(|(kind, _)| *kind == self).map(|(_, section)| *section)
    }
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

const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

const fn required(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

const TEXTS: Shape = Shape::List(&Shape::Text);
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

const DOCUMENT: &[Key] = &[
    required("openapi", Shape::Text),
    required("info", Shape::Node(Kind::Info)),
    SERVERS,
    required("paths", Shape::Node(Kind::Paths)),
    key("webhooks", PATH_ITEMS),
    key("components", Shape::Node(Kind::Components)),
    SECURITY,
    key("tags", Shape::List(&Shape::Node(Kind::Tag))),
    EXTERNAL,
];

const INFO: &[Key] = &[
    required("title", Shape::Text),
    required("version", Shape::Text),
    SUMMARY,
    DESCRIPTION,
    key("termsOfService", Shape::Text),
    key("contact", Shape::Node(Kind::Contact)),
    key("license", Shape::Node(Kind::License)),
];

const CONTACT: &[Key] =
    &[key("name", Shape::Text), key("url", Shape::Text), key("email", Shape::Text)];

const LICENSE: &[Key] =
    &[required("name", Shape::Text), key("url", Shape::Text), key("identifier", Shape::Text)];

const SERVER: &[Key] = &[
    required("url", Shape::Text),
    DESCRIPTION,
    key("variables", Shape::Map(&Shape::Node(Kind::ServerVariable))),
];

const SERVER_VARIABLE: &[Key] =
    &[required("default", Shape::Text), key("enum", TEXTS), DESCRIPTION];

const TAG: &[Key] = &[required("name", Shape::Text), SUMMARY, DESCRIPTION, EXTERNAL];

const EXTERNAL_DOCS: &[Key] = &[required("url", Shape::Text), DESCRIPTION];

const COMPONENTS: &[Key] = &[
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

const PATH_ITEM: &[Key] = &[
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

const OPERATION: &[Key] = &[
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
];

const PARAMETER: &[Key] = &[
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
];

const REQUEST_BODY: &[Key] =
    &[DESCRIPTION, required("content", CONTENT), key("required", Shape::Flag)];

const MEDIA_TYPE: &[Key] = &[
    key("schema", SCHEMA_NODE),
    key("itemSchema", SCHEMA_NODE),
    key("x-item-schema", SCHEMA_NODE),
    key("example", Shape::Data),
    EXAMPLES,
    key("encoding", Shape::Map(&Shape::Node(Kind::Encoding))),
];

const ENCODING: &[Key] = &[
    key("contentType", Shape::Text),
    HEADERS,
    key("style", Shape::Text),
    key("explode", Shape::Flag),
    key("allowReserved", Shape::Flag),
];

const RESPONSE: &[Key] = &[
    required("description", Shape::Text),
    HEADERS,
    key("content", CONTENT),
    key("links", Shape::Map(&Shape::Node(Kind::Link))),
];

const HEADER: &[Key] = &[
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

const EXAMPLE: &[Key] =
    &[SUMMARY, DESCRIPTION, key("value", Shape::Data), key("externalValue", Shape::Text)];

const LINK: &[Key] = &[
    key("operationRef", Shape::Text),
    key("operationId", Shape::Text),
    key("parameters", Shape::Map(&Shape::Data)),
    key("requestBody", Shape::Data),
    DESCRIPTION,
    key("server", Shape::Node(Kind::Server)),
];

const SCHEMA: &[Key] = &[
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
];

const DISCRIMINATOR: &[Key] = &[
    required("propertyName", Shape::Text),
    key("mapping", Shape::Map(&Shape::SchemaName)),
    key("defaultMapping", Shape::SchemaName),
];

const XML: &[Key] = &[
    key("name", Shape::Text),
    key("namespace", Shape::Text),
    key("prefix", Shape::Text),
    key("attribute", Shape::Flag),
    key("wrapped", Shape::Flag),
];

const SECURITY_SCHEME: &[Key] = &[
    required("type", Shape::Text),
    DESCRIPTION,
    key("name", Shape::Text),
    key("in", Shape::Text),
    key("scheme", Shape::Text),
    key("bearerFormat", Shape::Text),
    key("flows", Shape::Node(Kind::OauthFlows)),
    key("openIdConnectUrl", Shape::Text),
];

const OAUTH_FLOWS: &[Key] = &[
    key("implicit", Shape::Node(Kind::OauthFlow)),
    key("password", Shape::Node(Kind::OauthFlow)),
    key("clientCredentials", Shape::Node(Kind::OauthFlow)),
    key("authorizationCode", Shape::Node(Kind::OauthFlow)),
    key("deviceAuthorization", Shape::Node(Kind::OauthFlow)),
];

const OAUTH_FLOW: &[Key] = &[
    key("authorizationUrl", Shape::Text),
    key("tokenUrl", Shape::Text),
    key("refreshUrl", Shape::Text),
    required("scopes", Shape::Map(&Shape::Text)),
];

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
