//! Reads the files of a document and resolves references between them.
//!
//! Takes a reference and the file that contains it, and returns the location that it leads to. Leaves
//! what to do with the node there to the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Location};
use crate::limits::{Limits, Steps};
use crate::load::{self, Document, ReadError};
use crate::metamodel;
use crate::path::{is_absolute, is_remote, normalize_path, percent_decoded, relative_to};
use crate::pointer::{Pointer, child};
use crate::source::Source;
use crate::suggest;

/// The files of a document that have been read so far.
pub struct Files<'s> {
    root: String,
    source: &'s dyn Source,
    /// The content of each file by its path, or the error if it cannot be read.
    read: BTreeMap<String, Result<Rc<Value>, ReadError>>,
    /// The anchors of each file, collected when the first one is looked up.
    anchors: BTreeMap<String, Rc<Anchors>>,
    /// The known lengths of chains of references, by the location at which a chain begins.
    chain_lengths: BTreeMap<Location, u64>,
    /// The number of references for which names have been suggested.
    suggestions: usize,
}

/// The schemas of a file by their anchors.
type Anchors = BTreeMap<String, Pointer>;

/// The number of broken references for which similar names are suggested. Comparing names is slow.
const MAX_SUGGESTIONS: usize = 200;

/// The number of references that a pointer may pass through. More are treated as a cycle.
const MAX_PASSED: usize = 64;

/// The reason why a reference cannot be resolved. Contains nothing of the content that it leads to.
#[derive(Debug)]
pub struct BrokenReference {
    /// The effect on the crate.
    pub effect: Effect,
    /// The code of the diagnostic.
    pub code: &'static str,
    /// The description of the problem.
    pub message: String,
    /// The suggested repair.
    pub help: String,
}

impl BrokenReference {
    /// Creates the error for a reference that is removed, so that the rest of the document is usable.
    pub fn new(message: String, help: impl Into<String>) -> Self {
        let (effect, code) = (Effect::Degraded, "unresolved-reference");
        Self { effect, code, message, help: help.into() }
    }
}

impl<'s> Files<'s> {
    /// Creates the files of a document from its root file. Others are read when a reference leads there.
    pub fn new(root: Document, source: &'s dyn Source) -> Self {
        let path = normalize_path(&root.path);
        Self {
            root: path.clone(),
            source,
            read: BTreeMap::from([(path, Ok(Rc::new(root.value)))]),
            anchors: BTreeMap::new(),
            chain_lengths: BTreeMap::new(),
            suggestions: 0,
        }
    }

    /// Returns the location of the root of the root file.
    pub fn root_location(&self) -> Location {
        Location { file: self.root.clone(), pointer: Pointer::root() }
    }

    /// Returns whether a location is in the root file.
    pub(super) fn is_root(&self, location: &Location) -> bool {
        location.file == self.root
    }

    /// Returns the content of a file, or `None` if it cannot be read.
    pub fn file(&mut self, path: &str, diagnostics: &mut Diagnostics) -> Option<Rc<Value>> {
        self.read(path, diagnostics).ok()
    }

