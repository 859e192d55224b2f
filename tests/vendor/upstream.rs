//! The document that spec/ comes from, if it is there: beside the repository, in `shared/upstream`.
//! It is no part of the project. Where it is not there, these tests say so and hold nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clientgen::source::Directory;
use clientgen::{Config, Extra};

use crate::{api, assert_same_lines};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The root of upstream's document.
fn upstream() -> Option<PathBuf> {
    let path = root().join("../shared/upstream/idn/sailpoint-api.v3.yaml");
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
    }
    path.exists().then_some(path)
}

/// The items of each file in the order of their names: the order of operations is no part of the API.
fn sorted(api: &str) -> String {
    let mut files = Vec::new();
    for file in api.split("\n\n") {
        let mut items: Vec<String> = Vec::new();
        for line in file.lines() {
            match items.last_mut().filter(|_| line.starts_with(' ')) {
                Some(item) => item.push_str(&format!("\n{line}")),
                None => items.push(line.to_owned()),
            }
        }
        items.sort();
        files.push(items.join("\n"));
    }
    files.join("\n\n")
}

/// The API of the crate from a document that is vendored with some paths, and from upstream's files.
fn assert_same_api(upstream: &Path, paths: &[&str]) {
    let settings = format!("source = 'x'\ndocument = 'x'\npaths = {paths:?}\n");
    let text = xtask::vendor::document(upstream, &settings).unwrap();
    let vendored = BTreeMap::from([("api.yaml".to_owned(), text)]);
    let files = Directory::new(upstream.parent().unwrap());
    let mut config = Config::new("sailpoint-api.v3.yaml", "api");
    config.selection.paths = paths.iter().map(|path| (*path).to_owned()).collect();
    assert_same_lines(&api(&vendored, &Config::new("api.yaml", "api")), &api(&files, &config));
}

#[test]
fn the_crate_is_the_same_from_what_upstream_says() {
    let Some(upstream) = upstream() else { return };
    let read = |name: &str| fs::read_to_string(root().join("spec").join(name)).unwrap();
    let text = xtask::vendor::document(&upstream, &read("vendor.toml")).unwrap();
    let config =
        Config::new("reports.yaml", "sailpoint-reports").with_overlay("reports.overlay.yaml");
    let config = Extra::ALL.into_iter().fold(config.strict(), Config::with_extra);
    let of = |document: String| {
        let source = BTreeMap::from([
            ("reports.yaml".to_owned(), document),
            ("reports.overlay.yaml".to_owned(), read("reports.overlay.yaml")),
        ]);
        sorted(&api(&source, &config))
    };
    assert_same_lines(&of(read("reports.yaml")), &of(text));
}

#[test]
fn a_part_gives_the_same_crate_as_when_it_is_taken_out_of_the_files() {
    let Some(upstream) = upstream() else { return };
    for path in ["/reports", "/sod-policies", "/campaigns"] {
        assert_same_api(&upstream, &[path]);
    }
}

#[test]
fn the_whole_gives_the_same_crate() {
    let Some(upstream) = upstream() else { return };
    assert_same_api(&upstream, &[]);
}
