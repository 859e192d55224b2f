use std::time::SystemTime;

use super::*;

const DOCUMENT: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: listPets
      responses:
        '200':
          description: All.
          content: {application/json: {schema: {$ref: 'parts/pet.yaml'}}}
  /owners:
    get:
      operationId: listOwners
      responses: {'204': {description: None.}}
";

/// A package with a document in two files, and an overlay in another folder.
struct Package(tempfile::TempDir);

impl Package {
    fn new() -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        package.put("api/api.yaml", DOCUMENT);
        package.put("api/parts/pet.yaml", "type: object\nproperties: {kind: {type: string}}\n");
        let action = "{target: $.info, update: {title: Cats}}";
        let overlay =
            format!("overlay: 1.0.0\ninfo: {{title: O, version: '1'}}\nactions: [{action}]\n");
        package.put("fixes.yaml", &overlay);
        package
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path("out").join(name)).unwrap()
    }

    fn builder(&self) -> Builder {
        let builder = Builder::new(self.path("api/api.yaml")).out_dir(self.path("out"));
        builder.overlay(self.path("fixes.yaml"))
    }
}

fn run(builder: Builder) -> (Result<(), String>, Vec<String>) {
    let mut directives = Vec::new();
    (builder.run(&mut directives).map_err(|error| format!("{error:?}")), directives)
}

#[test]
fn a_build_depends_on_all_files_that_were_read() {
    let package = Package::new();
    let (outcome, directives) = run(package.builder());
    assert_eq!(outcome, Ok(()));
    for file in ["api/api.yaml", "api/parts/pet.yaml", "fixes.yaml"] {
        let directive = format!("rerun-if-changed={}", package.path(file).display());
        assert!(directives.contains(&directive), "{file} in {directives:?}");
    }
    fs::remove_file(package.path("api/parts/pet.yaml")).unwrap();
    let (_, directives) = run(package.builder());
    let missing = format!("rerun-if-changed={}", package.path("api/parts/pet.yaml").display());
    assert!(
        directives.contains(&missing),
        "a build is repeated when the file exists: {directives:?}"
    );
}

#[test]
fn the_module_has_no_attributes_of_a_crate_and_paths_below_its_own() {
    let package = Package::new();
    run(package.builder().module("sdk::pets").mock()).0.unwrap();
    let root = package.read("pets.rs");
    assert!(!root.contains("#![") && !root.contains("//!"), "{root}");
    assert!(root.contains("#[path = \"pets/client.rs\"]"), "{root}");
    assert!(root.contains("#[path = \"pets/types/mod.rs\"]"), "{root}");
    assert!(root.contains("#[cfg(clientgen = \"mock\")]"), "{root}");
    let mut folders = vec![package.path("out")];
    let mut paths = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("feature = \""), "{}", path.display());
            assert!(!text.contains("```no_run") && !text.contains("```rust"), "{}", path.display());
            for place in text.split("crate::").skip(1) {
                assert!(place.starts_with("sdk::pets::"), "{}: {place:.60}", path.display());
                paths += 1;
            }
        }
    }
    assert!(paths > 100, "{paths}");
}

#[test]
fn unchanged_files_are_not_written_and_others_are_removed() {
    let package = Package::new();
    run(package.builder()).0.unwrap();
    let modified = |name: &str| fs::metadata(package.path("out").join(name)).unwrap().modified();
    let old = SystemTime::now() - std::time::Duration::from_secs(60);
    let client = fs::File::options().write(true).open(package.path("out/api/client.rs")).unwrap();
    client.set_modified(old).unwrap();
    let stale = format!("// {GENERATED_MARKER}api.yaml. Do not edit.\n");
    package.put("out/api/types/stale.rs", &stale);
    package.put("out/api/own.rs", "// Ours.\n");
    run(package.builder()).0.unwrap();
    assert_eq!(modified("api/client.rs").unwrap(), old);
    assert!(!package.path("out/api/types/stale.rs").exists());
    assert_eq!(package.read("api/own.rs"), "// Ours.\n");
    package.put("out/api.rs", "// Ours.\n");
    let error = run(package.builder()).0.unwrap_err();
    assert!(error.contains("api.rs cannot be written: it was not generated"), "{error}");
    assert_eq!(package.read("api.rs"), "// Ours.\n");
    fs::write(package.path("out/api.rs"), b"\xff").unwrap();
    assert!(run(package.builder()).0.is_err());
    assert_eq!(fs::read(package.path("out/api.rs")).unwrap(), b"\xff");
}

#[test]
fn a_selection_and_features_are_applied() {
    let package = Package::new();
    let builder = package.builder().only_operations(["listOwn*"]).blocking().config_files();
    let (outcome, directives) = run(builder);
    assert_eq!(outcome, Ok(()));
    let operations = package.read("api/operations/mod.rs") + &package.read("api/client.rs");
    assert!(!operations.contains("list_pets"));
    for value in ["blocking", "config-files", "rustls"] {
        assert!(directives.contains(&format!("rustc-cfg=clientgen=\"{value}\"")), "{directives:?}");
    }
    assert!(directives.iter().any(|one| one.starts_with("rustc-check-cfg=cfg(clientgen, values(")));
}

