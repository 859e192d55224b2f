//! Runs the suites with one mutant after the other switched on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::groups::Group;

/// Which tests a mutant meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tests {
    /// Those of the unit tests that the group names.
    Quick,
    /// Those of all tests that the group names.
    Likely,
    All,
}

/// Tests of much at once, which take minutes and guard what smaller ones guard as well.
const SKIPPED: [&str; 5] =
    ["memory::", "faults::load", "faults::once", "faults::dropped", "faults::kills"];

/// What becomes of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Caught,
    Missed,
    /// The tests do not end, so somebody would notice.
    Endless,
}

/// How the tests of a program end.
enum End {
    Passed,
    Failed(Vec<String>),
    Endless,
}

/// Tries a mutant, or none, with the likely tests of a group or with all of them. No program may take
/// longer than `longest`.
pub(crate) fn test(
    tree: &Path,
    group: &Group,
    programs: &[Vec<PathBuf>],
    tests: Tests,
    longest: Duration,
    id: Option<usize>,
) -> Outcome {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    std::fs::write(tree.join("target/mutant"), id).expect("the mutant is switched on");
    let filters = if tests == Tests::All { &[] } else { group.likely };
    let skipped = SKIPPED.iter().flat_map(|name| ["--skip", name]);
    let filters: Vec<&str> = filters.iter().copied().chain(skipped).collect();
    let count = if tests == Tests::Quick { 1 } else { programs.len() };
    for ((folder, _), programs) in group.package.suites.iter().zip(programs).take(count) {
        for program in programs {
            match run(tree, folder, program, &filters, longest) {
                End::Passed => {}
                End::Endless => return Outcome::Endless,
                End::Failed(tests) if is_confirmed(tree, folder, program, &tests, longest) => {
                    return Outcome::Caught;
                }
                End::Failed(_) => {}
            }
        }
    }
    Outcome::Missed
}

/// Whether tests fail again: what failed because the machine was busy does not.
fn is_confirmed(
    tree: &Path,
    folder: &str,
    program: &Path,
    tests: &[String],
    longest: Duration,
) -> bool {
    // A program that crashes names no test.
    let Some(first) = tests.first() else { return true };
    !matches!(run(tree, folder, program, &[first, "--exact"], longest), End::Passed)
}

fn run(tree: &Path, folder: &str, program: &Path, arguments: &[&str], longest: Duration) -> End {
    let log = tree.join("target/mutant.log");
    let output = File::create(&log).expect("the log is created");
    let errors = output.try_clone().expect("the log is written by two");
    let folder = tree.join(folder);
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&folder).env("CARGO_MANIFEST_DIR", &folder);
    command.env("INSTA_UPDATE", "no").env("RUST_BACKTRACE", "0").stdout(output).stderr(errors);
    let mut child = command.spawn().expect("the program starts");
    let Some(success) = wait(&mut child, longest) else {
        let _ = child.kill();
        let _ = child.wait();
        return End::Endless;
    };
    if success {
        return End::Passed;
    }
    let text = std::fs::read(&log).unwrap_or_default();
    let failed =
        |line: &str| Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned());
    End::Failed(String::from_utf8_lossy(&text).lines().filter_map(failed).collect())
}

/// Waits for a program, which ends well or not, or too late.
fn wait(child: &mut Child, longest: Duration) -> Option<bool> {
    let begun = Instant::now();
    while begun.elapsed() < longest {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            return Some(status.success());
        }
        thread::sleep(Duration::from_millis(20));
    }
    None
}
