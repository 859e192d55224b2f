//! The workspace in which the programs of users are checked, with one target folder.
//!
//! | path | content |
//! |---|---|
//! | `crates/` | the crate of each document, before and after its change |
//! | `users/` | a package for each program and new crate, and one with all programs for each old crate |
//!
//! Programs import the crate as `api`. They enable only the features that every client needs, so
//! that an item that moved behind a feature is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use clientgen::FileTree;
use serde_json::Value;
use tests::files;

use crate::cases::Case;

/// Returns the names of the cases whose programs do not compile with the new crates.
///
/// # Panics
///
/// A program does not compile with the old crate, or a crate does not compile.
pub(crate) fn check(cases: &[Case]) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changes");
    write(&folder, cases);
    let output = Command::new(env!("CARGO"))
        .args(["check", "--keep-going", "--offline", "--message-format", "json"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stdout.contains(r#""reason":"build-finished""#), "{stderr}");
    let errors: Vec<(String, String)> = stdout.lines().filter_map(parse_error).collect();
    let user = |(name, message): &(String, String)| match name.strip_prefix("user-") {
        Some(case) => case.to_owned(),
        None => panic!("{name} does not compile\n{message}"),
    };
    errors.iter().map(user).collect()
}

/// Returns the package and the text of an error, if a message of cargo is one.
fn parse_error(line: &str) -> Option<(String, String)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let string = |pointer: &str| message.pointer(pointer)?.as_str().map(str::to_owned);
    let is_error = string("/message/level")? == "error";
    is_error.then_some((string("/target/name")?.replace('_', "-"), string("/message/rendered")?))
}

/// Writes the workspace.
fn write(folder: &Path, cases: &[Case]) {
    let mut files = Files::default();
    let mut olds: Vec<(String, Vec<&Case>)> = Vec::new();
    for case in cases {
        let old = if case.has_base { format!("old-{}", case.name) } else { "old".to_owned() };
        match olds.iter_mut().find(|(name, _)| *name == old) {
            Some((_, users)) => users.push(case),
            None => olds.push((old, vec![case])),
        }
        let new = format!("new-{}", case.name);
        files.put_crate(&new, case.new_crate(&new));
        let program = format!("[lib]\npath = {:?}\n", case.path.join("user.rs"));
        files.put_user(&format!("user-{}", case.name), &new, &program);
    }
    for (old, users) in olds {
        files.put_crate(&old, users[0].old_crate(&old));
        let name = format!("users-of-{old}");
        files.put(format!("users/{name}/src/lib.rs"), combined_program(&users));
        files.put_user(&name, &old, "");
    }
    files.put_workspace();
    // Files of an earlier run must not hide that something is no longer generated.
    for stale in ["crates", "users"].iter().flat_map(|part| files::below(&folder.join(part))) {
        if !files.0.keys().any(|path| folder.join(path) == stale) {
            fs::remove_file(stale).unwrap();
        }
    }
    files.0.iter().for_each(|(path, content)| files::write(&folder.join(path), content));
    // The lock file of this repository, whose versions cargo has downloaded already.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

/// Returns a program that contains those of several users.
fn combined_program(users: &[&Case]) -> String {
    let module = |case: &&Case| {
        let (name, path) = (case.name.replace('-', "_"), case.path.join("user.rs"));
        format!("#[path = {path:?}]\nmod {name};\n")
    };
    format!("#![allow(dead_code)]\n{}", users.iter().map(module).collect::<String>())
}

/// The files of the workspace by their paths in it.
#[derive(Default)]
struct Files(BTreeMap<String, String>);

impl Files {
    fn put(&mut self, path: String, content: String) {
        self.0.insert(path, content);
    }

    fn put_crate(&mut self, name: &str, files: FileTree) {
        for (path, content) in files {
            self.put(format!("crates/{name}/{path}"), content);
        }
    }

    /// Adds the manifest of a user of the crate `api`, with another section if `section` is not
    /// empty.
    fn put_user(&mut self, name: &str, api: &str, section: &str) {
        let manifest = format!(
            r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

{section}
[dependencies.api]
package = "{api}"
path = "../../crates/{api}"
default-features = false
features = ["rustls"]
"#
        );
        self.put(format!("users/{name}/Cargo.toml"), manifest);
    }

    /// Adds the manifest of the workspace. Only the packages of users, and their dependencies, are
    /// checked.
    fn put_workspace(&mut self) {
        let users = self.0.keys().filter_map(|path| path.strip_suffix("/Cargo.toml"));
        let users = users.filter(|path| path.starts_with("users/"));
        let members: String = users.map(|path| format!("    \"{path}\",\n")).collect();
        let manifest = format!(
            r#"[workspace]
resolver = "3"
members = [
{members}]
default-members = [
{members}]

[profile.dev]
debug = 0
incremental = false
"#
        );
        self.put("Cargo.toml".to_owned(), manifest);
    }
}
