//! Decodes JSON in two passes: a fast one for values that match the document, and a lenient one for
//! values that do not.
//!
//! Takes the JSON of a value. Returns a value of a type of the document, or the path and the reason
//! of the error. HTTP and the reporting of errors are left to others.
//!
//! **The first pass** decodes like serde and buffers nothing. It is sufficient for most values.
//!
//! **The second pass** is for values that the first one could not decode. It has the whole JSON in
//! memory and reads it piece by piece ([`reader`]), so it can do what a stream cannot:
//!
//! - An optional property of another type is kept as JSON, and nothing else is affected
//!   ([`Properties::undecoded`](super::Properties::undecoded)). So is an entry of a map, because no
//!   entry is required. So is the optional property that contains an object without a required
//!   property, or an array with an invalid item: an array cannot keep an item of another type, and
//!   without it the others would move.
//! - A free value with a number that 64 bits cannot represent exactly is kept in the same way. The
//!   first pass does not fail on such a number, so the JSON is searched for one.
//! - A value that is nested deeper than the recursion limit is kept in the same way.
//! - `1.0` and `1e3` are integers (JSON Schema, `integer`). They are decoded exactly, whatever
//!   their number of digits.
//! - The path of an error is known, through unions too.
//!
//! A value that is not optional cannot be kept as JSON: a required property, the items of an array
//! that is the whole body, a scalar. There, the value as a whole is an error. One exception: a
//! number in a required free value that 64 bits cannot represent exactly is rounded and reported, by a
//! repetition of the second pass.
//!
//! A thread-local variable ([`pass`]) holds the current pass and whether it is lenient. It is set
//! for one call, which never awaits, and is reset when the call ends or panics. It therefore cannot
//! affect another client or another task. A seed or a deserializer cannot pass this on: the
//! `Deserialize` implementations of `Vec`, `Option` and other types between two objects drop it,
//! and a union starts a new deserializer.
//!
//! A type that is decoded without a client, as by [`serde_json::from_str`], is decoded in the same
//! way: the outermost object or union captures its JSON and starts the first pass.

mod capture;
pub(super) mod memory;
mod number;
mod pass;
mod reader;

use serde::de::{self, Deserialize, DeserializeOwned, Deserializer, IgnoredAny};

pub(super) use capture::capture;
pub(super) use number::{integer, is_exact, is_integer};
pub(super) use pass::{Pass, Segment, attempt, current, within};
use reader::Careful;
pub(super) use reader::Entries;

/// The maximum nesting depth of arrays and objects, which is the limit of `serde_json`.
const DEEPEST: usize = 127;

/// A value that was kept as JSON, or rounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The path of the value, such as `messages[0].type`.
    pub(crate) path: String,
    /// The description of the expected value.
    pub(crate) expected: String,
    /// Whether the value is rounded, because its JSON cannot be kept.
    pub(crate) rounded: bool,
}

/// The options of decoding.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoding {
    /// Whether an optional property of another type than the documented one is an error.
    pub(crate) strict: bool,
    /// The memory, in bytes, that the decoded value may take.
    pub(crate) memory: usize,
}

impl Decoding {
    /// The options for short JSON, and for JSON that is decoded without a client.
    pub(crate) const LENIENT: Self = Self { strict: false, memory: usize::MAX };
    /// The same options, but no value is kept as JSON.
    pub(crate) const STRICT: Self = Self { strict: true, memory: usize::MAX };

    /// Decodes a value within the limit on memory.
    fn within<T>(self, decode: impl FnOnce() -> T) -> Result<T, Fault> {
        let _budget = memory::allow(self.memory);
        let outcome = decode();
        if memory::is_exhausted() {
            let reason = format!(
                "decoded, it takes more than {} bytes of memory; \
                 `ClientBuilder::max_decoded_bytes` allows more",
                self.memory
            );
            return Err(Fault { path: ".".to_owned(), reason });
        }
        Ok(outcome)
    }
}

/// The reason why a value cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The path of the invalid value, such as `messages[0].type`. The path of the whole value is
    /// `.`.
    pub(crate) path: String,
    /// The description of the problem.
    pub(crate) reason: String,
}

