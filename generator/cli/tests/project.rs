//! Runs `clientgen` with a configuration: `init`, `generate`, `check` and `schema`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Pet Store!, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '204': {description: None.}
";

/// A folder with a document, outside any project.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.put("api/pets.yaml", DOCUMENT);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.sort();
        files
    }

    /// Runs a command in the folder. Returns its output if it succeeds.
    fn run(&self, command: &str) -> Result<String, String> {
        self.run_in(".", command)
    }

    fn run_in(&self, folder: &str, command: &str) -> Result<String, String> {
        let output: Output = Command::new(env!("CARGO_BIN_EXE_clientgen"))
            .args(command.split(' '))
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        let printed = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        if output.status.success() { Ok(printed.concat()) } else { Err(printed.concat()) }
    }

    /// Expects an error that has all parts, and that nothing is written.
    #[track_caller]
    fn refuses(&self, command: &str, parts: &[&str]) {
        let before = self.files();
        let printed = self.run(command).unwrap_err();
        for part in parts {
            assert!(printed.contains(part), "`{part}` in {printed}");
        }
        assert_eq!(self.files(), before);
    }
}

#[test]
fn a_document_becomes_a_crate_in_three_commands() {
    let folder = Folder::new();
    let printed = folder.run("init api/pets.yaml").unwrap();
    assert!(printed.contains("wrote clientgen.toml: run `clientgen generate`"), "{printed}");
    folder.run("check").unwrap_err();
    let printed = folder.run("generate").unwrap();
    for part in ["read     api/pets.yaml\n", "wrote    pet-store: 1 operation, "] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
    assert!(folder.read("pet-store/Cargo.toml").contains("from api/pets.yaml. Do not edit."));
    assert_eq!(folder.run("check").unwrap(), "pet-store is up to date\n");
    let before = folder.read("pet-store/Cargo.toml");
    // The configuration is found from a folder below, and the crate does not depend on the folder.
    fs::remove_dir_all(folder.path("pet-store")).unwrap();
    folder.run_in("api", "generate --quiet").unwrap();
    assert_eq!(folder.read("pet-store/Cargo.toml"), before);
    folder.refuses("init api/pets.yaml", &["clientgen.toml exists already, and was not changed"]);
}

#[test]
fn what_is_set_is_in_the_crate_and_part_of_the_check() {
    let folder = Folder::new();
    folder.put("LICENSE-ours", "Do as you like.\n");
    folder.put(
        "clientgen.toml",
        "input = 'api/pets.yaml'\noutput = 'client'\nextras = ['mock']\n[package]\nname = 'pets'\n",
    );
    folder.run("generate --quiet").unwrap();
    let settings = "version = '2.3.4'\nauthors = ['A \"B\"']\ndescription = 'Pets.'\nlicense = 'MIT'\n\
         license-file = 'LICENSE-ours'\nrepository = 'https://example.com/r'\n\
         homepage = 'https://example.com'\nkeywords = ['pets', 'cats']\ncategories = ['api-bindings']\n\
         rust-version = '1.99'\npublish = true\n";
    let text = folder.read("clientgen.toml") + settings;
    folder.put("clientgen.toml", &text);
    let printed = folder.run("check").unwrap_err();
    assert!(
        printed.contains("changed  Cargo.toml") && printed.contains("missing  LICENSE"),
        "{printed}"
    );
    assert!(printed.contains("to update it: clientgen generate\n"), "{printed}");
    folder.run("generate --quiet").unwrap();
    let manifest: toml::Table = folder.read("client/Cargo.toml").parse().unwrap();
    let expected: toml::Table = format!(
        "name = 'pets'\nedition = '2024'\nreadme = 'README.md'\n{}",
        settings.replace("license-file = 'LICENSE-ours'\n", "").replace("publish = true\n", "")
            + "metadata.docs.rs.all-features = true\n"
    )
    .parse()
    .unwrap();
    assert_eq!(manifest["package"].as_table().unwrap(), &expected);
    assert_eq!(folder.read("client/LICENSE"), "Do as you like.\n");
    let text = folder.read("clientgen.toml").replace("license = 'MIT'\n", "");
    folder.put("clientgen.toml", &text);
    folder.run("generate --quiet").unwrap();
    assert!(folder.read("client/Cargo.toml").contains("\nlicense-file = \"LICENSE\"\n"));
    assert!(folder.path("client/src/mock/mod.rs").exists());
    folder.run("check").unwrap();
}

