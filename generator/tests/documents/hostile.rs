//! Hostile documents: the source of their crates contains no code, markup or invisible characters
//! of a document. Leaves to `tests/compiled/hostile.rs` whether the crates compile and whether
//! their doc tests run code of a document.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::cases;
use clientgen::escape::{self, markdown};
use clientgen::{Config, Extra, FileTree};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};

/// Generates the crates of the documents in `tests/hostile`, by name.
fn crates() -> BTreeMap<String, FileTree> {
    let cases = cases("hostile").unwrap().into_iter();
    cases
        .map(|case| (case.name.clone(), case.generate("hostile").files.expect("a crate")))
        .collect()
}

/// Collects the values of the string literals in tokens.
fn collect_literals(tokens: TokenStream, values: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect_literals(group.stream(), values),
            TokenTree::Literal(literal) => {
                let string = syn::parse_str::<syn::LitStr>(&literal.to_string());
                values.extend(string.map(|string| string.value()));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Returns the doc comments of a file, one string for each block of consecutive lines.
fn documentation(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in text.lines().map(str::trim_start) {
        let comment = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
        match (comment, all.last_mut()) {
            (Some(comment), Some(last)) => {
                last.push_str(comment.strip_prefix(' ').unwrap_or(comment));
                last.push('\n');
            }
            _ => all.push(String::new()),
        }
    }
    all.retain(|text| !text.is_empty());
    all
}

/// Returns the faults of a doc comment. The generator's own examples, the one at the end and that of
/// the front page, and its links to items are not faults.
fn faults(documentation: &str) -> BTreeSet<&'static str> {
    let without_example = match documentation.rsplit_once("\n```no_run\n") {
        Some((before, example)) if example.matches("```").count() == 1 => before,
        _ => documentation,
    };
    let first_program = documentation.split_once("\n## A first program\n\n```rust,no_run\n");
    let rest = first_program.and_then(|(_, program)| program.split_once("\n```\n"));
    let without_program =
        first_program.zip(rest).map(|((before, _), (_, after))| format!("{before}\n{after}"));
    let without_example = without_program.as_deref().unwrap_or(without_example);
    let of_generator = ["a link that does not lead to the web", "brackets that could name an item"];
    let mut faults = markdown::faults(without_example);
    faults.retain(|fault| !of_generator.contains(fault));
    // Links to items that the document contains.
    if documentation.contains("[Client]") || documentation.contains("[name]") {
        faults.insert("a link to an item");
    }
    faults
}

#[test]
fn no_file_has_an_invisible_character() {
    for (name, files) in crates() {
        for (path, text) in files {
            let hidden = text.chars().find(|c| escape::is_hidden(*c) && *c != '\n');
            assert_eq!(hidden, None, "{name}/{path}");
        }
    }
}

#[test]
fn no_documentation_has_code_or_markup_of_the_document() {
    for (name, files) in crates() {
        let is_emitted = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
        for (path, text) in files.iter().filter(|(path, _)| is_emitted(path)) {
            for documentation in documentation(text) {
                let faults = faults(&documentation);
                assert!(faults.is_empty(), "{name}/{path}: {faults:?} in {documentation}");
            }
        }
    }
}

#[test]
fn wire_names_keep_their_values() {
    let files = &crates()["text"];
    let mut literals = BTreeSet::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        collect_literals(text.parse().unwrap(), &mut literals);
    }
    let name = |word: &str| format!("{word}\u{202e}\u{1b}[31m\n\"#*/`|{{{{$</details>\\");
    for word in ["required", "choice", "value2", "one", "two", "query", "cookie", "key", "file"] {
        assert!(literals.contains(&name(word)), "{word} is not in the crate");
    }
    let path = "/things`|\"*\u{202e}/{id`|\"\u{202e}}";
    assert!(literals.contains(path), "{path:?} is not in the crate");
}

#[test]
fn the_manifest_has_only_the_keys_of_the_generator() {
    for (name, files) in crates() {
        let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
        let keys = |table: &toml::Table| table.keys().cloned().collect::<Vec<_>>();
        let sections = ["package", "features", "dependencies", "dev-dependencies", "bin", "lints"];
        let expected: BTreeSet<&str> = sections.into();
        assert_eq!(
            manifest.keys().map(String::as_str).collect::<BTreeSet<_>>(),
            expected,
            "{name}"
        );
        let package = manifest["package"].as_table().unwrap();
        let expected = [
            "name",
            "version",
            "edition",
            "rust-version",
            "description",
            "readme",
            "publish",
            "metadata",
        ];
        assert_eq!(
            keys(package).into_iter().collect::<BTreeSet<_>>(),
            expected.map(str::to_owned).into()
        );
        assert_eq!(package["name"].as_str(), Some("hostile"));
        let settings: toml::Table = "docs.rs.all-features = true".parse().unwrap();
        assert_eq!(package["metadata"].as_table(), Some(&settings));
    }
}

