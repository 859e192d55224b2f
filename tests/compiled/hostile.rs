//! The crates of hostile documents: they compile whatever the names are, and their doc tests run no
//! code of a document.

use std::fs;

use crate::workspace::WORKSPACE;

/// Returns the features of the extras of all crates.
fn features() -> String {
    let features = |name: &String| format!("{name}/cli,{name}/mock");
    WORKSPACE.hostile.iter().map(features).collect::<Vec<_>>().join(",")
}

#[test]
fn crates_of_hostile_documents_compile_without_warnings() {
    let features = features();
    let mut arguments = vec!["build", "--features", &features];
    WORKSPACE.hostile.iter().for_each(|name| arguments.extend(["-p", name]));
    let output = WORKSPACE.cargo(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !stderr.contains("warning"), "{stderr}");
}

/// Each string of the document contains code that writes a file and panics, in every kind of code
/// block.
#[test]
fn only_examples_of_the_generator_are_doc_tests() {
    let folder = WORKSPACE.folder_of("hostile-text");
    let marker = folder.join("RAN");
    let _ = fs::remove_file(&marker);
    let features = "hostile-text/cli,hostile-text/mock";
    let output = WORKSPACE.cargo(&["test", "--doc", "-p", "hostile-text", "--features", features]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!marker.exists(), "code of the document was run: {stdout}");
    // The generator's examples are compiled, not run: one per operation, and one on the front page.
    let tests: Vec<&str> = stdout.lines().filter(|line| line.starts_with("test crates/")).collect();
    assert!(tests.iter().all(|line| line.ends_with("- compile ... ok")), "{stdout}");
    let examples = ["src/lib.rs", "get_31m_details", "next_31m_details", "Client::upload"];
    assert_eq!(tests.len(), examples.len(), "{stdout}");
    for example in examples {
        assert!(tests.iter().any(|line| line.contains(example)), "{example}: {stdout}");
    }
}
