//! What the commands print. Nothing else in this crate writes to a terminal or a pipe.
//!
//! Takes text with parts that a document, or the name of a file, has chosen, and writes it so that no
//! terminal obeys any of it. A reader that has gone is no reason to fail.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is where printing is done")]

use std::io::{self, Write};

use clientgen::escape;

/// Prints a result.
macro_rules! say {
    ($($text:tt)*) => { $crate::terminal::out(&format!($($text)*)) };
}

/// Prints something beside the results.
macro_rules! note {
    ($($text:tt)*) => { $crate::terminal::beside(&format!($($text)*)) };
}

pub(crate) use {note, say};

/// Prints lines on the standard output.
pub(crate) fn out(text: &str) {
    let _ = writeln!(io::stdout(), "{}", escape::visible(text));
}

/// Prints lines on the standard error.
pub(crate) fn beside(text: &str) {
    let _ = writeln!(io::stderr(), "{}", escape::visible(text));
}

/// Prints a document of JSON on the standard output.
pub(crate) fn json(text: &str) {
    let _ = writeln!(io::stdout(), "{}", escape::json(text));
}

/// Prints a text on the standard output in which everything but its colours is escaped already.
/// Colours are left out where they are not wanted.
pub(crate) fn out_in_colour(text: &str) {
    let _ = writeln!(anstream::stdout(), "{text}");
}

/// Prints such a text on the standard error.
pub(crate) fn beside_in_colour(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Replaces the last line of the terminal behind the standard error.
pub(crate) fn progress(text: &str) {
    let mut stream = io::stderr();
    let _ = write!(stream, "\r\x1b[K{}", escape::line(text)).and_then(|()| stream.flush());
}
