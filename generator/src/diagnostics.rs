//! What is to be said about a document, for the person who has to mend it.
//!
//! Stages report what they find by pointer and go on. Where the node comes from is known
//! ([`crate::origin`]); lines and columns are looked up once, at the end, and only if there is
//! something to report. How it is shown is left to the caller: [`Diagnostic`] has the words, the
//! places and the lines of the files, and its `Display` is short and plain.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::{Bound, Range};

use crate::escape;
use crate::limits::{Limits, Size, Steps, Used};
use crate::load;
use crate::origin::{Origin, Origins};
use crate::pointer::Pointer;
use crate::source::Source;

/// How much a diagnostic matters to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The crate is written.
    Warning,
    /// The crate is not written.
    Error,
}

/// What a fault costs the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing. It is worth a look.
    None,
    /// Something is freer in the crate than in the document, or is missing from it.
    Degraded,
    /// An operation is not in the crate.
    LeftOut,
    /// There is no crate.
    Fatal,
}

impl Effect {
    /// What the fault does to a run. A strict run takes nothing less than the whole document.
    pub fn severity(self, strict: bool) -> Severity {
        match self {
            Self::Fatal => Severity::Error,
            Self::LeftOut | Self::Degraded if strict => Severity::Error,
            Self::LeftOut | Self::Degraded | Self::None => Severity::Warning,
        }
    }
}

/// Where something is: a file, and a node in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path of the file.
    pub file: String,
    /// The node.
    pub pointer: Pointer,
}

/// Where a place is in the text of its file. Lines and columns count from one, and a column is a
/// character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column of the first character of the key, or of the node itself if it has none.
    pub column: usize,
    /// The column behind the last character of it on that line.
    pub end_column: usize,
    /// The line, to be shown.
    pub excerpt: Excerpt,
}

/// A line of a file, or the part of a long one around a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// Which bytes of the text the place has.
    pub span: Range<usize>,
}

/// How a node came to where it is in the document, if that is not where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What brought it there.
    pub what: &'static str,
    /// Where that stands.
    pub place: Place,
    /// Where that is in its file, if the file could be read that far.
    pub position: Option<Position>,
}

/// One thing to say about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters to this run.
    pub severity: Severity,
    /// What it costs the crate.
    pub effect: Effect,
    /// A short name of the kind of trouble, for searching.
    pub code: &'static str,
    /// Where it stands: what is to be mended is there.
    pub place: Place,
    /// Where that is in its file, if the file could be read that far.
    pub position: Option<Position>,
    /// What brought it into the document, the nearest to the place first.
    pub trail: Vec<Step>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
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
        writeln!(f, "  --> {}", Written(&self.place, self.position.as_ref()))?;
        for step in &self.trail {
            writeln!(f, "  {}: {}", step.what, Written(&step.place, step.position.as_ref()))?;
        }
        write!(f, "  help: {}", escape::visible(&self.help))
    }
}

/// A place as it is written: `file:line:column (pointer)`.
struct Written<'p>(&'p Place, Option<&'p Position>);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(place, position) = self;
        f.write_str(&escape::line(&place.file))?;
        if let Some(Position { line, column, .. }) = position {
            write!(f, ":{line}:{column}")?;
        }
        if place.pointer != Pointer::root() {
            write!(f, " ({})", escape::line(&short(&place.pointer).to_string()))?;
        }
        Ok(())
    }
}

/// How many characters of a key are shown. A key can be as long as its file, and be on the way to very
/// many places.
const SHOWN: usize = 100;

/// A pointer with keys that can be read.
fn short(pointer: &Pointer) -> Pointer {
    let short = |step: &String| match step.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", step.get(..end).unwrap_or_default()),
        None => step.clone(),
    };
    pointer.steps().iter().map(short).collect()
}

/// Collects what the stages find.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// Where the nodes of the document come from.
    pub(crate) origins: Origins,
    /// The work of the run. What is found after its limit is worth nothing, and not reported.
    steps: Steps,
    /// Whether a stage had to stop. What is found after that is worth nothing either.
    is_cut_short: bool,
    /// What the document has used of each limit.
    pub(crate) used: Used,
    /// How much the files of the document hold that have been read so far.
    pub(crate) read: Size,
    found: Vec<Diagnostic>,
    /// The places of those that cost something.
    faulty: BTreeSet<Place>,
}

impl Diagnostics {
    /// Collects what is found in a run that counts its steps.
    pub fn new(steps: Steps) -> Self {
        Self { steps, ..Self::default() }
    }

    /// Returns the counter of the run.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Reports that the run has taken more steps than it may.
    pub(crate) fn out_of_steps(&mut self) {
        let (limit, stage) = (self.steps.limit(), self.steps.stage());
        let message = format!(
            "the document takes more than {limit} steps: the stage `{stage}` has not come to its end"
        );
        let place = self.place(&Pointer::root());
        self.found.push(Diagnostic {
            severity: Severity::Error,
            effect: Effect::Fatal,
            code: Limits::CODE,
            place,
            position: None,
            trail: Vec::new(),
            message,
            help: Limits::help("steps", limit),
        });
    }

