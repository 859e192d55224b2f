//! `clientgen lint`: finds mistakes in a document that are valid OpenAPI.
//!
//! Takes a document with its overlays and returns findings, each with its location and an overlay action
//! that corrects it. Leaves diagnostics of the generator to `generate`.

mod descriptions;
mod document;
mod examples;
mod links;
mod overlay;
mod repeated;
mod unused;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clientgen::diagnostics::{Diagnostics, Effect};
use clientgen::pointer::Pointer;
use clientgen::{Config, Diagnostic, Severity, Source};

use crate::invocation::Invocation;
use crate::project::Project;
use crate::project::settings::Client;
use crate::reading::Reading;
use crate::report::{self, Format};
use crate::terminal::{self, note, output};
use document::Document;

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
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
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
    /// The correction.
    pub(crate) help: String,
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
    let mut diagnostics = Diagnostics::default();
    let document = Document::read(source, config, &mut diagnostics);
    let findings =
        document.iter().flat_map(|document| LINTS.iter().flat_map(|lint| lint(document)));
    for Finding { code, at, message, help } in findings.collect::<Vec<_>>() {
        if !allow.iter().any(|allowed| allowed == code) {
            diagnostics.report(Effect::None, code, &at, message, help);
        }
    }
    diagnostics.located(source, false)
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    let project = match arguments.project(invocation) {
        Ok(project) => project,
        Err(message) => {
            note!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    let has_passed = |client: &Client| match project.inputs(client, &arguments.reading) {
        Ok((source, config)) => lint(&source, &config, arguments),
        Err(message) => {
            note!("error: {message}");
            false
        }
    };
    let failures = project.clients.iter().filter(|client| !has_passed(client)).count();
    if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Arguments {
    /// Returns the clients whose documents are read.
    fn project(&self, invocation: &Invocation) -> Result<Project, String> {
        let mut project = match &self.input {
            Some(input) => {
                let client = Client::new(input.clone(), PathBuf::new(), "linted".to_owned());
                Project { clients: vec![client], ..Project::find(invocation)? }
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
fn lint(source: &dyn Source, config: &Config, arguments: &Arguments) -> bool {
    let diagnostics = findings(source, config, &arguments.allow);
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
        output!("{} findings", findings.len());
    }
    !(failed || (arguments.deny && !findings.is_empty()))
}
