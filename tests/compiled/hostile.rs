//! The crates of documents that mean harm: whatever a name is, the crate compiles, and nothing of a
//! document is run by its documentation tests.

use std::fs;

use crate::workspace::WORKSPACE;

/// What the extras of the crates are behind.
fn features() -> String {
    let features = |name: &String| format!("{name}/cli,{name}/mock");
    WORKSPACE.hostile.iter().map(features).collect::<Vec<_>>().join(",")
}

#[test]
fn whatever_a_document_says_its_crate_compiles_without_warnings() {
    let features = features();
    let mut arguments = vec!["build", "--features", &features];
    WORKSPACE.hostile.iter().for_each(|name| arguments.extend(["-p", name]));
    let output = WORKSPACE.cargo(&arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}

/// Each text of the document has code that leaves a file behind and panics, in every kind of block.
#[test]
fn only_examples_of_the_generator_are_doc_tests() {
    let folder = WORKSPACE.folder_of("hostile-text");
    let mark = folder.join("RAN");
    let _ = fs::remove_file(&mark);
    let features = "hostile-text/cli,hostile-text/mock";
    let output = WORKSPACE.cargo(&["test", "--doc", "-p", "hostile-text", "--features", features]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!mark.exists(), "code of the document was run: {said}");
    // Those of the generator are compiled and not run: one for each operation, one in the README.
    let tests: Vec<&str> = said.lines().filter(|line| line.starts_with("test crates/")).collect();
    assert!(tests.iter().all(|line| line.ends_with("- compile ... ok")), "{said}");
    let places = ["README.md", "get_31m_details", "next_31m_details", "Client::upload"];
    assert_eq!(tests.len(), places.len(), "{said}");
    for place in places {
        assert!(tests.iter().any(|line| line.contains(place)), "{place}: {said}");
    }
}
