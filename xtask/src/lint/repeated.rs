//! Schemas that are written again where a reference would do.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::metamodel::{Kind, reference};
use clientgen::pointer::Pointer;
use serde_json::{Map, Value};

use super::Finding;
use super::document::Document;
use super::overlay::json_path;

/// What says nothing of a value's shape.
const PROSE: [&str; 6] =
    ["description", "title", "example", "examples", "externalDocs", "deprecated"];

/// Enums and objects that stand in several places, word for word but for their prose.
pub(super) fn schemas(document: &Document) -> Vec<Finding> {
    let mut places: BTreeMap<String, Vec<&Pointer>> = BTreeMap::new();
    for node in document.of(Kind::Schema) {
        let is_worth_a_name = node.value.get("enum").is_some()
            || node
                .value
                .get("properties")
                .and_then(Value::as_object)
                .is_some_and(|all| all.len() > 1);
        if is_worth_a_name && reference(&node.value).is_none() {
            places.entry(facts(&node.value).to_string()).or_default().push(&node.at);
        }
    }
    let mut groups: Vec<Vec<&Pointer>> =
        places.into_values().filter(|places| places.len() > 1).collect();
    // From the outside to the inside: what is in something that is repeated is repeated with it.
    groups.sort_by_key(|places| places.iter().map(|at| at.tokens().len()).min());
    let mut outer: BTreeSet<Pointer> = BTreeSet::new();
    let mut findings = Vec::new();
    for places in &groups {
        if places.iter().any(|at| is_in(at, &outer)) {
            continue;
        }
        outer.extend(places.iter().map(|at| (*at).clone()));
        findings.extend(finding(places));
    }
    findings
}

/// Whether a node is one of some, or in one of them.
fn is_in(at: &Pointer, outer: &BTreeSet<Pointer>) -> bool {
    let mut at = at.clone();
    while !outer.contains(&at) {
        if at.tokens().is_empty() {
            return false;
        }
        at = at.parent();
    }
    true
}

fn finding(places: &[&Pointer]) -> Option<Finding> {
    let component = *places.iter().find(|at| is_component(at)).or(places.first())?;
    let others: Vec<&Pointer> = places.iter().copied().filter(|at| *at != component).collect();
    let also: Vec<String> = others.iter().map(ToString::to_string).collect();
    Some(Finding {
        code: "repeated-schema",
        at: component.clone(),
        message: format!("this schema stands in {} places: also {}", places.len(), also.join(", ")),
        help: mend(component, &others),
    })
}

fn is_component(at: &Pointer) -> bool {
    matches!(at.tokens(), [components, schemas, _] if components == "components" && schemas == "schemas")
}

/// A schema without its prose. Equal ones are the same text.
fn facts(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => {
            let mut sorted: BTreeMap<&String, Value> = BTreeMap::new();
            for (key, value) in object.iter().filter(|(key, _)| !PROSE.contains(&key.as_str())) {
                let value = match (key.as_str(), value) {
                    // The names of properties may be those of prose.
                    ("properties", Value::Object(properties)) => {
                        let facts = properties.iter().map(|(name, one)| (name.clone(), facts(one)));
                        Value::Object(facts.collect())
                    }
                    (_, value) => facts(value),
                };
                sorted.insert(key, value);
            }
            let sorted = sorted.into_iter().map(|(key, value)| (key.clone(), value));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(facts).collect()),
        other => other.clone(),
    }
}

fn mend(component: &Pointer, others: &[&Pointer]) -> String {
    let place = component.last().unwrap_or_default();
    let refer = |at: &Pointer, name: &str| {
        format!(
            "\n  - target: {}\n    remove: true\n  - target: {}\n    update: {{{}: {{$ref: '#/components/schemas/{name}'}}}}",
            json_path(at),
            json_path(&at.parent()),
            at.last().unwrap_or_default()
        )
    };
    let (name, mut help) = match is_component(component) {
        true => {
            (place.to_owned(), "refer to it from the other places, with an overlay:".to_owned())
        }
        false => {
            let name = upper_camel(place);
            let help = format!(
                "make a component of it and refer to that, with an overlay:\n  - target: $.components.schemas\n    update: {{{name}: …}}  # what stands at {}{}",
                json_path(component),
                refer(component, &name)
            );
            (name, help)
        }
    };
    others.iter().for_each(|at| help.push_str(&refer(at, &name)));
    help
}

fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
