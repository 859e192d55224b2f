//! Components out of nodes that stand where they are used.

use clientgen::metamodel::{self, Kind, Shape};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use crate::vendor::facts::is_fact;
use crate::vendor::insert;

/// The kind of the node that a way leads to, as the specification has it.
pub(super) fn kind_at(pointer: &Pointer) -> Option<Kind> {
    let below = |shape: Shape, step: &String| shape.below(step);
    match pointer.tokens().iter().fold(Shape::Node(Kind::Document), below) {
        Shape::Node(kind) => Some(kind),
        Shape::SchemaOrFlag => Some(Kind::Schema),
        _ => None,
    }
}

/// Makes a component of a node. All nodes in the document that say the same become references to
/// it; what they say in other words is lost. If the node has become such a reference itself, nothing
/// is done, and that is the answer.
pub(super) fn apply(document: &mut Value, pointer: &Pointer, section: &str, name: &str) -> bool {
    let node = pointer.find(document).filter(|node| metamodel::reference(node).is_none()).cloned();
    let Some(node) = node else { return false };
    let at = Pointer::root().join("components").join(section).join(name);
    let reference = json!({ "$ref": at.to_string() });
    let facts = only_facts(&node, section);
    metamodel::walk_mut(document, &mut |kind, place, other| {
        let is_component = matches!(place.tokens(), [root, _, _] if root == "components");
        if kind.section() == Some(section)
            && !is_component
            && same_facts(other, &node, &facts, section)
        {
            *other = reference.clone();
        }
    });
    insert(document, &at, node);
    true
}

fn same_facts(other: &Value, node: &Value, facts: &Value, section: &str) -> bool {
    let keys = |value: &Value| {
        value.as_object().map(|object| object.keys().filter(|key| is_fact(key)).count())
    };
    // Most nodes are told apart by this, which costs next to nothing.
    if keys(other) != keys(node) || other.get("type") != node.get("type") {
        return false;
    }
    only_facts(other, section) == *facts
}

/// A node without prose, examples and extensions.
fn only_facts(node: &Value, section: &str) -> Value {
    let mut document = json!({ "components": { section: { "node": node } } });
    metamodel::walk_mut(&mut document, &mut |kind, _, node| {
        if let (None, Some(object)) = (kind.named(), node.as_object_mut()) {
            object.retain(|key, _| is_fact(key));
        }
    });
    let at = Pointer::root().join("components").join(section).join("node");
    at.find(&document).cloned().unwrap_or_default()
}
