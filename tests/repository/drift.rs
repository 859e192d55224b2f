//! The committed crate is exactly the output of the generator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clientgen::{Config, FileTree, Generation};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn generate() -> Generation {
    let generations = clientgen_cli::generations(&root().join("clientgen.toml")).unwrap();
    let [generation] = generations.try_into().expect("one client");
    generation
}

fn generated_files() -> FileTree {
    generate().files.expect("the document has no errors")
}

#[test]
fn the_document_has_no_diagnostics() {
    let diagnostics: Vec<String> = generate().diagnostics.iter().map(ToString::to_string).collect();
    assert!(diagnostics.is_empty(), "{}", diagnostics.join("\n"));
}

#[test]
fn the_committed_crate_is_up_to_date() {
    let mut differing = Vec::new();
    for (path, content) in generated_files() {
        let committed = std::fs::read_to_string(root().join("generated-client").join(&path))
            .unwrap_or_default();
        if committed != content {
            differing.push(path);
        }
    }
    assert!(differing.is_empty(), "run `cargo xtask codegen`: {differing:?} differ");
}

#[test]
fn the_committed_crate_has_no_other_files() {
    let crate_dir = root().join("generated-client");
    let generated = generated_files();
    let mut folders = vec![crate_dir.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let relative =
                path.strip_prefix(&crate_dir).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(generated.contains_key(&relative), "{relative}");
            }
        }
    }
}

#[test]
fn generating_twice_gives_the_same_bytes() {
    assert_eq!(generated_files(), generated_files());
}

#[test]
fn names_do_not_depend_on_the_order_of_schemas() {
    let document = |schemas: &str| {
        let head =
            "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n";
        BTreeMap::from([("spec.yaml".to_owned(), format!("{head}{schemas}"))])
    };
    let one = "    a-b: {type: object, properties: {x: {type: string}}}\n    a_b: {type: object, properties: {y: {type: string}}}\n";
    let other = "    a_b: {type: object, properties: {y: {type: string}}}\n    a-b: {type: object, properties: {x: {type: string}}}\n";
    let generate = |schemas| {
        clientgen::generate(&document(schemas), &Config::new("spec.yaml", "example")).files
    };
    assert_eq!(generate(one), generate(other));
}
