//! Snapshots of the generated files of each case, and of its diagnostics if there are any.
//!
//! A file that is the same as in the case `minimal` has no snapshot, and neither has the runtime,
//! which is copied unchanged.

use std::collections::BTreeMap;

use crate::cases::{Case, cases};
use crate::snapshot_settings;
use clientgen::format::FILE_LIST;

fn files(case: &Case) -> BTreeMap<String, String> {
    let generation = case.generate("example");
    let mut files = generation.files.expect("a document without errors gives a crate");
    files.retain(|path, _| !path.starts_with("src/runtime/"));
    if let Some(list) = files.get_mut(FILE_LIST) {
        *list = without_lines(list, "src/runtime/");
    }
    // The front page summarizes the crate as the README does, so one snapshot of it is enough.
    if let Some(lib) = files.get_mut("src/lib.rs").filter(|_| case.name != "minimal") {
        *lib = without_lines(lib, "//!");
    }
    // A manifest has the title of its document, so one snapshot of that is enough.
    if let Some(manifest) = files.get_mut("Cargo.toml").filter(|_| case.name != "minimal") {
        *manifest = without_lines(manifest, "description = ");
    }
    let warnings: Vec<String> = generation.diagnostics.iter().map(ToString::to_string).collect();
    if !warnings.is_empty() {
        files.insert("diagnostics".to_owned(), warnings.join("\n\n"));
    }
    files
}

fn without_lines(text: &str, start: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with(start)).collect();
    kept.join("\n")
}

#[test]
fn cases_are_generated_as_before() {
    let cases = cases("cases").unwrap();
    let mut minimal =
        files(cases.iter().find(|case| case.name == "minimal").expect("the case exists"));
    minimal.entry("src/lib.rs".to_owned()).and_modify(|lib| *lib = without_lines(lib, "//!"));
    let manifest = minimal.entry("Cargo.toml".to_owned());
    manifest.and_modify(|manifest| *manifest = without_lines(manifest, "description = "));
    let mut kept = Vec::new();
    for case in &cases {
        let mut settings = snapshot_settings::in_folder(&case.path.join("snapshots"));
        settings.remove_input_file();
        for (path, text) in files(case) {
            // These files summarize the others, so one snapshot of each is enough.
            let summary = ["README.md", FILE_LIST].contains(&path.as_str());
            let same = summary || minimal.get(&path) == Some(&text);
            if case.name == "minimal" || !same {
                let name = path.replace('/', "__");
                settings.bind(|| insta::assert_snapshot!(name.as_str(), text));
                kept.push(case.path.join("snapshots").join(format!("{name}.snap")));
            }
        }
    }
    for case in &cases {
        for entry in std::fs::read_dir(case.path.join("snapshots")).into_iter().flatten() {
            let path = entry.unwrap().path();
            let pending = path.extension().is_some_and(|extension| extension == "new");
            assert!(pending || kept.contains(&path), "{} is no longer generated", path.display());
        }
    }
}
