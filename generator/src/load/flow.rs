//! How deep the brackets of a YAML text go, before its parser reads the text.
//!
//! Takes a text and returns where its brackets go deeper than a parser follows them. libyaml looks at
//! all open brackets for each token, and reads the whole text before anybody can stop it, so that half
//! a megabyte of them would take minutes. A tag that is declared with `%TAG` is compared with all the
//! others as well. What the text means is left to the parser: this follows its rules only as far as it
//! takes to tell a bracket from a character (YAML 1.1, chapters 5 to 9).

/// How many brackets can be open at once: as many as the parsers follow in a value.
const DEEPEST: usize = 128;

/// How many directives a text can begin with. One declares a version, the others tags.
const MOST_DIRECTIVES: usize = 16;

/// The ends of lines of YAML 1.1.
const BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// What makes a text too expensive to read, and its line and column.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// A bracket inside of too many others.
    Bracket(usize, usize),
    /// A line with a directive behind too many others.
    Directive(usize),
}

/// Looks for what would make the parser slow.
pub(super) fn excess(text: &str) -> Option<Excess> {
    let mut scan = Scan::default();
    let (mut number, mut directives) = (0, 0);
    for line in text.split_inclusive(BREAKS) {
        // The second half of `\r\n` is no line.
        if line == "\n" && number > 0 && scan.after_return {
            scan.after_return = false;
            continue;
        }
        scan.after_return = line.ends_with('\r');
        number += 1;
        directives += usize::from(line.starts_with('%'));
        if directives > MOST_DIRECTIVES {
            return Some(Excess::Directive(number));
        }
        if let Some(column) = scan.line(line.trim_end_matches(BREAKS)) {
            return Some(Excess::Bracket(number, column));
        }
    }
    None
}

/// What is open at a place of the text. Columns count from one.
#[derive(Default)]
struct Scan {
    /// How many brackets are open.
    depth: usize,
    quote: Option<char>,
    /// The columns of the block collections that are open: of their keys and dashes.
    blocks: Vec<usize>,
    /// How far a line must be indented to go on with a scalar that has no quotes.
    goes_on: Option<usize>,
    /// Where the node begins that is read, if one is.
    start: Option<usize>,
    /// Whether a node can begin here. In the middle of a scalar, quotes and brackets are characters.
    begins: bool,
    /// Whether a node in quotes or brackets has just ended, so that a colon makes a key of it.
    ended: bool,
    after_return: bool,
}

impl Scan {
    /// Goes through a line. Returns the column of a bracket that goes too deep.
    fn line(&mut self, line: &str) -> Option<usize> {
        if self.depth > 0 || self.quote.is_some() {
            return self.characters(line);
        }
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let is_marker = line.starts_with("---") || line.starts_with("...");
        let goes_on = self.goes_on.is_some_and(|least| indent >= least) && !is_marker;
        if content.is_empty() || goes_on {
            return None;
        }
        self.goes_on = None;
        let column = if is_marker { 0 } else { indent + 1 };
        while self.blocks.last().is_some_and(|block| *block > column) {
            self.blocks.pop();
        }
        self.node_begins();
        if line.starts_with('%') { None } else { self.characters(line) }
    }