    /// Reports that a stage has stopped because what it makes would be too large.
    pub(crate) fn cut_short(&mut self, at: &Pointer, (message, help): (String, String)) {
        self.fatal(Limits::CODE, at, message, help);
        self.is_cut_short = true;
    }

    /// Whether a stage has [stopped](Self::cut_short).
    pub(crate) fn is_cut_short(&self) -> bool {
        self.is_cut_short
    }

    /// Says which document the pointers that follow lead into.
    pub fn set_document(&mut self, path: &str) {
        self.origins.set_document(path);
    }

    /// Reports a fault and what it costs.
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

    /// Reports what keeps the crate from being written.
    pub fn fatal(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Fatal, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a fault that costs an operation.
    pub fn left_out(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::LeftOut, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a fault that makes something in the crate freer than it should be, or leaves a part
    /// of it out.
    pub fn degraded(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Degraded, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports something that is worth a look and costs nothing.
    pub fn note(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::None, code, self.origins.of(at), message.into(), help.into());
    }

    /// Reports a construct that the generator does not know, and what it did instead.
    pub fn unsupported(&mut self, at: &Pointer, construct: &str, instead: &str) {
        self.degraded(
            "unsupported",
            at,
            format!("{construct} is not supported: {instead}"),
            "nothing needs to be done if that is good enough; else describe the API another way, with an overlay for instance",
        );
    }

    /// Reports a fault in a file of its own, at a position that may be known already.
    pub fn in_file(
        &mut self,
        effect: Effect,
        code: &'static str,
        place: Place,
        position: Option<(usize, usize)>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let before = self.found.len();
        self.push(effect, code, Origin::of(place), message.into(), help.into());
        if let (Some(found), Some((line, column))) = (self.found.get_mut(before), position) {
            found.position = Some(Position { line, column, ..Position::default() });
        }
    }

    /// Takes over what others have found, and where.
    pub fn take_over(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Whether there is something among them that a run of this kind does not put up with.
    pub fn has_errors(&self, strict: bool) -> bool {
        self.found.iter().any(|found| found.effect.severity(strict) == Severity::Error)
    }

    /// Whether something has been reported about a part of a node, but not about the node itself.
    pub fn has_fault_below(&self, at: &Pointer) -> bool {
        let place = self.place(at);
        // Places are sorted by their steps: what is below a node follows it.
        let mut behind = self.faulty.range((Bound::Excluded(&place), Bound::Unbounded));
        behind.next().is_some_and(|next| {
            next.file == place.file && next.pointer.below(&place.pointer).is_some()
        })
    }

    /// All of them in the order of their places, with lines and columns.
    pub fn located(mut self, source: &dyn Source, strict: bool) -> Vec<Diagnostic> {
        for diagnostic in &mut self.found {
            diagnostic.severity = diagnostic.effect.severity(strict);
        }
        self.locate(source);
        let key = |diagnostic: &Diagnostic| {
            let Diagnostic { place, position, .. } = diagnostic;
            let position = position.as_ref().map(|position| (position.line, position.column));
            (place.file.clone(), position, place.pointer.clone())
        };
        self.found.sort_by_cached_key(key);
        self.found.dedup();
        self.found
    }

    /// Looks up where the places are. Each file is read once, and parsed once.
    fn locate(&mut self, source: &dyn Source) {
        let mut files: BTreeMap<&str, Vec<(&Pointer, &mut Option<Position>)>> = BTreeMap::new();
        for Diagnostic { place, position, trail, .. } in &mut self.found {
            let steps = trail.iter_mut().map(|step| (&step.place, &mut step.position));
            for (place, position) in std::iter::once((&*place, position)).chain(steps) {
                files.entry(&place.file).or_default().push((&place.pointer, position));
            }
        }
        for (file, places) in files {
            if let Ok(text) = source.read(file) {
                load::locate(&text, places);
            }
        }
    }

    fn push(
        &mut self,
        effect: Effect,
        code: &'static str,
        Origin { place, trail }: Origin,
        message: String,
        help: String,
    ) {
        if self.steps.is_exceeded() || self.is_cut_short {
            return;
        }
        let severity = effect.severity(false);
        let position = None;
        if effect > Effect::None {
            self.faulty.insert(place.clone());
        }
        self.found.push(Diagnostic {
            severity,
            effect,
            code,
            place,
            position,
            trail,
            message,
            help,
        });
    }

    /// The file and node that a node of the document comes from.
    pub(crate) fn place(&self, at: &Pointer) -> Place {
        self.origins.of(at).place
    }
}
