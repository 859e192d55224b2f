//! Parses a text into a [tree](super::tree), without its unsafe constructs.

use std::collections::BTreeSet;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag};

use super::tree::{self, Block, Inline, List, Table, push_all, push_text, trimmed};
use crate::escape;

/// The tree of a text, and the unsafe constructs that are not in it.
pub(super) struct Parsed {
    pub(super) blocks: Vec<Block>,
    pub(super) faults: BTreeSet<&'static str>,
}

/// The depth of nested quotes, lists and emphasis. Deeper content is moved up to this level, so that the
/// text does not grow and recursion is bounded.
const MAX_DEPTH: usize = 12;

/// Parses a text with the options of rustdoc, except for smart punctuation, which only changes characters.
pub(super) fn parse(text: &str) -> Parsed {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut has_broken_link = false;
    let mut on_broken_link = |_: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        has_broken_link = true;
        None
    };
    let mut builder = Builder { open: vec![Open::new(NodeKind::Root)], faults: BTreeSet::new() };
    for event in Parser::new_with_broken_link_callback(&text, options, Some(&mut on_broken_link)) {
        builder.event(event);
    }
    let mut faults = builder.faults;
    if has_broken_link {
        faults.insert("brackets that could name an item");
    }
    if text.lines().any(|line| escape::line(line) != line) {
        faults.insert("a hidden character");
    }
    let root = builder.open.into_iter().next();
    Parsed { blocks: root.map(Open::into_blocks).unwrap_or_default(), faults }
}

/// Normalizes code for a fenced code block.
pub(super) fn code_lines(code: &str) -> String {
    let code = code.replace("\r\n", "\n").replace('\t', "    ");
    let lines: Vec<&str> = code.lines().map(|line| line.trim_end_matches(' ')).collect();
    escape::visible(lines.join("\n").trim_end_matches('\n')).into_owned()
}

/// A node whose end has not been parsed.
struct Open {
    kind: NodeKind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    text: String,
}

enum NodeKind {
    Root,
    /// A node that is nested too deeply or not in the tree. Its parent gets its content.
    Splice,
    Paragraph,
    Heading(usize),
    Quote,
    List {
        start: Option<u64>,
        tight: bool,
        items: Vec<Vec<Block>>,
    },
    Item,
    Code,
    Html,
    Table(Table),
    Row(Vec<Vec<Inline>>),
    Cell,
    Emphasis,
    Strong,
    Strikethrough,
    Link(String),
}

impl NodeKind {
    fn is_block(&self) -> bool {
        !matches!(
            self,
            Self::Splice | Self::Emphasis | Self::Strong | Self::Strikethrough | Self::Link(_)
        )
    }
}

impl Open {
    fn new(kind: NodeKind) -> Self {
        Self { kind, blocks: Vec::new(), inlines: Vec::new(), text: String::new() }
    }

    /// Moves the inline elements that are in a block without a paragraph into a paragraph.
    fn flush(&mut self) {
        let inlines = finished(std::mem::take(&mut self.inlines));
        if !inlines.is_empty() {
            self.blocks.push(Block::Paragraph(inlines));
        }
    }

    fn into_blocks(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }
}

