//! The workspace in which the crates of the cases are compiled. It has one target folder, so that
//! common dependencies are compiled once.
//!
//! | path | content |
//! |---|---|
//! | `crates/` | the crate of each case |
//! | `programs/` | the package that is linked with all of them: the program of the [round trips](crate::round_trips), and the [tests over the wire](crate::wire) |
//! | `target/` | the output of the compiler |
//!
//! All programs are in one package that depends on every crate, so cargo always selects the same
//! features and builds each crate once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use clientgen::FileTree;
use clientgen_cli::round_trip;
use tests::cases::{Case, cases};
use tests::files::{self, write};

use crate::wire;

/// The workspace, written on first use.
pub(crate) static WORKSPACE: LazyLock<Workspace> = LazyLock::new(Workspace::write);

/// The name of the package with the programs, and of the program of the round trips.
pub(crate) const PROGRAMS: &str = "programs";

/// The dependencies of the tests over the wire, besides the crates and those of the round trips.
const DEPENDENCIES: &str = r#"bytes = "1"
futures-util = { version = "0.3", default-features = false }
http-body-util = "0.1"
hyper = { version = "1", features = ["http1", "server"] }
hyper-util = { version = "0.1", features = ["tokio"] }
tempfile = "3"
tokio = { version = "1", features = ["macros", "net", "rt", "sync"] }
"#;

/// A written workspace, not compiled yet.
pub(crate) struct Workspace {
    folder: PathBuf,
    pub(crate) members: Vec<Member>,
    /// The crates of hostile documents. No program is linked with them.
    pub(crate) hostile: Vec<String>,
}

/// A case and its crate.
pub(crate) struct Member {
    pub(crate) case: Case,
    pub(crate) crate_name: String,
    /// The names of the component schemas and of their types.
    pub(crate) components: Vec<(String, String)>,
}

impl Workspace {
    fn write() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
        let crates = folder.join("crates");
        // Files of an earlier run must not hide that something is no longer generated.
        let mut stale = files::below(&crates);
        let mut write_crate = |name: &str, files: FileTree| {
            for (path, content) in files {
                let path = crates.join(name).join(path);
                write(&path, &content);
                stale.retain(|old| *old != path);
            }
        };
        let mut members = Vec::new();
        for case in cases("cases").unwrap() {
            let crate_name = format!("case-{}", case.name);
            let generation = case.generate(&crate_name);
            let files = generation.files.unwrap_or_default();
            assert!(!files.is_empty(), "{} gives no crate", case.name);
            write_crate(&crate_name, files);
            members.push(Member { case, crate_name, components: generation.components });
        }
        let mut hostile = Vec::new();
        for case in cases("hostile").unwrap() {
            let crate_name = format!("hostile-{}", case.name);
            write_crate(&crate_name, case.generate(&crate_name).files.expect("a crate"));
            hostile.push(crate_name);
        }
        stale.iter().for_each(|path| fs::remove_file(path).unwrap());
        let workspace = Self { folder, members, hostile };
        workspace.write_programs();
        workspace.write_manifest();
        workspace
    }

    fn write_programs(&self) {
        let folder = self.folder.join(PROGRAMS);
        let member = |member: &Member| (member.crate_name.clone(), member.components.clone());
        let crates: Vec<_> = self.members.iter().map(member).collect();
        write(&folder.join("src/main.rs"), &round_trip::program(&crates));
        write(&folder.join("tests/wire.rs"), &wire::program(&self.members));
        let paths = crates.iter().map(|(name, _)| (name.clone(), format!("../crates/{name}")));
        let manifest = round_trip::manifest(PROGRAMS, &paths.collect::<Vec<_>>());
        let features: String = self.members.iter().flat_map(features).collect();
        let text = format!("{manifest}{DEPENDENCIES}\n[features]\ndefault = [{features}]\n");
        write(&folder.join("Cargo.toml"), &text);
    }

    fn write_manifest(&self) {
        let cases = self.members.iter().map(|member| &member.crate_name);
        let names = cases.chain(&self.hostile).map(|name| format!("\"crates/{name}\", "));
        let members = names.collect::<String>();
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [{members}\"{PROGRAMS}\"]\n\n[profile.dev]\ndebug = 0\nincremental = false\n"
        );
        write(&self.folder.join("Cargo.toml"), &manifest);
        // The lock file of this repository, whose versions cargo has downloaded already.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::copy(root.join("Cargo.lock"), self.folder.join("Cargo.lock")).unwrap();
    }

    /// Runs cargo in the workspace, with warnings denied.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--color", "never"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "-D warnings")
            .output()
            .unwrap()
    }

    /// Returns the folder of a crate.
    pub(crate) fn folder_of(&self, crate_name: &str) -> PathBuf {
        self.folder.join("crates").join(crate_name)
    }

    /// Returns the folder of the package with the programs.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join(PROGRAMS)
    }

    /// Returns the path of the program of the round trips, which exists once it is built.
    pub(crate) fn round_trips(&self) -> PathBuf {
        let program = format!("{PROGRAMS}{}", std::env::consts::EXE_SUFFIX);
        self.folder.join("target/debug").join(program)
    }
}

/// Returns the optional features of a case's crate, which the programs enable.
fn features(member: &Member) -> impl Iterator<Item = String> {
    let extras = member.case.extras().into_iter();
    extras.map(|extra| format!("\"{}/{}\", ", member.crate_name, extra.feature()))
}
