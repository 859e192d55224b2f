//! Lint `repeated-schema`: equal schemas that could be one component.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value, json};

use super::document::Document;
use super::{Action, Finding};
use crate::terminal::counted;

/// The keywords that do not count for equality.
const PROSE: [&str; 6] =
    ["description", "title", "example", "examples", "externalDocs", "deprecated"];

/// Finds enums and objects that occur in several locations and are equal except for prose.
pub(super) fn repeated_schemas(document: &Document) -> Vec<Finding> {
    let mut locations: BTreeMap<String, Vec<&Pointer>> = BTreeMap::new();
    for node in document.of_kind(ObjectKind::Schema) {
        let needs_name = node.value.get("enum").is_some()
            || node
                .value
                .get("properties")
                .and_then(Value::as_object)
                .is_some_and(|all| all.len() > 1);
        if needs_name && reference(&node.value).is_none() {
            locations.entry(without_prose(&node.value).to_string()).or_default().push(&node.at);
        }
    }
    let mut groups: Vec<Vec<&Pointer>> =
        locations.into_values().filter(|locations| locations.len() > 1).collect();
    // Outer schemas first: schemas inside a repeated schema are not reported again.
    groups.sort_by_key(|locations| locations.iter().map(|at| at.tokens().len()).min());
    let mut outer: BTreeSet<Pointer> = BTreeSet::new();
    let components = document.root.pointer("/components/schemas").and_then(Value::as_object);
    let mut names: BTreeSet<String> = components.into_iter().flat_map(Map::keys).cloned().collect();
    let mut findings = Vec::new();
    for locations in &groups {
        if locations.iter().any(|at| is_inside(at, &outer)) {
            continue;
        }
        outer.extend(locations.iter().map(|at| (*at).clone()));
        findings.extend(finding(document, locations, &mut names));
    }
    findings
}

/// Returns whether a node is one of `outer`, or inside one of them.
fn is_inside(at: &Pointer, outer: &BTreeSet<Pointer>) -> bool {
    let mut at = at.clone();
    while !outer.contains(&at) {
        if at.tokens().is_empty() {
            return false;
        }
        at = at.parent();
    }
    true
}

fn finding(
    document: &Document,
    locations: &[&Pointer],
    names: &mut BTreeSet<String>,
) -> Option<Finding> {
    let component = *locations.iter().find(|at| is_component(at)).or(locations.first())?;
    let others: Vec<&Pointer> = locations.iter().copied().filter(|at| *at != component).collect();
    let other_pointers: Vec<String> = others.iter().map(ToString::to_string).collect();
    Some(Finding {
        code: "repeated-schema",
        at: component.clone(),
        message: format!(
            "this schema is repeated at {}: {}",
            counted(others.len(), "other location"),
            other_pointers.join(", ")
        ),
        help: match is_component(component) {
            true => "refer to it from the other locations",
            false => "make it a component and refer to that",
        }
        .to_owned(),
        actions: correction(document, component, &others, names),
    })
}

fn is_component(at: &Pointer) -> bool {
    matches!(at.tokens(), [components, schemas, _] if components == "components" && schemas == "schemas")
}

/// Returns a schema without prose, with sorted keys.
fn without_prose(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut sorted: BTreeMap<&String, Value> = BTreeMap::new();
            for (key, value) in object.iter().filter(|(key, _)| !PROSE.contains(&key.as_str())) {
                let value = match (key.as_str(), value) {
                    // A property may be called `description`.
                    ("properties", Value::Object(properties)) => {
                        let properties = properties
                            .iter()
                            .map(|(name, property)| (name.clone(), without_prose(property)));
                        Value::Object(properties.collect())
                    }
                    (_, value) => without_prose(value),
                };
                sorted.insert(key, value);
            }
            let sorted = sorted.into_iter().map(|(key, value)| (key.clone(), value));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_prose).collect()),
        other => other.clone(),
    }
}

/// Returns the actions that make a component of a schema, if it is none, and refer to it from all other
/// locations. Adds the name of the component to those that are taken.
fn correction(
    document: &Document,
    component: &Pointer,
    others: &[&Pointer],
    names: &mut BTreeSet<String>,
) -> Vec<Action> {
    let refer = |at: &Pointer, name: &str| {
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        let last = at.last().unwrap_or_default();
        [Action::remove(at.clone()), Action::update(at.parent(), json!({last: reference}))]
    };
    let mut actions = Vec::new();
    let name = match component.last().filter(|_| is_component(component)) {
        Some(name) => name.to_owned(),
        None => free_name(&document.root, component, names),
    };
    if !is_component(component) {
        let schema = document.root.pointer(component.to_string().trim_start_matches('#')).cloned();
        // The parts above may not exist.
        let schemas = json!({"components": {"schemas": {&name: schema}}});
        actions.push(Action::update(Pointer::root(), schemas));
        actions.extend(refer(component, &name));
    }
    actions.extend(others.iter().flat_map(|at| refer(at, &name)));
    actions
}

/// The parts of a location that say nothing about a schema.
const STRUCTURE: [&str; 9] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "content",
    "items",
    "oneOf",
    "parameters",
    "properties",
    "schema",
];

/// Returns a name for a schema that no component has: that of its parameter or property.
fn free_name(root: &Value, at: &Pointer, names: &mut BTreeSet<String>) -> String {
    let mut place = at.clone();
    let mut name = None;
    while name.is_none() && !place.tokens().is_empty() {
        let node = root.pointer(place.to_string().trim_start_matches('#'));
        let own = node.and_then(|node| node.get("name")?.as_str());
        let key = place.last().filter(|key| {
            let is_word = key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
            is_word && !STRUCTURE.contains(key) && key.parse::<usize>().is_err()
        });
        name = own.or(key).map(upper_camel);
        place = place.parent();
    }
    let name = name.unwrap_or_else(|| "Schema".to_owned());
    let numbered = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}{n}")));
    let free = numbered.into_iter().find(|name| !names.contains(name)).unwrap_or_default();
    names.insert(free.clone());
    free
}

fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
