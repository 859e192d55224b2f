//! Prints the output of the commands. Nothing else in this crate writes to standard output or standard
//! error.
//!
//! Takes text with parts from documents and file names and escapes it, so that it cannot control the
//! terminal. A closed pipe is not an error.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is where printing is done")]

use std::io::{self, Write};
use std::process::ExitCode;

use clientgen::escape;

/// Prints a result on standard output.
macro_rules! output {
    ($($text:tt)*) => { $crate::terminal::write_output(&format!($($text)*)) };
}

/// Prints a message on standard error.
macro_rules! note {
    ($($text:tt)*) => { $crate::terminal::write_note(&format!($($text)*)) };
}

pub(crate) use {note, output};

/// Returns the exit code of a command. Prints the message if the command has failed.
pub(crate) fn finish(outcome: Result<ExitCode, String>) -> ExitCode {
    outcome.unwrap_or_else(|message| {
        note!("error: {message}");
        ExitCode::FAILURE
    })
}

/// Returns a number with a noun, in the plural if there is not one.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Prints text on standard output.
pub(crate) fn write_output(text: &str) {
    let _ = writeln!(io::stdout(), "{}", escape::visible(text));
}

/// Prints text on standard error.
pub(crate) fn write_note(text: &str) {
    let _ = writeln!(io::stderr(), "{}", escape::visible(text));
}

/// Prints JSON on standard output.
pub(crate) fn write_json(text: &str) {
    let _ = writeln!(io::stdout(), "{}", escape::json(text));
}

/// Prints escaped text with colours on standard output. The colours are removed if standard output is
/// not a terminal.
pub(crate) fn write_styled_output(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Prints escaped text with colours on standard error. The colours are removed if standard error is
/// not a terminal.
pub(crate) fn write_styled_note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Replaces the last line on standard error, which is a terminal.
pub(crate) fn progress(text: &str) {
    let mut stream = io::stderr();
    let _ = write!(stream, "\r\x1b[K{}", escape::line(text)).and_then(|()| stream.flush());
}
