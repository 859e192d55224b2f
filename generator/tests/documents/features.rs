//! The table of features in the generator's README: each row has a case, and each case has a row.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cases::cases;

/// A row of the table.
struct Row {
    /// The title of the table.
    table: String,
    feature: String,
    /// `yes`, `no`, or `degrades to …`.
    status: String,
    /// The folder of the linked case.
    case: Option<PathBuf>,
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the rows of all tables in the section about features.
fn rows() -> Vec<Row> {
    let folder = package().join("../generator");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let (_, section) = readme.split_once("## Supported features of OpenAPI\n").unwrap();
    let section = section.split("\n## ").next().unwrap_or_default();
    let tables = section.split("\n### ").skip(1);
    let mut rows = Vec::new();
    for table in tables {
        let title = table.lines().next().unwrap_or_default();
        let lines = table.lines().filter(|line| line.starts_with('|'));
        let lines =
            lines.filter(|line| !line.starts_with("| feature ") && !line.starts_with("|---"));
        rows.extend(lines.map(|line| row(title, line, &folder)));
    }
    rows
}

fn row(table: &str, line: &str, folder: &Path) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [feature, status, link] = cells.as_slice() else {
        panic!("a row has a feature, a status and a case: {line}")
    };
    let target = link.strip_prefix("[case](").and_then(|link| link.strip_suffix(')'));
    Row {
        table: table.to_owned(),
        feature: (*feature).to_owned(),
        status: (*status).to_owned(),
        case: target.map(|target| folder.join(target)),
    }
}

#[test]
fn each_row_has_a_known_status() {
    let rows = rows();
    assert!(rows.len() > 80, "fewer rows than expected: {}", rows.len());
    for row in rows {
        let degrades = row.status.strip_prefix("degrades to ").is_some_and(|to| !to.is_empty());
        let is_known = ["yes", "no"].contains(&row.status.as_str()) || degrades;
        assert!(is_known, "{}: `{}` is not a status", row.feature, row.status);
    }
}

#[test]
fn each_row_has_a_case() {
    let missing: Vec<String> = rows()
        .into_iter()
        .filter(|row| !row.case.as_ref().is_some_and(|case| case.join("spec.yaml").is_file()))
        .map(|row| row.feature)
        .collect();
    assert!(missing.is_empty(), "these features have no case: {missing:#?}");
}

/// The tables about schemas of values.
const VALUE_TABLES: [&str; 3] =
    ["Types and formats", "Combinations of schemas", "Schemas of 3.1 and later"];

/// Cases whose documents the independent validator rejects, or for which no value is valid.
const UNCHECKED: [&str; 3] = ["exclusive-bounds", "loose-types", "requires-itself"];

/// A type that degrades must not reject valid values. The round trips send the instances in these
/// files.
#[test]
fn each_degrading_row_has_instances() {
    let rows = rows();
    let degrades = rows.iter().filter(|row| {
        VALUE_TABLES.contains(&row.table.as_str()) && row.status.starts_with("degrades")
    });
    let cases: BTreeSet<&PathBuf> = degrades.filter_map(|row| row.case.as_ref()).collect();
    assert!(cases.len() > 20, "fewer cases than expected: {cases:?}");
    let is_unchecked = |case: &Path| UNCHECKED.iter().any(|name| case.ends_with(name));
    let missing: Vec<_> = cases
        .into_iter()
        .filter(|case| !is_unchecked(case) && !case.join("instances.json").is_file())
        .collect();
    assert!(missing.is_empty(), "these cases have no `instances.json`: {missing:#?}");
}

#[test]
fn each_case_has_a_row() {
    let linked: BTreeSet<PathBuf> =
        rows().into_iter().filter_map(|row| row.case?.canonicalize().ok()).collect();
    let missing: Vec<String> = cases("cases")
        .unwrap()
        .into_iter()
        .filter(|case| !linked.contains(&case.path.canonicalize().unwrap()))
        .map(|case| case.name)
        .collect();
    assert!(missing.is_empty(), "no row links to these cases: {missing:?}");
}
