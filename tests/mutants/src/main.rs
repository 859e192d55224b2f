//! Changes the code in one place after the other and looks whether a test notices.
//!
//! cargo-mutants says which mutants there are. They are all put into one program each suite, and
//! switched on one at a time, because on a small machine a build for each takes a day. What the program
//! prints is a score for each group of modules, and the mutants that no test has noticed.

mod build;
mod embed;
mod groups;
mod run;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use build::Built;
use embed::Mutant;
use groups::{GENERATOR, GROUPS, Group, Package, RUNTIME};
use run::Outcome;

/// What the program is told.
#[derive(Default)]
struct Arguments {
    groups: Vec<String>,
    /// Which part of how many.
    shard: Option<(usize, usize)>,
    minutes: Option<u64>,
    /// Only what was not caught, or not tried, by an earlier run.
    again: bool,
}

fn main() {
    let arguments = arguments();
    let tree = PathBuf::from(std::env::var_os("MUTANTS_TREE").expect("tests/mutants/run sets it"));
    let end = arguments.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let is_wanted = |group: &&Group| {
        arguments.groups.is_empty() || arguments.groups.iter().any(|name| name == group.name)
    };
    let wanted: Vec<&Group> = GROUPS.iter().filter(is_wanted).collect();
    assert!(!wanted.is_empty(), "there is no group of this name; see src/groups.rs");
    for package in [&RUNTIME, &GENERATOR] {
        let groups = wanted.iter().filter(|group| std::ptr::eq(group.package, package));
        let groups: Vec<&Group> = groups.copied().collect();
        if groups.is_empty() {
            continue;
        }
        let mutants = list(&tree, package);
        let of = |group: &'static Group| {
            let mutants = mutants.iter().filter(|mutant| group.has(&mutant.file));
            (group, mutants.cloned().collect())
        };
        let lists: Vec<(&Group, Vec<Mutant>)> = groups.into_iter().map(of).collect();
        // All of them are in one program, so that it is built once.
        let all: Vec<Mutant> = lists.iter().flat_map(|(_, mutants)| mutants.clone()).collect();
        let built = build::build(&tree, package, &all);
        let mut first = 0;
        for (group, mutants) in lists {
            measure(&tree, group, (first, &mutants), &built, &arguments, end);
            first += mutants.len();
        }
    }
}

fn arguments() -> Arguments {
    let mut arguments = Arguments::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("the option has a value");
        match word.as_str() {
            "--shard" => {
                let text = value();
                let (part, of) = text.split_once('/').expect("a shard looks like 0/4");
                arguments.shard =
                    Some((part.parse().expect("a number"), of.parse().expect("a number")));
            }
            "--minutes" => arguments.minutes = Some(value().parse().expect("a number of minutes")),
            "--again" => arguments.again = true,
            _ => arguments.groups.push(word),
        }
    }
    arguments
}

/// Tries the mutants of a group, the first of which has a number, and prints the score.
fn measure(
    tree: &Path,
    group: &Group,
    (first, mutants): (usize, &[Mutant]),
    built: &Built,
    arguments: &Arguments,
    end: Option<Instant>,
) {
    let record = tree.with_file_name(format!("{}.txt", group.name));
    let mut outcomes = if arguments.again { read(&record) } else { BTreeMap::new() };
    let is_chosen = |number: &usize| arguments.shard.is_none_or(|(part, of)| number % of == part);
    let is_late = || end.is_some_and(|end| Instant::now() > end);
    let baseline = is_late() || run::test(tree, group, &built.programs, None) == Outcome::Missed;
    assert!(baseline, "tests fail without a mutant: see target/mutants/tree/target/mutant.log");
    for (number, mutant) in mutants.iter().enumerate().filter(|(number, _)| is_chosen(number)) {
        if outcomes.get(&mutant.name).is_some_and(|outcome| outcome != "missed") {
            continue;
        }
        if is_late() {
            break;
        }
        let id = first + number;
        let outcome = match built.refused.contains(&id) {
            true => "refused",
            false => run::test(tree, group, &built.programs, Some(id)).word(),
        };
        outcomes.insert(mutant.name.clone(), outcome.to_owned());
        let line = |(name, outcome): (&String, &String)| format!("{outcome:8} {name}\n");
        let lines: String = outcomes.iter().map(line).collect();
        std::fs::write(&record, lines).expect("the outcomes are written");
    }
    print(group, mutants.len(), &outcomes);
}

fn read(record: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(record).unwrap_or_default();
    let pair = |line: &str| {
        line.split_once(' ').map(|(outcome, name)| (name.trim().to_owned(), outcome.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

fn print(group: &Group, all: usize, outcomes: &BTreeMap<String, String>) {
    let count = |wanted: &str| outcomes.values().filter(|outcome| *outcome == wanted).count();
    println!(
        "{:12} {all:4} mutants, {:4} tried: {:4} caught, {:3} missed, {:3} did not end, {:3} did not compile",
        group.name,
        outcomes.len(),
        count("caught"),
        count("missed"),
        count("endless"),
        count("refused"),
    );
    for (name, _) in outcomes.iter().filter(|(_, outcome)| *outcome == "missed") {
        println!("    {name}");
    }
}

/// The mutants of a package, by the paths of their files below its folder.
fn list(tree: &Path, package: &Package) -> Vec<Mutant> {
    let folder = package.folders[0];
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json"]).current_dir(tree);
    command.arg(format!("--file={folder}/**"));
    let output = command.output().expect("cargo-mutants runs");
    let text = String::from_utf8_lossy(&output.stderr);
    let mut mutants: Vec<Mutant> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("cargo mutants --list: {error}\n{text}"));
    let prefix = format!("{folder}/");
    for mutant in &mut mutants {
        mutant.file = mutant.file.strip_prefix(&prefix).expect("it is in the folder").to_owned();
    }
    mutants
}
