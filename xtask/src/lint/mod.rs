//! `cargo xtask lint`: finds mistakes in a document that are valid OpenAPI.
//!
//! Takes a document with its overlays and returns findings, each with its location and an overlay action
//! that corrects it. Leaves diagnostics of the generator to `codegen`.

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

use crate::codegen::documents;
use crate::reading::Reading;
use crate::report::{self, Format};
use crate::root;
use crate::terminal::{self, output};
use document::Document;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The OpenAPI document [default: spec/reports.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An OpenAPI overlay to apply; can be repeated
    /// [default: spec/reports.overlay.yaml, or none if --spec is given]
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
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let name = "linted".to_owned();
    let (spec, overlays, reading) = (&arguments.spec, &arguments.overlay, &arguments.reading);
    let (source, config) = documents(spec.as_deref(), overlays, name, &root(), reading);
    let diagnostics = findings(&source, &config, &arguments.allow);
    // Warnings of the generator's stages are left to `codegen`.
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
    match failed || (arguments.deny && !findings.is_empty()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
