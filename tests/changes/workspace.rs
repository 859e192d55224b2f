//! Where the compiler looks at the programs of users: one workspace with one target folder.
//!
//! | below the folder | what it is |
//! |---|---|
//! | `crates/` | the crate of each document, before and after its change |
//! | `users/` | a package for each program and new crate, and one with all programs for each old crate |
//!
//! Programs know the crate as `api`, whatever it is. They switch the default features off, but for
//! what every client needs, which shows what has moved behind a feature.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use clientgen::FileTree;
use serde_json::Value;
use tests::files;

use crate::cases::Case;

/// The names of the cases whose programs do not compile with the new crates.
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
    let said = String::from_utf8_lossy(&output.stdout);
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(r#""reason":"build-finished""#), "{trouble}");
    let errors: Vec<(String, String)> = said.lines().filter_map(error).collect();
    let user = |(name, text): &(String, String)| match name.strip_prefix("user-") {
        Some(case) => case.to_owned(),
        None => panic!("{name} does not compile\n{text}"),
    };
    errors.iter().map(user).collect()
}

/// The package that an error is about, and the error, if a message of cargo is one.
fn error(line: &str) -> Option<(String, String)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let text = |pointer: &str| message.pointer(pointer)?.as_str().map(str::to_owned);
    let is_error = text("/message/level")? == "error";
    is_error.then_some((text("/target/name")?.replace('_', "-"), text("/message/rendered")?))
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
        files.put(format!("users/{name}/src/lib.rs"), all(&users));
        files.put_user(&name, &old, "");
    }
    files.put_workspace();
    // What compiled before must not hide that something is no longer generated.
    for stale in ["crates", "users"].iter().flat_map(|part| files::below(&folder.join(part))) {
        if !files.0.keys().any(|path| folder.join(path) == stale) {
            fs::remove_file(stale).unwrap();
        }
    }
    files.0.iter().for_each(|(path, text)| files::write(&folder.join(path), text));
    // The versions of this repository, which are on the machine already.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
}

/// The programs of several users as one.
fn all(users: &[&Case]) -> String {
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
    fn put(&mut self, path: String, text: String) {
        self.0.insert(path, text);
    }

    fn put_crate(&mut self, name: &str, files: FileTree) {
        for (path, text) in files {
            self.put(format!("crates/{name}/{path}"), text);
        }
    }

    /// The manifest of somebody who uses a crate.
    fn put_user(&mut self, name: &str, api: &str, more: &str) {
        let manifest = format!(
            r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

{more}
[dependencies.api]
package = "{api}"
path = "../../crates/{api}"
default-features = false
features = ["rustls"]
"#
        );
        self.put(format!("users/{name}/Cargo.toml"), manifest);
    }

    /// The manifest of the workspace. What is checked is what users write, and what they need.
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
