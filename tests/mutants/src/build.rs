//! Builds the code with all its mutants, and finds out which of them the compiler refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::embed::{Embedded, Mutant, embed};
use crate::groups::{GENERATOR, Package, RUNTIME};

/// How often mutants are taken out before it is given up.
const ROUNDS: usize = 40;

/// The code as it is committed, and the same with mutants.
pub(crate) struct Trees {
    pub(crate) source: PathBuf,
    pub(crate) mutated: PathBuf,
}

/// The programs of the suites, and the mutants that they do not have.
pub(crate) struct Built {
    /// The programs of each suite.
    pub(crate) programs: Vec<Vec<PathBuf>>,
    pub(crate) refused: BTreeSet<usize>,
}

#[derive(Deserialize)]
struct Line {
    reason: String,
    executable: Option<PathBuf>,
    profile: Option<Profile>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    rendered: Option<String>,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
    expansion: Option<Value>,
}

/// Builds the suites of a package with mutants in it.
///
/// What an earlier build of the same commit has found out is not found out again.
pub(crate) fn build(trees: &Trees, package: &Package, mutants: &[Mutant]) -> Built {
    let tree = &trees.mutated;
    restore(tree, package);
    let record = tree.join(format!("target/refused-{}", package.name));
    let known = std::fs::read_to_string(&record).unwrap_or_default();
    let known: BTreeSet<&str> = known.lines().collect();
    let names = mutants.iter().enumerate();
    let mut refused: BTreeSet<usize> =
        names.filter(|(_, it)| known.contains(it.name.as_str())).map(|(id, _)| id).collect();
    let originals = originals(&trees.source, package, mutants);
    for _ in 0..ROUNDS {
        let embedded = write(tree, package, mutants, &originals, &refused);
        // Some have no form in which they stand beside others.
        let placed: BTreeSet<usize> = embedded.values().flat_map(Embedded::mutants).collect();
        refused.extend((0..mutants.len()).filter(|id| !placed.contains(id)));
        let mut programs = Vec::new();
        let mut errors = Vec::new();
        for (_, arguments) in package.suites {
            let (built, mut found) = cargo(tree, arguments);
            programs.push(built);
            errors.append(&mut found);
            if !errors.is_empty() {
                break;
            }
        }
        if errors.is_empty() {
            let found: String = refused.iter().map(|id| mutants[*id].name.clone() + "\n").collect();
            std::fs::write(&record, found).expect("what was found is written");
            let all = serde_json::to_string(mutants).expect("they are plain data");
            let list = tree.join(format!("target/mutants-{}", package.name));
            std::fs::write(list, all).expect("the mutants are written");
            return Built { programs, refused };
        }
        let before = refused.len();
        for error in &errors {
            refused.extend(about(error, &embedded));
        }
        let text = |error: &Message| error.rendered.clone().unwrap_or_default();
        assert!(refused.len() > before, "no mutant is the reason of this:\n{}", text(&errors[0]));
        let found: String = refused.iter().map(|id| mutants[*id].name.clone() + "\n").collect();
        std::fs::write(&record, found).expect("what was found is written");
        eprintln!("  {} mutants do not compile", refused.len());
    }
    panic!("there are still mutants that do not compile after {ROUNDS} builds");
}

/// What an earlier run has built: the mutants, and those that its programs do not have. The programs are
/// named by the tests that it has recorded.
pub(crate) fn known(trees: &Trees, package: &Package) -> (Vec<Mutant>, Built) {
    let file = |name: &str| {
        let path = trees.mutated.join(format!("target/{name}-{}", package.name));
        std::fs::read_to_string(path).expect("an earlier run has built it")
    };
    let mutants: Vec<Mutant> =
        serde_json::from_str(&file("mutants")).expect("an earlier run has written them");
    let refused = file("refused");
    let refused: BTreeSet<&str> = refused.lines().collect();
    let ids = mutants.iter().enumerate();
    let refused = ids.filter(|(_, it)| refused.contains(it.name.as_str())).map(|(id, _)| id);
    let refused = refused.collect();
    (mutants, Built { programs: Vec::new(), refused })
}

/// Takes the mutants of the other packages out of the tree, which are switched on by the same numbers.
fn restore(tree: &Path, package: &Package) {
    for other in [&RUNTIME, &GENERATOR].into_iter().filter(|it| it.name != package.name) {
        let mut git = Command::new("git");
        git.args(["checkout", "--quiet", "HEAD", "--"]).args(other.folders).args(other.roots);
        let status = git.current_dir(tree).status().expect("git runs");
        assert!(status.success(), "git does not bring back the code of the {}", other.name);
    }
}

/// The texts of the files that have mutants, and of those that begin the crates.
fn originals(source: &Path, package: &Package, mutants: &[Mutant]) -> BTreeMap<String, String> {
    let mut files: BTreeSet<String> = package.roots.iter().map(|root| (*root).to_owned()).collect();
    for folder in package.folders {
        files.extend(mutants.iter().map(|mutant| format!("{folder}/{}", mutant.file)));
    }
    let read = |file: String| {
        let text = std::fs::read_to_string(source.join(&file));
        let text = text.unwrap_or_else(|error| panic!("{file}: {error}"));
        (file, text)
    };
    files.into_iter().map(read).collect()
}