#[test]
fn options_override_settings() {
    let folder = Folder::new();
    folder.put(
        "clientgen.toml",
        "input = 'api/pets.yaml'\noutput = 'client'\n[package]\nname = 'pets'\n[select]\ntags = ['none']\n",
    );
    folder
        .run("generate --quiet --output other --name cats --operation list* --extras cli")
        .unwrap();
    assert!(folder.read("other/Cargo.toml").contains("name = \"cats\""));
    assert!(folder.path("other/src/cli").exists() && !folder.path("client").exists());
    assert!(folder.read("other/README.md").contains("list_pets"));
}

#[test]
fn several_clients_are_generated_or_one_of_them() {
    let folder = Folder::new();
    let client = |name: &str| {
        format!(
            "[[client]]\ninput = 'api/pets.yaml'\noutput = 'c/{name}'\npackage.name = '{name}'\n"
        )
    };
    folder.put("clientgen.toml", &(client("a") + &client("b")));
    folder.run("generate --client b --quiet").unwrap();
    assert!(folder.path("c/b/Cargo.toml").exists() && !folder.path("c/a").exists());
    folder.run("generate --quiet").unwrap();
    assert_eq!(folder.run("check").unwrap().lines().count(), 2);
    folder.refuses("generate --client c", &["there is no client `c`: the clients are a, b"]);
    folder.refuses("generate --output x", &["choose it with --client"]);
    folder.refuses("changes", &["choose one with --client: a, b"]);
    // An error of one client does not keep the other from being written.
    let text = folder.read("clientgen.toml").replacen("api/pets.yaml", "api/none.yaml", 1);
    folder.put("clientgen.toml", &text);
    fs::remove_dir_all(folder.path("c")).unwrap();
    let printed = folder.run("generate").unwrap_err();
    assert!(printed.contains("none.yaml"), "{printed}");
    assert!(folder.path("c/b/Cargo.toml").exists() && !folder.path("c/a").exists());
}

#[test]
fn a_configuration_that_cannot_be_used_is_explained() {
    let folder = Folder::new();
    folder.refuses("generate", &["there is no clientgen.toml in", "clientgen init DOCUMENT"]);
    folder.refuses("generate --config other.toml", &["other.toml"]);
    let valid = "input = 'api/pets.yaml'\noutput = 'client'\n[package]\nname = 'pets'\n";
    let two = |output: &str, name: &str| {
        let client = |output: &str, name: &str| {
            format!(
                "[[client]]\ninput = 'api/pets.yaml'\noutput = '{output}'\npackage.name = '{name}'\n"
            )
        };
        client("a", "a") + &client(output, name)
    };
    let cases: [(String, &[&str]); 17] = [
        (two("a", "b"), &["the clients `a` and `b` have the outputs a and a"]),
        (two("./a", "b"), &["have the outputs a and a"]),
        (two("a/src", "b"), &["have the outputs a and a/src"]),
        (two("c", "a"), &["two clients have the name `a`"]),
        ("client = []\n".to_owned(), &["clientgen.toml has no client"]),
        (valid.replace("'client'", "''"), &["clientgen.toml:2:10", "the path is empty"]),
        (format!("strcit = true\n{valid}"), &["clientgen.toml:1:1", "`strcit`", "strict"]),
        (format!("{valid}licence = 'MIT'\n"), &["clientgen.toml:5:1", "`licence`", "license"]),
        (format!("a = 1\n{valid}b = 1\n"), &["`a` is unknown", "`b` is unknown"]),
        (
            valid.replace("'client'", "3"),
            &["clientgen.toml:2:10", "`output` is an integer, and must be a string"],
        ),
        (valid.replace("input", "inputs"), &["`inputs`", "input"]),
        (valid.replace("output = 'client'\n", ""), &["the key `output` is missing"]),
        (format!("config-version = 9\n{valid}"), &["version 9", "reads version 1"]),
        (format!("strict = true\n[[client]]\n{valid}"), &["`strict` stands outside", "[[client]]"]),
        ("client = 3\n".to_owned(), &["not a list of clients", "[[client]]"]),
        ("input = \n".to_owned(), &["clientgen.toml:1", "TOML"]),
        (
            valid.replace("'pets'", "'Pets!'"),
            &["clientgen.toml:4:8", "`Pets!` is not the name of a crate"],
        ),
    ];
    for (text, parts) in cases {
        folder.put("clientgen.toml", &text);
        folder.refuses("generate", parts);
    }
    folder.put("clientgen.toml", &format!("{valid}license-file = 'NONE'\n"));
    folder.refuses("generate", &["NONE"]);
    folder.put("clientgen.toml", &format!("limits = {{ files = 1, file-byte = 2 }}\n{valid}"));
    folder
        .refuses("generate", &["clientgen.toml:1:23", "`file-byte`", "did you mean `file-bytes`?"]);
}

