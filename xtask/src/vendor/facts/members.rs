//! The facts of an object, made comparable: what is inherited is put in its place, and what is
//! left out because it goes without saying is known.

use clientgen::metamodel::METHODS;
use clientgen::metamodel::{ObjectKind, Shape};
use serde_json::Value;

use super::side::{Node, Side, is_fact};

/// The operations of the chosen paths, by method and path.
pub(super) fn operations(
    side: &mut Side<'_>,
    root: &Node,
    chosen: &dyn Fn(&str) -> bool,
) -> Vec<(String, Node)> {
    let mut found = Vec::new();
    let Some(paths) = root.child("paths") else { return found };
    for (path, item) in side.follow(&paths).0.children() {
        if path.starts_with("x-") || !chosen(&path) {
            continue;
        }
        let (item, _) = side.follow(&item);
        let methods = METHODS.iter().filter_map(|(method, _)| Some((method, item.child(method)?)));
        for (method, operation) in methods.filter(|(_, node)| !node.value().is_null()) {
            let end = side.follow(&operation).0.place;
            side.items.insert(end, item.clone());
            found.push((format!("{} {path}", method.to_uppercase()), operation));
        }
    }
    found
}

/// The facts of an object of a kind by their keys. What stands beside a reference to it counts more
/// than what it says itself.
pub(super) fn of(
    side: &mut Side<'_>,
    node: &Node,
    beside: Vec<(String, Node)>,
    kind: ObjectKind,
) -> Vec<(String, Node)> {
    let named = kind.patterned().is_some();
    let fact = |key: &str| if named { !key.starts_with("x-") } else { is_fact(key) };
    let own = node.children().into_iter().filter(|(key, _)| {
        fact(key) && key != "$ref" && beside.iter().all(|(other, _)| other != key)
    });
    let mut members: Vec<(String, Node)> = own.collect();
    members.extend(beside);
    if kind == ObjectKind::Operation {
        inherit(side, node, &mut members);
    }
    members
}

/// Adds to an operation what it has from its path and from the document. Its parameters become
/// members of its own, by what tells them apart.
fn inherit(side: &mut Side<'_>, operation: &Node, members: &mut Vec<(String, Node)>) {
    let item = side.items.get(&operation.place).cloned();
    let root = side.root();
    let list = members.iter().position(|(key, _)| key == "parameters");
    let own = list.map(|index| members.remove(index).1);
    let of_path = item.as_ref().and_then(|item| item.child("parameters"));
    for list in [own, of_path].into_iter().flatten() {
        for (_, parameter) in side.follow(&list).0.children() {
            let key = parameter_key(side, &parameter);
            if members.iter().all(|(known, _)| *known != key) {
                members.push((key, parameter));
            }
        }
    }
    for key in ["security", "servers"] {
        if members.iter().all(|(known, _)| known != key) {
            let inherited = item.iter().chain([&root]).find_map(|node| node.child(key));
            members.extend(inherited.map(|node| (key.to_owned(), node)));
        }
    }
}

/// What a parameter is called among those of an operation.
fn parameter_key(side: &mut Side<'_>, parameter: &Node) -> String {
    let (parameter, _) = side.follow(parameter);
    let text = |key: &str| {
        let child = parameter.child(key);
        child.and_then(|child| child.value().as_str().map(str::to_owned)).unwrap_or_default()
    };
    format!("{PARAMETER}{} in {}", text("name"), text("in"))
}

/// What the keys of parameters begin with, as no keyword does.
const PARAMETER: &str = "parameter ";

/// What stands under a key of an object.
pub(super) fn shape(kind: ObjectKind, key: &str) -> Shape {
    if kind == ObjectKind::Operation && key.starts_with(PARAMETER) {
        return Shape::Object(ObjectKind::Parameter);
    }
    kind.shape(key).unwrap_or(Shape::Data)
}

/// What a key means that an object does not have, if that is said somewhere (OpenAPI 3.0).
pub(super) fn implied(kind: ObjectKind, key: &str, object: &Node) -> Option<Value> {
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
