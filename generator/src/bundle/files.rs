//! The files of a document, and where references lead in them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::limits::{Limits, Steps};
use crate::load::{self, Document, Unread};
use crate::metamodel;
use crate::near;
use crate::path::{beside, decoded, is_absolute, is_remote, normal};
use crate::pointer::Pointer;
use crate::source::Source;

/// The files that have been read so far.
pub struct Files<'s> {
    root: String,
    source: &'s dyn Source,
    /// By path; why not for what cannot be read.
    read: BTreeMap<String, Result<Rc<Value>, Unread>>,
    /// The schemas of each file that give themselves names, once somebody asks for one.
    anchors: BTreeMap<String, Rc<Anchors>>,
    /// How many references follow each other from a place on, where that has been found out.
    lengths: BTreeMap<Place, u64>,
    /// How many names have been suggested for references that lead nowhere.
    suggested: usize,
}

/// Schemas by the names that they give themselves.
type Anchors = BTreeMap<String, Pointer>;

/// How many broken references get names suggested that are like theirs. To compare names takes long,
/// and nobody reads more.
const MOST_SUGGESTED: usize = 200;

/// Why a reference leads nowhere, and what to do. Nothing of what it leads to is in it.
#[derive(Debug)]
pub struct Broken {
    /// What it costs.
    pub effect: Effect,
    /// A short name of the kind of trouble.
    pub code: &'static str,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// How many references a pointer can lead through. More are a circle.
const MOST_PASSED: usize = 64;

impl Broken {
    /// A reference that cannot be followed, which the rest of the document can do without.
    pub fn new(message: String, help: impl Into<String>) -> Self {
        let (effect, code) = (Effect::Degraded, "unresolved-reference");
        Self { effect, code, message, help: help.into() }
    }
}

impl<'s> Files<'s> {
    /// The files that references of a document lead to, of which only the document is read yet.
    pub fn new(root: Document, source: &'s dyn Source) -> Self {
        let read = BTreeMap::from([(normal(&root.path), Ok(Rc::new(root.value)))]);
        let (anchors, lengths) = (BTreeMap::new(), BTreeMap::new());
        Self { root: normal(&root.path), source, read, anchors, lengths, suggested: 0 }
    }

    /// The whole of the root document.
    pub fn root_place(&self) -> Place {
        Place { file: self.root.clone(), pointer: Pointer::root() }
    }

    /// Whether a place is in the root document.
    pub(super) fn is_root(&self, place: &Place) -> bool {
        place.file == self.root
    }

    /// What a file holds, if it can be read.
    pub fn file(&mut self, path: &str, diagnostics: &mut Diagnostics) -> Option<Rc<Value>> {
        self.opened(path, diagnostics).ok()
    }

