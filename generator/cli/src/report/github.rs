//! Formats a diagnostic as an annotation of GitHub: a workflow command, `::warning file=…,line=…::message`.
//!
//! Whoever writes a document must not be able to write another command, so a message is one line, and what
//! separates parameters is escaped in them.

use clientgen::escape;
use clientgen::{Diagnostic, Severity};

/// Formats a diagnostic as a workflow command.
pub fn annotation(diagnostic: &Diagnostic) -> String {
    let Diagnostic { location, position, code, message, help, .. } = diagnostic;
    let command = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut parameters = vec![format!("file={}", parameter(&location.file))];
    if let Some(position) = position {
        parameters.push(format!("line={},col={}", position.line, position.column));
    }
    parameters.push(format!("title={}", parameter(code)));
    let at = location.pointer.to_string();
    let text = format!("{}\nat {}\nhelp: {help}", escape::line(message), escape::line(&at));
    format!("::{command} {}::{}", parameters.join(","), data(&text))
}

/// Escapes the message of a command.
fn data(text: &str) -> String {
    escape::visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a parameter of a command.
fn parameter(text: &str) -> String {
    data(&escape::line(text)).replace(':', "%3A").replace(',', "%2C")
}
