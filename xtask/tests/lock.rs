//! Checks that both lock files have the same versions, so that `cargo xtask` runs what the tests check.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Returns the packages of a lock file with their versions.
fn packages(path: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let blocks = text.split("[[package]]").skip(1);
    blocks.map(|block| block.trim().lines().take(2).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn both_lock_files_have_the_same_versions() {
    let mut of_program = packages("run/Cargo.lock");
    assert!(of_program.remove("name = \"xtask-run\" version = \"0.0.0\""));
    let workspace = packages("../Cargo.lock");
    let differing: Vec<_> = of_program.difference(&workspace).collect();
    let advice = "copy Cargo.lock to xtask/run/ and run `cargo xtask codegen --check`";
    assert!(differing.is_empty(), "{differing:?}: {advice}");
}

#[test]
fn only_the_generator_depends_on_serde_yaml() {
    let lock =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).unwrap();
    let name = |block: &str| block.trim().lines().next().unwrap_or_default().to_owned();
    let depends = |block: &&str| block.contains("\n \"serde_yaml");
    let users: Vec<String> = lock.split("[[package]]").filter(depends).map(name).collect();
    assert_eq!(users, ["name = \"clientgen\""], "serde_yaml is not maintained");
}
