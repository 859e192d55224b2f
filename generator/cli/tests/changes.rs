//! `clientgen changes` as a maintainer runs it.

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
    Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .arg("changes")
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Returns a folder with a document and a second one that differs by a replacement.
fn folder(from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), OLD).unwrap();
    fs::write(folder.path().join("new.yaml"), OLD.replace(from, to)).unwrap();
    folder
}

#[test]
fn changes_are_printed_with_their_locations() {
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
version 0.2.0 is required after 0.1.0
";
    assert_eq!(text(&output.stdout), expected);
    // In the other direction, and for a stable crate.
    let output = changes(folder.path(), &["new.yaml", "old.yaml", "--from-version", "1.2.3"]);
    assert!(text(&output.stdout).ends_with("version 2.0.0 is required after 1.2.3\n"));
}

#[test]
fn a_removed_item_has_its_location_in_the_old_document() {
    let folder = folder("        next: {type: string}\n", "");
    let output = changes(folder.path(), &["old.yaml", "new.yaml"]);
    let text = text(&output.stdout);
    assert!(
        text.contains("`types::Things::next` was removed\n    --> old.yaml:18:9 of the old"),
        "{text}"
    );
}

#[test]
fn changes_are_printed_as_json() {
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
fn overlays_are_applied() {
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
    assert!(of(&[]).contains("the operation `Client::get_more` (`GET /more`) was added"));
    for part in [["--path", "/things"], ["--operation", "getThings"]] {
        assert!(of(&part).contains("Nothing changes for users of the crate"), "{part:?}");
    }
}

#[test]
fn the_exit_code_follows_fail_on() {
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
fn an_invalid_document_is_reported() {
    let folder = folder("openapi: 3.0.3", "openapi: [");
    let output = changes(folder.path(), &["old.yaml", "new.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let printed = text(&output.stderr);
    assert!(
        printed.contains("--> new.yaml") && printed.contains("new.yaml cannot be compared"),
        "{printed}"
    );
}

#[test]
fn the_changelog_entry_is_written_once() {
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
- Changes of the API document require version 0.2.0 after 0.1.0:
  - **Breaking:** `types::Things::count` is `Option<i64>` instead of `Option<i32>`.

## 0.0.1
";
    assert_eq!(written, expected);
    assert!(text(&run().stderr).contains("NEWS.md: has the entry already"));
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
}

#[test]
fn without_documents_the_working_tree_is_compared_with_head() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let git = |arguments: &[&str]| {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        let output = git.current_dir(folder.path()).args(name).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
    };
    let settings = "input = 'things.yaml'\noverlays = ['o.yaml']\noutput = 'c'\n\
         package = { name = 'c', version = '2.0.0' }\n";
    put("clientgen.toml", settings);
    put("things.yaml", OLD);
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "a"]);
    put("things.yaml", &OLD.replace("        next: {type: string}\n", ""));
    // The overlay is newer than the revision.
    put("o.yaml", "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions: []\n");
    let printed = text(&changes(folder.path(), &[]).stdout);
    assert!(printed.starts_with("old things.yaml at HEAD\nnew things.yaml\n"), "{printed}");
    assert!(printed.contains("version 3.0.0 is required after 2.0.0"), "{printed}");
    // The version of the revision counts, also after it has been raised.
    put("clientgen.toml", &settings.replace("2.0.0", "3.0.0"));
    assert_eq!(text(&changes(folder.path(), &[]).stdout), printed);
    put("old.yaml", OLD);
    for documents in [&["old.yaml"][..], &["old.yaml", "things.yaml"]] {
        let printed = text(&changes(folder.path(), documents).stdout);
        assert!(printed.contains("version 4.0.0 is required after 3.0.0"), "{printed}");
    }
    // The note says what the revision does not have.
    let notes = text(&changes(folder.path(), &[]).stderr);
    let expected = "note: HEAD does not have o.yaml, so its document is compared without it\n";
    assert!(notes.starts_with(expected), "{notes}");
    let output = changes(folder.path(), &["--since", "no-such-revision"]);
    let error = text(&output.stderr);
    assert!(error.starts_with("error: there is no git revision `no-such-revision`: "), "{error}");
}

/// A repository with a client in one folder, whose document is in another one.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new(settings: &str) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.put("client/clientgen.toml", settings);
        repository
            .put("api/things.yaml", &OLD.replace("#/components/schemas/Things", "parts/t.yaml"));
        let (_, schema) = OLD.split_once("    Things:\n").unwrap();
        repository.put("api/parts/t.yaml", schema);
        repository.git(&["init", "--quiet"]);
        repository.git(&["add", "."]);
        repository.git(&["commit", "--quiet", "--message", "a"]);
        repository
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
        let mut git = Command::new("git");
        let output = git.current_dir(self.0.path()).args(name).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
    }

    fn changes(&self, more: &[&str]) -> Output {
        changes(&self.0.path().join("client"), more)
    }
}

