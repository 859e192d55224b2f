//! Documents with faults, and what is said about them.

use std::collections::BTreeMap;
use std::fmt::Write;

use clientgen::{Config, Generation};
use serde_json::{Value, json};
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

/// The same with nodes taken out, replaced by others of any kind, or put somewhere else, at random
/// and yet the same in each run.
#[test]
fn no_mutation_of_a_document_makes_the_generator_panic() {
    let mut random = Random(1);
    for case in cases("cases").unwrap() {
        let text = std::fs::read_to_string(case.path.join("spec.yaml")).unwrap();
        let document: Value = serde_yaml::from_str(&text).unwrap();
        for _ in 0..60 {
            let mut mutant = document.clone();
            for _ in 0..=random.below(3) {
                mutate(&mut mutant, &mut random);
            }
            let text = mutant.to_string();
            let generation =
                generate(&[("spec.yaml", &text)], &Config::new("spec.yaml", "example"));
            assert!(generation.files.is_some() || !generation.diagnostics.is_empty(), "{text}");
        }
    }
}

/// Numbers that look random (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

fn mutate(document: &mut Value, random: &mut Random) {
    let places = places(document);
    let place = places[random.below(places.len())].clone();
    let other = document.pointer(&places[random.below(places.len())]).cloned().unwrap_or_default();
    let reference = format!("#{}", places[random.below(places.len())]);
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("*/ ` \n \" {x}"),
        json!([]),
        json!({}),
        json!([null]),
        json!({"$ref": reference}),
        json!({"type": "array", "items": {"$ref": reference}}),
        other,
    ];
    let value = values[random.below(values.len())].clone();
    match random.below(4) {
        0 => remove(document, &place),
        1 => {
            if let Some(Value::Object(object)) = document.pointer_mut(&place) {
                object.insert("*/ é`\"\n{id}".to_owned(), value);
            }
        }
        _ => {
            if let Some(node) = document.pointer_mut(&place) {
                *node = value;
            }
        }
    }
}

fn remove(document: &mut Value, place: &str) {
    let Some((parent, key)) = place.rsplit_once('/') else { return };
    if let Some(Value::Object(object)) = document.pointer_mut(parent) {
        object.remove(&key.replace("~1", "/").replace("~0", "~"));
    }
}

/// The pointers to all nodes.
fn places(value: &Value) -> Vec<String> {
    let below = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(move |place| format!("/{key}{place}")).collect::<Vec<_>>()
    };
    let mut all = vec![String::new()];
    match value {
        Value::Object(object) => {
            all.extend(object.iter().flat_map(|(key, value)| below(key, value)))
        }
        Value::Array(items) => {
            all.extend(
                items
                    .iter()
                    .enumerate()
                    .flat_map(|(index, value)| below(&index.to_string(), value)),
            );
        }
        _ => {}
    }
    all
}
