//! Documents changed as values.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::odd;

/// Changes a document in one to four places, or not if it cannot be read. Parts of another one
/// may get into it.
pub(crate) fn mutate(text: &str, donor: &str, rng: &mut Rng) -> Option<String> {
    let mut document = read(text)?;
    let donor = read(donor)?;
    for _ in 0..rng.usize(1..5) {
        change(&mut document, &donor, rng);
    }
    // The printer of YAML is slow.
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
        3..5 => *some_node(document, rng) = odd::value(rng),
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

/// Takes out one of the children.
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
    // The second place may be gone if it was inside of the first.
    for (at, value) in [(one, value_of_other), (other, value_of_one)] {
        if let Some(node) = document.pointer_mut(&at) {
            *node = value;
        }
    }
}

/// Puts a child there a second time, under a name that is much like its own.
fn duplicate(parent: &mut Value, rng: &mut Rng) {
    match parent {
        Value::Object(object) if !object.is_empty() => {
            let key = key(object, rng);
            let value = object[&key].clone();
            let like = [key.to_uppercase(), key.clone() + "_", format!("{key}2"), key + " "];
            object.insert(odd::one_of(&like, rng).clone(), value);
        }
        Value::Array(items) if !items.is_empty() => {
            items.push(odd::one_of(items, rng).clone());
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
    let to = if rng.bool() { odd::text(rng) } else { odd::word(rng) };
    let renamed =
        |(key, value): (String, Value)| (if key == from { to.clone() } else { key }, value);
    *object = std::mem::take(object).into_iter().map(renamed).collect();
}

/// Makes something else of a value that means much the same.
fn retype(node: &mut Value) {
    *node = match std::mem::take(node) {
        Value::Null => json!("null"),
        Value::Bool(flag) => json!(flag.to_string()),
        Value::Number(number) => json!(number.to_string()),
        Value::String(text) => json!([text]),
        Value::Array(items) => match items.first() {
            Some(Value::String(_)) => json!(items.first()),
            _ => items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        },
        Value::Object(object) => object.into_iter().map(|(_, value)| value).collect(),
    };
}

/// Lets one of the references lead somewhere else.
fn redirect(document: &mut Value, reference: &str, rng: &mut Rng) {
    let mut references = Vec::new();
    collect(document, &mut references);
    if references.is_empty() {
        return;
    }
    let at = rng.usize(..references.len());
    let other = odd::one_of(&references, rng).clone();
    let targets = [
        reference.to_owned(),
        other.clone(),
        other + "/properties/a",
        "#".to_owned(),
        "#/components/schemas/Nothing".to_owned(),
        "spec.yaml#/info".to_owned(),
        "https://example.com/a.json#/b".to_owned(),
        odd::text(rng),
    ];
    let mut left = at;
    let target = odd::one_of(&targets, rng);
    set_reference(document, &mut left, target);
}

fn collect(node: &Value, references: &mut Vec<String>) {
    if let Some(Value::String(reference)) = node.get("$ref") {
        references.push(reference.clone());
    }
    children(node).for_each(|child| collect(child, references));
}

fn set_reference(node: &mut Value, left: &mut usize, to: &str) -> bool {
    if let Some(reference @ Value::String(_)) = node.get_mut("$ref") {
        if *left == 0 {
            *reference = json!(to);
            return true;
        }
        *left -= 1;
    }
    children_mut(node).any(|child| set_reference(child, left, to))
}

/// Adds a keyword where it may not belong.
fn insert(parent: &mut Value, reference: &str, rng: &mut Rng) {
    let (key, value) = odd::entry(reference, rng);
    match parent {
        Value::Object(object) => drop(object.insert(key, value)),
        Value::Array(items) => items.push(value),
        _ => {}
    }
}

/// Puts a node into many schemas, lists or objects, one in the other.
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

/// Adds many component schemas, each of which leads to the next, and perhaps the last to the first.
fn chain(document: &mut Value, rng: &mut Rng) {
    let length = rng.usize(2..120);
    let circle = rng.bool();
    let kind = rng.u8(..10);
    let mut schemas = Map::new();
    for number in 0..length {
        let last = number + 1 == length;
        let to =
            json!({"$ref": format!("#/components/schemas/C{}", if last { 0 } else { number + 1 })});
        let to = if last && !circle { json!({"type": "string"}) } else { to };
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
            let item = odd::one_of(items, rng).clone();
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

/// How many nodes there are.
fn size(node: &Value) -> usize {
    1 + children(node).map(size).sum::<usize>()
}

/// The way to a node, as the numbers of children. Half of them are any node, of which most are
/// deep inside; the others are found by going down until chance stops.
fn way(document: &Value, rng: &mut Rng) -> Vec<usize> {
    let mut way = Vec::new();
    if rng.bool() {
        let mut left = rng.usize(..size(document));
        let mut node = document;
        while left > 0 {
            left -= 1;
            for (number, child) in children(node).enumerate() {
                let size = size(child);
                if left < size {
                    way.push(number);
                    node = child;
                    break;
                }
                left -= size;
            }
        }
        return way;
    }
    let mut node = document;
    loop {
        let count = children(node).count();
        if count == 0 || way.len() > 1 && rng.u8(..6) == 0 {
            return way;
        }
        let number = rng.usize(..count);
        way.push(number);
        node = children(node).nth(number).unwrap_or(node);
    }
}

fn some_node<'d>(document: &'d mut Value, rng: &mut Rng) -> &'d mut Value {
    let way = way(document, rng);
    follow(document, &way)
}

/// A node that has children, if there is one on the way.
fn some_parent<'d>(document: &'d mut Value, rng: &mut Rng) -> &'d mut Value {
    let mut way = way(document, rng);
    let is_leaf = |node: &Value| children(node).next().is_none();
    if is_leaf(follow(document, &way)) && rng.u8(..8) > 0 {
        way.pop();
    }
    follow(document, &way)
}

fn follow<'d>(mut node: &'d mut Value, way: &[usize]) -> &'d mut Value {
    for number in way {
        node = children_mut(node).nth(*number).expect("the way was found in this document");
    }
    node
}

/// The JSON pointer to a node.
fn pointer(document: &Value, rng: &mut Rng) -> String {
    let mut pointer = String::new();
    let mut node = document;
    for number in way(document, rng) {
        let step = match node {
            Value::Object(object) => object.keys().nth(number).cloned().unwrap_or_default(),
            _ => number.to_string(),
        };
        pointer += &format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        node = children(node).nth(number).unwrap_or(node);
    }
    pointer
}

/// A copy of a node that is not too large.
fn copy(document: &Value, rng: &mut Rng) -> Value {
    let at = pointer(document, rng);
    document.pointer(&at).filter(|node| size(node) < 2_000).cloned().unwrap_or_default()
}
