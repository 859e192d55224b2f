//! Text to value.
//!
//! In comes the text of a YAML or JSON file, out goes a plain JSON value; what it means is left to
//! the other stages. This is the only module that knows `serde_yaml`.
//!
//! Documents in the wild are not all written with care, so more is read than the formats allow:
//!
//! - A key that is there twice is reported, and the last one counts.
//! - A list or an object in brackets may be closed at the indentation of its key. YAML asks for
//!   one blank more, and its C library insists, but the libraries of other languages do not, so
//!   that authors never hear of it. If a text cannot be read, such lines are indented, and it is
//!   read again; the numbers of lines stay right.
//! - What JSON has no number for, as `.inf`, becomes a text.

mod excerpt;
mod indent;
mod json;
mod node;
mod position;
mod yaml;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::pointer::Pointer;
use crate::source::Source;

pub use position::locate;

/// A document as a value.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path of its file.
    pub path: String,
    /// What it holds.
    pub value: Value,
}

/// Reads the root document. Pointers of diagnostics lead into it from now on.
pub fn load(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    diagnostics.set_document(path);
    read(source, path, diagnostics)
}

/// Reads a file that there is no crate without.
pub fn read(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    read_or(Effect::Fatal, source, path, diagnostics)
}

/// Reads a file into a value. If it cannot be read, that has the given effect.
pub(crate) fn read_or(
    effect: Effect,
    source: &dyn Source,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    let place = |pointer| Place { file: path.to_owned(), pointer };
    let text = match source.read(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            let help = "check its path, and that it is UTF-8 text";
            let root = place(Pointer::root());
            // That a file is not there which a reference leads to is said of the reference.
            if effect == Effect::Fatal {
                diagnostics.in_file(effect, "unreadable-file", root, None, message, help);
            }
            return None;
        }
    };
    match value(&text) {
        Ok(Read { value, duplicates }) => {
            for pointer in duplicates {
                let key = pointer.last().unwrap_or_default();
                let message = format!("the key `{key}` is there twice: the last one counts");
                let (effect, code) = (Effect::Degraded, "duplicate-key");
                let help = "take one of them out";
                diagnostics.in_file(effect, code, place(pointer), None, message, help);
            }
            Some(Document { path: path.to_owned(), value })
        }
        Err(Unreadable { position, message }) => {
            let message = format!("the file is neither YAML nor JSON: {message}");
            let help = "mend the text at this place";
            let root = place(Pointer::root());
            diagnostics.in_file(effect, "unparsable-file", root, position, message, help);
            None
        }
    }
}

/// What a text holds.
struct Read {
    value: Value,
    /// Keys that are there more than once.
    duplicates: Vec<Pointer>,
}

/// Why a text holds nothing.
struct Unreadable {
    position: Option<(usize, usize)>,
    message: String,
}

/// Reads a text. JSON has a parser of its own, because it is much faster than that of YAML.
fn value(text: &str) -> Result<Read, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    if let Some(read) = json::value(text) {
        return Ok(read);
    }
    yaml::value(text).or_else(|error| yaml::value(&indent::closing_lines(text)).map_err(|_| error))
}

#[cfg(test)]
mod tests;