#[test]
fn files_that_must_not_be_read_are_not_watched() {
    let package = Package::new();
    package.put("secret.yaml", "type: object\n");
    for reference in ["../secret.yaml", "parts", "..", "/etc"] {
        let text = DOCUMENT.replace("parts/pet.yaml", reference);
        package.put("api/api.yaml", &text);
        let (_, directives) = run(package.builder());
        let watched: Vec<&str> =
            directives.iter().filter_map(|one| one.strip_prefix("rerun-if-changed=")).collect();
        let expected = ["api/api.yaml", "fixes.yaml"].map(|name| package.path(name));
        assert_eq!(watched, expected.each_ref().map(|path| path.to_str().unwrap()), "{reference}");
        let is_told = |one: &String| one.starts_with("error=") || one.starts_with("warning=");
        assert!(directives.iter().any(is_told), "{directives:?}");
    }
    package.put("api/api.yaml", &DOCUMENT.replace("parts/pet.yaml", "../secret.yaml"));
    let (_, directives) = run(package.builder());
    let help = format!("`.root({:?})`", package.0.path().canonicalize().unwrap());
    assert!(directives.iter().any(|one| one.contains(&help)), "{help} in {directives:?}");
}

#[test]
fn names_types_and_attributes_can_be_changed() {
    let package = Package::new();
    let parts =
        "type: object\nrequired: [kind]\nproperties: {kind: {type: string, format: uuid}}\n";
    package.put("api/parts/pet.yaml", parts);
    let builder = package.builder().module("sdk::pets").format("uuid", "crate::Id");
    let builder = builder.derive("*", ["Eq"]);
    let builder = builder.customize(|custom| {
        custom.rename.operations.insert("listPets".to_owned(), "all".to_owned());
    });
    assert_eq!(run(builder).0, Ok(()));
    let pet = package.read("pets/types/pet.rs");
    // A path of the user stays as it is: it leads from the root of the user's crate.
    assert!(pet.contains("pub kind: crate::Id,") && pet.contains("PartialEq, Eq)"), "{pet}");
    assert!(
        package
            .read("pets/types/mod.rs")
            .contains("impl crate::sdk::pets::runtime::Field for crate::Id")
    );
    assert!(package.read("pets/operations/untagged.rs").contains("pub fn all(&self)"));
}

/// A directive could set the linker, which runs programs.
#[test]
fn a_document_cannot_write_a_directive() {
    let package = Package::new();
    let line = "x\\ncargo::rustc-link-arg=-fuse-ld=evil\\nx";
    let text = DOCUMENT
        .replace("'parts/pet.yaml'", &format!("\"{line}.yaml\""))
        .replace("operationId: listOwners", &format!("\"{line}\": 1"))
        .replace("title: Pets", &format!("title: \"{line}\""));
    package.put("api/api.yaml", &text);
    let (_, directives) = run(package.builder());
    assert!(directives.iter().any(|one| one.contains("rustc-link-arg")), "{directives:?}");
    for directive in directives {
        assert!(!directive.contains(['\n', '\r']), "{directive:?}");
        assert!(!directive.starts_with("cargo::"), "{directive}");
    }
}

/// A condition that Cargo is not told of would be a warning in the crate of a user.
#[test]
fn all_conditions_of_the_code_are_known() {
    for (path, text) in clientgen_runtime::source::FILES {
        for condition in text.split("feature = \"").skip(1) {
            let value = condition.split('"').next().unwrap();
            assert!(CONDITIONS.contains(&format!("\"{value}\"")), "{value} in {path}");
        }
    }
}

#[test]
fn faults_are_messages_of_one_line() {
    let package = Package::new();
    let text = DOCUMENT.replace("responses: {'204'", "deprecatd: true\n      responses: {'204'");
    package.put("api/api.yaml", &text.replace("'parts/pet.yaml'", "'parts/none.yaml'"));
    let (outcome, directives) = run(package.builder());
    assert_eq!(outcome, Ok(()));
    let messages: Vec<&String> = directives
        .iter()
        .filter(|one| one.starts_with("warning=") || one.starts_with("error="))
        .collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(
        messages[1].contains("[unknown-key]; help: did you mean `deprecated`?"),
        "{messages:?}"
    );
    assert!(messages[0].starts_with("warning=api.yaml:10:"), "{messages:?}");
    assert!(messages[0].contains("[unresolved-reference]; help: ") && !messages[0].contains('\n'));
    let (outcome, directives) = run(package.builder().strict());
    assert!(outcome.unwrap_err().ends_with("api.yaml has errors, so no client was generated"));
    assert!(directives.iter().any(|one| one.starts_with("error=api.yaml:10:")), "{directives:?}");
}

/// An overlay in another folder may be named like the document, or like a file that it refers to.
#[test]
fn files_with_one_name_are_distinguished() {
    let labels = |document: &str, overlay: &str| {
        let mut builder = Builder::new(document).overlay(overlay);
        builder.source();
        (builder.config.document, builder.config.overlays.concat())
    };
    let (document, overlay) = labels("api/api.yaml", "api.yaml");
    assert!(document == "api.yaml" && overlay.ends_with("/api.yaml"), "{overlay}");
    assert_eq!(labels("api/api.yaml", "api/fixes.yaml").1, "fixes.yaml");
    assert_eq!(labels("api.yaml", "fixes.yaml").1, "fixes.yaml");
}

#[test]
fn the_path_of_a_module_is_checked_by_the_library_too() {
    let source = BTreeMap::from([("api.yaml".to_owned(), DOCUMENT.to_owned())]);
    let mut config = Config::new("api.yaml", "api");
    config.layout = Layout::Module("my-api".to_owned());
    let generation = generate(&source, &config);
    assert!(generation.files.is_none());
    assert!(generation.diagnostics.iter().any(|one| one.code == "invalid-configuration"));
}

#[test]
fn a_path_that_no_module_has_is_an_error() {
    let package = Package::new();
    for path in ["", "a-b", "a::", "self", "crate::api", "a b"] {
        let error = run(package.builder().module(path)).0.unwrap_err();
        assert!(error.contains(&format!("`{path}` is not the path of a module")), "{error}");
    }
    assert!(!package.path("out").exists());
}
