//! Markdown of a document to Markdown that rustdoc shows and does not run.
//!
//! Takes CommonMark by a stranger and returns CommonMark in which every block of code is marked `text`,
//! HTML is shown instead of obeyed, links only lead to addresses of the web or of mail, and nothing is
//! a link to an item. What is said stays, line by line.
//!
//! The text is parsed by `pulldown-cmark`, as rustdoc does, into a small tree that has no place for
//! what must not come through (`read`), and written again (`write`). What was written is then read
//! once more: unless that gives the same tree and finds no fault, the text is written with more
//! escapes, then without emphasis, and in the end as one block of code. So a mistake of the writer
//! costs beauty and not safety.

mod read;
mod tree;
mod write;

use std::collections::BTreeSet;

use tree::{Block, Inline};
use write::Style;

/// The first part of a text as blocks of documentation.
pub fn first_block(text: &str) -> String {
    let mut blocks = read::read(text).blocks;
    blocks.truncate(1);
    written(&blocks, text)
}

/// A text as blocks of documentation, in lines.
pub fn markdown(text: &str) -> String {
    written(&read::read(text).blocks, text)
}

fn written(blocks: &[Block], text: &str) -> String {
    for style in Style::ALL {
        let blocks = style.simplified(blocks);
        let written = write::blocks(&blocks, style);
        let again = read::read(&written);
        if again.blocks == blocks && again.faults.is_empty() {
            return written;
        }
    }
    write::blocks(&[Block::Code(read::code_lines(text))], Style::Plain)
}

/// A text within a line of documentation: what were blocks are parts of the line.
pub fn inline(text: &str) -> String {
    in_line(text, false)
}

/// A text within a cell of a table.
pub fn cell(text: &str) -> String {
    in_line(text, true)
}

fn in_line(text: &str, in_table: bool) -> String {
    let line = tree::flat(read::read(text).blocks);
    if line.is_empty() {
        return String::new();
    }
    for style in Style::ALL {
        let line = style.simplified_line(&line);
        let written = write::line(&line, style, in_table);
        if reads_as(&written, &line, in_table) {
            return written;
        }
    }
    match in_table {
        true => code_cell(text),
        false => code(text),
    }
}

/// Whether a line, or a cell, says just this when it is read.
fn reads_as(written: &str, line: &[Inline], in_table: bool) -> bool {
    let again = match in_table {
        true => read::read(&format!("| {written} |\n|---|")),
        false => read::read(written),
    };
    let found = match again.blocks.as_slice() {
        [Block::Table(table)] => match table.rows.as_slice() {
            [row] => row.first(),
            _ => None,
        },
        [Block::Paragraph(found)] => Some(found),
        _ => None,
    };
    again.faults.is_empty() && found.is_some_and(|found| found == line)
}

/// A name as inline code.
pub fn code(name: &str) -> String {
    write::code(name, false)
}

/// A name as inline code in a cell of a table, where a bar would end the cell.
pub fn code_cell(name: &str) -> String {
    write::code(name, true)
}

/// What is wrong with a text as documentation that a stranger has chosen: blocks of code that could
/// be run, HTML, links to items, hidden characters. There is nothing wrong with what [`markdown()`]
/// returns, whatever it is given.
pub fn faults(text: &str) -> BTreeSet<&'static str> {
    read::read(text).faults
}

#[cfg(test)]
mod tests;
