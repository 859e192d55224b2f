//! How much memory a decoded value takes.
//!
//! A short text can become a large value: `{}` is a struct of all its documented properties, and an
//! object with one property that is not documented has a node of a tree with room for eleven. So the
//! sizes of the types are added up while they are decoded, and decoding ends when the sum is more than
//! is allowed.
//!
//! The first pass reads scalars and free values without any code of this crate in between. For them
//! [`scan`] adds up the most that they can take from the text alone. If that is too much, which a
//! text of many tiny values is before it really takes that much, the second pass reads the text
//! at once, because it meets every value.
//!
//! The sum is an upper estimate. Each object counts twice, because it may be the only item of an array,
//! which reserves more; the second pass also counts the space of each item. A collection reserves up to
//! twice the space of its items.

use std::cell::Cell;

use serde::de;
use serde_json::Value;

use super::{Pass, current, is_exact};

thread_local! {
    /// The memory, in bytes, that is left for the value at work.
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    /// Whether more was asked for than was left.
    static EXHAUSTED: Cell<bool> = const { Cell::new(false) };
}

/// The memory that a value may take, until this is dropped.
pub(super) struct Budget {
    before: (usize, bool),
}

/// Begins a value that may take so many bytes.
pub(super) fn allow(bytes: usize) -> Budget {
    Budget { before: (LEFT.replace(bytes), EXHAUSTED.replace(false)) }
}

impl Drop for Budget {
    fn drop(&mut self) {
        LEFT.set(self.before.0);
        EXHAUSTED.set(self.before.1);
    }
}

/// Whether the value at work takes more memory than is allowed.
pub(in crate::runtime::model) fn is_exhausted() -> bool {
    EXHAUSTED.get()
}

/// Returns the memory that is left.
pub(super) fn left() -> usize {
    LEFT.get()
}

/// Gives back the memory of a part of the value that is discarded, up to what was left before it.
pub(super) fn give_back(left: usize) {
    LEFT.set(left);
}

/// Takes memory for a string that the second pass captures as JSON. In the first pass, the scan has
/// counted it.
pub(in crate::runtime::model) fn take_captured<E: de::Error>(json: &str) -> Result<(), E> {
    match current() {
        Pass::Second { .. } => take(string(json)),
        Pass::None | Pass::First => Ok(()),
    }
}

/// Takes memory for a part of the value.
pub(in crate::runtime::model) fn take<E: de::Error>(bytes: usize) -> Result<(), E> {
    match LEFT.get().checked_sub(bytes) {
        Some(left) => {
            LEFT.set(left);
            Ok(())
        }
        None => {
            LEFT.set(0);
            EXHAUSTED.set(true);
            Err(exhausted())
        }
    }
}

/// The error that ends a value. The client names the limit.
pub(in crate::runtime::model) fn exhausted<E: de::Error>() -> E {
    E::custom("it takes more memory than is allowed")
}

/// Memory that is taken for a while.
#[derive(Debug, Default)]
pub(in crate::runtime::model) struct Lent(usize);

impl Lent {
    /// Takes more.
    pub(super) fn take<E: de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        take(bytes)?;
        self.0 += bytes;
        Ok(())
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // What is exhausted stays so.
        if !is_exhausted() {
            LEFT.set(LEFT.get().saturating_add(self.0));
        }
    }
}

/// What an item of an array takes in it. The first one reserves space for three more, unless it is large.
pub(super) fn item<T>(index: usize) -> usize {
    let size = size_of::<T>();
    if index == 0 && size <= 1024 { 4 * size } else { size }
}

/// What an entry of a map takes in it. A tree has nodes of eleven entries, of which five are used at least.
pub(in crate::runtime::model) fn entry<T>(is_first: bool, name: &str) -> usize {
    let entry = size_of::<String>() + size_of::<T>();
    string(name) + if is_first { NODE * entry + NODE_HEAD } else { 2 * entry }
}

/// What the text of a string takes.
pub(in crate::runtime::model) fn string(text: &str) -> usize {
    text.len() + ALLOCATION
}

/// What an object or a union takes. It may be the only item of an array, which reserves more.
pub(in crate::runtime::model) fn declared<T>() -> usize {
    2 * size_of::<T>()
}

/// What is kept of a value that is not of its type, beside its text: an entry in a map of its own.
pub(in crate::runtime::model) const UNDECODED: usize = 1024;

/// The entries of a node of a [`BTreeMap`](std::collections::BTreeMap), and what it has beside them.
const NODE: usize = 11;
const NODE_HEAD: usize = 32;

/// What an allocation takes beside its content.
const ALLOCATION: usize = 16;

/// What can be said of a text without its type.
pub(super) struct Scan {
    /// Whether it has a number that a [`Value`] cannot hold as it is.
    pub(super) is_inexact: bool,
    /// The most memory that its scalars, arrays and free values can take.
    pub(super) memory: usize,
}

/// The largest scalar, which is also the largest item of an array without objects of the document.
const SCALAR: usize = 40;

/// Looks at each byte of a text once.
pub(super) fn scan(text: &str) -> Scan {
    let mut scan = Scan { is_inexact: false, memory: text.len() };
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let (memory, behind) = match first {
            b'"' => (2 * ALLOCATION, behind_string(behind)),
            b',' => (2 * SCALAR + 2 * ALLOCATION, behind),
            b'[' => (4 * SCALAR, behind),
            b'{' => (entry::<Value>(true, ""), behind),
            b':' => (entry::<Value>(false, ""), behind),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
                let (number, behind) = rest.split_at(length);
                scan.is_inexact = scan.is_inexact
                    || std::str::from_utf8(number).is_ok_and(|number| !is_exact(number));
                (0, behind)
            }
            _ => (0, behind),
        };
        scan.memory = scan.memory.saturating_add(memory);
        rest = behind;
    }
    scan
}

/// What is behind a string that has begun.
fn behind_string(mut text: &[u8]) -> &[u8] {
    while let Some(at) = text.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        let is_end = text.get(at) == Some(&b'"');
        text = text.get(at + if is_end { 1 } else { 2 }..).unwrap_or_default();
        if is_end {
            return text;
        }
    }
    &[]
}
