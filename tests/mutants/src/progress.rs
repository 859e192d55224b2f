//! How far the mutants of a group have come, and what has become of them. It is kept in a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::build::Built;
use crate::embed::Mutant;
use crate::groups::Group;
use crate::run::{self, Outcome, Tests};

/// What becomes of a mutant, as the records have it.
const CAUGHT: &str = "caught";
/// No test has failed.
const MISSED: &str = "missed";
/// The likely unit tests have not failed; the others have not been tried.
const OPEN: &str = "open";
/// The likely tests have not failed; the others have not been tried.
const UNSURE: &str = "unsure";
/// The tests do not end, so somebody would notice.
const ENDLESS: &str = "endless";
/// The compiler does not take it, or not beside others.
const REFUSED: &str = "refused";

/// How long the tests may take without a mutant.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// How long they may take with one, at least.
const LEAST: Duration = Duration::from_secs(30);

/// The mutants of a group with their outcomes.
pub(crate) struct Progress<'m> {
    group: &'static Group,
    /// With their numbers in the program.
    mutants: Vec<(usize, &'m Mutant)>,
    outcomes: BTreeMap<String, String>,
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
        // What was missed is what is tried again, as it was before it met all tests.
        outcomes.retain(|name, outcome| {
            outcome != MISSED && mutants.iter().any(|(_, mutant)| mutant.name == *name)
        });
        Self { group, mutants, outcomes, record }
    }

    /// Tries those that the tests concern: the quick ones what is new, and the others what those
    /// before them have not noticed.
    pub(crate) fn advance(
        &mut self,
        tree: &Path,
        built: &Built,
        tests: Tests,
        shard: Option<(usize, usize)>,
        is_late: impl Fn() -> bool,
    ) {
        let tried = |id, longest| run::test(tree, self.group, &built.programs, tests, longest, id);
        // What takes much longer than without a mutant does not end.
        let mut longest = None;
        for (number, (id, mutant)) in self.mutants.iter().enumerate() {
            let before = self.outcomes.get(&mutant.name).map(String::as_str);
            let is_open = match tests {
                Tests::Quick => before.is_none(),
                Tests::Likely => before == Some(OPEN),
                Tests::All => before == Some(UNSURE),
            };
            if !is_open || shard.is_some_and(|(part, of)| number % of != part) {
                continue;
            }
            if is_late() {
                break;
            }
            let longest = *longest.get_or_insert_with(|| {
                let begun = Instant::now();
                let outcome = tried(None, LONGEST);
                let log = "target/mutants/tree/target/mutant.log";
                assert!(outcome == Outcome::Missed, "tests fail without a mutant: see {log}");
                LEAST + begun.elapsed() * 5
            });
            let outcome = match (built.refused.contains(id), tests) {
                (true, _) => REFUSED,
                (false, tests) => match (tried(Some(*id), longest), tests) {
                    (Outcome::Caught, _) => CAUGHT,
                    (Outcome::Endless, _) => ENDLESS,
                    (Outcome::Missed, Tests::Quick) => OPEN,
                    (Outcome::Missed, Tests::Likely) => UNSURE,
                    (Outcome::Missed, Tests::All) => MISSED,
                },
            };
            self.outcomes.insert(mutant.name.clone(), outcome.to_owned());
            let line = |(name, outcome): (&String, &String)| format!("{outcome:8} {name}\n");
            let lines: String = self.outcomes.iter().map(line).collect();
            std::fs::write(&self.record, lines).expect("the outcomes are written");
        }
    }

    /// Prints the score of the group as a row of a table, and what is not caught below it.
    pub(crate) fn print(&self) {
        let count = |wanted: &str| self.outcomes.values().filter(|it| *it == wanted).count();
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            self.group.name,
            self.mutants.len(),
            self.outcomes.len(),
            count(REFUSED),
            count(CAUGHT),
            count(ENDLESS),
            count(MISSED),
            count(UNSURE),
            count(OPEN),
        );
        for (name, outcome) in &self.outcomes {
            if [MISSED, UNSURE].contains(&outcome.as_str()) {
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
