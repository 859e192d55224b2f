//! Text to [tree](super::tree).

use std::collections::BTreeSet;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag};

use super::tree::{self, Block, Inline, List, Table, push_all, push_text, trimmed};
use crate::escape;

/// What a text says, and what of it could not be taken as it is.
pub(super) struct Reading {
    pub(super) blocks: Vec<Block>,
    pub(super) faults: BTreeSet<&'static str>,
}

/// How deep quotes, lists and emphasis can be nested. What is deeper is written without its nesting, so
/// that the text does not become longer than it was, and no stage needs a deep stack.
const DEEPEST: usize = 12;

/// Reads a text as rustdoc would. Quotes and dashes stay as they are, which changes nothing else.
pub(super) fn read(text: &str) -> Reading {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut broken = false;
    let mut on_broken_link = |_: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        broken = true;
        None
    };
    let mut reader = Reader { open: vec![Open::new(Kind::Root)], faults: BTreeSet::new() };
    for event in Parser::new_with_broken_link_callback(&text, options, Some(&mut on_broken_link)) {
        reader.event(event);
    }
    let mut faults = reader.faults;
    if broken {
        faults.insert("brackets that could name an item");
    }
    if text.lines().any(|line| escape::line(line) != line) {
        faults.insert("a hidden character");
    }
    let root = reader.open.into_iter().next();
    Reading { blocks: root.map(Open::into_blocks).unwrap_or_default(), faults }
}

/// The lines of a piece of code, as they can stand in a fence.
pub(super) fn code_lines(code: &str) -> String {
    let code = code.replace("\r\n", "\n").replace('\t', "    ");
    let lines: Vec<&str> = code.lines().map(|line| line.trim_end_matches(' ')).collect();
    escape::visible(lines.join("\n").trim_end_matches('\n')).into_owned()
}

/// Something that has begun and not ended.
struct Open {
    kind: Kind,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    text: String,
}

enum Kind {
    Root,
    /// What is too deep, or has no place in the tree: what it holds belongs to what holds it.
    Splice,
    Paragraph,
    Heading(usize),
    Quote,
    List(Option<u64>, bool, Vec<Vec<Block>>),
    Item,
    Code,
    Html,
    Table(Table),
    Row(Vec<Vec<Inline>>),
    Cell,
    Emphasis,
    Strong,
    Struck,
    Link(String),
}

impl Open {
    fn new(kind: Kind) -> Self {
        Self { kind, blocks: Vec::new(), inlines: Vec::new(), text: String::new() }
    }

