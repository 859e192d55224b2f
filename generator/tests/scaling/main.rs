//! The cost of a document grows linearly with its size, and is limited.
//!
//! Each family of documents ([`families`]) is generated at a size and at twice that size. The test
//! compares the number of output bytes and of the [steps](clientgen::Steps) of each stage; never
//! the time.

// Tests panic on failure, and print what they measure. The lints are for the generator itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::print_stdout)]

mod families;

use std::collections::BTreeMap;

use clientgen::source::Directory;
use clientgen::{Config, Effect, Extra, Generation, Limits};
use families::{CHAINS, Document, FAMILIES, MULTIPLYING, UNBOUNDED};
use serde_json::json;

fn generate(name: &str, size: usize) -> Generation {
    let (_, _, make) = FAMILIES.iter().find(|(known, ..)| *known == name).unwrap();
    let Document { files, config } = make(size);
    clientgen::generate(&files, &config)
}

/// Returns the size of a crate's own files and of its diagnostics, in bytes.
fn output(generation: &Generation) -> usize {
    let own = |path: &&String| !path.starts_with("src/runtime/");
    let files = generation.files.iter().flatten().filter(|(path, _)| own(path));
    let said = generation.diagnostics.iter().map(|said| said.to_string().len());
    files.map(|(_, text)| text.len()).sum::<usize>() + said.sum::<usize>()
}

fn assert_output_is_linear(name: &str, size: usize) {
    let [one, two] = [size, size * 2].map(|size| output(&generate(name, size)));
    assert!(two * 10 <= one * 23, "{name}: {one} bytes at {size}, {two} at twice that");
}

/// Returns the name of the limit that a document exceeds.
fn exceeded_limit(generation: &Generation) -> Option<&str> {
    assert!(generation.files.is_none());
    let found = generation.diagnostics.iter().find(|found| found.code == Limits::CODE)?;
    assert_eq!(found.effect, Effect::Fatal);
    assert!(found.position.is_some(), "the diagnostic has no position: {found}");
    found.help.split("--limit ").nth(1)?.split('=').next()
}

/// The number of paths to the last type is exponential, so its full example would be too large.
#[test]
fn an_unbounded_example_is_omitted() {
    assert_output_is_linear("objects that require the next one", 60);
    let text = |generation: Generation| {
        let files = generation.files.unwrap();
        files.values().filter(|text| text.contains("S1::new(")).count()
    };
    assert!(text(generate("objects that require the next one", 3)) > 0, "a small one has it");
}

/// Returns what grows faster than linearly between a size and twice that size: the stage and its
/// numbers.
fn growth_faults(name: &str, size: usize) -> Vec<String> {
    let [one, two] = [size, size * 2].map(|size| generate(name, size));
    let mut faults = Vec::new();
    for generation in [&one, &two] {
        // The limit of steps thus also limits the output.
        let (bytes, steps) = (output(generation) as u64, generation.used.steps);
        if bytes > steps * 16 {
            faults.push(format!("{name}: {steps} steps for {bytes} bytes"));
        }
    }
    let mut compare = |what: &str, [one, two]: [u64; 2], slack: u64| {
        if two * 10 > (one + slack) * 23 {
            faults.push(format!("{name} at {size} and twice that, {what}: {one}, {two}"));
        }
    };
    let [bytes, more] = [&one, &two].map(|generation| output(generation) as u64);
    compare("bytes", [bytes, more], 0);
    for stage in two.steps.keys() {
        let steps = |generation: &Generation| generation.steps.get(stage).copied().unwrap_or(0);
        compare(stage, [steps(&one), steps(&two)], 50);
    }
    faults
}

