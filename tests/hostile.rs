//! Documents that mean harm, as far as it shows in the text of their crates. That the crates compile,
//! and that nothing of the documents is run, is for `tests/compiled/hostile.rs` to hold.

use std::collections::{BTreeMap, BTreeSet};

use clientgen::escape::{self, markdown};
use clientgen::{Config, Extra, FileTree};
use proc_macro2::{TokenStream, TokenTree};
use serde_json::{Value, json};
use tests::cases::cases;

/// The crates of the documents in `tests/hostile`, by the names of the documents.
fn crates() -> BTreeMap<String, FileTree> {
    let cases = cases("hostile").unwrap().into_iter();
    cases
        .map(|case| (case.name.clone(), case.generate("hostile").files.expect("a crate")))
        .collect()
}

/// The values of the string literals in some tokens.
fn literals(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => {
                let text = syn::parse_str::<syn::LitStr>(&literal.to_string());
                found.extend(text.map(|text| text.value()));
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// The comments of a file, one text for each run of lines.
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

/// Faults of a documentation, but for what the generator writes itself: its example at the end, and
/// links to items.
fn faults(documentation: &str) -> BTreeSet<&'static str> {
    let without_example = match documentation.rsplit_once("\n```no_run\n") {
        Some((before, example)) if example.matches("```").count() == 1 => before,
        _ => documentation,
    };
    let own = ["a link that does not lead to the web", "brackets that could name an item"];
    let mut faults = markdown::faults(without_example);
    faults.retain(|fault| !own.contains(fault));
    // The links that the document asks for.
    if documentation.contains("[Client]") || documentation.contains("[name]") {
        faults.insert("a link to an item");
    }
    faults
}

#[test]
fn no_file_has_a_character_that_cannot_be_seen() {
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
        let own = |path: &str| path.ends_with(".rs") && !path.starts_with("src/runtime/");
        for (path, text) in files.iter().filter(|(path, _)| own(path)) {
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
    let mut found = BTreeSet::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        syn::parse_file(text).unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        literals(text.parse().unwrap(), &mut found);
    }
    let name = |word: &str| format!("{word}\u{202e}\u{1b}[31m\n\"#*/`|{{{{$</details>\\");
    for word in ["required", "choice", "value2", "one", "two", "query", "cookie", "key", "file"] {
        assert!(found.contains(&name(word)), "{word} is not in the crate");
    }
    let path = "/things`|\"*\u{202e}/{id`|\"\u{202e}}";
    assert!(found.contains(path), "{path:?} is not in the crate");
}

#[test]
fn the_manifest_says_what_the_generator_says() {
    for (name, files) in crates() {
        let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
        let keys = |table: &toml::Table| table.keys().cloned().collect::<Vec<_>>();
        let sections = ["package", "features", "dependencies", "dev-dependencies", "bin", "lints"];
        let expected: BTreeSet<&str> = sections.into();
        let found: BTreeSet<&str> = manifest.keys().map(String::as_str).collect();
        assert_eq!(found, expected, "{name}");
        let package = manifest["package"].as_table().unwrap();
        let expected =
            ["name", "version", "edition", "rust-version", "license", "readme", "publish"];
        assert_eq!(
            keys(package).into_iter().collect::<BTreeSet<_>>(),
            expected.map(str::to_owned).into()
        );
        assert_eq!(package["name"].as_str(), Some("hostile"));
    }
}

/// Whether a name can be that of a file on every system.
fn is_file_name(name: &str) -> bool {
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    let devices = ["con", "prn", "aux", "nul"];
    let is_port = |kind| stem.strip_prefix(kind).is_some_and(|rest: &str| rest.len() == 1);
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.chars().all(fits)
        && name.len() <= 120
        && !name.ends_with('.')
        && name.contains(|c: char| c.is_ascii_alphanumeric())
        && !devices.contains(&stem)
        && !is_port("com")
        && !is_port("lpt")
}

#[test]
fn paths_are_valid_everywhere_and_inside_the_folder() {
    for (name, files) in crates() {
        let mut known = BTreeSet::new();
        for path in files.keys() {
            assert!(path.split('/').all(is_file_name), "{name}: {path:?}");
            assert!(known.insert(path.to_lowercase()), "{name}: {path:?} is there twice");
        }
    }
}

/// A document of so many operations that each tag has a feature.
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
fn features_are_valid_and_differ_whatever_the_tags_are() {
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
    let files = clientgen::generate(&source, &config).files.unwrap();
    let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let of_tags: Vec<&String> = features
        .iter()
        .filter(|(_, needs)| needs.as_array().is_some_and(Vec::is_empty))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(of_tags.len(), tags.len(), "{of_tags:?}");
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for feature in &of_tags {
        assert!(feature.chars().all(fits) && feature.len() < 100, "{feature:?}");
    }
    let default: BTreeSet<&str> =
        features["default"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    assert!(of_tags.iter().all(|feature| default.contains(feature.as_str())));
    for path in files.keys() {
        assert!(path.split('/').all(is_file_name), "{path:?}");
    }
}

/// The name of a file of a document stands in the first line of each file of the crate.
#[test]
fn the_name_of_a_document_is_a_comment() {
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
            let ends = |end: &str| header.matches(end).count();
            let comments = if path == "README.md" { 1 } else { 0 };
            assert_eq!((ends("-->"), ends("--!>"), ends("*/")), (comments, 0, 0), "{header}");
        }
    }
}
