//! The published document that `spec/` is vendored from. It is not part of the project. Without a
//! copy in `shared/upstream` next to the repository, these tests print that and check nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clientgen::source::Directory;
use clientgen::{Config, Extra};

use super::{api, assert_same_lines};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the path of the published document, if it exists.
fn upstream() -> Option<PathBuf> {
    let path = root().join("../shared/upstream/idn/sailpoint-api.v3.yaml");
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
    }
    path.exists().then_some(path)
}

/// Sorts the items of each file by name: the order of operations is not part of the API.
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

/// Asserts that the crate has the same API from the vendored document and from the upstream files,
/// for some paths.
fn assert_same_api(upstream: &Path, paths: &[&str]) {
    let settings = format!("source = 'x'\ndocument = 'x'\npaths = {paths:?}\n");
    let text = clientgen_cli::vendor::document(upstream, &settings).unwrap();
    let vendored = BTreeMap::from([("api.yaml".to_owned(), text)]);
    let files = Directory::new(upstream.parent().unwrap());
    let mut config = Config::new("sailpoint-api.v3.yaml", "api");
    config.selection.paths = paths.iter().map(|path| (*path).to_owned()).collect();
    assert_same_lines(&api(&vendored, &Config::new("api.yaml", "api")), &api(&files, &config));
}

#[test]
fn the_crate_is_the_same_from_the_upstream_document() {
    let Some(upstream) = upstream() else { return };
    let read = |name: &str| fs::read_to_string(root().join("spec").join(name)).unwrap();
    let text = clientgen_cli::vendor::document(&upstream, &read("vendor.toml")).unwrap();
    let config =
        Config::new("reports.yaml", "sailpoint-reports").with_overlay("reports.overlay.yaml");
    let config = Extra::ALL.into_iter().fold(config.strict(), Config::with_extra);
    let api_of = |document: String| {
        let source = BTreeMap::from([
            ("reports.yaml".to_owned(), document),
            ("reports.overlay.yaml".to_owned(), read("reports.overlay.yaml")),
        ]);
        sorted(&api(&source, &config))
    };
    assert_same_lines(&api_of(read("reports.yaml")), &api_of(text));
}

#[test]
fn vendored_paths_give_the_same_crate_as_selected_paths() {
    let Some(upstream) = upstream() else { return };
    for path in ["/reports", "/sod-policies", "/campaigns"] {
        assert_same_api(&upstream, &[path]);
    }
}

#[test]
fn the_whole_vendored_document_gives_the_same_crate() {
    let Some(upstream) = upstream() else { return };
    assert_same_api(&upstream, &[]);
}
