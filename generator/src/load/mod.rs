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
mod flow;
mod indent;
mod json;
mod node;
mod position;
mod room;
mod yaml;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::limits::Limits;
use crate::pointer::Pointer;
use crate::source::{Refused, Source};
use room::Room;

pub use position::locate;

/// A document as a value.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path of its file.
    pub path: String,
    /// What it holds.
    pub value: Value,
}

/// Reads YAML as it stands, for tools and tests beside the pipeline.
///
/// # Errors
///
/// The text is not YAML; the message says where.
#[doc(hidden)]
pub fn from_yaml(text: &str) -> Result<serde_json::Value, String> {
    yaml::plain_value(text)
}

/// Writes a value as YAML, for tools and tests beside the pipeline.
///
/// # Errors
///
/// The value cannot be written.
#[doc(hidden)]
pub fn to_yaml(value: &serde_json::Value) -> Result<String, String> {
    yaml::text(value)
}

/// Reads the root document. Pointers of diagnostics lead into it from now on.
pub fn load(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    diagnostics.set_document(path);
    read(source, path, diagnostics)
}

/// Reads a file that the user has named, and that there is no crate without.
pub fn read(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let root = Place { file: path.to_owned(), pointer: Pointer::root() };
    match read_part(source, path, diagnostics) {
        Ok(document) => Some(document),
        Err(Unread { code, position, message, help }) => {
            diagnostics.in_file(Effect::Fatal, code, root, position, message, help);
            None
        }
    }
}

/// Why a file could not be read. What it says of the file has nothing of its content.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    pub(crate) code: &'static str,
    /// Where the trouble begins, if the text could be read that far.
    pub(crate) position: Option<(usize, usize)>,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Reads a file that may be a part of a document. Keys that are there twice are reported.
pub(crate) fn read_part(
    source: &dyn Source,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Document, Unread> {
    let text = source.read(path).map_err(|error| match Refused::of(&error) {
        Some(Refused { code, message, help }) => Unread {
            code,
            position: None,
            message: format!("the file is not read: {message}"),
            help: help.clone(),
        },
        None => Unread {
            code: "unreadable-file",
            position: None,
            message: format!("the file cannot be read: {error}"),
            help: "check its path, and that it is UTF-8 text".to_owned(),
        },
    })?;
    let room = Room::new(source.limits(), diagnostics.steps(), diagnostics.read);
    let Read { value, duplicates } = value(&text, &room).map_err(Unreadable::of_file)?;
    diagnostics.read = room.size();
    for pointer in duplicates {
        let key = pointer.last().unwrap_or_default();
        let message = format!("the key `{key}` is there twice: the last one counts");
        let (effect, code) = (Effect::Degraded, "duplicate-key");
        let place = Place { file: path.to_owned(), pointer };
        diagnostics.in_file(effect, code, place, None, message, "take one of them out");
    }
    Ok(Document { path: path.to_owned(), value })
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
    /// What to do if it is too large.
    limit: Option<String>,
}

impl Unreadable {
    /// The reason if a reader had to stop because there is no room left.
    fn without(room: &Room, position: Option<(usize, usize)>) -> Option<Self> {
        let (message, help) = room.fault()?;
        Some(Self { position, message, limit: Some(help) })
    }

    fn of_file(self) -> Unread {
        let Self { position, message, limit } = self;
        match limit {
            Some(help) => {
                let message = format!("the file is not read to its end: {message}");
                Unread { code: Limits::CODE, position, message, help }
            }
            None => Unread {
                code: "unparsable-file",
                position,
                message: format!("the file is neither YAML nor JSON: {message}"),
                help: "mend the text at this place".to_owned(),
            },
        }
    }
}

/// What is wrong with a text that goes deeper than the parsers follow it.
const TOO_DEEP: &str = "more than 128 objects and arrays are inside of one another";

/// Reads a text. JSON has a parser of its own, because it is much faster than that of YAML.
fn value(text: &str, room: &Room) -> Result<Read, Unreadable> {
    let text = text.trim_start_matches('\u{feff}');
    if let Some(read) = json::value(text, room.again())? {
        return Ok(read);
    }
    yaml::value(text, room.again()).or_else(|error| match error.limit {
        Some(_) => Err(error),
        None => yaml::value(&indent::closing_lines(text), room.again()).map_err(|_| error),
    })
}

#[cfg(test)]
mod tests;
