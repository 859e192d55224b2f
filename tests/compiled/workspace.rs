//! Where the crates of the cases are compiled: one workspace with one target folder, so that what
//! they have in common is compiled once.
//!
//! | below the folder | what it is |
//! |---|---|
//! | `crates/` | the crate of each case |
//! | `programs/` | the package that is linked with all of them: the program of the [round trips](crate::round_trips), and the [tests over the wire](crate::wire) |
//! | `target/` | what the compiler made |
//!
//! All programs are of one package, which depends on every crate. So whatever is built, cargo
//! chooses the same features for it, and builds it once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use tests::cases::{Case, cases};
use tests::files::{self, write};
use xtask::round_trip;

use crate::wire;

/// The workspace, written when it is needed first.
pub(crate) static WORKSPACE: LazyLock<Workspace> = LazyLock::new(Workspace::write);

/// The package with the programs, and the program of the round trips.
pub(crate) const PROGRAMS: &str = "programs";

/// What the tests over the wire need besides the crates and what the round trips need.
const DEPENDENCIES: &str = r#"bytes = "1"
futures-util = { version = "0.3", default-features = false }
http-body-util = "0.1"
hyper = { version = "1", features = ["http1", "server"] }
hyper-util = { version = "0.1", features = ["tokio"] }
tempfile = "3"
tokio = { version = "1", features = ["macros", "net", "rt", "sync"] }
"#;

/// A written workspace. Nothing in it is compiled yet.
pub(crate) struct Workspace {
    folder: PathBuf,
    pub(crate) members: Vec<Member>,
    /// The crates of documents that mean harm, which no program is linked with.
    pub(crate) hostile: Vec<String>,
}

/// A case and its crate.
pub(crate) struct Member {
    pub(crate) case: Case,
    pub(crate) crate_name: String,
    /// The types of the component schemas: the component's name, and the type's.
    pub(crate) components: Vec<(String, String)>,
}

impl Workspace {
    fn write() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases");
        // What compiled before must not hide that something is no longer generated.
        let stale = folder.join("crates");
        let mut left = files::below(&stale);
        let mut members = Vec::new();
        for case in cases("cases").unwrap() {
            let crate_name = format!("case-{}", case.name);
            let generation = case.generate(&crate_name);
            let files = generation.files.unwrap_or_default();
            assert!(!files.is_empty(), "{} gives no crate", case.name);
            for (path, text) in files {
                let path = stale.join(&crate_name).join(path);
                write(&path, &text);
                left.retain(|old| *old != path);
            }
            members.push(Member { case, crate_name, components: generation.components });
        }
        let mut hostile = Vec::new();
        for case in cases("hostile").unwrap() {
            let crate_name = format!("hostile-{}", case.name);
            for (path, text) in case.generate(&crate_name).files.expect("a crate") {
                let path = stale.join(&crate_name).join(path);
                write(&path, &text);
                left.retain(|old| *old != path);
            }
            hostile.push(crate_name);
        }
        left.iter().for_each(|path| fs::remove_file(path).unwrap());
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
        // The versions of this repository, which are on the machine already.
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

    /// The folder of a crate.
    pub(crate) fn folder_of(&self, crate_name: &str) -> PathBuf {
        self.folder.join("crates").join(crate_name)
    }

    /// The folder of the package with the programs.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join(PROGRAMS)
    }

    /// The program of the round trips, once it is built.
    pub(crate) fn round_trips(&self) -> PathBuf {
        let program = format!("{PROGRAMS}{}", std::env::consts::EXE_SUFFIX);
        self.folder.join("target/debug").join(program)
    }
}

/// The features of a case's crate that are off by default, as the programs switch them on.
fn features(member: &Member) -> impl Iterator<Item = String> {
    let extras = member.case.extras().into_iter();
    extras.map(|extra| format!("\"{}/{}\", ", member.crate_name, extra.feature()))
}