#[test]
fn all_problems_of_a_configuration_are_reported_together() {
    let folder = Folder::new();
    let text = "\
input = ['a']
methods = 'tags'
strict = 'yes'
extras = ['cli', 'mocks', 1]
limits = { files = -1, depth = 'deep' }
select = 1
lint = { allow = ['unlinked-ids'] }

[package]
nam = 'pets'
version = '1.0'
rust-version = 'stable'
keywords = ['a b', 'b', 'c', 'd', 'e', 'f']
publish = 1
";
    let problems = [
        ("1:9", "`input` is an array, and must be a string"),
        ("1:1", "the key `output` is missing"),
        ("2:11", "`tags` is not a value of `methods`"),
        ("3:10", "`strict` is a string, and must be `true` or `false`"),
        ("4:18", "`mocks` is not a value of `extras[1]`"),
        ("4:27", "`extras[2]` is an integer, and must be a string"),
        ("5:20", "`limits.files` is negative"),
        ("5:32", "`limits.depth` is a string, and must be an integer"),
        ("6:10", "`select` is an integer, and must be a table"),
        ("7:19", "no finding of `clientgen lint` has the code `unlinked-ids`"),
        ("9:1", "the key `package.name` is missing"),
        ("10:1", "the key `nam` is unknown"),
        ("11:11", "`1.0` is not a version"),
        ("12:16", "`stable` is not a version of Rust"),
        ("13:13", "`a b` is not a keyword of a package"),
        ("13:12", "`package.keywords` has 6 items"),
        ("14:11", "`package.publish` is an integer"),
    ];
    for newline in ["\n", "\r\n"] {
        folder.put("clientgen.toml", &text.replace('\n', newline));
        let printed = folder.run("generate").unwrap_err();
        for (place, message) in problems {
            let at = printed.find(message).unwrap_or_else(|| panic!("{message} in {printed}"));
            let arrow = &printed[at..];
            let arrow = arrow.find("--> ").map(|start| &arrow[start + 4..]).unwrap();
            assert!(
                arrow.starts_with(&format!("clientgen.toml:{place}\n")),
                "{message}: {arrow:.60}"
            );
        }
        assert_eq!(printed.matches("[invalid-configuration]").count(), problems.len(), "{printed}");
        assert!(!printed.contains('\r'), "{printed:?}");
    }
}

