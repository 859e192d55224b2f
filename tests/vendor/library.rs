//! A small upstream of several files, made up for this: `tests/vendor/library`. It has a list in
//! brackets that is closed at the indentation of its key, files and titles of the same name,
//! references in a circle, parameters and responses in files of their own, and parts that nothing
//! uses or that lead nowhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clientgen::Config;
use clientgen::source::Directory;

use crate::{api, assert_same_lines};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vendor")
}

fn settings() -> String {
    fs::read_to_string(folder().join("vendor.toml")).unwrap()
}

fn vendored(settings: &str) -> Result<String, String> {
    xtask::vendor::document(&folder().join("library/api.yaml"), settings)
}

#[test]
fn it_becomes_one_document() {
    let text = vendored(&settings()).unwrap();
    let mut snapshots = insta::Settings::clone_current();
    snapshots.set_snapshot_path(folder());
    snapshots.set_prepend_module_to_snapshot(false);
    snapshots.set_omit_expression(true);
    snapshots.bind(|| insta::assert_snapshot!("library", text));
    assert_eq!(vendored(&settings()).unwrap(), text);
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
    // Only what comes from a file that is called `1.yaml` has another name in the document.
    let of_files = of_files.replace("N1", "LateFee2").replace("n1", "late_fee2");
    let lines = |api: &str| {
        let mut lines: Vec<&str> = api.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert!(of_files.contains("struct Volume"), "{of_files}");
    assert_same_lines(&lines(&of_document), &lines(&of_files));
}

#[test]
fn what_is_kept_must_lead_somewhere() {
    let all = settings().replace("paths = [\"/books\"]", "paths = []");
    let message = vendored(&all).unwrap_err();
    for part in [
        "error[unresolved-reference]: the reference `Nowhere.yaml` leads to the file `schemas/Nowhere.yaml`",
        "--> schemas/Visitor.yaml:5:10 (#/properties/lost/$ref)",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
}
