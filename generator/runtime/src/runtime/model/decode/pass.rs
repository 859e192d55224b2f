//! The current pass of the thread, with the path and the findings of the pass.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use super::memory;
use super::{DEEPEST, Kept, check_depth, too_deep};

/// The maximum length of a reported path, in characters. The names in it come from the server.
const LONGEST: usize = 300;

/// The current pass of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime::model) enum Pass {
    /// None. The next value to decode is the outermost one.
    None,
    /// The fast pass.
    First,
    /// The second pass. If `lenient`, it keeps optional values of another type as JSON.
    Second { lenient: bool },
}

/// A segment of a path.
#[derive(Debug)]
pub(in crate::runtime::model) enum Segment {
    /// The property with this name.
    Key(String),
    /// The item with this index.
    Index(usize),
}

/// The path and the findings of a pass.
#[derive(Debug)]
struct Trace {
    path: Vec<Segment>,
    /// The path of the first error that was not handled yet.
    failed: Option<String>,
    kept: Vec<Kept>,
    /// Whether the nesting of the text exceeds the recursion limit somewhere.
    is_deep: bool,
    /// Whether a number that 64 bits cannot represent exactly is rounded here.
    rounds: bool,
}

impl Trace {
    const EMPTY: Self =
        Self { path: Vec::new(), failed: None, kept: Vec::new(), is_deep: false, rounds: false };
}

thread_local! {
    static PASS: Cell<Pass> = const { Cell::new(Pass::None) };
    static TRACE: RefCell<Trace> = const { RefCell::new(Trace::EMPTY) };
    /// Whether the first pass is in a part of the text whose depth was checked.
    static CHECKED: Cell<bool> = const { Cell::new(false) };
}

/// Returns the current pass of the thread.
pub(in crate::runtime::model) fn current() -> Pass {
    PASS.get()
}

/// A pass that has begun. When it is dropped, the pass ends and the previous one continues.
pub(super) struct Running {
    before: (Pass, Trace, bool),
}

/// Begins a pass.
pub(super) fn enter(pass: Pass) -> Running {
    let trace = TRACE.replace(Trace::EMPTY);
    Running { before: (PASS.replace(pass), trace, CHECKED.replace(false)) }
}

impl Running {
    /// Records whether the nesting of the text exceeds the recursion limit somewhere.
    pub(super) fn is_deep(&self, is_deep: bool) {
        TRACE.with_borrow_mut(|trace| trace.is_deep = is_deep);
    }

    /// Sets whether numbers that 64 bits cannot represent exactly are rounded, where their JSON cannot be
    /// kept.
    pub(super) fn rounds(&self, rounds: bool) {
        TRACE.with_borrow_mut(|trace| trace.rounds = rounds);
    }

    /// Returns the values that were kept as JSON.
    pub(super) fn kept(self) -> Vec<Kept> {
        TRACE.with_borrow_mut(|trace| std::mem::take(&mut trace.kept))
    }

    /// Returns the path of the error that ended the pass.
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

/// A part of the text that the first pass reads with a separate deserializer.
pub(super) struct Part {
    checked: bool,
}

/// Begins a part. Each deserializer counts only its own depth, so the depth of a part is checked
/// before it is read, once for all parts within it.
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

/// Reads a value that is nested one level deeper, unless that exceeds the recursion limit.
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

/// Reads a value, and discards the findings within it if that fails. If `expected` is given, the
/// value is recorded as kept, with that description of the expected value.
pub(in crate::runtime::model) fn attempt<T>(
    read: impl FnOnce() -> Result<T, serde_json::Error>,
    expected: Option<fn(&serde_json::Error) -> String>,
) -> Result<T, serde_json::Error> {
    let (before, rounds) = TRACE.with_borrow_mut(|trace| {
        let rounds = trace.rounds;
        // The JSON of this value can be kept, with all digits.
        trace.rounds &= expected.is_none();
        (trace.kept.len(), rounds)
    });
    let left = memory::left();
    let outcome = read();
    TRACE.with_borrow_mut(|trace| trace.rounds = rounds);
    if let Err(error) = &outcome
        && !memory::is_exhausted()
    {
        memory::give_back(left);
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

/// Returns whether the number that is read now is to be rounded, and records it.
pub(super) fn round(expected: &str) -> bool {
    TRACE.with_borrow_mut(|trace| {
        if trace.rounds {
            let path = shortened(&written(&trace.path));
            trace.kept.push(Kept { path, expected: expected.to_owned(), rounded: true });
        }
        trace.rounds
    })
}

/// Returns the depth of the current value, if the nesting of the text exceeds the recursion limit
/// somewhere.
pub(super) fn depth_if_deep() -> Option<usize> {
    TRACE.with_borrow(|trace| trace.is_deep.then_some(trace.path.len()))
}

fn written(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        // Writing to a string cannot fail.
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
