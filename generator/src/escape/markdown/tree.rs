//! What a text says, without a place for what must not be said.

/// A part of a text with lines of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// A heading of a level from 1 to 6.
    Heading(usize, Vec<Inline>),
    Quote(Vec<Block>),
    List(List),
    /// Code of any language, which nobody runs.
    Code(String),
    Rule,
    Table(Table),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct List {
    /// The number of the first item, if they are numbered.
    pub(super) start: Option<u64>,
    /// Whether there are no empty lines between the items.
    pub(super) tight: bool,
    pub(super) items: Vec<Vec<Block>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    pub(super) alignments: Vec<pulldown_cmark::Alignment>,
    /// The rows with their cells; the first one is the head.
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Struck(Vec<Inline>),
    /// A link to an address that begins with `http://`, `https://` or `mailto:`.
    Link(String, Vec<Inline>),
    /// The end of a line that is not shown as one.
    Soft,
    /// The end of a line that is.
    Hard,
}

/// Adds a text to what stands before it.
pub(super) fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    match inlines.last_mut() {
        Some(Inline::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

/// Adds parts to those before them.
pub(super) fn push_all(inlines: &mut Vec<Inline>, more: Vec<Inline>) {
    for one in more {
        match one {
            Inline::Text(text) => push_text(inlines, &text),
            one => inlines.push(one),
        }
    }
}

/// The parts without what cannot be seen: white space at the ends of lines, and lines without anything.
pub(super) fn trimmed(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut kept: Vec<Inline> = Vec::new();
    for one in inlines {
        let begins = matches!(kept.last(), None | Some(Inline::Soft | Inline::Hard));
        match one {
            Inline::Soft | Inline::Hard => {
                trim_end(&mut kept);
                if !matches!(kept.last(), None | Some(Inline::Soft | Inline::Hard)) {
                    kept.push(one);
                }
            }
            Inline::Text(text) if begins => push_text(&mut kept, text.trim_start_matches(' ')),
            Inline::Text(text) => push_text(&mut kept, &text),
            one => kept.push(one),
        }
    }
    trim_end(&mut kept);
    while matches!(kept.last(), Some(Inline::Soft | Inline::Hard)) {
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

/// Whether the items of a list can be written without empty lines, if they came so. Those that have
/// nothing to part are always tight, and what would run together is not.
pub(super) fn can_be_tight(items: &[Vec<Block>], tight: bool) -> bool {
    let parts = |pair: &[Block]| match pair {
        [Block::Quote(_), Block::Quote(_)] => false,
        [_, Block::List(List { start, .. })] => start.is_none_or(|start| start == 1),
        [_, Block::Code(_) | Block::Heading(..) | Block::Rule | Block::Quote(_)] => true,
        _ => false,
    };
    let alone = items.len() < 2 && items.iter().all(|item| item.len() < 2);
    alone || (tight && items.iter().all(|item| item.windows(2).all(parts)))
}

/// All that is said, in one line.
pub(super) fn flat(blocks: Vec<Block>) -> Vec<Inline> {
    let mut line = Vec::new();
    flatten(blocks, &mut line);
    trimmed(line)
}

fn flatten(blocks: Vec<Block>, line: &mut Vec<Inline>) {
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
            Block::Quote(blocks) => flatten(blocks, line),
            Block::List(List { items, .. }) => {
                for item in items {
                    add(line, vec![Inline::Text("-".to_owned())]);
                    flatten(item, line);
                }
            }
            Block::Table(table) => {
                table.rows.into_iter().flatten().for_each(|cell| add(line, cell))
            }
            Block::Rule => {}
        }
    }
}

/// The parts in one line.
pub(super) fn unbroken(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut line = Vec::new();
    for one in inlines {
        match one {
            Inline::Soft | Inline::Hard => push_text(&mut line, " "),
            Inline::Text(text) => push_text(&mut line, &text),
            Inline::Emphasis(inner) => line.push(Inline::Emphasis(unbroken(inner))),
            Inline::Strong(inner) => line.push(Inline::Strong(unbroken(inner))),
            Inline::Struck(inner) => line.push(Inline::Struck(unbroken(inner))),
            Inline::Link(address, inner) => line.push(Inline::Link(address, unbroken(inner))),
            code @ Inline::Code(_) => line.push(code),
        }
    }
    line
}

/// The parts without emphasis.
pub(super) fn plain(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut line = Vec::new();
    for one in inlines {
        match one {
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Struck(inner) => {
                push_all(&mut line, plain(inner));
            }
            Inline::Link(address, inner) => line.push(Inline::Link(address, plain(inner))),
            Inline::Text(text) => push_text(&mut line, &text),
            one @ (Inline::Code(_) | Inline::Soft | Inline::Hard) => line.push(one),
        }
    }
    trimmed(line)
}
