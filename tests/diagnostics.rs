//! Documents with faults, and what is said about them.

use std::collections::BTreeMap;
use std::fmt::Write;

use clientgen::{Config, Generation};
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
