//! `cargo xtask lint` as a maintainer runs it: what it finds, and that what it proposes mends it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const DOCUMENT: &str = r##"
openapi: 3.0.3
info: {title: Reports, version: '1'}
paths:
  /reports:
    post:
      operationId: startReport
      summary: Start
      responses:
        '200':
          description: It.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Task'}
              examples:
                late: {value: {id: '1', created: 2020-01-01T42:00:00Z, state: Success, taskDefName: x}}
  /reports/{id}:
    get:
      operationId: getReport
      parameters:
        - {name: id, in: path, required: true, description: Its id., schema: {type: string}}
      responses:
        '204': {description: None.}
components:
  schemas:
    Task:
      description: A task.
      type: object
      properties:
        id: {type: string, description: Its id.}
        created: {type: string, format: date-time, description: When.}
        state: {type: string, enum: [SUCCESS, ERROR], description: How it is.}
        before: {type: string, enum: [SUCCESS, ERROR], description: How it was.}
        silent: {type: integer}
    Lonely: {type: object, description: Nobody refers to it.}
"##;

/// What is to be found: kinds and places.
const FOUND: [(&str, &str); 8] = [
    ("no-description", "(#/components/schemas/Task/properties/silent)"),
    ("no-description", "(#/paths/~1reports~1{id}/get)"),
    ("repeated-schema", "(#/components/schemas/Task/properties/state)"),
    ("undeclared-property", "/examples/late/value/taskDefName)"),
    ("unlinked-id", "(#/paths/~1reports/post/responses/200)"),
    ("unused-component", "(#/components/schemas/Lonely)"),
    ("wrong-example", "/examples/late/value/created)"),
    ("wrong-example", "/examples/late/value/state)"),
];

fn lint(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["lint", "--spec", "api.yaml"])
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn folder(document: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), document).unwrap();
    folder
}

/// The findings, each with what was said of it.
fn findings(said: &str) -> BTreeSet<(String, String)> {
    let mut findings = BTreeSet::new();
    for finding in said.split("warning[").skip(1) {
        let (code, rest) = finding.split_once(']').unwrap();
        findings.insert((code.to_owned(), rest.to_owned()));
    }
    findings
}

#[test]
fn what_is_a_pity_is_found_with_its_place() {
    let folder = folder(DOCUMENT);
    let output = lint(folder.path(), &[]);
    assert!(output.status.success());
    let said = text(&output);
    let findings = findings(&said);
    for (code, place) in FOUND {
        let is_it = |(found, rest): &&(String, String)| found == code && rest.contains(place);
        let found: Vec<_> = findings.iter().filter(is_it).collect();
        let [(_, rest)] = found.as_slice() else { panic!("{code} at {place}, once: {said}") };
        assert!(rest.contains("  --> api.yaml:"), "{rest}");
    }
    assert_eq!(findings.len(), FOUND.len(), "{said}");
    assert!(said.ends_with("\n8 findings\n"), "{said}");
    assert!(said.contains("also #/components/schemas/Task/properties/before"), "{said}");
}

#[test]
fn findings_can_fail_a_run_and_be_left_out() {
    let folder = folder(DOCUMENT);
    assert_eq!(lint(folder.path(), &["--deny"]).status.code(), Some(1));
    let mut codes: BTreeSet<&str> = FOUND.iter().map(|(code, _)| *code).collect();
    codes.remove("unlinked-id");
    let allowed: Vec<&str> = codes.into_iter().flat_map(|code| ["--allow", code]).collect();
    let said = text(&lint(folder.path(), &allowed));
    assert!(said.starts_with("warning[unlinked-id]") && said.ends_with("\n1 findings\n"), "{said}");
    let all = [&allowed[..], &["--allow", "unlinked-id", "--deny"]].concat();
    let output = lint(folder.path(), &all);
    assert_eq!((output.status.code(), text(&output).as_str()), (Some(0), "0 findings\n"));
}

#[test]
fn what_is_proposed_mends_what_was_found() {
    let folder = folder(DOCUMENT);
    let said = text(&lint(folder.path(), &[]));
    let mut overlay = "overlay: 1.0.0\ninfo: {title: Mended, version: '1'}\nactions:\n".to_owned();
    for (code, rest) in findings(&said) {
        let actions: Vec<&str> =
            rest.lines().skip_while(|line| !line.starts_with("  - target: ")).collect();
        let actions = actions.join("\n").replace(" …}", " {type: string, enum: [SUCCESS, ERROR]}}");
        assert!(actions.contains("  - target: "), "{code} proposes no action: {rest}");
        overlay.push_str(actions.trim_end().trim_end_matches("8 findings").trim_end());
        overlay.push('\n');
    }
    fs::write(folder.path().join("overlay.yaml"), &overlay).unwrap();
    let output = lint(folder.path(), &["--overlay", "overlay.yaml"]);
    let left = text(&output);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && errors.is_empty(), "{overlay}\n{errors}");
    // The new component wants a word of its own, which nobody can propose.
    let codes: BTreeSet<String> = findings(&left).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, BTreeSet::from(["no-description".to_owned()]), "{overlay}\n{left}");
    assert!(
        left.contains("(#/actions/"),
        "what an overlay has made is told by its place there: {left}"
    );
}

#[test]
fn a_document_that_cannot_be_read_is_an_error() {
    let folder = folder("openapi: [");
    let output = lint(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("api.yaml:2:1"), "{output:?}");
}

#[test]
fn the_document_of_this_project_has_nothing_to_mend() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(["lint", "--deny"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}
