//! Owners and paths of inline schemas, and the words for the names of their types.
//!
//! A name follows from the path to a schema, or from its content, and from nothing else in the
//! document: neither the order of lowering nor other schemas matter. Therefore each inline schema
//! has an [`Owner`], and equal schemas share a type only if they have the same owner.
//!
//! | owner | its types are named after |
//! |---|---|
//! | a component, of whatever section | the component and the way to the schema in it |
//! | an operation | the operation and the way |
//! | the errors of all operations, the responses by `default` alone | what the body has |
//! | a header, by its name | the header |
//!
//! A schema may be found on several paths, also in another owner. Each path is recorded, and the
//! best one is selected at the end: one in the owner, then the shortest, then the first.

use std::collections::BTreeSet;

use super::Lower;
use crate::document::SchemaId;
use crate::ir::{Shape, Test, TypeId};
use crate::metamodel::{reason_phrase, split_at_operation};
use crate::pointer::Pointer;

/// The owner of an inline schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A component: its section and its name.
    Component(String, String),
    /// An operation, by its location.
    Operation(Pointer),
    /// The error bodies of all operations.
    Errors,
    /// The response bodies that are the only ones of their operations, by `default`.
    Defaults,
    /// The headers with a name, in lower case.
    Header(String),
}

impl Owner {
    /// Returns the first words of names that follow from the content of a schema.
    fn prefix(&self) -> Option<&'static str> {
        match self {
            Self::Errors => Some("error with"),
            Self::Defaults => Some("response with"),
            Self::Component(..) | Self::Operation(_) | Self::Header(_) => None,
        }
    }
}

/// The state of lowering that depends on the location.
#[derive(Debug)]
pub(super) struct Context {
    /// The default owner of inline schemas.
    pub(super) owner: Owner,
    /// The innermost type that is being declared.
    pub(super) parent: Option<TypeId>,
}

impl Default for Context {
    fn default() -> Self {
        Self { owner: Owner::Operation(Pointer::root()), parent: None }
    }
}

/// A path on which a type was found.
#[derive(Debug)]
pub(super) struct Way {
    to: TypeId,
    /// The type at which the path starts.
    parent: Option<TypeId>,
    /// The words for the whole path, as far as they were known.
    words: Vec<String>,
    /// Whether the path is inside the owner of the schema.
    is_own: bool,
}

/// The number of properties that the name of a body mentions.
const MENTIONED: usize = 3;

