//! Diagnostics: the problems of a document, for the person who repairs it.
//!
//! Takes problems by the JSON pointer of a node, in the order in which the stages encounter them, and
//! returns [`Diagnostic`]s with files, lines and columns, sorted by location. [`crate::origin`] knows
//! which file a node was written in; lines and columns are looked up once, at the end. Leaves
//! rendering to the caller; `Display` is a short plain form.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Bound, Range};

use crate::escape;
use crate::limits::{Limits, Size, Steps, Usage};
use crate::load;
use crate::origin::{Origin, Origins};
use crate::pointer::Pointer;
use crate::source::Source;

/// Whether a diagnostic keeps the crate from being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The crate is written.
    Warning,
    /// The crate is not written.
    Error,
}

/// The effect of a problem on the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// No effect: the diagnostic is a note.
    None,
    /// The crate is less strict than the document, or omits something smaller than an operation.
    Degraded,
    /// An operation is skipped.
    Skipped,
    /// The crate is not written.
    Fatal,
}

impl Effect {
    /// Returns the severity of a problem with this effect. A strict run accepts only
    /// [`Effect::None`].
    pub fn severity(self, strict: bool) -> Severity {
        match self {
            Self::Fatal => Severity::Error,
            Self::Skipped | Self::Degraded if strict => Severity::Error,
            Self::Skipped | Self::Degraded | Self::None => Severity::Warning,
        }
    }
}

/// The location of a node: a file, and a JSON pointer into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The path of the file.
    pub file: String,
    /// The pointer to the node.
    pub pointer: Pointer,
}

/// The position of a node in the text of its file. Lines and columns count from one; a column is a
/// character (Unicode scalar value).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column of the first character of the node's key, or of the node if it has no key.
    pub column: usize,
    /// The column after the last character of the node on this line.
    pub end_column: usize,
    /// The text of the line.
    pub excerpt: Excerpt,
}

/// A line of a file, or the part of a long line around a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The byte range of the node in the text.
    pub span: Range<usize>,
}

/// A reference or an overlay action that put a node into the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// A description of the reference or action, for people.
    pub description: &'static str,
    /// The location of the reference or action.
    pub location: Location,
    /// The position of that location, or `None` if the file cannot be read that far.
    pub position: Option<Position>,
}

/// A problem of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity in this run.
    pub severity: Severity,
    /// The effect on the crate.
    pub effect: Effect,
    /// The code of this type of problem, stable and searchable.
    pub code: &'static str,
    /// The location of the node to repair.
    pub location: Location,
    /// The position of that location, or `None` if the file cannot be read that far.
    pub position: Option<Position>,
    /// The references and actions that put the node into the document, innermost first.
    pub trail: Vec<Inclusion>,
    /// The description of the problem.
    pub message: String,
    /// The suggested repair.
    pub help: String,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.severity, self.code, escape::line(&self.message))?;
        writeln!(f, "  --> {}", FullPosition(&self.location, self.position.as_ref()))?;
        for Inclusion { description, location, position } in &self.trail {
            writeln!(f, "  {description}: {}", FullPosition(location, position.as_ref()))?;
        }
        write!(f, "  help: {}", escape::visible(&self.help))
    }
}

/// Displays a location as `file:line:column (pointer)`.
struct FullPosition<'l>(&'l Location, Option<&'l Position>);

impl fmt::Display for FullPosition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(location, position) = self;
        f.write_str(&escape::line(&location.file))?;
        if let Some(Position { line, column, .. }) = position {
            write!(f, ":{line}:{column}")?;
        }
        if location.pointer != Pointer::root() {
            write!(f, " ({})", escape::line(&shorten(&location.pointer).to_string()))?;
        }
        Ok(())
    }
}

/// The number of characters shown of a key. A key can be as long as its file, and be part of very
/// many pointers.
const MAX_KEY_CHARACTERS: usize = 100;

/// Returns the pointer with long keys shortened.
fn shorten(pointer: &Pointer) -> Pointer {
    let shorten = |key: &String| match key.char_indices().nth(MAX_KEY_CHARACTERS) {
        Some((end, _)) => format!("{}…", key.get(..end).unwrap_or_default()),
        None => key.clone(),
    };
    pointer.tokens().iter().map(shorten).collect()
}

/// Collects the diagnostics of a run.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// The origins of the document's nodes.
    pub(crate) origins: Origins,
    /// The step counter of the run. Nothing is reported after its limit is exceeded, because the
    /// stages then work on incomplete results.
    steps: Steps,
    /// Whether a stage was aborted. Nothing is reported after that either.
    is_aborted: bool,
    /// The usage of each limit.
    pub(crate) used: Usage,
    /// The total size of the files read so far.
    pub(crate) read: Size,
    reported: Vec<Diagnostic>,
    /// The locations of the diagnostics that have an effect on the crate.
    affected: BTreeSet<Location>,
}

impl Diagnostics {
    /// Creates an empty collection for a run that counts its steps.
    pub fn new(steps: Steps) -> Self {
        Self { steps, ..Self::default() }
    }

