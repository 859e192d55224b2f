//! The impact of a change of the document on users: the report of the generator, checked with the
//! compiler.
//!
//! `base.yaml` is a small document, and each case changes one thing in it:
//!
//! | file in `cases/<impact>/<case>/` | content |
//! |---|---|
//! | `change.yaml` | the change, as an overlay |
//! | `user.rs` | a program that uses what changes |
//! | `base.yaml` | another document, if the case needs one |
//!
//! The folder `<impact>` is the expected impact on the program. `report.snap` has the changes that
//! are reported for each case.

mod cases;
mod workspace;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use clientgen::changes::{Bump, Impact, compare, next_version};

use cases::{Case, cases};
use tests::snapshots;

#[test]
fn each_change_is_reported_with_its_impact() {
    let mut report = String::new();
    let mut failures = Vec::new();
    for case in cases() {
        let changes = compare(&case.before(), &case.after());
        let impact = changes.iter().map(|change| change.impact).max().unwrap_or(Impact::Compatible);
        if impact != case.impact {
            failures.push(format!("{}: {impact:?}", case.name));
        }
        let version = next_version("0.1.0", Bump::of(&changes)).unwrap();
        // Writing to a string cannot fail.
        let _ = writeln!(report, "{}: {} ({version})", case.name, case.title);
        for change in changes {
            let _ = writeln!(report, "  {:10} {}", change.impact.name(), change.summary);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("changes");
    snapshots::in_folder(&folder).bind(|| insta::assert_snapshot!("report", report));
}

/// If a change is reported, so is its opposite.
#[test]
fn the_opposite_of_a_change_is_reported_too() {
    for case in cases() {
        let (old, new) = (case.before(), case.after());
        let (forward, backward) = (compare(&old, &new), compare(&new, &old));
        assert_eq!(forward.is_empty(), backward.is_empty(), "{}", case.name);
        assert!(compare(&old, &old).is_empty() && compare(&new, &new).is_empty());
    }
}

#[test]
fn the_compiler_agrees_with_the_impact() {
    let cases = cases();
    let failed = workspace::check(&cases);
    let breaking = cases.iter().filter(|case| case.impact == Impact::Breaking);
    let breaking: BTreeSet<&str> = breaking.map(|case: &Case| case.name.as_str()).collect();
    let failed: BTreeSet<&str> = failed.iter().map(String::as_str).collect();
    let compiled: Vec<_> = breaking.difference(&failed).collect();
    let broken: Vec<_> = failed.difference(&breaking).collect();
    assert!(
        compiled.is_empty() && broken.is_empty(),
        "reported as breaking, but compiled: {compiled:?}\nnot reported, but failed: {broken:?}"
    );
}
