//! The crate of every case compiles without a warning.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tests::cases::cases;

/// All crates are members of one workspace with one target folder, so that what they have in
/// common is compiled once.
#[test]
fn every_case_compiles_without_warnings() {
    let workspace = target().join("cases");
    let _ = fs::remove_dir_all(workspace.join("crates"));
    let mut members = Vec::new();
    for case in cases("cases").unwrap() {
        let name = format!("case-{}", case.name);
        let files = case.generate(&name).files.unwrap_or_default();
        assert!(!files.is_empty(), "{} gives no crate", case.name);
        for (path, text) in files {
            write(&workspace.join("crates").join(&name).join(path), &text);
        }
        members.push(format!("\"crates/{name}\""));
    }
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
    write(&workspace.join("Cargo.toml"), &manifest);
    // The versions of this workspace, which are on the machine already.
    fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--workspace", "--all-targets", "--offline", "--color", "never"])
        .current_dir(&workspace)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).unwrap();
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).unwrap();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder that this test was built in.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned()
}
