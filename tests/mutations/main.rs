//! For any document, the generator returns in time and without a panic, and its output is valid
//! Rust.
//!
//! The documents of the cases are mutated at random, as JSON values ([`nodes`]) and as strings
//! ([`strings`]), and the properties of all results are checked ([`properties`]). Each mutant is
//! derived from its number, so every run is the same and a mutant can be reproduced.
//!
//! A mutant is written to a folder before it is tested, so that it is kept even if the process
//! ends. Mutants that fail stay in a folder named after their number and seed.

mod commands;
mod nodes;
mod properties;
mod reported_changes;
mod seeds;
mod stability;
mod strings;
mod unusual;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use clientgen::Config;
use fastrand::Rng;

use properties::Properties;
use seeds::Seed;

/// The stack of threads that parse generated Rust.
const STACK_BYTES: usize = 512 << 20;

/// The timeout of a mutant.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Of how many mutants one is written while it is watched.
const WATCHED: u64 = 4;

#[test]
fn the_generator_survives_mutations() {
    check_properties(&seeds::of_the_tests(), 0..600);
}

#[test]
fn changes_of_mutations_are_reported() {
    check_reported_changes(seeds::of_the_tests(), 0..300);
}

/// The mutant is the document, an overlay, the upstream document, or the settings.
#[test]
fn no_command_panics_on_mutations() {
    check_commands(seeds::of_the_tests(), 0..60);
}

/// More mutants, optionally of more documents. CONTRIBUTING.md describes the settings.
#[test]
#[ignore = "the environment sets how long it runs"]
fn the_generator_survives_many_mutations() {
    let (seeds, numbers) = from_environment();
    check_properties(&seeds, numbers);
}

#[test]
#[ignore = "the environment sets how long it runs"]
fn changes_of_many_mutations_are_reported() {
    let (seeds, numbers) = from_environment();
    check_reported_changes(seeds, numbers);
}

#[test]
#[ignore = "the environment sets how long it runs"]
fn no_command_panics_on_many_mutations() {
    let (seeds, numbers) = from_environment();
    check_commands(seeds, numbers);
}

/// The names of a crate do not depend on the order of its document.
#[test]
fn names_do_not_depend_on_the_order_of_the_document() {
    check_stability(seeds::of_the_tests(), 0..3, stability::fault_of_order);
}

/// What is left when operations are taken away keeps its name.
#[test]
fn names_do_not_depend_on_the_part_that_is_chosen() {
    check_stability(seeds::of_the_tests(), 0..4, stability::fault_of_parts);
}

/// Both, for the documents of a folder, which can be large.
#[test]
#[ignore = "the environment sets how long it runs"]
fn names_of_other_documents_are_stable() {
    let (seeds, numbers) = from_environment();
    check_stability(seeds.clone(), numbers.clone(), stability::fault_of_order);
    check_stability(seeds, numbers, stability::fault_of_parts);
}

/// Compares the crates of each document with those of its variants with these numbers.
fn check_stability(seeds: Vec<Seed>, numbers: Range<u64>, fault: fn(&Seed, u64) -> Option<String>) {
    let faults = move || -> Vec<String> {
        let variants = seeds.iter().flat_map(|seed| numbers.clone().map(move |n| (seed, n)));
        let named = |(seed, number): (&Seed, u64)| {
            Some(format!("{} ({number}): {}", seed.name, fault(seed, number)?))
        };
        variants.filter_map(named).collect()
    };
    let faults = on_a_large_stack(faults);
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Runs every command on the mutants with these numbers.
fn check_commands(seeds: Vec<Seed>, numbers: Range<u64>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands");
    let current = folder.join(format!("current-{}", numbers.start));
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vendor.toml");
    let settings = fs::read_to_string(spec).unwrap();
    let panic = move |number: u64| {
        let mutant = mutant(&seeds, number);
        write(&current, &mutant.files);
        let settings = strings::mutate(&settings, &settings, &mut Rng::with_seed(number));
        let run = || {
            let original = seed(&seeds, number);
            commands::run(original, &mutant, &current, &settings);
            if number.is_multiple_of(WATCHED) {
                commands::watched(original, &mutant, &current);
            }
        };
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        result.is_err().then(|| keep(&current, &folder, number, &mutant))
    };
    let panics = on_a_large_stack(move || numbers.filter_map(panic).collect::<Vec<String>>());
    let count = panics.len();
    assert!(panics.is_empty(), "{count} mutants make a command panic:\n{}", panics.join("\n"));
}

/// Returns the documents and numbers that the environment sets.
fn from_environment() -> (Vec<Seed>, Range<u64>) {
    let number = |name: &str, default| match std::env::var(name) {
        Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name} is not a number: `{value}`")),
        Err(_) => default,
    };
    let mut seeds = seeds::of_the_tests();
    if let Some(folder) = std::env::var_os("MUTATIONS_FOLDER") {
        seeds.extend(seeds::of_a_folder(Path::new(&folder)));
    }
    let first = number("MUTATIONS_FROM", 0);
    (seeds, first..first + number("MUTATIONS", 20_000))
}

