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

use build::{Built, Trees};
use embed::Mutant;
use groups::{GENERATOR, GROUPS, Group, Package, RUNTIME};
use run::{Outcome, Tests};

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
    let folder = std::env::var_os("MUTANTS_FOLDER").expect("tests/mutants/run sets it");
    let folder = PathBuf::from(folder);
    let trees = Trees { source: folder.join("source"), mutated: folder.join("tree") };
    let end = arguments.minutes.map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
    let names = arguments.groups.iter();
    let named = names.map(|name| {
        let group = GROUPS.iter().find(|group| group.name == name);
        group.unwrap_or_else(|| panic!("there is no group `{name}`; see src/groups.rs"))
    });
    let mut wanted: Vec<&Group> = named.collect();
    if wanted.is_empty() {
        wanted.extend(GROUPS);
    }
    for package in [&RUNTIME, &GENERATOR] {
        let is_of_it = |group: &&&Group| std::ptr::eq(group.package, package);
        let wanted: Vec<&Group> = wanted.iter().filter(is_of_it).copied().collect();
        if wanted.is_empty() {
            continue;
        }
        // All mutants of the package are in one program, so that it is built once.
        let listed = list(&trees.source, package);
        let of = |group: &&Group| std::ptr::eq(group.package, package);
        let in_group = |group: &'static Group| listed.iter().filter(|it| group.has(&it.file));
        let mutants: Vec<Mutant> = GROUPS.iter().filter(of).flat_map(in_group).cloned().collect();
        let built = build::build(&trees, package, &mutants);
        for group in wanted {
            measure(&trees.mutated, group, &mutants, &built, &arguments, end);
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

/// Tries those of the mutants that are in a group, and prints the score.
fn measure(
    tree: &Path,
    group: &Group,
    mutants: &[Mutant],
    built: &Built,
    arguments: &Arguments,
    end: Option<Instant>,
) {
    let mutants: Vec<(usize, &Mutant)> =
        mutants.iter().enumerate().filter(|(_, mutant)| group.has(&mutant.file)).collect();
    let record = tree.with_file_name(format!("{}.txt", group.name));
    let mut outcomes = if arguments.again { read(&record) } else { BTreeMap::new() };
    outcomes.retain(|name, _| mutants.iter().any(|(_, mutant)| mutant.name == *name));
    let is_chosen = |number: &usize| arguments.shard.is_none_or(|(part, of)| number % of == part);
    let is_late = || end.is_some_and(|end| Instant::now() > end);
    // The likely tests notice most of them, in a small part of the time.
    for (tests, left) in [(Tests::Likely, "unsure"), (Tests::All, "missed")] {
        let is_open = |name: &str, outcomes: &BTreeMap<String, String>| match tests {
            Tests::Likely => outcomes.get(name).is_none_or(|outcome| outcome == "missed"),
            Tests::All => outcomes.get(name).is_some_and(|outcome| outcome == "unsure"),
        };
        let mut is_checked = false;
        let chosen = mutants.iter().enumerate().filter(|(number, _)| is_chosen(number));
        for (id, mutant) in chosen.map(|(_, mutant)| *mutant) {
            if !is_open(&mutant.name, &outcomes) {
                continue;
            }
            if is_late() {
                break;
            }
            let tried = |id| run::test(tree, group, &built.programs, tests, id);
            if !is_checked {
                assert!(
                    tried(None) == Outcome::Missed,
                    "tests fail without a mutant: see target/mutants/tree/target/mutant.log"
                );
                is_checked = true;
            }
            let outcome = match built.refused.contains(&id) {
                true => "refused",
                false => match tried(Some(id)) {
                    Outcome::Caught => "caught",
                    Outcome::Endless => "endless",
                    Outcome::Missed => left,
                },
            };
            outcomes.insert(mutant.name.clone(), outcome.to_owned());
            let line = |(name, outcome): (&String, &String)| format!("{outcome:8} {name}\n");
            let lines: String = outcomes.iter().map(line).collect();
            std::fs::write(&record, lines).expect("the outcomes are written");
        }
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
        "{:12} {all:4} mutants, {:4} tried: {:4} caught, {:3} missed, {:3} not tried by all tests, {:3} did not end, {:3} did not compile",
        group.name,
        outcomes.len(),
        count("caught"),
        count("missed"),
        count("unsure"),
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
