//! Diagnostics about files in TOML: the configuration, and the settings of `vendor`.

use std::ops::Range;

use clientgen::diagnostics::{Excerpt, Location};
use clientgen::pointer::Pointer;
use clientgen::{Diagnostic, Effect, Position, Severity};

/// A file in TOML, with its name in diagnostics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TomlFile<'t> {
    pub(crate) name: &'t str,
    pub(crate) text: &'t str,
}

impl TomlFile<'_> {
    /// Returns an error at a part of the file.
    pub(crate) fn diagnostic(
        self,
        code: &'static str,
        span: Option<Range<usize>>,
        message: String,
        help: String,
    ) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            effect: Effect::Fatal,
            code,
            location: Location { file: self.name.to_owned(), pointer: Pointer::root() },
            position: span.map(|span| position(self.text, &span)),
            trail: Vec::new(),
            message,
            help,
        }
    }
}

/// Returns the position of a part of a text, up to the end of its line.
fn position(text: &str, span: &Range<usize>) -> Position {
    let (before, rest) = text.split_at_checked(span.start).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = before.get(start..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let part = line.get(..span.len()).unwrap_or(line);
    let column = indent.chars().count() + 1;
    Position {
        line: before.matches('\n').count() + 1,
        column,
        end_column: column + part.chars().count(),
        excerpt: Excerpt {
            text: format!("{indent}{line}"),
            span: indent.len()..indent.len() + part.len(),
        },
    }
}
