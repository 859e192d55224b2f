//! The intermediate representation: what a document says, settled far enough to be written as Rust,
//! and still without a word of Rust's syntax.
//!
//! [`lower`](crate::lower) builds it, [`name`](crate::name) fills in every [`Ident`], and from then
//! on it does not change.

use std::collections::BTreeMap;
use std::fmt;

use crate::pointer::Pointer;

/// An API.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// Its title.
    pub title: String,
    /// Its version, which is not the crate's.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where it is served.
    pub servers: Vec<Server>,
    /// Where client credentials are exchanged for a token.
    pub token_url: Option<String>,
    /// Where clients find what they sign in with.
    pub credential_sources: Option<CredentialSources>,
    /// Where the bodies of errors say what went wrong.
    pub error_body: Option<ErrorBodyFormat>,
    /// Operations are kept in groups, one for each tag.
    pub groups: Vec<Group>,
    /// What it can do.
    pub operations: Vec<Operation>,
    /// What it speaks of.
    pub types: Vec<TypeDef>,
    /// The bodies of all documented errors.
    pub error_bodies: Vec<ErrorBody>,
    /// The errors that operations document, each combination once.
    pub error_sets: Vec<ErrorSet>,
}

impl Api {
    /// The declaration of a type.
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        match self.types.get(id.0) {
            Some(def) => def,
            None => unreachable!("an id is made together with its declaration: {id:?}"),
        }
    }
}

/// A name as it stands in the document and on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireName(pub String);

impl fmt::Display for WireName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A Rust identifier. It is empty until [`name`](crate::name) has decided it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident(pub String);

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a document says about a thing in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Docs {
    /// A line that says it in short.
    pub summary: Option<String>,
    /// All that there is to say.
    pub description: Option<String>,
    /// What the schema says besides: defaults, limits, formats. Full sentences.
    pub notes: Vec<String>,
}

/// A place where the API is served.
#[derive(Debug, Clone)]
pub struct Server {
    /// The URL, with variables in braces.
    pub url: String,
    /// What it is.
    pub description: Option<String>,
    /// Its variables.
    pub variables: Vec<ServerVariable>,
}

/// A variable of a server's URL.
#[derive(Debug, Clone)]
pub struct ServerVariable {
    /// Its name.
    pub wire: WireName,
    /// The method that sets it.
    pub rust: Ident,
    /// What it is if it is not set.
    pub default: String,
    /// What it means.
    pub docs: Docs,
}

/// Where clients find what they sign in with (`x-credential-sources`).
#[derive(Debug, Clone)]
pub struct CredentialSources {
    /// The variable with the base URL.
    pub base_url: String,
    /// The variable with the client's id.
    pub client_id: String,
    /// The variable with the client's secret.
    pub client_secret: String,
    /// Files that other tools keep, in the order in which they are looked at.
    pub files: Vec<CredentialFile>,
}

/// A file with what a client signs in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFile {
    /// Its path; `~` is the user's home.
    pub path: String,
    /// `json` or `yaml`.
    pub format: String,
    /// JSON pointers by what they lead to: `baseUrl`, `clientId`, `clientSecret`, `environment`.
    pub pointers: BTreeMap<String, String>,
}

/// Where the bodies of errors say what went wrong (`x-error-body`): JSON pointers, tried in order.
#[derive(Debug, Clone, Default)]
pub struct ErrorBodyFormat {
    /// What went wrong, in words.
    pub message: Vec<String>,
    /// A code finer than the status.
    pub code: Vec<String>,
    /// The name of the request in the server's logs.
    pub tracking_id: Vec<String>,
}

/// Operations that belong together.
#[derive(Debug, Clone)]
pub struct Group {
    /// The tag that they have, if they have one.
    pub tag: Option<String>,
    /// The module that holds them.
    pub module: Ident,
    /// What they are for.
    pub description: Option<String>,
}

/// The number of a type's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// The body of documented errors.
#[derive(Debug, Clone)]
pub struct ErrorBody {
    /// Its type.
    pub ty: Type,
    /// The name of its variant.
    pub rust: Ident,
    /// The statuses that it comes with, in any operation.
    pub statuses: Vec<Statuses>,
}

/// Errors that an operation documents, or several.
#[derive(Debug, Clone)]
pub struct ErrorSet {
    /// The numbers of the bodies by their statuses.
    pub cases: Vec<(Statuses, usize)>,
    /// The name of the constant that lists them.
    pub constant: Ident,
}

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Where it stands in the document.
    pub at: Pointer,
    /// The words that its name is made of: a component's name, or the way to an inline schema.
    pub hint: Vec<String>,
    /// Whether it is a component, which has the first claim to its name.
    pub component: bool,
    /// Its name in Rust.
    pub rust: Ident,
    /// The module that holds it.
    pub module: Ident,
    /// What it means.
    pub docs: Docs,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// What it is.
    pub shape: Shape,
}

/// What a type with a name is.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Named properties.
    Object(Object),
    /// A list of strings.
    Enum(Enum),
    /// One of several types.
    Union(Union),
    /// Another name for a type.
    Alias(Type),
}

/// Named properties.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The properties that have a name.
    pub fields: Vec<Field>,
    /// The type of all others.
    pub additional: Type,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name on the wire.
    pub wire: WireName,
    /// Its name in Rust.
    pub rust: Ident,
    /// Its type, if it is there and not null.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// What it means.
    pub docs: Docs,
}

/// A list of strings.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// The values.
    pub variants: Vec<Variant>,
}

