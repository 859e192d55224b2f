//! Checks the nesting of a YAML text before its parser reads it.
//!
//! Takes a text and returns the position of a construct that would make the parser slow. For each token
//! libyaml examines all open flow collections, and it scans the whole text before it can be stopped:
//! half a megabyte of brackets would take minutes. It also compares each `%TAG` directive with all
//! others. Leaves the meaning of the text to the parser: this scan follows the YAML syntax (YAML 1.1,
//! chapters 5 to 9) only as far as it must to distinguish a bracket from a character of a scalar.

/// The number of nested brackets that is allowed, which is the depth limit of the parsers.
const MAX_DEPTH: usize = 128;

/// The number of directives that is allowed at the beginning of a text.
const MAX_DIRECTIVES: usize = 16;

/// The line breaks of YAML 1.1.
const LINE_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// A construct that is too expensive to parse, with its line and column.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Excess {
    /// A bracket that is nested too deeply.
    Bracket(usize, usize),
    /// A line with a directive after too many others.
    Directive(usize),
}

/// Returns the first construct of a text that would make the parser slow.
pub(super) fn excess(text: &str) -> Option<Excess> {
    let mut scan = Scan::default();
    let (mut number, mut directives, mut after_return) = (0, 0, false);
    for line in text.split_inclusive(LINE_BREAKS) {
        // The second character of `\r\n` does not end another line.
        if std::mem::replace(&mut after_return, line.ends_with('\r')) && line == "\n" {
            continue;
        }
        number += 1;
        directives += usize::from(line.starts_with('%'));
        if directives > MAX_DIRECTIVES {
            return Some(Excess::Directive(number));
        }
        if let Some(column) = scan.line(line.trim_end_matches(LINE_BREAKS)) {
            return Some(Excess::Bracket(number, column));
        }
    }
    None
}

/// The state of the scan at a position of the text. Columns count from one.
#[derive(Default)]
struct Scan {
    /// The number of open brackets.
    depth: usize,
    /// The quote of the open quoted scalar.
    quote: Option<char>,
    /// The columns of the open block collections: those of their keys or dashes.
    block_columns: Vec<usize>,
    /// The indentation from which a line continues the open plain or block scalar.
    scalar_indent: Option<usize>,
    /// The column at which the current node starts.
    node_column: Option<usize>,
    /// Whether a node can start here. Within a plain scalar, quotes and brackets are characters.
    can_start_node: bool,
    /// Whether a quoted scalar or a flow collection just ended. A colon makes it a key.
    after_json_node: bool,
}

impl Scan {
    /// Scans a line. Returns the column of a bracket that is nested too deeply.
    fn line(&mut self, line: &str) -> Option<usize> {
        if self.depth > 0 || self.quote.is_some() {
            return self.characters(line);
        }
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let is_marker = line.starts_with("---") || line.starts_with("...");
        let continues_scalar = self.scalar_indent.is_some_and(|least| indent >= least);
        if content.is_empty() || continues_scalar && !is_marker {
            return None;
        }
        self.scalar_indent = None;
        let column = if is_marker { 0 } else { indent + 1 };
        while self.block_columns.last().is_some_and(|block| *block > column) {
            self.block_columns.pop();
        }
        self.expect_node();
        if line.starts_with('%') { None } else { self.characters(line) }
    }

    /// Scans the characters of a line, which may start within a quoted scalar or in brackets.
    fn characters(&mut self, line: &str) -> Option<usize> {
        let characters: Vec<char> = line.chars().collect();
        let mut cursor = Cursor { characters: &characters, index: 0 };
        if self.quote.is_none() && line.starts_with("---") && cursor.is_blank(3) {
            cursor.index = 3;
        }
        while let Some(next) = cursor.at(cursor.index) {
            if let Some(quote) = self.quote {
                cursor.index += self.quoted(quote, next, cursor.at(cursor.index + 1));
                continue;
            }
            cursor.index += 1;
            match next {
                ' ' | '\t' => {}
                '#' if cursor.index == 1 || cursor.is_blank(cursor.index - 2) => return None,
                '|' | '>' if self.can_start_node && self.depth == 0 => {
                    self.scalar_indent = Some(self.block_column().max(1));
                    return None;
                }
                '!' | '&' | '*' if self.can_start_node => {
                    self.start_node(cursor.index);
                    cursor.skip_name(next);
                }
                next if self.is_structure(next, &cursor) => self.structure(next, cursor.index),
                _ => {
                    self.start_node(cursor.index);
                    (self.can_start_node, self.after_json_node) = (false, false);
                }
            }
            if self.depth > MAX_DEPTH {
                return Some(cursor.index);
            }
        }
        let in_plain_scalar = !self.can_start_node
            && !self.after_json_node
            && self.depth == 0
            && self.quote.is_none();
        self.scalar_indent = in_plain_scalar.then(|| self.block_column());
        None
    }

    /// Returns whether the character before the cursor is an indicator of structure, and not a character
    /// of a plain scalar.
    fn is_structure(&self, next: char, cursor: &Cursor<'_>) -> bool {
        let in_brackets = self.depth > 0;
        match next {
            '[' | '{' => in_brackets || self.can_start_node,
            ']' | '}' | ',' => in_brackets,
            ':' => {
                let following = cursor.at(cursor.index);
                cursor.is_blank(cursor.index)
                    || self.after_json_node
                    || in_brackets && (self.can_start_node || is_flow_indicator(following))
            }
            '-' | '?' => self.can_start_node && cursor.is_blank(cursor.index),
            '\'' | '"' => self.can_start_node,
            _ => false,
        }
    }

