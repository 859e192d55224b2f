//! Documents with faults, and the diagnostics for them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::sync::Mutex;

use crate::cases::cases;
use crate::snapshot_settings;
use clientgen::{Config, Generation, Source};

fn report(generation: &Generation) -> String {
    let mut report = String::new();
    for diagnostic in &generation.diagnostics {
        writeln!(report, "{diagnostic}\n").unwrap();
    }
    let outcome = match &generation.files {
        Some(_) if generation.operations == 1 => "a crate with 1 operation".to_owned(),
        Some(_) => format!("a crate with {} operations", generation.operations),
        None => "no crate".to_owned(),
    };
    report + "=> " + &outcome + "\n"
}

#[test]
fn faults_are_reported_as_before() {
    for case in cases("faults").unwrap() {
        let report = report(&case.generate("example"));
        snapshot_settings::in_folder(&case.path).bind(|| insta::assert_snapshot!("report", report));
    }
}

fn generate(files: &[(&str, &str)], config: &Config) -> Generation {
    let source: BTreeMap<String, String> =
        files.iter().map(|(path, content)| ((*path).to_owned(), (*content).to_owned())).collect();
    clientgen::generate(&source, config)
}

#[test]
fn a_missing_file_is_named() {
    let generation = generate(&[], &Config::new("nowhere.yaml", "example"));
    insta::assert_snapshot!(report(&generation), @r"
    error[unreadable-file]: the file cannot be read: entity not found
      --> nowhere.yaml
      help: check its path, and that it is UTF-8 text

    => no crate
    ");
}

/// A source that counts how often each file is read. A file is parsed as often as it is read.
struct CountingSource(BTreeMap<String, String>, Mutex<BTreeMap<String, usize>>);

impl Source for CountingSource {
    fn read(&self, path: &str) -> io::Result<String> {
        *self.1.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        self.0.read(path)
    }
}

#[test]
fn files_are_parsed_again_for_positions_once_and_only_if_there_are_diagnostics() {
    let counts = |document: &str| {
        let overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions: [{target: $, update: {x-a: 1}}]";
        let files = [("api.yaml", document), ("o.yaml", overlay)];
        let files = files.map(|(path, content)| (path.to_owned(), content.to_owned())).into();
        let source = CountingSource(files, Mutex::default());
        let config = Config::new("api.yaml", "example").with_overlay("o.yaml");
        let generation = clientgen::generate(&source, &config);
        let counts: Vec<usize> = source.1.into_inner().unwrap().into_values().collect();
        (generation.diagnostics.len(), counts)
    };
    let document = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths:\n  /a:\n    get: {operationId: a, responses: {'204': {description: b}}}\n";
    assert_eq!(counts(document), (0, vec![1, 1]));
    let faulty = document.replace("get: {", "get: {deprecated: 5, summary: 5, ");
    assert_eq!(counts(&faulty), (2, vec![2, 1]));
}

/// Truncates the document of each case after each line, and removes each line. The result is a
/// diagnostic or a crate, never a panic.
#[test]
fn no_truncated_document_makes_the_generator_panic() {
    for case in cases("cases").unwrap() {
        let document = std::fs::read_to_string(case.path.join("spec.yaml")).unwrap();
        let lines: Vec<&str> = document.lines().collect();
        for number in 0..lines.len() {
            let truncated = lines[..number].join("\n");
            let mut remaining = lines.clone();
            remaining.remove(number);
            for document in [truncated, remaining.join("\n")] {
                let generation =
                    generate(&[("spec.yaml", &document)], &Config::new("spec.yaml", "example"));
                let is_explained = generation.files.is_some() || !generation.diagnostics.is_empty();
                assert!(is_explained, "{}, line {number}: no crate, no diagnostic", case.name);
            }
        }
    }
}
