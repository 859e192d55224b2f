//! The commands of `clientgen`, run on this repository from any folder.
//!
//! Takes the arguments of the process and adds the root of the repository, whose `clientgen.toml` says what
//! to generate. Leaves the commands to `clientgen-cli`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The environment variable with another root of the repository, for tests that work on a copy.
const ROOT: &str = "XTASK_ROOT";

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = manifest.parent().unwrap_or(manifest);
    let root = std::env::var_os(ROOT).map_or_else(|| root.to_owned(), PathBuf::from);
    clientgen_cli::run_as("cargo xtask", Some(root))
}
