//! The manifest of the crate, and the settings of other tools.

use std::collections::BTreeMap;

use super::{SourceFile, Sources};
use crate::config::{Config, Dependency, Extra, Package};
use crate::escape::{toml_key, toml_string};
use crate::name::Named;

/// The start and the end of comments in TOML.
const TOML: (&str, &str) = ("# ", "");

/// `Cargo.toml`, `rustfmt.toml`, and `LICENSE` if its text is configured
pub(super) fn files(api: &Named<'_>, config: &Config) -> Sources {
    let rustfmt = "# Generated code is formatted as it is written, and must not change when it is checked.\ndisable_all_formatting = true\n";
    let mut sources = Sources::from([
        ("Cargo.toml".to_owned(), SourceFile::Text(manifest(api, config), TOML)),
        ("rustfmt.toml".to_owned(), SourceFile::Text(rustfmt.to_owned(), TOML)),
    ]);
    let license = config.package.license_text.clone();
    sources.extend(license.map(|text| ("LICENSE".to_owned(), SourceFile::Verbatim(text))));
    sources
}

fn manifest(api: &Named<'_>, config: &Config) -> String {
    let package = package(api, &config.package);
    let default = default_features(api);
    let groups = declared_features(api);
    let (features, mut dependencies) = extras(config);
    let (own, added) = configured(&config.package.dependencies);
    dependencies.push_str(&added);
    let binary = match config.extras.contains(&Extra::Cli) {
        true => {
            let name = toml_string(&config.package.name);
            format!(
                "[[bin]]\nname = {name}\npath = \"src/main.rs\"\nrequired-features = [\"cli\"]\n\n"
            )
        }
        false => String::new(),
    };
    format!(
        r#"{package}
[package.metadata.docs.rs]
all-features = true

[features]
default = {default}
{FEATURES}{features}{groups}
[dependencies]
{own}{dependencies}
[dev-dependencies]
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}

{binary}[lints.rust]
unsafe_code = "forbid"
missing_docs = "warn"
"#
    )
}

/// Returns the table `[package]`. Keys without a value are left out.
fn package(api: &Named<'_>, package: &Package) -> String {
    let text = |key: &str, value: &str| format!("{key} = {}\n", toml_string(value));
    let optional = |key: &str, value: &Option<String>| {
        value.as_deref().map_or(String::new(), |value| text(key, value))
    };
    let list = |key: &str, values: &[String]| {
        let values: Vec<String> = values.iter().map(|value| toml_string(value)).collect();
        if values.is_empty() { String::new() } else { format!("{key} = [{}]\n", values.join(", ")) }
    };
    let title = api.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let description = package.description.clone();
    [
        "[package]\n".to_owned(),
        text("name", &package.name),
        text("version", &package.version),
        "edition = \"2024\"\n".to_owned(),
        text("rust-version", &package.rust_version),
        list("authors", &package.authors),
        text("description", &description.unwrap_or_else(|| format!("A client for {title}"))),
        optional("license", &package.license),
        match (&package.license, &package.license_text) {
            (None, Some(_)) => text("license-file", "LICENSE"),
            _ => String::new(),
        },
        optional("repository", &package.repository),
        optional("homepage", &package.homepage),
        "readme = \"README.md\"\n".to_owned(),
        list("keywords", &package.keywords),
        list("categories", &package.categories),
        if package.publish { String::new() } else { "publish = false\n".to_owned() },
    ]
    .concat()
}

/// The features of every crate.
const FEATURES: &str = r#"# TLS with rustls and the certificates of the system.
rustls = ["reqwest/rustls"]
# TLS with the library of the system instead.
native-tls = ["reqwest/native-tls"]
# The proxies of the environment and the system.
system-proxy = ["reqwest/system-proxy"]
# `.wait()` for programs without an async runtime.
blocking = ["tokio/rt-multi-thread"]
# Credentials from the files of other tools.
config-files = ["dep:serde-saphyr"]
"#;

/// The dependencies of every crate.
const DEPENDENCIES: &str = r#"base64 = "0.23"
bytes = "1"
fastrand = "2"
futures-core = "0.3"
h2 = "0.4"
http = "1"
httpdate = "1"
jiff = { version = "1", default-features = false, features = ["std"] }
percent-encoding = "2"
reqwest = { version = "0.13", default-features = false, features = ["http2", "stream"] }
serde = "1"
serde-saphyr = { version = "1.1", default-features = false, features = ["deserialize"], optional = true }
serde_json = { version = "1", features = ["float_roundtrip", "raw_value"] }
tokio = { version = "1", default-features = false, features = ["fs", "io-util", "rt", "sync", "time"] }
tracing = "0.1"
zeroize = "1"
"#;

/// Returns the dependencies of every crate with the features that the configuration adds to them, and those
/// that it adds.
fn configured(all: &BTreeMap<String, Dependency>) -> (String, String) {
    let features = |line: &str| {
        let (name, requirement) = line.split_once(" = ")?;
        Some(with_features(name, requirement, &all.get(name)?.features))
    };
    let own = DEPENDENCIES.lines().map(|line| features(line).unwrap_or_else(|| line.to_owned()));
    let own: String = own.map(|line| line + "\n").collect();
    let is_new = |name: &str| !dependencies().any(|known| known == name);
    let added = all.iter().filter(|(name, _)| is_new(name));
    let added: String = added
        .map(|(name, dependency)| format!("{} = {}\n", toml_key(name), requirement(dependency)))
        .collect();
    match added.as_str() {
        "" => (own, added),
        added => (own, format!("\n# Of the configuration.\n{added}")),
    }
}

