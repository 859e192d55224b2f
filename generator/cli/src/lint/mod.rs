//! `clientgen lint`: finds mistakes in a document that are valid OpenAPI.
//!
//! Takes a document with its overlays and returns findings, each with its location and an overlay action
//! that corrects it. Leaves diagnostics of the generator to `generate`.

mod descriptions;
mod document;
mod examples;
mod links;
mod overlay;
mod proposals;
mod repeated;
mod unused;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clientgen::diagnostics::{Diagnostics, Effect};
use clientgen::pointer::Pointer;
use clientgen::{Config, Diagnostic, Severity, Source};
use serde_json::Value;

use crate::atomic;
use crate::invocation::Invocation;
use crate::project::Project;
use crate::project::settings::Client;
use crate::reading::Reading;
use crate::report::{self, Format};
use crate::terminal::{self, counted, finish, note, output};
use document::Document;
use overlay::Action;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Use only the client of clientgen.toml with this package name; can be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    client: Vec<String>,
    /// Use this OpenAPI document instead of those in clientgen.toml
    #[arg(long, alias = "spec", value_name = "FILE", conflicts_with = "client")]
    input: Option<PathBuf>,
    /// An OpenAPI overlay to apply; can be repeated
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// Fail if there are findings
    #[arg(long)]
    deny: bool,
    /// Ignore findings with this code; can be repeated
    #[arg(long, value_name = "CODE", value_parser = PossibleValuesParser::new(CODES))]
    allow: Vec<String>,
    /// Report findings with this code, which is not done by default; can be repeated
    #[arg(long, value_name = "CODE", value_parser = PossibleValuesParser::new(CODES))]
    warn: Vec<String>,
    /// Write an overlay with the corrections that need no words, in JSON. Some change the API of a crate, such
    /// as components for repeated schemas: see what `changes` says
    #[arg(long, value_name = "FILE")]
    fix: Option<PathBuf>,
    /// The format of findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

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
        let actions: String = self.actions.iter().map(|action| action.text(document)).collect();
        match actions.is_empty() {
            true => self.help.clone(),
            false => format!("{}, for instance with an overlay:{actions}", self.help),
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

/// All lints.
const LINTS: [fn(&Document) -> Vec<Finding>; 5] = [
    examples::invalid_examples,
    unused::unused_components,
    descriptions::missing_descriptions,
    repeated::repeated_schemas,
    links::missing_links,
];

/// Returns the findings in a document, except those with an allowed code, and the errors if the document
/// cannot be read.
pub fn findings(source: &dyn Source, config: &Config, allow: &[String]) -> Vec<Diagnostic> {
    linted(source, config, allow).diagnostics
}

/// The result of linting a document.
struct Linted {
    diagnostics: Vec<Diagnostic>,
    /// An overlay with the corrections that need no words. `None` if the document cannot be read.
    overlay: Option<Value>,
}

fn linted(source: &dyn Source, config: &Config, allow: &[String]) -> Linted {
    let mut diagnostics = Diagnostics::default();
    let Some(document) = Document::read(source, config, &mut diagnostics) else {
        return Linted { diagnostics: diagnostics.located(source, false), overlay: None };
    };
    let mut findings = found(&document);
    findings.retain(|finding| !allow.iter().any(|allowed| allowed == finding.code));
    if document.was_swagger() {
        findings.iter_mut().for_each(Finding::withhold_actions);
    }
    proposals::check(&mut findings, &document.file, source);
    let overlay = proposals::overlay(&findings, &document.file.value);
    for finding in findings {
        let help = finding.help(&document.file.value);
        diagnostics.report(Effect::None, finding.code, &finding.at, finding.message, help);
    }
    Linted { diagnostics: diagnostics.located(source, false), overlay: Some(overlay) }
}

/// Returns the findings in a document.
fn found(document: &Document) -> Vec<Finding> {
    LINTS.iter().flat_map(|lint| lint(document)).collect()
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    finish(arguments.project(invocation).map(|project| {
        let has_passed = |client: &&Client| {
            lint(client, &project, arguments).unwrap_or_else(|message| {
                note!("error: {message}");
                false
            })
        };
        let passed = project.clients.iter().filter(has_passed).count();
        if passed == project.clients.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }))
}

/// Lints the document of a client. Returns whether it has passed.
fn lint(client: &Client, project: &Project, arguments: &Arguments) -> Result<bool, String> {
    let (source, config) = project.inputs(client, &arguments.reading)?;
    let Linted { diagnostics, overlay } = linted(&source, &config, &arguments.allowed(client));
    let has_passed = print(&diagnostics, arguments);
    if let (Some(file), Some(overlay)) = (&arguments.fix, overlay) {
        write_overlay(file, &overlay)?;
    }
    Ok(has_passed)
}

/// Writes the corrections to a file that does not exist yet.
fn write_overlay(file: &Path, overlay: &Value) -> Result<(), String> {
    atomic::create(file, &format!("{overlay:#}\n"))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    let count = overlay["actions"].as_array().map_or(0, Vec::len);
    note!("wrote {}: {}", file.display(), counted(count, "action"));
    Ok(())
}

/// The codes of all findings.
pub(crate) const CODES: [&str; 7] = [
    "no-description",
    "repeated-schema",
    "undeclared-property",
    "unlinked-id",
    "unreadable-schema",
    "unused-component",
    "wrong-example",
];

/// The codes of findings that are not reported by default: there are many, and few are mistakes.
const OFF: [&str; 1] = ["unlinked-id"];

impl Arguments {
    /// Returns the codes of the findings that are not reported for a client.
    fn allowed(&self, client: &Client) -> Vec<String> {
        let warn = |code: &&str| self.warn.iter().chain(&client.lint.warn).any(|one| one == code);
        let off = OFF.into_iter().filter(|code| !warn(code)).map(str::to_owned);
        self.allow.iter().chain(&client.lint.allow).cloned().chain(off).collect()
    }

    /// Returns the clients whose documents are read.
    fn project(&self, invocation: &Invocation) -> Result<Project, String> {
        let mut project = match &self.input {
            Some(input) => {
                let client = Client::new(input.clone(), PathBuf::new(), "linted".to_owned());
                Project::of(client, invocation)?
            }
            None => Project::with_clients(invocation, &self.client)?,
        };
        if !self.overlay.is_empty() {
            project.clients.iter_mut().for_each(|client| client.overlays.clone_from(&self.overlay));
        }
        Ok(project)
    }
}

/// Prints the findings in a document. Returns whether the document has passed.
fn print(diagnostics: &[Diagnostic], arguments: &Arguments) -> bool {
    // Warnings of the generator's stages are left to `generate`.
    let is_finding = |diagnostic: &&Diagnostic| diagnostic.effect == Effect::None;
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let mut failed = false;
    for error in errors {
        failed = true;
        report::print(error, arguments.format);
    }
    let findings: Vec<&Diagnostic> = diagnostics.iter().filter(is_finding).collect();
    for finding in &findings {
        match arguments.format {
            Format::Text => {
                terminal::write_styled_output(&format!("{}\n", report::text(finding, true)))
            }
            Format::Json => terminal::write_json(&report::json(finding)),
        }
    }
    if !failed && arguments.format == Format::Text {
        output!("{}", counted(findings.len(), "finding"));
    }
    !(failed || (arguments.deny && !findings.is_empty()))
}
