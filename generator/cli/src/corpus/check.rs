//! Checks crates with the compiler and measures the time.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use serde_json::Value;

use super::documents::Document;
use super::report::{Check, Row};
use super::workspace::Workspace;

/// The number of lines of a compiler error in a row.
const MAX_ERROR_LINES: usize = 6;

/// Checks a crate and adds the result to its row. The time is that of the crate itself: it starts when
/// the last dependency is compiled.
pub(crate) fn check(
    document: &Document,
    workspace: &Workspace,
    row: &mut Row,
) -> Result<(), String> {
    let stderr = workspace.report(&document.crate_name, "check.stderr");
    let errors =
        std::fs::File::create(&stderr).map_err(|error| format!("{}: {error}", stderr.display()))?;
    let mut child = workspace
        .cargo("check", &document.crate_name)
        .args(["--lib", "--message-format", "json"])
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let mut start = Instant::now();
    let mut first_error = None;
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let message: Value =
            line.ok().and_then(|line| serde_json::from_str(&line).ok()).unwrap_or_default();
        if is_dependency(&message, document) {
            start = Instant::now();
        }
        first_error = first_error.or_else(|| error_in(&message));
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    row.check_seconds = Some(start.elapsed().as_secs_f64());
    row.check = if status.success() { Check::Ok } else { Check::Failed };
    if !status.success() {
        let error = first_error.or_else(|| std::fs::read_to_string(stderr).ok());
        row.message =
            error.map(|text| text.lines().take(MAX_ERROR_LINES).collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}

/// Returns whether a message of cargo reports a compiled dependency.
fn is_dependency(message: &Value, document: &Document) -> bool {
    let own = document.crate_name.replace('-', "_");
    let is_compiled = ["compiler-artifact", "build-script-executed"]
        .contains(&message["reason"].as_str().unwrap_or_default());
    is_compiled && message["target"]["name"].as_str() != Some(own.as_str())
}

fn error_in(message: &Value) -> Option<String> {
    let message = message.get("message").filter(|message| message["level"] == "error")?;
    message["rendered"].as_str().map(str::to_owned)
}
