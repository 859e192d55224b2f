//! Mutations of documents as JSON values.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::unusual;

/// Changes one to four nodes of a document, or returns `None` if it cannot be parsed. Parts of
/// `donor` may be inserted.
pub(crate) fn mutate(text: &str, donor: &str, rng: &mut Rng) -> Option<String> {
    let mut document = read(text)?;
    let donor = read(donor)?;
    for _ in 0..rng.usize(1..5) {
        change(&mut document, &donor, rng);
    }
    // Printing YAML is slow.
    if rng.bool() || text.len() > 100_000 {
        return Some(document.to_string());
    }
    clientgen::load::to_yaml(&document).ok()
}

/// Reads JSON or YAML.
pub(crate) fn read(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| clientgen::load::from_yaml(text).ok())
}

fn change(document: &mut Value, donor: &Value, rng: &mut Rng) {
    let reference = format!("#{}", pointer(document, rng));
    match rng.u8(..20) {
        0..3 => remove(some_parent(document, rng), rng),
        3..5 => *some_node(document, rng) = unusual::value(rng),
        5 => *some_node(document, rng) = copy(donor, rng),
        6 => swap(document, rng),
        7 => duplicate(some_parent(document, rng), rng),
        8..10 => rename(some_parent(document, rng), rng),
        10..12 => retype(some_node(document, rng)),
        12..14 => redirect(document, &reference, rng),
        14..17 => insert(some_parent(document, rng), &reference, rng),
        17 => nest(some_node(document, rng), rng),
        18 => chain(document, rng),
        _ => multiply(some_parent(document, rng), rng),
    }
}

/// Removes a child.
fn remove(parent: &mut Value, rng: &mut Rng) {
    match parent {
        Value::Object(object) if !object.is_empty() => {
            let key = key(object, rng);
            object.shift_remove(&key);
        }
        Value::Array(items) if !items.is_empty() => drop(items.remove(rng.usize(..items.len()))),
        _ => {}
    }
}

fn swap(document: &mut Value, rng: &mut Rng) {
    let (one, other) = (pointer(document, rng), pointer(document, rng));
    let value = |at: &str| document.pointer(at).cloned().unwrap_or_default();
    let (value_of_one, value_of_other) = (value(&one), value(&other));
    // The second node is gone if it was inside the first.
    for (at, value) in [(one, value_of_other), (other, value_of_one)] {
        if let Some(node) = document.pointer_mut(&at) {
            *node = value;
        }
    }
}

/// Duplicates a child, under a similar name.
fn duplicate(parent: &mut Value, rng: &mut Rng) {
    match parent {
        Value::Object(object) if !object.is_empty() => {
            let key = key(object, rng);
            let value = object[&key].clone();
            let similar = [key.to_uppercase(), key.clone() + "_", format!("{key}2"), key + " "];
            object.insert(unusual::one_of(&similar, rng).clone(), value);
        }
        Value::Array(items) if !items.is_empty() => {
            items.push(unusual::one_of(items, rng).clone());
        }
        _ => {}
    }
}

fn rename(parent: &mut Value, rng: &mut Rng) {
    let Value::Object(object) = parent else { return };
    if object.is_empty() {
        return;
    }
    let from = key(object, rng);
    let to = if rng.bool() { unusual::string(rng) } else { unusual::keyword(rng) };
    let renamed =
        |(key, value): (String, Value)| (if key == from { to.clone() } else { key }, value);
    *object = std::mem::take(object).into_iter().map(renamed).collect();
}

/// Replaces a value with a similar one of another type.
fn retype(node: &mut Value) {
    *node = match std::mem::take(node) {
        Value::Null => json!("null"),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::Number(number) => json!(number.to_string()),
        Value::String(string) => json!([string]),
        Value::Array(items) => match items.first() {
            Some(Value::String(_)) => json!(items.first()),
            _ => items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        },
        Value::Object(object) => object.into_iter().map(|(_, value)| value).collect(),
    };
}

/// Changes the target of a reference.
fn redirect(document: &mut Value, reference: &str, rng: &mut Rng) {
    let mut references = Vec::new();
    collect_references(document, &mut references);
    if references.is_empty() {
        return;
    }
    let at = rng.usize(..references.len());
    let other = unusual::one_of(&references, rng).clone();
    let targets = [
        reference.to_owned(),
        other.clone(),
        other + "/properties/a",
        "#".to_owned(),
        "#/components/schemas/Nothing".to_owned(),
        "spec.yaml#/info".to_owned(),
        "https://example.com/a.json#/b".to_owned(),
        unusual::string(rng),
    ];
    let mut remaining = at;
    let target = unusual::one_of(&targets, rng);
    set_reference(document, &mut remaining, target);
}

fn collect_references(node: &Value, references: &mut Vec<String>) {
    if let Some(Value::String(reference)) = node.get("$ref") {
        references.push(reference.clone());
    }
    children(node).for_each(|child| collect_references(child, references));
}

fn set_reference(node: &mut Value, remaining: &mut usize, to: &str) -> bool {
    if let Some(reference @ Value::String(_)) = node.get_mut("$ref") {
        if *remaining == 0 {
            *reference = json!(to);
            return true;
        }
        *remaining -= 1;
    }
    children_mut(node).any(|child| set_reference(child, remaining, to))
}

/// Adds a keyword, which may not be valid there.
fn insert(parent: &mut Value, reference: &str, rng: &mut Rng) {
    let (key, value) = unusual::entry(reference, rng);
    match parent {
        Value::Object(object) => drop(object.insert(key, value)),
        Value::Array(items) => items.push(value),
        _ => {}
    }
}

