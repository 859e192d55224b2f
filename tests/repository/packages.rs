//! What is published: four packages, in this order.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The packages, and the folder of each. A package may only depend on those before it.
const PACKAGES: [(&str, &str); 4] = [
    ("clientgen-runtime", "generator/runtime"),
    ("clientgen", "generator"),
    ("clientgen-cli", "generator/cli"),
    ("sailpoint-reports", "generated-client"),
];

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_metadata_of_packages_is_complete() {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names = PACKAGES.map(|(name, _)| name);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some(number) = names.iter().position(|known| *known == name) else {
            assert_eq!(package["publish"], serde_json::json!([]), "{name} is not published");
            continue;
        };
        assert_eq!(package["publish"], Value::Null, "{name}");
        assert_eq!(package["version"], packages[0]["version"], "{name}");
        for key in ["description", "license", "readme", "rust_version"] {
            assert!(package[key].is_string(), "{key} of {name}");
        }
        for key in ["keywords", "categories"] {
            let count = package[key].as_array().unwrap().len();
            assert!((1..=5).contains(&count), "{key} of {name}");
        }
        let dependencies = package["dependencies"].as_array().unwrap();
        let own =
            dependencies.iter().filter(|one| one["path"].is_string() && one["kind"].is_null());
        for dependency in own {
            let on = dependency["name"].as_str().unwrap();
            assert!(names[..number].contains(&on), "{name} depends on {on}");
            assert_ne!(dependency["req"], "*", "{name} names a version of {on}");
        }
    }
}

#[test]
fn each_package_has_the_licence_and_a_readme() {
    let licence = std::fs::read_to_string(root().join("LICENSE")).unwrap();
    for (name, folder) in PACKAGES {
        let own = std::fs::read_to_string(root().join(folder).join("LICENSE")).unwrap();
        assert_eq!(own, licence, "{name}");
        let files = cargo(&["package", "--list", "--allow-dirty", "--offline", "-p", name]);
        for file in ["LICENSE", "README.md", "src/lib.rs"] {
            assert!(files.lines().any(|line| line == file), "{file} of {name} in {files}");
        }
    }
}

/// Each package is packed, and compiled from its archive with those before it.
#[ignore = "compiles all dependencies, and needs the index of the registry"]
#[test]
fn packages_compile_from_their_archives() {
    let mut arguments = vec!["package", "--allow-dirty"];
    arguments.extend(PACKAGES.iter().flat_map(|(name, _)| ["-p", *name]));
    cargo(&arguments);
}
