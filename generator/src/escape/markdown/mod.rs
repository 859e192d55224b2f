//! Sanitizes the Markdown of a document for rustdoc.
//!
//! Takes untrusted CommonMark and returns CommonMark in which every code block is marked `text`, so that
//! rustdoc does not run it, HTML is escaped, links only lead to web and mail addresses, and nothing is an
//! intra-doc link. The text stays the same, line by line. Leaves where it is written to the caller.
//!
//! `pulldown-cmark`, which rustdoc uses too, parses the text into a small tree that cannot represent
//! anything unsafe (`parse`). `write` converts the tree back to Markdown, which is then parsed again.
//! If the tree differs or contains a fault, the text is written with more escapes, then without emphasis,
//! and finally as one code block. So a mistake in the writer can spoil the layout but not the safety.

mod parse;
mod tree;
mod write;

use std::collections::BTreeSet;

use tree::{Block, Inline};
use write::Style;

/// Sanitizes the first block of a text.
pub fn first_block(text: &str) -> String {
    let mut blocks = parse::parse(text).blocks;
    blocks.truncate(1);
    sanitized(&blocks, text)
}

/// Sanitizes a text of any number of blocks.
pub fn markdown(text: &str) -> String {
    sanitized(&parse::parse(text).blocks, text)
}

fn sanitized(blocks: &[Block], text: &str) -> String {
    for style in Style::ALL {
        let blocks = style.simplified(blocks);
        let written = write::blocks(&blocks, style);
        let parsed = parse::parse(&written);
        if parsed.blocks == blocks && parsed.faults.is_empty() {
            return written;
        }
    }
    write::blocks(&[Block::Code(parse::code_lines(text))], Style::Minimal)
}

/// Sanitizes a text for use within a line. Joins its blocks.
pub fn inline(text: &str) -> String {
    in_line(text, false)
}

/// Sanitizes a text for a table cell. Joins its blocks.
pub fn cell(text: &str) -> String {
    in_line(text, true)
}

fn in_line(text: &str, in_table: bool) -> String {
    let line = tree::joined(parse::parse(text).blocks);
    if line.is_empty() {
        return String::new();
    }
    for style in Style::ALL {
        let line = style.simplified_line(&line);
        let written = write::line(&line, style, in_table);
        if parses_as(&written, &line, in_table) {
            return written;
        }
    }
    match in_table {
        true => code_cell(text),
        false => code(text),
    }
}

/// Returns whether a line, or a table cell, parses as the given inline elements and without faults.
fn parses_as(written: &str, line: &[Inline], in_table: bool) -> bool {
    let parsed = match in_table {
        true => parse::parse(&format!("| {written} |\n|---|")),
        false => parse::parse(written),
    };
    let inlines = match parsed.blocks.as_slice() {
        [Block::Table(table)] => match table.rows.as_slice() {
            [row] => row.first(),
            _ => None,
        },
        [Block::Paragraph(inlines)] => Some(inlines),
        _ => None,
    };
    parsed.faults.is_empty() && inlines.is_some_and(|inlines| inlines == line)
}

/// Returns a name as inline code.
pub fn code(name: &str) -> String {
    write::code(name, false)
}

/// Returns a name as inline code for a table cell, in which `|` would end the cell.
pub fn code_cell(name: &str) -> String {
    write::code(name, true)
}

/// Returns the constructs of a text that are unsafe in documentation: code blocks that rustdoc would run,
/// HTML, intra-doc links, hidden characters. The result of [`markdown()`] never contains any.
pub fn faults(text: &str) -> BTreeSet<&'static str> {
    parse::parse(text).faults
}

#[cfg(test)]
mod tests;
