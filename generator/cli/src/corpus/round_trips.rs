//! Runs the round trips of a document: builds a program with its crate and compares the results.

use std::fmt;
use std::fs;

use serde::Serialize;

use super::child::input;
use super::documents::Document;
use super::report::Report;
use super::workspace::Workspace;
use crate::reading::Reading;
use crate::round_trip::{compare, manifest, plan, program, send};

/// The number of failures of a document that are listed.
const MAX_FAILURES: usize = 20;
/// The number of characters of an instance or a result that are shown.
const MAX_CHARACTERS: usize = 400;

/// The results of the round trips of a document.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RoundTrips {
    pub(crate) ok: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    /// The reason why no instance could be sent.
    pub(crate) message: Option<String>,
    /// The first failures.
    pub(crate) failures: Vec<Failure>,
}

/// A failed round trip.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    pub(crate) document: String,
    pub(crate) component: String,
    pub(crate) instance: String,
    pub(crate) error: String,
}

impl RoundTrips {
    pub(crate) fn has_passed(&self) -> bool {
        self.failed == 0 && self.message.is_none()
    }

    pub(crate) fn failure(&self) -> Option<String> {
        let failed = (self.failed > 0).then(|| format!("{} round trips failed", self.failed));
        self.message.clone().or(failed)
    }
}

impl fmt::Display for RoundTrips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Failure { document, component, instance, error } in &self.failures {
            writeln!(f, "round trip: {document}, {component}\n  sent {instance}\n  {error}")?;
        }
        let more = self.failed.saturating_sub(self.failures.len());
        if more > 0 { writeln!(f, "  and {more} more") } else { Ok(()) }
    }
}

/// Writes the program that decodes and encodes instances with a crate.
pub(crate) fn write_program(
    document: &Document,
    report: &Report,
    workspace: &Workspace,
) -> Result<(), String> {
    let name = &document.crate_name;
    let folder = workspace.program_folder(name);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder.join("src")).map_err(failed)?;
    let crates = [(name.clone(), format!("../../crates/{name}"))];
    fs::write(folder.join("Cargo.toml"), manifest(&program_name(name), &crates)).map_err(failed)?;
    let text = program(&[(name.clone(), report.components.clone())]);
    fs::write(folder.join("src").join("main.rs"), text).map_err(failed)
}

/// Builds the program, runs it and compares the results. An error means that the run cannot continue.
pub(crate) fn run(
    document: &Document,
    report: &Report,
    workspace: &Workspace,
    reading: &Reading,
) -> Result<RoundTrips, String> {
    let name = program_name(&document.crate_name);
    let output = workspace
        .cargo("build", &name)
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let error = stderr.lines().skip_while(|line| !line.starts_with("error")).take(6);
        let message = format!(
            "the program of the round trips was not built: {}",
            error.collect::<Vec<_>>().join("\n")
        );
        return Ok(RoundTrips { message: Some(message), ..RoundTrips::default() });
    }
    Ok(send_all(document, report, workspace, &name, reading)
        .unwrap_or_else(|message| RoundTrips { message: Some(message), ..RoundTrips::default() }))
}

fn send_all(
    document: &Document,
    report: &Report,
    workspace: &Workspace,
    name: &str,
    reading: &Reading,
) -> Result<RoundTrips, String> {
    let (source, config) = input(&document.path, &document.crate_name, reading);
    let plan = plan(&source, &config, &report.components)?;
    let folder = workspace.program_folder(&document.crate_name);
    let results = send(&workspace.program(name), &folder, &plan.trips)?;
    let mut trips = RoundTrips { skipped: plan.skipped, ..RoundTrips::default() };
    for (trip, result) in plan.trips.iter().zip(&results) {
        let Some(error) = compare(&plan, trip, result) else {
            trips.ok += 1;
            continue;
        };
        trips.failed += 1;
        if trips.failures.len() < MAX_FAILURES {
            trips.failures.push(Failure {
                document: document.name.clone(),
                component: trip.component.clone(),
                instance: shortened(&trip.instance.to_string()),
                error: shortened(&error),
            });
        }
    }
    Ok(trips)
}

fn program_name(crate_name: &str) -> String {
    format!("round-trip-{crate_name}")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