/// Writes the files with all mutants that are not refused.
fn write(
    tree: &Path,
    package: &Package,
    mutants: &[Mutant],
    originals: &BTreeMap<String, String>,
    refused: &BTreeSet<usize>,
) -> BTreeMap<String, Embedded> {
    let mut all = BTreeMap::new();
    for (number, folder) in package.folders.iter().enumerate() {
        let mut files: BTreeMap<&str, Vec<(usize, Mutant)>> = BTreeMap::new();
        let there = mutants.iter().enumerate().filter(|(id, _)| !refused.contains(id));
        for (id, mutant) in there {
            let mutant = mutant.moved_by(number * package.header);
            files.entry(&mutants[id].file).or_default().push((id, mutant));
        }
        for (file, mutants) in files {
            let path = format!("{folder}/{file}");
            let mutants: Vec<_> = mutants.iter().map(|(id, mutant)| (*id, mutant)).collect();
            let embedded = embed(&originals[&path], &mutants);
            all.insert(path.clone(), embedded.unwrap_or_else(|| panic!("{path} is not Rust")));
        }
    }
    for (path, original) in originals {
        let text = all.get(path).map_or(original, |embedded| &embedded.text);
        match package.roots.contains(&path.as_str()) {
            true => put(&tree.join(path), &format!("{text}\n{FUNCTION}")),
            false => put(&tree.join(path), text),
        }
    }
    all
}

/// Writes a file unless it has this text: cargo builds again what has been written.
fn put(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// The function that each mutant asks. What it is told is in a variable of the environment; tests start
/// programs without one, so the environments of the processes that have started it are asked as well.
const FUNCTION: &str = r#"
/// Whether a mutant is switched on.
pub(crate) fn mutant(id: usize) -> bool {
    use std::collections::BTreeSet;
    use std::io::Write as _;
    use std::sync::{LazyLock, Mutex};
    fn of_parents() -> Option<String> {
        let mut process = std::os::unix::process::parent_id();
        for _ in 0..8 {
            let environment = std::fs::read(format!("/proc/{process}/environ")).ok()?;
            let environment = String::from_utf8_lossy(&environment).into_owned();
            if let Some(it) = environment.split('\0').find_map(|it| it.strip_prefix("MUTANT=")) {
                return Some(it.to_owned());
            }
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
            process = line.trim().parse().ok()?;
        }
        None
    }
    static TOLD: LazyLock<String> =
        LazyLock::new(|| std::env::var("MUTANT").ok().or_else(of_parents).unwrap_or_default());
    static ON: LazyLock<Option<usize>> = LazyLock::new(|| TOLD.parse().ok());
    static NOTES: LazyLock<Option<Mutex<(std::fs::File, BTreeSet<usize>)>>> = LazyLock::new(|| {
        let path = TOLD.strip_prefix("record:")?;
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path).ok()?;
        Some(Mutex::new((file, BTreeSet::new())))
    });
    if let Some(notes) = &*NOTES
        && let Ok(mut notes) = notes.lock()
        && notes.1.insert(id)
    {
        let _ = notes.0.write_all(format!("{id}\n").as_bytes());
    }
    *ON == Some(id)
}
"#;

/// Builds a suite. Returns its programs and the errors.
fn cargo(tree: &Path, arguments: &[&str]) -> (Vec<PathBuf>, Vec<Message>) {
    let mut command = Command::new("cargo");
    command.args(["test", "--no-run", "--message-format=json"]).args(arguments);
    let output = command.current_dir(tree).stderr(Stdio::inherit()).output().expect("cargo runs");
    let lines = output.stdout.split(|byte| *byte == b'\n');
    let lines: Vec<Line> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    let mut programs = Vec::new();
    let mut errors = Vec::new();
    for line in lines {
        let is_test = line.profile.is_some_and(|profile| profile.test);
        match line.reason.as_str() {
            "compiler-artifact" if is_test => programs.extend(line.executable),
            "compiler-message" => {
                let is_error = |message: &Message| message.level == "error";
                errors.extend(line.message.filter(is_error));
            }
            _ => {}
        }
    }
    // The last error only counts the others.
    errors.retain(|error| !error.spans.is_empty());
    assert!(output.status.success() || !errors.is_empty(), "cargo fails, and says of no error why");
    if !output.status.success() { (Vec::new(), errors) } else { (programs, Vec::new()) }
}

/// The mutants that an error is about.
fn about(error: &Message, embedded: &BTreeMap<String, Embedded>) -> Vec<usize> {
    let in_order = error.spans.iter().filter(|span| span.is_primary);
    let others = error.spans.iter().filter(|span| !span.is_primary);
    let spans = || in_order.clone().chain(others.clone()).filter(|span| span.expansion.is_none());
    let places = || spans().filter_map(|span| Some((embedded.get(&span.file_name)?, span)));
    let around = places().map(|(file, span)| file.at(&(span.byte_start..span.byte_end)));
    let after = places().map(|(file, span)| file.after(&(span.byte_start..span.byte_end)));
    around.chain(after).find(|ids| !ids.is_empty()).unwrap_or_default()
}
