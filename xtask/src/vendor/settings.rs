//! `spec/vendor.toml`: what is kept of upstream's document, and what things are called.

use std::collections::BTreeMap;
use std::ops::Range;

use clientgen::diagnostics::{Diagnostics, Effect, Location};
use clientgen::load::Document;
use clientgen::pointer::Pointer;
use clientgen::{slice, suggest};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

/// What the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// What the header says of where the document comes from.
    pub(super) source: String,
    /// The file beside this one that is written.
    pub(super) document: String,
    /// The folder that upstream's references cannot leave, relative to the folder of upstream's
    /// document, which it is by default.
    #[serde(default)]
    pub(super) root: Option<String>,
    /// The paths of the API that are kept, each with those below it; without any all are.
    #[serde(default)]
    pub(super) paths: Vec<Spanned<String>>,
    /// Whose words the document has.
    #[serde(default)]
    pub(super) words: Words,
    /// Names of components, by where they stand in the vendored document if nothing is named here.
    #[serde(default)]
    pub(super) names: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// Whose descriptions, summaries, examples and `x-` keys the document has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Words {
    /// Upstream's: the document is written anew each time.
    #[default]
    Upstream,
    /// Its own: only facts are carried over.
    Own,
}

/// The settings with the text that they were read from, to say where something stands.
#[derive(Debug)]
pub(super) struct File<'t> {
    path: String,
    text: &'t str,
    pub(super) settings: Settings,
}

impl<'t> File<'t> {
    /// Reads the text of a file.
    pub(super) fn parse(path: &str, text: &'t str, diagnostics: &mut Diagnostics) -> Option<Self> {
        match toml::from_str(text) {
            Ok(settings) => Some(Self { path: path.to_owned(), text, settings }),
            Err(error) => {
                let position = error.span().map(|span| position(text, &span));
                let place = Location { file: path.to_owned(), pointer: Pointer::root() };
                let message = format!("the settings cannot be read: {}", error.message());
                let help = "spec/README.md says what they may have";
                diagnostics.report_in_file(
                    Effect::Fatal,
                    "vendor-settings",
                    place,
                    position,
                    message,
                    help,
                );
                None
            }
        }
    }

    /// Whether a path is one of those that are kept.
    pub(super) fn keeps(&self, path: &str) -> bool {
        let paths = &self.settings.paths;
        paths.is_empty() || paths.iter().any(|pattern| slice::path_matches(pattern.get_ref(), path))
    }

    /// Reports the paths that upstream does not have, or not any more.
    pub(super) fn check_paths(&self, upstream: &Document, diagnostics: &mut Diagnostics) {
        let paths = upstream.value.get("paths").and_then(Value::as_object);
        let there: Vec<&str> =
            paths.into_iter().flat_map(|paths| paths.keys()).map(String::as_str).collect();
        for pattern in &self.settings.paths {
            let name = pattern.get_ref();
            if there.iter().any(|path| slice::path_matches(name, path)) {
                continue;
            }
            let message = format!("upstream's document has no path `{name}`, and none below it");
            let help = match suggest::similar(name, &there).as_slice() {
                [] => "it has no paths at all: is it the root of the document?".to_owned(),
                near => format!(
                    "take it out, or write what it is called now; those most like it are: {}",
                    near.join(", ")
                ),
            };
            self.report("unknown-path", &pattern.span(), message, help, diagnostics);
        }
    }

    /// Reports something about a part of the file.
    pub(super) fn report(
        &self,
        code: &'static str,
        span: &Range<usize>,
        message: String,
        help: String,
        diagnostics: &mut Diagnostics,
    ) {
        let place = Location { file: self.path.clone(), pointer: Pointer::root() };
        let position = Some(position(self.text, span));
        diagnostics.report_in_file(Effect::Fatal, code, place, position, message, help);
    }
}

/// Line and column of a part of a text, from one.
fn position(text: &str, span: &Range<usize>) -> (usize, usize) {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
