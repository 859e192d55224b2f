//! Turns inline nodes into components.

use clientgen::bundle::insert;
use clientgen::metamodel::{self, ObjectKind, Shape};
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use crate::vendor::facts::is_fact;

/// Returns the kind of the object at a pointer, by the metamodel.
pub(super) fn kind_at(pointer: &Pointer) -> Option<ObjectKind> {
    let below = |shape: Shape, step: &String| shape.below(step);
    match pointer.tokens().iter().fold(Shape::Object(ObjectKind::Document), below) {
        Shape::Object(kind) => Some(kind),
        Shape::SchemaOrBoolean => Some(ObjectKind::Schema),
        _ => None,
    }
}

/// Turns a node into a component. All nodes with the same facts become references to it, and lose their
/// prose. Returns `false`, without a change, if the node is a reference already.
pub(super) fn apply(document: &mut Value, pointer: &Pointer, section: &str, name: &str) -> bool {
    let node = pointer.find(document).filter(|node| metamodel::reference(node).is_none()).cloned();
    let Some(node) = node else { return false };
    let at = Pointer::root().join("components").join(section).join(name);
    let reference = json!({ "$ref": at.to_string() });
    let facts = only_facts(&node, section);
    metamodel::walk_mut(document, &mut |kind, at, other| {
        let is_component = matches!(at.tokens(), [root, _, _] if root == "components");
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
    // A cheap test that most nodes fail.
    if keys(other) != keys(node) || other.get("type") != node.get("type") {
        return false;
    }
    only_facts(other, section) == *facts
}

/// Returns a node without prose, examples and extensions.
fn only_facts(node: &Value, section: &str) -> Value {
    let mut document = json!({ "components": { section: { "node": node } } });
    metamodel::walk_mut(&mut document, &mut |kind, _, node| {
        if let (None, Some(object)) = (kind.patterned(), node.as_object_mut()) {
            object.retain(|key, _| is_fact(key));
        }
    });
    let at = Pointer::root().join("components").join(section).join("node");
    at.find(&document).cloned().unwrap_or_default()
}
