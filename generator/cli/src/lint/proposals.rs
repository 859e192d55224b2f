//! Checks the proposals of findings: an action is printed only if it corrects its finding.
//!
//! Takes a document without the findings' actions, applies all actions, and reads the document again. An
//! action that cannot be applied, that leaves its finding, or that causes another one, is dropped. Words
//! that only a person can write are not checked.

use std::collections::BTreeSet;
use std::io;
use std::ops::Bound;

use clientgen::diagnostics::Diagnostics;
use clientgen::limits::Steps;
use clientgen::load::Document as Loaded;
use clientgen::pointer::Pointer;
use clientgen::{Diagnostic, Limits, Source, bundle, overlay};
use serde_json::{Value, json};

use super::document::Document;
use super::values::NOT_CHECKED;
use super::{Action, Choice, Finding, descriptions, found};

/// The name of the overlay with the proposals, which no file has.
const LABEL: &str = "\0proposals";

/// The number of times that the remaining actions are applied. After that, all of them are dropped.
const ROUNDS: usize = 10;

/// What the check reads: the document that the actions are for, and the run.
pub(super) struct Check<'c> {
    pub(super) file: &'c Loaded,
    pub(super) source: &'c dyn Source,
    pub(super) limits: &'c Limits,
    pub(super) choice: &'c Choice,
}

/// Drops the actions that do not correct their finding. Returns whether all were checked; if not, those that
/// were not are dropped, too.
pub(super) fn check(findings: &mut [Finding], check: &Check<'_>) -> bool {
    // All rounds together may take as many steps as the lints. Each reads the document again.
    let steps = Steps::new(check.limits);
    for _ in 0..ROUNDS {
        if !findings.iter().any(is_checked) {
            return true;
        }
        let wrong = wrong(findings, check, &steps);
        if steps.is_exceeded() {
            break;
        }
        if wrong.is_empty() {
            return true;
        }
        for number in wrong {
            if let Some(finding) = findings.get_mut(number) {
                finding.actions.clear();
            }
        }
    }
    let checked = findings.iter_mut().filter(|finding| is_checked(finding));
    checked.for_each(|finding| finding.actions.clear());
    !steps.is_exceeded()
}

/// Whether the actions of a finding can be checked.
pub(super) fn is_checked(finding: &Finding) -> bool {
    !finding.actions.is_empty() && finding.actions.iter().all(Action::is_complete)
}

/// Returns an overlay with the actions of findings.
pub(super) fn overlay<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    document: &Value,
) -> Value {
    let findings = findings.into_iter().filter(|finding| is_checked(finding));
    let actions = findings.flat_map(|finding| {
        let message = &finding.message;
        finding.actions.iter().map(move |action| {
            let mut object = action.object(document);
            if let Some(object) = object.as_object_mut() {
                object.insert("description".to_owned(), json!(message));
            }
            object
        })
    });
    let actions: Vec<Value> = actions.collect();
    let info = json!({"title": "Corrections of `clientgen lint`", "version": "1"});
    json!({"overlay": "1.1.0", "info": info, "actions": actions})
}

/// Returns the numbers of the findings whose actions are wrong. What wrong actions cause would be blamed on
/// others, so the search ends at the first kind of fault.
fn wrong(findings: &[Finding], check: &Check<'_>, steps: &Steps) -> BTreeSet<usize> {
    let document = &check.file.value;
    let overlay = overlay(findings, document).to_string();
    steps.record(overlay.len());
    let source = With { source: check.source, overlay };
    let mut diagnostics = Diagnostics::new(steps.clone());
    let applied =
        overlay::apply(check.file.clone(), &source, &[LABEL.to_owned()], &mut diagnostics);
    let failed = failed(findings, &diagnostics.located(&source, false), document);
    if !failed.is_empty() || steps.is_exceeded() {
        return failed;
    }
    let mut diagnostics = Diagnostics::new(steps.clone());
    let root = bundle::bundle(applied, &source, &mut diagnostics).value;
    let after = found(&Document::new(&root, steps), check.choice);
    let remaining: BTreeSet<_> = after.iter().map(key).collect();
    let without_effect = numbers(findings, |finding| remaining.contains(&key(finding)));
    if !without_effect.is_empty() {
        return without_effect;
    }
    let before: BTreeSet<_> = findings.iter().map(key).collect();
    // A new part of a document has no description, which nobody can propose.
    let is_new = |one: &&Finding| {
        one.code != descriptions::CODE && one.code != NOT_CHECKED && !before.contains(&key(one))
    };
    let new: BTreeSet<&Pointer> = after.iter().filter(is_new).map(|one| &one.at).collect();
    numbers(findings, |finding| causes(finding, &new))
}

/// Returns the numbers of the findings with actions that cannot be applied, or that update an array, which
/// appends to it: no lint means that.
fn failed(findings: &[Finding], reported: &[Diagnostic], document: &Value) -> BTreeSet<usize> {
    let owner = |(number, finding): (usize, &Finding)| vec![number; finding.actions.len()];
    let owners: Vec<usize> =
        findings.iter().enumerate().filter(|(_, one)| is_checked(one)).flat_map(owner).collect();
    let reported = reported.iter().filter(|one| one.location.file == LABEL).filter_map(|one| {
        let action = one.location.pointer.tokens().get(1)?.parse::<usize>().ok()?;
        owners.get(action).copied()
    });
    let is_array = |action: &Action| action.updates_array(document);
    let of_arrays = numbers(findings, |finding| finding.actions.iter().any(is_array));
    reported.chain(of_arrays).collect()
}

/// Returns the numbers of the findings with checked actions that match a condition.
fn numbers(findings: &[Finding], matches: impl Fn(&Finding) -> bool) -> BTreeSet<usize> {
    let matching = findings.iter().enumerate().filter(|(_, one)| is_checked(one) && matches(one));
    matching.map(|(number, _)| number).collect()
}

fn key(finding: &Finding) -> (&'static str, Pointer) {
    (finding.code, finding.at.clone())
}

/// Returns whether an action changed a part of the document that has a new finding. Everything is below the
/// root, where new components are added.
fn causes(finding: &Finding, new: &BTreeSet<&Pointer>) -> bool {
    let mut targets = finding.actions.iter().map(|action| &action.target);
    // Locations are sorted by their tokens: those below a target follow it.
    targets.any(|target| {
        let mut following = new.range::<&Pointer, _>((Bound::Included(target), Bound::Unbounded));
        !target.tokens().is_empty()
            && following.next().is_some_and(|at| at.strip_prefix(target).is_some())
    })
}

/// A source with an overlay of its own.
struct With<'s> {
    source: &'s dyn Source,
    overlay: String,
}

impl Source for With<'_> {
    fn read(&self, path: &str) -> io::Result<String> {
        if path == LABEL { Ok(self.overlay.clone()) } else { self.source.read(path) }
    }

    fn limits(&self) -> clientgen::Limits {
        self.source.limits()
    }
}
