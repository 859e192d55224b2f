//! The round trips of a document: a program beside its crate, and what came back from it.

use std::fmt;
use std::fs;

use serde::Serialize;

use super::child::input;
use super::documents::Document;
use super::report::Report;
use super::workspace::Workspace;
use crate::reading::Reading;
use crate::round_trip::{judge, manifest, plan, program, send};

/// How many failures of a document are listed.
const SHOWN: usize = 20;
/// How much of an instance or an answer is shown.
const LONGEST: usize = 400;

/// What came of the instances.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RoundTrips {
    pub(crate) ok: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
    /// Why none could be sent.
    pub(crate) message: Option<String>,
    /// The first failures: component, instance, what went wrong.
    pub(crate) failures: Vec<Failure>,
}

/// An instance that did not come through.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Failure {
    pub(crate) document: String,
    pub(crate) component: String,
    pub(crate) instance: String,
    pub(crate) trouble: String,
}

impl RoundTrips {
    pub(crate) fn is_good(&self) -> bool {
        self.failed == 0 && self.message.is_none()
    }

    pub(crate) fn trouble(&self) -> Option<String> {
        let failed = (self.failed > 0).then(|| format!("{} round trips failed", self.failed));
        self.message.clone().or(failed)
    }
}

impl fmt::Display for RoundTrips {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Failure { document, component, instance, trouble } in &self.failures {
            writeln!(f, "round trip: {document}, {component}\n  sent {instance}\n  {trouble}")?;
        }
        let more = self.failed.saturating_sub(self.failures.len());
        if more > 0 { writeln!(f, "  and {more} more") } else { Ok(()) }
    }
}

/// Writes the program that sends instances through a crate.
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

/// Builds the program, runs it, and compares. An error is a fault of the run.
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
        let said = String::from_utf8_lossy(&output.stderr);
        let error = said.lines().skip_while(|line| !line.starts_with("error")).take(6);
        let message =
            format!("the program was not built: {}", error.collect::<Vec<_>>().join("\n"));
        return Ok(RoundTrips { message: Some(message), ..RoundTrips::default() });
    }
    Ok(compare(document, report, workspace, &name, reading)
        .unwrap_or_else(|message| RoundTrips { message: Some(message), ..RoundTrips::default() }))
}

fn compare(
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
        let Some(trouble) = judge(&plan, trip, result) else {
            trips.ok += 1;
            continue;
        };
        trips.failed += 1;
        if trips.failures.len() < SHOWN {
            trips.failures.push(Failure {
                document: document.name.clone(),
                component: trip.component.clone(),
                instance: short(&trip.instance.to_string()),
                trouble: short(&trouble),
            });
        }
    }
    Ok(trips)
}

fn program_name(crate_name: &str) -> String {
    format!("round-trip-{crate_name}")
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text)),
        None => text.to_owned(),
    }
}