/// Wraps a node in many nested schemas, arrays or objects.
fn nest(node: &mut Value, rng: &mut Rng) {
    let kind = rng.u8(..6);
    for _ in 0..rng.usize(2..150) {
        let inner = std::mem::take(node);
        *node = match kind {
            0 => json!({"type": "array", "items": inner}),
            1 => json!({"type": "object", "properties": {"a": inner}}),
            2 => json!({"allOf": [inner]}),
            3 => json!({"oneOf": [inner, {"type": "integer"}]}),
            4 => json!({"type": "object", "additionalProperties": inner}),
            _ => json!([inner]),
        };
    }
}

/// Adds many component schemas, each of which refers to the next. The last may refer to the first.
fn chain(document: &mut Value, rng: &mut Rng) {
    let length = rng.usize(2..120);
    let is_cycle = rng.bool();
    let kind = rng.u8(..10);
    let mut schemas = Map::new();
    for number in 0..length {
        let last = number + 1 == length;
        let to =
            json!({"$ref": format!("#/components/schemas/C{}", if last { 0 } else { number + 1 })});
        let to = if last && !is_cycle { json!({"type": "string"}) } else { to };
        let schema = match kind {
            0 => to,
            1 => json!({"type": "array", "items": to}),
            2 => json!({"type": "object", "properties": {"a": to}, "required": ["a"]}),
            3 => {
                json!({"allOf": [to, {"type": "object", "properties": {(format!("p{number}")): {}}}]})
            }
            4 => json!({"oneOf": [to, {"type": "integer"}]}),
            5 => json!({"type": "object", "additionalProperties": to}),
            6 => json!({"oneOf": [to, to]}),
            7 => json!({"allOf": [to, to, {"properties": {"a": to}}]}),
            8 => json!({"anyOf": [{"type": "array", "items": to}, to, {"type": "null"}]}),
            _ => json!({"allOf": [to]}),
        };
        schemas.insert(format!("C{number}"), schema);
    }
    let node = match document.pointer_mut("/components/schemas") {
        Some(node) => node,
        None => some_parent(document, rng),
    };
    if let Value::Object(object) = node {
        object.extend(schemas);
    }
}

/// Copies a child many times.
fn multiply(parent: &mut Value, rng: &mut Rng) {
    let times = rng.usize(2..400);
    match parent {
        Value::Object(object) if !object.is_empty() => {
            let key = key(object, rng);
            let value = object[&key].clone();
            if size(&value) < 200 {
                object.extend((0..times).map(|number| (format!("{key}{number}"), value.clone())));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let item = unusual::one_of(items, rng).clone();
            if size(&item) < 200 {
                items.extend(std::iter::repeat_n(item, times));
            }
        }
        _ => {}
    }
}

fn key(object: &Map<String, Value>, rng: &mut Rng) -> String {
    object.keys().nth(rng.usize(..object.len())).cloned().unwrap_or_default()
}

fn children(node: &Value) -> impl Iterator<Item = &Value> {
    let object = node.as_object().into_iter().flat_map(Map::values);
    object.chain(node.as_array().into_iter().flatten())
}

fn children_mut(node: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match node {
        Value::Object(object) => Box::new(object.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        _ => Box::new(std::iter::empty()),
    }
}

/// Returns the number of nodes.
fn size(node: &Value) -> usize {
    1 + children(node).map(size).sum::<usize>()
}

/// Selects a node, as the path of child indices that leads to it. Half of the time all nodes are
/// equally likely, so most are deep; otherwise the path descends until a random stop.
fn random_path(document: &Value, rng: &mut Rng) -> Vec<usize> {
    if rng.bool() {
        return path_of_nth(document, rng.usize(..size(document)));
    }
    let mut path = Vec::new();
    let mut node = document;
    loop {
        let count = children(node).count();
        if count == 0 || path.len() > 1 && rng.u8(..6) == 0 {
            return path;
        }
        let index = rng.usize(..count);
        path.push(index);
        node = children(node).nth(index).unwrap_or(node);
    }
}

/// Returns the path of the `n`th node in preorder.
fn path_of_nth(document: &Value, n: usize) -> Vec<usize> {
    let mut path = Vec::new();
    let mut remaining = n;
    let mut node = document;
    while remaining > 0 {
        remaining -= 1;
        for (index, child) in children(node).enumerate() {
            let size = size(child);
            if remaining < size {
                path.push(index);
                node = child;
                break;
            }
            remaining -= size;
        }
    }
    path
}

fn some_node<'d>(document: &'d mut Value, rng: &mut Rng) -> &'d mut Value {
    let path = random_path(document, rng);
    follow(document, &path)
}

/// Selects a node, usually one with children.
fn some_parent<'d>(document: &'d mut Value, rng: &mut Rng) -> &'d mut Value {
    let mut path = random_path(document, rng);
    let is_leaf = |node: &Value| children(node).next().is_none();
    if is_leaf(follow(document, &path)) && rng.u8(..8) > 0 {
        path.pop();
    }
    follow(document, &path)
}

fn follow<'d>(mut node: &'d mut Value, path: &[usize]) -> &'d mut Value {
    for index in path {
        node = children_mut(node).nth(*index).expect("the path is from this document");
    }
    node
}

/// Returns the JSON pointer to a random node.
fn pointer(document: &Value, rng: &mut Rng) -> String {
    let mut pointer = String::new();
    let mut node = document;
    for number in random_path(document, rng) {
        let step = match node {
            Value::Object(object) => object.keys().nth(number).cloned().unwrap_or_default(),
            _ => number.to_string(),
        };
        pointer += &format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        node = children(node).nth(number).unwrap_or(node);
    }
    pointer
}

/// Copies a random node. A large one becomes null.
fn copy(document: &Value, rng: &mut Rng) -> Value {
    let at = pointer(document, rng);
    document.pointer(&at).filter(|node| size(node) < 2_000).cloned().unwrap_or_default()
}
