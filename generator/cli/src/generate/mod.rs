//! `clientgen generate` and `clientgen check`: generate the crates of clients and write them to disk, or
//! compare them with the files on disk.
//!
//! Leaves the settings of clients to [`crate::project`], the content of the files to the generator, and
//! changes on disk to [`crate::crate_dir`].

mod command;
pub mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use clientgen::{Config, Diagnostic, Generation, Severity};
use similar::TextDiff;

use crate::crate_dir::{Access, Changes, CrateDir};
use crate::invocation::Invocation;
use crate::labelled::{LabelledFiles, label};
use crate::project::settings::{Client, Extra};
use crate::project::{Project, shown};
use crate::reading::Reading;
use crate::report::{DiagnosticFormat, Reporter, Stream};
use crate::shape::Shape;
use crate::terminal::{counted, finish, note, output};

/// The number of files for which `check` shows a diff.
const MAX_DIFFS: usize = 3;

/// The arguments of `generate`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    client: ClientArguments,
    /// Do what the command `check` does
    #[arg(long)]
    check: bool,
    /// Do what the command `watch` does
    #[arg(long, conflicts_with_all = ["check", "quiet"])]
    watch: bool,
}

/// The arguments of all commands that generate crates.
#[derive(Debug, Args)]
pub(crate) struct ClientArguments {
    /// Use only the client of clientgen.toml with this package name; can be repeated [default: all]
    #[arg(long, value_name = "NAME")]
    client: Vec<String>,
    /// Use this OpenAPI document, with the options below, instead of clientgen.toml
    #[arg(long, alias = "spec", value_name = "FILE", requires = "output", requires = "name")]
    #[arg(conflicts_with = "client")]
    input: Option<PathBuf>,
    /// An OpenAPI overlay to apply; can be repeated
    #[arg(long, value_name = "FILE")]
    overlay: Vec<PathBuf>,
    /// The folder of the crate
    #[arg(long, alias = "out", value_name = "DIR")]
    output: Option<PathBuf>,
    /// The name of the crate
    #[arg(long, value_name = "CRATE", value_parser = crate::project::crate_name)]
    name: Option<String>,
    #[command(flatten)]
    shape: Shape,
    /// Generate extras; can be repeated
    #[arg(long, alias = "with", value_enum, value_name = "EXTRA", value_delimiter = ',')]
    extras: Vec<Extra>,
    /// Fail if the crate cannot express everything in the document exactly
    #[arg(long)]
    strict: bool,
    /// Print errors only
    #[arg(long)]
    quiet: bool,
    /// The format of diagnostics
    #[arg(long, value_enum, default_value_t = DiagnosticFormat::Text)]
    format: DiagnosticFormat,
    #[command(flatten)]
    reading: Reading,
}

/// Generates the crate of each client of a configuration, as `clientgen generate` does. Writes nothing.
///
/// # Errors
///
/// The configuration cannot be read. Errors of documents are diagnostics of the results.
pub fn generations(config: &Path) -> Result<Vec<Generation>, String> {
    let invocation = Invocation {
        program: "clientgen",
        folder: PathBuf::new(),
        config: Some(config.to_owned()),
    };
    let project = Project::find(&invocation)?;
    let generated = project.clients.iter().map(|client| {
        let (source, config) = project.inputs(client, &Reading::default())?;
        Ok(clientgen::generate(&source, &config))
    });
    generated.collect()
}

/// Runs `generate`.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    match (arguments.watch, arguments.check) {
        (true, _) => watch(&arguments.client, invocation),
        (_, true) => check(&arguments.client, invocation),
        (false, false) => finish(generate(&arguments.client, invocation, Access::Write)),
    }
}

/// Runs `check`.
pub(crate) fn check(arguments: &ClientArguments, invocation: &Invocation) -> ExitCode {
    finish(generate(arguments, invocation, Access::Check))
}

/// Runs `watch`.
pub(crate) fn watch(arguments: &ClientArguments, invocation: &Invocation) -> ExitCode {
    finish(watch::run(arguments, invocation))
}

/// Writes or checks each client. A client with an error does not keep the others from being written.
fn generate(
    arguments: &ClientArguments,
    invocation: &Invocation,
    access: Access,
) -> Result<ExitCode, String> {
    let project = arguments.project(invocation)?;
    let reporter = Reporter::new(arguments.format);
    let outcomes = project.clients.iter().map(|client| {
        let job = Job { arguments, invocation, project: &project, client, reporter: &reporter };
        finish(job.run(access))
    });
    let failures = outcomes.filter(|code| *code != ExitCode::SUCCESS).count();
    reporter.finish();
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl ClientArguments {
    /// Returns the clients: those of the configuration, with the options that override it, or the one that
    /// the options describe.
    fn project(&self, invocation: &Invocation) -> Result<Project, String> {
        let mut project = match (&self.input, &self.output, &self.name) {
            (Some(input), Some(output), Some(name)) => {
                let client = Client::new(input.clone(), output.clone(), name.clone());
                Project::of(client, invocation)?
            }
            _ => Project::with_clients(invocation, &self.client)?,
        };
        if project.clients.len() > 1 && (self.output.is_some() || self.name.is_some()) {
            return Err(
                "--output and --name are for one client: choose it with --client".to_owned()
            );
        }
        project.clients.iter_mut().for_each(|client| self.apply(client));
        Ok(project)
    }

    /// Overrides the settings of a client with the options that were given.
    fn apply(&self, client: &mut Client) {
        if !self.overlay.is_empty() {
            client.overlays.clone_from(&self.overlay);
        }
        if let Some(output) = &self.output {
            client.output.clone_from(output);
        }
        if let Some(name) = &self.name {
            client.package.name.clone_from(name);
        }
        if !self.extras.is_empty() {
            client.extras.clone_from(&self.extras);
        }
        client.strict |= self.strict;
        self.shape.apply(client);
    }

    /// Whether nothing but results is printed.
    fn is_silent(&self) -> bool {
        self.quiet || self.format != DiagnosticFormat::Text
    }

    fn report(&self, generation: &Generation, reporter: &Reporter) {
        for diagnostic in &generation.diagnostics {
            if diagnostic.severity == Severity::Error || !self.quiet {
                reporter.report(diagnostic, Stream::Error);
            }
        }
    }
}

/// The generation of one client.
struct Job<'a> {
    arguments: &'a ClientArguments,
    invocation: &'a Invocation,
    project: &'a Project,
    client: &'a Client,
    reporter: &'a Reporter,
}

