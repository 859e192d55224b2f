//! Checks the commands in CONTRIBUTING.md: runs `cargo xtask` commands on a copy of the project, and checks
//! that the tests in other commands exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A line of the document. Without it, the document lacks a fact of the upstream document.
const FACT: &str = "\n        - UNCORRELATED_ACCOUNTS";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Returns the commands of each recipe, by heading.
fn recipes() -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let mut recipes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut heading, mut in_block) = (String::new(), false);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut heading);
        }
        if line.starts_with("```") {
            in_block = line == "```sh";
        } else if in_block {
            let command = line.split("  #").next().unwrap_or_default().trim();
            recipes.entry(heading.clone()).or_default().push(command.to_owned());
        }
    }
    recipes
}

/// A copy of the files that the commands read and write, in a repository with one commit and a tag.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for name in ["clientgen.toml", "LICENSE", "spec", "generated-client", "CHANGELOG.md"] {
            copy_all(&root().join(name), &copy.path(name));
        }
        copy.git(&["init", "--quiet"]);
        copy.commit();
        copy.git(&["tag", "v0.1.0"]);
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        let user = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
        let output =
            Command::new("git").args(user).args(arguments).current_dir(self.0.path()).output();
        assert!(output.unwrap().status.success(), "git {arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Runs a `cargo xtask` command on the copy.
    fn xtask(&self, command: &str) -> Output {
        let words = command.strip_prefix("cargo xtask ").unwrap().split_whitespace();
        let upstream = root().join("../shared/upstream");
        let words = words.map(|word| match word.strip_prefix("../api-specs") {
            Some(rest) => upstream.join(rest.trim_start_matches('/')).display().to_string(),
            None => word.to_owned(),
        });
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(words)
            .env("XTASK_ROOT", self.0.path())
            .current_dir(self.0.path())
            .output();
        output.unwrap()
    }
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        copy_all(&path, &to.join(path.file_name().unwrap()));
    }
}

/// Returns whether the upstream document is available. It is not part of the project.
fn has_upstream() -> bool {
    let is_there = root().join("../shared/upstream").is_dir();
    if !is_there {
        println!("the upstream document is not available: commands that read it are skipped");
    }
    is_there
}

fn is_xtask(command: &str) -> bool {
    command.starts_with("cargo xtask ")
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

#[test]
fn all_recipes_exist() {
    let recipes = recipes();
    for name in [
        "Update the document",
        "Add an overlay action",
        "Add a keyword of OpenAPI",
        "Review snapshots",
        "Release",
    ] {
        assert!(recipes.get(name).is_some_and(|commands| commands.len() > 2), "{name}");
    }
}

#[test]
fn the_tests_in_recipes_exist() {
    let commands: Vec<String> = recipes().into_values().flatten().collect();
    let mut named = 0;
    for command in &commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let value = |flag| words.windows(2).filter(move |pair| pair[0] == flag).map(|pair| pair[1]);
        for target in value("--test") {
            named += 1;
            // A target is a folder of this name, in the package or in its folder `tests`.
            let folders = match value("-p").next() {
                Some("tests") => "tests",
                Some("clientgen") => "generator/tests",
                package => panic!("{command}: where are the tests of {package:?}?"),
            };
            let main = root().join(folders).join(target).join("main.rs");
            assert!(main.is_file(), "{command}: there is no {}", main.display());
        }
        if let Some(script) = words.first().filter(|word| word.starts_with(".ci/")) {
            assert!(root().join(script).is_file(), "{command}");
        }
    }
    assert!(named > 8, "{commands:?}");
}

#[test]
fn a_missing_fact_is_reported_and_restored() {
    if !has_upstream() {
        return;
    }
    let copy = Copy::new();
    let whole = copy.read("spec/reports.yaml");
    let crate_root = copy.read("generated-client/src/types/report_type.rs");
    assert!(whole.contains(FACT));
    fs::write(copy.path("spec/reports.yaml"), whole.replacen(FACT, "", 1)).unwrap();
    copy.commit();
    let commands = &recipes()["Update the document"];
    let mut changes = String::new();
    for command in commands.iter().filter(|command| is_xtask(command)) {
        let output = copy.xtask(command);
        let differs = command.contains("--check");
        assert_eq!(output.status.success(), !differs, "{command}\n{}", printed(&output));
        if differs {
            assert!(printed(&output).contains("UNCORRELATED_ACCOUNTS"), "{}", printed(&output));
        }
        changes = printed(&output);
    }
    assert!(changes.contains("UncorrelatedAccounts"), "{changes}");
    let value = |text: &str| clientgen::load::from_yaml(text).unwrap();
    let is_whole = value(&copy.read("spec/reports.yaml")) == value(&whole);
    assert!(is_whole, "the prose is unchanged, and all facts are restored");
    assert_eq!(copy.read("generated-client/src/types/report_type.rs"), crate_root);
}

#[test]
fn all_other_recipes_succeed() {
    let copy = Copy::new();
    let changelog = copy.read("CHANGELOG.md");
    for (name, commands) in recipes() {
        if name == "Update the document" || name == "Many documents" {
            continue;
        }
        for command in commands.iter().filter(|command| is_xtask(command)) {
            let output = copy.xtask(command);
            assert!(output.status.success(), "{name}: {command}\n{}", printed(&output));
        }
    }
    // Nothing changes for users, so there is no entry.
    assert_eq!(copy.read("CHANGELOG.md"), changelog);
}

#[test]
fn a_release_lists_the_changes_since_the_last_one() {
    let copy = Copy::new();
    let whole = copy.read("spec/reports.yaml");
    fs::write(copy.path("spec/reports.yaml"), whole.replacen(FACT, "", 1)).unwrap();
    let commands = &recipes()["Release"];
    let changes: Vec<&String> =
        commands.iter().filter(|command| command.contains("changes")).collect();
    for command in changes {
        let output = copy.xtask(command);
        assert!(output.status.success(), "{command}\n{}", printed(&output));
        assert!(printed(&output).contains("0.2.0"), "{}", printed(&output));
    }
    let changelog = copy.read("CHANGELOG.md");
    let (_, unreleased) = changelog.split_once("## Unreleased").unwrap();
    assert!(unreleased.contains("UncorrelatedAccounts"), "{changelog}");
}
