//! The configuration of a generation.

use std::collections::{BTreeMap, BTreeSet};

use crate::custom::Customization;
use crate::limits::Limits;

/// The configuration of a generation: the document, the crate's name, and what to generate.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The path of the document in the [`Source`](crate::Source).
    pub document: String,
    /// The paths of the overlays, in the order in which they are applied.
    pub overlays: Vec<String>,
    /// The metadata of the crate.
    pub package: Package,
    /// The operations to generate.
    pub selection: Selection,
    /// What to generate besides the client.
    pub extras: BTreeSet<Extra>,
    /// Where the generated code stands.
    pub layout: Layout,
    /// How the methods of operations are grouped.
    pub methods: Methods,
    /// Whether each group of operations is behind a Cargo feature of its own. All these features are on by
    /// default, so a program that calls few operations of a large API can compile less.
    pub group_features: bool,
    /// Names, types and attributes of the generated code.
    pub customization: Customization,
    /// Whether every problem with an [`Effect`](crate::Effect) on the crate is an error.
    pub strict: bool,
    /// The limits on the document and the run.
    pub limits: Limits,
}

/// The metadata of the crate, which `Cargo.toml` contains (The Cargo Book, "The Manifest Format").
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// The name of the crate.
    pub name: String,
    /// The version of the crate.
    pub version: String,
    /// The authors of the crate.
    pub authors: Vec<String>,
    /// A short description of the crate. Defaults to the title of the document.
    pub description: Option<String>,
    /// The licence of the crate, as an SPDX expression.
    pub license: Option<String>,
    /// The text of the licence, for the file `LICENSE`.
    pub license_text: Option<String>,
    /// The URL of the source repository.
    pub repository: Option<String>,
    /// The URL of the home page.
    pub homepage: Option<String>,
    /// The keywords of the crate.
    pub keywords: Vec<String>,
    /// The categories of the crate.
    pub categories: Vec<String>,
    /// The oldest version of Rust that compiles the crate. Defaults to [`Package::OLDEST_RUST`].
    pub rust_version: String,
    /// Whether the crate may be published.
    pub publish: bool,
    /// Dependencies besides those of generated code: crates that [`Customization`] names.
    pub dependencies: BTreeMap<String, Dependency>,
}

/// A dependency of the crate (The Cargo Book, "Specifying Dependencies").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependency {
    /// The version requirement.
    pub version: Option<String>,
    /// The path, from the folder of the crate.
    pub path: Option<String>,
    /// The URL of a git repository.
    pub git: Option<String>,
    /// The commit in the git repository.
    pub rev: Option<String>,
    /// The name of the package, if the crate has another name in the code.
    pub package: Option<String>,
    /// The features.
    pub features: Vec<String>,
    /// Whether the default features are off.
    pub no_default_features: bool,
}

impl Package {
    /// The oldest version of Rust that compiles generated code.
    pub const OLDEST_RUST: &str = "1.89";

    /// Creates the metadata of a crate with this name and the version 0.1.0, which is not published.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: "0.1.0".to_owned(),
            authors: Vec::new(),
            description: None,
            license: None,
            license_text: None,
            repository: None,
            homepage: None,
            keywords: Vec::new(),
            categories: Vec::new(),
            rust_version: Self::OLDEST_RUST.to_owned(),
            publish: false,
            dependencies: BTreeMap::new(),
        }
    }
}

/// The selected operations: those that any of the patterns matches, or all if there are no patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Patterns of paths. A pattern also selects the paths below a path that it matches. `*` matches
    /// any characters except `/`, `**` matches any characters.
    pub paths: Vec<String>,
    /// Patterns of tags. `*` matches any characters.
    pub tags: Vec<String>,
    /// Patterns of operation ids. `*` matches any characters.
    pub operations: Vec<String>,
    /// Whether a pattern may match nothing. Otherwise it is an error.
    pub is_optional: bool,
}

/// Where the generated code stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// A crate of its own, with a manifest.
    #[default]
    Crate,
    /// A module of another crate, at this path from the crate's root, such as `api`. The root of the module is
    /// one file, which is made to be included, such as `api.rs`; the other files are in a folder beside it.
    Module(String),
}

/// How the methods of operations are grouped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Methods {
    /// All operations are methods of the client: `client.list_users()`. Their modules are named after tags.
    #[default]
    Flat,
    /// The operations of a tag are methods of a group: `client.users().list()`.
    ByTag,
    /// The part of operation ids before the first `/` names a group: `repos/get` is `client.repos().get()`.
    ById,
}

/// A part of the crate besides its client, generated only on request. Each is behind a Cargo feature
/// that is off by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Extra {
    /// A command-line program with a command for each operation.
    Cli,
    /// A mock server for tests of the crate's users, with expectations for each operation.
    Mock,
}

impl Extra {
    /// All extras.
    pub const ALL: [Self; 2] = [Self::Cli, Self::Mock];

    /// Returns the name of the Cargo feature and of the modules behind it.
    pub fn feature(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Mock => "mock",
        }
    }
}

impl Config {
    /// Creates a configuration that selects all operations of a document, without overlays or extras.
    pub fn new(document: impl Into<String>, crate_name: impl Into<String>) -> Self {
        Self {
            document: document.into(),
            overlays: Vec::new(),
            package: Package::new(crate_name),
            selection: Selection::default(),
            extras: BTreeSet::new(),
            layout: Layout::Crate,
            methods: Methods::Flat,
            group_features: false,
            customization: Customization::default(),
            strict: false,
            limits: Limits::default(),
        }
    }

    /// Makes every problem with an [`Effect`](crate::Effect) on the crate an error.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets the limits on the document and the run.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Adds an overlay.
    pub fn with_overlay(mut self, overlay: impl Into<String>) -> Self {
        self.overlays.push(overlay.into());
        self
    }

    /// Sets how the methods of operations are grouped.
    pub fn with_methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Puts each group of operations behind a Cargo feature of its own.
    pub fn with_group_features(mut self) -> Self {
        self.group_features = true;
        self
    }

    /// Adds an extra.
    pub fn with_extra(mut self, extra: Extra) -> Self {
        self.extras.insert(extra);
        self
    }
}
