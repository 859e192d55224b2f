//! `clientgen vendor`: updates a copy of an upstream document, or of a part of it.
//!
//! This module orders the steps. `cut` selects the part of the upstream document, `names` names its
//! components, `facts` compares documents, and `carry` updates a document that has its own prose.

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
use clientgen::source::read_named;
use clientgen::{Diagnostic, Severity};

use crate::invocation::Invocation;
use crate::labelled::label;
use crate::project::Project;
use crate::reading::Reading;
use crate::report;
use crate::terminal::{counted, finish};
use job::{Facts, Job, Target};
use settings::File;
use upstream::Upstream;
use vendored::Vendored;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The root file of the upstream document
    #[arg(value_name = "ROOT")]
    document: PathBuf,
    /// The settings: which part of the document is kept
    /// [default: vendor.toml beside the document of the client]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The client of clientgen.toml, by its package name; not needed if there is one client only
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// The document to write [default: the file that the settings name, in their folder]
    #[arg(long, alias = "out", value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write nothing; fail if the document differs from upstream
    #[arg(long)]
    check: bool,
    /// Overwrite the document with upstream's prose, even if it has its own prose, which is lost
    #[arg(long)]
    force: bool,
    /// Print errors only
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    finish(vendor(arguments, invocation))
}

/// Returns the document that the command writes if there is none yet: the selected part of the upstream
/// document, in one file, with upstream's prose.
///
/// # Errors
///
/// A file cannot be read, the root is not an OpenAPI document, or it does not have what the settings
/// select. The message has all diagnostics.
pub fn document(root: &Path, settings: &str) -> Result<String, String> {
    with_facts(root, settings, |facts, _| Some(facts.vendored.text.clone()))
}

/// Updates a document that has its own prose with upstream's facts, and returns it as the command writes
/// it.
///
/// # Errors
///
/// The errors of [`document`], and an existing document that cannot be read.
pub fn update(root: &Path, settings: &str, existing: &str) -> Result<String, String> {
    let source = BTreeMap::from([("existing".to_owned(), existing.to_owned())]);
    with_facts(root, settings, |facts, diagnostics| {
        let document = load::load(&source, "existing", diagnostics)?;
        Some(facts.update("existing", existing, &document).map(|updated| updated.text))
    })?
}

/// Reads the upstream document and calls a function with its facts. Returns all diagnostics if either
/// fails.
fn with_facts<T>(
    root: &Path,
    settings: &str,
    use_facts: impl FnOnce(&Facts<'_>, &mut Diagnostics) -> Option<T>,
) -> Result<T, String> {
    let mut diagnostics = Diagnostics::default();
    let settings = File::parse("vendor.toml", settings, &mut diagnostics);
    let (source, name) = Upstream::new(root, &Reading::default());
    let source = source.with_root(settings.as_ref().and_then(|file| file.settings.root.as_deref()));
    let result = settings.as_ref().and_then(|settings| {
        let vendored = Vendored::read(&source, &name, settings, &mut diagnostics)?;
        use_facts(&Facts { settings, vendored: &vendored, source: &source }, &mut diagnostics)
    });
    result.ok_or_else(|| {
        let located = diagnostics.located(&source, false);
        located.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
    })
}

fn vendor(arguments: &Arguments, invocation: &Invocation) -> Result<ExitCode, String> {
    let project = Project::find(invocation)?;
    let folder = project.folder();
    let file = settings_file(arguments, &project)?;
    let reading = &arguments.reading;
    let text = read_named(&file, reading.limits().file_bytes)
        .map_err(|error| format!("{}: {error}", file.display()))?;
    let mut diagnostics = Diagnostics::default();
    let settings = File::parse(&label(&file, folder), &text, &mut diagnostics);
    let (source, name) = Upstream::new(&arguments.document, reading);
    // The command line overrides the settings.
    let root_of_settings = settings.as_ref().and_then(|file| file.settings.root.as_deref());
    let source = source.with_root(root_of_settings.filter(|_| reading.root.is_none()));
    let vendored = settings
        .as_ref()
        .and_then(|settings| Vendored::read(&source, &name, settings, &mut diagnostics));
    let (Some(settings), Some(vendored)) = (settings, vendored) else {
        let errors = print(&diagnostics.located(&source, false), arguments.quiet);
        return Err(format!("nothing was written because of {}", counted(errors, "error")));
    };
    print(&diagnostics.located(&source, false), arguments.quiet);
    let out = match &arguments.output {
        Some(out) => out.clone(),
        None => in_same_folder(&file, &settings.settings.document)
            .map_err(|error| format!("{}: {error}", label(&file, folder)))?,
    };
    let target = Target::read(&out, folder)?;
    let facts = Facts { settings: &settings, vendored: &vendored, source: &source };
    let job = Job { arguments, facts };
    if arguments.check { Ok(job.check(&target)) } else { job.write(&target) }
}

/// Returns the path of the settings.
fn settings_file(arguments: &Arguments, project: &Project) -> Result<PathBuf, String> {
    if let Some(file) = &arguments.settings {
        return Ok(file.clone());
    }
    match project.one(arguments.client.as_deref()) {
        Ok(Some(client)) => Ok(client.input.with_file_name("vendor.toml")),
        Ok(None) | Err(_) => {
            Err("the settings are unknown: name them with --settings, or the client in \
             clientgen.toml whose document is updated with --client"
                .to_owned())
        }
    }
}

/// Returns the path of the document in the folder of the settings. They cannot name another folder.
fn in_same_folder(settings: &Path, document: &str) -> Result<PathBuf, String> {
    let mut components = Path::new(document).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(name)), None) => Ok(settings.with_file_name(name)),
        _ => Err(format!(
            "`document` must be the name of a file in the same folder, not `{document}`; \
             use --output to write elsewhere"
        )),
    }
}

/// Prints diagnostics, or errors only if `quiet`. Returns the number of errors.
fn print(diagnostics: &[Diagnostic], quiet: bool) -> usize {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    for diagnostic in diagnostics.iter().filter(|one| !quiet || is_error(one)) {
        report::print(diagnostic, report::Format::Text);
    }
    diagnostics.iter().filter(is_error).count()
}