/// Checks every `GROUPS`th family, so that the groups run in parallel.
fn assert_families_are_linear(group: usize) {
    let families = FAMILIES.iter().skip(group).step_by(GROUPS);
    let faults: Vec<String> =
        families.flat_map(|(name, size, _)| growth_faults(name, (size / 4).max(12))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const GROUPS: usize = 2;

/// The stages of the pipeline.
const STAGES: &[&str] = &[
    "load",
    "overlay",
    "bundle",
    "swagger",
    "downlevel",
    "slice",
    "parse",
    "lower",
    "name",
    "analyze",
    "emit",
    "format",
];

#[test]
fn the_output_and_the_steps_grow_linearly() {
    assert_families_are_linear(0);
}

#[test]
fn the_output_and_the_steps_of_other_families_grow_linearly() {
    assert_families_are_linear(1);
}

/// Each schema of a chain is resolved separately, so the cost of a chain is the square of its
/// length.
#[test]
fn consecutive_references_are_limited() {
    for (name, make) in CHAINS {
        let generate = |size| {
            let Document { files, config } = make(size);
            clientgen::generate(&files, &config)
        };
        assert!(generate(60).files.is_some(), "{name}");
        assert_eq!(exceeded_limit(&generate(110)), Some("references"), "{name}");
        let steps = generate(1000).used.steps;
        assert!(steps < 100_000, "{name}: {steps}");
    }
}

/// A schema's properties are repeated in each schema that includes it, so a crate can grow with the
/// square of its document. Each repetition counts, and their number is limited.
#[test]
fn repeated_properties_of_schemas_are_limited() {
    for (name, make) in MULTIPLYING {
        let generate = |size, properties| {
            let Document { files, mut config } = make(size);
            config.limits.properties = properties;
            clientgen::generate(&files, &config)
        };
        let small = generate(30, 10_000);
        assert!(small.files.is_some(), "{name}");
        assert!(small.used.properties > 400, "{name}: {:?}", small.used);
        assert!(small.steps["lower"] > small.used.properties, "{name}: {:?}", small.steps);
        let large = generate(150, 1_000);
        assert_eq!(exceeded_limit(&large), Some("properties"), "{name}");
        assert!(large.steps["lower"] < 50_000, "{name}: {:?}", large.steps);
        assert!(!large.steps.contains_key("name"), "{name}: {:?}", large.steps);
    }
}

/// Each action doubles the document, or copies it into itself.
#[test]
fn an_overlay_cannot_multiply_a_document_without_limit() {
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
    assert_eq!(exceeded_limit(&generation), Some("nodes"));
    let flat = Limits { depth: 12, ..Limits::default() };
    let generation = clientgen::generate(&files, &config.with_limits(flat));
    assert!(["depth", "nodes"].contains(&exceeded_limit(&generation).unwrap()));
}

/// Generates the crate of this repository, with all extras.
fn generate_own_document(limits: Limits) -> Generation {
    let source = Directory::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec"));
    let config = Config::new("reports.yaml", "things").with_overlay("reports.overlay.yaml");
    let config = config.with_extra(Extra::Cli).with_extra(Extra::Mock).with_limits(limits);
    clientgen::generate(&source, &config)
}

#[test]
fn every_stage_counts_its_steps() {
    let mut document = generate("selected bases", 20);
    let mut stages: Vec<&str> = document.steps.keys().copied().collect();
    let swagger = generate("operations of Swagger 2.0", 20);
    stages.extend(swagger.steps.keys());
    document = generate_own_document(Limits::default());
    stages.extend(document.steps.keys());
    for stage in STAGES {
        assert!(stages.contains(stage), "{stage} counts nothing: {stages:?}");
    }
    assert_eq!(document.used.steps, document.steps.values().sum::<u64>());
}

/// A run that exceeds its steps at any point reports that, and does not panic on partial results.
#[test]
fn a_run_stops_at_any_number_of_steps() {
    let all = generate_own_document(Limits::default()).used.steps;
    for part in 0..40 {
        let limits = Limits { steps: all * part / 40, ..Limits::default() };
        assert_eq!(exceeded_limit(&generate_own_document(limits)), Some("steps"), "{part} of 40");
    }
    assert!(generate_own_document(Limits { steps: all, ..Limits::default() }).files.is_some());
}

/// Unbounded growth is stopped by a limit, before it needs much time or memory.
#[test]
fn unbounded_documents_are_rejected() {
    for (name, size, make) in UNBOUNDED {
        let limits = Limits { nodes: 50_000, ..Limits::default() };
        let Document { files, config } = make(*size);
        let generation = clientgen::generate(&files, &config.with_limits(limits));
        assert!(generation.files.is_none(), "{name}");
        let said = generation.diagnostics.iter().map(ToString::to_string).collect::<String>();
        let known = ["--limit nodes=", "nested more than 128 levels deep"];
        assert!(known.iter().any(|known| said.contains(known)), "{name}: {said}");
        assert!(generation.used.steps < 200_000, "{name}: {:?}", generation.steps);
    }
}

/// The YAML parser would be slow for what the JSON parser has rejected.
#[test]
fn a_deeply_nested_file_is_not_parsed_twice() {
    for size in [1_000, 200_000] {
        let text = "{\"a\":".repeat(size);
        let files = BTreeMap::from([("api.json".to_owned(), text)]);
        let generation = clientgen::generate(&files, &Config::new("api.json", "things"));
        let said = generation.diagnostics[0].to_string();
        assert!(said.contains("nested more than 128 levels deep"), "{said}");
    }
}

#[test]
fn each_limit_is_reported_by_name() {
    let Document { files, config } =
        FAMILIES.iter().find(|family| family.0 == "files").unwrap().2(30);
    for name in ["file-bytes", "total-bytes", "files", "depth", "nodes", "properties", "steps"] {
        let mut limits = Limits::default();
        limits.set(name, 3).unwrap();
        let generation = clientgen::generate(&files, &config.clone().with_limits(limits));
        assert!(generation.files.is_none(), "{name}");
        let said = generation.diagnostics.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(&format!("--limit {name}=6")), "{name}: {said}");
    }
    assert!(clientgen::generate(&files, &config).files.is_some());
}

/// Prints times: `FACTOR=4 cargo test -p clientgen --test scaling -- --ignored --nocapture`.
#[test]
#[ignore = "prints times, and checks nothing"]
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
