//! [Tree](super::tree) to text.

use pulldown_cmark::Alignment;

use super::tree::{self, Block, Inline, List, Table};
use crate::escape;

/// How much is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// What has to be, as far as the signs around it tell.
    Plain,
    /// Every sign.
    Escaped,
    /// Every sign, and nothing is emphasised.
    Bare,
}

impl Style {
    /// From the nicest to the safest.
    pub(super) const ALL: [Self; 3] = [Self::Plain, Self::Escaped, Self::Bare];

    /// What of a line is written.
    pub(super) fn simplified_line(self, line: &[Inline]) -> Vec<Inline> {
        match self {
            Self::Plain | Self::Escaped => line.to_vec(),
            Self::Bare => tree::plain(line.to_vec()),
        }
    }

    /// What of some blocks is written.
    pub(super) fn simplified(self, blocks: &[Block]) -> Vec<Block> {
        let of_block = |block: &Block| match block {
            Block::Paragraph(line) => Block::Paragraph(self.simplified_line(line)),
            Block::Heading(level, line) => Block::Heading(*level, self.simplified_line(line)),
            Block::Quote(blocks) => Block::Quote(self.simplified(blocks)),
            Block::List(List { start, tight, items }) => {
                let items = items.iter().map(|item| self.simplified(item)).collect();
                Block::List(List { start: *start, tight: *tight, items })
            }
            Block::Table(Table { alignments, rows }) => {
                let row = |row: &Vec<Vec<Inline>>| {
                    row.iter().map(|cell| self.simplified_line(cell)).collect()
                };
                let rows = rows.iter().map(row).collect();
                Block::Table(Table { alignments: alignments.clone(), rows })
            }
            Block::Code(_) | Block::Rule => block.clone(),
        };
        blocks.iter().map(of_block).collect()
    }
}

/// Blocks, with an empty line between each two.
pub(super) fn blocks(blocks: &[Block], style: Style) -> String {
    lines(blocks, style, false).join("\n")
}

fn lines(blocks: &[Block], style: Style, tight: bool) -> Vec<String> {
    let mut lines = Vec::new();
    let mut after_list = false;
    for (number, block) in blocks.iter().enumerate() {
        if number > 0 && !tight {
            lines.push(String::new());
        }
        match block {
            Block::Paragraph(parts) => {
                lines.extend(line(parts, style, false).split('\n').map(str::to_owned));
            }
            Block::Heading(level, parts) => {
                let text = line(parts, style, false);
                lines.push(format!("{} {text}", "#".repeat(*level)));
            }
            Block::Quote(blocks) => {
                let quote = |line: String| {
                    if line.is_empty() { ">".to_owned() } else { format!("> {line}") }
                };
                lines.extend(self::lines(blocks, style, false).into_iter().map(quote));
            }
            Block::List(of) => lines.extend(list(of, style, after_list)),
            Block::Code(code) => {
                let fence = "`".repeat((longest_run(code) + 1).max(3));
                lines.push(format!("{fence}text"));
                lines.extend(code.split('\n').map(str::to_owned));
                lines.push(fence);
            }
            Block::Rule => lines.push("***".to_owned()),
            Block::Table(of) => lines.extend(table(of, style)),
        }
        after_list = matches!(block, Block::List(_)) && !after_list;
    }
    lines
}

/// A list. Behind another one it has other marks, because it would be a part of that else.
fn list(list: &List, style: Style, after_list: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, item) in list.items.iter().enumerate() {
        if number > 0 && !list.tight {
            lines.push(String::new());
        }
        let mark = match (list.start, after_list) {
            (None, false) => "-".to_owned(),
            (None, true) => "*".to_owned(),
            (Some(start), false) => format!("{}.", start.saturating_add(number as u64)),
            (Some(start), true) => format!("{})", start.saturating_add(number as u64)),
        };
        let indent = " ".repeat(mark.len() + 1);
        let of_item = self::lines(item, style, list.tight);
        if of_item.is_empty() {
            lines.push(mark.clone());
        }
        lines.extend(of_item.into_iter().enumerate().map(|(number, line)| match number {
            0 => format!("{mark} {line}"),
            _ if line.is_empty() => line,
            _ => format!("{indent}{line}"),
        }));
    }
    lines
}

