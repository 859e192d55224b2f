//! The settings of a client in `clientgen.toml`.
//!
//! The types are the schema: `serde` reads them, and `schemars` describes them to editors and to [`super::file`],
//! which finds unknown keys with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueEnum;
use schemars::{JsonSchema, Schema, schema_for};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The version of the configuration that this program reads.
pub(crate) const VERSION: i64 = 1;

/// The settings of a client.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Client {
    /// The OpenAPI document, as a path from the folder of clientgen.toml.
    pub(crate) input: PathBuf,
    /// The OpenAPI overlays, in the order in which they are applied.
    #[serde(default)]
    pub(crate) overlays: Vec<PathBuf>,
    /// The folder of the crate.
    pub(crate) output: PathBuf,
    /// The folder that references of the document cannot leave. Default: the folder of the document.
    #[serde(default)]
    pub(crate) root: Option<PathBuf>,
    /// What to generate besides the client.
    #[serde(default)]
    pub(crate) extras: Vec<Extra>,
    /// How the methods of operations are grouped.
    #[serde(default)]
    pub(crate) methods: Methods,
    /// Whether each group of operations is behind a Cargo feature of its own.
    #[serde(default)]
    pub(crate) group_features: bool,
    /// Whether it is an error if the crate cannot express everything in the document exactly.
    #[serde(default)]
    pub(crate) strict: bool,
    /// The operations to generate: those that any of the patterns matches. Default: all.
    #[serde(default)]
    pub(crate) select: Select,
    /// Which findings `clientgen lint` reports.
    #[serde(default)]
    pub(crate) lint: Lint,
    /// The limits on documents: `file-bytes`, `total-bytes`, `files`, `references`, `depth`, `nodes`,
    /// `properties` and `steps`.
    #[serde(default)]
    pub(crate) limits: BTreeMap<String, u64>,
    /// The metadata of the crate, with the keys of Cargo.toml.
    pub(crate) package: Package,
    /// Dependencies of the crate besides those of generated code: the crates of the types and traits below. They
    /// are written as in Cargo.toml.
    #[serde(default)]
    pub(crate) dependencies: BTreeMap<String, Dependency>,
    /// Paths of Rust types by the `format` that they replace, such as `uuid = "::uuid::Uuid"`. The types
    /// implement `Serialize`, `DeserializeOwned`, `Clone`, `Debug` and `PartialEq`.
    #[serde(default)]
    pub(crate) formats: BTreeMap<String, String>,
    /// Paths of Rust types by the component schema that they replace.
    #[serde(default)]
    pub(crate) replace: BTreeMap<String, String>,
    /// Names in place of those that the document gives.
    #[serde(default)]
    pub(crate) rename: Rename,
    /// Traits and attributes of the types of some schemas.
    #[serde(default)]
    pub(crate) derive: Vec<Derive>,
}

/// Names in place of those that the document gives. A schema has the name that the documentation of its type
/// states, such as `Pet` or `Pet.owner`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Rename {
    /// Names of types, by the names of schemas.
    pub(crate) types: BTreeMap<String, String>,
    /// Names of fields, by the name of the schema and that of the property.
    pub(crate) fields: BTreeMap<String, BTreeMap<String, String>>,
    /// Names of the variants of enums, by the name of the schema and the value.
    pub(crate) values: BTreeMap<String, BTreeMap<String, String>>,
    /// Names of methods, by operation ids.
    pub(crate) operations: BTreeMap<String, String>,
    /// Names of tags, which modules, groups of methods and features are named after.
    pub(crate) tags: BTreeMap<String, String>,
}

/// Traits and attributes of the types of some schemas.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Derive {
    /// Patterns of the names of schemas. `*` matches any characters.
    pub(crate) schemas: Vec<String>,
    /// Traits to derive, besides those that each type has.
    #[serde(default)]
    pub(crate) traits: Vec<String>,
    /// Further attributes, such as `#[must_use]`.
    #[serde(default)]
    pub(crate) attributes: Vec<String>,
}

/// A dependency, as in Cargo.toml.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Dependency {
    /// The version requirement.
    Version(String),
    /// The version requirement or the source, and the features.
    Detailed(DetailedDependency),
}

