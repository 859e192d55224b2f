//! Whatever a document is, the generator ends, in time and without a panic, and what it writes can
//! be read as Rust.
//!
//! Documents of the cases are changed at random, as nodes ([`nodes`]) and as texts ([`texts`]), and
//! what must hold for all of them ([`properties`]) is looked at. Each mutant is made from its number
//! alone, so that every run is the same, and a mutant can be had again.
//!
//! A mutant is written to a folder before it is tried, so that it is there even if the process ends;
//! those that fail stay there, each in a folder named after its number and its seed.

mod commands;
mod nodes;
mod odd;
mod properties;
mod seeds;
mod stability;
mod texts;
mod told;

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

/// How long a mutant may take.
const LONGEST: Duration = Duration::from_secs(5);

#[test]
fn no_mutation_of_a_document_does_harm() {
    try_all(&seeds::of_the_tests(), 0..600);
}

/// What a mutation does to the public items of the crate is told.
#[test]
fn what_a_mutation_changes_is_told() {
    tell_all(seeds::of_the_tests(), 0..300);
}

/// No command panics on a mutant, be it the document, an overlay, upstream's, or the settings.
#[test]
fn no_mutation_makes_a_command_panic() {
    command_all(seeds::of_the_tests(), 0..60);
}

/// The same, as many times as one likes.
#[test]
#[ignore = "takes as long as it is told to"]
fn no_command_panics_on_many_mutations() {
    let (seeds, numbers) = wanted();
    command_all(seeds, numbers);
}

/// The names of a crate do not depend on the order of its document.
#[test]
fn names_do_not_depend_on_the_order_of_the_document() {
    compare_all(seeds::of_the_tests(), 0..3, stability::fault_of_order);
}

/// What is left when operations are taken away keeps its name.
#[test]
fn names_do_not_depend_on_the_part_that_is_chosen() {
    compare_all(seeds::of_the_tests(), 0..4, stability::fault_of_parts);
}

/// Both, for the documents of a folder, which can be large.
#[test]
#[ignore = "takes as long as it is told to"]
fn names_of_other_documents_are_stable() {
    let (seeds, numbers) = wanted();
    compare_all(seeds.clone(), numbers.clone(), stability::fault_of_order);
    compare_all(seeds, numbers, stability::fault_of_parts);
}

/// Compares the crates of each document with those of its variants with these numbers.
fn compare_all(seeds: Vec<Seed>, numbers: Range<u64>, fault: fn(&Seed, u64) -> Option<String>) {
    let faults = move || -> Vec<String> {
        let variants = seeds.iter().flat_map(|seed| numbers.clone().map(move |n| (seed, n)));
        let named = |(seed, number): (&Seed, u64)| {
            Some(format!("{} ({number}): {}", seed.name, fault(seed, number)?))
        };
        variants.filter_map(named).collect()
    };
    let room = thread::Builder::new().stack_size(512 << 20);
    let faults = room.spawn(faults).unwrap().join().unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Hands the mutants with these numbers to every command.
fn command_all(seeds: Vec<Seed>, numbers: Range<u64>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands");
    let now = folder.join(format!("now-{}", numbers.start));
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vendor.toml");
    let settings = fs::read_to_string(spec).unwrap();
    let panics = move |number: u64| {
        let mutant = mutant(&seeds, number);
        write(&now, &mutant.files);
        let settings = texts::mutate(&settings, &settings, &mut Rng::with_seed(number));
        let run = || commands::run(seed(&seeds, number), &mutant, &now, &settings);
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err();
        panic.then(|| {
            let kept = folder.join(format!("{number}-{}", mutant.name));
            let _ = fs::remove_dir_all(&kept);
            fs::rename(&now, &kept).unwrap();
            kept.display().to_string()
        })
    };
    let room = thread::Builder::new().stack_size(512 << 20);
    let panics = room.spawn(move || numbers.filter_map(panics).collect::<Vec<String>>());
    let panics = panics.unwrap().join().unwrap();
    assert!(
        panics.is_empty(),
        "{} mutants make a command panic:\n{}",
        panics.len(),
        panics.join("\n")
    );
}

/// As many mutants as one likes, of more documents than are here. CONTRIBUTING.md says how.
#[test]
#[ignore = "takes as long as it is told to"]
fn many_mutations_do_no_harm() {
    let (seeds, numbers) = wanted();
    try_all(&seeds, numbers);
}

/// The same, for what is told of them.
#[test]
#[ignore = "takes as long as it is told to"]
fn what_many_mutations_change_is_told() {
    let (seeds, numbers) = wanted();
    tell_all(seeds, numbers);
}

/// The documents and numbers that the environment asks for.
fn wanted() -> (Vec<Seed>, Range<u64>) {
    let number = |name: &str, default| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number, not `{text}`")),
        Err(_) => default,
    };
    let mut seeds = seeds::of_the_tests();
    if let Some(folder) = std::env::var_os("MUTATIONS_FOLDER") {
        seeds.extend(seeds::of_a_folder(Path::new(&folder)));
    }
    let first = number("MUTATIONS_FROM", 0);
    (seeds, first..first + number("MUTATIONS", 20_000))
}

