//! `cargo xtask changes`: two documents in, out goes what changes for the users of the crate.
//!
//! What a change means is left to the generator. Where the documents are is left to [`documents`],
//! how the changes look to [`report`], and what is written down of them to [`changelog`].

mod changelog;
mod documents;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use clientgen::Effect;
use clientgen::changes::{self, Bump, Change, Impact, Surface, next_version};

use crate::root;
use crate::terminal::{self, note, say};
use documents::Document;
use report::Report;

use crate::reading::Reading;

/// What the command is told.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The old document [default: spec/reports.yaml as it is committed]
    old: Option<PathBuf>,
    /// The new document [default: spec/reports.yaml as it is in the working tree]
    new: Option<PathBuf>,
    /// An OpenAPI overlay for the old document; can be given several times
    /// [default: spec/reports.overlay.yaml as it is committed, and none if OLD is given]
    #[arg(long, value_name = "FILE", requires = "old")]
    old_overlay: Vec<PathBuf>,
    /// An OpenAPI overlay for the new document; can be given several times
    /// [default: spec/reports.overlay.yaml, and none if NEW is given]
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The revision that has the old document, as git names it [default: HEAD]
    #[arg(long, value_name = "REVISION", conflicts_with = "old")]
    since: Option<String>,
    /// Compare this path of the API and those below it, as `cargo xtask codegen` takes it. Both
    /// documents must have it. Can be given several times, also beside --tag and --operation
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// Compare the operations with this tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Compare the operation with this id
    #[arg(long, value_name = "ID")]
    operation: Vec<String>,
    /// The version of the crate before the changes [default: that of the generated crate]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from_version: Option<String>,
    /// How the changes are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the changes down under "Unreleased" [default file: CHANGELOG.md]
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    changelog: Option<Option<PathBuf>>,
    /// Fail with exit code 1 if there is a change of this kind
    #[arg(long, value_enum, value_name = "KIND")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    reading: Reading,
}

/// How changes are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Sentences, breaking ones first
    Text,
    /// One document of JSON
    Json,
}

/// What makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// What asks for a version that is not compatible
    Breaking,
    /// That, and what goes over the wire otherwise than before
    Behaviour,
}

impl FailOn {
    fn holds(self, change: &Change) -> bool {
        match self {
            Self::Breaking => change.impact >= Impact::Silent,
            Self::Behaviour => change.impact >= Impact::Behaviour,
        }
    }
}

/// Runs the command. What keeps it from comparing is exit code 2, so that it can be told from what
/// `--fail-on` finds.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match compare(arguments) {
        Ok(code) => code,
        Err(message) => {
            note!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn compare(arguments: &Arguments) -> Result<ExitCode, String> {
    let root = root();
    let (old, new) = documents::both(arguments, &root)?;
    let mut changes = changes::compare(&surface(&old)?, &surface(&new)?);
    changes::locate(&mut changes, old.source.as_ref(), new.source.as_ref());
    let now = arguments.from_version.clone().unwrap_or_else(|| old.config.crate_version.clone());
    let bump = Bump::of(&changes);
    let next = next_version(&now, bump).ok_or_else(|| format!("there is none after {now}"))?;
    let report =
        Report { old: &old.name, new: &new.name, now: &now, next: &next, bump, changes: &changes };
    match arguments.format {
        Format::Text => say!("{}", report.text().trim_end_matches('\n')),
        Format::Json => terminal::json(&format!("{:#}", report.json())),
    }
    if let Some(path) = &arguments.changelog {
        let path = path.clone().unwrap_or_else(|| root.join("CHANGELOG.md"));
        let done = changelog::write(&path, &report)?;
        note!("{}: {done}", path.display());
    }
    let fails = |fail_on: FailOn| changes.iter().any(|change| fail_on.holds(change));
    let failed = arguments.fail_on.is_some_and(fails);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The API of a document. What it costs that the document is not as it should be is printed, because
/// it can be the reason of a change.
fn surface(document: &Document) -> Result<Surface, String> {
    let description = clientgen::describe(document.source.as_ref(), &document.config);
    let faults = description.diagnostics.iter().filter(|found| found.effect > Effect::None);
    faults.for_each(|fault| crate::report::say(fault, crate::report::Format::Text));
    description.surface.ok_or_else(|| format!("{} cannot be compared", document.name))
}

fn version(text: &str) -> Result<String, String> {
    match next_version(text, Bump::None) {
        Some(version) => Ok(version),
        None => Err("a version is three numbers, such as 0.1.0".to_owned()),
    }
}
