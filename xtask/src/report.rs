//! What is said about a document: for people with the line of the file and the place underlined,
//! for programs as JSON.
//!
//! In comes a diagnostic of the generator, out goes a text.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use clap::ValueEnum;
use clientgen::diagnostics::{Excerpt, Location};
use clientgen::escape;
use clientgen::{Diagnostic, Effect, Position, Severity};
use serde::Serialize;

use crate::terminal;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the place underlined, on the standard error; in colour on a terminal
    Text,
    /// For programs, an object on a line for each, and nothing else on the standard output
    Json,
}

/// Says a diagnostic: to people beside the results, and to programs as a result.
pub(crate) fn say(diagnostic: &Diagnostic, format: Format) {
    match format {
        // The stream leaves the colours out where they are not wanted.
        Format::Text => terminal::beside_in_colour(&format!("{}\n", text(diagnostic, true))),
        Format::Json => terminal::json(&json(diagnostic)),
    }
}

/// A diagnostic as a person reads it, in colour or without.
pub fn text(diagnostic: &Diagnostic, colour: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let help = Level::HELP.message(escape::visible(&diagnostic.help));
    let title = level.primary_title(escape::line(&diagnostic.message)).id(diagnostic.code);
    let found = shown(&diagnostic.location, diagnostic.position.as_ref(), AnnotationKind::Primary);
    let steps = diagnostic.trail.iter().map(|step| {
        let place = shown(&step.location, step.position.as_ref(), AnnotationKind::Context);
        Level::NOTE.secondary_title(step.description).elements(place)
    });
    let found = title.elements(found).element(help);
    let groups: Vec<Group<'_>> = std::iter::once(found).chain(steps).collect();
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&groups)
}

/// A place, and its line if that is known.
fn shown<'d>(
    place: &'d Location,
    position: Option<&'d Position>,
    kind: AnnotationKind,
) -> Vec<Element<'d>> {
    let origin = Origin::path(escape::line(&place.file));
    let Some(Position { line, column, excerpt, .. }) = position else {
        return vec![origin.into()];
    };
    let Excerpt { text, span } = excerpt;
    let (source, shown) = marked(text, span);
    let label = escape::line(&place.pointer.to_string()).into_owned();
    let snippet =
        Snippet::source(source).line_start(*line).annotation(kind.span(shown).label(label));
    // The renderer counts the column in what is shown. That is wrong of a part of a line.
    let counted = text.get(..span.start).map_or(0, |before| before.chars().count()) + 1;
    match counted == *column {
        true => vec![snippet.path(escape::line(&place.file)).into()],
        false => vec![snippet.into(), origin.line(*line).char_column(*column).into()],
    }
}

/// A part of a line as a terminal can show it, with the bytes of a place in it.
fn marked(text: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let part = |range: Range<usize>| escape::visible(text.get(range).unwrap_or_default());
    let mut shown = part(0..span.start).into_owned();
    let start = shown.len();
    shown.push_str(&part(span.clone()));
    let end = shown.len();
    shown.push_str(&part(span.end..text.len()));
    (shown, start..end)
}

/// A diagnostic as a line of JSON.
pub fn json(diagnostic: &Diagnostic) -> String {
    let said = Said {
        severity: diagnostic.severity.to_string(),
        effect: match diagnostic.effect {
            Effect::None => "none",
            Effect::Degraded => "degraded",
            Effect::Skipped => "skipped",
            Effect::Fatal => "fatal",
        },
        code: diagnostic.code,
        message: &diagnostic.message,
        help: &diagnostic.help,
        place: Spot::of(&diagnostic.location, diagnostic.position.as_ref()),
        trail: diagnostic
            .trail
            .iter()
            .map(|step| Step {
                what: step.description,
                place: Spot::of(&step.location, step.position.as_ref()),
            })
            .collect(),
    };
    serde_json::to_string(&said).unwrap_or_default()
}

/// What programs are told. Keys may be added, and none is taken away.
#[derive(Serialize)]
struct Said<'d> {
    severity: String,
    effect: &'static str,
    code: &'static str,
    message: &'d str,
    help: &'d str,
    #[serde(flatten)]
    place: Spot<'d>,
    trail: Vec<Step<'d>>,
}

/// What brought a node to where it is in the document.
#[derive(Serialize)]
struct Step<'d> {
    what: &'static str,
    #[serde(flatten)]
    place: Spot<'d>,
}

/// A place in a file. Lines and columns count from one, columns in characters; the end is behind
/// the last one.
#[derive(Serialize)]
struct Spot<'d> {
    file: &'d str,
    pointer: String,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
}

impl<'d> Spot<'d> {
    fn of(place: &'d Location, position: Option<&Position>) -> Self {
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
