//! What a document costs grows with its size, and has limits.
//!
//! Each family of documents ([`families`]) is made at a size and at twice that. What is compared is
//! what comes out, in bytes, and what each stage has done, in [steps](clientgen::Steps); never a time.

mod families;

use std::collections::BTreeMap;

use clientgen::source::Directory;
use clientgen::{Config, Effect, Extra, Generation, Limits};
use families::{CHAINS, Document, ENDLESS, FAMILIES, MULTIPLYING};
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

/// What grows faster than it should, of a family at two sizes: the stage, and its numbers.
fn grows_too_fast(name: &str, size: usize) -> Vec<String> {
    let [one, two] = [size, size * 2].map(|size| generate(name, size));
    let mut faults = Vec::new();
    for generation in [&one, &two] {
        // So the limit of steps is one of bytes, too.
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

/// Each worker takes every so many of the families.
fn assert_all_grow_with_their_sizes(worker: usize) {
    let families = FAMILIES.iter().skip(worker).step_by(WORKERS);
    let faults: Vec<String> =
        families.flat_map(|(name, size, _)| grows_too_fast(name, (size / 4).max(12))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const WORKERS: usize = 2;

/// The stages of the pipeline.
const STAGES: &[&str] = &[
    "load",
    "overlay",
    "bundle",
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
fn what_comes_out_and_what_is_done_grows_with_what_goes_in() {
    assert_all_grow_with_their_sizes(0);
}

#[test]
fn what_comes_out_and_what_is_done_grows_with_what_goes_in_for_the_others() {
    assert_all_grow_with_their_sizes(1);
}

/// Each schema of a chain is taken apart by itself, so that a chain costs its length squared.
#[test]
fn references_in_a_row_are_limited() {
    for (name, make) in CHAINS {
        let generate = |size| {
            let Document { files, config } = make(size);
            clientgen::generate(&files, &config)
        };
        assert!(generate(60).files.is_some(), "{name}");
        assert_eq!(exceeded(&generate(110)), Some("references"), "{name}");
        let steps = generate(1000).used.steps;
        assert!(steps < 100_000, "{name}: {steps}");
    }
}

/// A schema's properties are declared in each that is combined of it, so that a crate can be the square
/// of its document. Each counts, and no more are made than may be.
#[test]
fn properties_that_schemas_repeat_are_limited() {
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
        assert_eq!(exceeded(&large), Some("properties"), "{name}");
        assert!(large.steps["lower"] < 40_000, "{name}: {:?}", large.steps);
        assert!(!large.steps.contains_key("name"), "{name}: {:?}", large.steps);
    }
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
    let flat = Limits { depth: 12, ..Limits::default() };
    let generation = clientgen::generate(&files, &config.with_limits(flat));
    assert!(["depth", "nodes"].contains(&exceeded(&generation).unwrap()));
}

/// The document of this repository, with all that a crate can have.
fn whole(limits: Limits) -> Generation {
    let source = Directory::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec"));
    let config = Config::new("reports.yaml", "things").with_overlay("reports.overlay.yaml");
    let config = config.with_extra(Extra::Cli).with_extra(Extra::Mock).with_limits(limits);
    clientgen::generate(&source, &config)
}

#[test]
fn every_stage_counts_its_steps() {
    let mut document = generate("chosen bases", 20);
    let mut stages: Vec<&str> = document.steps.keys().copied().collect();
    document = whole(Limits::default());
    stages.extend(document.steps.keys());
    for stage in STAGES {
        assert!(stages.contains(stage), "{stage} counts nothing: {stages:?}");
    }
    assert_eq!(document.used.steps, document.steps.values().sum::<u64>());
}

/// Wherever a run is stopped, it says so, and nothing panics on what is only half done.
#[test]
fn a_run_ends_wherever_its_steps_end() {
    let all = whole(Limits::default()).used.steps;
    for part in 0..40 {
        let limits = Limits { steps: all * part / 40, ..Limits::default() };
        assert_eq!(exceeded(&whole(limits)), Some("steps"), "{part} of 40");
    }
    assert!(whole(Limits { steps: all, ..Limits::default() }).files.is_some());
}

/// What grows without end is stopped by a limit, before it has taken time or memory.
#[test]
fn what_has_no_end_is_refused() {
    for (name, size, make) in ENDLESS {
        let limits = Limits { nodes: 50_000, ..Limits::default() };
        let Document { files, config } = make(*size);
        let generation = clientgen::generate(&files, &config.with_limits(limits));
        assert!(generation.files.is_none(), "{name}");
        let said = generation.diagnostics.iter().map(ToString::to_string).collect::<String>();
        let known = ["--limit nodes=", "more than 128 objects and arrays"];
        assert!(known.iter().any(|known| said.contains(known)), "{name}: {said}");
        assert!(generation.used.steps < 200_000, "{name}: {:?}", generation.steps);
    }
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
