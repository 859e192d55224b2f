//! Checks the proposals of findings: an action is printed only if it corrects its finding.
//!
//! Takes a document without the findings' actions, applies all actions, and reads the document again. An
//! action that cannot be applied, that leaves its finding, or that causes another one, is dropped. Words
//! that only a person can write are not checked.

use std::collections::BTreeSet;
use std::io;

use clientgen::diagnostics::Diagnostics;
use clientgen::load::Document as Loaded;
use clientgen::pointer::Pointer;
use clientgen::{Source, bundle, overlay};
use serde_json::{Value, json};

use super::document::Document;
use super::{Action, Finding, found};

/// The name of the overlay with the proposals, which no file has.
const LABEL: &str = "\0proposals";

/// The number of times that the remaining actions are applied. After that, all of them are dropped.
const ROUNDS: usize = 10;

/// Drops the actions that do not correct their finding.
pub(super) fn check(findings: &mut [Finding], document: &Loaded, source: &dyn Source) {
    for _ in 0..ROUNDS {
        let wrong = wrong(findings, document, source);
        if wrong.is_empty() {
            return;
        }
        for number in wrong {
            if let Some(finding) = findings.get_mut(number) {
                finding.actions.clear();
            }
        }
    }
    let checked = findings.iter_mut().filter(|finding| is_checked(finding));
    checked.for_each(|finding| finding.actions.clear());
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
fn wrong(findings: &[Finding], document: &Loaded, source: &dyn Source) -> BTreeSet<usize> {
    let checked = || findings.iter().enumerate().filter(|(_, finding)| is_checked(finding));
    let overlay = overlay(findings, &document.value).to_string();
    let source = With { source, overlay };
    let mut diagnostics = Diagnostics::default();
    let applied = overlay::apply(document.clone(), &source, &[LABEL.to_owned()], &mut diagnostics);
    let owners: Vec<usize> = checked()
        .flat_map(|(number, finding)| finding.actions.iter().map(move |_| number))
        .collect();
    let failed = diagnostics.located(&source, false);
    let failed = failed.iter().filter(|one| one.location.file == LABEL).filter_map(|one| {
        let action = one.location.pointer.tokens().get(1)?.parse::<usize>().ok()?;
        owners.get(action).copied()
    });
    let mut wrong: BTreeSet<usize> = failed.collect();
    // An update of an array appends to it, which no lint means.
    let is_array = |action: &Action| action.updates_array(&document.value);
    let of_arrays = checked().filter(|(_, finding)| finding.actions.iter().any(is_array));
    wrong.extend(of_arrays.map(|(number, _)| number));
    if !wrong.is_empty() {
        return wrong;
    }
    let after = Document::new(bundle::bundle(applied, &source, &mut Diagnostics::default()).value);
    let after = found(&after);
    let key = |finding: &Finding| (finding.code, finding.at.clone());
    let before: BTreeSet<_> = findings.iter().map(key).collect();
    let remaining: BTreeSet<_> = after.iter().map(key).collect();
    wrong.extend(
        checked().filter(|(_, one)| remaining.contains(&key(one))).map(|(number, _)| number),
    );
    if !wrong.is_empty() {
        return wrong;
    }
    // A new part of a document has no description, which nobody can propose.
    let new: Vec<&Pointer> = after
        .iter()
        .filter(|one| one.code != super::descriptions::CODE && !before.contains(&key(one)))
        .map(|one| &one.at)
        .collect();
    let causes = |finding: &Finding| {
        // Everything is below the root, where new components are added.
        let targets = finding.actions.iter().map(|action| action.target.tokens());
        let mut targets = targets.filter(|target| !target.is_empty());
        targets.any(|target| new.iter().any(|at| at.tokens().starts_with(target)))
    };
    wrong.extend(checked().filter(|(_, finding)| causes(finding)).map(|(number, _)| number));
    wrong
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
