//! Loads YAML and JSON files.
//!
//! Takes the path of a file and returns its content as a JSON value; also returns the line and column
//! of a JSON pointer. This is the only module that uses `serde_yaml`. Leaves the meaning of the value to
//! the other stages.
//!
//! Real documents are not always valid, so the parsers are more lenient than the formats:
//!
//! - A duplicate key is reported, and its last value is used.
//! - A bracket may be closed at the indentation of its key. YAML requires one more space, and `libyaml`
//!   insists on it, but the parsers of other languages do not. If a text cannot be parsed, such lines
//!   are indented and the text is parsed again. Line numbers stay the same.
//! - A number that JSON cannot represent, such as `.inf`, becomes a string.

mod budget;
mod excerpt;
mod indent;
mod json;
mod nesting;
mod node;
mod position;
mod yaml;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Effect, Location};
use crate::limits::Limits;
use crate::pointer::Pointer;
use crate::source::{Refusal, Source};
use budget::Budget;

pub use position::locate;

/// The content of a file.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path of the file.
    pub path: String,
    /// The content.
    pub value: Value,
}

/// Parses YAML strictly, for tools and tests outside the pipeline.
///
/// # Errors
///
/// Returns the parser's message if the text is not YAML.
#[doc(hidden)]
pub fn from_yaml(text: &str) -> Result<Value, String> {
    yaml::parse_strictly(text)
}

/// Writes a value as YAML, for tools and tests outside the pipeline.
///
/// # Errors
///
/// Returns a message if the value cannot be written.
#[doc(hidden)]
pub fn to_yaml(value: &Value) -> Result<String, String> {
    yaml::write(value)
}

/// Loads the root document. Pointers of diagnostics refer to it from now on.
pub fn load(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    diagnostics.set_document(path);
    read(source, path, diagnostics)
}

/// Reads a file that the configuration names. Reports a fatal error if it cannot be read.
pub fn read(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let root = Location { file: path.to_owned(), pointer: Pointer::root() };
    match read_referenced(source, path, diagnostics) {
        Ok(document) => Some(document),
        Err(ReadError { code, position, message, help }) => {
            diagnostics.report_in_file(Effect::Fatal, code, root, position, message, help);
            None
        }
    }
}

/// The reason why a file cannot be read. Contains nothing of the file's content.
#[derive(Debug, Clone)]
pub(crate) struct ReadError {
    pub(crate) code: &'static str,
    /// The line and column of a syntax error.
    pub(crate) position: Option<(usize, usize)>,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Reads a file that a reference names, or any other. Reports duplicate keys; leaves other problems to
/// the caller.
pub(crate) fn read_referenced(
    source: &dyn Source,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Document, ReadError> {
    let text = source.read(path).map_err(|error| match Refusal::of(&error) {
        Some(Refusal { code, message, help }) => ReadError {
            code,
            position: None,
            message: format!("the file is not read: {message}"),
            help: help.clone(),
        },
        None => ReadError {
            code: "unreadable-file",
            position: None,
            message: format!("the file cannot be read: {error}"),
            help: "check its path, and that it is UTF-8 text".to_owned(),
        },
    })?;
    let budget = Budget::new(source.limits(), diagnostics.steps(), diagnostics.read);
    let Parsed { value, duplicates } =
        parse(&text, &budget).map_err(ParseError::into_read_error)?;
    diagnostics.read = budget.size();
    for pointer in duplicates {
        let key = pointer.last().unwrap_or_default();
        let message = format!("the key `{key}` is duplicated: the last value is used");
        let location = Location { file: path.to_owned(), pointer };
        let (effect, code, help) = (Effect::Degraded, "duplicate-key", "remove all but one");
        diagnostics.report_in_file(effect, code, location, None, message, help);
    }
    Ok(Document { path: path.to_owned(), value })
}

/// The content of a text.
struct Parsed {
    value: Value,
    /// The pointers to duplicate keys.
    duplicates: Vec<Pointer>,
}

/// The reason why a text cannot be parsed.
struct ParseError {
    /// The line and column of the error.
    position: Option<(usize, usize)>,
    message: String,
    /// The help of a diagnostic if a limit is exceeded, and not the syntax is wrong.
    limit_help: Option<String>,
}

impl ParseError {
    /// Returns the error if the parser stopped because a limit is exceeded.
    fn exceeded(budget: &Budget, position: Option<(usize, usize)>) -> Option<Self> {
        let (message, help) = budget.excess()?;
        Some(Self { position, message, limit_help: Some(help) })
    }

    fn into_read_error(self) -> ReadError {
        let Self { position, message, limit_help } = self;
        match limit_help {
            Some(help) => {
                let message = format!("the file is not read completely: {message}");
                ReadError { code: Limits::CODE, position, message, help }
            }
            None => ReadError {
                code: "unparsable-file",
                position,
                message: format!("the file is neither YAML nor JSON: {message}"),
                help: "correct the syntax at this position".to_owned(),
            },
        }
    }
}

/// The message about a text that is nested deeper than the parsers allow.
const TOO_DEEP: &str = "objects and arrays are nested more than 128 levels deep";

/// The help for such a text.
const DEPTH_HELP: &str =
    "the limit is fixed: move inner parts to other files, and refer to them with `$ref`";

/// Parses a text, as JSON first, because its parser is much faster than that of YAML.
fn parse(text: &str, budget: &Budget) -> Result<Parsed, ParseError> {
    let text = text.trim_start_matches('\u{feff}');
    if let Some(parsed) = json::parse(text, budget.reset())? {
        return Ok(parsed);
    }
    yaml::parse(text, budget.reset()).or_else(|error| match error.limit_help {
        Some(_) => Err(error),
        None => {
            let indented = indent::indent_closing_lines(text);
            yaml::parse(&indented, budget.reset()).map_err(|_| error)
        }
    })
}

#[cfg(test)]
mod tests;
