//! Groups of operations have Cargo features only if the configuration asks for them.

use std::collections::BTreeMap;

use clientgen::Config;
use serde_json::{Value, json};

/// Creates a document with `operations` operations, most of them with one of two tags.
fn document(operations: usize) -> Value {
    let reference = |schema: &str| json!({"$ref": format!("#/components/schemas/{schema}")});
    let responses = |schema: &str| {
        let content = json!({"application/json": {"schema": reference(schema)}});
        let headers = json!({"X-Phase": {"schema": reference("Phase")}});
        json!({"200": {"description": "It.", "content": content, "headers": headers}})
    };
    let mut paths = serde_json::Map::new();
    for number in 0..operations {
        let id = format!("get{number}");
        let operation = match number {
            0 => json!({"operationId": id, "responses": responses("Untagged")}),
            1 => json!({"operationId": id, "tags": ["Moons"], "responses": responses("Shared")}),
            _ if number % 2 == 0 => {
                json!({"operationId": id, "tags": ["rustls"], "responses": responses("Planet")})
            }
            _ => json!({"operationId": id, "tags": ["Moons"], "responses": responses("Moon")}),
        };
        paths.insert(format!("/{number}"), json!({"get": operation}));
    }
    let referring_to = |schema: &str| {
        let property = json!({"$ref": format!("#/components/schemas/{schema}")});
        json!({"type": "object", "properties": {"it": property}})
    };
    let leaf = json!({"type": "object", "properties": {"name": {"type": "string"}}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1"},
        "paths": paths,
        "x-webhooks": {"landed": {"post": {
            "requestBody": {"content": {"application/json": {"schema": reference("Landing")}}},
            "responses": {"204": {"description": "Received."}},
        }}},
        "components": {"schemas": {
            "Planet": referring_to("Shared"),
            "Moon": {"type": "object", "properties": {
                "crater": reference("Crater"),
                "phase": reference("Phase"),
                "landing": reference("Landing"),
            }},
            "Crater": leaf,
            "Shared": leaf,
            "Phase": {"type": "string", "enum": ["new", "full"]},
            "Landing": referring_to("Crater2"),
            "Crater2": leaf,
            "Untagged": referring_to("OfUntagged"),
            "OfUntagged": leaf,
            "Unused": referring_to("OfUnused"),
            "OfUnused": leaf,
        }},
    })
}

fn files(operations: usize, config: Config) -> BTreeMap<String, String> {
    let source = BTreeMap::from([("spec.json".to_owned(), document(operations).to_string())]);
    clientgen::generate(&source, &config).files.expect("a crate")
}

fn config() -> Config {
    Config::new("spec.json", "large")
}

/// Returns the module declarations of a file with their features.
fn modules(text: &str) -> BTreeMap<&str, Option<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let declarations = lines.iter().enumerate().filter_map(|(number, line)| {
        let name = line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';')?;
        let before = number.checked_sub(1).and_then(|before| lines.get(before));
        let feature = before
            .and_then(|before| before.strip_prefix("#[cfg(feature = \"")?.strip_suffix("\")]"));
        Some((name, feature))
    });
    declarations.collect()
}

#[test]
fn groups_have_features_if_they_are_configured() {
    let files = files(4, config().with_group_features());
    let manifest = &files["Cargo.toml"];
    for line in
        ["\nmoons = []\n", "\ntag-rustls = []\n", "    \"moons\",\n", "    \"tag-rustls\",\n"]
    {
        assert!(manifest.contains(line), "{line} is not in {manifest}");
    }
    let moons = Some("moons");
    let operations = modules(&files["src/operations/mod.rs"]);
    let expected = [("moons", moons), ("rustls", Some("tag-rustls")), ("untagged", None)];
    assert_eq!(operations, expected.into());
    // Types that two tags share, those of headers and webhooks, those that operations without a tag use, or
    // that no operation uses, need no feature.
    let expected = [
        ("crater2", None),
        ("landing", None),
        ("moons", moons),
        ("of_untagged", None),
        ("of_unused", None),
        ("phase", None),
        ("rustls", Some("tag-rustls")),
        ("shared", None),
        ("untagged", None),
        ("unused", None),
    ];
    assert_eq!(modules(&files["src/types/mod.rs"]), expected.into());
    let of_moons = [("crater", None), ("moon", None)];
    assert_eq!(modules(&files["src/types/moons/mod.rs"]), of_moons.into());
}

#[test]
fn the_number_of_operations_does_not_decide() {
    let files = files(200, config());
    assert!(!files["Cargo.toml"].contains("moons"));
    assert!(modules(&files["src/types/mod.rs"]).values().all(Option::is_none));
}

#[test]
fn a_group_beside_operations_without_one_has_its_types() {
    let mut document = document(4);
    for path in ["/1", "/3"] {
        document["paths"][path]["get"].as_object_mut().unwrap().remove("tags");
    }
    let source = BTreeMap::from([("spec.json".to_owned(), document.to_string())]);
    let generation = clientgen::generate(&source, &config().with_group_features());
    let files = generation.files.expect("a crate");
    assert_eq!(modules(&files["src/types/mod.rs"])["rustls"], Some("tag-rustls"));
    assert_eq!(modules(&files["src/types/rustls/mod.rs"]), [("planet", None)].into());
}
