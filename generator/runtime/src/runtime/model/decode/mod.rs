//! Decoding in two passes: a fast one for what is as documented, and a careful one for what is not.
//!
//! Takes the text of a JSON value, and returns a type of the document, or the place and the reason
//! of the fault. HTTP, and what becomes of the reason, are left to others.
//!
//! **The first pass** reads as serde does, and buffers nothing. Most values end here.
//!
//! **The second pass** is for values on which the first one has failed. It has the whole text again,
//! and reads it piece by piece ([`reader`]). So it can do what a stream cannot:
//!
//! - An optional property that is not of its documented type is kept as its text, and costs nothing
//!   else ([`Properties::undecoded`](super::Properties::undecoded)). So is an entry of a map, none
//!   of which is required, and the property around an object without one of its required ones, or
//!   around an array one of whose items is wrong: an array has no place for an item of another type,
//!   and without it the others would move.
//! - A free value with a number that 64 bits cannot hold, so that it would become another one, is kept
//!   in the same way. The first pass does not fail on it, so the text is searched for one.
//! - What is deeper than a decoder may call itself is kept in the same way.
//! - `1.0` and `1e3` are integers (JSON Schema, `integer`), exactly, whatever their number of digits.
//! - The path of a fault is known, through unions too.
//!
//! What is not optional has no place where a wrong value can be kept: a required property, the items
//! of an array that is the whole body, a scalar. There the value as a whole is a fault. One exception: a
//! number in a required free value that 64 bits cannot hold is rounded, and told.
//!
//! Which pass it is, and whether it is lenient, is said by a variable of the thread
//! ([`pass`]), set for the length of one call that never waits, and reset when it ends or panics. It
//! cannot reach another client or another task. A seed or a deserializer cannot say it instead: both
//! are lost in the `Deserialize` of `Vec`, `Option` and whatever else stands between two objects, and
//! where a union starts a new deserializer.
//!
//! A type that is decoded without a client, as by [`serde_json::from_str`], goes the same way: the
//! outermost object or union takes its text and starts the first pass.

mod capture;
mod number;
mod pass;
mod reader;

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, IgnoredAny};

pub(super) use capture::capture;
pub(super) use number::{integer, is_exact};
pub(super) use pass::{Pass, Segment, attempt, current, within};
use reader::Careful;
pub(super) use reader::Entries;

/// How deep arrays and objects can be in each other, which is serde_json's own limit.
const DEEPEST: usize = 127;

/// The value of a property that was kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Where it is, as in `messages[0].type`.
    pub(crate) path: String,
    /// What was expected there.
    pub(crate) expected: String,
    /// Whether it is not kept but rounded, because there is no place for its text.
    pub(crate) rounded: bool,
}

/// Why a value cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where the fault is, as in `messages[0].type`; `.` is the value as a whole.
    pub(crate) path: String,
    /// What is wrong.
    pub(crate) reason: String,
}

/// Decodes a text, and says which properties were kept as they came. Strictly, none is, and a number
/// that would become another one is a fault.
pub(crate) fn decode<T: DeserializeOwned>(
    text: &str,
    strict: bool,
) -> Result<(T, Vec<Kept>), Fault> {
    let first = {
        let _pass = pass::enter(Pass::First);
        serde_json::from_str(text)
    };
    match first {
        // A free value that has lost digits may stand where the second pass can keep its text. Where
        // it cannot, the value is better than none.
        Ok(value) if has_inexact_number(text) => match second_pass(text, strict) {
            Err(Fault { path, .. }) if !strict => {
                let expected = EXACT.to_owned();
                Ok((value, vec![Kept { path, expected, rounded: true }]))
            }
            outcome => outcome,
        },
        Ok(value) => Ok((value, Vec::new())),
        Err(_) => second_pass(text, strict),
    }
}

/// What a number in a free value must be.
const EXACT: &str = "a number that 64 bits can hold";

/// Whether a text has a number that a [`serde_json::Value`] cannot hold as it is.
fn has_inexact_number(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            b'"' => behind_string(behind),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
                let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
                let (number, behind) = rest.split_at(length);
                if std::str::from_utf8(number).is_ok_and(|number| !is_exact(number)) {
                    return true;
                }
                behind
            }
            _ => behind,
        };
    }
    false
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