    /// Makes a paragraph of the parts that stand in a block without one.
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

struct Reader {
    open: Vec<Open>,
    faults: BTreeSet<&'static str>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                let kind = self.kind(tag);
                let is_block = !matches!(
                    kind,
                    Kind::Splice | Kind::Emphasis | Kind::Strong | Kind::Struck | Kind::Link(_)
                );
                if let Some(top) = self.open.last_mut().filter(|_| is_block) {
                    top.flush();
                }
                self.open.push(Open::new(kind));
            }
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.faults.insert("HTML");
                self.lines(&html);
            }
            Event::Code(code) => {
                let code = escape::line(&code.replace(['\n', '\t'], " ")).into_owned();
                self.push(Inline::Code(code));
            }
            Event::SoftBreak => self.push(Inline::Soft),
            Event::HardBreak => self.push(Inline::Hard),
            Event::Rule => {
                if let Some(top) = self.open.last_mut() {
                    top.flush();
                    top.blocks.push(Block::Rule);
                }
            }
            Event::FootnoteReference(name) => {
                self.faults.insert("a footnote");
                self.text(&format!("[^{name}]"));
            }
            Event::TaskListMarker(done) => {
                self.faults.insert("a box to tick");
                self.text(if done { "[x] " } else { "[ ] " });
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn kind(&mut self, tag: Tag<'_>) -> Kind {
        let depth = self.open.len();
        match tag {
            Tag::Paragraph => {
                if let [.., Open { kind: Kind::List(_, tight, _), .. }, item] =
                    self.open.as_mut_slice()
                    && matches!(item.kind, Kind::Item)
                {
                    *tight = false;
                }
                Kind::Paragraph
            }
            Tag::Heading { level, .. } => Kind::Heading(level as usize),
            Tag::CodeBlock(kind) => {
                if !matches!(kind, CodeBlockKind::Fenced(info) if info.as_ref() == "text") {
                    self.faults.insert("code that is not marked as text");
                }
                Kind::Code
            }
            Tag::HtmlBlock => Kind::Html,
            Tag::FootnoteDefinition(name) => {
                self.faults.insert("a footnote");
                if let Some(top) = self.open.last_mut() {
                    top.flush();
                }
                self.text(&format!("[^{name}]: "));
                Kind::Splice
            }
            Tag::Table(alignments) => Kind::Table(Table { alignments, rows: Vec::new() }),
            Tag::TableHead | Tag::TableRow => Kind::Row(Vec::new()),
            Tag::TableCell => Kind::Cell,
            Tag::Image { dest_url, .. } => {
                self.faults.insert("an image");
                self.link(LinkType::Inline, &dest_url)
            }
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url),
            Tag::Item => match self.open.last() {
                Some(Open { kind: Kind::List(..), .. }) => Kind::Item,
                _ => Kind::Splice,
            },
            _ if depth > 2 * DEEPEST => Kind::Splice,
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::List(start) => Kind::List(start, true, Vec::new()),
            Tag::Emphasis => Kind::Emphasis,
            Tag::Strong => Kind::Strong,
            Tag::Strikethrough => Kind::Struck,
            Tag::MetadataBlock(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => Kind::Splice,
        }
    }

    /// A link, if it leads to an address of the web or of mail.
    fn link(&mut self, link_type: LinkType, address: &str) -> Kind {
        let within = self.open.iter().any(|open| matches!(open.kind, Kind::Link(_)));
        let address = match link_type {
            LinkType::Email => format!("mailto:{address}"),
            _ => address.to_owned(),
        };
        match harmless(&address).filter(|_| !within) {
            Some(clean) => {
                if clean != address {
                    self.faults.insert("an address with characters that none has");
                }
                Kind::Link(clean)
            }
            None => {
                self.faults.insert("a link that does not lead to the web");
                Kind::Splice
            }
        }
    }

    /// A text of one line.
    fn text(&mut self, text: &str) {
        let Some(top) = self.open.last_mut() else { return };
        match top.kind {
            Kind::Code => top.text.push_str(text),
            _ => push_text(&mut top.inlines, &escape::line(&text.replace(['\n', '\t'], " "))),
        }
    }

    /// A text of several lines.
    fn lines(&mut self, text: &str) {
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.push(Inline::Soft);
            }
            self.text(line);
        }
    }

    fn push(&mut self, inline: Inline) {
        if let Some(top) = self.open.last_mut() {
            top.inlines.push(inline);
        }
    }

    fn end(&mut self) {
        let Some(mut open) = self.open.pop() else { return };
        let Some(parent) = self.open.last_mut() else {
            self.open.push(open);
            return;
        };
        let kind = std::mem::replace(&mut open.kind, Kind::Root);
        let inlines = |open: Open| finished(open.inlines);
        match kind {
            Kind::Root | Kind::Splice => {
                if open.blocks.is_empty() {
                    push_all(&mut parent.inlines, open.inlines);
                } else {
                    parent.flush();
                    parent.blocks.extend(open.into_blocks());
                }
            }
            Kind::Paragraph | Kind::Html => parent.blocks.extend(open.into_blocks()),
            Kind::Heading(level) => {
                let inlines = tree::unbroken(inlines(open));
                if !inlines.is_empty() {
                    parent.blocks.push(Block::Heading(level, inlines));
                }
            }
            Kind::Quote => {
                let blocks = open.into_blocks();
                if !blocks.is_empty() {
                    parent.blocks.push(Block::Quote(blocks));
                }
            }
            Kind::Item => {
                let blocks = open.into_blocks();
                if let Kind::List(_, _, items) = &mut parent.kind {
                    items.push(blocks);
                }
            }
            Kind::List(start, tight, items) => {
                let tight = tree::can_be_tight(&items, tight);
                parent.blocks.push(Block::List(List { start, tight, items }));
            }
            Kind::Code => parent.blocks.push(Block::Code(code_lines(&open.text))),
            Kind::Table(table) => parent.blocks.push(Block::Table(table)),
            Kind::Row(cells) => {
                if let Kind::Table(table) = &mut parent.kind {
                    table.rows.push(cells);
                }
            }
            Kind::Cell => {
                if let Kind::Row(cells) = &mut parent.kind {
                    cells.push(tree::unbroken(inlines(open)));
                }
            }
            Kind::Emphasis => parent.inlines.push(Inline::Emphasis(open.inlines)),
            Kind::Strong => parent.inlines.push(Inline::Strong(open.inlines)),
            Kind::Struck => parent.inlines.push(Inline::Struck(open.inlines)),
            Kind::Link(address) => match tree::trimmed(open.inlines) {
                inlines if inlines.is_empty() => {}
                inlines => parent.inlines.push(Inline::Link(address, inlines)),
            },
        }
    }
}

