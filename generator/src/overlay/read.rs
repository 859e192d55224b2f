//! An overlay as a value to actions that can be done.
//!
//! All faults of an overlay are reported together, before any of it is applied.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::query::{HELP, Query};
use super::{Action, Change, Report, Version};
use crate::near;
use crate::path::{beside, decoded, file_name, is_remote, normal};
use crate::pointer::Pointer;

/// The keys of an overlay, of its `info`, and of an action.
const OVERLAY: [&str; 4] = ["overlay", "info", "extends", "actions"];
const INFO: [&str; 3] = ["title", "version", "description"];
const ACTION: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// The actions of an overlay that is applied to the document in a file. There are none if it cannot
/// be understood.
pub(super) fn actions(overlay: &Value, document: &str, report: &mut Report<'_>) -> Vec<Action> {
    let root = Pointer::root();
    let Some(version) = version(overlay, report) else { return Vec::new() };
    let Value::Object(object) = overlay else { return Vec::new() };
    unknown_keys(object, &OVERLAY, &root, "an overlay", report);
    info(object.get("info"), report);
    extends(object.get("extends"), document, report);
    let Some(Value::Array(actions)) = object.get("actions") else {
        let help = "give it a list of them";
        report.refuse(&root.join("actions"), "the overlay has no list of `actions`", help);
        return Vec::new();
    };
    if actions.is_empty() {
        let help = "give it one, or do without the overlay";
        report.warn(&root.join("actions"), "the overlay has no action", help);
    }
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let read = actions.iter().enumerate().filter_map(|(index, value)| {
        let at = root.join("actions").join(index);
        let before = *known.entry(sorted(value).to_string()).or_insert(index);
        if before < index {
            let message = format!("the action is the same as number {}", before + 1);
            report.warn(&at, message, "take one of them out");
        }
        action(value, at, version, report)
    });
    read.collect()
}

/// A value whose keys are sorted. Equal ones are the same text.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let entries: BTreeMap<&String, &Value> = object.iter().collect();
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The version, without the number of the patch, which changes nothing.
fn version(overlay: &Value, report: &mut Report<'_>) -> Option<Version> {
    let said = overlay.get("overlay");
    let text = said.and_then(Value::as_str).unwrap_or_default();
    let is = |minor: &str| {
        let patch = text.strip_prefix(minor).unwrap_or_default();
        !patch.is_empty() && patch.chars().all(|c| c.is_ascii_digit())
    };
    if is("1.0.") {
        return Some(Version::V1_0);
    }
    if is("1.1.") {
        return Some(Version::V1_1);
    }
    let message = match said {
        None => "this is no overlay: it does not say in which version it is".to_owned(),
        Some(said) => format!("this is no overlay that is supported: `overlay` is `{said}`"),
    };
    let help = "write `overlay: 1.1.0`, as the Overlay Specification asks, or `1.0.0`";
    report.refuse(&Pointer::root().join("overlay"), message, help);
    None
}

fn info(info: Option<&Value>, report: &mut Report<'_>) {
    let at = Pointer::root().join("info");
    let Some(Value::Object(info)) = info else {
        let help =
            "give it `info: {title: …, version: …}`, which the Overlay Specification asks for";
        return report.warn(&at, "the overlay has no `info`", help);
    };
    unknown_keys(info, &INFO, &at, "`info`", report);
    for key in INFO {
        match info.get(key) {
            Some(Value::String(_)) => {}
            None if key == "description" => {}
            None => report.warn(&at, format!("`info` has no `{key}`"), "give it one"),
            Some(value) => {
                let message = format!("`{key}` must be a text, and `{value}` stands here");
                report.warn(&at.join(key), message, "put it in quotes");
            }
        }
    }
}

