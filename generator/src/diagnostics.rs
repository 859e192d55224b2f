//! What is to be said about a document, for the person who has to mend it.
//!
//! Stages report what they find by file and pointer and go on. Lines and columns are looked up
//! once, at the end, and only if there is something to report.

use std::collections::BTreeMap;
use std::fmt;

use crate::load;
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path of the file.
    pub file: String,
    /// The node.
    pub pointer: Pointer,
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
    /// Where it is.
    pub place: Place,
    /// Line and column of the place, from one, if the file could be read that far.
    pub position: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        writeln!(f, "{severity}[{}]: {}", self.code, self.message)?;
        write!(f, "  --> {}", self.place.file)?;
        if let Some((line, column)) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        if self.place.pointer != Pointer::root() {
            write!(f, " ({})", self.place.pointer)?;
        }
        write!(f, "\n  help: {}", self.help)
    }
}

/// A part of the document that comes from an overlay or another file.
#[derive(Debug, Clone)]
struct Origin {
    /// The node in the document.
    target: Pointer,
    /// Where it stands there.
    place: Place,
}

/// Collects what the stages find.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    document: String,
    origins: Vec<Origin>,
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Says which document the pointers that follow lead into.
    pub fn set_document(&mut self, path: &str) {
        path.clone_into(&mut self.document);
    }

    /// Remembers that a node of the document comes from somewhere else.
    pub fn add_origin(&mut self, target: Pointer, place: Place) {
        self.origins.push(Origin { target, place });
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
        self.push(effect, code, self.place(at), message.into(), help.into());
    }

    /// Reports what keeps the crate from being written.
    pub fn fatal(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::Fatal, code, self.place(at), message.into(), help.into());
    }

    /// Reports a fault that costs an operation.
    pub fn left_out(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::LeftOut, code, self.place(at), message.into(), help.into());
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
        self.push(Effect::Degraded, code, self.place(at), message.into(), help.into());
    }

    /// Reports something that is worth a look and costs nothing.
    pub fn note(
        &mut self,
        code: &'static str,
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(Effect::None, code, self.place(at), message.into(), help.into());
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
        self.push(effect, code, place, message.into(), help.into());
        if let (Some(diagnostic), Some(_)) = (self.found.last_mut(), position) {
            diagnostic.position = position;
        }
    }

    /// Whether there is something among them that a run of this kind does not put up with.
    pub fn has_errors(&self, strict: bool) -> bool {
        self.found.iter().any(|found| found.effect.severity(strict) == Severity::Error)
    }

    /// Whether something has been reported about a part of a node, but not about the node itself.
    pub fn has_fault_below(&self, at: &Pointer) -> bool {
        let place = self.place(at);
        let below = |diagnostic: &Diagnostic| {
            let rest = diagnostic.place.pointer.below(&place.pointer);
            diagnostic.place.file == place.file && rest.is_some_and(|rest| !rest.is_empty())
        };
        self.found.iter().any(|found| found.effect > Effect::None && below(found))
    }

    /// All of them in the order of their places, with lines and columns.
    pub fn located(mut self, source: &dyn Source, strict: bool) -> Vec<Diagnostic> {
        for diagnostic in &mut self.found {
            diagnostic.severity = diagnostic.effect.severity(strict);
        }
        self.locate(source);
        let key = |diagnostic: &Diagnostic| {
            (diagnostic.place.file.clone(), diagnostic.position, diagnostic.place.pointer.clone())
        };
        self.found.sort_by_cached_key(key);
        self.found.dedup();
        self.found
    }

    /// Looks up the positions that are not known yet. Each file is read once.
    fn locate(&mut self, source: &dyn Source) {
        let mut files: BTreeMap<String, Vec<&mut Diagnostic>> = BTreeMap::new();
        for diagnostic in self.found.iter_mut().filter(|found| found.position.is_none()) {
            files.entry(diagnostic.place.file.clone()).or_default().push(diagnostic);
        }
        for (file, found) in files {
            let Ok(text) = source.read(&file) else { continue };
            let pointers: Vec<&Pointer> = found.iter().map(|found| &found.place.pointer).collect();
            let positions = load::locate(&text, &pointers);
            found
                .into_iter()
                .zip(positions)
                .for_each(|(found, position)| found.position = position);
        }
    }

    fn push(
        &mut self,
        effect: Effect,
        code: &'static str,
        place: Place,
        message: String,
        help: String,
    ) {
        let severity = effect.severity(false);
        let position = None;
        self.found.push(Diagnostic { severity, effect, code, place, position, message, help });
    }

    /// The file and node that a node of the document comes from. What was remembered last of it
    /// counts: the last overlay that touched it made it what it is.
    pub(crate) fn place(&self, at: &Pointer) -> Place {
        let elsewhere = self.origins.iter().rev().find_map(|origin| {
            let rest = at.below(&origin.target)?;
            let pointer =
                rest.iter().fold(origin.place.pointer.clone(), |pointer, step| pointer.join(step));
            Some(Place { file: origin.place.file.clone(), pointer })
        });
        elsewhere.unwrap_or_else(|| Place { file: self.document.clone(), pointer: at.clone() })
    }
}
