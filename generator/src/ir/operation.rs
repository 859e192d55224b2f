//! Operations, their parameters, bodies and responses.

use std::collections::BTreeMap;
use std::fmt;

use super::{
    CaseId, ContentId, Docs, ErrorBodyId, ErrorSetId, GroupId, HeaderId, OperationId, ParameterId,
    SchemeId, Type, TypeId, WireName,
};
use crate::pointer::Pointer;

/// An operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The location in the document.
    pub at: Pointer,
    /// The number.
    pub number: OperationId,
    /// The `operationId`.
    pub id: WireName,
    /// The group.
    pub group: GroupId,
    /// The HTTP method.
    pub method: String,
    /// The template of the path.
    pub path: String,
    /// The documentation.
    pub docs: Docs,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The parameters, in the order of the document: path, query, headers, cookies.
    pub parameters: Vec<Parameter>,
    /// The request body.
    pub body: Option<Body>,
    /// The successful response.
    pub response: SuccessResponse,
    /// The media types of successful responses, as the `Accept` header lists them.
    pub accept: String,
    /// The parameter that selects one of them.
    pub accept_by: Option<AcceptBy>,
    /// The headers of successful responses.
    pub headers: Vec<HeaderId>,
    /// The documented errors.
    pub errors: Vec<ErrorResponse>,
    /// The set of these errors, if one of them has a type.
    pub error_set: Option<ErrorSetId>,
    /// The alternative security requirements, each a list of schemes that are required together.
    pub security: Vec<Vec<SchemeId>>,
    /// The scopes that a token needs, by alternative.
    pub scopes: Vec<String>,
    /// The user levels, one of which is required.
    pub user_levels: Vec<String>,
    /// The links of the response.
    pub links: Vec<Link>,
    /// The description of the job that it starts.
    pub long_running: Option<LongRunning>,
}

impl Operation {
    /// Returns the parameter with a number, if it belongs to this operation.
    pub fn parameter(&self, number: ParameterId) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.number == number)
    }
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The location in the document.
    pub at: Pointer,
    /// The location in the request.
    pub location: Location,
    /// The number.
    pub number: ParameterId,
    /// The name on the wire.
    pub wire: WireName,
    /// The type.
    pub ty: Type,
    /// Whether it is required.
    pub required: bool,
    /// The style.
    pub style: Style,
    /// Whether each item of an array, and each property of an object, becomes one parameter.
    pub explode: bool,
    /// Whether reserved characters are sent without percent-encoding.
    pub allow_reserved: bool,
    /// The documentation.
    pub docs: Docs,
    /// An example of the value.
    pub example: Option<String>,
}

/// The location of a parameter in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// The path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
}

