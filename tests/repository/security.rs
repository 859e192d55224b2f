//! Each promise in SECURITY.md names tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

/// A promise, and the tests that check it, as `path/of/file.rs::name_of_test`.
struct Row {
    promise: String,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the rows of the tables whose columns are "promise" and "test".
fn rows() -> Vec<Row> {
    let page = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in page.lines() {
        match line {
            "| promise | test |" => in_table = true,
            line if !line.starts_with('|') => in_table = false,
            line if in_table && !line.starts_with("|---") => rows.push(row(line)),
            _ => {}
        }
    }
    rows
}

fn row(line: &str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
    let [promise, tests] = cells.as_slice() else {
        panic!("a row has a promise and its tests: {line}")
    };
    // Every second part is between backticks.
    let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Row { promise: (*promise).to_owned(), tests }
}

/// Whether a file of the repository has a test of this name.
fn exists(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let Ok(source) = fs::read_to_string(root().join(file)) else { return false };
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let is_test = |line: &str| line.starts_with("#[test") || line.starts_with("#[tokio::test");
    lines.iter().enumerate().any(|(at, line)| {
        let line = line.trim_start_matches("async ");
        line.strip_prefix("fn ").is_some_and(|rest| rest.starts_with(&format!("{name}(")))
            && lines[at.saturating_sub(4)..at].iter().any(|line| is_test(line))
    })
}

#[test]
fn each_promise_names_tests_that_exist() {
    let rows = rows();
    assert!(rows.len() > 60, "fewer promises than expected: {}", rows.len());
    for row in rows {
        assert!(!row.tests.is_empty(), "a promise names no test: {}", row.promise);
        for test in &row.tests {
            assert!(
                exists(test),
                "there is no test `{test}`, which a promise names: {}",
                row.promise
            );
        }
    }
}

#[test]
fn a_missing_test_is_detected() {
    assert!(exists("tests/repository/security.rs::a_missing_test_is_detected"));
    assert!(!exists("tests/repository/security.rs::exists"), "a function that is not a test");
    assert!(!exists("tests/repository/security.rs::a_missing_test"), "a prefix of a name");
    assert!(!exists("tests/no_such_file.rs::x"));
}
