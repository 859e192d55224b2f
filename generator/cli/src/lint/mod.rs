//! `clientgen lint`: finds mistakes in a document that are valid OpenAPI.
//!
//! Takes a document with its overlays and returns findings, each with its location and an overlay action
//! that corrects it. Leaves diagnostics of the generator to `generate`.
//!
//! The work is bounded: reading the document, the lints, and the check of the proposals may each take as many
//! steps as the limit `steps`. What is not finished then is a finding, too (`not-checked`).

pub(crate) mod command;
mod descriptions;
mod document;
mod enums;
mod links;
mod overlay;
mod patterns;
mod proposals;
mod repeated;
#[cfg(test)]
mod tests;
mod undeclared;
mod unused;
mod values;

use std::collections::BTreeSet;

use clientgen::diagnostics::{Diagnostics, Effect, Location};
use clientgen::limits::Steps;
use clientgen::pointer::Pointer;
use clientgen::{Config, Diagnostic, Limits, Severity, Source};
use serde_json::Value;

use document::{Bundled, Document};
use overlay::Action;
use values::NOT_CHECKED;

/// A mistake in the document.
pub(crate) struct Finding {
    /// The code of the lint.
    pub(crate) code: &'static str,
    /// The location.
    pub(crate) at: Pointer,
    /// The description of the mistake.
    pub(crate) message: String,
    /// The correction, in words.
    pub(crate) help: String,
    /// The overlay actions that correct it.
    pub(crate) actions: Vec<Action>,
}

impl Finding {
    /// Returns the help of the diagnostic: the correction, with the actions for a document.
    fn help(&self, document: &Value) -> String {
        let shown = self.actions.iter().take(MAX_ACTIONS);
        let actions: String = shown.map(|action| action.text(document)).collect();
        let more = match self.actions.len().saturating_sub(MAX_ACTIONS) {
            0 => String::new(),
            more => format!("\n  # and {more} more; --fix writes them"),
        };
        match actions.is_empty() {
            true => self.help.clone(),
            false => format!("{}, for instance with an overlay:{actions}{more}", self.help),
        }
    }

    /// Removes the actions, which are written for OpenAPI 3, and says so.
    fn withhold_actions(&mut self) {
        if !self.actions.is_empty() {
            self.actions.clear();
            self.help.push_str(
                " (no overlay is proposed: overlays apply to the document as it was written, in Swagger 2.0)",
            );
        }
    }
}

/// The number of actions that are shown with a finding.
const MAX_ACTIONS: usize = 50;