/// The style of a parameter (OpenAPI 3.0, Parameter Object, `style`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// `a,b`
    Simple,
    /// `.a.b`
    Label,
    /// `;name=a,b`
    Matrix,
    /// `name=a&name=b`
    Form,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a%7Cb`
    PipeDelimited,
    /// `name[key]=value`
    DeepObject,
    /// JSON (`content` instead of `schema`).
    Json,
}

/// A request body.
#[derive(Debug, Clone)]
pub struct Body {
    /// The operation.
    pub operation: OperationId,
    /// The contents, at least one.
    pub contents: Vec<BodyContent>,
    /// Whether it is required.
    pub required: bool,
    /// The description.
    pub description: Option<String>,
    /// An example.
    pub example: Option<serde_json::Value>,
}

impl Body {
    /// Returns the content with a number, if it belongs to this body.
    pub fn content(&self, number: ContentId) -> Option<&BodyContent> {
        self.contents.iter().find(|content| content.number == number)
    }

    /// Returns the content, if there is only one.
    pub fn only(&self) -> Option<&BodyContent> {
        match self.contents.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// A content of a request body.
#[derive(Debug, Clone)]
pub struct BodyContent {
    /// The number.
    pub number: ContentId,
    /// The media type.
    pub media_type: String,
    /// The encoding.
    pub kind: BodyKind,
}

/// The encoding of a request body.
#[derive(Debug, Clone, PartialEq)]
pub enum BodyKind {
    /// JSON.
    Json(Type),
    /// As a form in one line (WHATWG URL, `application/x-www-form-urlencoded`). The properties that
    /// are not written as usual are listed with their styles.
    Form(Type, Vec<(WireName, Style, bool)>),
    /// A multipart form.
    Multipart(TypeId),
    /// Plain text.
    Text,
    /// Bytes.
    Bytes,
}

/// The media types of a successful response, selected by the value of a parameter (`x-accept`).
#[derive(Debug, Clone)]
pub struct AcceptBy {
    /// The parameter.
    pub parameter: ParameterId,
    /// The media types by value.
    pub media_types: Vec<(String, String)>,
}

/// The successful response of an operation.
#[derive(Debug, Clone)]
pub enum SuccessResponse {
    /// The body is always of the same kind.
    One(Content),
    /// The body depends on the status or the media type.
    ByCase(Vec<ResponseCase>),
}

impl SuccessResponse {
    /// Returns all bodies.
    pub fn contents(&self) -> Vec<&Content> {
        match self {
            Self::One(content) => vec![content],
            Self::ByCase(cases) => cases.iter().map(|case| &case.content).collect(),
        }
    }
}

/// The body for one status and media type.
#[derive(Debug, Clone)]
pub struct ResponseCase {
    /// The number.
    pub number: CaseId,
    /// The statuses.
    pub statuses: Statuses,
    /// The media types, if the status has bodies of several kinds.
    pub media_types: Vec<String>,
    /// The body.
    pub content: Content,
}

/// The body of a response.
#[derive(Debug, Clone)]
pub struct Content {
    /// The kind.
    pub kind: ContentKind,
    /// The description.
    pub description: String,
}

/// The kind of the body of a response.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentKind {
    /// No body.
    Empty,
    /// JSON of a type.
    Json(Type),
    /// Plain text.
    Text,
    /// Bytes of any length.
    File,
    /// Server-sent events with JSON of a type (WHATWG HTML, section 9.2).
    Events(Type),
    /// A sequence of JSON values of a type.
    JsonLines(Type),
}

impl ContentKind {
    /// Returns the type of its JSON.
    pub fn ty(&self) -> Option<&Type> {
        match self {
            Self::Json(ty) | Self::Events(ty) | Self::JsonLines(ty) => Some(ty),
            Self::Empty | Self::Text | Self::File => None,
        }
    }
}

/// A documented error.
#[derive(Debug, Clone)]
pub struct ErrorResponse {
    /// The statuses.
    pub statuses: Statuses,
    /// The type of the JSON body, if there is one.
    pub ty: Option<Type>,
    /// The description.
    pub description: String,
}

/// One or several statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statuses {
    /// One status.
    Code(u16),
    /// All statuses with the same first digit.
    Class(u16),
    /// All statuses that are not listed.
    Default,
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A link to an operation that can follow (OpenAPI 3.0, Link Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The location in the document.
    pub at: Pointer,
    /// The name.
    pub name: String,
    /// The target operation.
    pub target: LinkTarget,
    /// The sources of the parameters, by name. A name may begin with a location, as in `path.id`.
    pub parameters: BTreeMap<String, LinkSource>,
    /// The source of the request body.
    pub body: Option<LinkSource>,
    /// The description.
    pub description: Option<String>,
}

impl Link {
    /// Returns the operation that the link leads to.
    pub fn find_target<'o>(&self, operations: &'o [Operation]) -> Option<&'o Operation> {
        operations.iter().find(|operation| match &self.target {
            LinkTarget::Id(id) => operation.id.0 == *id,
            LinkTarget::Location(at) => operation.at == *at,
        })
    }
}

/// The operation that a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// The operation with an id (`operationId`).
    Id(String),
    /// The operation at a location of the document (`operationRef`).
    Location(Pointer),
}

impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Location(at) => write!(f, "{at}"),
        }
    }
}

/// The source of a value that a link passes on (OpenAPI 3.0, Runtime Expressions).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkSource {
    /// A JSON pointer into the body of the response. An empty pointer is the whole body.
    ResponseBody(String),
    /// A header of the response.
    ResponseHeader(String),
    /// A JSON pointer into the body of the request. An empty pointer is the whole body.
    RequestBody(String),
    /// A parameter of the request.
    RequestParameter(Location, String),
    /// The URL of the request.
    Url,
    /// The method of the request.
    Method,
    /// The status of the response.
    Status,
    /// A value that is always the same.
    Constant(serde_json::Value),
}

/// The body of a request that the server makes.
#[derive(Debug, Clone)]
pub struct Payload {
    /// The operation with the callback, or `None` for a webhook.
    pub operation: Option<OperationId>,
    /// The name of the webhook or the callback.
    pub name: String,
    /// The HTTP method, if there are several.
    pub method: Option<String>,
    /// The type.
    pub ty: Type,
}

/// The description of the job that an operation starts (`x-long-running`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongRunning {
    /// The JSON pointer to the id of the job, in the response of the operation.
    pub id: String,
    /// The JSON pointer to the time of its creation.
    pub created: Option<String>,
    /// The operation that returns the state. Its response is JSON of one type.
    pub poll: Step,
    /// The JSON pointer to the status in the state.
    pub status: String,
    /// The statuses of success.
    pub succeeded: Vec<String>,
    /// The statuses of failure.
    pub failed: Vec<String>,
    /// The statuses of cancellation.
    pub cancelled: Vec<String>,
    /// The operation that cancels the job.
    pub cancel: Option<Step>,
    /// The file of the job, if there always is one.
    pub file: Option<ResultFile>,
    /// The codes of errors that mean that the job is still running.
    pub pending_errors: Vec<String>,
    /// The name of the command that runs the whole job, if the document has one.
    pub command: Option<String>,
}

/// The file that a job produces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFile {
    /// The operation that downloads the file.
    pub download: Step,
    /// The parameter of the download of which each value is another file, such as a format: the only
    /// one that is required besides the id.
    pub each: Option<ParameterId>,
    /// Whether starting, waiting and saving can be one call, because no other parameter is required.
    pub in_one_call: bool,
    /// Whether the download takes the id as a string, which is how it is read from responses.
    pub id_is_text: bool,
}

/// An operation of the same group that takes the id of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The operation.
    pub operation: OperationId,
    /// The parameter for the id.
    pub parameter: ParameterId,
}

/// A documented error body.
#[derive(Debug, Clone)]
pub struct ErrorBody {
    /// The number.
    pub number: ErrorBodyId,
    /// The type.
    pub ty: Type,
    /// The statuses that it has in any operation.
    pub statuses: Vec<Statuses>,
}

/// A set of documented errors.
#[derive(Debug, Clone)]
pub struct ErrorSet {
    /// The number.
    pub number: ErrorSetId,
    /// The bodies by status.
    pub cases: Vec<(Statuses, ErrorBodyId)>,
}

/// A header of responses.
#[derive(Debug, Clone)]
pub struct ResponseHeader {
    /// The number.
    pub number: HeaderId,
    /// The name on the wire.
    pub wire: WireName,
    /// The type of the value.
    pub ty: Type,
    /// The description.
    pub docs: Docs,
}

/// A security scheme (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// The number.
    pub number: SchemeId,
    /// The name in the document.
    pub wire: WireName,
    /// The kind.
    pub kind: SecurityKind,
    /// The documentation.
    pub docs: Docs,
}

/// The kind of a security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityKind {
    /// An API key, with its location and name.
    ApiKey(Location, WireName),
    /// Basic authentication (RFC 7617).
    Basic,
    /// A bearer token (RFC 6750), from any source.
    Bearer,
}

/// The endpoint that exchanges client credentials for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// A URL.
    Url(String),
    /// The URL of a discovery document (OpenID Connect Discovery 1.0, section 4).
    Discovery(String),
}
