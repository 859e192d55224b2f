//! Runs tests with one mutant switched on, and says whether one of them notices.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cover::Test;
use crate::embed::Mutant;

/// How long tests may take at least, and how many times longer than without a mutant. On a busy
/// machine they get a small part of its time.
const LEAST: Duration = Duration::from_secs(20);
const FACTOR: u32 = 20;

/// Tests run together until they take so long, or are so many.
const TOGETHER: Duration = Duration::from_millis(1000);
const AT_MOST: usize = 40;

/// How long the first tests of a mutant take together, without the mutant. They notice most.
const FIRST: Duration = Duration::from_secs(4);

/// Which of the tests that reach a mutant it meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The likeliest ones.
    First,
    /// The others.
    Rest,
}

/// What becomes of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Caught,
    Missed,
    /// No test reaches the place.
    Unreached,
    /// The tests do not end, so somebody would notice.
    Endless,
}

/// How the tests of a program end.
pub(crate) enum End {
    Passed,
    /// The tests that failed; none if the program crashed.
    Failed(Vec<String>),
    /// The tests that did end.
    Endless(Vec<String>),
}

/// Some tests of a program.
pub(crate) struct Run<'a> {
    pub(crate) tree: &'a Path,
    /// The folder of their package.
    pub(crate) folder: &'a str,
    pub(crate) program: &'a Path,
    pub(crate) tests: &'a [&'a str],
    pub(crate) case: Option<&'a str>,
    /// What the mutants are told: a number, or where to note those that are reached.
    pub(crate) setting: String,
    pub(crate) longest: Duration,
    /// Which of those that work at the same time.
    pub(crate) worker: usize,
}

/// Tries a mutant with a part of the tests that reach it, the likeliest first, until one fails.
pub(crate) fn test(
    tree: &Path,
    tests: &[Test],
    part: Part,
    (id, mutant): (usize, &Mutant),
    worker: usize,
) -> Outcome {
    let mut reaching: Vec<&Test> = tests.iter().filter(|test| test.reached.contains(&id)).collect();
    if reaching.is_empty() {
        return Outcome::Unreached;
    }
    reaching.sort_by_key(|test| promise(test, mutant));
    let batches = batches(&reaching);
    let mut before = Duration::ZERO;
    for batch in batches {
        let is_first = before.is_zero() || before + time(&batch) <= FIRST;
        before += time(&batch);
        if is_first != (part == Part::First) {
            continue;
        }
        let run = |names: &[&str]| {
            let longest = LEAST + FACTOR * time(&batch);
            let Test { folder, program, case, .. } = batch[0];
            let (case, setting) = (case.as_deref(), id.to_string());
            Run { tree, folder, program, tests: names, case, setting, longest, worker }.end()
        };
        let names: Vec<&str> = batch.iter().map(|test| test.name.as_str()).collect();
        match run(&names) {
            End::Passed => {}
            End::Endless(ended) => {
                let open = |name: &&&str| !ended.iter().any(|it| it == **name);
                match names.iter().find(open).map(|name| run(&[*name])) {
                    Some(End::Endless(_)) => return Outcome::Endless,
                    Some(End::Failed(_)) => return Outcome::Caught,
                    Some(End::Passed) | None => {}
                }
            }
            // A program that crashes names no test.
            End::Failed(failed) if failed.is_empty() => {
                if !matches!(run(&names), End::Passed) {
                    return Outcome::Caught;
                }
            }
            // What failed because the machine was busy does not fail again.
            End::Failed(failed) => {
                let fails = |name: &String| !matches!(run(&[name]), End::Passed);
                if failed.iter().take(3).any(fails) {
                    return Outcome::Caught;
                }
            }
        }
    }
    Outcome::Missed
}

/// How little a test promises to notice a mutant: more if it takes long or reaches much else, less if
/// it has the name of the module.
fn promise(test: &Test, mutant: &Mutant) -> u128 {
    let path = mutant.file.trim_end_matches(".rs").trim_end_matches("/mod");
    let is_near = test.name.contains(&path.replace('/', "::"));
    let seldom = test.reached.len() as u128 + 10;
    test.time.as_millis() * seldom / if is_near { 20 } else { 1 }
}

/// Tests of one program each, taken together as long as they are quick. The order is kept as far as it
/// can be.
fn batches<'t>(tests: &[&'t Test]) -> Vec<Vec<&'t Test>> {
    let mut batches: Vec<Vec<&Test>> = Vec::new();
    for test in tests {
        let is_like = |one: &Test| one.program == test.program && one.case == test.case;
        let last = batches.iter_mut().rev().find(|batch| is_like(batch[0]));
        match last {
            Some(batch) if batch.len() < AT_MOST && time(batch) + test.time < TOGETHER => {
                batch.push(test);
            }
            _ => batches.push(vec![test]),
        }
    }
    batches
}

fn time(tests: &[&Test]) -> Duration {
    tests.iter().map(|test| test.time).sum()
}

/// Does something with each item, with some threads at once, each of which has a number.
pub(crate) fn each<T: Sync>(items: &[T], jobs: usize, work: impl Fn(usize, &T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for worker in 0..jobs {
            let (next, work) = (&next, &work);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(worker, item);
                }
            });
        }
    });
}

impl Run<'_> {
    /// Runs the tests and waits for them.
    pub(crate) fn end(&self) -> End {
        let log = self.tree.join(format!("target/mutant-{}.log", self.worker));
        let output = File::create(&log).expect("the log is created");
        let errors = output.try_clone().expect("the log is written by two");
        let folder = self.tree.join(self.folder);
        let mut command = Command::new("nice");
        command
            .args(["-n", "10"])
            .arg(self.program)
            .arg("--exact")
            .args(self.tests)
            .current_dir(&folder);
        command.env("CARGO_MANIFEST_DIR", &folder).env("MUTANT", &self.setting);
        command.envs(self.case.map(|case| ("CASE", case)));
        command.env("INSTA_UPDATE", "no").env("RUST_BACKTRACE", "0").stdout(output).stderr(errors);
        // A group, so that programs that the tests have started end with them.
        let mut child = command.process_group(0).spawn().expect("the program starts");
        let Some(success) = wait(&mut child, self.longest) else {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = child.wait();
            return End::Endless(named(&log, " ... ok"));
        };
        if success { End::Passed } else { End::Failed(named(&log, " ... FAILED")) }
    }
}

/// The tests with an outcome.
fn named(log: &Path, outcome: &str) -> Vec<String> {
    let text = std::fs::read(log).unwrap_or_default();
    let name = |line: &str| {
        let name = line.strip_prefix("test ")?.strip_suffix(outcome)?;
        Some(name.strip_suffix(" - should panic").unwrap_or(name).to_owned())
    };
    String::from_utf8_lossy(&text).lines().filter_map(name).collect()
}

/// Waits for a program, which ends well or not, or too late.
fn wait(child: &mut Child, longest: Duration) -> Option<bool> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(2);
    while begun.elapsed() < longest {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            return Some(status.success());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
    None
}
