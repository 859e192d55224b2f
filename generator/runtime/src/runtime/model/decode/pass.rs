//! Which pass the thread is at, and what it has met.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use super::{DEEPEST, Kept, check_depth, too_deep};

/// The longest path that is told, in characters. Names in it are the server's.
const LONGEST: usize = 300;

/// The pass that a thread is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime::model) enum Pass {
    /// None: what is decoded next is the outermost value.
    None,
    /// The fast one.
    First,
    /// The careful one. `lenient`: it keeps what is optional and not of its type.
    Second { lenient: bool },
}

/// A step of a path.
#[derive(Debug)]
pub(in crate::runtime::model) enum Segment {
    /// The property with this name.
    Key(String),
    /// The item at this place.
    Index(usize),
}

/// What a pass has met.
#[derive(Debug)]
struct Trace {
    path: Vec<Segment>,
    /// Where the first fault was that nothing has caught yet.
    failed: Option<String>,
    kept: Vec<Kept>,
    /// Whether the text is deeper somewhere than a decoder may call itself.
    is_deep: bool,
}

impl Trace {
    const EMPTY: Self = Self { path: Vec::new(), failed: None, kept: Vec::new(), is_deep: false };
}

thread_local! {
    static PASS: Cell<Pass> = const { Cell::new(Pass::None) };
    static TRACE: RefCell<Trace> = const { RefCell::new(Trace::EMPTY) };
    /// Whether the first pass is in a part of the text whose depth is checked.
    static CHECKED: Cell<bool> = const { Cell::new(false) };
}

/// The pass that the thread is at.
pub(in crate::runtime::model) fn current() -> Pass {
    PASS.get()
}

/// A pass that has begun. It ends when this is dropped, and the one before goes on.
pub(super) struct Running {
    before: (Pass, Trace, bool),
}

/// Begins a pass.
pub(super) fn enter(pass: Pass) -> Running {
    let trace = TRACE.replace(Trace::EMPTY);
    Running { before: (PASS.replace(pass), trace, CHECKED.replace(false)) }
}

impl Running {
    /// Says whether the text is deeper somewhere than a decoder may call itself.
    pub(super) fn is_deep(&self, is_deep: bool) {
        TRACE.with_borrow_mut(|trace| trace.is_deep = is_deep);
    }

    /// The properties that were kept as they came.
    pub(super) fn kept(self) -> Vec<Kept> {
        TRACE.with_borrow_mut(|trace| std::mem::take(&mut trace.kept))
    }

    /// Where the fault was that has ended the pass.
    pub(super) fn failed(self) -> Option<String> {
        TRACE.with_borrow_mut(|trace| trace.failed.take())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (pass, trace, checked) = &mut self.before;
        PASS.set(*pass);
        TRACE.set(std::mem::replace(trace, Trace::EMPTY));
        CHECKED.set(*checked);
    }
}

/// A part of the text that the first pass reads by a deserializer of its own.
pub(super) struct Part {
    checked: bool,
}

/// Begins a part. Each deserializer counts its own depth only, so that of a part is checked as a
/// whole before, once for all parts in it.
pub(super) fn part(text: &str) -> Result<Part, serde_json::Error> {
    if !CHECKED.get() {
        check_depth(text, 0)?;
    }
    Ok(Part { checked: CHECKED.replace(true) })
}

impl Drop for Part {
    fn drop(&mut self) {
        CHECKED.set(self.checked);
    }
}

/// Reads what is one step further down, unless that is deeper than a decoder may call itself.
pub(in crate::runtime::model) fn within<T>(
    segment: Segment,
    read: impl FnOnce() -> Result<T, serde_json::Error>,
) -> Result<T, serde_json::Error> {
    let depth = TRACE.with_borrow_mut(|trace| {
        trace.path.push(segment);
        trace.path.len()
    });
    let outcome = if depth > DEEPEST { Err(too_deep()) } else { read() };
    TRACE.with_borrow_mut(|trace| {
        if outcome.is_err() && trace.failed.is_none() {
            trace.failed = Some(written(&trace.path));
        }
        trace.path.pop();
    });
    outcome
}

/// Reads what may fail. If it does, `expected` says what it should have been, and what was met in it
/// is forgotten; with nothing expected there, the failure is not told.
pub(in crate::runtime::model) fn attempt<T>(
    read: impl FnOnce() -> Result<T, serde_json::Error>,
    expected: Option<fn(&serde_json::Error) -> String>,
) -> Result<T, serde_json::Error> {
    let before = TRACE.with_borrow(|trace| trace.kept.len());
    let outcome = read();
    if let Err(error) = &outcome {
        TRACE.with_borrow_mut(|trace| {
            trace.kept.truncate(before);
            trace.failed = None;
            if let Some(expected) = expected {
                let path = shortened(&written(&trace.path));
                trace.kept.push(Kept { path, expected: expected(error), rounded: false });
            }
        });
    }
    outcome
}

/// How deep the value stands that is read, if the text is deeper somewhere than a decoder may call
/// itself.
pub(super) fn depth_if_deep() -> Option<usize> {
    TRACE.with_borrow(|trace| trace.is_deep.then_some(trace.path.len()))
}

fn written(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        // A text takes any number of writes.
        let _ = match segment {
            Segment::Key(key) if text.is_empty() => write!(text, "{key}"),
            Segment::Key(key) => write!(text, ".{key}"),
            Segment::Index(index) => write!(text, "[{index}]"),
        };
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

fn shortened(path: &str) -> String {
    let mut short: String = path.chars().take(LONGEST).collect();
    if short.len() < path.len() {
        short.push('…');
    }
    short.escape_debug().to_string()
}