/// The parts of a block: without white space around them, and with addresses as links.
fn finished(inlines: Vec<Inline>) -> Vec<Inline> {
    trimmed(linked(inlines))
}

fn linked(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut parts = Vec::new();
    for one in inlines {
        match one {
            Inline::Text(text) => push_linked(&mut parts, &text),
            Inline::Emphasis(inner) => parts.push(Inline::Emphasis(linked(inner))),
            Inline::Strong(inner) => parts.push(Inline::Strong(linked(inner))),
            Inline::Struck(inner) => parts.push(Inline::Struck(linked(inner))),
            one @ (Inline::Code(_) | Inline::Link(..) | Inline::Soft | Inline::Hard) => {
                parts.push(one);
            }
        }
    }
    parts
}

/// Adds a text in which bare addresses are links: rustdoc warns about those that are none.
fn push_linked(parts: &mut Vec<Inline>, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find("http") {
        let (before, from) = rest.split_at(start);
        push_text(parts, before);
        let (address, after) = from.split_at(address_length(from));
        let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        let is_address = host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
            && harmless(address).is_some_and(|clean| clean == address);
        match is_address {
            true => {
                let shown = vec![Inline::Text(address.to_owned())];
                parts.push(Inline::Link(address.to_owned(), shown));
            }
            false => push_text(parts, address),
        }
        rest = after;
    }
    push_text(parts, rest);
}

/// The length of a bare address at the beginning of a text.
fn address_length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "<>()[]\"'`{}\\|*".contains(c);
    let address = text.split(ends).next().unwrap_or_default();
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '_', '~']);
    address.len().max("http".len())
}

/// An address of the web or of mail, with everything encoded that could end it.
fn harmless(address: &str) -> Option<String> {
    let lower = address.get(..8.min(address.len())).unwrap_or(address).to_ascii_lowercase();
    let of_web = lower.starts_with("http://") || lower.starts_with("https://");
    // Without a dot, rustdoc would take it for the path of an item.
    let of_mail = lower.starts_with("mailto:") && address.contains('.');
    if !of_web && !of_mail {
        return None;
    }
    let mut clean = String::new();
    for c in address.chars() {
        let kept = c.is_ascii_alphanumeric() || "-._~:/?#@!$&'+,=%*".contains(c);
        match kept || (c.is_alphanumeric() && !escape::is_hidden(c)) {
            true => clean.push(c),
            false => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    clean.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
    Some(clean)
}
