//! The command line of `clientgen lint`: which documents are linted, and what happens with the findings.
//!
//! Takes the arguments and prints the findings of each client in the chosen format. With `--fix`, it writes an
//! overlay for each client.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use clientgen::diagnostics::Effect;
use clientgen::{Diagnostic, Severity};
use serde_json::Value;

use super::{CODES, Linted, linted};
use crate::atomic;
use crate::invocation::Invocation;
use crate::project::Project;
use crate::project::settings::Client;
use crate::reading::Reading;
use crate::report::{DiagnosticFormat, Reporter, Stream};
use crate::terminal::{counted, finish, note, output};

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
    /// as components for repeated schemas: see what `changes` says. With several clients, the name of each is
    /// added to the name of its file
    #[arg(long, value_name = "FILE")]
    fix: Option<PathBuf>,
    /// The format of findings
    #[arg(long, value_enum, default_value_t = DiagnosticFormat::Text)]
    format: DiagnosticFormat,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    finish(lint_all(arguments, invocation))
}

/// Lints the document of each client. One that cannot be read does not keep the others from being linted.
fn lint_all(arguments: &Arguments, invocation: &Invocation) -> Result<ExitCode, String> {
    let project = arguments.project(invocation)?;
    let fixes = arguments.fixes(&project)?;
    let reporter = Reporter::new(arguments.format);
    let mut has_passed = true;
    for (number, client) in project.clients.iter().enumerate() {
        let fix = fixes.get(number).map(PathBuf::as_path);
        has_passed &= lint(client, &project, arguments, fix, &reporter).unwrap_or_else(|message| {
            note!("error: {message}");
            false
        });
    }
    reporter.finish();
    Ok(if has_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lints the document of a client. Returns whether it has passed.
fn lint(
    client: &Client,
    project: &Project,
    arguments: &Arguments,
    fix: Option<&Path>,
    reporter: &Reporter,
) -> Result<bool, String> {
    let (source, config) = project.inputs(client, &arguments.reading)?;
    let Linted { diagnostics, overlay } = linted(&source, &config, &arguments.allowed(client));
    let has_passed = report(&diagnostics, arguments, reporter);
    if let (Some(file), Some(overlay)) = (fix, overlay) {
        write_overlay(file, &overlay)?;
    }
    Ok(has_passed)
}

/// Reports the findings in a document. Returns whether the document has passed.
fn report(diagnostics: &[Diagnostic], arguments: &Arguments, reporter: &Reporter) -> bool {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let has_failed = errors.inspect(|error| reporter.report(error, Stream::Error)).count() > 0;
    // Warnings of the generator's stages are left to `generate`.
    let findings = diagnostics.iter().filter(|diagnostic| diagnostic.effect == Effect::None);
    let count = findings.inspect(|finding| reporter.report(finding, Stream::Output)).count();
    if !has_failed && arguments.format == DiagnosticFormat::Text {
        output!("{}", counted(count, "finding"));
    }
    !(has_failed || (arguments.deny && count > 0))
}

/// Writes the corrections to a file that does not exist yet.
fn write_overlay(file: &Path, overlay: &Value) -> Result<(), String> {
    atomic::create(file, &format!("{overlay:#}\n"))
        .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    let count = overlay["actions"].as_array().map_or(0, Vec::len);
    note!("wrote {}: {}", file.display(), counted(count, "action"));
    Ok(())
}

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

    /// Returns the file for the corrections of each client, or nothing without `--fix`. An overlay is for one
    /// document, so several clients have several files.
    ///
    /// # Errors
    ///
    /// One of the files exists. Nothing has been written then.
    fn fixes(&self, project: &Project) -> Result<Vec<PathBuf>, String> {
        let Some(file) = &self.fix else { return Ok(Vec::new()) };
        let files: Vec<PathBuf> = match project.clients.as_slice() {
            [_] => vec![file.clone()],
            clients => clients.iter().map(|client| named(file, &client.package.name)).collect(),
        };
        match files.iter().find(|file| file.symlink_metadata().is_ok()) {
            Some(existing) => Err(format!(
                "{} exists: choose another name for --fix, or remove it",
                existing.display()
            )),
            None => Ok(files),
        }
    }
}

/// Returns a path with the name of a client in its file name: `fix-pets.json` for `fix.json`.
fn named(file: &Path, client: &str) -> PathBuf {
    let part = |part: Option<&std::ffi::OsStr>| {
        part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let extension = match part(file.extension()) {
        none if none.is_empty() => none,
        extension => format!(".{extension}"),
    };
    file.with_file_name(format!("{}-{client}{extension}", part(file.file_stem())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_its_client() {
        for (file, expected) in
            [("a/fix.json", "a/fix-pets.json"), ("fix", "fix-pets"), ("a.b.yaml", "a.b-pets.yaml")]
        {
            assert_eq!(named(Path::new(file), "pets"), Path::new(expected));
        }
    }
}
