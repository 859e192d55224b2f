//! The commands in CONTRIBUTING.md do what it says: those of the project's own are run on a copy, and the
//! tests that others name are there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A document that has a fact less than the published one.
const LOST: &str = "\n        - UNCORRELATED_ACCOUNTS";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// The commands of each recipe, by its heading.
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

/// A copy of what the commands read and write, with a history of one commit, tagged as a release.
struct Copy(tempfile::TempDir);

impl Copy {
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        for name in ["spec", "generated-client", "CHANGELOG.md"] {
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

    fn git(&self, words: &[&str]) {
        let user = ["-c", "user.name=x", "-c", "user.email=x@example.com"];
        let output = Command::new("git").args(user).args(words).current_dir(self.0.path()).output();
        assert!(output.unwrap().status.success(), "git {words:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--message", "x"]);
    }

    /// Runs a command of the project.
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

/// The published document is no part of the project.
fn has_upstream() -> bool {
    let is_there = root().join("../shared/upstream").is_dir();
    if !is_there {
        println!("the published document is not here: the commands that read it are not run");
    }
    is_there
}

fn is_own(command: &str) -> bool {
    command.starts_with("cargo xtask ")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

#[test]
fn there_is_a_recipe_for_everything() {
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
fn the_tests_that_recipes_name_are_there() {
    let manifest = fs::read_to_string(root().join("tests/Cargo.toml")).unwrap();
    let commands: Vec<String> = recipes().into_values().flatten().collect();
    let mut named = 0;
    for command in &commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let tests = words.windows(2).filter(|pair| pair[0] == "--test");
        for pair in tests.filter(|_| words.contains(&"tests")) {
            named += 1;
            let target = format!("[[test]]\nname = \"{}\"\n", pair[1]);
            assert!(manifest.contains(&target), "{command}: there is no test {}", pair[1]);
        }
        if let Some(script) = words.first().filter(|word| word.starts_with(".ci/")) {
            assert!(root().join(script).is_file(), "{command}");
        }
    }
    assert!(named > 10, "{commands:?}");
}

#[test]
fn a_lost_fact_comes_back_and_is_told() {
    if !has_upstream() {
        return;
    }
    let copy = Copy::new();
    let whole = copy.read("spec/reports.yaml");
    let crate_root = copy.read("generated-client/src/types/report_type.rs");
    assert!(whole.contains(LOST));
    fs::write(copy.path("spec/reports.yaml"), whole.replacen(LOST, "", 1)).unwrap();
    copy.commit();
    let commands = &recipes()["Update the document"];
    let mut changes = String::new();
    for command in commands.iter().filter(|command| is_own(command)) {
        let output = copy.xtask(command);
        let differs = command.contains("--check");
        assert_eq!(output.status.success(), !differs, "{command}\n{}", said(&output));
        if differs {
            assert!(said(&output).contains("UNCORRELATED_ACCOUNTS"), "{}", said(&output));
        }
        changes = said(&output);
    }
    assert!(changes.contains("UncorrelatedAccounts"), "{changes}");
    let value = |text: &str| clientgen::load::from_yaml(text).unwrap();
    let is_whole = value(&copy.read("spec/reports.yaml")) == value(&whole);
    assert!(is_whole, "the words are those that were there, and the facts are all back");
    assert_eq!(copy.read("generated-client/src/types/report_type.rs"), crate_root);
}

#[test]
fn the_other_recipes_run_as_they_stand() {
    let copy = Copy::new();
    let changelog = copy.read("CHANGELOG.md");
    for (name, commands) in recipes() {
        if name == "Update the document" || name == "Many documents" {
            continue;
        }
        for command in commands.iter().filter(|command| is_own(command)) {
            let output = copy.xtask(command);
            assert!(output.status.success(), "{name}: {command}\n{}", said(&output));
        }
    }
    // Nothing has changed for users, so there is nothing to be written down.
    assert_eq!(copy.read("CHANGELOG.md"), changelog);
}

#[test]
fn a_release_is_told_what_has_changed_since_the_last() {
    let copy = Copy::new();
    let whole = copy.read("spec/reports.yaml");
    fs::write(copy.path("spec/reports.yaml"), whole.replacen(LOST, "", 1)).unwrap();
    let commands = &recipes()["Release"];
    let changes: Vec<&String> =
        commands.iter().filter(|command| command.contains("changes")).collect();
    for command in changes {
        let output = copy.xtask(command);
        assert!(output.status.success(), "{command}\n{}", said(&output));
        assert!(said(&output).contains("0.2.0"), "{}", said(&output));
    }
    let changelog = copy.read("CHANGELOG.md");
    let (_, unreleased) = changelog.split_once("## Unreleased").unwrap();
    assert!(unreleased.contains("UncorrelatedAccounts"), "{changelog}");
}