#[test]
fn names_types_and_attributes_of_the_code_can_be_set() {
    let folder = Folder::new();
    let answer = "'204': {description: None.}";
    let schema = "{type: object, properties: {petId: {type: string, format: uuid}, price: {$ref: '#/components/schemas/Price'}}}";
    let text = DOCUMENT.replace(
        answer,
        "'200': {description: One., content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}",
    );
    let components =
        format!("components:\n  schemas:\n    Pet: {schema}\n    Price: {{type: number}}\n");
    folder.put("api/pets.yaml", &(text + &components));
    let base = "input = 'api/pets.yaml'\noutput = 'client'\n[package]\nname = 'pets'\n";
    let settings = "\
[dependencies]
uuid = { version = '1', features = ['serde'], default-features = false }
rust_decimal = '1'
serde = { features = ['rc'] }
[formats]
uuid = '::uuid::Uuid'
[replace]
Price = '::rust_decimal::Decimal'
[rename]
types = { Pet = 'Animal' }
operations = { listPets = 'animals' }
[rename.fields.Pet]
petId = 'id'
[[derive]]
schemas = ['P*']
traits = ['Eq']
attributes = ['#[must_use]']
";
    folder.put("clientgen.toml", base);
    folder.run("generate --quiet").unwrap();
    folder.put("clientgen.toml", &format!("{base}{settings}"));
    assert!(folder.run("check").unwrap_err().contains("missing  src/types/animal.rs"));
    folder.run("generate --quiet").unwrap();
    let manifest: toml::Table = folder.read("client/Cargo.toml").parse().unwrap();
    let expected: toml::Table = "\
uuid = { version = '1', default-features = false, features = ['serde'] }
rust_decimal = '1'
serde = { version = '1', features = ['rc'] }
"
    .parse()
    .unwrap();
    for (name, dependency) in expected {
        assert_eq!(manifest["dependencies"][&name], dependency, "{name}");
    }
    let animal = folder.read("client/src/types/animal.rs");
    for part in ["PartialEq, Default, Eq)]\n    #[must_use]", "pub id: Option<::uuid::Uuid>,"] {
        assert!(animal.contains(part), "{part} in {animal}");
    }
    assert!(folder.read("client/src/types/price.rs").contains("= ::rust_decimal::Decimal;"));
    assert!(folder.read("client/README.md").contains("animals"));
    // What is misspelled is an error with a suggestion, and nothing is written.
    let wrong = settings
        .replace("Pet = 'Animal'", "Pets = 'Animal'")
        .replace("features = ['rc']", "feature = 'rc'");
    folder.put("clientgen.toml", &format!("{base}{wrong}"));
    folder.refuses("generate", &["clientgen.toml:8:11", "did you mean `features`?"]);
    let wrong = settings.replace("Pet = 'Animal'", "Pets = 'Animal'");
    folder.put("clientgen.toml", &format!("{base}{wrong}"));
    folder.refuses("generate", &["`rename.types` has an entry for `Pets`", "Pet, Price"]);
    let wrong = format!("dependencies = {{ uuid = 1 }}\n{base}");
    folder.put("clientgen.toml", &wrong);
    folder.refuses("generate", &["clientgen.toml:1:25", "must be a string or a table"]);
}

/// Cargo or the compiler would reject these names, after the crate is written.
#[test]
fn names_of_crates_that_generated_code_uses_are_refused() {
    let folder = Folder::new();
    for name in ["std", "core", "tokio", "serde_json", "serde-json", "clap", "wiremock", "self"] {
        folder.put(
            "clientgen.toml",
            &format!("input = 'api/pets.yaml'\noutput = 'client'\npackage.name = '{name}'\n"),
        );
        folder.refuses("generate", &["clientgen.toml:3:16", &format!("`{name}` is ")]);
        let command = format!("generate --input api/pets.yaml --output client --name {name}");
        folder.refuses(&command, &["--name", &format!("`{name}` is ")]);
    }
}