/// Adds features to a dependency of generated code, whose version stays.
fn with_features(name: &str, requirement: &str, features: &[String]) -> String {
    let added: Vec<String> = features.iter().map(|feature| toml_string(feature)).collect();
    let added = added.join(", ");
    match requirement.split_once("features = [") {
        _ if added.is_empty() => format!("{name} = {requirement}"),
        Some((before, after)) => format!("{name} = {before}features = [{added}, {after}"),
        None => match requirement.strip_suffix(" }") {
            Some(table) => format!("{name} = {table}, features = [{added}] }}"),
            None => format!("{name} = {{ version = {requirement}, features = [{added}] }}"),
        },
    }
}

fn requirement(dependency: &Dependency) -> String {
    let Dependency { version, path, git, rev, package, features, no_default_features } = dependency;
    let texts =
        [("version", version), ("path", path), ("git", git), ("rev", rev), ("package", package)];
    let texts =
        texts.into_iter().filter_map(|(key, value)| Some((key, toml_string(value.as_deref()?))));
    let mut entries: Vec<(&str, String)> = texts.collect();
    if *no_default_features {
        entries.push(("default-features", "false".to_owned()));
    }
    if !features.is_empty() {
        let features: Vec<String> = features.iter().map(|name| toml_string(name)).collect();
        entries.push(("features", format!("[{}]", features.join(", "))));
    }
    match entries.as_slice() {
        [("version", version)] => version.clone(),
        entries => {
            let entries = entries.iter().map(|(key, value)| format!("{key} = {value}"));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Returns the names of the crates that generated code may depend on. A crate with one of these names could not
/// be compiled.
pub fn dependencies() -> impl Iterator<Item = &'static str> {
    let lines =
        [DEPENDENCIES, CLI_DEPENDENCIES, MOCK_DEPENDENCIES].into_iter().flat_map(str::lines);
    lines
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(' ').next())
}

/// Returns the features of the extras, and the dependencies that only they need.
fn extras(config: &Config) -> (String, String) {
    let extras = config.extras.iter().map(|extra| match extra {
        Extra::Cli => (CLI_FEATURE, CLI_DEPENDENCIES),
        Extra::Mock => (MOCK_FEATURE, MOCK_DEPENDENCIES),
    });
    extras.unzip()
}

const CLI_FEATURE: &str = r#"# The command-line program.
cli = [
    "config-files",
    "dep:clap",
    "dep:clap_complete",
    "dep:clap_mangen",
    "dep:comfy-table",
    "dep:console",
    "dep:indicatif",
    "dep:tracing-subscriber",
    "tokio/macros",
    "tokio/signal",
]
"#;

const CLI_DEPENDENCIES: &str = r#"
# For the program.
clap = { version = "4", default-features = false, features = [
    "std", "color", "error-context", "help", "string", "suggestions", "usage", "wrap_help",
], optional = true }
clap_complete = { version = "4", optional = true }
clap_mangen = { version = "0.3", optional = true }
comfy-table = { version = "8", default-features = false, optional = true }
console = { version = "0.16", optional = true }
indicatif = { version = "0.18", optional = true }
tracing-subscriber = { version = "0.3", default-features = false, features = [
    "registry",
], optional = true }
"#;

const MOCK_FEATURE: &str = r#"# A mock server for tests.
mock = ["dep:wiremock"]
"#;

const MOCK_DEPENDENCIES: &str = r#"
# For the mock.
wiremock = { version = "0.6", optional = true }
"#;

fn default_features(api: &Named<'_>) -> String {
    let lines: String =
        group_features(api).map(|feature| format!("    {},\n", toml_string(feature))).collect();
    match lines.as_str() {
        "" => "[\"rustls\"]".to_owned(),
        lines => format!("[\n    \"rustls\",\n{lines}]"),
    }
}

/// Returns the declarations of the features of groups. The items behind them have the attribute `cfg`.
fn declared_features(api: &Named<'_>) -> String {
    let lines: String =
        group_features(api).map(|feature| format!("{} = []\n", toml_key(feature))).collect();
    match lines.as_str() {
        "" => lines,
        lines => {
            format!("# The operations of each group, and the types that only they need.\n{lines}")
        }
    }
}

fn group_features<'a>(api: &'a Named<'_>) -> impl Iterator<Item = &'a str> {
    api.groups.iter().filter_map(|group| api.names.feature(group.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Users copy the dependencies of a generated module from the example.
    #[test]
    fn the_example_of_a_build_script_has_the_same_dependencies() {
        let example = include_str!("../../../tests/build-script/Cargo.toml");
        let example: toml::Table = example.parse().unwrap();
        let generated: toml::Table = DEPENDENCIES.parse().unwrap();
        for (name, expected) in &generated {
            let own = &example["dependencies"].get(name);
            if expected.get("optional").is_some() {
                assert_eq!(*own, None, "{name}");
                continue;
            }
            let mut own = own.unwrap_or_else(|| panic!("{name} is missing")).clone();
            if name == "reqwest" {
                // In a crate, TLS is a feature.
                let features = own["features"].as_array_mut().unwrap();
                features.retain(|feature| feature.as_str() != Some("rustls"));
            }
            assert_eq!(own, *expected, "{name}");
        }
    }
}