    fn opened(&mut self, path: &str, diagnostics: &mut Diagnostics) -> Result<Rc<Value>, Unread> {
        if let Some(read) = self.read.get(path) {
            return read.clone();
        }
        let read = load::read_part(self.source, path, diagnostics).and_then(|document| {
            match document.value {
                value @ (Value::Object(_) | Value::Array(_)) => Ok(Rc::new(value)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(Unread {
                    code: "unparsable-file",
                    position: None,
                    message: "the file holds neither an object nor an array".to_owned(),
                    help: "let the reference lead to a file of YAML or JSON".to_owned(),
                }),
            }
        });
        self.read.insert(path.to_owned(), read.clone());
        read
    }

    /// The node that a reference leads to. It may be a reference itself, but no circle of them.
    ///
    /// # Errors
    ///
    /// It leads nowhere, to the network, or in a circle.
    pub fn follow(
        &mut self,
        file: &str,
        reference: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Place, Broken> {
        let first = self.resolve(file, reference, diagnostics, MOST_PASSED)?;
        let mut passed = vec![first.clone()];
        let mut seen = BTreeSet::from([first.clone()]);
        let mut beyond = 0;
        let most = self.source.limits().references;
        while let Some(last) = passed.last().cloned() {
            // Many references can lead through the same ones.
            if let Some(known) = self.lengths.get(&last) {
                beyond = *known;
                break;
            }
            let value = self.file(&last.file, diagnostics);
            let node = value.as_deref().and_then(|value| last.pointer.find(value));
            let Some(next) = node.and_then(metamodel::reference) else { break };
            // What is wrong with the next reference is said where it stands.
            let Ok(next) = self.resolve(&last.file, next, diagnostics, MOST_PASSED) else { break };
            if !seen.insert(next.clone()) {
                return Err(circle(reference));
            }
            passed.push(next);
        }
        let length = passed.len() as u64 + beyond;
        for (length, place) in (beyond..).zip(passed.into_iter().rev()) {
            self.lengths.insert(place, length);
        }
        if length > most {
            let message = format!(
                "the reference `{reference}` leads to a reference, which leads to another, more than {most} times"
            );
            let help = Limits::help("references", most);
            return Err(Broken { effect: Effect::Fatal, code: Limits::CODE, message, help });
        }
        let used = &mut diagnostics.used.0.references;
        *used = length.max(*used);
        Ok(first)
    }

    /// The node that a reference names, whatever it is. The way to it may lead through references.
    pub(super) fn resolve(
        &mut self,
        file: &str,
        reference: &str,
        diagnostics: &mut Diagnostics,
        most_passed: usize,
    ) -> Result<Place, Broken> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        diagnostics.steps().spend(1);
        if is_remote(path) {
            let message =
                format!("the reference `{reference}` is a URL, and nothing is read from there");
            let help =
                "save what it leads to in a file beside this one, or put it under `components`";
            return Err(Broken::new(message, help));
        }
        let path = decoded(path);
        if is_absolute(&path) {
            let message = format!("the reference `{reference}` has an absolute path");
            return Err(Broken::new(message, "write the path relative to this file"));
        }
        let path = if path.is_empty() { file.to_owned() } else { beside(file, &path) };
        let value =
            self.opened(&path, diagnostics).map_err(|unread| unopened(reference, &path, unread))?;
        let fragment = decoded(fragment);
        let pointer = match fragment.as_str() {
            "" => Some(Pointer::root()),
            fragment if fragment.starts_with('/') => Pointer::parse(fragment),
            anchor => self.anchors(&path, &value, diagnostics).get(anchor).cloned(),
        };
        let pointer = pointer.ok_or_else(|| self.nowhere(reference, &value, None))?;
        self.walk(path, &value, pointer, reference, diagnostics, most_passed)
    }

    /// Goes a way step by step, and on from where the references on it lead.
    fn walk(
        &mut self,
        file: String,
        root: &Value,
        pointer: Pointer,
        reference: &str,
        diagnostics: &mut Diagnostics,
        most_passed: usize,
    ) -> Result<Place, Broken> {
        let mut value = root;
        diagnostics.steps().spend(pointer.steps().len());
        for (passed, step) in pointer.steps().iter().enumerate() {
            if let Some(below) = child(value, step) {
                value = below;
                continue;
            }
            let Some(on_the_way) = metamodel::reference(value) else {
                return Err(self.nowhere(reference, root, Some(&pointer)));
            };
            let fuel = most_passed.checked_sub(1).ok_or_else(|| circle(reference))?;
            let mut place = self.resolve(&file, on_the_way, diagnostics, fuel)?;
            let rest = pointer.steps().iter().skip(passed);
            place.pointer = rest.fold(place.pointer, |pointer, step| pointer.join(step));
            let root = self.file(&place.file, diagnostics).unwrap_or_default();
            return self.walk(place.file, &root, place.pointer, reference, diagnostics, fuel);
        }
        Ok(Place { file, pointer })
    }

    /// The schemas of a file that give themselves names.
    fn anchors(&mut self, path: &str, value: &Value, diagnostics: &Diagnostics) -> Rc<Anchors> {
        let anchors = self.anchors.entry(path.to_owned()).or_insert_with(|| {
            let mut anchors = Anchors::new();
            add_anchors(value, &mut Pointer::root(), &mut anchors, diagnostics.steps());
            Rc::new(anchors)
        });
        Rc::clone(anchors)
    }

    /// A reference that leads nowhere, with the names that it may have been meant to have.
    fn nowhere(&mut self, reference: &str, root: &Value, pointer: Option<&Pointer>) -> Broken {
        let message = format!("the reference `{reference}` leads nowhere");
        self.suggested += 1;
        if self.suggested > MOST_SUGGESTED {
            return Broken::new(message, "mend the reference, or add what it should lead to");
        }
        let parent = pointer.map(Pointer::parent).unwrap_or_default();
        let names: Vec<&str> = match parent.find(root) {
            Some(Value::Object(object)) if pointer.is_some() => {
                object.keys().map(String::as_str).collect()
            }
            _ => Vec::new(),
        };
        let name = pointer.and_then(Pointer::last).unwrap_or_default();
        let help = match near::names(name, &names).as_slice() {
            [] => format!(
                "there is nothing at `{parent}` either; add what is missing, or mend the reference"
            ),
            near if near.len() == names.len() => format!("`{parent}` has: {}", near.join(", ")),
            near => format!("the nearest names in `{parent}` are: {}", near.join(", ")),
        };
        Broken::new(message, help)
    }
}

/// What is wrong with a reference to a value where an object belongs. What the value is is not
/// told: it may be anything that stands in a file.
pub fn misfit(reference: &str, value: &Value) -> Option<Broken> {
    let what = match value {
        Value::Object(_) => return None,
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
    };
    let message =
        format!("the reference `{reference}` leads to {what}, and an object belongs here");
    Some(Broken::new(message, "let it lead to an object"))
}

fn child<'v>(value: &'v Value, step: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => object.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A reference to a file that could not be read.
fn unopened(reference: &str, path: &str, unread: Unread) -> Broken {
    let Unread { code, position, mut message, help } = unread;
    if code == "unreadable-file" {
        message =
            format!("the reference `{reference}` leads to the file `{path}`, which cannot be read");
        return Broken::new(message, "put the file there, or mend the reference");
    }
    let at = position.map(|(line, column)| format!(" (line {line}, column {column})"));
    message = format!(
        "the reference `{reference}` leads to the file `{path}`: {message}{}",
        at.unwrap_or_default()
    );
    match code {
        // What is refused could be read, and the document may be another one with it.
        "outside-root" | "irregular-file" | Limits::CODE => {
            Broken { effect: Effect::Fatal, code, message, help }
        }
        _ => Broken::new(message, help),
    }
}

fn circle(reference: &str) -> Broken {
    let message = format!("the reference `{reference}` leads in a circle");
    Broken::new(message, "let one of the references lead to something that is none")
}

/// Collects the schemas that give themselves names (JSON Schema 2020-12, `$anchor`). The first of a
/// name counts.
fn add_anchors(value: &Value, at: &mut Pointer, anchors: &mut Anchors, steps: &Steps) {
    if !steps.take(1) {
        return;
    }
    match value {
        Value::Object(object) => {
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = object.get(key).and_then(Value::as_str) {
                    anchors.entry(name.to_owned()).or_insert_with(|| at.clone());
                }
            }
            for (key, value) in object {
                at.within(key, |at| add_anchors(value, at, anchors, steps));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                at.within(index, |at| add_anchors(value, at, anchors, steps));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
