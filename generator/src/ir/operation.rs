//! Operations: what an API can do.

use std::collections::BTreeMap;
use std::fmt;

use super::{
    CaseId, ContentId, Docs, ErrorBodyId, ErrorSetId, HeaderId, OperationId, ParameterId, SchemeId,
    TagId, Type, TypeId, WireName,
};
use crate::pointer::Pointer;

/// Something that the API can do.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its number.
    pub number: OperationId,
    /// Its id in the document.
    pub id: WireName,
    /// The group that it belongs to.
    pub group: TagId,
    /// The method of its requests, in capitals.
    pub method: &'static str,
    /// The template of its path.
    pub path: String,
    /// What it does.
    pub docs: Docs,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its parameters, in the order of the document: path, query, headers, cookies.
    pub parameters: Vec<Parameter>,
    /// The body of its requests.
    pub body: Option<Body>,
    /// What it returns when all goes well.
    pub response: SuccessResponse,
    /// The media types of successful responses, as the `Accept` header lists them.
    pub accept: String,
    /// The parameter that narrows them.
    pub accept_by: Option<AcceptBy>,
    /// The headers that successful responses have.
    pub headers: Vec<HeaderId>,
    /// What it returns when something goes wrong.
    pub errors: Vec<ErrorResponse>,
    /// The set that these errors make, if any has a type.
    pub error_set: Option<ErrorSetId>,
    /// The alternative security requirements, each a list of schemes that are required together.
    pub security: Vec<Vec<SchemeId>>,
    /// The scopes that a token needs, in any of these ways.
    pub scopes: Vec<String>,
    /// The levels that a user needs, one of them.
    pub user_levels: Vec<String>,
    /// What can be done with the response next.
    pub links: Vec<Link>,
    /// How to wait for what it starts.
    pub long_running: Option<LongRunning>,
}

impl Operation {
    /// The parameter with a number, if it is one of this operation.
    pub fn parameter(&self, number: ParameterId) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.number == number)
    }
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Where it goes.
    pub location: Location,
    /// Its number.
    pub number: ParameterId,
    /// Its name on the wire.
    pub wire: WireName,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// How it is written.
    pub style: Style,
    /// Whether arrays and objects become one parameter for each item.
    pub explode: bool,
    /// Whether reserved characters stand for themselves.
    pub allow_reserved: bool,
    /// What it means.
    pub docs: Docs,
    /// An example of its value.
    pub example: Option<String>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// Into the path.
    Path,
    /// Into the query.
    Query,
    /// Into a header.
    Header,
    /// Into a cookie.
    Cookie,
}

/// How a parameter is written (OpenAPI 3.0, Parameter Object, `style`).
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
    /// As a JSON text (`content` instead of `schema`).
    Json,
}

/// The body of a request.
#[derive(Debug, Clone)]
pub struct Body {
    /// The operation whose body it is.
    pub operation: OperationId,
    /// What it can be. There is at least one.
    pub contents: Vec<BodyContent>,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// An example of it.
    pub example: Option<serde_json::Value>,
}

impl Body {
    /// The content with a number, if it is one of this body.
    pub fn content(&self, number: ContentId) -> Option<&BodyContent> {
        self.contents.iter().find(|content| content.number == number)
    }

