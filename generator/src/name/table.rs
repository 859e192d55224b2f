//! The table of names, by the ids of the items. The modules of [`name`](super) fill it; all other modules only
//! look names up.

use std::collections::BTreeMap;
use std::ops::Deref;

use super::Ident;
use super::commands::Commands;
use crate::config::Config;
use crate::ir::{
    Api, CaseId, ContentId, ErrorBodyId, ErrorSetId, Group, GroupId, HeaderId, MemberId, Operation,
    OperationId, ParameterId, SchemeId, Statuses, TypeId, WireName,
};

/// An item that the crate declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Type(TypeId),
    TypeModule(TypeId),
    Member(MemberId),
    Setter(MemberId),
    GroupModule(GroupId),
    TypeFolder(GroupId),
    Accessor(GroupId),
    GroupType(GroupId),
    MockAccessor(GroupId),
    Method(OperationId),
    Request(OperationId),
    Constant(OperationId),
    Response(OperationId),
    Case(CaseId),
    Body(OperationId),
    BodyType(OperationId),
    Content(ContentId),
    Parameter(ParameterId),
    Resume(OperationId),
    Plan(OperationId),
    Header(HeaderId),
    Credential(SchemeId),
    ServerVariable(WireName),
    ErrorBody(ErrorBodyId),
    ErrorSet(ErrorSetId),
    Expectation(OperationId),
    Matcher(ParameterId),
    CaseResponder(CaseId),
    ErrorMarker(ErrorSetId),
    ErrorResponder(Statuses),
}

/// The names of all items that the crate declares. Emitters look names up and make none.
#[derive(Debug, Clone)]
pub struct Names {
    pub(super) idents: BTreeMap<Item, Ident>,
    /// The Cargo features of groups, if the configuration asks for them.
    pub(super) features: BTreeMap<GroupId, String>,
    /// The name that the crate has in code.
    library: Ident,
    /// The argument of an expectation that is compared with the body.
    expected_body: Ident,
    /// The names of tags that the configuration has.
    tags: BTreeMap<String, String>,
    /// The names of the command line, if there is one.
    pub commands: Commands,
}

impl Names {
    /// Creates an empty table for a crate. The name of the library follows the rule of Cargo.
    pub(super) fn new(config: &Config) -> Self {
        Self {
            library: Ident::new(config.package.name.replace('-', "_")),
            idents: BTreeMap::new(),
            features: BTreeMap::new(),
            expected_body: Ident::new("expect"),
            tags: config.customization.rename.tags.clone(),
            commands: Commands::default(),
        }
    }

    /// Returns the words that name a group of operations.
    pub(super) fn words<'n>(&'n self, group: &'n Group) -> Option<&'n str> {
        let tag = group.name.as_deref()?;
        Some(self.tags.get(tag).map_or(tag, String::as_str))
    }
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident($id:ty) => $item:ident,)*) => {
        impl Names {$(
            $(#[$doc])*
            pub fn $name(&self, id: $id) -> &Ident {
                self.get(&Item::$item(id))
            }
        )*}
    };
}

