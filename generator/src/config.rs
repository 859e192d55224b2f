//! What a caller decides about a generation.

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
    /// The paths of the API that are kept, each with those below it. None keeps them all.
    pub paths: Vec<String>,
}

impl Config {
    /// Everything in a document, without overlays.
    pub fn new(document: impl Into<String>, crate_name: impl Into<String>) -> Self {
        Self {
            document: document.into(),
            overlays: Vec::new(),
            crate_name: crate_name.into(),
            crate_version: "0.1.0".to_owned(),
            paths: Vec::new(),
        }
    }

    /// Applies an overlay.
    pub fn with_overlay(mut self, overlay: impl Into<String>) -> Self {
        self.overlays.push(overlay.into());
        self
    }
}