/// Builds the tree from the events of the parser.
struct Builder {
    /// The open nodes, from the root to the innermost.
    open: Vec<Open>,
    faults: BTreeSet<&'static str>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                let kind = self.kind(tag);
                if let Some(top) = self.open.last_mut().filter(|_| kind.is_block()) {
                    top.flush();
                }
                self.open.push(Open::new(kind));
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.push_text(&text),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.faults.insert("HTML");
                self.push_lines(&html);
            }
            Event::Code(code) => {
                let code = escape::line(&code.replace(['\n', '\t'], " ")).into_owned();
                self.push_inline(Inline::Code(code));
            }
            Event::SoftBreak => self.push_inline(Inline::SoftBreak),
            Event::HardBreak => self.push_inline(Inline::HardBreak),
            Event::Rule => self.push_block(Block::Rule),
            Event::FootnoteReference(name) => {
                self.faults.insert("a footnote");
                self.push_text(&format!("[^{name}]"));
            }
            Event::TaskListMarker(done) => {
                self.faults.insert("a task list");
                self.push_text(if done { "[x] " } else { "[ ] " });
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push_text(&text),
        }
    }

    fn kind(&mut self, tag: Tag<'_>) -> NodeKind {
        let depth = self.open.len();
        match tag {
            Tag::Paragraph => {
                if let [.., Open { kind: NodeKind::List { tight, .. }, .. }, item] =
                    self.open.as_mut_slice()
                    && matches!(item.kind, NodeKind::Item)
                {
                    *tight = false;
                }
                NodeKind::Paragraph
            }
            Tag::Heading { level, .. } => NodeKind::Heading(level as usize),
            Tag::CodeBlock(kind) => {
                if !matches!(kind, CodeBlockKind::Fenced(info) if info.as_ref() == "text") {
                    self.faults.insert("code that is not marked as text");
                }
                NodeKind::Code
            }
            Tag::HtmlBlock => NodeKind::Html,
            Tag::FootnoteDefinition(name) => {
                self.faults.insert("a footnote");
                if let Some(top) = self.open.last_mut() {
                    top.flush();
                }
                self.push_text(&format!("[^{name}]: "));
                NodeKind::Splice
            }
            Tag::Table(alignments) => NodeKind::Table(Table { alignments, rows: Vec::new() }),
            Tag::TableHead | Tag::TableRow => NodeKind::Row(Vec::new()),
            Tag::TableCell => NodeKind::Cell,
            Tag::Image { dest_url, .. } => {
                self.faults.insert("an image");
                self.link(LinkType::Inline, &dest_url)
            }
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            Tag::Item => match self.open.last() {
                Some(Open { kind: NodeKind::List { .. }, .. }) => NodeKind::Item,
                _ => NodeKind::Splice,
            },
            _ if depth > 2 * MAX_DEPTH => NodeKind::Splice,
            Tag::BlockQuote(_) => NodeKind::Quote,
            Tag::List(start) => NodeKind::List { start, tight: true, items: Vec::new() },
            Tag::Emphasis => NodeKind::Emphasis,
            Tag::Strong => NodeKind::Strong,
            Tag::Strikethrough => NodeKind::Strikethrough,
            Tag::MetadataBlock(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => NodeKind::Splice,
        }
    }

    /// Returns a link if it leads to a web or mail address and is not within another link.
    fn link(&mut self, link_type: LinkType, address: &str) -> NodeKind {
        let is_nested = self.open.iter().any(|open| matches!(open.kind, NodeKind::Link(_)));
        let address = match link_type {
            LinkType::Email => format!("mailto:{address}"),
            _ => address.to_owned(),
        };
        match safe_address(&address).filter(|_| !is_nested) {
            Some(safe) => {
                if safe != address {
                    self.faults.insert("an address with invalid characters");
                }
                NodeKind::Link(safe)
            }
            None => {
                self.faults.insert("a link that does not lead to the web");
                NodeKind::Splice
            }
        }
    }

    /// Appends a text of one line.
    fn push_text(&mut self, text: &str) {
        let Some(top) = self.open.last_mut() else { return };
        match top.kind {
            NodeKind::Code => top.text.push_str(text),
            _ => tree::push_text(&mut top.inlines, &escape::line(&text.replace(['\n', '\t'], " "))),
        }
    }

    /// Appends a text of several lines.
    fn push_lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.push_inline(Inline::SoftBreak);
            }
            self.push_text(line);
        }
    }

    fn push_inline(&mut self, inline: Inline) {
        if let Some(top) = self.open.last_mut() {
            top.inlines.push(inline);
        }
    }

    fn push_block(&mut self, block: Block) {
        if let Some(top) = self.open.last_mut() {
            top.flush();
            top.blocks.push(block);
        }
    }

    /// Ends the innermost node, and adds it to its parent.
    fn end(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        let Some(parent) = self.open.last_mut() else {
            self.open.push(open);
            return;
        };
        match std::mem::replace(&mut open.kind, NodeKind::Root) {
            NodeKind::Root | NodeKind::Splice if open.blocks.is_empty() => {
                push_all(&mut parent.inlines, open.inlines);
            }
            NodeKind::Root | NodeKind::Splice => {
                parent.flush();
                parent.blocks.extend(open.into_blocks());
            }
            NodeKind::Emphasis => parent.inlines.push(Inline::Emphasis(open.inlines)),
            NodeKind::Strong => parent.inlines.push(Inline::Strong(open.inlines)),
            NodeKind::Strikethrough => parent.inlines.push(Inline::Strikethrough(open.inlines)),
            NodeKind::Link(address) => match tree::trimmed(open.inlines) {
                inlines if inlines.is_empty() => {}
                inlines => parent.inlines.push(Inline::Link(address, inlines)),
            },
            kind => end_block(kind, open, parent),
        }
    }
}