#[test]
fn a_client_of_the_command_line_does_not_depend_on_a_configuration_above() {
    let folder = Folder::new();
    let command = "generate --quiet --input pets.yaml --output client --name pets";
    folder.run_in("api", command).unwrap();
    let before = folder.read("api/client/Cargo.toml");
    let valid = "input = 'api/pets.yaml'\noutput = 'c'\npackage.name = 'c'\n";
    for text in [valid, "this is not TOML"] {
        folder.put("clientgen.toml", text);
        fs::remove_dir_all(folder.path("api/client")).unwrap();
        folder.run_in("api", command).unwrap();
        assert_eq!(folder.read("api/client/Cargo.toml"), before);
        folder.run_in("api", "lint --input pets.yaml").unwrap();
    }
    let both = format!("{command} --config clientgen.toml");
    folder.refuses(&both, &["leave out --config clientgen.toml"]);
}

#[test]
fn errors_say_which_client_was_not_written_or_checked() {
    let folder = Folder::new();
    let client = |name: &str| {
        format!(
            "[[client]]\ninput = 'api/{name}.yaml'\noutput = 'c/{name}'\npackage.name = '{name}'\n"
        )
    };
    folder.put("clientgen.toml", &(client("a") + &client("pets")));
    let printed = folder.run("generate --quiet").unwrap_err();
    assert!(
        printed.contains("error: nothing was written to c/a because of 1 error\n"),
        "{printed}"
    );
    assert!(folder.path("c/pets/Cargo.toml").exists());
    let printed = folder.run("check").unwrap_err();
    assert!(printed.contains("error: c/a was not checked because of 1 error\n"), "{printed}");
    assert!(printed.contains("c/pets is up to date\n"), "{printed}");
}

#[test]
fn nothing_of_others_is_overwritten() {
    let folder = Folder::new();
    folder.put("client/Cargo.toml", "[package]\n");
    folder.put(
        "clientgen.toml",
        "input = 'api/pets.yaml'\noutput = 'client'\n[package]\nname = 'pets'\n",
    );
    folder.refuses("generate", &["Cargo.toml was not written by clientgen", "--output"]);
    assert_eq!(folder.read("client/Cargo.toml"), "[package]\n");
}

#[test]
fn only_documents_are_configured() {
    let folder = Folder::new();
    folder.put("old.yaml", "swagger: '2.0'\ninfo: {title: Old, version: '1'}\n");
    folder.run("init old.yaml").unwrap();
    folder.put("other.yaml", "asyncapi: '2.0'\n");
    folder.refuses("init other.yaml", &["other.yaml is not an OpenAPI document"]);
    folder
        .refuses("init none.yaml", &["none.yaml cannot be read, so no clientgen.toml was written"]);
    fs::remove_file(folder.path("clientgen.toml")).unwrap();
    folder.run("init api/pets.yaml --output .").unwrap();
    folder.run("generate --quiet").unwrap();
    folder.run("check").unwrap();
    assert!(folder.path("src/client.rs").exists());
}

/// Every configuration in these tests agrees with the published schema, or is refused by it.
#[test]
fn the_schema_describes_the_configuration() {
    let folder = Folder::new();
    let schema = serde_json::from_str(&folder.run("schema").unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_valid = |text: &str| {
        let table: toml::Table = text.parse().unwrap();
        validator.is_valid(&serde_json::to_value(table).unwrap())
    };
    folder.run("init api/pets.yaml").unwrap();
    assert!(is_valid(&folder.read("clientgen.toml")));
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clientgen.toml");
    assert!(is_valid(&fs::read_to_string(repository).unwrap()));
    let valid = "input = 'a'\noutput = 'b'\npackage.name = 'c'\n";
    assert!(is_valid(valid) && is_valid(&format!("config-version = 1\n[[client]]\n{valid}")));
    let unknown = format!("unknown = 1\n{valid}");
    let version = format!("config-version = 2\n{valid}");
    for text in ["", "input = 'a'\n", &unknown, &version] {
        assert!(!is_valid(text), "{text}");
    }
}
