//! What a document costs grows with its size, and has limits.
//!
//! Each family of documents ([`families`]) is made at a size and at twice that. What is compared is
//! what comes out, in bytes, and never a time.

mod families;

use std::collections::BTreeMap;

use clientgen::{Config, Effect, Generation, Limits};
use families::{Document, FAMILIES};
use serde_json::json;

fn generate(name: &str, size: usize) -> Generation {
    let (_, _, make) = FAMILIES.iter().find(|(known, ..)| *known == name).unwrap();
    let Document { files, config } = make(size);
    clientgen::generate(&files, &config)
}

/// The bytes of a crate's own files, and of what is said.
fn output(generation: &Generation) -> usize {
    let own = |path: &&String| !path.starts_with("src/runtime/");
    let files = generation.files.iter().flatten().filter(|(path, _)| own(path));
    let said = generation.diagnostics.iter().map(|said| said.to_string().len());
    files.map(|(_, text)| text.len()).sum::<usize>() + said.sum::<usize>()
}

fn assert_grows_with_its_size(name: &str, size: usize) {
    let [one, two] = [size, size * 2].map(|size| output(&generate(name, size)));
    assert!(two * 10 <= one * 23, "{name}: {one} bytes at {size}, {two} at twice that");
}

/// The limit that a document exceeds, by what is said of it.
fn exceeded(generation: &Generation) -> Option<&str> {
    assert!(generation.files.is_none());
    let found = generation.diagnostics.iter().find(|found| found.code == Limits::CODE)?;
    assert_eq!(found.effect, Effect::Fatal);
    assert!(found.position.is_some(), "it has no place: {found}");
    found.help.split("--limit ").nth(1)?.split('=').next()
}

/// As many ways lead to the last type as two has powers: the example would never end.
#[test]
fn an_example_of_what_requires_ever_more_is_left_out() {
    assert_grows_with_its_size("objects that require the next one", 60);
    let text = |generation: Generation| {
        let files = generation.files.unwrap();
        files.values().filter(|text| text.contains("S1::new(")).count()
    };
    assert!(text(generate("objects that require the next one", 3)) > 0, "a small one has it");
}

#[test]
fn what_comes_out_grows_with_what_goes_in() {
    for (name, size) in [
        ("values of an enum", 300),
        ("values of an enum that are alike", 100),
        ("schemas with names that are alike", 60),
        ("schemas that refer to each other", 60),
        ("components with the same name in files", 50),
        ("faults below one node", 50),
        ("copies by an overlay", 50),
    ] {
        assert_grows_with_its_size(name, size);
    }
}

#[test]
fn references_in_a_row_are_limited() {
    assert!(generate("references to references", 90).files.is_some());
    assert_eq!(exceeded(&generate("references to references", 110)), Some("references"));
}

/// Each action doubles the document, or puts it into itself.
#[test]
fn an_overlay_cannot_multiply_a_document_without_end() {
    let document = json!({"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {}, "x-a": [{"b": "c"}]});
    let copies = (0..60).flat_map(|index| {
        let made = json!({"target": "$", "update": {format!("x-{index}"): {}}});
        [made, json!({"target": format!("$['x-{index}']"), "copy": "$"})]
    });
    let overlay = json!({"overlay": "1.1.0", "info": {"title": "O", "version": "1"}, "actions": copies.collect::<Vec<_>>()});
    let files = BTreeMap::from([
        ("api.json".to_owned(), document.to_string()),
        ("o.json".to_owned(), overlay.to_string()),
    ]);
    let config = Config::new("api.json", "things").with_overlay("o.json");
    let small = Limits { nodes: 10_000, ..Limits::default() };
    let generation = clientgen::generate(&files, &config.clone().with_limits(small));
    assert_eq!(exceeded(&generation), Some("nodes"));
    let flat = Limits { depth: 20, ..Limits::default() };
    let generation = clientgen::generate(&files, &config.with_limits(flat));
    assert!(["depth", "nodes"].contains(&exceeded(&generation).unwrap()));
}

/// The parser of YAML would take long for what that of JSON has refused.
#[test]
fn a_text_that_is_too_deep_is_not_read_twice() {
    for size in [1_000, 200_000] {
        let text = "{\"a\":".repeat(size);
        let files = BTreeMap::from([("api.json".to_owned(), text)]);
        let generation = clientgen::generate(&files, &Config::new("api.json", "things"));
        let said = generation.diagnostics[0].to_string();
        assert!(said.contains("more than 128 objects and arrays"), "{said}");
    }
}

#[test]
fn each_limit_is_met_with_its_name() {
    let Document { files, config } =
        FAMILIES.iter().find(|family| family.0 == "files").unwrap().2(30);
    for name in ["file-bytes", "total-bytes", "files", "depth", "nodes"] {
        let mut limits = Limits::default();
        limits.set(name, 3).unwrap();
        let generation = clientgen::generate(&files, &config.clone().with_limits(limits));
        assert!(generation.files.is_none(), "{name}");
        let said = generation.diagnostics.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(&format!("--limit {name}=6")), "{name}: {said}");
    }
    assert!(clientgen::generate(&files, &config).files.is_some());
}

/// Figures for people: `FACTOR=4 cargo test -p tests --test scaling -- --ignored --nocapture`.
#[test]
#[ignore = "prints times, and holds nothing"]
fn times() {
    let factor: usize = std::env::var("FACTOR").map_or(1, |text| text.parse().unwrap());
    for (name, size, make) in FAMILIES {
        for size in [size * factor, size * factor * 2] {
            let Document { files, config } = make(size);
            let bytes: usize = files.values().map(String::len).sum();
            let start = std::time::Instant::now();
            let out = output(&clientgen::generate(&files, &config));
            println!(
                "{name:50} {bytes:>9} B in {:>7.2} s, {out:>9} B out",
                start.elapsed().as_secs_f64()
            );
        }
    }
}
