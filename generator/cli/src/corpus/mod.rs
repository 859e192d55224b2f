//! `clientgen corpus`: runs the generator on many documents and prints a table of the results.
//!
//! Each document is generated in a child process ([`child`]), so that a crash does not end the run. The
//! crates can be checked by the compiler ([`check`]) and by round trips of schema instances
//! ([`round_trips`]). [`table`] formats the result.

mod block;
mod check;
pub(crate) mod child;
mod documents;
mod report;
mod round_trips;
mod table;
mod workspace;

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clientgen::Limits;

use crate::invocation::Invocation;
use crate::project::Project;
use crate::reading::Reading;
use crate::terminal::{self, note, output};
use documents::Document;
use report::{Check, Report, Row};
use workspace::Workspace;

/// The arguments of the command.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// OpenAPI documents, or folders with documents: .json, .yaml and .yml files that have `openapi`
    /// or `swagger` at their root. Subfolders are not searched
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The folder for the crates and their build artifacts [default: target/corpus]
    #[arg(long, alias = "out", value_name = "DIR")]
    output: Option<PathBuf>,
    /// Check each crate with the compiler, with warnings denied
    #[arg(long)]
    check: bool,
    /// Decode and encode instances of each component schema with the crate: the result must be equal
    #[arg(long)]
    round_trip: bool,
    /// The maximum time to generate a document
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    timeout: u64,
    /// Write the rows of the table to a file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Print the table as Markdown
    #[arg(long, requires = "date")]
    markdown: bool,
    /// Write the table to a Markdown file, between the marker comments
    #[arg(long, value_name = "FILE", requires = "date")]
    write: Option<PathBuf>,
    /// The date in the Markdown table
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    date: Option<String>,
    /// Print all diagnostics, not only their counts
    #[arg(long)]
    diagnostics: bool,
    /// Print the maximum use of each limit
    #[arg(long)]
    limits: bool,
    /// Print errors only
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, invocation: &Invocation) -> ExitCode {
    match corpus(arguments, invocation) {
        Ok(rows) if rows.iter().all(Row::has_passed) => ExitCode::SUCCESS,
        Ok(rows) => {
            let failed = rows.iter().filter(|row| !row.has_passed());
            failed.for_each(|row| note!("{}", row.failure()));
            ExitCode::FAILURE
        }
        Err(message) => {
            note!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn corpus(arguments: &Arguments, invocation: &Invocation) -> Result<Vec<Row>, String> {
    let documents = documents::find(&arguments.paths)?;
    let project = Project::find(invocation)?;
    let folder = project.folder().unwrap_or(Path::new(""));
    let out = arguments.output.clone().unwrap_or_else(|| folder.join("target").join("corpus"));
    let out = std::path::absolute(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let workspace = Workspace::new(&out, &folder.join("Cargo.lock"));
    let progress = Progress { is_shown: !arguments.quiet && std::io::stderr().is_terminal() };
    let timeout = Duration::from_secs(arguments.timeout);
    let mut reports = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        progress.show(number, documents.len(), "generating", document);
        reports.push(child::generate(document, &workspace, timeout, &arguments.reading)?);
    }
    let mut rows: Vec<Row> =
        documents.iter().zip(&reports).map(|(document, report)| report.row(document)).collect();
    if arguments.check || arguments.round_trip {
        compile(arguments, &workspace, &documents, &reports, &mut rows, &progress)?;
    }
    progress.end();
    print(arguments, &rows, &reports)?;
    Ok(rows)
}

/// Compiles the crates, runs their round trips, and adds the results to the rows.
fn compile(
    arguments: &Arguments,
    workspace: &Workspace,
    documents: &[Document],
    reports: &[Report],
    rows: &mut [Row],
    progress: &Progress,
) -> Result<(), String> {
    let generated = || documents.iter().zip(reports).filter(|(_, report)| report.has_crate());
    if arguments.round_trip {
        for (document, report) in generated() {
            round_trips::write_program(document, report, workspace)?;
        }
    }
    let members = generated().map(|(document, _)| document.crate_name.as_str()).collect::<Vec<_>>();
    workspace.write_manifest(&members, arguments.round_trip)?;
    for (number, ((document, report), row)) in
        documents.iter().zip(reports).zip(rows).enumerate().filter(|(_, ((_, r), _))| r.has_crate())
    {
        if arguments.check {
            progress.show(number, documents.len(), "checking", document);
            check::check(document, workspace, row)?;
        }
        if arguments.round_trip && row.check != Check::Failed {
            progress.show(number, documents.len(), "round trips of", document);
            row.round_trips =
                Some(round_trips::run(document, report, workspace, &arguments.reading)?);
        }
    }
    Ok(())
}

fn print(arguments: &Arguments, rows: &[Row], reports: &[Report]) -> Result<(), String> {
    if let Some(path) = &arguments.json {
        crate::atomic::write(path, &table::json(rows))?;
    }
    if let Some(file) = &arguments.write {
        block::write(file, &table::markdown(rows, arguments.date.as_deref()))?;
    }
    if arguments.quiet {
        return Ok(());
    }
    if arguments.diagnostics {
        let all = reports.iter().flat_map(|report| &report.diagnostics);
        all.for_each(|diagnostic| output!("{}\n", diagnostic.text));
    }
    match arguments.markdown {
        true => output!("{}", table::markdown(rows, arguments.date.as_deref())),
        false => output!("{}", table::text(rows)),
    }
    rows.iter()
        .filter_map(|row| row.round_trips.as_ref())
        .for_each(|trips| output!("{}", trips.to_string().trim_end_matches('\n')));
    if !arguments.diagnostics {
        print_counts(reports);
    }
    if arguments.limits {
        print_limits(rows, reports, &arguments.reading.limits());
    }
    Ok(())
}

/// Prints the maximum use of each limit, and the document that has it.
fn print_limits(rows: &[Row], reports: &[Report], limits: &Limits) {
    for (name, limit) in limits.entries() {
        let used = reports.iter().map(|report| report.used.get(name).copied().unwrap_or_default());
        let max = used.zip(rows).max_by_key(|(used, _)| *used);
        let Some((used, row)) = max else { continue };
        // Exact: the numbers are far below 2^52.
        let factor = limit as f64 / used.max(1) as f64;
        output!("{name:>12}: {used} of {limit} ({factor:.0} times as many) in {}", row.document);
    }
}

fn print_counts(reports: &[Report]) {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for diagnostic in reports.iter().flat_map(|report| &report.diagnostics) {
        *counts.entry((&diagnostic.effect, &diagnostic.code)).or_default() += 1;
    }
    counts.iter().for_each(|((effect, code), count)| output!("{count:>6} {code} ({effect})"));
}

/// The progress of the run, as a line on the terminal.
struct Progress {
    is_shown: bool,
}

impl Progress {
    fn show(&self, number: usize, of: usize, step: &str, document: &Document) {
        if self.is_shown {
            terminal::progress(&format!("[{}/{of}] {step} {}", number + 1, document.name));
        }
    }

    fn end(&self) {
        if self.is_shown {
            terminal::progress("");
        }
    }
}

fn date(text: &str) -> Result<String, String> {
    let is_valid = |(index, c): (usize, char)| match index {
        4 | 7 => c == '-',
        _ => c.is_ascii_digit(),
    };
    if text.len() == 10 && text.chars().enumerate().all(is_valid) {
        return Ok(text.to_owned());
    }
    Err("a date must be written as YYYY-MM-DD, such as 2026-01-31".to_owned())
}
