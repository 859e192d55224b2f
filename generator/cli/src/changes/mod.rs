//! `clientgen changes`: compares two documents and reports what changes for the users of the crate.
//!
//! [`documents`] locates the documents, [`causes`] groups the changes, [`report`] and [`markdown`] format them, and [`changelog`] writes an
//! entry. Leaves the comparison to `clientgen::changes`.

mod causes;
mod changelog;
mod documents;
mod groups;
mod markdown;
mod report;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use clientgen::Effect;
use clientgen::changes::{self, Bump, Change, Impact, Surface, next_version};

use crate::invocation::Invocation;
use crate::project::Project;
use crate::terminal::{self, note, output};
use documents::Document;
use report::Report;

use crate::reading::Reading;
use crate::shape::Shape;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The old document [default: the committed document of the client]
    old: Option<PathBuf>,
    /// The new document [default: the document of the client in the working tree]
    new: Option<PathBuf>,
    /// The client of clientgen.toml, by its package name; not needed if there is one client only
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// An OpenAPI overlay for the old document; can be repeated
    /// [default: the committed overlays of the client, or none if OLD is given]
    #[arg(long, value_name = "FILE", requires = "old")]
    old_overlay: Vec<PathBuf>,
    /// An OpenAPI overlay for the new document; can be repeated
    /// [default: the overlays of the client, or none if NEW is given]
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The git revision with the old document [default: HEAD]
    #[arg(long, value_name = "REVISION", conflicts_with = "old")]
    since: Option<String>,
    #[command(flatten)]
    shape: Shape,
    /// The version of the crate before the changes [default: the version of the client's package]
    #[arg(long, value_name = "VERSION", value_parser = version)]
    from_version: Option<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// List changes with the same cause one by one
    #[arg(long)]
    all: bool,
    /// Add the changes to the section "Unreleased" of a changelog [default file: CHANGELOG.md]
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    changelog: Option<Option<PathBuf>>,
    /// Exit with code 1 if a change has at least this impact
    #[arg(long, value_enum, value_name = "IMPACT")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    reading: Reading,
}

/// The output format of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Sentences, breaking changes first
    Text,
    /// One JSON document
    Json,
    /// Markdown for a comment on a pull request
    Markdown,
}

/// The impact that makes a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Changes that require an incompatible version
    Breaking,
    /// These, and changes of requests or of the treatment of responses
    Behaviour,
}

impl FailOn {
    fn matches(self, change: &Change) -> bool {
        match self {
            Self::Breaking => change.impact >= Impact::Silent,
            Self::Behaviour => change.impact >= Impact::Behaviour,
        }
    }
}

/// Runs the command. Exits with code 2 if the documents cannot be compared, and with code 1 if
/// `--fail-on` matches.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    match compare(arguments, invocation) {
        Ok(code) => code,
        Err(message) => {
            note!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn compare(arguments: &Arguments, invocation: &Invocation) -> Result<ExitCode, String> {
    let project = Project::find(invocation)?;
    let (old, new) = documents::both(arguments, &project, invocation)?;
    let (before, after) = (surface(&old)?, surface(&new)?);
    if let Some(pattern) = before.unmatched.intersection(&after.unmatched).next() {
        return Err(format!("{pattern}, neither in {} nor in {}", old.name, new.name));
    }
    let mut changes = changes::compare(&before.surface, &after.surface);
    changes::locate(&mut changes, old.source.as_ref(), new.source.as_ref());
    let current =
        arguments.from_version.clone().unwrap_or_else(|| old.config.package.version.clone());
    let bump = Bump::of(&changes);
    let next = next_version(&current, bump)
        .ok_or_else(|| format!("there is no version after {current}: its numbers are too large"))?;
    let report = Report {
        old: &old.name,
        new: &new.name,
        current: &current,
        next: &next,
        bump,
        changes: &changes,
        all: arguments.all,
    };
    match arguments.format {
        Format::Text => output!("{}", report.text().trim_end_matches('\n')),
        Format::Json => terminal::write_json(&format!("{:#}", report.json())),
        Format::Markdown => output!("{}", markdown::text(&report).trim_end_matches('\n')),
    }
    if let Some(path) = &arguments.changelog {
        let folder = project.folder().unwrap_or(Path::new(""));
        let path = path.clone().unwrap_or_else(|| folder.join("CHANGELOG.md"));
        let outcome = changelog::write(&path, &report)?;
        note!("{}: {outcome}", path.display());
    }
    let fails = |fail_on: FailOn| changes.iter().any(|change| fail_on.matches(change));
    let failed = arguments.fail_on.is_some_and(fails);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The API surface of a document.
struct Described {
    surface: Surface,
    /// The messages about patterns of the selection that match nothing.
    unmatched: BTreeSet<String>,
}

/// The codes of diagnostics about patterns of the selection that match nothing.
const UNMATCHED: [&str; 3] = ["unknown-operation", "unknown-path", "unknown-tag"];

/// Returns the API surface of a document. Prints its diagnostics with an effect on the crate, because
/// they can be the cause of a change.
fn surface(document: &Document) -> Result<Described, String> {
    let description = clientgen::describe(document.source.as_ref(), &document.config);
    let with_effect = description.diagnostics.iter().filter(|one| one.effect > Effect::None);
    with_effect
        .for_each(|diagnostic| crate::report::print(diagnostic, crate::report::Format::Text));
    let unmatched = description.diagnostics.iter().filter(|one| UNMATCHED.contains(&one.code));
    let unmatched = unmatched.map(|one| one.message.clone()).collect();
    let surface = description.surface;
    let surface = surface.ok_or_else(|| format!("{} cannot be compared", document.name))?;
    Ok(Described { surface, unmatched })
}

fn version(text: &str) -> Result<String, String> {
    match next_version(text, Bump::None) {
        Some(version) => Ok(version),
        None => Err("a version must be three numbers, such as 0.1.0".to_owned()),
    }
}