    /// Returns the step counter of the run.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Reports that the run has exceeded its step limit.
    pub(crate) fn report_step_limit(&mut self) {
        let (limit, stage) = (self.steps.limit(), self.steps.stage());
        let message = format!(
            "the document takes more than {limit} steps: the stage `{stage}` is not finished"
        );
        let location = self.location(&Pointer::root());
        self.reported.push(Diagnostic {
            severity: Severity::Error,
            effect: Effect::Fatal,
            code: Limits::CODE,
            location,
            position: None,
            trail: Vec::new(),
            message,
            help: Limits::help("steps", limit),
        });
    }

    /// Reports that a stage stops because its result would exceed a limit.
    pub(crate) fn abort(&mut self, at: &Pointer, (message, help): (String, String)) {
        self.fatal(Limits::CODE, at, message, help);
        self.is_aborted = true;
    }

    /// Returns whether a stage was [aborted](Self::abort).
    pub(crate) fn is_aborted(&self) -> bool {
        self.is_aborted
    }

    /// Sets the document that pointers refer to from now on, and forgets all origins.
    pub fn set_document(&mut self, path: &str) {
        self.origins.set_document(path);
    }

    /// Reports a problem with its effect.
    pub fn report(
        &mut self,
        effect: Effect,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(effect, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a problem that keeps the crate from being written.
    pub fn fatal(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Fatal, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a problem because of which an operation is skipped.
    pub fn skipped(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Skipped, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a problem that makes the crate less strict than the document, or omits a part of it.
    pub fn degraded(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Degraded, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a problem without an effect on the crate.
    pub fn note(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::None, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a construct that is not supported, and what is generated instead.
    pub fn unsupported(&mut self, at: &Pointer, construct: &str, instead: &str) {
        self.degraded(
            "unsupported",
            at,
            format!("{construct} is not supported: {instead}"),
            "no change is needed if that is sufficient; otherwise describe the API differently, for instance with an overlay",
        );
    }

    /// Reports a problem at a location in any file, at a line and column if they are known.
    pub fn report_in_file(
        &mut self,
        effect: Effect,
        code: &'static str,
        location: Location,
        position: Option<(usize, usize)>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let index = self.reported.len();
        self.push(effect, code, Origin::of(location), message.into(), help.into());
        if let (Some(diagnostic), Some((line, column))) = (self.reported.get_mut(index), position) {
            diagnostic.position = Some(Position { line, column, ..Position::default() });
        }
    }

    /// Adds a diagnostic of another run, with its own location.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.reported.push(diagnostic);
    }

    /// Returns whether any of the diagnostics is an error.
    pub fn has_errors(&self, strict: bool) -> bool {
        self.reported.iter().any(|one| one.effect.severity(strict) == Severity::Error)
    }

    /// Returns whether a problem with an effect was reported at a descendant of a node.
    pub fn has_fault_below(&self, at: &Pointer) -> bool {
        let location = self.location(at);
        // Locations are sorted by their tokens: the descendants of a node follow it.
        let mut following = self.affected.range((Bound::Excluded(&location), Bound::Unbounded));
        following.next().is_some_and(|next| {
            next.file == location.file && next.pointer.strip_prefix(&location.pointer).is_some()
        })
    }

    /// Returns the diagnostics with lines and columns, sorted by location.
    pub fn located(mut self, source: &dyn Source, strict: bool) -> Vec<Diagnostic> {
        for diagnostic in &mut self.reported {
            diagnostic.severity = diagnostic.effect.severity(strict);
        }
        self.look_up_positions(source);
        let key = |diagnostic: &Diagnostic| {
            let Diagnostic { location, position, .. } = diagnostic;
            let position = position.as_ref().map(|position| (position.line, position.column));
            (location.file.clone(), position, location.pointer.clone())
        };
        self.reported.sort_by_cached_key(key);
        self.reported.dedup();
        self.reported
    }

    /// Looks up the positions of all locations. Reads and parses each file once.
    fn look_up_positions(&mut self, source: &dyn Source) {
        let mut files: BTreeMap<&str, Vec<(&Pointer, &mut Option<Position>)>> = BTreeMap::new();
        for Diagnostic { location, position, trail, .. } in &mut self.reported {
            let included = trail.iter_mut().map(|by| (&by.location, &mut by.position));
            for (location, position) in std::iter::once((&*location, position)).chain(included) {
                files.entry(&location.file).or_default().push((&location.pointer, position));
            }
        }
        for (file, positions) in files {
            if let Ok(text) = source.read(file) {
                load::locate(&text, positions);
            }
        }
    }

    fn push(
        &mut self,
        effect: Effect,
        code: &'static str,
        Origin { location, trail }: Origin,
        message: String,
        help: String,
    ) {
        if self.steps.is_exceeded() || self.is_aborted {
            return;
        }
        let severity = effect.severity(false);
        let position = None;
        if effect > Effect::None {
            self.affected.insert(location.clone());
        }
        self.reported.push(Diagnostic {
            severity,
            effect,
            code,
            location,
            position,
            trail,
            message,
            help,
        });
    }

    /// Returns the location that a node of the document was written at.
    pub(crate) fn location(&self, at: &Pointer) -> Location {
        self.origins.of(at).location
    }
}
