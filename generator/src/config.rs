//! What a caller decides about a generation.

use std::collections::BTreeSet;

use crate::limits::Limits;

/// What is to be generated, from what, and under which name.
#[derive(Debug, Clone)]
pub struct Config {
    /// The path of the document, as the source knows it.
    pub document: String,
    /// The paths of the overlays that are applied to it, in this order.
    pub overlays: Vec<String>,
    /// The name of the crate.
    pub crate_name: String,
    /// The version of the crate.
    pub crate_version: String,
    /// Which operations are kept.
    pub selection: Selection,
    /// What the crate has besides its client.
    pub extras: BTreeSet<Extra>,
    /// Whether a document is refused if anything in it cannot be expressed as it says.
    pub strict: bool,
    /// How large the document may be.
    pub limits: Limits,
}

/// The operations that are kept: those that any of the lists names. Empty lists keep them all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Paths of the API, each with those below it. `*` stands for any text without a slash, `**`
    /// for any text.
    pub paths: Vec<String>,
    /// Tags. `*` stands for any text.
    pub tags: Vec<String>,
    /// Operation ids. `*` stands for any text.
    pub operations: Vec<String>,
}

/// What a crate can have besides its client. Each is behind a Cargo feature that is off by default,
/// and costs no line where it is not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extra {
    /// A program for the command line, with a command for each operation.
    Cli,
    /// A server for the tests of those who use the crate, with expectations for each operation.
    Mock,
}

impl Extra {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cli, Self::Mock];

    /// The name of the Cargo feature, and of the modules behind it.
    pub fn feature(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Mock => "mock",
        }
    }
}

impl Config {
    /// Everything in a document, without overlays.
    pub fn new(document: impl Into<String>, crate_name: impl Into<String>) -> Self {
        Self {
            document: document.into(),
            overlays: Vec::new(),
            crate_name: crate_name.into(),
            crate_version: "0.1.0".to_owned(),
            selection: Selection::default(),
            extras: BTreeSet::new(),
            strict: false,
            limits: Limits::default(),
        }
    }

    /// Refuses a document if anything in it cannot be expressed as it says.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Sets how large the document may be.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Applies an overlay.
    pub fn with_overlay(mut self, overlay: impl Into<String>) -> Self {
        self.overlays.push(overlay.into());
        self
    }

    /// Adds something to the client.
    pub fn with_extra(mut self, extra: Extra) -> Self {
        self.extras.insert(extra);
        self
    }
}
