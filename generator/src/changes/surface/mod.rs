//! Of what the API of a crate is made: a tree of items, each with what can be said of it.
//!
//! In comes the finished representation, out go items that can be compared without it. An item says
//! what users see of it at compile time in the words of the crate, as `emit::signature` writes them,
//! and what goes over the wire in the words of the document.

mod client;
mod operation;
mod parameter;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::analyze::Facts;
use crate::diagnostics::{Diagnostics, Place};
use crate::escape;
use crate::ir::Docs;
use crate::name::Named;
use crate::pointer::Pointer;

/// What the API of a crate is made of.
#[derive(Debug, Clone)]
pub struct Surface {
    pub(super) items: Vec<Item>,
    /// The Cargo feature that an operation group or a type is behind, by its path in the crate.
    pub(super) behind: BTreeMap<String, Option<String>>,
    /// The whole document.
    pub(super) root: Place,
}

/// What a thing of an API is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What all clients have in common.
    Client,
    /// A method of the builder.
    Setting,
    /// A way to sign in.
    Security,
    /// A Cargo feature.
    Feature,
    /// An operation.
    Operation,
    /// A parameter of one.
    Parameter,
    /// The body of its requests.
    Body,
    /// One of several contents of it.
    Content,
    /// One of several responses.
    Response,
    /// A status that means failure.
    Error,
    /// A way to wait for what was started.
    Wait,
    /// The body of errors.
    ErrorBody,
    /// A header of responses.
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

impl fmt::Display for Kind {
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
            Self::ErrorBody => "body of errors",
            Self::Header => "header",
            Self::Type => "type",
            Self::Property => "property",
            Self::Value => "value",
            Self::Variant => "variant",
            Self::Part => "part",
        })
    }
}

/// A thing of an API.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) kind: Kind,
    /// What tells it from its neighbours of the same kind in Rust.
    pub(super) name: String,
    /// What tells it from them in the document. An item with another name is still the same if it
    /// has the same of this.
    pub(super) wire: String,
    /// Its path in the crate.
    pub(super) path: String,
    pub(super) place: Place,
    /// Whether users never write its name, as that of an argument. What it is added to says then
    /// what its coming and going means.
    pub(super) nameless: bool,
    /// What can be said of it. Items of a kind and form say the same things in the same order.
    pub(super) facts: Vec<Fact>,
    /// What it is made of.
    pub(super) parts: Vec<Item>,
}

/// Something that can be said of an item: a verb, and what comes after it.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) verb: &'static str,
    pub(super) says: Says,
}

/// What is said of an item, by what it means for users if it is no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Says {
    /// What kind of Rust item it is: if this changes, nothing else can be compared.
    Form(&'static str),
    /// A type or a path that programs may depend on.
    Fixed(String),
    /// Something that programs may use if it is there.
    Offered(Option<String>),
    /// A function that programs may call, if it is there: its name if that is part of what is said,
    /// and its arguments.
    Takes(Option<(String, Vec<Argument>)>),
    /// What goes over the wire.
    Wire(String),
    /// What only readers of the documentation see.
    Told(String),
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    /// Its name.
    pub(super) rust: String,
    /// What it stands for in the document.
    pub(super) wire: String,
    /// Its type.
    pub(super) of: String,
    /// Another type of which it can be made.
    pub(super) or: Option<String>,
}

/// Takes the representation apart.
pub(crate) fn surface(api: &Named<'_>, facts: &Facts, diagnostics: &Diagnostics) -> Surface {
    let places = Places(diagnostics);
    let mut items = client::items(api, &places);
    items.extend(operation::items(api, &places));
    items.extend(types::items(api, facts, &places));
    let behind_of_types = api.types.iter().map(|def| {
        let feature = facts.features.of_type(def.number);
        (format!("types::{}", api.names.ty(def.number)), feature.map(str::to_owned))
    });
    let behind_of_groups = api.groups.iter().map(|group| {
        let feature = facts.features.of_group(group.number);
        (format!("operations::{}", api.names.tag(group.number)), feature.map(str::to_owned))
    });
    let behind = behind_of_types.chain(behind_of_groups).collect();
    Surface { items, behind, root: places.of(&Pointer::root()) }
}

/// Where nodes of the document come from.
pub(super) struct Places<'d>(&'d Diagnostics);

impl Places<'_> {
    fn of(&self, at: &Pointer) -> Place {
        self.0.place(at)
    }
}

impl Item {
    fn new(
        kind: Kind,
        name: impl fmt::Display,
        wire: impl fmt::Display,
        path: String,
        place: Place,
    ) -> Self {
        Self {
            kind,
            name: name.to_string(),
            wire: wire.to_string(),
            path,
            place,
            nameless: false,
            facts: Vec::new(),
            parts: Vec::new(),
        }
    }

    fn form(self, form: &'static str) -> Self {
        self.says("is", Says::Form(form))
    }

    fn fixed(self, verb: &'static str, what: impl Into<String>) -> Self {
        self.says(verb, Says::Fixed(what.into()))
    }

    fn offered(self, verb: &'static str, what: Option<String>) -> Self {
        self.says(verb, Says::Offered(what))
    }

    fn takes(self, verb: &'static str, function: Option<(String, Vec<Argument>)>) -> Self {
        self.says(verb, Says::Takes(function))
    }

    fn wire(self, verb: &'static str, what: impl Into<String>) -> Self {
        self.says(verb, Says::Wire(what.into()))
    }

    fn told(self, verb: &'static str, what: impl Into<String>) -> Self {
        self.says(verb, Says::Told(what.into()))
    }

    fn deprecated(self, deprecated: bool) -> Self {
        self.told("is", if deprecated { "deprecated" } else { "not deprecated" })
    }

    /// What the notes say: a default is what the server does, limits are no matter of the crate.
    fn notes(self, docs: &Docs) -> Self {
        let is_default = |note: &&String| note.starts_with("The default is ");
        let default = docs
            .notes
            .iter()
            .find(is_default)
            .and_then(|note| note.strip_prefix("The default is "));
        let others: Vec<&str> =
            docs.notes.iter().filter(|note| !is_default(note)).map(String::as_str).collect();
        self.wire("has the default", or_none(default.unwrap_or_default().trim_end_matches('.')))
            .told("has the notes", quoted(&others.join(" ")))
    }

    fn parts(mut self, parts: impl IntoIterator<Item = Self>) -> Self {
        self.parts.extend(parts);
        self
    }

    fn says(mut self, verb: &'static str, says: Says) -> Self {
        self.facts.push(Fact { verb, says });
        self
    }
}

impl Argument {
    fn new(rust: impl fmt::Display, wire: impl fmt::Display, of: String) -> Self {
        Self { rust: rust.to_string(), wire: wire.to_string(), of, or: None }
    }
}

/// Code in a sentence.
fn code(text: impl fmt::Display) -> String {
    escape::code(&text.to_string())
}

fn quoted(text: &str) -> String {
    if text.is_empty() { or_none(text) } else { format!("“{text}”") }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { text.to_owned() }
}

/// A list in a sentence.
fn list<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| code(item)).collect();
    or_none(&items.join(", "))
}

/// The same without what is there twice.
fn set<'t>(items: impl IntoIterator<Item = &'t String>) -> String {
    list(items.into_iter().collect::<BTreeSet<_>>())
}
