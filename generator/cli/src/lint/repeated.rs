//! Lint `repeated-schema`: equal schemas that could be one component.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::metamodel::{ObjectKind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::Finding;
use super::document::Document;
use super::overlay::json_path;

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
    let mut findings = Vec::new();
    for locations in &groups {
        if locations.iter().any(|at| is_inside(at, &outer)) {
            continue;
        }
        outer.extend(locations.iter().map(|at| (*at).clone()));
        findings.extend(finding(locations));
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

fn finding(locations: &[&Pointer]) -> Option<Finding> {
    let component = *locations.iter().find(|at| is_component(at)).or(locations.first())?;
    let others: Vec<&Pointer> = locations.iter().copied().filter(|at| *at != component).collect();
    let other_pointers: Vec<String> = others.iter().map(ToString::to_string).collect();
    Some(Finding {
        code: "repeated-schema",
        at: component.clone(),
        message: format!(
            "this schema is repeated at {} other locations: {}",
            others.len(),
            other_pointers.join(", ")
        ),
        help: correction(component, &others),
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

fn correction(component: &Pointer, others: &[&Pointer]) -> String {
    let key = component.last().unwrap_or_default();
    let reference = |at: &Pointer, name: &str| {
        format!(
            "\n  - target: {}\n    remove: true\n  - target: {}\n    update: {{{}: {{$ref: '#/components/schemas/{name}'}}}}",
            json_path(at),
            json_path(&at.parent()),
            at.last().unwrap_or_default()
        )
    };
    let (name, mut help) = match is_component(component) {
        true => {
            (key.to_owned(), "refer to it from the other locations, with an overlay:".to_owned())
        }
        false => {
            let name = upper_camel(key);
            let help = format!(
                "turn it into a component and refer to that, with an overlay:\n  - target: $.components.schemas\n    update: {{{name}: …}}  # the schema at {}{}",
                json_path(component),
                reference(component, &name)
            );
            (name, help)
        }
    };
    others.iter().for_each(|at| help.push_str(&reference(at, &name)));
    help
}

fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
