//! The API surface of a crate: a tree of items with facts about each.
//!
//! Takes the finished IR and returns items that can be compared without it. Facts about the Rust API
//! are the signatures that `emit::signature` returns; facts about the wire use the names of the
//! document. Leaves the impact of a difference to `compare`.

mod client;
mod operation;
mod parameter;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::analyze::Facts;
use crate::diagnostics::{Diagnostics, Location};
use crate::emit::notes;
use crate::escape;
use crate::ir::{Docs, Note};
use crate::name::Named;
use crate::pointer::Pointer;

/// The API surface of a crate.
#[derive(Debug, Clone)]
pub struct Surface {
    pub(super) items: Vec<Item>,
    /// The Cargo feature that an operation group or a type is behind, by the path in the crate.
    pub(super) features: BTreeMap<String, Option<String>>,
    /// The location of the whole document.
    pub(super) root: Location,
}

/// The kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// The settings that all requests share.
    Client,
    /// A method of the builder.
    Setting,
    /// A security scheme.
    Security,
    /// A Cargo feature.
    Feature,
    /// An operation.
    Operation,
    /// A parameter of an operation.
    Parameter,
    /// A request body.
    Body,
    /// One of several media types of a request body.
    Content,
    /// One of several successful responses.
    Response,
    /// An error status.
    Error,
    /// A method that waits for a long-running operation.
    Wait,
    /// A type of error bodies.
    ErrorBody,
    /// A response header.
    Header,
    /// A type.
    Type,
    /// A property of an object.
    Property,
    /// A value of an enum.
    Value,
    /// A variant of a union.
    Variant,
    /// A part of a form.
    Part,
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Setting => "setting",
            Self::Security => "security scheme",
            Self::Feature => "feature",
            Self::Operation => "operation",
            Self::Parameter => "parameter",
            Self::Body => "body",
            Self::Content => "content",
            Self::Response => "response",
            Self::Error => "error",
            Self::Wait => "method",
            Self::ErrorBody => "error body",
            Self::Header => "header",
            Self::Type => "type",
            Self::Property => "property",
            Self::Value => "value",
            Self::Variant => "variant",
            Self::Part => "part",
        })
    }
}

/// An item of an API.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: ItemKind,
    /// Its name in Rust, unique among the sibling items of the same kind.
    pub(super) name: String,
    /// Its name in the document. An item with a new name in Rust is still the same if this is equal.
    pub(super) wire: String,
    /// Its path in the crate.
    pub(super) path: String,
    pub(super) place: Location,
    /// The name of the group of an operation.
    pub(super) group: Option<String>,
    /// Whether programs never contain its name, as with a positional argument. Its addition or removal
    /// is then reported for the function only.
    pub(super) is_unnamed: bool,
    /// The facts about it. Items of the same kind and form have the same facts in the same order.
    pub(super) facts: Vec<Fact>,
    /// The items inside it.
    pub(super) parts: Vec<Item>,
}

/// A fact about an item: a verb and its object.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) verb: &'static str,
    pub(super) aspect: Aspect,
}

/// The object of a fact. The variant decides the impact of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Aspect {
    /// The form of the Rust item. If it changes, nothing else can be compared.
    Form(&'static str),
    /// A type or a path that programs may depend on.
    Fixed(String),
    /// Something that programs may use if it exists.
    Capability(Option<String>),
    /// A function that programs may call if it exists: its name, which is empty if it is the name of the
    /// item, and its arguments.
    Function(Option<(String, Vec<Argument>)>),
    /// Something that requests and responses depend on.
    Wire(String),
    /// Something that only readers of the documentation see.
    Documentation(String),
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    /// Its name in Rust.
    pub(super) rust: String,
    /// Its name in the document.
    pub(super) wire: String,
    /// Its type.
    pub(super) ty: String,
    /// Another type that the function accepts, by a conversion.
    pub(super) alternative: Option<String>,
}