    fn read(&mut self, path: &str, diagnostics: &mut Diagnostics) -> Result<Rc<Value>, ReadError> {
        if let Some(read) = self.read.get(path) {
            return read.clone();
        }
        let read =
            load::read_referenced(self.source, path, diagnostics).and_then(
                |document| match document.value {
                    value @ (Value::Object(_) | Value::Array(_)) => Ok(Rc::new(value)),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                        Err(ReadError {
                            code: "unparsable-file",
                            position: None,
                            message: "the file contains neither an object nor an array".to_owned(),
                            help: "let the reference lead to a YAML or JSON file".to_owned(),
                        })
                    }
                },
            );
        self.read.insert(path.to_owned(), read.clone());
        read
    }

    /// Returns the location of the node that a reference leads to. The node may be a reference itself.
    ///
    /// # Errors
    ///
    /// Returns an error if the reference cannot be resolved, leads to the network, is part of a cycle
    /// of references, or begins a chain of references that exceeds the limit.
    pub fn follow(
        &mut self,
        file: &str,
        reference: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Location, BrokenReference> {
        let target = self.resolve(file, reference, diagnostics, MAX_PASSED)?;
        let length = self.chain_length(&target, reference, diagnostics)?;
        let limit = self.source.limits().references;
        if length > limit {
            let message = format!(
                "the reference `{reference}` begins a chain of more than {limit} references"
            );
            let (effect, help) = (Effect::Fatal, Limits::help("references", limit));
            return Err(BrokenReference { effect, code: Limits::CODE, message, help });
        }
        let used = &mut diagnostics.used.0.references;
        *used = length.max(*used);
        Ok(target)
    }

    /// Counts the references in a chain, of which the first leads to a target.
    fn chain_length(
        &mut self,
        target: &Location,
        reference: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<u64, BrokenReference> {
        let mut chain = vec![target.clone()];
        let mut visited = BTreeSet::from([target.clone()]);
        let mut rest = 0;
        while let Some(last) = chain.last() {
            // Many chains can have the same end.
            if let Some(known) = self.chain_lengths.get(last) {
                rest = *known;
                break;
            }
            // A problem of the next reference is reported at its own location.
            let Some(next) = self.next_in_chain(last, diagnostics) else { break };
            if !visited.insert(next.clone()) {
                return Err(cycle(reference));
            }
            chain.push(next);
        }
        let length = chain.len() as u64 + rest;
        for (length, location) in (rest..).zip(chain.into_iter().rev()) {
            self.chain_lengths.insert(location, length);
        }
        Ok(length)
    }

    /// Returns the target of a node that is a reference.
    fn next_in_chain(&mut self, at: &Location, diagnostics: &mut Diagnostics) -> Option<Location> {
        let file = self.file(&at.file, diagnostics)?;
        let reference = metamodel::reference(at.pointer.find(&file)?)?;
        self.resolve(&at.file, reference, diagnostics, MAX_PASSED).ok()
    }

    /// Returns the location that a reference leads to, following references at the ancestors of the
    /// node but not at the node itself.
    pub(super) fn resolve(
        &mut self,
        file: &str,
        reference: &str,
        diagnostics: &mut Diagnostics,
        max_passed: usize,
    ) -> Result<Location, BrokenReference> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        diagnostics.steps().record(1);
        if is_remote(path) {
            let message =
                format!("the reference `{reference}` is a URL, and the network is not accessed");
            let help = "save its target in a local file, and refer to that";
            return Err(BrokenReference::new(message, help));
        }
        let path = percent_decoded(path);
        if is_absolute(&path) {
            let message = format!("the reference `{reference}` has an absolute path");
            return Err(BrokenReference::new(message, "write the path relative to this file"));
        }
        let path = if path.is_empty() { file.to_owned() } else { relative_to(file, &path) };
        let value =
            self.read(&path, diagnostics).map_err(|error| unreadable(reference, &path, error))?;
        let fragment = percent_decoded(fragment);
        let pointer = match fragment.as_str() {
            "" => Some(Pointer::root()),
            fragment if fragment.starts_with('/') => Pointer::parse(fragment),
            anchor => self.anchors(&path, &value, diagnostics).get(anchor).cloned(),
        };
        let pointer = pointer.ok_or_else(|| self.unresolved(reference, &value, None))?;
        self.walk(path, &value, pointer, reference, diagnostics, max_passed)
    }

    /// Follows a pointer token by token. Continues at the target of each reference on the path.
    fn walk(
        &mut self,
        file: String,
        root: &Value,
        pointer: Pointer,
        reference: &str,
        diagnostics: &mut Diagnostics,
        max_passed: usize,
    ) -> Result<Location, BrokenReference> {
        let mut value = root;
        diagnostics.steps().record(pointer.tokens().len());
        for (depth, token) in pointer.tokens().iter().enumerate() {
            if let Some(child) = child(value, token) {
                value = child;
                continue;
            }
            let Some(passed) = metamodel::reference(value) else {
                return Err(self.unresolved(reference, root, Some(&pointer)));
            };
            let max_passed = max_passed.checked_sub(1).ok_or_else(|| cycle(reference))?;
            let target = self.resolve(&file, passed, diagnostics, max_passed)?;
            let rest = pointer.tokens().iter().skip(depth);
            let pointer = rest.fold(target.pointer, |pointer, token| pointer.join(token));
            let root = self.file(&target.file, diagnostics).unwrap_or_default();
            return self.walk(target.file, &root, pointer, reference, diagnostics, max_passed);
        }
        Ok(Location { file, pointer })
    }

    /// Returns the anchors of a file.
    fn anchors(&mut self, path: &str, value: &Value, diagnostics: &Diagnostics) -> Rc<Anchors> {
        let anchors = self.anchors.entry(path.to_owned()).or_insert_with(|| {
            let mut anchors = Anchors::new();
            collect_anchors(value, &mut Pointer::root(), &mut anchors, diagnostics.steps());
            Rc::new(anchors)
        });
        Rc::clone(anchors)
    }

    /// Creates the error for a reference without a target, with similar names.
    fn unresolved(
        &mut self,
        reference: &str,
        root: &Value,
        pointer: Option<&Pointer>,
    ) -> BrokenReference {
        let message = format!("the reference `{reference}` does not resolve");
        self.suggestions += 1;
        if self.suggestions > MAX_SUGGESTIONS {
            return BrokenReference::new(message, "correct the reference, or add its target");
        }
        let parent = pointer.map(Pointer::parent).unwrap_or_default();
        let names: Vec<&str> = match parent.find(root) {
            Some(Value::Object(object)) if pointer.is_some() => {
                object.keys().map(String::as_str).collect()
            }
            _ => Vec::new(),
        };
        let name = pointer.and_then(Pointer::last).unwrap_or_default();
        let help = match suggest::similar(name, &names).as_slice() {
            [] => format!("`{parent}` has no members; add the target, or correct the reference"),
            all if all.len() == names.len() => format!("`{parent}` has: {}", all.join(", ")),
            similar => format!("similar names in `{parent}` are: {}", similar.join(", ")),
        };
        BrokenReference::new(message, help)
    }
}

