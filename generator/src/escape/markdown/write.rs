//! Writes a [tree](super::tree) as Markdown.

use pulldown_cmark::Alignment;

use super::tree::{self, Block, Inline, List, Table};
use crate::escape;

/// The amount of escaping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Escapes the punctuation that is syntax in its context.
    Minimal,
    /// Escapes all punctuation.
    Escaped,
    /// Escapes all punctuation, and omits emphasis.
    WithoutEmphasis,
}

impl Style {
    /// All styles, from the most readable to the safest.
    pub(super) const ALL: [Self; 3] = [Self::Minimal, Self::Escaped, Self::WithoutEmphasis];

    /// Returns the inline elements that this style writes.
    pub(super) fn simplified_line(self, line: &[Inline]) -> Vec<Inline> {
        match self {
            Self::Minimal | Self::Escaped => line.to_vec(),
            Self::WithoutEmphasis => tree::without_emphasis(line.to_vec()),
        }
    }

    /// Returns the blocks that this style writes.
    pub(super) fn simplified(self, blocks: &[Block]) -> Vec<Block> {
        let simplified = |block: &Block| match block {
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
        blocks.iter().map(simplified).collect()
    }
}

/// Writes blocks with blank lines between them.
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
            Block::Paragraph(inlines) => {
                lines.extend(line(inlines, style, false).split('\n').map(str::to_owned));
            }
            Block::Heading(level, inlines) => {
                let text = line(inlines, style, false);
                lines.push(format!("{} {text}", "#".repeat(*level)));
            }
            Block::Quote(blocks) => {
                let quote = |line: String| {
                    if line.is_empty() { ">".to_owned() } else { format!("> {line}") }
                };
                lines.extend(self::lines(blocks, style, false).into_iter().map(quote));
            }
            Block::List(block) => lines.extend(list(block, style, after_list)),
            Block::Code(code) => {
                let fence = "`".repeat((longest_run(code) + 1).max(3));
                lines.push(format!("{fence}text"));
                lines.extend(code.split('\n').map(str::to_owned));
                lines.push(fence);
            }
            Block::Rule => lines.push("***".to_owned()),
            Block::Table(block) => lines.extend(table(block, style)),
        }
        after_list = matches!(block, Block::List(_)) && !after_list;
    }
    lines
}