/// Decodes JSON. Also returns which values were kept as JSON. If `strict`, none is kept, and a
/// number that would be rounded is an error.
pub(crate) fn decode<T: DeserializeOwned>(
    text: &str,
    decoding: Decoding,
) -> Result<(T, Vec<Kept>), Fault> {
    let scan = memory::scan(text);
    let first = || {
        let _pass = pass::enter(Pass::First);
        serde_json::from_str(text)
    };
    if scan.memory <= decoding.memory && !scan.is_inexact {
        let outcome = decoding.within(first);
        if let Ok(value) = outcome? {
            return Ok((value, Vec::new()));
        }
    }
    // The second pass can keep the JSON of a number in an optional property. Elsewhere, a rounded
    // number is better than an error.
    let second = |rounds| move || second_pass(text, decoding.strict, rounds);
    match decoding.within(second(false))? {
        Err(_) if scan.is_inexact && !decoding.strict => decoding.within(second(true))?,
        outcome => outcome,
    }
}

/// The description of numbers that are allowed in a free value.
const EXACT: &str = "a number that 64 bits can hold";

/// Decodes a value in the second pass. If `rounds`, numbers in required free values are rounded.
fn second_pass<T: DeserializeOwned>(
    text: &str,
    strict: bool,
    rounds: bool,
) -> Result<(T, Vec<Kept>), Fault> {
    check(text).map_err(|reason| Fault { path: ".".to_owned(), reason })?;
    let pass = pass::enter(Pass::Second { lenient: !strict });
    pass.rounds(rounds);
    pass.is_deep(depth(text) > DEEPEST);
    match T::deserialize(Careful::new(text)) {
        Ok(value) => Ok((value, pass.kept())),
        Err(error) => {
            Err(Fault { path: pass.failed().unwrap_or(".".to_owned()), reason: reason(&error) })
        }
    }
}

/// Checks that a text is one JSON value.
fn check(text: &str) -> Result<(), String> {
    let mut json = serde_json::Deserializer::from_str(text);
    IgnoredAny::deserialize(&mut json).map_err(|error| error.to_string())?;
    Ok(json.end().map_err(|_| "there is more text after the JSON value")?)
}

/// Checks that a part of a text, which is nested `above` levels deep, does not exceed the recursion
/// limit.
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

/// Returns the nesting depth of arrays and objects in JSON.
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

/// Decodes an object or a union that is not nested in another one: captures its JSON and decodes
/// that.
pub(super) fn outermost<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = capture(deserializer)?;
    let (value, kept) = decode(&text, Decoding::LENIENT).map_err(|Fault { path, reason }| {
        let place = if path == "." { String::new() } else { format!("{path}: ") };
        de::Error::custom(format_args!("{place}{reason}"))
    })?;
    report_undecoded(&kept, None);
    Ok(value)
}

/// Decodes a part of the text that the current pass has captured.
pub(super) fn part<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    match current() {
        Pass::Second { .. } => T::deserialize(Careful::new(text)),
        Pass::First | Pass::None => {
            let _part = pass::part(text)?;
            serde_json::from_str(text)
        }
    }
}

/// Decodes a value that is kept as JSON if it has another type. A value that is nested too deeply
/// is not decoded, because each of its levels would scan all levels below it.
pub(super) fn optional<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    attempt(|| not_too_deep(text).and_then(|()| part(text)), Some(expected))
}

/// Rejects a value whose nesting exceeds the limit. Its depth is computed only if the text exceeds
/// the limit somewhere.
fn not_too_deep(text: &str) -> Result<(), serde_json::Error> {
    pass::depth_if_deep().map_or(Ok(()), |above| check_depth(text, above))
}

/// Returns the message of an error without its position, which is relative to a part of the text.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) if error.line() > 0 => text.get(..end).unwrap_or(&text).to_owned(),
        Some(_) | None => text,
    }
}

/// Returns the description of the expected value. It never contains a part of the value, which may
/// be a secret.
pub(super) fn expected(error: &serde_json::Error) -> String {
    let reason = reason(error);
    match reason.rsplit_once(", expected ") {
        Some((_, expected)) => expected.to_owned(),
        None if reason.starts_with("missing field `") => format!("an object; {reason}"),
        None => "another value".to_owned(),
    }
}

/// The maximum number of events about one decoded value.
const TOLD: usize = 50;

/// Logs the values that were kept as JSON: their path and expected type, but not their content.
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