/// Compares the document that the overlay was written for with the one that it is applied to. If
/// only one of them can be told, as with the address of a published document, their names count.
fn extends(extends: Option<&Value>, document: &str, report: &mut Report<'_>) {
    let at = Pointer::root().join("extends");
    let Some(extends) = extends else { return };
    let Value::String(reference) = extends else {
        let message = format!("`extends` must be a reference, and `{extends}` stands here");
        return report.warn(&at, message, "name the document as a text, or take it out");
    };
    let path = decoded(reference.split(['#', '?']).next().unwrap_or_default());
    let document = normal(document);
    let meant = beside(report.file, &path);
    let by_name = is_remote(&path) || path.starts_with('/') || meant.starts_with("../");
    let same = match by_name {
        true => file_name(&path) == file_name(&document),
        false => meant == document,
    };
    if !same {
        let message = format!("the overlay extends `{reference}`, and is applied to `{document}`");
        report.warn(&at, message, "apply it to that document, or mend `extends`");
    }
}

fn action(value: &Value, at: Pointer, version: Version, report: &mut Report<'_>) -> Option<Action> {
    let Value::Object(action) = value else {
        let message = format!("an action must be an object, and `{value}` stands here");
        report.refuse(&at, message, "give it a `target`, and `update`, `copy` or `remove`");
        return None;
    };
    unknown_keys(action, &ACTION, &at, "an action", report);
    if action.get("description").is_some_and(|text| !text.is_string()) {
        report.warn(&at.join("description"), "the description is no text", "put it in quotes");
    }
    let target = query(action, "target", &at, report);
    let change = change(action, &at, version, report);
    Some(Action { target: target?, change: change?, version, at })
}

/// The query under a key. That it is not there is a fault.
fn query(
    action: &Map<String, Value>,
    key: &str,
    at: &Pointer,
    report: &mut Report<'_>,
) -> Option<Query> {
    let message = match action.get(key) {
        Some(Value::String(text)) => match Query::parse(text) {
            Ok(query) => return Some(query),
            Err(reason) => format!("the {key} `{text}` is no JSONPath: {reason}"),
        },
        Some(value) => format!("the {key} must be a JSONPath, and `{value}` stands here"),
        None => format!("the action has no `{key}`"),
    };
    report.refuse(&at.join(key), message, HELP);
    None
}

fn change(
    action: &Map<String, Value>,
    at: &Pointer,
    version: Version,
    report: &mut Report<'_>,
) -> Option<Change> {
    let removes = match action.get("remove") {
        None => None,
        Some(Value::Bool(removes)) => Some(*removes),
        Some(value) => {
            let message = format!("`remove` must be true or false, and `{value}` stands here");
            report.refuse(&at.join("remove"), message, "write `true`, or take it out");
            return None;
        }
    };
    if action.contains_key("copy") {
        report.newer(version, &at.join("copy"), "`copy`");
    }
    match (removes, action.get("update"), action.contains_key("copy")) {
        (Some(true), update, copies) => {
            let beside = update.map(|_| "update").or(copies.then_some("copy"));
            if let Some(beside) = beside {
                let message = format!("`{beside}` has no effect beside `remove`");
                report.warn(&at.join(beside), message, "make an action of its own of it");
            }
            Some(Change::Remove)
        }
        (_, Some(_), true) => {
            let message = "the action has both `update` and `copy`: neither says which one counts";
            report.refuse(&at.join("copy"), message, "make two actions of it");
            None
        }
        (_, Some(update), false) => Some(Change::Update(update.clone())),
        (_, None, true) => query(action, "copy", at, report).map(Change::Copy),
        (Some(false), None, false) => Some(Change::Nothing),
        (None, None, false) => {
            let help = "give it `update`, `copy` or `remove: true`, or take it out";
            report.warn(at, "the action does nothing", help);
            Some(Change::Nothing)
        }
    }
}

/// Reports the keys of an object that mean nothing. Those that begin with `x-` are the author's.
fn unknown_keys(
    object: &Map<String, Value>,
    known: &[&str],
    at: &Pointer,
    what: &str,
    report: &mut Report<'_>,
) {
    let unknown = |key: &&String| !known.contains(&key.as_str()) && !key.starts_with("x-");
    for key in object.keys().filter(unknown) {
        let message = format!("{what} has no key `{key}`: it has no effect");
        let names = near::names(key, known).join("`, `");
        let help = format!("its keys are `{names}`; those of your own begin with `x-`");
        report.warn(&at.join(key), message, &help);
    }
}
