//! Finds out which tests reach which mutants, so that each mutant meets only the tests that can notice it.
//!
//! Takes the programs of the suites and returns their tests, each with the time that it takes and the
//! mutants whose places it reaches. How mutants are switched on is left to [`crate::run`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::build::Built;
use crate::groups::Package;
use crate::run::{End, Run, each};

/// Tests of much at once, which take minutes and guard what smaller ones guard as well.
const SKIPPED: [&str; 6] = [
    "memory::",
    "faults::load",
    "faults::once",
    "faults::dropped",
    "faults::kills",
    "no_truncated_document_makes_the_generator_panic",
];

/// How long a test may take without a mutant.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// A test, and what it reaches.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Test {
    /// The folder of its package.
    pub(crate) folder: String,
    pub(crate) program: PathBuf,
    pub(crate) name: String,
    /// The one case that it goes through, if it is run case by case.
    pub(crate) case: Option<String>,
    /// How long it takes without a mutant, in a process of its own.
    pub(crate) time: Duration,
    pub(crate) reached: BTreeSet<usize>,
}

/// Runs each test by itself and returns those that pass. What an earlier run of the same commit has
/// found out is not found out again.
pub(crate) fn record(tree: &Path, package: &Package, built: &Built, jobs: usize) -> Vec<Test> {
    let cache = tree.join(format!("target/tests-{}.json", package.name));
    if let Some(known) = std::fs::read(&cache).ok().and_then(|it| serde_json::from_slice(&it).ok())
    {
        return known;
    }
    let mut tests = Vec::new();
    for ((folder, _), programs) in package.suites.iter().zip(&built.programs) {
        for program in programs {
            let listed = list(tree, folder, program);
            tests.extend(listed.into_iter().flat_map(|test| by_case(tree, package, test)));
        }
    }
    eprintln!("  {} tests are run, to see what they reach", tests.len());
    let passed = Mutex::new(Vec::new());
    each(&tests, jobs, |worker, test| {
        let mut test = test.clone();
        let reached = tree.join(format!("target/reached-{worker}"));
        // What fails because the machine is busy passes the second time.
        for _ in 0..2 {
            std::fs::write(&reached, "").expect("the file is emptied");
            let begun = Instant::now();
            let run = Run {
                tree,
                folder: &test.folder,
                program: &test.program,
                tests: &[&test.name],
                case: test.case.as_deref(),
                setting: format!("record:{}", reached.display()),
                longest: LONGEST,
                worker,
            };
            if let End::Passed = run.end() {
                test.time = begun.elapsed();
                let text = std::fs::read_to_string(&reached).unwrap_or_default();
                test.reached = text.lines().filter_map(|line| line.parse().ok()).collect();
                passed.lock().expect("no thread panics").push(test);
                return;
            }
        }
        eprintln!("  fails without a mutant, and is not used: {}", test.name);
    });
    let mut passed = passed.into_inner().expect("no thread panics");
    passed.sort_by_key(|test| test.time);
    let text = serde_json::to_string(&passed).expect("it is plain data");
    std::fs::write(&cache, text).expect("the tests are written");
    passed
}

/// The tests of a program.
fn list(tree: &Path, folder: &str, program: &Path) -> Vec<Test> {
    let mut command = Command::new(program);
    command.args(["--list", "--format=terse"]).current_dir(tree.join(folder));
    let output = command.output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    let used = names.filter(|name| !SKIPPED.iter().any(|skipped| name.contains(skipped)));
    let test = |name: &str| Test {
        folder: folder.to_owned(),
        program: program.to_owned(),
        name: name.to_owned(),
        case: None,
        time: Duration::ZERO,
        reached: BTreeSet::new(),
    };
    used.map(test).collect()
}

/// A test, or the same for each of the cases that it goes through.
fn by_case(tree: &Path, package: &Package, test: Test) -> Vec<Test> {
    let Some((_, folder)) = package.by_case.iter().find(|(name, _)| *name == test.name) else {
        return vec![test];
    };
    let entries = std::fs::read_dir(tree.join(folder)).expect("the cases are there");
    let cases = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    cases.map(|case| Test { case: Some(case), ..test.clone() }).collect()
}