fn table(table: &Table, style: Style) -> Vec<String> {
    let row = |cells: &Vec<Vec<Inline>>| {
        let cells: Vec<String> = cells.iter().map(|cell| line(cell, style, true)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule = table.alignments.iter().map(|alignment| match alignment {
        Alignment::None => "---|",
        Alignment::Left => ":--|",
        Alignment::Center => ":-:|",
        Alignment::Right => "--:|",
    });
    let mut lines: Vec<String> = table.rows.iter().map(row).collect();
    lines.insert(1.min(lines.len()), format!("|{}", rule.collect::<String>()));
    lines
}

/// The parts of a line. It may be several lines if there are breaks in it, and is not in a table.
pub(super) fn line(parts: &[Inline], style: Style, in_table: bool) -> String {
    let mut line = Line { out: String::new(), style, in_table };
    line.parts(parts);
    line.out
}

struct Line {
    out: String,
    style: Style,
    in_table: bool,
}

impl Line {
    fn parts(&mut self, parts: &[Inline]) {
        for (number, part) in parts.iter().enumerate() {
            match part {
                Inline::Text(text) => {
                    let before_link = matches!(parts.get(number + 1), Some(Inline::Link(..)));
                    self.text(text, before_link);
                }
                Inline::Code(text) => self.out.push_str(&code(text, self.in_table)),
                Inline::Emphasis(inner) => {
                    self.within(if self.style == Style::Plain { "*" } else { "_" }, inner);
                }
                Inline::Strong(inner) => self.within("**", inner),
                Inline::Struck(inner) => self.within("~~", inner),
                Inline::Link(address, inner) => self.link(address, inner),
                Inline::Soft => self.out.push('\n'),
                Inline::Hard => self.out.push_str("\\\n"),
            }
        }
    }

    fn within(&mut self, mark: &str, inner: &[Inline]) {
        self.out.push_str(mark);
        self.parts(inner);
        self.out.push_str(mark);
    }

    fn link(&mut self, address: &str, inner: &[Inline]) {
        if matches!(inner, [Inline::Text(text)] if text == address) {
            self.out.push_str(&format!("<{address}>"));
            return;
        }
        self.out.push('[');
        self.parts(inner);
        self.out.push_str(&format!("]({address})"));
    }

    fn text(&mut self, text: &str, before_link: bool) {
        let mut previous = self.out.chars().next_back();
        let struck = text.matches('~').nth(1).is_some();
        for (at, c) in text.char_indices() {
            let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
            let escaped = match self.style {
                Style::Plain => {
                    self.is_sign(c, previous, rest, before_link) || (c == '~' && struck)
                }
                Style::Escaped | Style::Bare => c.is_ascii_punctuation(),
            };
            if escaped {
                self.out.push('\\');
            }
            self.out.push(c);
            previous = Some(c);
        }
    }

    /// Whether a character would mean something where it stands.
    fn is_sign(&self, c: char, previous: Option<char>, rest: &str, before_link: bool) -> bool {
        let next = rest.chars().next();
        let begins = self.out.is_empty() || self.out.ends_with('\n');
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '`' | '[' | ']' | '<' => true,
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '*' => begins || next.is_none() || !(is_blank(previous) && is_blank(next)),
            '_' => !(is_word(previous) && is_word(next)),
            '~' => next.is_none(),
            '&' => is_entity(rest),
            '|' => self.in_table,
            '!' => before_link && next.is_none(),
            '>' => begins,
            '#' => begins || next.is_none(),
            '+' => begins && is_blank(next),
            '-' | '=' => begins && (is_blank(next) || rest.chars().all(|c| "-=:| ".contains(c))),
            '.' | ')' => is_blank(next) && self.is_number(),
            _ => false,
        }
    }

    /// Whether the last line so far is what numbers the item of a list.
    fn is_number(&self) -> bool {
        let mut before = self.out.bytes().rev();
        let digits = before.by_ref().take_while(u8::is_ascii_digit).take(10).count();
        let line = self.out.len().saturating_sub(digits);
        (1..10).contains(&digits)
            && self.out.get(..line).is_some_and(|o| o.is_empty() || o.ends_with('\n'))
    }
}

/// Whether what is behind an ampersand makes a character of it.
fn is_entity(rest: &str) -> bool {
    let end = rest.chars().take(40).position(|c| !c.is_ascii_alphanumeric() && c != '#');
    end.is_some_and(|end| rest.get(end..).is_some_and(|rest| rest.starts_with(';')))
}

/// A text as inline code.
pub(super) fn code(text: &str, in_table: bool) -> String {
    let text = escape::line(text);
    let text = match in_table {
        // A table takes the backslash before a bar for its own.
        true if text.contains("\\|") => text.replace('|', "\\u{7c}"),
        true => text.replace('|', "\\|"),
        false => text.into_owned(),
    };
    match longest_run(&text) {
        // Nothing is no code (CommonMark 0.31, 6.1).
        0 if text.is_empty() => "`\"\"`".to_owned(),
        0 if is_padded(&text) => format!("` {text} `"),
        0 => format!("`{text}`"),
        longest => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// Whether a code span would lose a space at both ends.
fn is_padded(text: &str) -> bool {
    text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty()
}

/// How many backticks stand side by side, at most.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
