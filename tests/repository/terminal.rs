//! The diagnostics of documents with faults, as the commands print them.

use tests::cases::{Case, cases};
use tests::snapshots;

/// The diagnostics of a case as a terminal shows them, with the source lines.
fn terminal_output(case: &Case) -> String {
    let diagnostics = case.generate("example").diagnostics;
    let texts: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| clientgen_cli::report::text(diagnostic, false))
        .collect();
    texts.join("\n\n")
}

/// Covers YAML, JSON, an overlay, and a document of several files.
#[test]
fn the_terminal_shows_the_source_lines() {
    let names = ["duplicate-key", "unparsable-json", "overlay", "overlay-refused", "other-file"];
    let all = cases("faults").unwrap();
    for name in names {
        let case = all.iter().find(|case| case.name == name).unwrap();
        let output = terminal_output(case);
        snapshots::in_folder(&case.path).bind(|| insta::assert_snapshot!("shown", output));
    }
}
