//! What an action does with a document.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Action, Change, Outcome, Report, Room, Version};
use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::limits::Limits;
use crate::origin::{Branch, Origin, Origins};
use crate::pointer::Pointer;

/// Applies an action, if there is room for what it adds.
pub(super) fn act(
    document: &mut Value,
    action: &Action,
    room: &mut Room,
    report: &mut Report<'_>,
) -> Outcome {
    let steps = report.diagnostics.steps().clone();
    let targets = action.target.find(document, &steps);
    let at = action.at.join("target");
    if steps.is_exceeded() {
        return Outcome::Refused;
    }
    if targets.is_empty() {
        let message =
            format!("the target `{}` leads to nothing in the document", action.target.text);
        let help = "mend the JSONPath so that it leads to what is meant, or take the action out";
        report.warn(&at, message, help);
        return Outcome::Done;
    }
    let is_scalar = |target: &Pointer| target.find(document).map(kind) == Some(Kind::Scalar);
    if action.version == Version::V1_0 && targets.iter().any(is_scalar) {
        report.newer(action.version, &at, "target that is neither an object nor a list");
    }
    match &action.change {
        Change::Nothing => {}
        Change::Remove => remove_all(document, targets, &at, report),
        Change::Update(value) => {
            if let Err(fault) = room.take(document, value, &targets, &steps) {
                return no_room(fault, &action.at.join("update"), report);
            }
            let made = Made::Written(report.place(&action.at.join("update")));
            put(document, value, &made, &targets, &at, report);
        }
        Change::Copy(query) => {
            let at_copy = action.at.join("copy");
            let sources = query.find(document, &steps);
            if let Some((value, from)) = source(document, sources, &query.text, &at_copy, report) {
                if let Err(fault) = room.take(document, &value, &targets, &steps) {
                    return no_room(fault, &at_copy, report);
                }
                let known = report.diagnostics.origins.part(&from);
                let by = Origin::of(report.place(&at_copy));
                put(document, &value, &Made::Copied { known, from, by }, &targets, &at, report);
            }
        }
    }
    Outcome::Done
}

/// Says that the document would be too large.
fn no_room((message, help): (String, String), at: &Pointer, report: &mut Report<'_>) -> Outcome {
    let place = report.place(at);
    report.diagnostics.in_file(Effect::Fatal, Limits::CODE, place, None, message, help);
    Outcome::Refused
}

/// The one node that is copied, and what it holds before anything is changed.
fn source(
    document: &Value,
    sources: Vec<Pointer>,
    text: &str,
    at: &Pointer,
    report: &mut Report<'_>,
) -> Option<(Value, Pointer)> {
    let count = sources.len();
    let mut sources = sources.into_iter();
    match (sources.next(), sources.next()) {
        (Some(source), None) => Some((source.find(document)?.clone(), source)),
        (None, _) => {
            let message = format!("`{text}` leads to nothing that could be copied");
            report.warn(at, message, "mend the JSONPath so that it leads to what is meant");
            None
        }
        (Some(_), Some(_)) => {
            let message = format!("`{text}` leads to {count} nodes, and only one can be copied");
            report.refuse(at, message, "mend the JSONPath so that it leads to one of them");
            None
        }
    }
}

/// What kind of value a node is to an overlay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    List,
    Scalar,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::List => "a list",
            Self::Scalar => "a plain value",
        }
    }
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Object(_) => Kind::Object,
        Value::Array(_) => Kind::List,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Kind::Scalar,
    }
}

/// Takes nodes out of a document.
fn remove_all(
    document: &mut Value,
    mut targets: Vec<Pointer>,
    at: &Pointer,
    report: &mut Report<'_>,
) {
    if targets.contains(&Pointer::root()) {
        let help = "let the target lead to a part of the document";
        return report.refuse(at, "the whole document cannot be removed", help);
    }
    // From the back, and what is inside of something before that, so that the ways to what is still
    // to be removed stay right. A longer index is a greater one.
    targets.sort_by_cached_key(|target| {
        let steps = target.steps().iter();
        steps.map(|step| (step.len(), step.clone())).collect::<Vec<_>>()
    });
    // What is gone of a list or an object is taken out of it in one go.
    let diagnostics = &mut *report.diagnostics;
    let mut targets = targets.as_slice();
    while let Some((last, rest)) = targets.split_last() {
        let parent = last.parent();
        let beside = rest.iter().rev().take_while(|target| is_below(target, &parent)).count();
        let (before, siblings) = targets.split_at(rest.len() - beside);
        remove(document, &parent, siblings, diagnostics);
        targets = before;
    }
}

/// Whether a node is one of those right below another.
fn is_below(target: &Pointer, parent: &Pointer) -> bool {
    target.below(parent).is_some_and(|rest| rest.len() == 1)
}

/// As many entries of an object move up in the time of a step.
const MOVED_IN_A_STEP: usize = 32;