    /// The only content, if there is just one.
    pub fn only(&self) -> Option<&BodyContent> {
        match self.contents.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// A content that the body of a request can have.
#[derive(Debug, Clone)]
pub struct BodyContent {
    /// Its number.
    pub number: ContentId,
    /// The media type.
    pub media_type: String,
    /// How it is written.
    pub kind: BodyKind,
}

/// How the body of a request is written.
#[derive(Debug, Clone, PartialEq)]
pub enum BodyKind {
    /// As JSON.
    Json(Type),
    /// As a form in one line (WHATWG URL, `application/x-www-form-urlencoded`). The properties that
    /// are not written as usual are listed with their styles.
    Form(Type, Vec<(WireName, Style, bool)>),
    /// As a form of several parts.
    Multipart(TypeId),
    /// As text.
    Text,
    /// As bytes.
    Bytes,
}

/// The media type of a successful response by the value of a parameter (`x-accept`).
#[derive(Debug, Clone)]
pub struct AcceptBy {
    /// The parameter.
    pub parameter: ParameterId,
    /// Media types by values.
    pub media_types: Vec<(String, String)>,
}

/// What an operation returns when all goes well.
#[derive(Debug, Clone)]
pub enum SuccessResponse {
    /// Always the same kind of body.
    One(Content),
    /// A body that depends on the status, or on the media type.
    ByCase(Vec<ResponseCase>),
}

impl SuccessResponse {
    /// All bodies that it can have.
    pub fn contents(&self) -> Vec<&Content> {
        match self {
            Self::One(content) => vec![content],
            Self::ByCase(cases) => cases.iter().map(|case| &case.content).collect(),
        }
    }
}

/// The body of one status and media type.
#[derive(Debug, Clone)]
pub struct ResponseCase {
    /// Its number.
    pub number: CaseId,
    /// The statuses.
    pub statuses: Statuses,
    /// The media types, if the status has several kinds of bodies.
    pub media_types: Vec<String>,
    /// The body.
    pub content: Content,
}

/// The body of a response.
#[derive(Debug, Clone)]
pub struct Content {
    /// What it is.
    pub kind: ContentKind,
    /// What it means.
    pub description: String,
}

/// What the body of a response is.
#[derive(Debug, Clone, PartialEq)]
pub enum ContentKind {
    /// Nothing.
    Empty,
    /// JSON of a type.
    Json(Type),
    /// Plain text.
    Text,
    /// Bytes of any length.
    File,
    /// Server-sent events with JSON of a type (WHATWG HTML, section 9.2).
    Events(Type),
    /// JSON values of a type, one after the other.
    JsonLines(Type),
}

impl ContentKind {
    /// The type of the JSON in it.
    pub fn ty(&self) -> Option<&Type> {
        match self {
            Self::Json(ty) | Self::Events(ty) | Self::JsonLines(ty) => Some(ty),
            Self::Empty | Self::Text | Self::File => None,
        }
    }
}

/// What an operation returns when something goes wrong.
#[derive(Debug, Clone)]
pub struct ErrorResponse {
    /// The statuses.
    pub statuses: Statuses,
    /// The type of the JSON body, if it has one.
    pub ty: Option<Type>,
    /// What it means.
    pub description: String,
}

/// One status or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Statuses {
    /// One.
    Code(u16),
    /// All with the same first digit.
    Class(u16),
    /// All that are not named.
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

/// What can be done with a response next (OpenAPI 3.0, Link Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// The operation that it leads to.
    pub operation_id: String,
    /// Where its parameters come from: JSON pointers into the response's body, by their names.
    pub parameters: BTreeMap<String, String>,
    /// What it is for.
    pub description: Option<String>,
}

/// How to wait for what an operation starts (`x-long-running`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongRunning {
    /// The JSON pointer to the id of what was started, in the response of the operation.
    pub id: String,
    /// The JSON pointer to the moment of its creation.
    pub created: Option<String>,
    /// What asks for the state. It responds with one type of JSON.
    pub poll: Step,
    /// The JSON pointer to the status in the state.
    pub status: String,
    /// The statuses that mean success.
    pub succeeded: Vec<String>,
    /// The statuses that mean failure.
    pub failed: Vec<String>,
    /// The statuses that mean that somebody has stopped it.
    pub cancelled: Vec<String>,
    /// What stops it.
    pub cancel: Option<Step>,
    /// The file that is its result, if there is always one.
    pub file: Option<ResultFile>,
    /// Codes of errors that mean that it is still under way.
    pub pending_errors: Vec<String>,
    /// The name of the command that does it all, if the document gives it one.
    pub command: Option<String>,
}

/// The file that is the result of what was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFile {
    /// What gives it.
    pub download: Step,
    /// The parameter of the download of which each value is another file, such as a format: the only
    /// one that is required besides the id.
    pub each: Option<ParameterId>,
    /// Whether starting, waiting and saving can be one call, because nothing else is required.
    pub in_one_call: bool,
}

/// An operation of the same group that takes the id of what was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which one.
    pub operation: OperationId,
    /// Its parameter that is the id.
    pub parameter: ParameterId,
}

/// The body of documented errors.
#[derive(Debug, Clone)]
pub struct ErrorBody {
    /// Its number.
    pub number: ErrorBodyId,
    /// Its type.
    pub ty: Type,
    /// The statuses that it comes with, in any operation.
    pub statuses: Vec<Statuses>,
}

/// Errors that an operation documents, or several.
#[derive(Debug, Clone)]
pub struct ErrorSet {
    /// Its number.
    pub number: ErrorSetId,
    /// The bodies by their statuses.
    pub cases: Vec<(Statuses, ErrorBodyId)>,
}

/// A header of responses, which many operations can have.
#[derive(Debug, Clone)]
pub struct ResponseHeader {
    /// Its number.
    pub number: HeaderId,
    /// Its name on the wire.
    pub wire: WireName,
    /// The type of its value.
    pub ty: Type,
    /// What it means.
    pub docs: Docs,
}

/// A security scheme (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone)]
pub struct SecurityScheme {
    /// Its number.
    pub number: SchemeId,
    /// Its name in the document.
    pub wire: WireName,
    /// How it is sent.
    pub kind: SecurityKind,
    /// What it means.
    pub docs: Docs,
}

/// How a request shows who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityKind {
    /// By a key at a place of its own.
    ApiKey(Location, WireName),
    /// By name and password (RFC 7617).
    Basic,
    /// By a token (RFC 6750), however the client came by it.
    Bearer,
}

/// Where client credentials are exchanged for a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenEndpoint {
    /// Here.
    Url(String),
    /// Where this description says (OpenID Connect Discovery 1.0, section 4).
    Discovery(String),
}