lookups! {
    /// The name of a type.
    ty(TypeId) => Type,
    /// The module of a type, and the name of its file.
    module(TypeId) => TypeModule,
    /// The field, variant or argument of a member of a type.
    member(MemberId) => Member,
    /// The method that sets a member of a type.
    setter(MemberId) => Setter,
    /// The module of a group of operations, and the name of its file.
    group(GroupId) => GroupModule,
    /// The module, and the folder, of the types that only a group needs.
    type_folder(GroupId) => TypeFolder,
    /// The type with the methods of a group, if methods are grouped.
    group_type(GroupId) => GroupType,
    /// The method of the mock server that returns the expectations of a group, if methods are grouped.
    mock_accessor(GroupId) => MockAccessor,
    /// The method of the client, or of its group, that creates a request.
    method(OperationId) => Method,
    /// The type of the requests of an operation.
    request(OperationId) => Request,
    /// The constant that describes an operation.
    constant(OperationId) => Constant,
    /// The type of a response that depends on the status or the media type.
    response(OperationId) => Response,
    /// The variant for a case of such a response.
    case(CaseId) => Case,
    /// The argument or the setter for the body of an operation.
    body(OperationId) => Body,
    /// The type of a body that has several contents.
    body_type(OperationId) => BodyType,
    /// The variant for a content of such a body.
    content(ContentId) => Content,
    /// The argument or the setter for a parameter.
    parameter(ParameterId) => Parameter,
    /// The method of the client, or of its group, that resumes a job that an operation has started.
    resume(OperationId) => Resume,
    /// The constant that describes how to poll a job that an operation starts.
    plan(OperationId) => Plan,
    /// The constant for a header of responses.
    header(HeaderId) => Header,
    /// The method of the builder for the credential of a security scheme.
    credential(SchemeId) => Credential,
    /// The method of the builder for a server variable.
    server_variable(WireName) => ServerVariable,
    /// The variant for an error body.
    error_body(ErrorBodyId) => ErrorBody,
    /// The constant that lists a set of errors.
    error_set(ErrorSetId) => ErrorSet,
    /// The method of the mock server, or of its group, that creates an expectation.
    expectation(OperationId) => Expectation,
    /// The method of an expectation that sets the value of a parameter.
    matcher(ParameterId) => Matcher,
    /// The method of an expectation that responds with a case.
    case_responder(CaseId) => CaseResponder,
    /// The marker type for a set of errors in the mock server.
    error_marker(ErrorSetId) => ErrorMarker,
    /// The method of an expectation that responds with an error.
    error_responder(Statuses) => ErrorResponder,
}

impl Names {
    /// Returns the name that the crate has in code.
    pub fn library(&self) -> &Ident {
        &self.library
    }

    /// Returns the argument of an expectation that is compared with the body.
    pub fn expected_body(&self) -> &Ident {
        &self.expected_body
    }

    /// Returns the Cargo feature of a group. `None` if it has none.
    pub fn feature(&self, group: GroupId) -> Option<&str> {
        self.features.get(&group).map(String::as_str)
    }

    /// Returns whether any group has a Cargo feature.
    pub fn has_features(&self) -> bool {
        !self.features.is_empty()
    }

    /// Returns the method of the client that returns the methods of a group. `None` if these are methods of
    /// the client itself.
    pub fn accessor(&self, group: GroupId) -> Option<&Ident> {
        self.idents.get(&Item::Accessor(group))
    }

    /// Returns the path from a client to the method of an operation: `list_users`, or `users().list`.
    pub fn call(&self, operation: &Operation) -> String {
        let method = self.method(operation.number);
        match self.accessor(operation.group) {
            Some(accessor) => format!("{accessor}().{method}"),
            None => method.to_string(),
        }
    }

    /// Returns the path from a mock server to the expectation of an operation.
    pub fn expectation_call(&self, operation: &Operation) -> String {
        let method = self.expectation(operation.number);
        match self.accessor(operation.group) {
            Some(_) => format!("{}().{method}", self.mock_accessor(operation.group)),
            None => method.to_string(),
        }
    }

    /// Returns the path of the method of an operation in the crate: `Client::list_users`, or
    /// `operations::users::Users::list`. A raw identifier is written without `r#`, as in documentation.
    pub fn method_path(&self, operation: &Operation) -> String {
        self.path_of(operation, self.method(operation.number))
    }

    /// Returns the path of the method that resumes a job, as [`method_path`](Self::method_path).
    pub fn resume_path(&self, operation: &Operation) -> String {
        self.path_of(operation, self.resume(operation.number))
    }

    fn path_of(&self, operation: &Operation, method: &Ident) -> String {
        let method = method.plain();
        match self.accessor(operation.group) {
            Some(_) => {
                let (module, group) =
                    (self.group(operation.group), self.group_type(operation.group));
                format!("operations::{}::{group}::{method}", module.plain())
            }
            None => format!("Client::{method}"),
        }
    }

    fn get(&self, item: &Item) -> &Ident {
        match self.idents.get(item) {
            Some(name) => name,
            None => unreachable!("everything has got its name: {item:?}"),
        }
    }

    pub(super) fn insert(&mut self, item: Item, name: Ident) {
        self.idents.insert(item, name);
    }
}

/// The IR with its names, which emitters read.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// The IR.
    pub api: &'a Api,
    /// The names of its items.
    pub names: &'a Names,
}

impl Deref for Named<'_> {
    type Target = Api;

    fn deref(&self) -> &Api {
        self.api
    }
}
