//! How far the mutants of a group have come, and what has become of them. It is kept in a file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::build::Built;
use crate::cover::Test;
use crate::embed::Mutant;
use crate::groups::Group;
use crate::run::{self, Outcome, Part, each};

/// What becomes of a mutant, as the records have it.
const CAUGHT: &str = "caught";
/// The likeliest tests have not failed; the others have not been tried.
const OPEN: &str = "open";
/// No test has failed.
const MISSED: &str = "missed";
/// No test reaches the place.
const UNREACHED: &str = "unreached";
/// The tests do not end, so somebody would notice.
const ENDLESS: &str = "endless";
/// The compiler does not take it, or not beside others.
const REFUSED: &str = "refused";
/// It is in a constant, which cannot ask what is switched on: it needs a build of its own.
const CONSTANT: &str = "constant";

/// The mutants of a group with their outcomes.
pub(crate) struct Progress<'m> {
    group: &'static Group,
    /// With their numbers in the program.
    mutants: Vec<(usize, &'m Mutant)>,
    outcomes: Mutex<BTreeMap<String, String>>,
    record: PathBuf,
}

impl<'m> Progress<'m> {
    /// Begins with those of the mutants that are in a group; `again` keeps what is recorded of them.
    pub(crate) fn new(
        group: &'static Group,
        mutants: &'m [Mutant],
        folder: &Path,
        again: bool,
    ) -> Self {
        let mutants = mutants.iter().enumerate().filter(|(_, mutant)| group.has(&mutant.file));
        let mutants: Vec<(usize, &Mutant)> = mutants.collect();
        let record = folder.join(format!("{}.txt", group.name));
        let mut outcomes = if again { read(&record) } else { BTreeMap::new() };
        // What was not noticed is what is tried again.
        outcomes.retain(|name, outcome| {
            [CAUGHT, ENDLESS, OPEN].contains(&outcome.as_str())
                && mutants.iter().any(|(_, mutant)| mutant.name == *name)
        });
        Self { group, mutants, outcomes: Mutex::new(outcomes), record }
    }

    /// Tries the mutants that have no outcome with their first tests, or those that these have not
    /// noticed with the rest; of all of them, or of one part of how many (`shard`).
    pub(crate) fn advance(
        &self,
        tree: &Path,
        built: &Built,
        tests: &[Test],
        part: Part,
        shard: Option<(usize, usize)>,
        workers: Range<usize>,
        is_late: impl Fn() -> bool + Sync,
    ) {
        let known = self.outcomes.lock().expect("no thread panics").clone();
        let is_wanted = |number: usize| shard.is_none_or(|(part, of)| number % of == part);
        let parts = self.mutants.iter().enumerate().filter(|(number, _)| is_wanted(*number));
        let is_open = |name: &String| match part {
            Part::First => !known.contains_key(name),
            Part::Rest => known.get(name).is_some_and(|outcome| outcome == OPEN),
        };
        let open = parts.map(|(_, it)| *it).filter(|(_, it)| is_open(&it.name));
        let open: Vec<(usize, &Mutant)> = open.collect();
        each(&open, workers.len(), |worker, (id, mutant)| {
            let worker = workers.start + worker;
            if is_late() {
                return;
            }
            let outcome = match built.refused.contains(id) {
                true if mutant.is_of_constant() => CONSTANT,
                true => REFUSED,
                false => match run::test(tree, tests, part, (*id, mutant), worker) {
                    Outcome::Caught => CAUGHT,
                    Outcome::Endless => ENDLESS,
                    Outcome::Missed if part == Part::First => OPEN,
                    Outcome::Missed => MISSED,
                    Outcome::Unreached => UNREACHED,
                },
            };
            let mut outcomes = self.outcomes.lock().expect("no thread panics");
            outcomes.insert(mutant.name.clone(), outcome.to_owned());
            let line = |(name, outcome): (&String, &String)| format!("{outcome:9} {name}\n");
            let lines: String = outcomes.iter().map(line).collect();
            std::fs::write(&self.record, lines).expect("the outcomes are written");
        });
    }

    /// Prints the score of the group as a row of a table, and what is not caught below it.
    pub(crate) fn print(&self) {
        let outcomes = self.outcomes.lock().expect("no thread panics");
        let count = |wanted: &str| outcomes.values().filter(|it| *it == wanted).count();
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            self.group.name,
            self.mutants.len(),
            count(REFUSED),
            count(CONSTANT),
            self.mutants.len() - outcomes.len() + count(OPEN),
            count(CAUGHT),
            count(ENDLESS),
            count(MISSED) + count(UNREACHED),
        );
        for (name, outcome) in outcomes.iter() {
            if [MISSED, UNREACHED, OPEN].contains(&outcome.as_str()) {
                println!("    {outcome} {name}");
            }
        }
    }
}

fn read(record: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(record).unwrap_or_default();
    let pair = |line: &str| {
        line.split_once(' ').map(|(outcome, name)| (name.trim().to_owned(), outcome.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}
