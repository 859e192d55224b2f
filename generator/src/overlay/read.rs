//! Reads an overlay.
//!
//! Takes an overlay as a JSON value and returns its actions. Reports all problems of an overlay together,
//! before any action is applied.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::query::{HELP, Query};
use super::{Action, Change, Report, Version};
use crate::path::{file_name, is_remote, normalize_path, percent_decoded, relative_to};
use crate::pointer::Pointer;
use crate::suggest;

/// The keys of an overlay, of its `info`, and of an action.
const OVERLAY_KEYS: [&str; 4] = ["overlay", "info", "extends", "actions"];
const INFO_KEYS: [&str; 3] = ["title", "version", "description"];
const ACTION_KEYS: [&str; 5] = ["target", "description", "update", "copy", "remove"];

/// Returns the actions of an overlay for a document, given by its path. Returns none if the overlay is
/// not valid.
pub(super) fn actions(overlay: &Value, document: &str, report: &mut Report<'_>) -> Vec<Action> {
    let root = Pointer::root();
    let Some(version) = version(overlay, report) else { return Vec::new() };
    let Value::Object(object) = overlay else { return Vec::new() };
    warn_unknown_keys(object, &OVERLAY_KEYS, &root, "an overlay", report);
    check_info(object.get("info"), report);
    check_extends(object.get("extends"), document, report);
    let Some(Value::Array(actions)) = object.get("actions") else {
        let help = "add an array of actions";
        report.error(&root.join("actions"), "the overlay has no array of `actions`", help);
        return Vec::new();
    };
    if actions.is_empty() {
        let help = "add one, or remove the overlay";
        report.warn(&root.join("actions"), "the overlay has no action", help);
    }
    let mut first_index: BTreeMap<String, usize> = BTreeMap::new();
    let actions = actions.iter().enumerate().filter_map(|(index, value)| {
        let at = root.join("actions").join(index);
        let first = *first_index.entry(sorted(value).to_string()).or_insert(index);
        if first < index {
            let message = format!("the action is the same as number {}", first + 1);
            report.warn(&at, message, "remove one of them");
        }
        action(value, at, version, report)
    });
    actions.collect()
}

/// Returns a value with sorted keys, so that equal values are written equally.
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

/// Returns the version that the overlay declares. Its patch number makes no difference.
fn version(overlay: &Value, report: &mut Report<'_>) -> Option<Version> {
    let declared = overlay.get("overlay");
    let text = declared.and_then(Value::as_str).unwrap_or_default();
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
    let message = match declared {
        None => "the file is not an overlay: it has no key `overlay`".to_owned(),
        Some(declared) => format!("the overlay version `{declared}` is not supported"),
    };
    let help = "write `overlay: 1.1.0` or `overlay: 1.0.0`";
    report.error(&Pointer::root().join("overlay"), message, help);
    None
}

fn check_info(info: Option<&Value>, report: &mut Report<'_>) {
    let at = Pointer::root().join("info");
    let Some(Value::Object(info)) = info else {
        let help = "add `info: {title: …, version: …}`, which the Overlay Specification requires";
        return report.warn(&at, "the overlay has no `info`", help);
    };
    warn_unknown_keys(info, &INFO_KEYS, &at, "`info`", report);
    for key in INFO_KEYS {
        match info.get(key) {
            Some(Value::String(_)) => {}
            None if key == "description" => {}
            None => report.warn(&at, format!("`info` has no `{key}`"), "add it"),
            Some(value) => {
                let message = format!("`{key}` must be a string, not `{value}`");
                report.warn(&at.join(key), message, "quote the value");
            }
        }
    }
}

