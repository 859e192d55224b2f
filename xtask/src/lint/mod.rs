//! `cargo xtask lint`: what is valid in a document, and yet wrong or a pity.
//!
//! In comes a document with its overlays, out go findings with their places and the overlay action
//! that would mend each. What the generator cannot express is not told here: `codegen` tells it.

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
use crate::terminal::{self, say};
use document::Document;

/// What the command is told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The OpenAPI document [default: spec/reports.yaml]
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An OpenAPI overlay to apply to it; can be given several times
    /// [default: spec/reports.overlay.yaml, and none if --spec is given]
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// Fail if anything is found
    #[arg(long)]
    deny: bool,
    /// Leave findings of this kind out; can be given several times
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// How to say what is found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    reading: Reading,
}

/// Something that is a pity.
pub(crate) struct Finding {
    /// A short name of the kind, for searching.
    pub(crate) code: &'static str,
    /// Where it is.
    pub(crate) at: Pointer,
    /// What it is.
    pub(crate) message: String,
    /// What would mend it.
    pub(crate) help: String,
}

/// Everything that is looked for.
const LINTS: [fn(&Document) -> Vec<Finding>; 5] = [
    examples::contradicting,
    unused::components,
    descriptions::missing,
    repeated::schemas,
    links::missing,
];

/// What is found in a document, but for findings of some kinds, and what keeps it from being read.
pub fn found(source: &dyn Source, config: &Config, allow: &[String]) -> Vec<Diagnostic> {
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
    let found = found(&source, &config, &arguments.allow);
    // What the generator says of the document is for `codegen` to say.
    let is_finding = |found: &&Diagnostic| found.effect == Effect::None;
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    let mut failed = false;
    for error in errors {
        failed = true;
        report::say(error, arguments.format);
    }
    let findings: Vec<&Diagnostic> = found.iter().filter(is_finding).collect();
    for finding in &findings {
        match arguments.format {
            Format::Text => terminal::out_in_colour(&format!("{}\n", report::text(finding, true))),
            Format::Json => terminal::json(&report::json(finding)),
        }
    }
    if !failed && arguments.format == Format::Text {
        say!("{} findings", findings.len());
    }
    match failed || (arguments.deny && !findings.is_empty()) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    }
}
