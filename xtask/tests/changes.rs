//! `cargo xtask changes` as a maintainer runs it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const OLD: &str = "\
openapi: 3.0.3
info: {title: Things, version: '1'}
paths:
  /things:
    get:
      operationId: getThings
      responses:
        '200':
          description: All.
          content:
            application/json: {schema: {$ref: '#/components/schemas/Things'}}
components:
  schemas:
    Things:
      type: object
      properties:
        count: {type: integer, format: int32}
        next: {type: string}
";

fn changes(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("changes")
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a document, and with another one that differs by a replacement.
fn folder(from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    fs::write(folder.path().join("new.yaml"), OLD.replace(from, to)).unwrap();
    folder
}

#[test]
fn changes_are_told_in_words_with_their_places() {
    let folder = folder("int32", "int64");
    let output = changes(folder.path(), &["old.yaml", "new.yaml"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let expected = "\
old old.yaml
new new.yaml

breaking: programs that use it do not compile
  `types::Things::count` is `Option<i64>` instead of `Option<i32>`
    --> new.yaml:17:9

1 breaking
version 0.2.0 after 0.1.0
";
    assert_eq!(text(&output.stdout), expected);
    // The other way round as well, and of a crate that is stable.
    let output = changes(folder.path(), &["new.yaml", "old.yaml", "--from-version", "1.2.3"]);
    assert!(text(&output.stdout).ends_with("version 2.0.0 after 1.2.3\n"));
}

#[test]
fn what_is_gone_has_its_place_in_the_old_document() {
    let folder = folder("        next: {type: string}\n", "");
    let output = changes(folder.path(), &["old.yaml", "new.yaml"]);
    let text = text(&output.stdout);
    assert!(
        text.contains("`types::Things::next` is gone\n    --> old.yaml:18:9 of the old"),
        "{text}"
    );
}

#[test]
fn changes_are_told_as_json() {
    let folder = folder("int32", "int64");
    let output = changes(folder.path(), &["old.yaml", "new.yaml", "--format", "json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["version"]["next"], "0.2.0");
    let change = &json["changes"][0];
    let expected = [
        ("/impact", "breaking"),
        ("/action", "changed"),
        ("/kind", "property"),
        ("/rust", "types::Things::count"),
        ("/wire", "count"),
        ("/before", "Option<i32>"),
        ("/after", "Option<i64>"),
        ("/old/file", "old.yaml"),
        ("/new/pointer", "#/components/schemas/Things/properties/count"),
    ];
    for (pointer, value) in expected {
        assert_eq!(change.pointer(pointer).unwrap(), value, "{pointer}");
    }
    assert_eq!(change.pointer("/new/line").unwrap(), 17);
}

#[test]
fn an_overlay_is_a_part_of_its_document() {
    let folder = folder("", "");
    let overlay = "\
overlay: 1.0.0
info: {title: Longer, version: '1'}
actions:
  - target: $.components.schemas.Things.properties.count
    update: {format: int64}
";
    fs::write(folder.path().join("longer.yaml"), overlay).unwrap();
    let output = changes(folder.path(), &["old.yaml", "new.yaml", "--overlay", "longer.yaml"]);
    assert!(text(&output.stdout).contains("is `Option<i64>` instead of `Option<i32>`"));
    let both = ["old.yaml", "new.yaml", "--overlay", "longer.yaml", "--old-overlay", "longer.yaml"];
    let output = changes(folder.path(), &both);
    assert!(text(&output.stdout).contains("Nothing changes for users of the crate"));
}

#[test]
fn a_part_of_the_documents_can_be_compared() {
    let more = "\
paths:
  /more:
    get:
      operationId: getMore
      responses:
        '204': {description: None.}
";
    let folder = folder("paths:\n", more);
    let of = |more: &[&str]| {
        text(&changes(folder.path(), &[&["old.yaml", "new.yaml"], more].concat()).stdout)
    };
    assert!(of(&[]).contains("the operation `Client::get_more` (`GET /more`) is new"));
    for part in [["--path", "/things"], ["--operation", "getThings"]] {
        assert!(of(&part).contains("Nothing changes for users of the crate"), "{part:?}");
    }
}

#[test]
fn only_what_it_is_told_to_look_for_makes_it_fail() {
    let breaking = folder("int32", "int64");
    let wire = folder("/things:", "/all-things:");
    let code = |folder: &tempfile::TempDir, more: &[&str]| {
        let documents = [&["old.yaml", "new.yaml"], more].concat();
        changes(folder.path(), &documents).status.code().unwrap()
    };
    assert_eq!(code(&breaking, &[]), 0);
    assert_eq!(code(&breaking, &["--fail-on", "breaking"]), 1);
    assert_eq!(code(&wire, &["--fail-on", "breaking"]), 0);
    assert_eq!(code(&wire, &["--fail-on", "behaviour"]), 1);
    assert_eq!(code(&breaking, &["--from-version", "1.x"]), 2);
}

#[test]
fn a_document_that_gives_no_crate_is_reported() {
    let folder = folder("openapi: 3.0.3", "openapi: [");
    let output = changes(folder.path(), &["old.yaml", "new.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains("--> new.yaml") && said.contains("new.yaml cannot be compared"),
        "{said}"
    );
}

#[test]
fn the_entry_is_written_down_once() {
    let folder = folder("int32", "int64");
    let path = folder.path().join("NEWS.md");
    fs::write(&path, "# News\n\n## Unreleased\n\n- First.\n\n## 0.0.1\n").unwrap();
    let run = || changes(folder.path(), &["old.yaml", "new.yaml", "--changelog", "NEWS.md"]);
    assert!(text(&run().stderr).contains("NEWS.md: written"));
    let written = fs::read_to_string(&path).unwrap();
    let expected = "\
# News

## Unreleased

- First.
- The API, as its document says it, asks for 0.2.0 after 0.1.0:
  - **Breaking:** `types::Things::count` is `Option<i64>` instead of `Option<i32>`.

## 0.0.1
";
    assert_eq!(written, expected);
    assert!(text(&run().stderr).contains("NEWS.md: has the entry already"));
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn without_documents_the_working_tree_is_compared_with_what_is_committed() {
    // The sources may have been handed over without their history.
    if !Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.git")).exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = changes(folder.path(), &[]);
    let said = text(&output.stdout);
    assert!(said.starts_with("old spec/reports.yaml at HEAD\nnew spec/reports.yaml\n"), "{said}");
    let output = changes(folder.path(), &["--since", "no-such-revision"]);
    assert_eq!(text(&output.stderr), "error: git knows no revision `no-such-revision`\n");
}
