//! Changes the code in one place after the other and looks whether a test notices.
//!
//! cargo-mutants says which mutants there are. They are all put into one program each suite, and
//! switched on one at a time, because on a small machine a build for each takes a day. What the program
//! prints is a score for each group of modules, and the mutants that no test has noticed.

mod build;
mod cover;
mod embed;
mod groups;
mod progress;
mod run;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use build::Trees;
use embed::Mutant;
use groups::{GENERATOR, GROUPS, Group, Package, RUNTIME};
use progress::Progress;
use run::Part;

/// What the program is told.
#[derive(Default)]
struct Arguments {
    groups: Vec<String>,
    /// Which part of how many.
    shard: Option<(usize, usize)>,
    minutes: Option<u64>,
    /// How many mutants are tried at once.
    jobs: usize,
    /// Only what was not caught, or not tried, by an earlier run.
    again: bool,
    /// The programs that are there, whatever else has been done to the tree since.
    built: bool,
    /// Only the likeliest tests.
    quick: bool,
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
    let mut wanted: Vec<&'static Group> = named.collect();
    if wanted.is_empty() {
        wanted.extend(GROUPS);
    }
    for package in [&RUNTIME, &GENERATOR] {
        let is_of_it = |group: &&&Group| std::ptr::eq(group.package, package);
        let wanted: Vec<&'static Group> = wanted.iter().filter(is_of_it).copied().collect();
        if wanted.is_empty() {
            continue;
        }
        let (mutants, built) = match arguments.built {
            true => build::known(&trees, package),
            false => {
                // All mutants of the package are in one program, so that it is built once.
                let listed = list(&trees.source, package);
                let of = |group: &&Group| std::ptr::eq(group.package, package);
                let in_group =
                    |group: &'static Group| listed.iter().filter(|it| group.has(&it.file));
                let mutants = GROUPS.iter().filter(of).flat_map(in_group).cloned();
                let mutants: Vec<Mutant> = mutants.collect();
                let built = build::build(&trees, package, &mutants);
                (mutants, built)
            }
        };
        let tests = cover::record(&trees.mutated, package, &built, arguments.jobs);
        let begin = |group| Progress::new(group, &mutants, &folder, arguments.again);
        let groups: Vec<Progress<'_>> = wanted.into_iter().map(begin).collect();
        let is_late = || end.is_some_and(|end| Instant::now() > end);
        let parts = [Part::First, Part::Rest].into_iter().take(if arguments.quick { 1 } else { 2 });
        for part in parts {
            // What is left of a group takes long, and others need not wait for it.
            let at_once = if part == Part::Rest { groups.len() } else { 1 };
            run::each(&groups, at_once, |number, group| {
                let (tree, shard) = (&trees.mutated, arguments.shard);
                let jobs = if part == Part::Rest { 1 } else { arguments.jobs };
                let workers = number * jobs..(number + 1) * jobs;
                group.advance(tree, &built, &tests, part, shard, workers, is_late);
            });
        }
        println!(
            "| group | mutants | refused | constant | open | caught | endless | not noticed |"
        );
        println!("|---|---|---|---|---|---|---|---|");
        groups.iter().for_each(Progress::print);
    }
}

fn arguments() -> Arguments {
    let mut arguments = Arguments { jobs: 2, ..Arguments::default() };
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
            "--jobs" => arguments.jobs = value().parse().expect("a number of jobs"),
            "--built" => arguments.built = true,
            "--quick" => arguments.quick = true,
            "--again" => arguments.again = true,
            _ => arguments.groups.push(word),
        }
    }
    arguments
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