/// Whether a name is a valid file name on every system.
fn is_portable_file_name(name: &str) -> bool {
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    let devices = ["con", "prn", "aux", "nul"];
    let is_port = |kind| stem.strip_prefix(kind).is_some_and(|rest: &str| rest.len() == 1);
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.chars().all(is_allowed)
        && name.len() <= 120
        && !name.ends_with('.')
        && name.contains(|c: char| c.is_ascii_alphanumeric())
        && !devices.contains(&stem)
        && !is_port("com")
        && !is_port("lpt")
}

#[test]
fn paths_are_portable_and_inside_the_folder() {
    for (name, files) in crates() {
        let mut known = BTreeSet::new();
        for path in files.keys() {
            assert!(path.split('/').all(is_portable_file_name), "{name}: {path:?}");
            assert!(known.insert(path.to_lowercase()), "{name}: {path:?} occurs twice");
        }
    }
}

/// Creates a document with enough operations that each tag becomes a feature.
fn large(tags: &[&str]) -> Value {
    let operation = |number: usize| {
        let tag = tags[number % tags.len()];
        json!({"get": {"operationId": format!("get{number}"), "tags": [tag],
            "responses": {"204": {"description": "Done."}}}})
    };
    let paths: serde_json::Map<String, Value> =
        (0..200).map(|number| (format!("/{number}"), operation(number))).collect();
    json!({"openapi": "3.0.3", "info": {"title": "Large", "version": "1"}, "paths": paths})
}

#[test]
fn features_of_hostile_tags_are_valid_and_distinct() {
    let long = "x".repeat(300);
    let tags = [
        "cli",
        "tag cli",
        "tag-cli",
        "default",
        "mock",
        "rustls",
        "Gr\u{f6}\u{df}e",
        "gro\u{308}\u{df}e",
        "COM1",
        "nul",
        "..",
        "../..",
        "\u{202e}",
        "",
        " ",
        &long,
        "a\"]\nx = [\"",
        "dep:serde",
        "serde/std",
        "\u{30e6}",
    ];
    let source = BTreeMap::from([("a.json".to_owned(), large(&tags).to_string())]);
    let mut config = Config::new("a.json", "large");
    config.extras = Extra::ALL.into();
    config.group_features = true;
    let files = clientgen::generate(&source, &config).files.unwrap();
    let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let tag_features: Vec<&String> = features
        .iter()
        .filter(|(_, enabled)| enabled.as_array().is_some_and(Vec::is_empty))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(tag_features.len(), tags.len(), "{tag_features:?}");
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for feature in &tag_features {
        assert!(feature.chars().all(is_allowed) && feature.len() < 100, "{feature:?}");
    }
    let default: BTreeSet<&str> =
        features["default"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    assert!(tag_features.iter().all(|feature| default.contains(feature.as_str())));
    for path in files.keys() {
        assert!(path.split('/').all(is_portable_file_name), "{path:?}");
    }
}

/// The first line of each file of the crate has the file name of the document.
#[test]
fn the_file_name_of_a_document_stays_inside_a_comment() {
    let document = large(&["a"]).to_string();
    for name in [
        "a\nfn evil() {}\n.json",
        "a\r\n[dependencies]\r\nevil = \"1\"\r\n.json",
        "a --> <script>alert(1)</script> <!-- .json",
        "a --!> b.json",
        "a */ fn evil() {} /* .json",
        "\u{202e}\u{1b}[2J\u{2028}fn evil() {}.json",
        "a\n\n```rust\nevil();\n```.json",
    ] {
        let source = BTreeMap::from([(name.to_owned(), document.clone())]);
        let plain = BTreeMap::from([("a.json".to_owned(), document.clone())]);
        let files = clientgen::generate(&source, &Config::new(name, "named")).files.unwrap();
        let expected = clientgen::generate(&plain, &Config::new("a.json", "named")).files.unwrap();
        for (path, text) in &files {
            let (header, rest) = text.split_once('\n').unwrap();
            assert_eq!(rest, expected[path].split_once('\n').unwrap().1, "{path}");
            assert!(!header.contains(escape::is_hidden), "{path}: {header:?}");
            let count = |end: &str| header.matches(end).count();
            let comments = if path == "README.md" { 1 } else { 0 };
            assert_eq!((count("-->"), count("--!>"), count("*/")), (comments, 0, 0), "{header}");
        }
    }
}
