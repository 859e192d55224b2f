//! `clientgen schema`: prints the JSON Schema of `clientgen.toml`, for editors.

use std::process::ExitCode;

use crate::project::settings;
use crate::terminal;

/// Runs the command.
pub(crate) fn run() -> ExitCode {
    terminal::write_json(&format!("{:#}", settings::schema()));
    ExitCode::SUCCESS
}