    fn characters(&mut self, line: &str) -> Option<usize> {
        let characters: Vec<char> = line.chars().collect();
        let at = |index: usize| characters.get(index).copied();
        let blank = |index: usize| at(index).is_none_or(|c| matches!(c, ' ' | '\t'));
        let is_marker = line.starts_with("---") && blank(3) && self.quote.is_none();
        let mut index = if is_marker { 3 } else { 0 };
        while let Some(next) = at(index) {
            if let Some(quote) = self.quote {
                index += self.quoted(quote, next, at(index + 1));
                continue;
            }
            let in_brackets = self.depth > 0;
            index += 1;
            match next {
                ' ' | '\t' => {}
                '#' if index == 1 || blank(index - 2) => return None,
                '[' | '{' if in_brackets || self.begins => {
                    self.starts(index);
                    self.depth += 1;
                    (self.begins, self.ended) = (true, false);
                    if self.depth > DEEPEST {
                        return Some(index);
                    }
                }
                ']' | '}' if in_brackets => {
                    self.depth -= 1;
                    (self.begins, self.ended) = (false, true);
                }
                ',' if in_brackets => self.node_begins(),
                ':' if blank(index)
                    || self.ended
                    || in_brackets && (self.begins || is_flow(at(index))) =>
                {
                    self.block(self.start.unwrap_or(index));
                    self.node_begins();
                }
                '-' | '?' if self.begins && blank(index) => {
                    self.block(index);
                    self.node_begins();
                }
                '\'' | '"' if self.begins => {
                    self.starts(index);
                    self.quote = Some(next);
                    (self.begins, self.ended) = (false, true);
                }
                '!' | '&' | '*' if self.begins => {
                    self.starts(index);
                    let verbatim = next == '!' && at(index) == Some('<');
                    let is_in = |c: char| if verbatim { c != '>' } else { !is_flow(Some(c)) };
                    while at(index).is_some_and(is_in) && (verbatim || !blank(index)) {
                        index += 1;
                    }
                    index += usize::from(verbatim);
                }
                '|' | '>' if self.begins && !in_brackets => {
                    self.goes_on = Some(self.holder().max(1));
                    return None;
                }
                _ => {
                    self.starts(index);
                    (self.begins, self.ended) = (false, false);
                }
            }
        }
        let is_plain = !self.begins && !self.ended && self.depth == 0 && self.quote.is_none();
        self.goes_on = is_plain.then(|| self.holder());
        None
    }

    /// Reads on in a text in quotes. Returns how many characters were read.
    fn quoted(&mut self, quote: char, next: char, behind: Option<char>) -> usize {
        match next {
            '\\' if quote == '"' => 2,
            '\'' if quote == '\'' && behind == Some('\'') => 2,
            _ => {
                self.quote = self.quote.filter(|_| next != quote);
                1
            }
        }
    }

    fn node_begins(&mut self) {
        (self.begins, self.ended, self.start) = (true, false, None);
    }

    fn starts(&mut self, column: usize) {
        if self.depth == 0 {
            self.start.get_or_insert(column);
        }
    }

    /// Opens a block collection, unless the one that is open has the same column.
    fn block(&mut self, column: usize) {
        if self.depth == 0 && self.holder() < column {
            self.blocks.push(column);
        }
    }

    /// The column of the block collection that is open, or 0.
    fn holder(&self) -> usize {
        self.blocks.last().copied().unwrap_or_default()
    }
}

fn is_flow(next: Option<char>) -> bool {
    matches!(next, Some(',' | '[' | ']' | '{' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Excess> {
        excess(text)
    }

    #[test]
    fn brackets_count_where_the_parser_counts_them() {
        let deep = "{a: ".repeat(200);
        for before in [
            "",
            "a: ",
            "- ",
            "a: &x !y ",
            "a: !<tag:]]]]> ",
            "--- ",
            "%YAML 1.1\n---\n",
            "a: it's\nb: ",
            "a: 'it''s ]'\nb: ",
            "a: \"\\\"]]\"\nb: ",
            "a: |\n  \"\n  ]\nb: ",
            "- |\n \"\n- ",
            "a:\n  x\n  'y\nb: ",
            "a: x\n  'y\nb: ",
            "a: x\n'b': ",
            "a: |\rb: ",
            "# it's {\na: ",
            "[it's, 'a b', \"]\", ",
            "{a: b # ]]]\n, c: ",
            "a: >-\n\n  '\n\nb:\n  - c: d\n    e: ",
        ] {
            let text = format!("{before}{deep}");
            assert!(matches!(found(&text), Some(Excess::Bracket(..))), "{before:?}");
            let text = format!("{before}{}", "{a: ".repeat(100));
            assert_eq!(found(&text), None, "{before:?}");
        }
    }

    #[test]
    fn characters_are_no_brackets() {
        let many = "[{".repeat(200);
        for text in [
            format!("a: '{many}'"),
            format!("a: x{many}"),
            format!("a: |\n  {many}\n  {many}"),
            format!("- a: x\n    {many}\n- b"),
            format!("# {many}"),
            format!("a: b # {many}"),
            format!("'{many}': x"),
            "- {a: b}\n- [c]\n".repeat(500),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
    }

    #[test]
    fn a_place_is_a_line_and_a_column() {
        let text = format!("a: b\r\nc: {}", "[".repeat(129));
        assert_eq!(found(&text), Some(Excess::Bracket(2, 132)));
        assert_eq!(found(&"%TAG !a! b\n".repeat(20)), Some(Excess::Directive(17)));
    }
}
