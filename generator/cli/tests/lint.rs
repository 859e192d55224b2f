//! Runs `clientgen lint`, and applies the corrections that it proposes.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

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

/// The pointer of the example.
macro_rules! example {
    () => {
        "#/paths/~1reports/post/responses/200/content/application~1json/examples/late/value"
    };
}

/// The expected findings: code and pointer.
const EXPECTED: [(&str, &str); 8] = [
    ("no-description", "#/components/schemas/Task/properties/silent"),
    ("no-description", "#/paths/~1reports~1{id}/get"),
    ("repeated-schema", "#/components/schemas/Task/properties/state"),
    ("undeclared-property", concat!(example!(), "/taskDefName")),
    ("unlinked-id", "#/paths/~1reports/post/responses/200"),
    ("unused-component", "#/components/schemas/Lonely"),
    ("wrong-example", concat!(example!(), "/created")),
    ("wrong-example", concat!(example!(), "/state")),
];

fn lint(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientgen"))
        .args(["lint", "--input", "api.yaml", "--warn", "unlinked-id"])
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

/// Returns the findings of a run as JSON.
fn findings(folder: &Path, more: &[&str]) -> Vec<Value> {
    let output = lint(folder, &[more, &["--format", "json"]].concat());
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    text(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn findings_have_locations() {
    let folder = folder(DOCUMENT);
    let findings = findings(folder.path(), &[]);
    let found = findings.iter().map(|one| (one["code"].as_str(), one["pointer"].as_str()));
    let mut found: Vec<_> = found.map(|(code, at)| (code.unwrap(), at.unwrap())).collect();
    found.sort_unstable();
    assert_eq!(found, EXPECTED);
    let printed = text(&lint(folder.path(), &[]));
    assert!(printed.starts_with("warning[") && printed.ends_with("\n8 findings\n"), "{printed}");
    assert!(
        printed.contains("at 1 other location: #/components/schemas/Task/properties/before"),
        "{printed}"
    );
    assert!(printed.contains("--> api.yaml:10:9"), "{printed}");
}

const SWAGGER: &str = r"
swagger: '2.0'
info: {title: Reports, version: '1'}
consumes: [application/json]
paths:
  /reports:
    post:
      operationId: startReport
      parameters:
        - name: report
          in: body
          description: It.
          schema:
            type: object
            properties:
              at: {type: string, format: date-time, description: When., example: never}
      responses:
        '204': {description: Started.}
definitions:
  Lonely: {type: object, description: Nobody refers to it.}
";

/// Findings are located in the document as it was written. An action for OpenAPI 3 would match nothing in it.
#[test]
fn findings_in_swagger_are_located_and_have_no_actions() {
    let folder = folder(SWAGGER);
    let findings = findings(folder.path(), &[]);
    let found: BTreeSet<_> = findings
        .iter()
        .map(|one| (one["code"].as_str().unwrap(), one["pointer"].as_str().unwrap()))
        .collect();
    let expected = [
        ("no-description", "#/paths/~1reports/post"),
        ("unused-component", "#/definitions/Lonely"),
        ("wrong-example", "#/paths/~1reports/post/parameters/0/schema/properties/at/example"),
    ];
    assert_eq!(found, expected.into());
    for finding in &findings {
        let help = finding["help"].as_str().unwrap();
        assert!(help.contains("no overlay is proposed") && !help.contains("target:"), "{help}");
    }
    let output = lint(folder.path(), &["--fix", "fix.json"]);
    assert!(output.status.success(), "{output:?}");
    let overlay: Value =
        serde_json::from_slice(&fs::read(folder.path().join("fix.json")).unwrap()).unwrap();
    assert_eq!(overlay["actions"], Value::Array(Vec::new()));
}

#[test]
fn findings_can_fail_a_run_or_be_allowed() {
    let folder = folder(DOCUMENT);
    assert_eq!(lint(folder.path(), &["--deny"]).status.code(), Some(1));
    let mut codes: BTreeSet<&str> = EXPECTED.iter().map(|(code, _)| *code).collect();
    codes.remove("unlinked-id");
    let allowed: Vec<&str> = codes.into_iter().flat_map(|code| ["--allow", code]).collect();
    let printed = text(&lint(folder.path(), &allowed));
    assert!(
        printed.starts_with("warning[unlinked-id]") && printed.ends_with("\n1 finding\n"),
        "{printed}"
    );
    let all = [&allowed[..], &["--allow", "unlinked-id", "--deny"]].concat();
    let output = lint(folder.path(), &all);
    assert_eq!((output.status.code(), text(&output).as_str()), (Some(0), "0 findings\n"));
}

#[test]
fn proposed_corrections_remove_the_findings() {
    let folder = folder(DOCUMENT);
    let mut overlay = format!(
        "overlay: 1.0.0\ninfo: {{title: Corrected, version: '1'}}\n{}\nactions:\n",
        "extends: api.yaml"
    );
    for finding in findings(folder.path(), &[]) {
        let help = finding["help"].as_str().unwrap();
        let actions = help.find("  - target: ").unwrap_or_else(|| panic!("no action: {finding}"));
        overlay.push_str(&format!("{}\n", &help[actions..]));
    }
    fs::write(folder.path().join("overlay.yaml"), &overlay).unwrap();
    let remaining = findings(folder.path(), &["--overlay", "overlay.yaml"]);
    assert!(remaining.is_empty(), "{overlay}\n{remaining:#?}");
}

/// A document whose faults are inside arrays, in another file, and where no components are.
const AWKWARD: &str = r##"
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      summary: Lists pets.
      parameters:
        - {name: a, in: query, description: A., schema: {type: string, enum: [X, Y]}}
        - {name: b, in: query, description: B., schema: {type: string, enum: [X, Y]}}
        - name: c
          in: query
          description: C.
          schema: {type: array, items: {type: integer}, example: [1, x]}
        - name: d
          in: query
          description: D.
          schema: {oneOf: [{type: integer, enum: [1, 2]}, {type: boolean, enum: [true]}]}
        - name: e
          in: query
          description: E.
          schema: {oneOf: [{type: integer, enum: [1, 2]}, {type: boolean, enum: [true]}]}
        - $ref: other.yaml#/f
      responses: {'204': {description: None.}}
"##;

#[test]
fn an_action_is_only_proposed_if_it_corrects_the_finding() {
    let folder = folder(AWKWARD);
    let other = "f: {name: f, in: query, description: F., schema: {type: integer, example: x}}\n";
    fs::write(folder.path().join("other.yaml"), other).unwrap();
    let before = findings(folder.path(), &[]);
    let has_action = |one: &Value| one["help"].as_str().unwrap().contains("- target: ");
    let without: Vec<_> = before.iter().filter(|one| !has_action(one)).collect();
    assert!(!without.is_empty() && without.len() < before.len(), "{before:#?}");
    // An overlay applies to the root file only.
    let of_other = before.iter().find(|one| one["file"] == "other.yaml").unwrap();
    assert_eq!(of_other["help"], "correct the example");
    let fix = lint(folder.path(), &["--fix", "fix.json"]);
    assert!(fix.status.success(), "{fix:?}");
    let after = findings(folder.path(), &["--overlay", "fix.json"]);
    let remaining: Vec<_> = after.iter().filter(|one| one["code"] != "no-description").collect();
    assert_eq!(remaining.len(), without.len(), "{remaining:#?}");
    assert!(remaining.iter().all(|one| !has_action(one)), "{remaining:#?}");
    // Nothing of others is overwritten.
    let again = lint(folder.path(), &["--fix", "fix.json"]);
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn schemas_that_only_a_discriminator_reaches_are_used() {
    let folder = folder(
        r##"
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pet:
    get:
      operationId: getPet
      summary: Get
      responses:
        '200':
          description: It.
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
components:
  schemas:
    Pet:
      description: A pet.
      type: object
      properties: {kind: {type: string, description: Which.}}
      discriminator: {propertyName: kind}
    Cat:
      description: A cat.
      allOf: [{$ref: '#/components/schemas/Pet'}]
    Lonely: {type: string, description: Nobody refers to it., example: '#/components/schemas/Lonely'}
"##,
    );
    let findings = findings(folder.path(), &[]);
    let unused = findings.iter().filter(|one| one["code"] == "unused-component");
    let unused: Vec<_> = unused.map(|one| one["pointer"].as_str().unwrap()).collect();
    assert_eq!(unused, ["#/components/schemas/Lonely"]);
}

#[test]
fn an_unreadable_document_is_an_error() {
    let folder = folder("openapi: [");
    let output = lint(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("api.yaml:2:1"), "{output:?}");
}

#[test]
fn the_document_of_this_project_has_no_findings() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_clientgen")).args(["lint", "--deny"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

#[test]
fn invalid_components_do_not_panic() {
    let folder = tempfile::tempdir().unwrap();
    let odd = [
        "components: 5",
        "components: []",
        "components: {schemas: 5}",
        "components: {schemas: [1]}",
    ];
    for components in odd {
        let (paths, _) = DOCUMENT.split_once("components:\n").unwrap();
        fs::write(folder.path().join("api.yaml"), format!("{paths}{components}\n")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(["lint", "--input", "api.yaml"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !printed.contains("panicked"),
            "{components}: {printed}"
        );
    }
}

#[test]
fn the_configuration_and_options_choose_findings() {
    let folder = folder(DOCUMENT);
    let settings = "input = 'api.yaml'\noutput = 'c'\npackage.name = 'c'\n[lint]\n\
         allow = ['no-description', 'repeated-schema', 'undeclared-property', 'wrong-example']\n";
    let codes = |settings: &str, more: &[&str]| {
        fs::write(folder.path().join("clientgen.toml"), settings).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
        let command = command.args(["lint", "--format", "json"]).args(more);
        let printed = text(&command.current_dir(folder.path()).output().unwrap());
        let codes = printed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        codes.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(settings, &[]), ["unused-component"]);
    assert_eq!(codes(settings, &["--allow", "unused-component"]), Vec::<String>::new());
    let with_links = ["unlinked-id", "unused-component"];
    assert_eq!(codes(settings, &["--warn", "unlinked-id"]), with_links);
    assert_eq!(codes(&format!("{settings}warn = ['unlinked-id']\n"), &[]), with_links);
    fs::write(folder.path().join("clientgen.toml"), format!("{settings}warn = ['unlinked']\n"))
        .unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
    let output = command.arg("lint").current_dir(folder.path()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && printed.contains("has the code `unlinked`"), "{printed}");
}

#[test]
fn each_client_has_a_file_of_corrections() {
    let folder = folder(DOCUMENT);
    let other = DOCUMENT.replace("Lonely", "Alone");
    fs::write(folder.path().join("other.yaml"), other).unwrap();
    let client = |input: &str, name: &str| {
        format!(
            "[[client]]\ninput = '{input}'\noutput = '{name}'\n[client.package]\nname = '{name}'\n"
        )
    };
    let settings = client("api.yaml", "one") + &client("other.yaml", "two");
    fs::write(folder.path().join("clientgen.toml"), settings).unwrap();
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
        command.args(["lint", "--fix", "fix.json"]).current_dir(folder.path()).output().unwrap()
    };
    let output = run();
    assert!(output.status.success(), "{output:?}");
    for (file, component) in [("fix-one.json", "Lonely"), ("fix-two.json", "Alone")] {
        let written = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(written.contains(&format!("$.components.schemas.{component}\"")), "{written}");
    }
    assert!(!folder.path().join("fix.json").exists());
    // Nothing is written if one of the files exists.
    fs::remove_file(folder.path().join("fix-one.json")).unwrap();
    let again = run();
    let printed = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && printed.contains("fix-two.json exists"), "{printed}");
    assert!(!folder.path().join("fix-one.json").exists());
}

/// A document with one mistake of each of several kinds, for which there is a correction.
const WRONG: &str = r##"
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      summary: Lists pets.
      parameters:
        - name: limit
          in: query
          description: How many.
          schema: {type: integer, minimum: 1, default: '20'}
        - name: sort
          in: query
          description: |
            The order.
            - NAME: by name
            - AGE: by age
            - SIZE: by size
          schema: {type: string, enum: [NAME, AGE, NAME], default: name}
        - {name: code, in: query, description: A code., schema: {type: string, pattern: '\A[a-z]+\Z'}}
      responses:
        '200':
          description: They.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Pet'}
              examples:
                first: {$ref: '#/components/examples/First'}
components:
  examples:
    First: {value: {kind: cat, lives: many}}
  schemas:
    Pet:
      description: A pet.
      type: object
      required: [kind]
      properties: {kind: {type: string, description: Which.}}
      discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}}
    Cat:
      description: A cat.
      allOf:
        - $ref: '#/components/schemas/Pet'
        - {type: object, properties: {lives: {type: integer, description: How many.}}}
    Either:
      description: One of two.
      oneOf:
        - {type: object, required: [a], properties: {a: {type: integer, description: A.}}, example: {a: x}}
        - {type: string}
        - {type: array, items: {type: string, example: [b, c]}}
"##;

#[test]
fn mistakes_of_values_are_found_and_corrected() {
    let folder = folder(&WRONG.replace(
        "schema: {$ref: '#/components/schemas/Pet'}",
        "schema: {anyOf: [{$ref: '#/components/schemas/Pet'}, {$ref: '#/components/schemas/Either'}]}",
    ));
    let before = findings(folder.path(), &[]);
    let found: BTreeSet<(&str, &str)> = before
        .iter()
        .map(|one| (one["code"].as_str().unwrap(), one["pointer"].as_str().unwrap()))
        .collect();
    let parameters = "#/paths/~1pets/get/parameters";
    let [limit, values, list, sort, pattern] = [
        "/0/schema/default",
        "/1/schema/enum",
        "/1/description",
        "/1/schema/default",
        "/2/schema/pattern",
    ]
    .map(|at| format!("{parameters}{at}"));
    let expected = BTreeSet::from([
        ("wrong-default", limit.as_str()),
        ("duplicate-enum-value", values.as_str()),
        ("unlisted-value", list.as_str()),
        ("wrong-default", sort.as_str()),
        ("invalid-pattern", pattern.as_str()),
        ("wrong-example", "#/components/examples/First/value/lives"),
        ("wrong-example", "#/components/schemas/Either/oneOf/0/example/a"),
        ("wrong-example", "#/components/schemas/Either/oneOf/2/items/example"),
    ]);
    assert_eq!(found, expected);
    // Each location is found in the source.
    assert!(before.iter().all(|one| one["line"].is_u64()), "{before:#?}");
    let fix = lint(folder.path(), &["--fix", "fix.json"]);
    assert!(fix.status.success(), "{fix:?}");
    let after = findings(folder.path(), &["--overlay", "fix.json"]);
    assert!(after.is_empty(), "{after:#?}");
    let written = fs::read_to_string(folder.path().join("fix.json")).unwrap();
    let overlay: Value = serde_json::from_str(&written).unwrap();
    let actions = overlay["actions"].as_array().unwrap().iter();
    let updates: Vec<String> = actions.map(|action| action["update"].to_string()).collect();
    // What the author means is kept.
    for update in [
        r#"{"default":20}"#,
        r#"{"default":"NAME"}"#,
        r#"{"pattern":"^[a-z]+$"}"#,
        r#"{"example":"b"}"#,
    ] {
        assert!(updates.iter().any(|one| one == update), "{updates:?}");
    }
}

#[test]
fn findings_are_printed_for_other_programs() {
    let hostile = DOCUMENT.replace("taskDefName: x", r#""a::b%\n c,": x"#);
    let folder = folder(&hostile);
    let output = lint(folder.path(), &["--format", "github"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let printed = text(&output);
    assert_eq!(printed.lines().count(), EXPECTED.len(), "{printed}");
    let is_command = |line: &str| line.starts_with("::warning file=api.yaml,line=");
    assert!(printed.lines().all(is_command), "{printed}");
    let output = lint(folder.path(), &["--format", "sarif"]);
    let log: Value = serde_json::from_str(&text(&output)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), EXPECTED.len());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let number = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[number]["id"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "api.yaml");
        assert!(place["region"]["startLine"].is_u64(), "{result}");
    }
}

#[test]
fn diagnostics_of_generate_are_printed_for_other_programs() {
    let folder = folder(
        "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {/a: {get: {responses: 5}}}\n",
    );
    let run = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clientgen"));
        command.args([
            "check", "--input", "api.yaml", "--output", "c", "--name", "c", "--format", format,
        ]);
        text(&command.current_dir(folder.path()).output().unwrap())
    };
    let annotations = run("github");
    assert!(annotations.lines().count() > 0, "{annotations}");
    assert!(annotations.lines().all(|line| line.starts_with("::")), "{annotations}");
    let log: Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), annotations.lines().count());
}

#[test]
fn unions_that_refer_back_are_linted() {
    let variant = |n: usize| {
        format!(
            "    V{n}:\n      allOf:\n        - $ref: '#/components/schemas/Base'\n        - {{type: object, required: \
             [kind], properties: {{kind: {{type: string, enum: [v{n}]}}, next: {{$ref: '#/components/schemas/Base'}}}}}}\n"
        )
    };
    for size in [2, 4, 8, 100] {
        let variants: String = (0..size).map(variant).collect();
        let references: Vec<String> =
            (0..size).map(|n| format!("{{$ref: '#/components/schemas/V{n}'}}")).collect();
        let document = format!(
            "openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    Base:\n      \
             oneOf: [{}]\n      example: {{kind: v1, next: {{kind: 5}}}}\n{variants}",
            references.join(", ")
        );
        let folder = folder(&document);
        let found = findings(folder.path(), &["--limit", "steps=2000000"]);
        let codes: BTreeSet<&str> = found.iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.contains("wrong-example") && !codes.contains("not-checked"), "{codes:?}");
    }
}
