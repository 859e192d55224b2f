//! The guide, `generator/README.md`: its commands run in its order, its configurations are valid, and its options
//! exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

fn generator() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn readme() -> String {
    fs::read_to_string(generator().join("README.md")).unwrap()
}

/// Returns the code blocks of a language.
fn blocks(language: &str) -> Vec<String> {
    let readme = readme();
    let mut blocks = Vec::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        if line == format!("```{language}") {
            let block = lines.by_ref().take_while(|line| *line != "```");
            blocks.push(block.collect::<Vec<_>>().join("\n"));
        }
    }
    blocks
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let printed = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    (output.status.success(), printed.concat())
}

fn commit(folder: &Path) {
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let (succeeded, printed) = run("git", &[&name, arguments].concat(), folder);
        assert!(succeeded, "git {arguments:?}: {printed}");
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a"]);
}

/// Runs `watch` until it has written the crate.
fn watch(arguments: &[&str], folder: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
    let mut watch = command.args(arguments).current_dir(folder).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let generated = folder.join("books/Cargo.toml");
    fs::remove_file(&generated).unwrap();
    while !generated.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    watch.kill().unwrap();
    watch.wait().unwrap();
    assert!(generated.exists());
}

#[test]
fn every_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::copy(generator().join("docs/books.yaml"), folder.join("books.yaml")).unwrap();
    let mut count = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let command = line.split(" #").next().unwrap_or_default();
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            // `tests/install` runs it.
            ["cargo", "install", "--path", "generator/cli"] => {}
            ["clientgen", "watch"] => watch(&["watch"], folder),
            ["clientgen", arguments @ ..] => {
                if arguments.contains(&"changes") && !folder.join(".git").exists() {
                    commit(folder);
                }
                let (succeeded, printed) = run(env!("CARGO_BIN_EXE_clientgen"), arguments, folder);
                assert!(succeeded, "{command}: {printed}");
            }
            _ => panic!("nobody runs `{line}`"),
        }
        count += 1;
    }
    assert!(count > 8, "{count}");
    assert!(folder.join("books/src/client.rs").exists());
}

#[test]
fn every_configuration_is_valid() {
    let (_, schema) = run(env!("CARGO_BIN_EXE_clientgen"), &["schema"], Path::new("."));
    let validator = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let blocks = blocks("toml");
    assert!(blocks.len() > 1);
    for block in blocks {
        let required = "input = 'a'\noutput = 'b'\npackage.name = 'c'\n";
        let block = if block.contains("input =") { block } else { format!("{required}{block}") };
        let table: toml::Table = block.parse().unwrap();
        let value = serde_json::to_value(table).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|one| one.to_string()).collect();
        assert!(errors.is_empty(), "{block}\n{errors:?}");
        // The program finds no problem either, until it reads the document.
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("clientgen.toml"), &block).unwrap();
        let (_, printed) = run(env!("CARGO_BIN_EXE_clientgen"), &["generate"], folder.path());
        assert!(!printed.contains("clientgen.toml is not valid"), "{printed}");
    }
}

#[test]
fn every_option_exists() {
    let commands =
        ["init", "generate", "check", "watch", "changes", "lint", "vendor", "corpus", "explain"];
    let options = |text: &str| -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let options =
            words.filter(|word| word.starts_with("--") && *word != "---" && *word != "--");
        options.map(str::to_owned).collect()
    };
    let mut known = BTreeSet::from(["--version".to_owned()]);
    for command in commands {
        let (_, help) = run(env!("CARGO_BIN_EXE_clientgen"), &[command, "--help"], Path::new("."));
        known.extend(options(&help));
    }
    // Options of cargo, and of the programs that are generated.
    known.extend(["--path", "--body", "--base-url"].map(str::to_owned));
    let unknown: Vec<String> = options(&readme()).difference(&known).cloned().collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
