//! Checks the crate on disk after concurrent and killed runs of `clientgen generate`.
//!
//! Unit tests check the protocol step by step (`src/crate_dir/tests.rs`). These tests use real
//! processes, locks and signals.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Everything below a folder: the content of files, and `None` for folders.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Returns a document. Its crate has some files in common with the crates of other names.
fn document(title: &str) -> String {
    let mut text = format!("openapi: 3.0.3\ninfo: {{title: {title}, version: '1'}}\npaths:\n");
    let mut schemas = String::new();
    for index in 0..16 {
        let name = if index % 2 == 0 { format!("Thing{index}") } else { format!("{title}{index}") };
        // Writing into a string cannot fail.
        let _ = write!(
            text,
            "  /{title}/{index}:\n    get:\n      tags: [{name}]\n      operationId: get{name}\n      \
             responses:\n        '200':\n          description: One.\n          content: \
             {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}\n"
        );
        let _ = writeln!(
            schemas,
            "    {name}: {{type: object, description: {title}, properties: {{a: {{type: string}}}}}}"
        );
    }
    format!("{text}components:\n  schemas:\n{schemas}")
}

const NAMES: [&str; 2] = ["Alpha", "Beta"];

/// Returns a folder with the documents.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in NAMES {
        fs::write(folder.path().join(format!("{name}.yaml")), document(name)).unwrap();
    }
    folder
}

fn command(folder: &Path, name: &str, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
    let document = format!("{name}.yaml");
    command.args(["generate", "--input", &document, "--output", out, "--name", "things"]);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                tree.insert(name, None);
                folders.push(path);
            } else {
                tree.insert(name, Some(fs::read(path).unwrap()));
            }
        }
    }
    tree
}

/// Returns the crate of each document, as an uninterrupted run writes it.
fn crates(folder: &Path) -> [Tree; 2] {
    NAMES.map(|name| {
        let output = run(&mut command(folder, name, name));
        assert!(output.status.success(), "{}", text(&output));
        tree(&folder.join(name))
    })
}

/// Returns the names of the files that differ between two trees.
fn difference(one: &Tree, other: &Tree) -> Vec<String> {
    let names = one.keys().chain(other.keys());
    let differs = |name: &&String| one.get(*name) != other.get(*name);
    names.filter(differs).cloned().collect()
}

#[test]
fn concurrent_runs_leave_one_crate() {
    let folder = folder();
    let expected = crates(folder.path());
    let out = folder.path().join("client");
    for round in 0..6 {
        if round % 3 == 0 {
            // Then the runs also compete to create the folder.
            let _ = fs::remove_dir_all(&out);
        }
        let start = |name: &str| {
            let mut command = command(folder.path(), name, "client");
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children = [start(NAMES[0]), start(NAMES[1]), start(NAMES[0])];
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", text(&output));
        }
        let now = tree(&out);
        assert!(
            expected.contains(&now),
            "round {round}: {:?}",
            expected.each_ref().map(|expected| difference(expected, &now))
        );
    }
}

#[test]
fn a_planted_staging_folder_deletes_nothing() {
    let folder = folder();
    let out = folder.path().join("client");
    assert!(run(&mut command(folder.path(), NAMES[0], "client")).status.success());
    let outside = folder.path().join("precious");
    fs::write(&outside, "mine").unwrap();
    fs::write(out.join("mine.rs"), "mine").unwrap();
    fs::create_dir_all(out.join(".clientgen-staging/old")).unwrap();
    let names = format!("../precious\n{}\nmine.rs\n../../client/mine.rs\n", outside.display());
    fs::write(out.join(".clientgen-staging/created"), &names).unwrap();
    let list = fs::read_to_string(out.join(".generated-files")).unwrap();
    fs::write(out.join(".generated-files"), list + &names.replace("mine.rs\n", "\n")).unwrap();
    for name in NAMES {
        let output = run(&mut command(folder.path(), name, "client"));
        assert!(output.status.success(), "{}", text(&output));
        assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");
        assert_eq!(fs::read_to_string(out.join("mine.rs")).unwrap(), "mine");
        assert!(out.join(".clientgen-staging/created").exists());
    }
}