impl Job<'_> {
    fn run(&self, access: Access) -> Result<ExitCode, String> {
        let start = Instant::now();
        // Locks the folder before reading, so that the last run to write has read the latest files.
        let dir = self.open(access)?;
        let (source, config) = self.inputs()?;
        let generation = clientgen::generate(&source, &config);
        self.arguments.report(&generation, self.reporter);
        let files = files(&generation).map_err(|errors| match access {
            Access::Write => format!("nothing was written to {} because of {errors}", self.label()),
            Access::Check => format!("{} was not checked because of {errors}", self.label()),
        })?;
        let changes = dir.compare(files)?;
        if access == Access::Check {
            return self.check(&dir, &changes, files);
        }
        dir.write(files, &changes)?;
        if !self.arguments.is_silent() {
            self.summarize(&config, &generation, &changes);
            output!("took     {:.2} s", start.elapsed().as_secs_f64());
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Opens the folder of the crate. Waits for other runs and finishes interrupted ones.
    fn open(&self, access: Access) -> Result<CrateDir, String> {
        CrateDir::open(&self.client.output, access, &mut |note| {
            if !self.arguments.is_silent() {
                note!("note: {note}");
            }
        })
    }

    fn inputs(&self) -> Result<(LabelledFiles, Config), String> {
        self.project.inputs(self.client, &self.arguments.reading)
    }

    /// Returns the name of the folder in messages.
    fn label(&self) -> String {
        label(&self.client.output, self.project.folder())
    }

    fn summarize(&self, config: &Config, generation: &Generation, changes: &Changes) {
        let warnings = generation.diagnostics.len();
        let Generation { operations, types, .. } = generation;
        let read: Vec<&str> =
            std::iter::once(&config.document).chain(&config.overlays).map(String::as_str).collect();
        output!("read     {}", read.join(", "));
        let (operations, types) = (counted(*operations, "operation"), counted(*types, "type"));
        output!("wrote    {}: {operations}, {types}", self.label());
        output!(
            "files    {} changed, {} added, {} removed, {} unchanged",
            changes.changed.len(),
            changes.missing.len(),
            changes.stale.len(),
            changes.unchanged
        );
        output!("warnings {warnings}");
    }

    fn check(
        &self,
        dir: &CrateDir,
        changes: &Changes,
        files: &BTreeMap<String, String>,
    ) -> Result<ExitCode, String> {
        let folder = shown(dir.path());
        if changes.is_empty() {
            if !self.arguments.is_silent() {
                output!("{folder} is up to date");
            }
            return Ok(ExitCode::SUCCESS);
        }
        let command = command::write(self.arguments, self.invocation);
        if self.arguments.format != DiagnosticFormat::Text {
            return Err(format!("{folder} is not up to date; to update it: {command}"));
        }
        show(dir, changes, files);
        output!("to update it: {command}");
        Ok(ExitCode::FAILURE)
    }
}

/// Returns the files of the crate, or the number of errors if the document has errors.
fn files(generation: &Generation) -> Result<&BTreeMap<String, String>, String> {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    generation.files.as_ref().ok_or_else(|| {
        let errors = generation.diagnostics.iter().filter(is_error).count();
        counted(errors, "error")
    })
}

/// Lists the files that are not up to date, with a diff of the first ones.
fn show(dir: &CrateDir, changes: &Changes, files: &BTreeMap<String, String>) {
    let lists =
        [("changed", &changes.changed), ("missing", &changes.missing), ("stale", &changes.stale)];
    for (state, paths) in lists {
        paths.iter().for_each(|path| output!("{state:8} {path}"));
    }
    for path in changes.changed.iter().take(MAX_DIFFS) {
        output!("\n{}", diff(dir, path, files));
    }
}

/// Returns the diff of a file.
fn diff(dir: &CrateDir, path: &str, files: &BTreeMap<String, String>) -> String {
    let (old, new) =
        (dir.read(path).unwrap_or_default(), files.get(path).map_or("", String::as_str));
    let diff = TextDiff::from_lines(old.as_str(), new);
    let mut diff = diff.unified_diff();
    diff.context_radius(2).header(&format!("a/{path}"), &format!("b/{path}")).to_string()
}