const ELSEWHERE: &str = "input = '../api/things.yaml'\noutput = 'c'\npackage.name = 'c'\n";

#[test]
fn a_document_outside_the_folder_of_the_configuration_is_read_from_the_revision() {
    let repository = Repository::new(ELSEWHERE);
    let unchanged = repository.changes(&[]);
    assert!(unchanged.status.success(), "{}", text(&unchanged.stderr));
    assert!(
        text(&unchanged.stdout).contains("Nothing changes for users"),
        "{}",
        text(&unchanged.stdout)
    );
    repository.put("api/parts/t.yaml", "type: object\nproperties: {next: {type: string}}\n");
    let changed = text(&repository.changes(&[]).stdout);
    assert!(changed.starts_with("old ../api/things.yaml at HEAD\nnew ../api/things.yaml\n"));
    assert!(changed.contains("`types::T::count` was removed"), "{changed}");
    // Another file of the same name in the folder of the configuration is not taken for it.
    repository.put("client/things.yaml", "openapi: 3.0.3\n");
    assert_eq!(text(&repository.changes(&[]).stdout), changed);
}

#[test]
fn the_settings_of_the_revision_describe_the_crate_before() {
    let repository = Repository::new(ELSEWHERE);
    let grouped = format!("methods = 'tag'\n{ELSEWHERE}[rename.operations]\ngetThings = 'all'\n");
    repository.put("client/clientgen.toml", &grouped);
    let changed = text(&repository.changes(&[]).stdout);
    assert!(changed.contains("get_things") && changed.contains("all"), "{changed}");
}

#[test]
fn an_old_document_is_read_with_the_settings_of_the_client() {
    let settings = "input = '../api/things.yaml'\noutput = 'c'\npackage.name = 'c'\n\
        [select]\noperations = ['getThings']\n";
    let repository = Repository::new(settings);
    let more = "paths:\n  /other:\n    get: {operationId: getOther, responses: {'204': {description: None.}}}\n";
    let old = OLD.replace("paths:\n", more);
    repository.put("client/old.yaml", &old);
    repository.put("api/things.yaml", OLD);
    let compared = repository.changes(&["old.yaml"]);
    assert!(
        text(&compared.stdout).contains("Nothing changes for users"),
        "{}",
        text(&compared.stdout)
    );
}

#[test]
fn an_operation_of_the_selection_that_vanishes_is_a_change() {
    let settings = format!("{ELSEWHERE}[select]\noperations = ['getThings', 'getNobody']\n");
    let repository = Repository::new(&settings);
    let neither = repository.changes(&[]);
    assert_eq!(neither.status.code(), Some(2));
    assert!(text(&neither.stderr).contains("`getNobody`, neither in"), "{}", text(&neither.stderr));
    repository.put("client/clientgen.toml", &settings.replace(", 'getNobody'", ""));
    repository.put("api/things.yaml", &OLD.replace("getThings", "listThings"));
    let changed = repository.changes(&[]);
    assert!(changed.status.success(), "{}", text(&changed.stderr));
    assert!(text(&changed.stdout).contains("get_things"), "{}", text(&changed.stdout));
}

/// Returns a document in which many schemas have the same property.
fn many(property: &str) -> String {
    let schemas = (0..30).map(|n| {
        format!("    T{n}:\n      type: object\n      properties: {{{property}, own{n}: {{type: string}}}}\n")
    });
    let paths = (0..30).map(|n| format!("        t{n}: {{$ref: '#/components/schemas/T{n}'}}\n"));
    let (head, _) = OLD.split_once("        count:").unwrap();
    format!("{head}{}{}", paths.collect::<String>(), schemas.collect::<String>())
}

fn folder_of(old: &str, new: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), old).unwrap();
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    folder
}

