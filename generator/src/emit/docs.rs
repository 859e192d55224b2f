//! Doc comments.
//!
//! Takes descriptions of the document, which are CommonMark, and returns the lines of comments. Strings of
//! the document are escaped here ([`escape`](crate::escape)), and nowhere else in the emitters.

use proc_macro2::TokenStream;
use quote::quote;

use super::notes::notes;
use super::ty;
use crate::escape;
pub(super) use crate::escape::{cell, code, code_cell, inline};
use crate::ir::{Docs, Operation, Type};
use crate::name::Named;

/// Returns lines as doc comments on the next item.
pub(super) fn outer(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| comment(line));
    quote!(#(#[doc = #lines])*)
}

/// Returns lines as doc comments on the file.
pub(super) fn inner(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| comment(line));
    quote!(#(#![doc = #lines])*)
}

/// Returns one line of a comment.
fn comment(line: &str) -> String {
    let line = escape::line(line);
    if line.is_empty() { line.into_owned() } else { format!(" {line}") }
}

/// Returns the lines for an item: its documentation, or a fallback.
pub(super) fn lines(docs: &Docs, fallback: &str) -> Vec<String> {
    let mut lines: Vec<String> = summary(docs).into_iter().collect();
    if docs.description != docs.summary {
        paragraph(&mut lines, docs.description.as_deref());
    }
    if lines.is_empty() {
        lines.push(fallback.to_owned());
    }
    paragraph(&mut lines, Some(&notes(docs)));
    lines
}

/// Returns a link to the method of an operation.
pub(super) fn method_link(api: &Named<'_>, operation: &Operation) -> String {
    match api.names.accessor(operation.group) {
        Some(_) => call_link(api, operation),
        None => format!("[`{}`]", api.names.method_path(operation)),
    }
}

/// Returns the call of an operation as a link to its method.
pub(super) fn call_link(api: &Named<'_>, operation: &Operation) -> String {
    format!("[`{}`](crate::{})", api.names.call(operation), api.names.method_path(operation))
}

/// Returns a type as code, and a declared type as a link to its page, in the module `types` or elsewhere.
pub(super) fn type_link(api: &Named<'_>, of: &Type, in_types: bool) -> String {
    match of {
        Type::Named(id) if in_types => format!("[`{}`]", api.names.ty(*id)),
        Type::Named(id) => {
            let name = api.names.ty(*id);
            format!("[`{name}`](types::{name})")
        }
        other => code_cell(&ty(api, other, true).to_string().replace(' ', "")),
    }
}

/// Returns the summary of an item as one line, if there is one.
pub(super) fn summary(docs: &Docs) -> Option<String> {
    docs.summary.as_deref().map(inline).filter(|summary| !summary.is_empty())
}

/// Returns the first block of the documentation of an item, or a fallback.
pub(super) fn first_part(docs: &Docs, fallback: &str) -> Vec<String> {
    if let Some(summary) = summary(docs) {
        return vec![summary];
    }
    let first = escape::first_block(docs.description.as_deref().unwrap_or_default());
    let first = if first.is_empty() { fallback.to_owned() } else { first };
    first.split('\n').map(str::to_owned).collect()
}

/// Adds a paragraph.
pub(super) fn paragraph(lines: &mut Vec<String>, text: Option<&str>) {
    let text = escape::markdown(text.unwrap_or_default());
    if text.is_empty() {
        return;
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.extend(text.split('\n').map(str::to_owned));
}
