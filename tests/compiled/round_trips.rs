//! Instances of each component schema round-trip through the generated type: the result is equal
//! and valid.
//!
//! Most instances are generated. A case can have a file `instances.json` with more, by component:
//! valid values that an author of a document may not think of. The test of features requires it
//! where the crate is less strict than the document.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use clientgen::source::Directory;
use clientgen_cli::round_trip::{compare, plan, send};

use crate::workspace::{Member, PROGRAMS, WORKSPACE};

/// The minimum number of instances. More cases increase it; a smaller number means that something
/// is no longer tested.
const MIN_INSTANCES: usize = 650;

/// Components without instances, and why.
const WITHOUT_INSTANCES: [(&str, &str, &str); 8] = [
    ("all-of-conflicts", "Nothing", "it must be a string and an object"),
    ("empty-schemas", "Never", "no value is valid"),
    ("empty-schemas", "Thing", "it requires a property for which no value is valid"),
    ("exclusive-bounds", "Thing", "the validator rejects a bound of OpenAPI 3.0"),
    ("json-document", "Thing", "the validator rejects its type"),
    ("loose-types", "Thing", "the validator rejects its types"),
    ("optional-body", "Thing", "it requires itself: keywords next to a reference are ignored"),
    ("requires-itself", "Thing", "it requires itself"),
];

#[test]
fn instances_round_trip() {
    let output = WORKSPACE.cargo(&["build", "--package", PROGRAMS]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut sent = 0;
    let mut failures = Vec::new();
    for member in &WORKSPACE.members {
        sent += round_trips(member, &mut failures);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(sent >= MIN_INSTANCES, "only {sent} instances were sent");
}

/// Reads the instances in `instances.json`, with their components.
fn written_instances(member: &Member) -> Vec<(String, Value)> {
    let Ok(text) = fs::read_to_string(member.case.path.join("instances.json")) else {
        return Vec::new();
    };
    let by_component: BTreeMap<String, Vec<Value>> = serde_json::from_str(&text).unwrap();
    let pairs = |(component, instances): (String, Vec<Value>)| {
        instances.into_iter().map(move |instance| (component.clone(), instance))
    };
    by_component.into_iter().flat_map(pairs).collect()
}

/// Sends instances through the crate of a case. Returns their number.
fn round_trips(member: &Member, failures: &mut Vec<String>) -> usize {
    let Member { case, crate_name, components } = member;
    let mut plan = plan(&Directory::new(&case.path), &case.config(crate_name), components).unwrap();
    for (component, instance) in written_instances(member) {
        if let Err(error) = plan.add(crate_name, &component, instance) {
            failures.push(format!("{}, {component}: {error}", case.name));
        }
    }
    let results = send(&WORKSPACE.round_trips(), &WORKSPACE.programs(), &plan.trips).unwrap();
    let mut without_instances: BTreeSet<&str> =
        components.iter().map(|(name, _)| name.as_str()).collect();
    for (trip, result) in plan.trips.iter().zip(&results) {
        without_instances.remove(trip.component.as_str());
        if let Some(failure) = compare(&plan, trip, result) {
            let (name, component) = (&case.name, &trip.component);
            failures.push(format!("{name}, {component}\n  sent {}\n  {failure}", trip.instance));
        }
    }
    let name = case.name.as_str();
    without_instances.retain(|component| {
        !WITHOUT_INSTANCES.iter().any(|(case, known, _)| *case == name && known == component)
    });
    failures.extend(
        without_instances.iter().map(|component| format!("{name}, {component}: no instance")),
    );
    println!("{name}: {} instances, {} skipped", results.len(), plan.skipped);
    results.len()
}
