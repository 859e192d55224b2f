//! `cargo xtask vendor`: upstream's document in, the document of this project out.
//!
//! This module says what happens in which order, and what is written. What is kept of upstream's
//! document is up to `cut`, what its parts are called to `names`, what counts as a difference
//! to `facts`, and how a document keeps its own words to `carry`.

mod carry;
mod cut;
mod facts;
mod header;
mod job;
mod names;
mod settings;
mod upstream;
mod vendored;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clientgen::diagnostics::Diagnostics;
use clientgen::load;
use clientgen::pointer::Pointer;
use clientgen::source::read_named;
use clientgen::{Diagnostic, Severity};
use serde_json::{Map, Value};

use crate::labelled::label;
use crate::reading::Reading;
use crate::report;
use crate::root;
use crate::terminal::note;
use job::{Facts, Job, Target};
use settings::File;
use upstream::Upstream;
use vendored::Vendored;

/// What the command is told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The root of upstream's document
    #[arg(value_name = "ROOT")]
    document: PathBuf,
    /// What is kept of it [default: spec/vendor.toml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The document that is written [default: the one beside the settings that they name]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write nothing; fail if the document does not say what upstream's says
    #[arg(long)]
    check: bool,
    /// Write the document anew with upstream's words, also if it has words of its own, which are lost
    #[arg(long)]
    force: bool,
    /// Say nothing but errors
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match vendor(arguments) {
        Ok(code) => code,
        Err(message) => {
            note!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The document that the command writes where there is none yet: what settings choose of upstream's
/// document, in one file, with upstream's words.
///
/// # Errors
///
/// A file cannot be read, upstream's root is no OpenAPI document, or the settings ask for what it
/// does not have: all that is wrong, in one text.
pub fn document(root: &Path, settings: &str) -> Result<String, String> {
    vendored(root, settings, |facts, _| Some(facts.vendored.text.clone()))
}

/// Brings a document with words of its own up to date with upstream's facts, and returns it as the
/// command writes it.
///
/// # Errors
///
/// Those of [`document`], and a document that cannot be read.
pub fn update(root: &Path, settings: &str, there: &str) -> Result<String, String> {
    let there = BTreeMap::from([("there".to_owned(), there.to_owned())]);
    vendored(root, settings, |facts, diagnostics| {
        let document = load::load(&there, "there", diagnostics)?;
        Some(facts.update("there", &there["there"], &document).map(|updated| updated.text))
    })?
}

/// Reads upstream's document, and makes something of its facts.
fn vendored<T>(
    root: &Path,
    settings: &str,
    make: impl FnOnce(&Facts<'_>, &mut Diagnostics) -> Option<T>,
) -> Result<T, String> {
    let mut diagnostics = Diagnostics::default();
    let settings = File::parse("vendor.toml", settings, &mut diagnostics);
    let (source, name) = Upstream::of(root, &Reading::default());
    let source = source.with_root(settings.as_ref().and_then(|file| file.settings.root.as_deref()));
    let made = settings.as_ref().and_then(|settings| {
        let vendored = Vendored::read(&source, &name, settings, &mut diagnostics)?;
        make(&Facts { settings, vendored: &vendored, source: &source }, &mut diagnostics)
    });
    made.ok_or_else(|| {
        let found = diagnostics.located(&source, false);
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
    })
}

fn vendor(arguments: &Arguments) -> Result<ExitCode, String> {
    let config = arguments.config.clone().unwrap_or_else(|| root().join("spec/vendor.toml"));
    let reading = &arguments.reading;
    let text = read_named(&config, reading.limits().file_bytes)
        .map_err(|error| format!("{}: {error}", config.display()))?;
    let mut diagnostics = Diagnostics::default();
    let settings = File::parse(&label(&config, &root()), &text, &mut diagnostics);
    let (source, name) = Upstream::of(&arguments.document, reading);
    // The command line counts more than the settings.
    let of_settings = settings.as_ref().and_then(|file| file.settings.root.as_deref());
    let source = source.with_root(of_settings.filter(|_| reading.root.is_none()));
    let vendored = settings
        .as_ref()
        .and_then(|settings| Vendored::read(&source, &name, settings, &mut diagnostics));
    let (Some(settings), Some(vendored)) = (settings, vendored) else {
        let errors = say(&diagnostics.located(&source, false), arguments.quiet);
        return Err(format!("{errors} errors, nothing was written"));
    };
    say(&diagnostics.located(&source, false), arguments.quiet);
    let out = match &arguments.out {
        Some(out) => out.clone(),
        None => beside(&config, &settings.settings.document)?,
    };
    let target = Target::read(&out)?;
    let facts = Facts { settings: &settings, vendored: &vendored, source: &source };
    let job = Job { arguments, facts };
    if arguments.check { Ok(job.check(&target)) } else { job.write(&target) }
}

/// The file beside the settings that they name. They cannot name another folder.
fn beside(config: &Path, document: &str) -> Result<PathBuf, String> {
    let mut parts = Path::new(document).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(name)), None) => Ok(config.with_file_name(name)),
        _ => Err(format!(
            "{}: `document` is `{document}`, and must be the name of a file in the same folder; \
             --out writes elsewhere",
            label(config, &root())
        )),
    }
}

/// Prints what is to be said about documents: errors, and the rest unless it is not wanted. How many
/// errors there are is the answer.
fn say(found: &[Diagnostic], quiet: bool) -> usize {
    let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
    for diagnostic in found.iter().filter(|found| !quiet || is_error(found)) {
        report::say(diagnostic, report::Format::Text);
    }
    found.iter().filter(is_error).count()
}

/// Puts a node into a document, with the objects on the way to it.
fn insert(document: &mut Value, at: &Pointer, node: Value) {
    let mut place = document;
    for step in at.tokens() {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(parent) = place.as_object_mut() else { return };
        place = parent.entry(step).or_insert(Value::Null);
    }
    *place = node;
}
