//! Merges a value into the targets of an action (Overlay Specification 1.1, Action Object).
//!
//! Objects are merged recursively, arrays are concatenated, and a scalar replaces a scalar. Any other
//! combination is an error.

use serde_json::Value;

use super::Report;
use crate::diagnostics::Location;
use crate::origin::{Origin, Origins, Subtree};
use crate::pointer::Pointer;

/// The types of nodes that the specification distinguishes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NodeType {
    Object,
    Array,
    Scalar,
}

impl NodeType {
    fn of(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self::Object,
            Value::Array(_) => Self::Array,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Scalar,
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::Scalar => "a scalar",
        }
    }
}

/// Returns whether a node is neither an object nor an array.
pub(super) fn is_scalar(value: &Value) -> bool {
    NodeType::of(value) == NodeType::Scalar
}

/// The origin of a value that an action inserts.
pub(super) enum Inserted {
    /// The overlay contains the value.
    Written(Location),
    /// An action copies the value from the document, with the origins that it has there.
    Copied { origins: Origins, from: Pointer, by: Origin },
}

impl Inserted {
    /// Returns the origins of a part of the value.
    fn subtree(&self, part: &Pointer) -> Subtree {
        match self {
            Self::Written(Location { file, pointer }) => Subtree::of(Origin::of(Location {
                file: file.clone(),
                pointer: descendant(pointer, part),
            })),
            Self::Copied { origins, from, by } => {
                origins.subtree(&descendant(from, part)).included(by, "the action that copied it")
            }
        }
    }

    /// Returns the location in the overlay that inserts a part of the value.
    fn pointer(&self, part: &Pointer) -> Pointer {
        match self {
            Self::Written(location) => descendant(&location.pointer, part),
            Self::Copied { by, .. } => by.location.pointer.clone(),
        }
    }
}

fn descendant(at: &Pointer, relative: &Pointer) -> Pointer {
    relative.tokens().iter().fold(at.clone(), |at, token| at.join(token))
}

/// Merges a value into each of the targets of an action. All targets must be of one type.
pub(super) fn merge_into(
    document: &mut Value,
    value: &Value,
    inserted: &Inserted,
    targets: &[Pointer],
    at: &Pointer,
    report: &mut Report<'_>,
) {
    let mut types = targets.iter().filter_map(|target| target.find(document)).map(NodeType::of);
    if let Some(first) = types.next()
        && let Some(other) = types.find(|other| *other != first)
    {
        let message = format!("the target matches {} and {}", first.phrase(), other.phrase());
        return report.error(at, message, "use a separate action for each type of node");
    }
    for target in targets {
        let Some(node) = target.find_mut(document) else { continue };
        let origins = &mut report.diagnostics.origins;
        let mut merge = Merge { inserted, origins, at: target.clone(), part: Pointer::root() };
        if let Err((node, value)) = merge.target(node, value) {
            let Merge { at, part, .. } = merge;
            let message = format!(
                "{} cannot be merged into `{at}`, which is {}",
                value.phrase(),
                node.phrase()
            );
            let help = "remove the node with an action before this one, then add the new value";
            return report.error(&inserted.pointer(&part), message, help);
        }
    }
}

/// The state of a merge.
struct Merge<'m> {
    inserted: &'m Inserted,
    origins: &'m mut Origins,
    /// The current node of the document.
    at: Pointer,
    /// The part of the inserted value that is merged into the node.
    part: Pointer,
}

/// The types of two values that cannot be merged: of the document, and of the overlay.
type Mismatch = (NodeType, NodeType);

impl Merge<'_> {
    /// Merges the value into a target. If the target is an array, any other value is appended to it.
    fn target(&mut self, node: &mut Value, value: &Value) -> Result<(), Mismatch> {
        match (node, value) {
            (Value::Array(items), value) if !value.is_array() => {
                self.origins
                    .set_subtree(&self.at.join(items.len()), self.inserted.subtree(&self.part));
                items.push(value.clone());
                Ok(())
            }
            (node, value) => self.values(node, value),
        }
    }

    /// Merges two values. After an error the pointers lead to the values that do not match.
    fn values(&mut self, node: &mut Value, value: &Value) -> Result<(), Mismatch> {
        match (NodeType::of(node), NodeType::of(value), node, value) {
            (.., Value::Object(node), Value::Object(value)) => {
                for (key, value) in value {
                    self.at = self.at.join(key);
                    self.part = self.part.join(key);
                    match node.get_mut(key) {
                        Some(node) => self.values(node, value)?,
                        None => {
                            self.origins.set_subtree(&self.at, self.inserted.subtree(&self.part));
                            node.insert(key.clone(), value.clone());
                        }
                    }
                    self.at = self.at.parent();
                    self.part = self.part.parent();
                }
            }
            (.., Value::Array(items), Value::Array(appended)) => {
                for (index, item) in appended.iter().enumerate() {
                    let subtree = self.inserted.subtree(&self.part.join(index));
                    self.origins.set_subtree(&self.at.join(items.len()), subtree);
                    items.push(item.clone());
                }
            }
            (NodeType::Scalar, NodeType::Scalar, node, value) => {
                self.origins.set_subtree(&self.at, self.inserted.subtree(&self.part));
                *node = value.clone();
            }
            (node, value, ..) => return Err((node, value)),
        }
        Ok(())
    }
}