    /// Processes an indicator of structure at a column.
    fn structure(&mut self, indicator: char, column: usize) {
        match indicator {
            '[' | '{' => {
                self.start_node(column);
                self.depth += 1;
                (self.can_start_node, self.after_json_node) = (true, false);
            }
            ']' | '}' => {
                self.depth -= 1;
                (self.can_start_node, self.after_json_node) = (false, true);
            }
            ':' => {
                self.open_block(self.node_column.unwrap_or(column));
                self.expect_node();
            }
            '-' | '?' => {
                self.open_block(column);
                self.expect_node();
            }
            '\'' | '"' => {
                self.start_node(column);
                self.quote = Some(indicator);
                (self.can_start_node, self.after_json_node) = (false, true);
            }
            _ => self.expect_node(),
        }
    }

    /// Continues a quoted scalar. Returns the number of characters read.
    fn quoted(&mut self, quote: char, next: char, following: Option<char>) -> usize {
        match next {
            '\\' if quote == '"' => 2,
            '\'' if quote == '\'' && following == Some('\'') => 2,
            _ => {
                self.quote = self.quote.filter(|_| next != quote);
                1
            }
        }
    }

    fn expect_node(&mut self) {
        (self.can_start_node, self.after_json_node, self.node_column) = (true, false, None);
    }

    fn start_node(&mut self, column: usize) {
        if self.depth == 0 {
            self.node_column.get_or_insert(column);
        }
    }

    /// Opens a block collection, unless the open one has the same column.
    fn open_block(&mut self, column: usize) {
        if self.depth == 0 && self.block_column() < column {
            self.block_columns.push(column);
        }
    }

    /// Returns the column of the innermost open block collection, or 0.
    fn block_column(&self) -> usize {
        self.block_columns.last().copied().unwrap_or_default()
    }
}

/// A position in the characters of a line.
struct Cursor<'l> {
    characters: &'l [char],
    index: usize,
}

impl Cursor<'_> {
    fn at(&self, index: usize) -> Option<char> {
        self.characters.get(index).copied()
    }

    /// Returns whether a character is a space or a tab, or is beyond the end of the line.
    fn is_blank(&self, index: usize) -> bool {
        self.at(index).is_none_or(|c| matches!(c, ' ' | '\t'))
    }

    /// Skips the name of a tag, an anchor or an alias, after its indicator.
    fn skip_name(&mut self, indicator: char) {
        let is_verbatim = indicator == '!' && self.at(self.index) == Some('<');
        let is_in_name = |c: char| match is_verbatim {
            true => c != '>',
            false => !is_flow_indicator(Some(c)) && !matches!(c, ' ' | '\t'),
        };
        while self.at(self.index).is_some_and(is_in_name) {
            self.index += 1;
        }
        self.index += usize::from(is_verbatim);
    }
}

fn is_flow_indicator(next: Option<char>) -> bool {
    matches!(next, Some(',' | '[' | ']' | '{' | '}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_counts_where_the_parser_treats_it_as_one() {
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
            assert!(matches!(excess(&text), Some(Excess::Bracket(..))), "{before:?}");
            let text = format!("{before}{}", "{a: ".repeat(100));
            assert_eq!(excess(&text), None, "{before:?}");
        }
    }

    #[test]
    fn a_character_of_a_scalar_or_comment_is_not_a_bracket() {
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
            assert_eq!(excess(&text), None, "{text}");
        }
    }

    /// Brackets that are in quotes only if what stands before them is understood.
    #[test]
    fn quotes_begin_and_end_where_they_do_for_the_parser() {
        let many = "[{".repeat(200);
        for text in [
            format!("['{many}']"),
            format!("[a, '{many}']"),
            format!("[\"\\\"{many}\"]"),
            format!("['it''s {many}']"),
            format!("[a # {many}\n]"),
            format!("{{\"a\":'{many}'}}"),
            format!("[:'{many}']"),
            format!("[!t '{many}']"),
            format!("[&a,'x {many}']"),
            format!("[!<a {many}> b]"),
            format!("[!<a> '{many}']"),
        ] {
            assert_eq!(excess(&text), None, "{text}");
        }
        let deep = "{a: ".repeat(200);
        for before in [
            "[a#",
            "[a:'",
            "[|\n'",
            "[a\n'",
            "- a:'x\n- ",
            "x: -'y\nb: ",
            "x: a-'y\nb: ",
            "- a- 'y\nb: ",
            "a: b, 'c\nb: ",
            "a: x\n\n  'y\nb: ",
        ] {
            let text = format!("{before}{deep}");
            assert!(matches!(excess(&text), Some(Excess::Bracket(..))), "{before:?}");
        }
    }

    #[test]
    fn an_excess_has_a_line_and_a_column() {
        let text = format!("a: b\r\nc: {}", "[".repeat(129));
        assert_eq!(excess(&text), Some(Excess::Bracket(2, 132)));
        assert_eq!(excess(&"%TAG !a! b\n".repeat(20)), Some(Excess::Directive(17)));
    }
}
