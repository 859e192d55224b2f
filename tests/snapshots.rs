//! What is generated for each case, file by file.
//!
//! What the generator says of a case is kept beside them, if it says anything. A file that is the
//! same as in the case `minimal` is not kept again, and the runtime, which is
//! copied as it stands, is not kept at all.

use std::collections::BTreeMap;

use clientgen::format::FILE_LIST;
use tests::cases::{Case, cases};

fn files(case: &Case) -> BTreeMap<String, String> {
    let generation = case.generate("example");
    let mut files = generation.files.expect("a document without errors gives a crate");
    files.retain(|path, _| !path.starts_with("src/runtime/"));
    if let Some(list) = files.get_mut(FILE_LIST) {
        let of_the_document = |line: &&str| !line.starts_with("src/runtime/");
        *list = list.lines().filter(of_the_document).collect::<Vec<_>>().join("\n");
    }
    let warnings: Vec<String> = generation.diagnostics.iter().map(ToString::to_string).collect();
    if !warnings.is_empty() {
        files.insert("diagnostics".to_owned(), warnings.join("\n\n"));
    }
    files
}

#[test]
fn cases_are_generated_as_before() {
    let cases = cases("cases").unwrap();
    let minimal =
        files(cases.iter().find(|case| case.name == "minimal").expect("the case is there"));
    let mut kept = Vec::new();
    for case in &cases {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(case.path.join("snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.remove_input_file();
        for (path, text) in files(case) {
            // These tell the rest over again; one of each is enough.
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
