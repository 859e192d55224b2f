//! Documents with faults, and what is said about them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::sync::Mutex;

use clientgen::{Config, Generation, Source};
use tests::cases::cases;

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
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&case.path);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("report", report(&case.generate("example"))));
    }
}

fn generate(files: &[(&str, &str)], config: &Config) -> Generation {
    let source: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
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

/// What a person sees of a case, with the lines of the files.
fn shown(name: &str) -> String {
    let all = cases("faults").unwrap();
    let case = all.iter().find(|case| case.name == name).unwrap();
    let said = case.generate("example").diagnostics;
    let said: Vec<String> = said.iter().map(|said| xtask::report::text(said, false)).collect();
    said.join("\n\n")
}

/// YAML, JSON, an overlay and several files.
#[test]
fn places_are_shown_in_their_lines() {
    let names = ["duplicate-key", "unparsable-json", "overlay", "overlay-refused", "other-file"];
    for name in names {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("faults/{name}"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!("shown", shown(name)));
    }
}

/// Counts how often each file is read. A file is parsed as often as it is read.
struct Counting(BTreeMap<String, String>, Mutex<BTreeMap<String, usize>>);

impl Source for Counting {
    fn read(&self, path: &str) -> io::Result<String> {
        *self.1.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        self.0.read(path)
    }
}

#[test]
fn places_are_looked_up_once_and_only_if_there_is_something_to_report() {
    let counts = |document: &str| {
        let overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions: [{target: $, update: {x-a: 1}}]";
        let files = [("api.yaml", document), ("o.yaml", overlay)];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        let source = Counting(files, Mutex::default());
        let config = Config::new("api.yaml", "example").with_overlay("o.yaml");
        let generation = clientgen::generate(&source, &config);
        let counts: Vec<usize> = source.1.into_inner().unwrap().into_values().collect();
        (generation.diagnostics.len(), counts)
    };
    let document = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths:\n  /a:\n    get: {operationId: a, responses: {'204': {description: b}}}\n";
    assert_eq!(counts(document), (0, vec![1, 1]));
    let odd = document.replace("get: {", "get: {deprecated: 5, summary: 5, ");
    assert_eq!(counts(&odd), (2, vec![2, 1]));
}

/// Every document of the cases, cut off after each of its lines and with each of its lines left
/// out, gives a report or a crate, but never a panic.
#[test]
fn no_part_of_a_document_makes_the_generator_panic() {
    for case in cases("cases").unwrap() {
        let text = std::fs::read_to_string(case.path.join("spec.yaml")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for number in 0..lines.len() {
            let cut = lines[..number].join("\n");
            let without: Vec<&str> = lines
                .iter()
                .enumerate()
                .filter(|(at, _)| *at != number)
                .map(|(_, line)| *line)
                .collect();
            for text in [cut, without.join("\n")] {
                let generation =
                    generate(&[("spec.yaml", &text)], &Config::new("spec.yaml", "example"));
                let explained = generation.files.is_some() || !generation.diagnostics.is_empty();
                assert!(explained, "{}, line {number}: nothing was said", case.name);
            }
        }
    }
}
