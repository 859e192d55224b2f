//! What changes for users when one thing of a document changes: what the generator says, and what
//! the compiler says.
//!
//! `base.yaml` is a small document, and each case changes it a little:
//!
//! | below `cases/<impact>/<case>/` | what it is |
//! |---|---|
//! | `change.yaml` | the change, as an overlay |
//! | `user.rs` | a program of somebody who uses what changes |
//! | `base.yaml` | another document, if the case needs one |
//!
//! The folder above a case says what the change means for the program. `said.snap` has all that is
//! said of each.

mod cases;
mod workspace;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clientgen::changes::{Bump, Impact, compare, next_version};

use cases::{Case, cases};

#[test]
fn each_change_is_told_for_what_it_means() {
    let mut said = String::new();
    let mut troubles = Vec::new();
    for case in cases() {
        let changes = compare(&case.before(), &case.after());
        let most = changes.iter().map(|change| change.impact).max().unwrap_or(Impact::Compatible);
        if most != case.impact {
            troubles.push(format!("{}: {most:?}", case.name));
        }
        let version = next_version("0.1.0", Bump::of(&changes)).unwrap();
        // A text takes any number of writes.
        let _ = writeln!(said, "{}: {} ({version})", case.name, case.title);
        for change in changes {
            let _ = writeln!(said, "  {:10} {}", change.impact.name(), change.summary);
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(".");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("said", said));
}

/// A change and its opposite have something to say, or neither has.
#[test]
fn nothing_is_overlooked_on_the_way_back() {
    for case in cases() {
        let (old, new) = (case.before(), case.after());
        let (there, back) = (compare(&old, &new), compare(&new, &old));
        assert_eq!(there.is_empty(), back.is_empty(), "{}", case.name);
        assert!(compare(&old, &old).is_empty() && compare(&new, &new).is_empty());
    }
}

#[test]
fn the_compiler_agrees() {
    let cases = cases();
    let failed = workspace::check(&cases);
    let breaking = cases.iter().filter(|case| case.impact == Impact::Breaking);
    let breaking: BTreeSet<&str> = breaking.map(|case: &Case| case.name.as_str()).collect();
    let failed: BTreeSet<&str> = failed.iter().map(String::as_str).collect();
    let compiled: Vec<_> = breaking.difference(&failed).collect();
    let broken: Vec<_> = failed.difference(&breaking).collect();
    assert!(
        compiled.is_empty() && broken.is_empty(),
        "said to break, but compiled: {compiled:?}\nsaid to compile, but failed: {broken:?}"
    );
}