/// A random number generator. The test prints its seed, so that a run can be repeated.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let random = std::hash::RandomState::new().build_hasher().finish();
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok());
        Self(seed.unwrap_or(random) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

/// Returns whether a run has begun to write.
fn is_writing(out: &Path) -> bool {
    let state = fs::read_dir(out.join(".clientgen"));
    let folders = state.into_iter().flatten().filter_map(Result::ok);
    folders.filter(|entry| entry.path().is_dir()).count() > 0
}

/// Kills a run at a random time: in half of the cases at any time, in the others while it writes, which is
/// a small part of the run.
fn kill(mut child: Child, out: &Path, random: &mut Random, whole: Duration) -> ExitStatus {
    if random.below(2) == 0 {
        let micros = u64::try_from(whole.as_micros()).unwrap();
        std::thread::sleep(Duration::from_micros(random.below(micros)));
    } else {
        while !is_writing(out) && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        std::thread::sleep(Duration::from_micros(random.below(20_000)));
    }
    let _ = child.kill();
    child.wait().unwrap()
}

/// Returns the phase in which a run was killed.
fn left_behind(out: &Path) -> &'static str {
    let mut state = "nothing";
    let folders = fs::read_dir(out.join(".clientgen")).into_iter().flatten().filter_map(Result::ok);
    for folder in folders.map(|entry| entry.path()).filter(|path| path.is_dir()) {
        state = if folder.join("commit").exists() { "committed" } else { "prepared" };
    }
    state
}

/// The results of killed runs and of their recovery.
#[derive(Debug, Default)]
struct Outcome {
    killed: u32,
    mixed: u32,
    leftovers: u32,
    states: BTreeMap<&'static str, u32>,
}

/// Kills a number of runs with `kill`, and checks the crate after each.
fn kill_runs(kills: u32, mut kill: impl FnMut(Child, &Path) -> ExitStatus) -> Outcome {
    let folder = folder();
    let expected = crates(folder.path());
    let out: PathBuf = folder.path().join("client");
    assert!(run(&mut command(folder.path(), NAMES[0], "client")).status.success());
    let mut outcome = Outcome::default();
    for round in 1..=10 * kills {
        if outcome.killed == kills {
            break;
        }
        fs::write(out.join("mine.rs"), "mine").unwrap();
        let name = NAMES[usize::try_from(round).unwrap() % 2];
        let child = command(folder.path(), name, "client").spawn().unwrap();
        if !kill(child, &out).success() {
            outcome.killed += 1;
        }
        *outcome.states.entry(left_behind(&out)).or_default() += 1;
        // A check recovers the run. One of the crates must be up to date then.
        let fits = NAMES.map(|name| {
            run(command(folder.path(), name, "client").args(["--check", "--quiet"]))
                .status
                .success()
        });
        assert_eq!(fs::read_to_string(out.join("mine.rs")).unwrap(), "mine");
        fs::remove_file(out.join("mine.rs")).unwrap();
        let now = tree(&out);
        match (fits.contains(&true), expected.contains(&now)) {
            (true, true) => {}
            (true, false) => outcome.leftovers += 1,
            (false, _) => outcome.mixed += 1,
        }
        if !expected.contains(&now) {
            println!("round {round}: {:?}", expected.each_ref().map(|tree| difference(tree, &now)));
            let _ = run(&mut command(folder.path(), NAMES[0], "client"));
        }
    }
    assert_eq!(outcome.killed, kills, "too many runs ended before they were killed");
    outcome
}

/// Each run is killed when its staging folder exists, so that it leaves files to remove.
#[test]
fn runs_killed_while_writing_leave_one_crate_and_no_other_files() {
    let outcome = kill_runs(3, |mut child, out| {
        while !is_writing(out) && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        let _ = child.kill();
        child.wait().unwrap()
    });
    assert_eq!((outcome.mixed, outcome.leftovers), (0, 0), "{outcome:?}");
    let left = ["prepared", "committed"].map(|state| outcome.states.get(state).copied());
    assert!(left.iter().any(Option::is_some), "no kill left files to remove: {outcome:?}");
}

/// `cargo test -p clientgen-cli --test transaction -- --ignored --nocapture`; `SEED` and `KILLS` repeat it.
#[test]
#[ignore = "takes minutes"]
fn killed_runs_leave_one_crate_and_no_other_files() {
    let mut random = Random::new();
    let kills: u32 =
        std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(100);
    println!("SEED={}", random.0);
    let folder = folder();
    let began = Instant::now();
    assert!(run(&mut command(folder.path(), NAMES[0], "client")).status.success());
    let whole = began.elapsed();
    let outcome = kill_runs(kills, |child, out| kill(child, out, &mut random, whole));
    let Outcome { killed, mixed, leftovers, states } = outcome;
    println!("kills {killed}, mixed crates {mixed}, leftovers {leftovers}; phases {states:?}");
    assert_eq!((mixed, leftovers), (0, 0));
}