/// A lint: its codes, and its function. The function returns early once the steps of the document are used up.
type Lint = (&'static [&'static str], fn(&Document<'_>) -> Vec<Finding>);

/// All lints, those that take the least first.
const LINTS: [Lint; 9] = [
    (&["unused-component"], unused::unused_components),
    (&[descriptions::CODE], descriptions::missing_descriptions),
    (&["duplicate-enum-value"], enums::duplicate_values),
    (&["unlisted-value"], enums::unlisted_values),
    (&["invalid-pattern"], patterns::invalid_patterns),
    (&["repeated-schema"], repeated::repeated_schemas),
    (&["unlinked-id"], links::missing_links),
    (&["undeclared-property"], undeclared::undeclared_properties),
    (&["wrong-example", "wrong-default"], values::wrong_values),
];

/// The codes of all findings.
pub(crate) const CODES: [&str; 11] = [
    "duplicate-enum-value",
    "invalid-pattern",
    "no-description",
    "not-checked",
    "repeated-schema",
    "undeclared-property",
    "unlinked-id",
    "unlisted-value",
    "unused-component",
    "wrong-default",
    "wrong-example",
];

/// Which findings are made.
#[derive(Debug, Default)]
struct Choice {
    /// The codes of findings that are not reported.
    allowed: BTreeSet<String>,
    /// The number of steps that the lints may take.
    steps: u64,
}

impl Choice {
    fn is_reported(&self, code: &str) -> bool {
        !self.allowed.contains(code)
    }
}

/// Returns the findings in a document, except those with an allowed code, and the errors if the document
/// cannot be read.
pub fn findings(source: &dyn Source, config: &Config, allow: &[String]) -> Vec<Diagnostic> {
    linted(source, config, allow).diagnostics
}

/// The result of linting a document.
struct Linted {
    diagnostics: Vec<Diagnostic>,
    /// The corrections that need no words, as actions of an overlay. `None` if the document cannot be read.
    overlay: Option<Value>,
}

fn linted(source: &dyn Source, config: &Config, allow: &[String]) -> Linted {
    let mut diagnostics = Diagnostics::new(Steps::new(&config.limits));
    let document = Bundled::read(source, config, &mut diagnostics);
    let is_exceeded = diagnostics.steps().is_exceeded();
    let Some(document) = document.filter(|_| !is_exceeded && !is_limited(&diagnostics, source))
    else {
        let mut diagnostics = diagnostics.located(source, false);
        diagnostics.extend(is_exceeded.then(|| unreadable(config)));
        return Linted { diagnostics, overlay: None };
    };
    let allowed = allow.iter().cloned().collect();
    let choice = Choice { allowed, steps: config.limits.steps };
    let steps = Steps::new(&config.limits);
    let mut findings = found(&Document::new(&document.root, &steps), &choice);
    if document.was_swagger() {
        findings.iter_mut().for_each(Finding::withhold_actions);
    }
    let file = &document.file;
    let check = proposals::Check { file, source, limits: &config.limits, choice: &choice };
    if !proposals::check(&mut findings, &check) && choice.is_reported(NOT_CHECKED) {
        findings.push(unfinished(config.limits.steps, "the check of the proposed corrections"));
    }
    let overlay = proposals::overlay(&findings, &file.value);
    for finding in findings {
        let help = finding.help(&file.value);
        diagnostics.report(Effect::None, finding.code, &finding.at, finding.message, help);
    }
    Linted { diagnostics: diagnostics.located(source, false), overlay: Some(overlay) }
}

/// Returns whether reading has ended at a limit, so that the document is not complete.
fn is_limited(diagnostics: &Diagnostics, source: &dyn Source) -> bool {
    let errors = diagnostics.has_errors(false).then(|| diagnostics.clone().located(source, false));
    errors.into_iter().flatten().any(|one| one.code == Limits::CODE)
}

/// Returns the error for a document that takes too many steps to read.
fn unreadable(config: &Config) -> Diagnostic {
    let steps = config.limits.steps;
    Diagnostic {
        severity: Severity::Error,
        effect: Effect::Fatal,
        code: Limits::CODE,
        location: Location { file: config.document.clone(), pointer: Pointer::root() },
        position: None,
        trail: Vec::new(),
        message: format!("it takes more than {steps} steps to read the document"),
        help: Limits::help("steps", steps),
    }
}

/// Returns the findings in a document.
fn found(document: &Document<'_>, choice: &Choice) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut not_finished = Vec::new();
    for (codes, lint) in LINTS {
        let reported: Vec<_> = codes.iter().filter(|code| choice.is_reported(code)).collect();
        if reported.is_empty() {
            continue;
        }
        if !document.steps.is_exceeded() {
            findings.extend(lint(document));
        }
        if document.steps.is_exceeded() {
            not_finished.extend(reported.iter().map(|code| format!("`{code}`")));
        }
    }
    if !not_finished.is_empty() {
        findings.push(unfinished(choice.steps, &not_finished.join(", ")));
    }
    findings.retain(|finding| choice.is_reported(finding.code));
    findings
}

/// Returns the finding for work that the steps did not suffice for.
fn unfinished(steps: u64, what: &str) -> Finding {
    Finding {
        code: NOT_CHECKED,
        at: Pointer::root(),
        message: format!("not finished after {steps} steps: {what}"),
        help: Limits::help("steps", steps),
        actions: Vec::new(),
    }
}

/// The length of a name in a message, in characters.
const MAX_NAME: usize = 100;

/// Returns a name of the document for a message, shortened: it can be as long as its file.
fn short(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}
