//! Compile time of the types of a large document: as the crate declares them, and with serde's
//! derives.
//!
//! `tests/long-runs declarations` prints the figures.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clientgen::{Config, FileTree};
use serde_json::{Map, Value, json};
use tests::files::write;

const STRUCTS: usize = 1000;
/// The number of properties of each struct.
const PROPERTIES: usize = 10;

/// The types of the properties: the schema, and the Rust type.
const TYPES: [(&str, &str); 5] = [
    (r#"{"type": "string"}"#, "String"),
    (r#"{"type": "integer", "format": "int64"}"#, "i64"),
    (r#"{"type": "boolean"}"#, "bool"),
    (r#"{"type": "array", "items": {"type": "string"}}"#, "Vec<String>"),
    (r#"{"type": "number", "format": "double"}"#, "f64"),
];

/// Returns the wire name and the Rust name of a property. Every other name is the same in both.
fn property_names(number: usize) -> (String, String) {
    match number % 2 {
        0 => (format!("property{number}"), format!("property{number}")),
        _ => (format!("propertyOf{number}"), format!("property_of{number}")),
    }
}

/// Generates a crate from a document with `structs` object schemas.
fn generated_crate(structs: usize, name: &str) -> FileTree {
    let properties: Map<String, Value> = (0..PROPERTIES)
        .map(|number| {
            let (schema, _) = TYPES[number % TYPES.len()];
            (property_names(number).0, serde_json::from_str(schema).unwrap())
        })
        .collect();
    let schema = json!({"type": "object", "required": ["property0"], "properties": properties});
    let schemas: Map<String, Value> =
        (0..structs).map(|number| (format!("Item{number}"), schema.clone())).collect();
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Items", "version": "1"},
        "servers": [{"url": "https://example.com"}], "paths": {},
        "components": {"schemas": schemas}
    });
    let files = FileTree::from([("api.json".to_owned(), document.to_string())]);
    clientgen::generate(&files, &Config::new("api.json", name)).files.expect("a crate")
}

/// Creates a crate with the same structs and serde's derives. It has no client.
fn derived_crate(structs: usize) -> FileTree {
    let mut text = String::from("use serde::{Deserialize, Serialize};\n");
    for number in 0..structs {
        text.push_str("\n#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]\n");
        writeln!(text, "pub struct Item{number} {{").unwrap();
        for number in 0..PROPERTIES {
            let (wire, rust) = property_names(number);
            let (_, rust_type) = TYPES[number % TYPES.len()];
            let skip = "default, skip_serializing_if = \"Option::is_none\"";
            match number {
                0 => writeln!(text, "    pub {rust}: {rust_type},"),
                _ => writeln!(
                    text,
                    "    #[serde(rename = \"{wire}\", {skip})]\n    pub {rust}: Option<{rust_type}>,"
                ),
            }
            .unwrap();
        }
        text.push_str("    #[serde(flatten)]\n    pub additional_properties: std::collections::BTreeMap<String, serde_json::Value>,\n}\n");
    }
    let manifest = "[package]\nname = \"derived\"\nedition = \"2024\"\n\n[dependencies]\nserde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
    FileTree::from([
        ("Cargo.toml".to_owned(), manifest.to_owned()),
        ("src/lib.rs".to_owned(), text),
    ])
}

/// Measures `cargo check` of a crate, without its dependencies: the best of three runs.
fn measure_check(folder: &Path, name: &str) -> Duration {
    let root = folder.join("crates").join(name).join("src/lib.rs");
    let run = || {
        let text = fs::read_to_string(&root).unwrap();
        fs::write(&root, text).unwrap();
        let start = Instant::now();
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--color", "never", "--package", name])
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        start.elapsed()
    };
    run();
    run().min(run()).min(run())
}

#[test]
#[ignore = "compiles thousands of structs, several times"]
fn declarations_compile_faster_than_derives() {
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("declarations");
    let crates = [
        ("runtime", generated_crate(1, "runtime")),
        ("declared", generated_crate(STRUCTS, "declared")),
        ("derived", derived_crate(STRUCTS)),
    ];
    for (name, files) in &crates {
        for (path, text) in files {
            write(&folder.join("crates").join(name).join(path), text);
        }
    }
    write(&folder.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    let [runtime, declared, derived] =
        ["runtime", "declared", "derived"].map(|name| measure_check(&folder, name));
    let declarations = declared.saturating_sub(runtime);
    println!(
        "{STRUCTS} structs of {PROPERTIES} fields: {:.1} s with the macros ({:.1} s with the runtime), {:.1} s with derives",
        declarations.as_secs_f64(),
        declared.as_secs_f64(),
        derived.as_secs_f64()
    );
    assert!(declarations * 3 < derived * 2);
}