/// Builds the API surface from the IR.
pub(crate) fn surface(api: &Named<'_>, facts: &Facts, diagnostics: &Diagnostics) -> Surface {
    let places = Places(diagnostics);
    let mut items = client::items(api, &places);
    items.extend(operation::items(api, &places));
    items.extend(types::items(api, facts, &places));
    let type_features = api.types.iter().map(|def| {
        let feature =
            facts.type_groups.get(&def.number).and_then(|group| api.names.feature(*group));
        (format!("types::{}", api.names.ty(def.number)), feature.map(str::to_owned))
    });
    let group_features = api.groups.iter().map(|group| {
        let feature = api.names.feature(group.number);
        (format!("operations::{}", api.names.group(group.number)), feature.map(str::to_owned))
    });
    let features = type_features.chain(group_features).collect();
    Surface { items, features, root: places.of(&Pointer::root()) }
}

/// Looks up the source locations of nodes.
pub(super) struct Places<'d>(&'d Diagnostics);

impl Places<'_> {
    fn of(&self, at: &Pointer) -> Location {
        self.0.location(at)
    }
}

impl Item {
    fn new(
        kind: ItemKind,
        name: impl fmt::Display,
        wire: impl fmt::Display,
        path: String,
        place: Location,
    ) -> Self {
        Self {
            kind,
            name: name.to_string(),
            wire: wire.to_string(),
            path,
            place,
            group: None,
            is_unnamed: false,
            facts: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn in_group(self, group: Option<String>) -> Self {
        Self { group, ..self }
    }

    fn form(self, form: &'static str) -> Self {
        self.fact("is", Aspect::Form(form))
    }

    fn fixed(self, verb: &'static str, object: impl Into<String>) -> Self {
        self.fact(verb, Aspect::Fixed(object.into()))
    }

    fn capability(self, verb: &'static str, object: Option<String>) -> Self {
        self.fact(verb, Aspect::Capability(object))
    }

    fn function(self, verb: &'static str, function: Option<(String, Vec<Argument>)>) -> Self {
        self.fact(verb, Aspect::Function(function))
    }

    fn wire(self, verb: &'static str, object: impl Into<String>) -> Self {
        self.fact(verb, Aspect::Wire(object.into()))
    }

    fn documented(self, verb: &'static str, object: impl Into<String>) -> Self {
        self.fact(verb, Aspect::Documentation(object.into()))
    }

    fn deprecated(self, deprecated: bool) -> Self {
        self.documented("is", if deprecated { "deprecated" } else { "not deprecated" })
    }

    /// Adds the notes: a default changes the behaviour of the server, all others are documentation.
    fn notes(self, docs: &Docs) -> Self {
        let default = docs.notes.iter().find_map(|note| match note {
            Note::Default(value) => Some(notes::code(value)),
            _ => None,
        });
        let others = docs.notes.iter().filter(|note| !matches!(note, Note::Default(_)));
        self.wire("has the default", or_none(&default.unwrap_or_default()))
            .documented("has the notes", quoted(&notes::sentences(others)))
    }

    fn parts(mut self, parts: impl IntoIterator<Item = Self>) -> Self {
        self.parts.extend(parts);
        self
    }

    fn fact(mut self, verb: &'static str, aspect: Aspect) -> Self {
        self.facts.push(Fact { verb, aspect });
        self
    }
}

impl Argument {
    fn new(rust: impl fmt::Display, wire: impl fmt::Display, ty: String) -> Self {
        Self { rust: rust.to_string(), wire: wire.to_string(), ty, alternative: None }
    }
}

/// Formats code in a sentence.
fn code(text: impl fmt::Display) -> String {
    escape::code(&text.to_string())
}

fn quoted(text: &str) -> String {
    if text.is_empty() { or_none(text) } else { format!("“{text}”") }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text.to_owned() }
}

/// Formats a list of code in a sentence.
fn code_list<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| code(item)).collect();
    or_none(&items.join(", "))
}

/// Formats a list of code, sorted and without duplicates.
fn code_set<'t>(items: impl IntoIterator<Item = &'t String>) -> String {
    code_list(items.into_iter().collect::<BTreeSet<_>>())
}