impl Lower<'_> {
    /// Calls a function with another owner.
    pub(super) fn owned_by<T>(&mut self, owner: Owner, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.context, Context { owner, parent: None });
        let result = work(self);
        self.context = outer;
        result
    }

    /// Calls a function inside a type.
    pub(super) fn inside<T>(
        &mut self,
        parent: TypeId,
        owner: Owner,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let inner = Context { owner, parent: Some(parent) };
        let outer = std::mem::replace(&mut self.context, inner);
        let result = work(self);
        self.context = outer;
        result
    }

    /// Returns the owner of a schema. An operation owns the schemas that it shares with other
    /// operations of its path.
    pub(super) fn owner(&self, id: SchemaId) -> Owner {
        let tokens: Vec<&str> = self.schema(id).at.tokens().iter().map(String::as_str).collect();
        match tokens.as_slice() {
            ["components", "responses", _, "headers", name, ..] => {
                Owner::Header(name.to_lowercase())
            }
            ["components", section, name, ..] => {
                Owner::Component((*section).to_owned(), (*name).to_owned())
            }
            ["paths", path, below @ ..] if !below.is_empty() => {
                let (operation, inside) = split_at_operation(below);
                if let ["responses", _, "headers", name, ..] = inside {
                    return Owner::Header(name.to_lowercase());
                }
                let path = Pointer::root().join("paths").join(path);
                let at = operation.iter().fold(path, |at, key| at.join(key));
                let is_current = self.operation.strip_prefix(&at).is_some();
                match &self.context.owner {
                    Owner::Component(..) | Owner::Header(_) => Owner::Operation(at),
                    own if is_current => own.clone(),
                    _ => Owner::Operation(at),
                }
            }
            _ => self.context.owner.clone(),
        }
    }

    /// Returns the owner of a part of an operation, which may be a component, and the words for it.
    /// `words` are those for a part of the operation itself, and `own` is its owner in that case.
    pub(super) fn part(&self, id: SchemaId, own: Owner, words: &[String]) -> (Owner, Vec<String>) {
        let tokens: Vec<&str> = self.schema(id).at.tokens().iter().map(String::as_str).collect();
        let ["components", section, name, inside @ ..] = tokens.as_slice() else {
            return (own, words.to_vec());
        };
        let words = match (*section, inside) {
            ("responses", ["headers", header, ..]) => vec![(*header).to_owned(), "header".into()],
            ("responses", _) => {
                component_words(&response_name(name), "response", &["response", "error"])
            }
            ("parameters", _) => component_words(name, "parameter", &["parameter", "param"]),
            ("headers", _) => component_words(name, "header", &["header"]),
            ("callbacks", _) => component_words(name, "payload", &["payload"]),
            ("requestBodies", _) => component_words(name, "body", &["body", "request", "input"]),
            _ => words.to_vec(),
        };
        (self.owner(id), words)
    }

    /// Records that a type was found.
    pub(super) fn meet(&mut self, to: TypeId, words: &[String], is_own: bool) {
        let parent = self.context.parent;
        self.ways.push(Way { to, parent, words: words.to_vec(), is_own });
    }

    /// Records that a type was found in its owner, if the type has no name of its own.
    pub(super) fn meet_again(&mut self, to: TypeId, words: &[String]) {
        if self.types.get(to.0).is_some_and(|def| !def.component) {
            self.meet(to, words, true);
        }
    }

    /// Removes the last type, whose declaration is not needed. The types in it belong to the type
    /// around it.
    pub(super) fn forget(&mut self, id: TypeId) {
        let Some(first) = self.first_ways.pop() else { return };
        let Some(parent) = self.ways.get(first).map(|way| way.parent) else { return };
        let later = self.ways.split_off(first);
        self.diagnostics.steps().record(later.len());
        self.ways.extend(later.into_iter().filter(|way| way.to != id).map(|way| Way {
            parent: if way.parent == Some(id) { parent } else { way.parent },
            ..way
        }));
    }

    /// Returns whether a schema belongs to a path item, outside of its operations.
    pub(super) fn is_of_path_item(&self, id: SchemaId) -> bool {
        let tokens: Vec<&str> = self.schema(id).at.tokens().iter().map(String::as_str).collect();
        match tokens.as_slice() {
            ["paths", _, below @ ..] => !below.is_empty() && split_at_operation(below).0.is_empty(),
            _ => false,
        }
    }

    /// Forgets the types of the schemas that an operation shares with others of its path: each
    /// operation has its own, so its names do not depend on the others.
    pub(super) fn forget_path_item(&mut self) {
        for id in std::mem::take(&mut self.of_path) {
            self.by_schema.remove(&id);
        }
    }

    /// Gives each type the words of the best path to it.
    pub(super) fn choose_words(&mut self) {
        let mut ways: Vec<Vec<Way>> = self.types.iter().map(|_| Vec::new()).collect();
        for way in std::mem::take(&mut self.ways) {
            if let Some(ways) = ways.get_mut(way.to.0) {
                ways.push(way);
            }
        }
        let mut words: Vec<State> = self.types.iter().map(|_| State::Open).collect();
        for index in 0..self.types.len() {
            self.words_of(TypeId(index), &ways, &mut words);
        }
        for (def, words) in self.types.iter_mut().zip(words) {
            if let State::Known(words) = words {
                def.hint = words;
            }
        }
    }

    /// Returns the words for a type, or none while they are being computed.
    fn words_of(
        &self,
        id: TypeId,
        ways: &[Vec<Way>],
        known: &mut Vec<State>,
    ) -> Option<Vec<String>> {
        match known.get(id.0)? {
            State::Known(words) => return Some(words.clone()),
            State::Begun => return None,
            State::Open => {}
        }
        if let Some(state) = known.get_mut(id.0) {
            *state = State::Begun;
        }
        let own = &self.types.get(id.0)?.hint;
        let mut best: Option<((bool, usize), Vec<String>)> = None;
        for way in ways.get(id.0).into_iter().flatten() {
            self.diagnostics.steps().record(1);
            let Some(words) = self.words_on(way, ways, known) else { continue };
            let rank = (!way.is_own, words.len());
            if best.as_ref().is_none_or(|(best, _)| rank < *best) {
                best = Some((rank, words));
            }
        }
        let words = best.map_or_else(|| own.clone(), |(_, words)| words);
        if let Some(state) = known.get_mut(id.0) {
            *state = State::Known(words.clone());
        }
        Some(words)
    }

    /// Returns the words for a path: those for the type at its start, and its own.
    fn words_on(
        &self,
        way: &Way,
        ways: &[Vec<Way>],
        known: &mut Vec<State>,
    ) -> Option<Vec<String>> {
        let Some(parent) = way.parent else {
            let by_content = self.owners.get(&way.to).and_then(Owner::prefix);
            return Some(match by_content {
                Some(prefix) => vec![self.content_words(prefix, way.to)],
                None => way.words.clone(),
            });
        };
        let outer = self.types.get(parent.0)?;
        let Some(rest) = way.words.strip_prefix(outer.hint.as_slice()) else {
            return Some(way.words.clone());
        };
        let mut words = self.words_of(parent, ways, known)?;
        words.extend_from_slice(rest);
        Some(words)
    }

    /// Describes the content of a body in a few words.
    fn content_words(&self, prefix: &str, id: TypeId) -> String {
        let names: BTreeSet<String> = match self.types.get(id.0).map(|def| &def.shape) {
            Some(Shape::Object(object)) => {
                object.fields.iter().map(|field| field.wire.0.clone()).collect()
            }
            Some(Shape::Enum(list)) => {
                list.variants.iter().map(|variant| variant.wire.0.clone()).collect()
            }
            Some(Shape::Union(union)) => {
                union.variants.iter().map(|variant| test_words(&variant.test)).collect()
            }
            Some(Shape::Form(_) | Shape::Alias(_)) | None => BTreeSet::new(),
        };
        let more = if names.len() > MENTIONED { Some("and more".to_owned()) } else { None };
        let mut words = vec![prefix.to_owned()];
        words.extend(names.into_iter().take(MENTIONED).chain(more));
        if words.len() == 1 {
            words.push("anything".to_owned());
        }
        words.join(" ")
    }
}

/// The state of the search for the words of a type.
#[derive(Clone)]
enum State {
    Open,
    Begun,
    Known(Vec<String>),
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Number(name, _) => name.0.clone(),
        Test::Tag(..) | Test::Key(_) | Test::Json(_) => test.words(),
    }
}

/// Returns the name of a component, with a word for its section unless it begins or ends with that
/// word.
fn component_words(name: &str, word: &str, endings: &[&str]) -> Vec<String> {
    let lower = name.to_lowercase();
    match lower.starts_with(word) || endings.iter().any(|ending| lower.ends_with(ending)) {
        true => vec![name.to_owned()],
        false => vec![name.to_owned(), word.to_owned()],
    }
}

/// Returns the name of a component response. A status is replaced by its reason phrase, as
/// `clientgen vendor` does, so the types of a document and of its vendored copy have the same names.
fn response_name(name: &str) -> String {
    match reason_phrase(name) {
        Some(phrase) => phrase.to_owned(),
        None if name.starts_with(|first: char| first.is_ascii_digit()) => format!("Response{name}"),
        None => name.to_owned(),
    }
}
