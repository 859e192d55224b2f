//! Where crates are generated and compiled: one workspace, so that what they have in common is
//! compiled once.
//!
//! | below the folder | what it is |
//! |---|---|
//! | `crates/` | the crate of each document |
//! | `round-trips/` | a program for each that sends instances through it |
//! | `reports/` | what the processes said |
//! | `target/` | what the compiler made |

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::root;

/// The workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder of a crate.
    pub(crate) fn crate_folder(&self, crate_name: &str) -> PathBuf {
        self.folder.join("crates").join(crate_name)
    }

    /// The folder of the program that sends instances through a crate.
    pub(crate) fn program_folder(&self, crate_name: &str) -> PathBuf {
        self.folder.join("round-trips").join(crate_name)
    }

    /// A file about a crate.
    pub(crate) fn report(&self, crate_name: &str, kind: &str) -> PathBuf {
        self.folder.join("reports").join(format!("{crate_name}.{kind}"))
    }

    /// A program that the compiler made.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let program = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.folder.join("target").join("debug").join(program)
    }

    /// Declares the crates of this run, in the versions of the repository's own lock file, which are
    /// on the machine already.
    pub(crate) fn write_manifest(&self, crates: &[&str], programs: bool) -> Result<(), String> {
        let mut members = Vec::new();
        for name in crates {
            members.push(format!("\"crates/{name}\""));
            if programs {
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
        fs::copy(root().join("Cargo.lock"), self.folder.join("Cargo.lock")).map_err(failed)?;
        Ok(())
    }

    /// Cargo, offline, with warnings denied and one target folder for everything.
    pub(crate) fn cargo(&self, command: &str, package: &str) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut call = Command::new(cargo);
        call.args([command, "--offline", "--color", "never", "--package", package])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "-D warnings");
        call
    }
}
