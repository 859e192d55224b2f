//! Instances of each component schema come back equal and valid from the type that was generated
//! for it.
//!
//! Most are made. A case may have a file `instances.json` with others, by their components: valid
//! values that are not what an author has in mind. `tests/features.rs` asks for it where the crate is
//! less strict than the document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use clientgen::source::Directory;
use xtask::round_trip::{compare, plan, send};

use crate::workspace::{Member, PROGRAMS, WORKSPACE};

/// So many instances there are at least. A case more makes it more; if it becomes less, something
/// is no longer tested.
const LEAST: usize = 650;

/// Components of which no instance can be made, and why.
const UNSENT: [(&str, &str, &str); 8] = [
    ("all-of-conflicts", "Nothing", "it must be a text and an object at once"),
    ("empty-schemas", "Never", "no value fits it"),
    ("empty-schemas", "Thing", "it requires what no value fits"),
    ("exclusive-bounds", "Thing", "a bound of OpenAPI 3.0 is no schema for the validator"),
    ("json-document", "Thing", "its type is none for the validator"),
    ("loose-types", "Thing", "its types are none for the validator"),
    ("optional-body", "Thing", "it requires itself: what is beside a reference does not count"),
    ("requires-itself", "Thing", "it requires itself"),
];

#[test]
fn instances_come_back_equal() {
    let output = WORKSPACE.cargo(&["build", "--package", PROGRAMS]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut sent = 0;
    let mut troubles = Vec::new();
    for member in &WORKSPACE.members {
        sent += round_trips(member, &mut troubles);
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n\n"));
    assert!(sent >= LEAST, "only {sent} instances were sent");
}

/// The instances of a case that somebody has written, with their components.
fn written(member: &Member) -> Vec<(String, Value)> {
    let Ok(text) = fs::read_to_string(member.case.path.join("instances.json")) else {
        return Vec::new();
    };
    let by_component: BTreeMap<String, Vec<Value>> = serde_json::from_str(&text).unwrap();
    let of = |(component, instances): (String, Vec<Value>)| {
        instances.into_iter().map(move |instance| (component.clone(), instance))
    };
    by_component.into_iter().flat_map(of).collect()
}

/// Sends instances through the crate of a case. Says how many there were.
fn round_trips(member: &Member, troubles: &mut Vec<String>) -> usize {
    let Member { case, crate_name, components } = member;
    let mut plan = plan(&Directory::new(&case.path), &case.config(crate_name), components).unwrap();
    for (component, instance) in written(member) {
        if let Err(error) = plan.add(crate_name, &component, instance) {
            troubles.push(format!("{}, {component}: {error}", case.name));
        }
    }
    let results = send(&WORKSPACE.round_trips(), &WORKSPACE.programs(), &plan.trips).unwrap();
    let mut unsent: BTreeSet<&str> = components.iter().map(|(name, _)| name.as_str()).collect();
    for (trip, result) in plan.trips.iter().zip(&results) {
        unsent.remove(trip.component.as_str());
        if let Some(trouble) = compare(&plan, trip, result) {
            let (name, component) = (&case.name, &trip.component);
            troubles.push(format!("{name}, {component}\n  sent {}\n  {trouble}", trip.instance));
        }
    }
    let name = case.name.as_str();
    unsent.retain(|component| {
        !UNSENT.iter().any(|(case, unsent, _)| *case == name && unsent == component)
    });
    troubles.extend(unsent.iter().map(|component| format!("{name}, {component}: nothing is sent")));
    println!("{name}: {} instances, {} skipped", results.len(), plan.skipped);
    results.len()
}