/// Returns the error for a reference whose target is not an object. It contains the JSON type of the
/// target but not its value, which may be any content of a file.
pub fn non_object_target(reference: &str, target: &Value) -> Option<BrokenReference> {
    let json_type = match target {
        Value::Object(_) => return None,
        Value::Array(_) => "an array",
        Value::String(_) => "a string",
        Value::Number(_) => "a number",
        Value::Bool(_) => "a boolean",
        Value::Null => "null",
    };
    let message =
        format!("the reference `{reference}` leads to {json_type}, but an object is required here");
    Some(BrokenReference::new(message, "let it lead to an object"))
}

/// Creates the error for a reference to a file that cannot be read.
fn unreadable(reference: &str, path: &str, error: ReadError) -> BrokenReference {
    let ReadError { code, position, mut message, help } = error;
    if code == "unreadable-file" {
        message =
            format!("the reference `{reference}` leads to the file `{path}`, which cannot be read");
        return BrokenReference::new(message, "add the file, or correct the reference");
    }
    let at = position.map(|(line, column)| format!(" (line {line}, column {column})"));
    message = format!(
        "the reference `{reference}` leads to the file `{path}`: {message}{}",
        at.unwrap_or_default()
    );
    match code {
        // The file could be read with other settings, which would change the document.
        "outside-root" | "irregular-file" | Limits::CODE => {
            BrokenReference { effect: Effect::Fatal, code, message, help }
        }
        _ => BrokenReference::new(message, help),
    }
}

fn cycle(reference: &str) -> BrokenReference {
    let message = format!("the reference `{reference}` is part of a cycle of references");
    BrokenReference::new(
        message,
        "let one of the references lead to an object that is not a reference",
    )
}

/// Collects the anchors of a file (JSON Schema 2020-12, `$anchor` and `$dynamicAnchor`). The first of
/// equal names counts.
fn collect_anchors(value: &Value, at: &mut Pointer, anchors: &mut Anchors, steps: &Steps) {
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
                at.within(key, |at| collect_anchors(value, at, anchors, steps));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                at.within(index, |at| collect_anchors(value, at, anchors, steps));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
