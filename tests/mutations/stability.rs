//! Names depend neither on the order of a document nor on which part of it is chosen.
//!
//! Takes documents, permutes what has no order of its own (paths, methods, components, tags), takes
//! operations out, or selects some of them, and compares the surfaces of the crates.

use std::collections::BTreeSet;

use clientgen::changes::{Action, Change, Impact, Surface, compare};
use clientgen::metamodel::is_method;
use clientgen::{Config, Selection};
use fastrand::Rng;
use serde_json::{Map, Value};

use crate::nodes;
use crate::seeds::Seed;

/// Returns what changes for users although only the order of the document has changed.
pub(crate) fn fault_of_order(seed: &Seed, number: u64) -> Option<String> {
    let mut document = nodes::read(&seed.files[&seed.document])?;
    permute(&mut document, &mut Rng::with_seed(number));
    let old = surface(&as_json(seed)?, None)?;
    let Some(new) = surface(&with(seed, &document), None) else {
        return Some("there is no crate in another order".to_owned());
    };
    let changes = [compare(&old, &new), compare(&new, &old)].concat();
    changes.first().map(|change| change.summary.clone())
}

/// Returns what has another name, or is new, although only operations were taken away: from the
/// document itself, or by selecting others. Two kinds of documents are faulty in a way that lets an
/// operation depend on another: where two have one id, and where references lead into one.
pub(crate) fn fault_of_parts(seed: &Seed, number: u64) -> Option<String> {
    let rng = &mut Rng::with_seed(number);
    let mut document = nodes::read(&seed.files[&seed.document])?;
    if has_equal_ids(&document) || document.to_string().contains("\"#/paths/") {
        return None;
    }
    let whole = surface(&as_json(seed)?, None)?;
    let part = match rng.bool() {
        true => {
            take_away(&mut document, rng);
            surface(&with(seed, &document), None)?
        }
        false => surface(seed, Some(some_paths(&document, rng)?))?,
    };
    let said = compare(&whole, &part);
    said.into_iter().find(is_of_a_name).map(|change| change.summary)
}

/// Whether a change is more than that something is gone, or that something is not needed any more:
/// what only requests need, such as constructors, is not there for types that no request has.
fn is_of_a_name(change: &Change) -> bool {
    match change.action {
        Action::Removed => false,
        Action::Renamed | Action::Added => true,
        Action::Changed => change.impact == Impact::Breaking && !is_of_need(change),
    }
}

fn is_of_need(change: &Change) -> bool {
    // What only one direction has is optional where a type goes both ways.
    let bare = |text: &Option<String>| {
        text.as_ref().map(|text| text.replace("Option<", "").replace('>', ""))
    };
    let is_optional = change.before.is_some() && bare(&change.before) == bare(&change.after);
    is_optional || change.after.is_none() && change.summary.contains("no longer")
}

fn has_equal_ids(document: &Value) -> bool {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = items.filter_map(|(_, item)| item.as_object()).flatten();
    let ids = operations.filter_map(|(_, operation)| operation.get("operationId")?.as_str());
    let mut known = BTreeSet::new();
    ids.into_iter().any(|id| !known.insert(id.to_owned()))
}

fn surface(seed: &Seed, paths: Option<Vec<String>>) -> Option<Surface> {
    let mut config = Config::new(seed.document.clone(), "example");
    config.overlays.extend(seed.overlay.clone());
    config.selection = Selection { paths: paths.unwrap_or_default(), ..Selection::default() };
    clientgen::describe(&seed.files, &config).surface
}

/// The document as it is, so that both sides are written in the same way.
fn as_json(seed: &Seed) -> Option<Seed> {
    Some(with(seed, &nodes::read(&seed.files[&seed.document])?))
}

fn with(seed: &Seed, document: &Value) -> Seed {
    let mut seed = seed.clone();
    seed.files.insert(seed.document.clone(), document.to_string());
    seed
}

fn permute(document: &mut Value, rng: &mut Rng) {
    let Some(root) = document.as_object_mut() else { return };
    shuffle(root, rng);
    let of_swagger = ["definitions", "parameters", "responses", "securityDefinitions"];
    for key in ["paths", "components"].into_iter().chain(of_swagger) {
        let Some(Value::Object(members)) = root.get_mut(key) else { continue };
        shuffle(members, rng);
        for member in members.values_mut().filter_map(Value::as_object_mut) {
            shuffle(member, rng);
        }
    }
    if let Some(Value::Array(tags)) = root.get_mut("tags") {
        rng.shuffle(tags);
    }
}

fn shuffle(object: &mut Map<String, Value>, rng: &mut Rng) {
    let mut members: Vec<(String, Value)> = std::mem::take(object).into_iter().collect();
    rng.shuffle(&mut members);
    object.extend(members);
}

/// Takes about half of the operations out.
fn take_away(document: &mut Value, rng: &mut Rng) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return };
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        item.retain(|key, _| !is_method(key) || rng.bool());
    }
}

/// About half of the paths, or none if there are none.
fn some_paths(document: &Value, rng: &mut Rng) -> Option<Vec<String>> {
    let paths = document.get("paths")?.as_object()?.keys().filter(|path| path.starts_with('/'));
    let some: Vec<String> = paths.filter(|_| rng.bool()).cloned().collect();
    (!some.is_empty()).then_some(some)
}