/// Adds a block to its parent, unless it is empty.
fn end_block(kind: NodeKind, open: Open, parent: &mut Open) {
    match (kind, &mut parent.kind) {
        (NodeKind::Item, NodeKind::List { items, .. }) => items.push(open.into_blocks()),
        (NodeKind::Row(cells), NodeKind::Table(table)) => table.rows.push(cells),
        (NodeKind::Cell, NodeKind::Row(cells)) => {
            cells.push(tree::unbroken(finished(open.inlines)));
        }
        (NodeKind::Paragraph | NodeKind::Html, _) => parent.blocks.extend(open.into_blocks()),
        (NodeKind::Heading(level), _) => {
            let inlines = tree::unbroken(finished(open.inlines));
            if !inlines.is_empty() {
                parent.blocks.push(Block::Heading(level, inlines));
            }
        }
        (NodeKind::Quote, _) => {
            let blocks = open.into_blocks();
            if !blocks.is_empty() {
                parent.blocks.push(Block::Quote(blocks));
            }
        }
        (NodeKind::List { start, tight, items }, _) => {
            let tight = tree::can_be_tight(&items, tight);
            parent.blocks.push(Block::List(List { start, tight, items }));
        }
        (NodeKind::Code, _) => parent.blocks.push(Block::Code(code_lines(&open.text))),
        (NodeKind::Table(table), _) => parent.blocks.push(Block::Table(table)),
        _ => {}
    }
}

/// Finishes the inline elements of a block: removes surrounding spaces, and links bare addresses.
fn finished(inlines: Vec<Inline>) -> Vec<Inline> {
    trimmed(linked(inlines))
}

fn linked(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut result = Vec::new();
    for one in inlines {
        match one {
            Inline::Text(text) => push_linked(&mut result, &text),
            Inline::Emphasis(inner) => result.push(Inline::Emphasis(linked(inner))),
            Inline::Strong(inner) => result.push(Inline::Strong(linked(inner))),
            Inline::Strikethrough(inner) => result.push(Inline::Strikethrough(linked(inner))),
            one @ (Inline::Code(_) | Inline::Link(..) | Inline::SoftBreak | Inline::HardBreak) => {
                result.push(one);
            }
        }
    }
    result
}

/// Appends a text in which bare addresses become links, because rustdoc warns about bare addresses.
fn push_linked(inlines: &mut Vec<Inline>, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find("http") {
        let (before, from) = rest.split_at(start);
        push_text(inlines, before);
        let (address, after) = from.split_at(address_length(from));
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_address = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
            && safe_address(address).is_some_and(|safe| safe == address);
        match is_address {
            true => {
                let text = vec![Inline::Text(address.to_owned())];
                inlines.push(Inline::Link(address.to_owned(), text));
            }
            false => push_text(inlines, address),
        }
        rest = after;
    }
    push_text(inlines, rest);
}

/// Returns the length in bytes of the bare address at the beginning of a text.
fn address_length(text: &str) -> usize {
    let is_end = |c: char| c.is_whitespace() || "<>()[]\"'`{}\\|*".contains(c);
    let address = text.split(is_end).next().unwrap_or_default();
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '_', '~']);
    address.len().max("http".len())
}

/// Returns a web or mail address, with all characters percent-encoded that could end it. Returns `None` for
/// any other address.
fn safe_address(address: &str) -> Option<String> {
    let lower = address.get(..8.min(address.len())).unwrap_or(address).to_ascii_lowercase();
    let is_web = lower.starts_with("http://") || lower.starts_with("https://");
    // Without a dot, rustdoc would treat it as the path of an item.
    let is_mail = lower.starts_with("mailto:") && address.contains('.');
    if !is_web && !is_mail {
        return None;
    }
    let mut safe = String::new();
    for c in address.chars() {
        let is_kept = c.is_ascii_alphanumeric() || "-._~:/?#@!$&'+,=%*".contains(c);
        match is_kept || (c.is_alphanumeric() && !escape::is_hidden(c)) {
            true => safe.push(c),
            false => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    safe.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    Some(safe)
}
