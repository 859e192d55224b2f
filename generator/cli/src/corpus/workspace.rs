//! The workspace of the generated crates: their dependencies are compiled once.
//!
//! | below the folder | contents |
//! |---|---|
//! | `crates/` | the crate of each document |
//! | `round-trips/` | the round-trip program of each crate |
//! | `reports/` | the reports and the standard error of the child processes |
//! | `target/` | build artifacts |

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace of a run.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: PathBuf,
    lock: PathBuf,
}

impl Workspace {
    /// Creates a workspace in a folder. The crates use the versions of a lock file, if it exists.
    pub(crate) fn new(folder: &Path, lock: &Path) -> Self {
        Self { folder: folder.to_owned(), lock: lock.to_owned() }
    }

    /// Returns the folder of a crate.
    pub(crate) fn crate_folder(&self, crate_name: &str) -> PathBuf {
        self.folder.join("crates").join(crate_name)
    }

    /// Returns the folder of the round-trip program of a crate.
    pub(crate) fn program_folder(&self, crate_name: &str) -> PathBuf {
        self.folder.join("round-trips").join(crate_name)
    }

    /// Returns the path of a report about a crate.
    pub(crate) fn report(&self, crate_name: &str, extension: &str) -> PathBuf {
        self.folder.join("reports").join(format!("{crate_name}.{extension}"))
    }

    /// Returns the path of a compiled program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.folder.join("target").join("debug").join(program)
    }

    /// Writes the manifest for the crates of this run, and the lock file.
    pub(crate) fn write_manifest(&self, crates: &[&str], has_programs: bool) -> Result<(), String> {
        let mut members = Vec::new();
        for name in crates {
            members.push(format!("\"crates/{name}\""));
            if has_programs {
                members.push(format!("\"round-trips/{name}\""));
            }
        }
        let list = members.join(", ");
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{list}]\n\n[profile.dev]\ndebug = 0\nincremental = false\n"
        );
        let path = self.folder.join("Cargo.toml");
        let failed = |error| format!("{}: {error}", path.display());
        fs::write(&path, manifest).map_err(failed)?;
        if self.lock.is_file() {
            fs::copy(&self.lock, self.folder.join("Cargo.lock")).map_err(failed)?;
        }
        Ok(())
    }

    /// Returns a cargo command: offline if there is a lock file, with warnings denied, and with the target
    /// folder of the workspace.
    pub(crate) fn cargo(&self, command: &str, package: &str) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut process = Command::new(cargo);
        if self.lock.is_file() {
            process.arg("--offline");
        }
        process
            .args([command, "--color", "never", "--package", package])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "-D warnings");
        process
    }
}