fn second_pass<T: DeserializeOwned>(text: &str, strict: bool) -> Result<(T, Vec<Kept>), Fault> {
    check(text).map_err(|reason| Fault { path: ".".to_owned(), reason })?;
    let pass = pass::enter(Pass::Second { lenient: !strict });
    pass.is_deep(depth(text) > DEEPEST);
    match T::deserialize(Careful::new(text)) {
        Ok(value) => Ok((value, pass.kept())),
        Err(error) => {
            Err(Fault { path: pass.failed().unwrap_or(".".to_owned()), reason: reason(&error) })
        }
    }
}

/// Whether a text is one JSON value.
fn check(text: &str) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_str(text);
    IgnoredAny::deserialize(&mut json).map_err(|error| error.to_string())?;
    Ok(json.end().map_err(|_| "there is more text after the JSON value")?)
}

/// Whether a part of a text, which stands so deep in it, is not too deep for what calls itself.
fn check_depth(text: &str, above: usize) -> Result<(), serde_json::Error> {
    match depth(text).saturating_add(above) {
        ..=DEEPEST => Ok(()),
        _ => Err(too_deep()),
    }
}

fn too_deep() -> serde_json::Error {
    de::Error::custom(format_args!(
        "recursion limit exceeded: it is more than {DEEPEST} levels deep, expected fewer levels"
    ))
}

/// How deep the arrays and objects of a JSON text are in each other.
fn depth(text: &str) -> usize {
    let (mut deepest, mut depth) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Decodes an object or a union that is not inside of another one: takes its text, and decodes that.
pub(super) fn outermost<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = capture(deserializer)?;
    let (value, kept) = decode(&text, false).map_err(|Fault { path, reason }| {
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        de::Error::custom(format_args!("{place}{reason}"))
    })?;
    report_undecoded(&kept, None);
    Ok(value)
}

/// Decodes a part of the text that the pass at work has taken.
pub(super) fn part<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    match current() {
        Pass::Second { .. } => T::deserialize(Careful::new(text)),
        Pass::First | Pass::None => {
            let _part = pass::part(text)?;
            serde_json::from_str(text)
        }
    }
}

/// Decodes a value that is kept as it came if it is not of its type. One that is too deep is not tried:
/// that would look at all of its levels on each of them.
pub(super) fn optional<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    attempt(|| not_too_deep(text).and_then(|()| part(text)), Some(expected))
}

/// Refuses what is too deep where it stands. It is looked at only if the text is too deep somewhere.
fn not_too_deep(text: &str) -> Result<(), serde_json::Error> {
    pass::depth_if_deep().map_or(Ok(()), |above| check_depth(text, above))
}

/// What is wrong, without the place in the text, which is that in a part of it.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) if error.line() > 0 => text.get(..end).unwrap_or(&text).to_owned(),
        Some(_) | None => text,
    }
}

/// What was expected, which is never a part of the value: that may be a secret.
pub(super) fn expected(error: &serde_json::Error) -> String {
    let reason = reason(error);
    match reason.rsplit_once(", expected ") {
        Some((_, expected)) => expected.to_owned(),
        None if reason.starts_with("missing field `") => format!("an object; {reason}"),
        None => "another value".to_owned(),
    }
}

/// The most properties of one value that events are made of.
const TOLD: usize = 50;

/// Tells of properties that were kept as they came: where they are and what was expected, not what
/// they hold.
pub(crate) fn report_undecoded(kept: &[Kept], operation: Option<&'static str>) {
    for Kept { path, expected, rounded } in kept.iter().take(TOLD) {
        match rounded {
            true => tracing::warn!(operation, path, expected, "a number is rounded"),
            false => tracing::warn!(
                operation,
                path,
                expected,
                "a value is not of its documented type and is kept as it came"
            ),
        }
    }
    if kept.len() > TOLD {
        let more = kept.len() - TOLD;
        tracing::warn!(operation, more, "more values are not of their documented types");
    }
}

#[cfg(test)]
mod tests;