/// Takes nodes out of the one that they are in. Their indices are sorted.
fn remove(
    document: &mut Value,
    parent: &Pointer,
    targets: &[Pointer],
    diagnostics: &mut Diagnostics,
) {
    let steps = targets.iter().filter_map(Pointer::last);
    match parent.find_mut(document) {
        Some(Value::Object(object)) => match targets {
            // What is behind it moves up, which is quick, and still not done for nothing.
            [only] => {
                diagnostics.steps().spend(1 + object.len() / MOVED_IN_A_STEP);
                object.shift_remove(only.last().unwrap_or_default());
            }
            _ => {
                diagnostics.steps().spend(object.len());
                let gone: BTreeSet<&str> = steps.collect();
                object.retain(|key, _| !gone.contains(key.as_str()));
            }
        },
        Some(Value::Array(items)) => {
            diagnostics.steps().spend(items.len());
            let gone: BTreeSet<usize> = steps.filter_map(|step| step.parse().ok()).collect();
            diagnostics.origins.forget_items(parent, &gone, items.len());
            let mut index = 0;
            items.retain(|_| {
                index += 1;
                !gone.contains(&(index - 1))
            });
        }
        _ => {}
    }
}

/// Where a value comes from that is put into the document.
enum Made {
    /// The overlay has it.
    Written(Place),
    /// An action has copied it from the document, as it was.
    Copied { known: Origins, from: Pointer, by: Origin },
}

impl Made {
    /// Where a part of it comes from.
    fn branch(&self, way: &Pointer) -> Branch {
        let below = |at: &Pointer| way.steps().iter().fold(at.clone(), |at, step| at.join(step));
        match self {
            Self::Written(Place { file, pointer }) => {
                Branch::of(Origin::of(Place { file: file.clone(), pointer: below(pointer) }))
            }
            Self::Copied { known, from, by } => {
                known.branch(&below(from)).brought(by, "the action that copied it")
            }
        }
    }

    /// Where it is said that a part of it is put into the document.
    fn place(&self, way: &Pointer) -> Pointer {
        match self {
            Self::Written(place) => {
                way.steps().iter().fold(place.pointer.clone(), |at, step| at.join(step))
            }
            Self::Copied { by, .. } => by.place.pointer.clone(),
        }
    }
}

/// Puts a value into each of the nodes that a target leads to.
fn put(
    document: &mut Value,
    value: &Value,
    made: &Made,
    targets: &[Pointer],
    at: &Pointer,
    report: &mut Report<'_>,
) {
    let mut kinds = targets.iter().filter_map(|target| target.find(document)).map(kind);
    if let Some(first) = kinds.next()
        && let Some(other) = kinds.find(|kind| *kind != first)
    {
        let message =
            format!("the target leads to {} and to {} as well", first.words(), other.words());
        return report.refuse(at, message, "let one action be about one kind of node");
    }
    for target in targets {
        let Some(node) = target.find_mut(document) else { continue };
        let origins = &mut report.diagnostics.origins;
        let mut merge = Merge { made, origins, at: target.clone(), way: Pointer::root() };
        if let Err((node, value)) = merge.target(node, value) {
            let Merge { at, way, .. } = merge;
            let message =
                format!("{} cannot be put into {}, which `{at}` is", value.words(), node.words());
            let help = "remove the node by an action before this one, and give it anew";
            return report.refuse(&made.place(&way), message, help);
        }
    }
}

/// What the merging of two values needs to know.
struct Merge<'m> {
    made: &'m Made,
    origins: &'m mut Origins,
    /// The node of the document.
    at: Pointer,
    /// The way to what is put into it.
    way: Pointer,
}

/// Two values that cannot become one: that of the document, and the other.
type Mismatch = (Kind, Kind);

impl Merge<'_> {
    /// A list that is a target gets what is appended, whether that is a list or one item.
    fn target(&mut self, node: &mut Value, value: &Value) -> Result<(), Mismatch> {
        match (node, value) {
            (Value::Array(items), value) if !value.is_array() => {
                self.origins.plant(&self.at.join(items.len()), self.made.branch(&self.way));
                items.push(value.clone());
                Ok(())
            }
            (node, value) => self.values(node, value),
        }
    }

    /// Objects are merged, lists joined, and plain values replaced. Nothing else fits
    /// (Overlay Specification 1.1, Action Object). After an error the pointers lead to what does
    /// not.
    fn values(&mut self, node: &mut Value, value: &Value) -> Result<(), Mismatch> {
        match (kind(node), kind(value), node, value) {
            (.., Value::Object(node), Value::Object(value)) => {
                for (key, value) in value {
                    self.at = self.at.join(key);
                    self.way = self.way.join(key);
                    match node.get_mut(key) {
                        Some(node) => self.values(node, value)?,
                        None => {
                            self.origins.plant(&self.at, self.made.branch(&self.way));
                            node.insert(key.clone(), value.clone());
                        }
                    }
                    self.at = self.at.parent();
                    self.way = self.way.parent();
                }
            }
            (.., Value::Array(items), Value::Array(more)) => {
                for (index, item) in more.iter().enumerate() {
                    let branch = self.made.branch(&self.way.join(index));
                    self.origins.plant(&self.at.join(items.len()), branch);
                    items.push(item.clone());
                }
            }
            (Kind::Scalar, Kind::Scalar, node, value) => {
                self.origins.plant(&self.at, self.made.branch(&self.way));
                *node = value.clone();
            }
            (node, value, ..) => return Err((node, value)),
        }
        Ok(())
    }
}
