//! The syntax tree of a sanitized text, which cannot represent anything unsafe.

/// A block (CommonMark, section 3.2).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// A heading of a level from 1 to 6.
    Heading(usize, Vec<Inline>),
    Quote(Vec<Block>),
    List(List),
    /// A code block, which is written with the language `text`.
    Code(String),
    Rule,
    Table(Table),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    /// The number of the first item of an ordered list.
    pub(super) start: Option<u64>,
    /// Whether the list is written without blank lines between the items.
    pub(super) tight: bool,
    pub(super) items: Vec<Vec<Block>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) alignments: Vec<pulldown_cmark::Alignment>,
    /// The rows with their cells. The first row is the head.
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// An inline element.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strikethrough(Vec<Inline>),
    /// A link to an address that begins with `http://`, `https://` or `mailto:`.
    Link(String, Vec<Inline>),
    /// A line break that is not displayed.
    SoftBreak,
    /// A line break that is displayed.
    HardBreak,
}

/// Appends a text, and joins it with a text before it.
pub(super) fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    match inlines.last_mut() {
        Some(Inline::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

/// Appends inline elements, and joins adjacent texts.
pub(super) fn push_all(inlines: &mut Vec<Inline>, appended: Vec<Inline>) {
    for one in appended {
        match one {
            Inline::Text(text) => push_text(inlines, &text),
            one => inlines.push(one),
        }
    }
}

/// Removes the spaces at the beginning and end of lines, and empty lines.
pub(super) fn trimmed(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut kept: Vec<Inline> = Vec::new();
    for one in inlines {
        let is_line_start =
            matches!(kept.last(), None | Some(Inline::SoftBreak | Inline::HardBreak));
        match one {
            Inline::SoftBreak | Inline::HardBreak => {
                trim_end(&mut kept);
                if !matches!(kept.last(), None | Some(Inline::SoftBreak | Inline::HardBreak)) {
                    kept.push(one);
                }
            }
            Inline::Text(text) if is_line_start => {
                push_text(&mut kept, text.trim_start_matches(' '))
            }
            Inline::Text(text) => push_text(&mut kept, &text),
            one => kept.push(one),
        }
    }
    trim_end(&mut kept);
    while matches!(kept.last(), Some(Inline::SoftBreak | Inline::HardBreak)) {
        kept.pop();
        trim_end(&mut kept);
    }
    kept
}

fn trim_end(inlines: &mut Vec<Inline>) {
    if let Some(Inline::Text(text)) = inlines.last_mut() {
        text.truncate(text.trim_end_matches(' ').len());
        if text.is_empty() {
            inlines.pop();
        }
    }
}

/// Returns whether a list can be written without blank lines. A list without adjacent blocks always can;
/// otherwise it must have been tight, and no two adjacent blocks may merge.
pub(super) fn can_be_tight(items: &[Vec<Block>], tight: bool) -> bool {
    let stay_separate = |adjacent: &[Block]| match adjacent {
        [Block::Quote(_), Block::Quote(_)] => false,
        [_, Block::List(List { start, .. })] => start.is_none_or(|start| start == 1),
        [_, Block::Code(_) | Block::Heading(..) | Block::Rule | Block::Quote(_)] => true,
        _ => false,
    };
    let has_adjacent = items.len() > 1 || items.iter().any(|item| item.len() > 1);
    !has_adjacent || (tight && items.iter().all(|item| item.windows(2).all(stay_separate)))
}

/// Joins blocks to one line.
pub(super) fn joined(blocks: Vec<Block>) -> Vec<Inline> {
    let mut line = Vec::new();
    join(blocks, &mut line);
    trimmed(line)
}

fn join(blocks: Vec<Block>, line: &mut Vec<Inline>) {
    let add = |line: &mut Vec<Inline>, inlines: Vec<Inline>| {
        if !line.is_empty() {
            push_text(line, " ");
        }
        push_all(line, unbroken(inlines));
    };
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(_, inlines) => add(line, inlines),
            Block::Code(code) => {
                let words: Vec<&str> = code.split_whitespace().collect();
                add(line, vec![Inline::Code(words.join(" "))]);
            }
            Block::Quote(blocks) => join(blocks, line),
            Block::List(List { items, .. }) => {
                for item in items {
                    add(line, vec![Inline::Text("-".to_owned())]);
                    join(item, line);
                }
            }
            Block::Table(table) => {
                table.rows.into_iter().flatten().for_each(|cell| add(line, cell))
            }
            Block::Rule => {}
        }
    }
}

/// Replaces line breaks with spaces.
pub(super) fn unbroken(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut line = Vec::new();
    for one in inlines {
        match one {
            Inline::SoftBreak | Inline::HardBreak => push_text(&mut line, " "),
            Inline::Text(text) => push_text(&mut line, &text),
            Inline::Emphasis(inner) => line.push(Inline::Emphasis(unbroken(inner))),
            Inline::Strong(inner) => line.push(Inline::Strong(unbroken(inner))),
            Inline::Strikethrough(inner) => line.push(Inline::Strikethrough(unbroken(inner))),
            Inline::Link(address, inner) => line.push(Inline::Link(address, unbroken(inner))),
            code @ Inline::Code(_) => line.push(code),
        }
    }
    line
}

/// Removes emphasis.
pub(super) fn without_emphasis(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut line = Vec::new();
    for one in inlines {
        match one {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Strikethrough(inner) => {
                push_all(&mut line, without_emphasis(inner));
            }
            Inline::Link(address, inner) => {
                line.push(Inline::Link(address, without_emphasis(inner)))
            }
            Inline::Text(text) => push_text(&mut line, &text),
            one @ (Inline::Code(_) | Inline::SoftBreak | Inline::HardBreak) => line.push(one),
        }
    }
    trimmed(line)
}
