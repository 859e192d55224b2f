//! The facts of an object, normalized: with inherited values, and with the defaults of OpenAPI.

use clientgen::metamodel::{METHODS, ObjectKind, Shape};
use serde_json::Value;

use super::side::{Node, Side, is_fact};

/// Returns the operations of the selected paths, by method and path.
pub(super) fn operations(
    side: &mut Side<'_>,
    root: &Node,
    is_selected: &dyn Fn(&str) -> bool,
) -> Vec<(String, Node)> {
    let mut operations = Vec::new();
    let Some(paths) = root.child("paths") else { return operations };
    for (path, item) in side.follow(&paths).0.children() {
        if path.starts_with("x-") || !is_selected(&path) {
            continue;
        }
        let (item, _) = side.follow(&item);
        for (method, operation) in methods(&item) {
            let end = side.follow(&operation).0.place;
            side.items.insert(end, item.clone());
            operations.push((format!("{method} {path}"), operation));
        }
    }
    operations
}

/// Returns the operations of a path item, with their methods.
fn methods(item: &Node) -> Vec<(String, Node)> {
    let fixed =
        METHODS.iter().filter_map(|(key, method)| Some(((*method).to_owned(), item.child(key)?)));
    let additional = item.child("additionalOperations");
    let additional = additional.iter().flat_map(Node::children);
    fixed.chain(additional).filter(|(_, node)| !node.value().is_null()).collect()
}

/// Returns the facts of an object, by key. Siblings of a reference to the object override its own keys.
pub(super) fn facts(
    side: &mut Side<'_>,
    node: &Node,
    siblings: Vec<(String, Node)>,
    kind: ObjectKind,
) -> Vec<(String, Node)> {
    let is_patterned = kind.patterned().is_some();
    let is_included = |key: &str| if is_patterned { !key.starts_with("x-") } else { is_fact(key) };
    let own = node.children().into_iter().filter(|(key, _)| {
        is_included(key) && key != "$ref" && siblings.iter().all(|(other, _)| other != key)
    });
    let mut facts: Vec<(String, Node)> = own.collect();
    facts.extend(siblings);
    if kind == ObjectKind::Operation {
        add_inherited(side, node, &mut facts);
    }
    facts
}

/// Adds the values that an operation inherits from its path and from the document. Each parameter gets
/// its own key, because the order of parameters does not matter.
fn add_inherited(side: &mut Side<'_>, operation: &Node, facts: &mut Vec<(String, Node)>) {
    let item = side.items.get(&operation.place).cloned();
    let root = side.root();
    let index = facts.iter().position(|(key, _)| key == "parameters");
    let own = index.map(|index| facts.remove(index).1);
    let of_path = item.as_ref().and_then(|item| item.child("parameters"));
    for parameters in [own, of_path].into_iter().flatten() {
        for (_, parameter) in side.follow(&parameters).0.children() {
            let key = parameter_key(side, &parameter);
            if facts.iter().all(|(known, _)| *known != key) {
                facts.push((key, parameter));
            }
        }
    }
    for key in ["security", "servers"] {
        if facts.iter().all(|(known, _)| known != key) {
            let inherited = item.iter().chain([&root]).find_map(|node| node.child(key));
            facts.extend(inherited.map(|node| (key.to_owned(), node)));
        }
    }
}

/// Returns the key of a parameter among the facts of an operation.
fn parameter_key(side: &mut Side<'_>, parameter: &Node) -> String {
    let (parameter, _) = side.follow(parameter);
    let text = |key: &str| {
        let child = parameter.child(key);
        child.and_then(|child| child.value().as_str().map(str::to_owned)).unwrap_or_default()
    };
    format!("{PARAMETER_PREFIX}{} in {}", text("name"), text("in"))
}

/// The prefix of the keys of parameters, which no keyword has.
const PARAMETER_PREFIX: &str = "parameter ";

/// Returns the shape of the value under a key.
pub(super) fn shape(kind: ObjectKind, key: &str) -> Shape {
    if kind == ObjectKind::Operation && key.starts_with(PARAMETER_PREFIX) {
        return Shape::Object(ObjectKind::Parameter);
    }
    kind.shape(key).unwrap_or(Shape::Data)
}

/// Returns the default of a key, if OpenAPI 3.0 defines one.
pub(super) fn default(kind: ObjectKind, key: &str, object: &Node) -> Option<Value> {
    let text =
        |key: &str| object.child(key).and_then(|node| node.value().as_str().map(str::to_owned));
    let style = || match (kind, text("in").as_deref()) {
        (ObjectKind::Parameter, Some("query" | "cookie")) => "form",
        _ => "simple",
    };
    match (kind, key) {
        (ObjectKind::Parameter | ObjectKind::Header, "style") => Some(Value::from(style())),
        (ObjectKind::Parameter | ObjectKind::Header, "explode") => {
            Some(Value::from(text("style").as_deref().unwrap_or(style()) == "form"))
        }
        (ObjectKind::Encoding, "explode") => None,
        _ => (shape(kind, key) == Shape::Boolean).then_some(Value::Bool(false)),
    }
}
