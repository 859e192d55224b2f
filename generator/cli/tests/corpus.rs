//! Runs `clientgen corpus`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A valid document except for a missing version.
const VALID: &str = "\
openapi: 3.0.3
info: {title: Things}
paths:
  /things:
    get: {operationId: getThings, responses: {'204': {description: None.}}}
components:
  schemas:
    Thing: {type: object, properties: {name: {type: string}}}
";

/// A document with an invalid operation, which is skipped.
const SKIPPED: &str = "\
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /things:
    get: {operationId: getThings, responses: {'204': {description: None.}}}
    put: Changes things.
";

const BROKEN: &str = "openapi: 3.0.3\npaths: {\n";

/// Returns a folder with documents, a subfolder, and files that are not documents.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let api = folder.path().join("api");
    fs::create_dir_all(api.join("deeper")).unwrap();
    for (path, text) in [
        ("b-broken.yaml", BROKEN),
        ("a good one.yml", VALID),
        ("skipped.yaml", SKIPPED),
        ("deeper/not-searched.yaml", VALID),
        ("notes.yaml", "title: No document.\n"),
        ("README.md", "openapi: 3.0.3\n"),
    ] {
        fs::write(api.join(path), text).unwrap();
    }
    folder
}

fn corpus(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .args(["corpus", "--output", "out"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the cells in the row of a document.
fn cells<'t>(table: &'t str, document: &str) -> Vec<&'t str> {
    let row = table.lines().find_map(|line| line.strip_prefix(document)).expect("there is a row");
    row.split_whitespace().collect()
}

#[test]
fn the_table_has_the_documents_of_a_folder() {
    let folder = folder();
    let output = corpus(folder.path(), &["api"]);
    let table = out(&output);
    assert_eq!(output.status.code(), Some(1), "one document is broken: {table}");
    assert_eq!(cells(&table, "a good one")[..6], ["3.0.3", "1", "1", "0", "1", "1"]);
    assert_eq!(cells(&table, "skipped")[..6], ["3.1.0", "2", "1", "1", "0", "1"]);
    // Its version cannot be read.
    assert_eq!(cells(&table, "b-broken")[..5], ["0", "0", "0", "0", "1"]);
    assert!(table.contains("3 documents, 1 failed; 1 of 3 operations skipped (33.33 %).\n"));
    assert!(table.contains("     1 invalid-document (skipped)\n"), "{table}");
    assert!(!table.contains("not-searched") && !table.contains("notes"), "{table}");
    let errors = errors(&output);
    assert!(errors.starts_with("error: b-broken: error[unparsable-file]"), "{errors}");
    assert_eq!(errors.matches("error: ").count(), 1, "{errors}");
    for (name, is_there) in [("a-good-one", true), ("skipped", true), ("b-broken", false)] {
        let manifest = format!("out/crates/corpus-{name}/Cargo.toml");
        assert_eq!(folder.path().join(manifest).exists(), is_there, "{name}");
    }
}

#[test]
fn skipped_operations_with_a_diagnostic_are_not_failures() {
    let folder = folder();
    let output = corpus(folder.path(), &["api/skipped.yaml", "api/a good one.yml"]);
    assert!(output.status.success(), "{}", errors(&output));
    let table = out(&output);
    assert!(table.find("skipped").unwrap() < table.find("a good one").unwrap(), "{table}");
    let quiet = corpus(folder.path(), &["api/skipped.yaml", "--quiet"]);
    assert!(quiet.status.success() && out(&quiet).is_empty() && errors(&quiet).is_empty());
    let diagnostics = out(&corpus(folder.path(), &["api/skipped.yaml", "--diagnostics"]));
    assert!(diagnostics.contains("skipped.yaml:6:5 (#/paths/~1things/put)"), "{diagnostics}");
}

#[test]
fn the_table_is_available_as_json() {
    let folder = folder();
    corpus(folder.path(), &["api", "--json", "rows.json", "--quiet"]);
    let text = fs::read_to_string(folder.path().join("rows.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> = rows.iter().filter_map(|row| row["document"].as_str()).collect();
    assert_eq!(names, ["a good one", "b-broken", "skipped"]);
    for row in &rows {
        let numbers = ["operations", "generated", "skipped", "degraded", "diagnostics", "lines"];
        numbers.iter().for_each(|key| assert!(row[key].is_u64(), "{key} of {row}"));
        assert!(row["version"].is_string() && row["seconds"].is_f64(), "{row}");
        assert!(row["peak_mib"].is_null() || row["peak_mib"].is_f64(), "{row}");
        assert_eq!(row["check"], "skipped");
    }
    let [good, broken, skipped] = rows.as_slice() else { panic!("there are three rows") };
    assert!(good["message"].is_null() && good["lines"].as_u64() > Some(20), "{good}");
    assert!(broken["message"].as_str().unwrap().contains("b-broken.yaml:"), "{broken}");
    assert_eq!((&skipped["operations"], &skipped["skipped"]), (&2.into(), &1.into()));
    assert!(skipped["message"].is_null(), "{skipped}");
}

#[test]
fn the_table_is_available_as_markdown() {
    let folder = folder();
    let output = corpus(folder.path(), &["api/skipped.yaml", "--markdown", "--date", "2026-01-31"]);
    let text = out(&output);
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 3, "{text}");
    assert!(rows[2].starts_with("| skipped | 3.1.0 | 2 | 1 | "), "{text}");
    assert!(text.contains("(50.00 %). As of 2026-01-31."), "{text}");
    for arguments in [&["api", "--markdown"][..], &["api", "--readme"], &["api", "--date", "now"]] {
        assert_eq!(corpus(folder.path(), arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_timeout_affects_one_document_only() {
    let folder = folder();
    let output = corpus(folder.path(), &["api", "--timeout", "0"]);
    let errors = errors(&output);
    assert_eq!(errors.matches("took longer than 0 s and was stopped").count(), 3, "{errors}");
    let nowhere = corpus(folder.path(), &["api/deeper/none"]);
    assert_eq!(nowhere.status.code(), Some(1));
}

/// Compiles a crate and its round-trip program with all dependencies.
#[test]
#[ignore = "takes a minute"]
fn crates_are_checked_and_round_trips_run() {
    let folder = folder();
    let output = corpus(
        folder.path(),
        &["api/a good one.yml", "--check", "--round-trip", "--json", "rows.json"],
    );
    assert!(output.status.success(), "{}", errors(&output));
    let text = fs::read_to_string(folder.path().join("rows.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(rows[0]["check"], "ok");
    assert!(rows[0]["round_trips"]["ok"].as_u64() > Some(0), "{text}");
    assert_eq!(rows[0]["round_trips"]["failed"], 0);
}

/// The file that `--write` changes has both marker comments.
#[test]
fn the_documentation_has_the_marker_comments() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/corpus.md");
    let text = fs::read_to_string(path).unwrap();
    let block = text.split_once("<!-- corpus: begin -->\n").map(|(_, rest)| rest);
    let block = block.and_then(|rest| rest.split_once("<!-- corpus: end -->\n")).unwrap().0;
    let rows: Vec<&str> = block.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 2 && !rows.concat().contains('/'), "{block}");
}