#[test]
fn a_change_in_many_places_is_one_entry() {
    let folder =
        folder_of(&many("size: {type: integer, format: int32}"), &many("size: {type: integer}"));
    let printed = text(&changes(folder.path(), &["old.yaml", "new.yaml"]).stdout);
    let line = "  30 times: `…::size` is `Option<i64>` instead of `Option<i32>`\n    `types::T0::size` --> new.yaml:";
    assert!(printed.contains(line), "{printed}");
    assert!(printed.contains("    and 27 more; --all lists them\n"), "{printed}");
    assert!(printed.contains("30 breaking\n") && printed.lines().count() < 15, "{printed}");
    let all = text(&changes(folder.path(), &["old.yaml", "new.yaml", "--all"]).stdout);
    for n in 0..30 {
        assert!(all.contains(&format!("`types::T{n}::size` is `Option<i64>`")), "{all}");
    }
    let markdown =
        text(&changes(folder.path(), &["old.yaml", "new.yaml", "--format", "markdown"]).stdout);
    let expected = "\
### Changes of the API: version 0.2.0 is required after 0.1.0

From `old.yaml` to `new.yaml`.

#### 30 breaking: programs that use it do not compile

- 30 × `…::size` is `Option<i64>` instead of `Option<i32>`: `types::T0::size`, `types::T10::size`, `types::T11::size` and 27 more
";
    assert_eq!(markdown, expected);
}

#[test]
fn changes_of_operations_are_counted_by_group() {
    let operation = |id: &str, tag: &str, more: &str| {
        format!(
            "  /{id}:\n    get:\n      operationId: {id}\n      tags: ['{tag}']\n{more}      responses: {{'204': {{description: None.}}}}\n"
        )
    };
    let document = |paths: &[String]| {
        format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{}", paths.concat())
    };
    let parameter =
        "      parameters: [{name: q, in: query, required: true, schema: {type: string}}]\n";
    // A change of a parameter counts for the group of its operation.
    let limit = |default: u8| {
        format!(
            "      parameters: [{{name: n, in: query, schema: {{type: integer, default: {default}}}}}]\n"
        )
    };
    let old =
        [operation("a", "A|B", ""), operation("b", "A|B", ""), operation("c", "C", &limit(1))];
    let new =
        [operation("a", "A|B", parameter), operation("c", "C", &limit(2)), operation("d", "D", "")];
    let folder = folder_of(&document(&old), &document(&new));
    let printed = text(&changes(folder.path(), &["old.yaml", "new.yaml"]).stdout);
    let counts = "\nA|B (operations removed: 1, other breaking changes: 1)\nC (other changes: 1)\nD (operations added: 1)\n";
    assert!(printed.contains(counts), "{printed}");
    let markdown =
        text(&changes(folder.path(), &["old.yaml", "new.yaml", "--format", "markdown"]).stdout);
    let table = "
| group | operations added | operations removed | other breaking changes | other changes |
|---|---|---|---|---|
| `A\\|B` | 0 | 1 | 1 | 0 |
| `C` | 0 | 0 | 0 | 1 |
| `D` | 1 | 0 | 0 | 0 |
";
    assert!(markdown.contains(table), "{markdown}");
}

#[test]
fn a_comment_is_safe_and_short_enough() {
    let name = "'@team <img src=x> [a](javascript:b) | `c`'";
    let old = OLD.replace("next:", &format!("{name}:"));
    let new = OLD.replace("        next: {type: string}\n", "");
    let folder = folder_of(&old, &new);
    let arguments = ["old.yaml", "new.yaml", "--format", "markdown"];
    let markdown = text(&changes(folder.path(), &arguments).stdout);
    assert!(!markdown.contains("<img") && !markdown.contains("](javascript"), "{markdown}");
    let own = |n: usize| format!("        own{n}: {{type: string}}\n");
    let many =
        OLD.replace("        next: {type: string}\n", &(0..3000).map(own).collect::<String>());
    let folder = folder_of(&many, OLD);
    let markdown = text(&changes(folder.path(), &[&arguments[..], &["--all"]].concat()).stdout);
    assert!(markdown.chars().count() < 65_536, "{}", markdown.len());
    let last = markdown.lines().last().unwrap();
    assert!(last.contains("changes are not shown") && last.starts_with(char::is_numeric), "{last}");
}