/// Writes a list. Directly after another list it uses other markers, so that the lists do not merge.
fn list(list: &List, style: Style, after_list: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, item) in list.items.iter().enumerate() {
        if number > 0 && !list.tight {
            lines.push(String::new());
        }
        let marker = match (list.start, after_list) {
            (None, false) => "-".to_owned(),
            (None, true) => "*".to_owned(),
            (Some(start), false) => format!("{}.", start.saturating_add(number as u64)),
            (Some(start), true) => format!("{})", start.saturating_add(number as u64)),
        };
        let indent = " ".repeat(marker.len() + 1);
        let item_lines = self::lines(item, style, list.tight);
        if item_lines.is_empty() {
            lines.push(marker.clone());
        }
        lines.extend(item_lines.into_iter().enumerate().map(|(number, line)| match number {
            0 => format!("{marker} {line}"),
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
    let delimiters = table.alignments.iter().map(|alignment| match alignment {
        Alignment::None => "---|",
        Alignment::Left => ":--|",
        Alignment::Center => ":-:|",
        Alignment::Right => "--:|",
    });
    let mut lines: Vec<String> = table.rows.iter().map(row).collect();
    lines.insert(1.min(lines.len()), format!("|{}", delimiters.collect::<String>()));
    lines
}

/// Writes inline elements. Only outside tables they may contain line breaks.
pub(super) fn line(inlines: &[Inline], style: Style, in_table: bool) -> String {
    let mut line = Line { out: String::new(), style, in_table };
    line.inlines(inlines);
    line.out
}

struct Line {
    out: String,
    style: Style,
    in_table: bool,
}

impl Line {
    fn inlines(&mut self, inlines: &[Inline]) {
        for (index, inline) in inlines.iter().enumerate() {
            match inline {
                Inline::Text(text) => {
                    let before_link = matches!(inlines.get(index + 1), Some(Inline::Link(..)));
                    self.text(text, before_link);
                }
                Inline::Code(text) => self.out.push_str(&code(text, self.in_table)),
                Inline::Emphasis(inner) => {
                    self.within(if self.style == Style::Minimal { "*" } else { "_" }, inner);
                }
                Inline::Strong(inner) => self.within("**", inner),
                Inline::Strikethrough(inner) => self.within("~~", inner),
                Inline::Link(address, inner) => self.link(address, inner),
                Inline::SoftBreak => self.out.push('\n'),
                Inline::HardBreak => self.out.push_str("\\\n"),
            }
        }
    }

    fn within(&mut self, delimiter: &str, inner: &[Inline]) {
        self.out.push_str(delimiter);
        self.inlines(inner);
        self.out.push_str(delimiter);
    }

    fn link(&mut self, address: &str, inner: &[Inline]) {
        if matches!(inner, [Inline::Text(text)] if text == address) {
            self.out.push_str(&format!("<{address}>"));
            return;
        }
        self.out.push('[');
        self.inlines(inner);
        self.out.push_str(&format!("]({address})"));
    }

    fn text(&mut self, text: &str, before_link: bool) {
        let mut previous = self.out.chars().next_back();
        let has_tildes = text.matches('~').nth(1).is_some();
        for (at, c) in text.char_indices() {
            let rest = text.get(at + c.len_utf8()..).unwrap_or_default();
            let is_escaped = match self.style {
                Style::Minimal => {
                    self.is_syntax(c, previous, rest, before_link) || (c == '~' && has_tildes)
                }
                Style::Escaped | Style::WithoutEmphasis => c.is_ascii_punctuation(),
            };
            if is_escaped {
                self.out.push('\\');
            }
            self.out.push(c);
            previous = Some(c);
        }
    }

    /// Returns whether a character may be syntax in its context.
    fn is_syntax(&self, c: char, previous: Option<char>, rest: &str, before_link: bool) -> bool {
        let next = rest.chars().next();
        let is_line_start = self.out.is_empty() || self.out.ends_with('\n');
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '`' | '[' | ']' | '<' => true,
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '*' => is_line_start || next.is_none() || !(is_blank(previous) && is_blank(next)),
            '_' => !(is_word(previous) && is_word(next)),
            '~' => next.is_none(),
            '&' => is_entity(rest),
            '|' => self.in_table,
            '!' => before_link && next.is_none(),
            '>' => is_line_start,
            '#' => is_line_start || next.is_none(),
            '+' => is_line_start && is_blank(next),
            '-' | '=' => {
                is_line_start && (is_blank(next) || rest.chars().all(|c| "-=:| ".contains(c)))
            }
            '.' | ')' => is_blank(next) && self.is_item_number(),
            _ => false,
        }
    }

    /// Returns whether the last line so far is a number, which `.` or `)` would make a list marker.
    fn is_item_number(&self) -> bool {
        let mut before = self.out.bytes().rev();
        let digits = before.by_ref().take_while(u8::is_ascii_digit).take(10).count();
        let line = self.out.len().saturating_sub(digits);
        (1..10).contains(&digits)
            && self
                .out
                .get(..line)
                .is_some_and(|before| before.is_empty() || before.ends_with('\n'))
    }
}

/// Returns whether the characters after an ampersand form a character reference with it.
fn is_entity(rest: &str) -> bool {
    let end = rest.chars().take(40).position(|c| !c.is_ascii_alphanumeric() && c != '#');
    end.is_some_and(|end| rest.get(end..).is_some_and(|rest| rest.starts_with(';')))
}

/// Writes a text as inline code.
pub(super) fn code(text: &str, in_table: bool) -> String {
    let text = escape::line(text);
    let text = match in_table {
        // A table removes the backslash before a bar, even in code.
        true if text.contains("\\|") => text.replace('|', "\\u{7c}"),
        true => text.replace('|', "\\|"),
        false => text.into_owned(),
    };
    match longest_run(&text) {
        // Code cannot be empty (CommonMark 0.31, section 6.1).
        0 if text.is_empty() => "`\"\"`".to_owned(),
        0 if is_padded(&text) => format!("` {text} `"),
        0 => format!("`{text}`"),
        longest => {
            let fence = "`".repeat(longest + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

/// Returns whether inline code would lose a space at both ends.
fn is_padded(text: &str) -> bool {
    text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty()
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
