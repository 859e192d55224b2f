//! A small upstream document of several files: `tests/repository/vendor/library`. It has a flow sequence that
//! is closed at the indentation of its key, files and titles of the same name, cyclic references,
//! parameters and responses in separate files, unused parts, and unresolved references.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clientgen::Config;
use clientgen::source::Directory;
use tests::snapshots;

use super::{api, assert_same_lines};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("repository/vendor")
}

fn settings() -> String {
    fs::read_to_string(folder().join("vendor.toml")).unwrap()
}

fn vendored(settings: &str) -> Result<String, String> {
    clientgen_cli::vendor::document(&folder().join("library/api.yaml"), settings)
}

#[test]
fn several_files_become_one_document() {
    let document = vendored(&settings()).unwrap();
    snapshots::in_folder(&folder()).bind(|| insta::assert_snapshot!("library", document));
    assert_eq!(vendored(&settings()).unwrap(), document);
}

#[test]
fn the_crate_is_the_same_from_the_files_and_from_the_document() {
    let settings = settings();
    let (without_names, _) = settings.split_once("[names]").unwrap();
    let text = vendored(without_names).unwrap();
    let document = BTreeMap::from([("api.yaml".to_owned(), text)]);
    let mut config = Config::new("api.yaml", "library");
    let of_document = api(&document, &config);
    config.selection.paths = vec!["/books".to_owned()];
    let of_files = api(&Directory::new(folder().join("library")), &config);
    // Only the schema in `1.yaml` has another name in the vendored document.
    let of_files = of_files.replace("N1", "LateFee2").replace("n1", "late_fee2");
    let sorted_lines = |api: &str| {
        let mut lines: Vec<&str> = api.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert!(of_files.contains("struct Volume"), "{of_files}");
    assert_same_lines(&sorted_lines(&of_document), &sorted_lines(&of_files));
}

#[test]
fn an_unresolved_reference_in_a_kept_part_is_an_error() {
    let all = settings().replace("paths = [\"/books\"]", "paths = []");
    let message = vendored(&all).unwrap_err();
    for part in [
        "error[unresolved-reference]: the reference `Nowhere.yaml` leads to the file `schemas/Nowhere.yaml`",
        "--> schemas/Visitor.yaml:5:10 (#/properties/lost/$ref)",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}