/// A value of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The value on the wire.
    pub wire: WireName,
    /// Its name in Rust.
    pub rust: Ident,
    /// What it means.
    pub description: Option<String>,
}

/// One of several types.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// What tells which.
    pub tagging: Tagging,
    /// The types.
    pub variants: Vec<UnionVariant>,
}

/// What tells which type of a union a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Tagging {
    /// A property beside the one that holds the value.
    Adjacent {
        /// The property with the tag.
        tag: WireName,
        /// The property with the value.
        content: WireName,
        /// The object that holds both when no variant fits.
        other: TypeId,
    },
    /// A property of the value itself.
    Internal {
        /// The property with the tag.
        tag: WireName,
    },
}

/// A type of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionVariant {
    /// The tags that stand for it, the one that is written first.
    pub tags: Vec<String>,
    /// Its name in Rust.
    pub rust: Ident,
    /// The type.
    pub ty: Type,
}

/// A type where it is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Anything that JSON can express.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer(IntegerFormat),
    /// A number.
    Number(NumberFormat),
    /// A text.
    String,
    /// A date and time.
    DateTime,
    /// A list.
    Array(Box<Type>),
    /// An object whose properties are not named.
    Map(Box<Type>),
    /// An item that may be null.
    Nullable(Box<Type>),
    /// A type with a name.
    Named(TypeId),
}

/// How large a whole number can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntegerFormat {
    /// 32 bits.
    Int32,
    /// 64 bits, also where the document does not say.
    Int64,
}

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberFormat {
    /// Single precision.
    Float,
    /// Double precision, also where the document does not say.
    Double,
}

/// Something that the API can do.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its id.
    pub id: WireName,
    /// The method of the client.
    pub method_name: Ident,
    /// The type of its request.
    pub request_type: Ident,
    /// The constant that describes it.
    pub constant: Ident,
    /// The group that it belongs to.
    pub group: usize,
    /// The method of its requests, in capitals.
    pub method: &'static str,
    /// The template of its path.
    pub path: String,
    /// What it does.
    pub docs: Docs,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its parameters, in the order of the document, path before query before header.
    pub parameters: Vec<Parameter>,
    /// The body of its requests.
    pub body: Option<Body>,
    /// What it answers when all goes well.
    pub answer: Answer,
    /// The media types of good answers, as the `Accept` header lists them.
    pub accept: String,
    /// The parameter that narrows them.
    pub accept_by: Option<AcceptBy>,
    /// What it answers when something goes wrong.
    pub errors: Vec<ErrorAnswer>,
    /// The number of the set that these errors make, if any has a type.
    pub error_set: Option<usize>,
    /// Whether requests carry a token.
    pub authenticated: bool,
    /// The scopes that a token needs, one list for each way to sign in.
    pub scopes: Vec<String>,
    /// The levels that a user needs, one of them.
    pub user_levels: Vec<String>,
    /// What can be done with the answer next.
    pub links: Vec<Link>,
    /// How to wait for what it starts.
    pub long_running: Option<LongRunning>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Where it goes.
    pub location: Location,
    /// Its name on the wire.
    pub wire: WireName,
    /// Its name in Rust.
    pub rust: Ident,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Whether arrays become one parameter for each item.
    pub explode: bool,
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
}

/// The JSON body of a request.
#[derive(Debug, Clone)]
pub struct Body {
    /// The parameter of the client's method.
    pub rust: Ident,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// An example of it.
    pub example: Option<serde_json::Value>,
}

/// The media type of a good answer by the value of a parameter (`x-accept`).
#[derive(Debug, Clone)]
pub struct AcceptBy {
    /// The number of the parameter.
    pub parameter: usize,
    /// Media types by values.
    pub media_types: Vec<(String, String)>,
}

/// What an operation answers when all goes well.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Always the same kind of body.
    One(Content),
    /// A body that depends on the status.
    ByStatus {
        /// The name of the type.
        rust: Ident,
        /// The bodies.
        cases: Vec<AnswerCase>,
    },
}

/// The body of one status.
#[derive(Debug, Clone)]
pub struct AnswerCase {
    /// The statuses.
    pub statuses: Statuses,
    /// The name of the variant.
    pub rust: Ident,
    /// The body.
    pub content: Content,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub struct Content {
    /// What it is.
    pub kind: ContentKind,
    /// What it means.
    pub description: String,
}

/// What the body of an answer is.
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
}

/// What an operation answers when something goes wrong.
#[derive(Debug, Clone)]
pub struct ErrorAnswer {
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

/// What can be done with an answer next (OpenAPI 3.0, Link Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it stands in the document.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// The operation that it leads to.
    pub operation_id: String,
    /// Where its parameters come from: JSON pointers into the answer's body, by their names.
    pub parameters: BTreeMap<String, String>,
    /// What it is for.
    pub description: Option<String>,
}

/// How to wait for what an operation starts (`x-long-running`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongRunning {
    /// The link that asks for the state.
    pub poll: String,
    /// The JSON pointer to the status in what that link answers.
    pub status: String,
    /// The statuses that mean success.
    pub succeeded: Vec<String>,
    /// The statuses that mean failure.
    pub failed: Vec<String>,
    /// The statuses that mean that somebody has stopped it.
    pub cancelled: Vec<String>,
    /// The link that stops it.
    pub cancel: Option<String>,
    /// The link that gives its result as a file.
    pub download: Option<String>,
    /// Codes of errors that mean that it is still under way.
    pub pending_errors: Vec<String>,
}
