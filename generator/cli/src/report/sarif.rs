//! Formats diagnostics as a log in SARIF 2.1.0 (Static Analysis Results Interchange Format), which code scanners
//! show beside the source.
//!
//! A message of SARIF is not plain text: `{0}` is a placeholder and `[text](target)` a link (sections 3.11.5 and
//! 3.11.6), so both are escaped. A path is a URI.

use std::collections::BTreeMap;

use clientgen::diagnostics::Location;
use clientgen::escape;
use clientgen::{Diagnostic, Position, Severity};
use serde_json::{Value, json};

use crate::explain;

/// The schema of the format.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Formats diagnostics as a log with one run.
pub fn log<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let mut results = Vec::new();
    for diagnostic in diagnostics {
        let next = numbers.len();
        let number = *numbers.entry(diagnostic.code).or_insert(next);
        results.push(result(diagnostic, number));
    }
    let mut rules: Vec<(&str, usize)> = numbers.into_iter().collect();
    rules.sort_unstable_by_key(|(_, number)| *number);
    let rules: Vec<Value> = rules.into_iter().map(|(code, _)| rule(code)).collect();
    let driver = json!({
        "name": "clientgen",
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let run = json!({
        "tool": {"driver": driver},
        // A column is a Unicode scalar value.
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    format!("{:#}", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

/// Returns the description of a code: its page, and the first paragraph of it.
fn rule(code: &str) -> Value {
    let page = explain::page(code).unwrap_or_default();
    let body = page.split_once("\n\n").map_or("", |(_, body)| body);
    let first = body.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let mut rule = json!({"id": code});
    if !first.is_empty() {
        rule["shortDescription"] = json!({"text": message(&first)});
        rule["help"] = json!({"text": message(page), "markdown": page});
    }
    rule
}

fn result(diagnostic: &Diagnostic, rule: usize) -> Value {
    let level = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let text = format!("{}\nhelp: {}", escape::line(&diagnostic.message), diagnostic.help);
    let place = location(&diagnostic.location, diagnostic.position.as_ref());
    let mut result = json!({
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": level,
        "message": {"text": message(&text)},
        "locations": [place],
    });
    let related: Vec<Value> = diagnostic
        .trail
        .iter()
        .map(|step| {
            let mut place = location(&step.location, step.position.as_ref());
            place["message"] = json!({"text": message(step.description)});
            place
        })
        .collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    result
}

fn location(location: &Location, position: Option<&Position>) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&location.file)}});
    if let Some(Position { line, column, end_column, .. }) = position {
        let mut region = json!({"startLine": line, "startColumn": column});
        if end_column >= column {
            region["endColumn"] = json!(end_column);
        }
        physical["region"] = region;
    }
    let pointer = escape::line(&location.pointer.to_string()).into_owned();
    json!({"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": pointer}]})
}

/// Escapes a text as a message.
fn message(text: &str) -> String {
    let mut message = String::new();
    for c in escape::visible(text).chars() {
        match c {
            '{' | '}' => message.extend([c, c]),
            '[' | ']' | '\\' => message.extend(['\\', c]),
            c => message.push(c),
        }
    }
    message
}

/// Returns a path with slashes as a URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    // A path that begins with a slash, or with a drive, is absolute.
    match path.as_bytes() {
        [b'/', b'/', ..] => uri.push_str("file:"),
        [b'/', ..] => uri.push_str("file://"),
        [letter, b':', b'/', ..] if letter.is_ascii_alphabetic() => uri.push_str("file:///"),
        _ => {}
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