/// Compares the changes that are reported for the mutants with these numbers to the public items of
/// their crates.
fn check_reported_changes(seeds: Vec<Seed>, numbers: Range<u64>) {
    let fault = move |number| {
        let mutant = mutant(&seeds, number);
        let fault = reported_changes::fault(seed(&seeds, number), &mutant)?;
        Some(format!("{number} ({}): {fault}", mutant.name))
    };
    let faults = on_a_large_stack(move || numbers.filter_map(fault).collect::<Vec<String>>());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Runs a function on a thread with a large stack: `syn` recurses as deep as the types are nested.
fn on_a_large_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn(run);
    thread.unwrap().join().unwrap()
}

/// Moves the files of a failed mutant to a folder named after it, and returns the path.
fn keep(current: &Path, folder: &Path, number: u64, mutant: &Seed) -> String {
    let kept = folder.join(format!("{number}-{}", mutant.name));
    // An earlier run may have left the folder.
    let _ = fs::remove_dir_all(&kept);
    fs::rename(current, &kept).unwrap();
    kept.display().to_string()
}

/// Checks the properties of the mutants with these numbers. Continues after a failure.
fn check_properties(seeds: &[Seed], numbers: Range<u64>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    let current = folder.join(format!("current-{}", numbers.start));
    let mut failed = Vec::new();
    let mut worker = Worker::start();
    for number in numbers {
        let mutant = mutant(seeds, number);
        write(&current, &mutant.files);
        if let Err(faults) = worker.check(&mutant) {
            let kept = keep(&current, &folder, number, &mutant);
            failed.push(format!("{kept}\n  {}", faults.join("\n  ")));
            eprintln!("{}", failed.last().unwrap());
            worker = Worker::start();
        }
    }
    let _ = fs::remove_dir_all(&current);
    assert!(failed.is_empty(), "{} mutants failed:\n{}", failed.len(), failed.join("\n"));
}

/// Returns the document that the mutant with a number is derived from.
fn seed(seeds: &[Seed], number: u64) -> &Seed {
    &seeds[Rng::with_seed(number).usize(..seeds.len())]
}

/// Creates the mutant with a number.
fn mutant(seeds: &[Seed], number: u64) -> Seed {
    let mut rng = Rng::with_seed(number);
    let mut mutant = seeds[rng.usize(..seeds.len())].clone();
    let donor = &seeds[rng.usize(..seeds.len())];
    let document = mutant.document.clone();
    // Overlays and further files are read by fewer stages than the document.
    let path = match rng.u8(..4) {
        0 => mutant.files.keys().nth(rng.usize(..mutant.files.len())).cloned().unwrap(),
        _ => document,
    };
    let original = &mutant.files[&path];
    let donor = &donor.files[&donor.document];
    let changed = match rng.u8(..4) {
        0 => strings::mutate(original, donor, &mut rng),
        _ => nodes::mutate(original, donor, &mut rng)
            .unwrap_or_else(|| strings::mutate(original, donor, &mut rng)),
    };
    mutant.files.insert(path, changed);
    mutant
}

fn write(folder: &PathBuf, files: &BTreeMap<String, String>) {
    let _ = fs::remove_dir_all(folder);
    for (path, content) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A thread that checks documents, so that a check that does not return can be abandoned.
struct Worker {
    documents: Sender<Seed>,
    faults: Receiver<Vec<String>>,
}

impl Worker {
    fn start() -> Self {
        let (documents, inbox) = channel::<Seed>();
        let (outbox, faults) = channel();
        let check = move || {
            let mut properties = Properties::default();
            for Seed { files, document, overlay, .. } in inbox {
                let mut config = Config::new(document, "example");
                config.overlays.extend(overlay);
                if outbox.send(properties.faults(&files, &config)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().stack_size(STACK_BYTES).spawn(check).unwrap();
        Self { documents, faults }
    }

    fn check(&self, mutant: &Seed) -> Result<(), Vec<String>> {
        self.documents.send(mutant.clone()).unwrap();
        match self.faults.recv_timeout(TIMEOUT) {
            Ok(faults) if faults.is_empty() => Ok(()),
            Ok(faults) => Err(faults),
            Err(RecvTimeoutError::Disconnected) => Err(vec!["it panics".to_owned()]),
            Err(RecvTimeoutError::Timeout) => {
                Err(vec![format!("it takes longer than {TIMEOUT:?}")])
            }
        }
    }
}
