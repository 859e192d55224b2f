//! Applies one action to a document.

use std::collections::BTreeSet;

use serde_json::Value;

use super::merge::{self, Inserted};
use super::{Action, Budget, Change, OutOfBudget, Report, Version};
use crate::diagnostics::{Diagnostics, Effect};
use crate::limits::Limits;
use crate::origin::Origin;
use crate::pointer::Pointer;

/// Applies an action, unless the document would exceed a limit.
pub(super) fn apply(
    document: &mut Value,
    action: &Action,
    budget: &mut Budget,
    report: &mut Report<'_>,
) -> Result<(), OutOfBudget> {
    let steps = report.diagnostics.steps().clone();
    let targets = action.target.find(document, &steps);
    if steps.is_exceeded() {
        return Err(OutOfBudget);
    }
    let at = action.at.join("target");
    if targets.is_empty() {
        let message = format!("the target `{}` matches nothing", action.target.text);
        let help = "correct the JSONPath, or remove the action";
        report.warn(&at, message, help);
        return Ok(());
    }
    let is_scalar = |target: &Pointer| target.find(document).is_some_and(merge::is_scalar);
    if action.version == Version::V1_0 && targets.iter().any(is_scalar) {
        report.warn_if_newer(action.version, &at, "target that is neither an object nor an array");
    }
    match &action.change {
        Change::None => {}
        Change::Remove => remove_all(document, targets, &at, report),
        Change::Update(value) => {
            let at_update = action.at.join("update");
            let inserted = Inserted::Written(report.location(&at_update));
            within_budget(budget.add(document, value, &targets, &steps), &at_update, report)?;
            merge::merge_into(document, value, &inserted, &targets, &at, report);
        }
        Change::Copy(query) => {
            let at_copy = action.at.join("copy");
            let sources = query.find(document, &steps);
            let source = single_source(document, sources, &query.text, &at_copy, report);
            if let Some((value, from)) = source {
                within_budget(budget.add(document, &value, &targets, &steps), &at_copy, report)?;
                let origins = report.diagnostics.origins.restricted_to(&from);
                let by = Origin::of(report.location(&at_copy));
                let inserted = Inserted::Copied { origins, from, by };
                merge::merge_into(document, &value, &inserted, &targets, &at, report);
            }
        }
    }
    Ok(())
}

/// Reports the excess if the document would exceed a limit.
fn within_budget(
    added: Result<(), (String, String)>,
    at: &Pointer,
    report: &mut Report<'_>,
) -> Result<(), OutOfBudget> {
    added.map_err(|(message, help)| {
        let location = report.location(at);
        report.diagnostics.report_in_file(
            Effect::Fatal,
            Limits::CODE,
            location,
            None,
            message,
            help,
        );
        OutOfBudget
    })
}

/// Returns the only source of a copy: its value before the copy, and its pointer.
fn single_source(
    document: &Value,
    sources: Vec<Pointer>,
    query: &str,
    at: &Pointer,
    report: &mut Report<'_>,
) -> Option<(Value, Pointer)> {
    let count = sources.len();
    let mut sources = sources.into_iter();
    match (sources.next(), sources.next()) {
        (Some(source), None) => Some((source.find(document)?.clone(), source)),
        (None, _) => {
            let message = format!("`{query}` matches nothing, so that nothing is copied");
            report.warn(at, message, "correct the JSONPath");
            None
        }
        (Some(_), Some(_)) => {
            let message = format!("`{query}` matches {count} nodes, but only one can be copied");
            report.error(at, message, "restrict the JSONPath to one node");
            None
        }
    }
}

/// Removes nodes from a document.
fn remove_all(
    document: &mut Value,
    mut targets: Vec<Pointer>,
    at: &Pointer,
    report: &mut Report<'_>,
) {
    if targets.contains(&Pointer::root()) {
        let help = "restrict the target to a part of the document";
        return report.error(at, "the whole document cannot be removed", help);
    }
    // From the last to the first, and descendants before their ancestors, so that the pointers to the
    // remaining nodes stay valid. A longer index is a greater one.
    targets.sort_by_cached_key(|target| {
        let tokens = target.tokens().iter();
        tokens.map(|token| (token.len(), token.clone())).collect::<Vec<_>>()
    });
    // The children of one parent are removed together.
    let diagnostics = &mut *report.diagnostics;
    let mut targets = targets.as_slice();
    while let Some((last, rest)) = targets.split_last() {
        let parent = last.parent();
        let siblings = rest.iter().rev().take_while(|target| is_child(target, &parent)).count();
        let (before, children) = targets.split_at(rest.len() - siblings);
        remove_children(document, &parent, children, diagnostics);
        targets = before;
    }
}

fn is_child(target: &Pointer, parent: &Pointer) -> bool {
    target.strip_prefix(parent).is_some_and(|rest| rest.len() == 1)
}

/// The number of entries of an object that move in the time of one step when an entry is removed.
const MOVES_PER_STEP: usize = 32;

/// Removes children of a node. Their indices are sorted.
fn remove_children(
    document: &mut Value,
    parent: &Pointer,
    children: &[Pointer],
    diagnostics: &mut Diagnostics,
) {
    let tokens = children.iter().filter_map(Pointer::last);
    match parent.find_mut(document) {
        Some(Value::Object(object)) => match children {
            // The entries after it move, which is fast but not free.
            [only] => {
                diagnostics.steps().record(1 + object.len() / MOVES_PER_STEP);
                object.shift_remove(only.last().unwrap_or_default());
            }
            _ => {
                diagnostics.steps().record(object.len());
                let removed: BTreeSet<&str> = tokens.collect();
                object.retain(|key, _| !removed.contains(key.as_str()));
            }
        },
        Some(Value::Array(items)) => {
            diagnostics.steps().record(items.len());
            let removed: BTreeSet<usize> = tokens.filter_map(|token| token.parse().ok()).collect();
            diagnostics.origins.remove_items(parent, &removed, items.len());
            let mut index = 0;
            items.retain(|_| {
                index += 1;
                !removed.contains(&(index - 1))
            });
        }
        _ => {}
    }
}