/// The version requirement or the source of a dependency, and its features.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct DetailedDependency {
    /// The version requirement.
    pub(crate) version: Option<String>,
    /// The path, from the folder of the crate.
    pub(crate) path: Option<String>,
    /// The URL of a git repository.
    pub(crate) git: Option<String>,
    /// The commit in the git repository.
    pub(crate) rev: Option<String>,
    /// The name of the package, if the crate has another name in the code.
    pub(crate) package: Option<String>,
    /// The features.
    pub(crate) features: Vec<String>,
    /// Whether the default features are on. Default: yes.
    pub(crate) default_features: Option<bool>,
}

/// What to generate besides the client. Each is behind a Cargo feature that is off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Extra {
    /// A command-line program with a command for each operation.
    Cli,
    /// A mock server for tests.
    Mock,
}

impl From<Extra> for clientgen::Extra {
    fn from(extra: Extra) -> Self {
        match extra {
            Extra::Cli => Self::Cli,
            Extra::Mock => Self::Mock,
        }
    }
}

/// How the methods of operations are grouped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Methods {
    /// All are methods of the client: `client.list_users()`.
    #[default]
    Flat,
    /// By tag: `client.users().list()`.
    Tag,
    /// By the part of operation ids before a `/`: `client.users().list()` for `users/list`.
    Id,
}

impl From<Methods> for clientgen::Methods {
    fn from(methods: Methods) -> Self {
        match methods {
            Methods::Flat => Self::Flat,
            Methods::Tag => Self::ByTag,
            Methods::Id => Self::ById,
        }
    }
}

/// The operations to generate. In the patterns, `*` matches any characters, in paths except a slash; `**`
/// matches any characters.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Select {
    /// Paths of the API, with the paths below them.
    pub(crate) paths: Vec<String>,
    /// Tags.
    pub(crate) tags: Vec<String>,
    /// Operation ids.
    pub(crate) operations: Vec<String>,
}

/// Which findings `clientgen lint` reports, by their codes.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Lint {
    /// Findings that are not reported.
    pub(crate) allow: Vec<String>,
    /// Findings that are reported although they are not by default: `unlinked-id`.
    pub(crate) warn: Vec<String>,
}

/// The metadata of the crate. The keys are those of Cargo.toml.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Package {
    /// The name of the crate.
    pub(crate) name: String,
    /// The version of the crate. Default: 0.1.0.
    #[serde(default)]
    pub(crate) version: Option<String>,
    /// The authors.
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    /// A short description. Default: the title of the document.
    #[serde(default)]
    pub(crate) description: Option<String>,
    /// The licence, as an SPDX expression.
    #[serde(default)]
    pub(crate) license: Option<String>,
    /// A file with the text of the licence, which is copied into the crate.
    #[serde(default)]
    pub(crate) license_file: Option<PathBuf>,
    /// The URL of the source repository.
    #[serde(default)]
    pub(crate) repository: Option<String>,
    /// The URL of the home page.
    #[serde(default)]
    pub(crate) homepage: Option<String>,
    /// The keywords.
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    /// The categories.
    #[serde(default)]
    pub(crate) categories: Vec<String>,
    /// The oldest version of Rust that compiles the crate. Default: the oldest that compiles generated code.
    #[serde(default)]
    pub(crate) rust_version: Option<String>,
    /// Whether the crate may be published. Default: no.
    #[serde(default)]
    pub(crate) publish: bool,
}

/// Returns the JSON Schema of the settings of one client.
pub(super) fn client_schema() -> Schema {
    schema_for!(Client)
}

/// Returns the JSON Schema of the file: the settings of one client, or a list of clients.
pub(crate) fn schema() -> Value {
    let mut client = client_schema().to_value();
    let take =
        |schema: &mut Value, key: &str| schema.as_object_mut().and_then(|map| map.remove(key));
    let dialect = take(&mut client, "$schema");
    let definitions = take(&mut client, "$defs");
    let version = json!({
        "description": "The version of the configuration.",
        "const": VERSION,
    });
    let mut one = client.clone();
    if let Some(Value::Object(properties)) = one.get_mut("properties") {
        properties.insert("config-version".to_owned(), version.clone());
    }
    let several = json!({
        "title": "Clients",
        "type": "object",
        "properties": {
            "config-version": version,
            "client": { "type": "array", "items": { "$ref": "#/$defs/Client" } },
        },
        "required": ["client"],
        "additionalProperties": false,
    });
    let mut all = Map::new();
    all.insert("Client".to_owned(), client);
    all.extend(definitions.and_then(|value| value.as_object().cloned()).unwrap_or_default());
    json!({
        "$schema": dialect,
        "title": "clientgen.toml",
        "anyOf": [one, several],
        "$defs": all,
    })
}
