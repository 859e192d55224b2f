//! Words to doc comments.
//!
//! Descriptions are CommonMark, as rustdoc's are, but they were not written for it: what rustdoc
//! would stumble over is made harmless here.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::Docs;

/// Lines as doc comments on what follows.
pub(super) fn outer(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| comment(line));
    quote!(#(#[doc = #lines])*)
}

/// Lines as doc comments on the file.
pub(super) fn inner(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| comment(line));
    quote!(#(#![doc = #lines])*)
}

/// One line of a comment. Names from the document stand in some, and can have anything in them.
fn comment(line: &str) -> String {
    let line = line.replace(|c: char| c.is_control(), " ");
    if line.is_empty() { line } else { format!(" {line}") }
}

/// A name from the document as inline code.
pub(super) fn code(name: &str) -> String {
    match name {
        // Nothing is no code (CommonMark 0.31, 6.1).
        "" => "`\"\"`".to_owned(),
        name if name.contains('`') => format!("`` {name} ``"),
        name => format!("`{name}`"),
    }
}

/// The lines for a thing: what is said of it, or else a fallback.
pub(super) fn lines(docs: &Docs, fallback: &str) -> Vec<String> {
    let mut lines = Vec::new();
    paragraph(&mut lines, docs.summary.as_deref());
    if docs.description != docs.summary {
        paragraph(&mut lines, docs.description.as_deref());
    }
    if lines.is_empty() {
        lines.push(fallback.to_owned());
    }
    let notes: Vec<&str> = docs.notes.iter().map(String::as_str).collect();
    paragraph(&mut lines, Some(notes.join(" ").as_str()));
    lines
}

/// Adds a text as a paragraph of its own.
pub(super) fn paragraph(lines: &mut Vec<String>, text: Option<&str>) {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return;
    };
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.extend(harmless(text));
}

/// A text as one line, for a cell of a table.
pub(super) fn cell(text: &str) -> String {
    let line = harmless(text).join(" ");
    line.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// The lines of a text, with what rustdoc would misread made plain: code without a language would
/// be compiled, brackets would be links, angle brackets HTML, and bare addresses are warned about.
fn harmless(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        let line = line.trim_end();
        let unindented = line.trim_start();
        if unindented.starts_with("```") || unindented.starts_with("~~~") {
            in_code = !in_code;
            let language = unindented.trim_start_matches(['`', '~']);
            let is_rust = language.is_empty() || language.starts_with("rust");
            let is_text = in_code && is_rust;
            lines.push(if is_text { "```text".to_owned() } else { fence(language, in_code) });
        } else if in_code {
            lines.push(line.to_owned());
        } else {
            lines.push(prose(line));
        }
    }
    if in_code {
        lines.push("```".to_owned());
    }
    lines
}

fn fence(language: &str, begins: bool) -> String {
    if begins { format!("```{language}") } else { "```".to_owned() }
}

fn prose(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    // Four spaces would make a block of code of it.
    let mut plain = " ".repeat(indent.min(3));
    plain.push_str(&words(line.trim_start()));
    plain
}

fn words(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(length) = code_span(rest).or_else(|| link(rest)) {
            let (taken, left) = rest.split_at(length);
            plain.push_str(taken);
            rest = left;
            continue;
        }
        if let Some(length) = address(rest) {
            let (taken, left) = rest.split_at(length);
            let is_target = plain.ends_with("](") && !plain.ends_with("\\](");
            let bracketed = is_target || (plain.ends_with('<') && !plain.ends_with("\\<"));
            plain.push_str(&if bracketed { taken.to_owned() } else { format!("<{taken}>") });
            rest = left;
            continue;
        }
        let (taken, left) = rest.split_at(next.len_utf8());
        if matches!(next, '[' | ']') || (next == '<' && address(left).is_none()) {
            plain.push('\\');
        }
        plain.push_str(taken);
        rest = left;
    }
    plain
}

/// The length of a piece of code at the beginning of a text.
fn code_span(text: &str) -> Option<usize> {
    let inner = text.trim_start_matches('`');
    let fence = text.get(..text.len() - inner.len()).filter(|fence| !fence.is_empty())?;
    Some(fence.len() + inner.find(fence)? + fence.len())
}

/// The length of an inline link to an address, `[text](https://…)`, at the beginning of a text.
fn link(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('[')?;
    let close = inner.find(']')?;
    let target = inner.get(close..)?.strip_prefix("](")?;
    if !target.starts_with("http") || inner.get(..close)?.contains('[') {
        return None;
    }
    Some(1 + close + 2 + target.find(')')? + 1)
}

/// The length of a bare address at the beginning of a text.
fn address(text: &str) -> Option<usize> {
    if !(text.starts_with("https://") || text.starts_with("http://")) {
        return None;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || "<>()[]\"'`{}".contains(c)).unwrap_or(text.len());
    Some(text.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?']).len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rustdoc_is_not_misled() {
        let cases = [
            ("see [this](https://a.b/c) now", "see [this](https://a.b/c) now"),
            ("a list [1] of <b>", r"a list \[1\] of \<b>"),
            ("go to https://a.b/c.", "go to <https://a.b/c>."),
            ("go to <https://a.b/c>.", "go to <https://a.b/c>."),
            ("`a[0] < b` is code", "`a[0] < b` is code"),
            ("[`code`](https://a.b/c) [1]", r"[`code`](https://a.b/c) \[1\]"),
            ("``a`[0]`` is code, ` is none [", r"``a`[0]`` is code, ` is none \["),
            ("over lines](https://a.b)", r"over lines\](<https://a.b>)"),
            ("        deep", "   deep"),
        ];
        for (text, expected) in cases {
            assert_eq!(harmless(text), [expected], "{text}");
        }
        assert_eq!(harmless("```\nlet x = 1;\n"), ["```text", "let x = 1;", "```"]);
        assert_eq!(harmless("~~~rust\nx[0]\n~~~"), ["```text", "x[0]", "```"]);
        assert_eq!(harmless("```json\n[]\n```"), ["```json", "[]", "```"]);
        assert_eq!(cell("two\nlines | one"), r"two lines \| one");
    }
}
