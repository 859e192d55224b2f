//! Formats diagnostics: as text with the source line and an underline, as JSON, as annotations of GitHub, or as
//! SARIF.
//!
//! Takes diagnostics of the generator or findings of `lint`, and returns or prints strings. A reporter is for
//! the commands that offer all formats.

mod github;
mod sarif;
#[cfg(test)]
mod tests;

pub use github::annotation;
pub use sarif::log;

use std::cell::RefCell;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use clap::ValueEnum;
use clientgen::diagnostics::{Excerpt, Location};
use clientgen::escape;
use clientgen::{Diagnostic, Effect, Position, Severity};
use serde::Serialize;

use crate::terminal;

/// The output format of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text with an underlined source line, on standard error; with colours on a terminal
    Text,
    /// One JSON object per line, and nothing else, on standard output
    Json,
}

/// The output format of diagnostics, for the commands that report to people and to other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiagnosticFormat {
    /// Text with an underlined source line; with colours on a terminal
    Text,
    /// One JSON object per line, and nothing else, on standard output
    Json,
    /// A log in SARIF 2.1.0, and nothing else, on standard output: for code scanning
    Sarif,
    /// Workflow commands of GitHub, and nothing else, on standard output: annotations of the changed lines
    Github,
}

/// Where text is printed. The other formats are always printed on standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output, for results.
    Output,
    /// Standard error.
    Error,
}

/// Prints the diagnostics of a command in a format.
#[derive(Debug)]
pub(crate) struct Reporter {
    format: DiagnosticFormat,
    /// The diagnostics of a SARIF log, which is one document.
    collected: RefCell<Vec<Diagnostic>>,
}

impl Reporter {
    pub(crate) fn new(format: DiagnosticFormat) -> Self {
        Self { format, collected: RefCell::default() }
    }

    /// Prints a diagnostic, or keeps it for [`finish`](Self::finish).
    pub(crate) fn report(&self, diagnostic: &Diagnostic, stream: Stream) {
        match (self.format, stream) {
            (DiagnosticFormat::Text, Stream::Output) => {
                terminal::write_styled_output(&format!("{}\n", text(diagnostic, true)));
            }
            (DiagnosticFormat::Text, Stream::Error) => print(diagnostic, Format::Text),
            (DiagnosticFormat::Json, _) => print(diagnostic, Format::Json),
            (DiagnosticFormat::Github, _) => terminal::write_output(&annotation(diagnostic)),
            (DiagnosticFormat::Sarif, _) => self.collected.borrow_mut().push(diagnostic.clone()),
        }
    }

    /// Prints what is one document for all diagnostics. A log without results says that there are none.
    pub(crate) fn finish(&self) {
        if self.format == DiagnosticFormat::Sarif {
            terminal::write_json(&log(self.collected.borrow().iter()));
        }
    }
}

/// Prints a diagnostic: text on standard error, JSON on standard output.
pub(crate) fn print(diagnostic: &Diagnostic, format: Format) {
    match format {
        Format::Text => terminal::write_styled_note(&format!("{}\n", text(diagnostic, true))),
        Format::Json => terminal::write_json(&json(diagnostic)),
    }
}

/// Formats a diagnostic as text, with or without colours.
pub fn text(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let help = Level::HELP.message(escape::visible(&diagnostic.help));
    let title = level.primary_title(escape::line(&diagnostic.message)).id(diagnostic.code);
    let snippet =
        snippet(&diagnostic.location, diagnostic.position.as_ref(), AnnotationKind::Primary);
    let steps = diagnostic.trail.iter().map(|step| {
        let context =
            self::snippet(&step.location, step.position.as_ref(), AnnotationKind::Context);
        Level::NOTE.secondary_title(step.description).elements(context)
    });
    let primary = title.elements(snippet).element(help);
    let groups: Vec<Group<'_>> = std::iter::once(primary).chain(steps).collect();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&groups)
}

/// Returns a location with its source line, if that is known.
fn snippet<'d>(
    place: &'d Location,
    position: Option<&'d Position>,
    kind: AnnotationKind,
) -> Vec<Element<'d>> {
    let origin = Origin::path(escape::line(&place.file));
    let Some(Position { line, column, excerpt, .. }) = position else {
        return vec![origin.into()];
    };
    let Excerpt { text, span } = excerpt;
    let (source, underlined) = escaped(text, span);
    let label = escape::line(&place.pointer.to_string()).into_owned();
    let snippet =
        Snippet::source(source).line_start(*line).annotation(kind.span(underlined).label(label));
    // The renderer derives the column from the excerpt, which may be a part of the line.
    let rendered_column = text.get(..span.start).map_or(0, |before| before.chars().count()) + 1;
    match rendered_column == *column {
        true => vec![snippet.path(escape::line(&place.file)).into()],
        false => vec![snippet.into(), origin.line(*line).char_column(*column).into()],
    }
}

/// Escapes an excerpt of a line for a terminal. Returns it with the span translated.
fn escaped(text: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let part = |range: Range<usize>| escape::visible(text.get(range).unwrap_or_default());
    let mut escaped = part(0..span.start).into_owned();
    let start = escaped.len();
    escaped.push_str(&part(span.clone()));
    let end = escaped.len();
    escaped.push_str(&part(span.end..text.len()));
    (escaped, start..end)
}

/// Formats a diagnostic as a line of JSON.
pub fn json(diagnostic: &Diagnostic) -> String {
    let record = Record {
        severity: diagnostic.severity.to_string(),
        effect: effect_name(diagnostic.effect),
        code: diagnostic.code,
        message: &diagnostic.message,
        help: &diagnostic.help,
        place: LocationRecord::new(&diagnostic.location, diagnostic.position.as_ref()),
        trail: diagnostic
            .trail
            .iter()
            .map(|step| Step {
                what: step.description,
                place: LocationRecord::new(&step.location, step.position.as_ref()),
            })
            .collect(),
    };
    serde_json::to_string(&record).unwrap_or_default()
}

/// Returns the name of an effect in the output.
pub(crate) fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::None => "none",
        Effect::Degraded => "degraded",
        Effect::Skipped => "skipped",
        Effect::Fatal => "fatal",
    }
}

/// The JSON form of a diagnostic. Keys may be added, but are never removed.
#[derive(Serialize)]
struct Record<'d> {
    severity: String,
    effect: &'static str,
    code: &'static str,
    message: &'d str,
    help: &'d str,
    #[serde(flatten)]
    place: LocationRecord<'d>,
    trail: Vec<Step<'d>>,
}

/// A reference or an overlay action that brought the node into the document.
#[derive(Serialize)]
struct Step<'d> {
    what: &'static str,
    #[serde(flatten)]
    place: LocationRecord<'d>,
}

/// A location in a file. Lines and columns are counted from one, columns in characters. The end is
/// exclusive.
#[derive(Serialize)]
struct LocationRecord<'d> {
    file: &'d str,
    pointer: String,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

impl<'d> LocationRecord<'d> {
    fn new(place: &'d Location, position: Option<&Position>) -> Self {
        Self {
            file: &place.file,
            pointer: place.pointer.to_string(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            end_line: position.map(|position| position.line),
            end_column: position.map(|position| position.end_column),
        }
    }
}