/// Holds what is told of the mutants with these numbers against the public items of their crates.
fn tell_all(seeds: Vec<Seed>, numbers: Range<u64>) {
    let fault = move |number| {
        let mutant = mutant(&seeds, number);
        let fault = told::fault(seed(&seeds, number), &mutant)?;
        Some(format!("{number} ({}): {fault}", mutant.name))
    };
    // The reader of Rust goes as deep as the types do.
    let room = thread::Builder::new().stack_size(512 << 20);
    let faults = room.spawn(move || numbers.filter_map(fault).collect::<Vec<String>>());
    let faults = faults.unwrap().join().unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Tries the mutants with these numbers, all of them also if some fail.
fn try_all(seeds: &[Seed], numbers: Range<u64>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutations");
    let now = folder.join(format!("now-{}", numbers.start));
    let mut failed = Vec::new();
    let mut worker = Worker::start();
    for number in numbers {
        let mutant = mutant(seeds, number);
        write(&now, &mutant.files);
        let faults = worker.examine(&mutant);
        if let Err(faults) = faults {
            let kept = folder.join(format!("{number}-{}", mutant.name));
            // What an earlier run has left would be in the way.
            let _ = fs::remove_dir_all(&kept);
            fs::rename(&now, &kept).unwrap();
            failed.push(format!("{}\n  {}", kept.display(), faults.join("\n  ")));
            eprintln!("{}", failed.last().unwrap());
            worker = Worker::start();
        }
    }
    let _ = fs::remove_dir_all(&now);
    assert!(failed.is_empty(), "{} mutants failed:\n{}", failed.len(), failed.join("\n"));
}

/// What the mutant with a number is made of.
fn seed(seeds: &[Seed], number: u64) -> &Seed {
    &seeds[Rng::with_seed(number).usize(..seeds.len())]
}

/// The mutant with a number.
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
    let text = &mutant.files[&path];
    let donor = &donor.files[&donor.document];
    let changed = match rng.u8(..4) {
        0 => texts::mutate(text, donor, &mut rng),
        _ => nodes::mutate(text, donor, &mut rng)
            .unwrap_or_else(|| texts::mutate(text, donor, &mut rng)),
    };
    mutant.files.insert(path, changed);
    mutant
}

fn write(folder: &PathBuf, files: &BTreeMap<String, String>) {
    let _ = fs::remove_dir_all(folder);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A thread that examines documents, so that one that does not end can be left behind.
struct Worker {
    documents: Sender<Seed>,
    faults: Receiver<Vec<String>>,
}

impl Worker {
    fn start() -> Self {
        let (documents, inbox) = channel::<Seed>();
        let (outbox, faults) = channel();
        let examine = move || {
            let mut properties = Properties::default();
            for Seed { files, document, overlay, .. } in inbox {
                let mut config = Config::new(document, "example");
                config.overlays.extend(overlay);
                if outbox.send(properties.faults(&files, &config)).is_err() {
                    return;
                }
            }
        };
        // The reader of Rust goes as deep as the types do.
        thread::Builder::new().stack_size(512 << 20).spawn(examine).unwrap();
        Self { documents, faults }
    }

    fn examine(&self, mutant: &Seed) -> Result<(), Vec<String>> {
        self.documents.send(mutant.clone()).unwrap();
        match self.faults.recv_timeout(LONGEST) {
            Ok(faults) if faults.is_empty() => Ok(()),
            Ok(faults) => Err(faults),
            Err(RecvTimeoutError::Disconnected) => Err(vec!["it panics".to_owned()]),
            Err(RecvTimeoutError::Timeout) => {
                Err(vec![format!("it takes longer than {LONGEST:?}")])
            }
        }
    }
}
