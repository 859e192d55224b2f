//! Runs the suites with one mutant after the other switched on.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::groups::Group;

/// How long the likely tests of a program may take, and all of them.
const LONGEST: [Duration; 2] = [Duration::from_secs(90), Duration::from_secs(400)];

/// What becomes of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Caught,
    Missed,
    /// The tests do not end, so somebody would notice.
    Endless,
}

impl Outcome {
    /// What the outcome is called in the records.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Missed => "missed",
            Self::Endless => "endless",
        }
    }
}

/// How the tests of a program end.
enum End {
    Passed,
    Failed(Vec<String>),
    Endless,
}

/// Tries a mutant, with the likely tests of all suites before all tests of any.
pub(crate) fn test(
    tree: &Path,
    group: &Group,
    programs: &[Vec<PathBuf>],
    id: Option<usize>,
) -> Outcome {
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    std::fs::write(tree.join("target/mutant"), id).expect("the mutant is switched on");
    for (filters, longest) in [group.likely, &[]].into_iter().zip(LONGEST) {
        for ((folder, _), programs) in group.package.suites.iter().zip(programs) {
            for program in programs {
                let filters: Vec<&str> = filters.to_vec();
                match run(tree, folder, program, &filters, longest) {
                    End::Passed => {}
                    End::Endless => return Outcome::Endless,
                    // What fails because the machine is busy does not fail twice.
                    End::Failed(tests) => {
                        let mut again: Vec<&str> = tests.iter().map(String::as_str).collect();
                        if !again.is_empty() {
                            again.push("--exact");
                        }
                        if again.is_empty()
                            || !matches!(run(tree, folder, program, &again, longest), End::Passed)
                        {
                            return Outcome::Caught;
                        }
                    }
                }
            }
        }
    }
    Outcome::Missed
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