/// Compares the document that the overlay extends with the one that it is applied to. Compares only file
/// names if `extends` is a URL or leads outside the folder of the overlay.
fn check_extends(extends: Option<&Value>, document: &str, report: &mut Report<'_>) {
    let at = Pointer::root().join("extends");
    let Some(extends) = extends else { return };
    let Value::String(reference) = extends else {
        let message = format!("`extends` must be a string, not `{extends}`");
        return report.warn(&at, message, "write the path of the document, or remove the key");
    };
    let path = percent_decoded(reference.split(['#', '?']).next().unwrap_or_default());
    let document = normalize_path(document);
    let extended = relative_to(report.file, &path);
    let by_name = is_remote(&path) || path.starts_with('/') || extended.starts_with("../");
    let is_same = match by_name {
        true => file_name(&path) == file_name(&document),
        false => extended == document,
    };
    if !is_same {
        let message = format!("the overlay extends `{reference}`, but is applied to `{document}`");
        report.warn(&at, message, "apply it to that document, or correct `extends`");
    }
}

fn action(value: &Value, at: Pointer, version: Version, report: &mut Report<'_>) -> Option<Action> {
    let Value::Object(action) = value else {
        let message = format!("an action must be an object, not `{value}`");
        report.error(
            &at,
            message,
            "write an object with `target`, and `update`, `copy` or `remove`",
        );
        return None;
    };
    warn_unknown_keys(action, &ACTION_KEYS, &at, "an action", report);
    if action.get("description").is_some_and(|description| !description.is_string()) {
        let message = "the description must be a string";
        report.warn(&at.join("description"), message, "quote the value");
    }
    let target = query(action, "target", &at, report);
    let change = change(action, &at, version, report);
    Some(Action { target: target?, change: change?, version, at })
}

/// Returns the query under a required key.
fn query(
    action: &Map<String, Value>,
    key: &str,
    at: &Pointer,
    report: &mut Report<'_>,
) -> Option<Query> {
    let message = match action.get(key) {
        Some(Value::String(text)) => match Query::parse(text) {
            Ok(query) => return Some(query),
            Err(reason) => format!("the {key} `{text}` is not a JSONPath: {reason}"),
        },
        Some(value) => format!("the {key} must be a JSONPath, not `{value}`"),
        None => format!("the action has no `{key}`"),
    };
    report.error(&at.join(key), message, HELP);
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
            let message = format!("`remove` must be a boolean, not `{value}`");
            report.error(&at.join("remove"), message, "write `true`, or remove the key");
            return None;
        }
    };
    if action.contains_key("copy") {
        report.warn_if_newer(version, &at.join("copy"), "`copy`");
    }
    match (removes, action.get("update"), action.contains_key("copy")) {
        (Some(true), update, copies) => {
            let beside = update.map(|_| "update").or(copies.then_some("copy"));
            if let Some(beside) = beside {
                let message = format!("`{beside}` has no effect beside `remove`");
                report.warn(&at.join(beside), message, "move it to a separate action");
            }
            Some(Change::Remove)
        }
        (_, Some(_), true) => {
            let message = "the action has both `update` and `copy`, of which only one is allowed";
            report.error(&at.join("copy"), message, "split it into two actions");
            None
        }
        (_, Some(update), false) => Some(Change::Update(update.clone())),
        (_, None, true) => query(action, "copy", at, report).map(Change::Copy),
        (Some(false), None, false) => Some(Change::None),
        (None, None, false) => {
            let help = "add `update`, `copy` or `remove: true`, or remove the action";
            report.warn(at, "the action does nothing", help);
            Some(Change::None)
        }
    }
}

/// Reports the unknown keys of an object, except for extensions.
fn warn_unknown_keys(
    object: &Map<String, Value>,
    known: &[&str],
    at: &Pointer,
    object_name: &str,
    report: &mut Report<'_>,
) {
    let unknown = |key: &&String| !known.contains(&key.as_str()) && !key.starts_with("x-");
    for key in object.keys().filter(unknown) {
        let message = format!("`{key}` is not a key of {object_name}: it has no effect");
        let names = suggest::similar(key, known).join("`, `");
        let help = format!("known keys are `{names}`; extensions begin with `x-`");
        report.warn(&at.join(key), message, &help);
    }
}
