//! The settings, `spec/vendor.toml`: which part of the upstream document is kept, and names.

use std::collections::BTreeMap;
use std::ops::Range;

use clientgen::diagnostics::Diagnostics;
use clientgen::load::Document;
use clientgen::{slice, suggest};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use crate::toml_file::TomlFile;

/// The content of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The origin of the document, for its header.
    pub(super) source: String,
    /// The name of the document to write, in the same folder.
    pub(super) document: String,
    /// The root folder of upstream's references, relative to the folder of the upstream document.
    /// Default: that folder.
    #[serde(default)]
    pub(super) root: Option<String>,
    /// The paths of the API that are kept, with the paths below them. Default: all.
    #[serde(default)]
    pub(super) paths: Vec<Spanned<String>>,
    /// The prose of the document.
    #[serde(default)]
    pub(super) prose: Prose,
    /// The names of components, by their locations in the vendored document without this table.
    #[serde(default)]
    pub(super) names: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// The origin of the descriptions, summaries, examples and `x-` keys of the document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Prose {
    /// The upstream document. The whole document is written each time.
    #[default]
    Upstream,
    /// The document itself. Only facts are updated.
    Own,
}

/// The settings with the text of their file, for positions in diagnostics.
#[derive(Debug)]
pub(super) struct File<'t> {
    path: String,
    text: &'t str,
    pub(super) settings: Settings,
}

impl<'t> File<'t> {
    /// Parses the file.
    pub(super) fn parse(path: &str, text: &'t str, diagnostics: &mut Diagnostics) -> Option<Self> {
        match toml::from_str(text) {
            Ok(settings) => Some(Self { path: path.to_owned(), text, settings }),
            Err(error) => {
                let message = format!("the settings cannot be read: {}", error.message());
                let help = "the keys are source, document, root, paths, prose and names".to_owned();
                let file = TomlFile { name: path, text };
                diagnostics.add(file.diagnostic("vendor-settings", error.span(), message, help));
                None
            }
        }
    }

    /// Returns whether a path is kept.
    pub(super) fn keeps(&self, path: &str) -> bool {
        let paths = &self.settings.paths;
        paths.is_empty() || paths.iter().any(|pattern| slice::path_matches(pattern.get_ref(), path))
    }

    /// Reports the paths that the upstream document does not have.
    pub(super) fn check_paths(&self, upstream: &Document, diagnostics: &mut Diagnostics) {
        let paths = upstream.value.get("paths").and_then(Value::as_object);
        let existing: Vec<&str> =
            paths.into_iter().flat_map(|paths| paths.keys()).map(String::as_str).collect();
        for pattern in &self.settings.paths {
            let name = pattern.get_ref();
            if existing.iter().any(|path| slice::path_matches(name, path)) {
                continue;
            }
            let message = format!("the upstream document has no path `{name}`, and none below it");
            let help = match suggest::similar(name, &existing).as_slice() {
                [] => "it has no paths: check that it is the root file of the document".to_owned(),
                near => {
                    format!("remove it, or use its new name; similar paths: {}", near.join(", "))
                }
            };
            self.report("unknown-path", &pattern.span(), message, help, diagnostics);
        }
    }

    /// Reports an error at a part of the file.
    pub(super) fn report(
        &self,
        code: &'static str,
        span: &Range<usize>,
        message: String,
        help: String,
        diagnostics: &mut Diagnostics,
    ) {
        let file = TomlFile { name: &self.path, text: self.text };
        diagnostics.add(file.diagnostic(code, Some(span.clone()), message, help));
    }
}
