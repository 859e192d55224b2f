//! Lint `invalid-pattern`: patterns that are not regular expressions of ECMA-262, which JSON Schema requires.
//!
//! A pattern is compiled by the validator `jsonschema`, which translates ECMA-262. Its engine also reads syntax of
//! other languages, so that is searched for: inline flags, `(?P<`, atomic groups, possessive quantifiers, and
//! the anchors `\A`, `\Z` and `\z`. What the engine accepts beyond that is not reported, and a pattern with a
//! reference to a named group (`\k<name>`) or a control letter (`\cA`) is not compiled.

use clientgen::metamodel::ObjectKind;
use clientgen::pointer::Pointer;
use serde_json::{Value, json};

use super::document::Document;
use super::{Action, Finding};
use crate::instances::{Matchers, shown};

/// Finds patterns that do not compile.
pub(super) fn invalid_patterns(document: &Document<'_>) -> Vec<Finding> {
    let matchers = Matchers::default();
    let mut findings = Vec::new();
    for node in document.of_kind(ObjectKind::Schema) {
        let pattern = node.value.get("pattern").and_then(Value::as_str);
        let keys = node.value.get("patternProperties").and_then(Value::as_object);
        let keys = keys.into_iter().flatten().map(|(key, _)| (key.as_str(), true));
        for (pattern, is_key) in pattern.map(|it| (it, false)).into_iter().chain(keys) {
            // Compiling takes much longer than reading.
            if !document.steps.take(10 + 10 * pattern.len() as u64) {
                return findings;
            }
            let Some(error) = error(pattern, &matchers) else { continue };
            let node = document.at(node.place);
            findings.push(match is_key {
                true => {
                    finding(node.join("patternProperties").join(pattern), pattern, &error, None)
                }
                false => {
                    let corrected = corrected(pattern, &matchers);
                    finding(node.join("pattern"), pattern, &error, corrected)
                }
            });
        }
    }
    findings
}

fn finding(at: Pointer, pattern: &str, error: &str, corrected: Option<String>) -> Finding {
    let update = |pattern| Action::update(at.parent(), json!({"pattern": pattern}));
    Finding {
        code: "invalid-pattern",
        message: format!("{} is not a pattern of ECMA-262: {error}", shown(&json!(pattern))),
        help: "correct the pattern".to_owned(),
        actions: corrected.map(update).into_iter().collect(),
        at,
    }
}

/// Returns why a pattern is not one of ECMA-262.
fn error(pattern: &str, matchers: &Matchers) -> Option<String> {
    // Syntax of ECMA-262 that the engine does not have everywhere.
    let is_unsupported = pattern.contains("\\k<") || pattern.contains("\\c");
    match foreign(pattern) {
        None if is_unsupported => None,
        Some(syntax) => Some(format!("`{syntax}` is syntax of other languages")),
        None => matchers.pattern_error(pattern).map(|_| "it does not compile".to_owned()),
    }
}

/// Returns the first syntax of other languages in a pattern.
fn foreign(pattern: &str) -> Option<String> {
    let mut chars = pattern.char_indices().peekable();
    let mut is_class = false;
    let mut is_quantifier = false;
    while let Some((at, c)) = chars.next() {
        let was_quantifier = std::mem::take(&mut is_quantifier);
        let rest = pattern.get(at..).unwrap_or_default();
        match c {
            '\\' => match chars.next() {
                Some((_, anchor @ ('A' | 'Z' | 'z'))) if !is_class => {
                    return Some(format!("\\{anchor}"));
                }
                _ => {}
            },
            '[' => is_class = true,
            ']' => is_class = false,
            _ if is_class => {}
            '(' => {
                if let Some(group) = rest.strip_prefix("(?")
                    && !is_group(group)
                {
                    return Some(rest.chars().take(3).collect());
                }
            }
            '+' if was_quantifier => return Some("+".to_owned()),
            '*' | '+' | '?' | '}' => is_quantifier = true,
            _ => {}
        }
    }
    None
}

/// Returns whether ECMA-262 has a group that begins with `(?` and this text.
fn is_group(rest: &str) -> bool {
    let modifiers = rest.trim_start_matches(['i', 'm', 's', '-']);
    rest.starts_with([':', '=', '!', '<']) || (modifiers != rest && modifiers.starts_with(':'))
}

/// Returns a pattern in the syntax of ECMA-262, if only its spelling differs.
fn corrected(pattern: &str, matchers: &Matchers) -> Option<String> {
    let mut corrected = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('A')) => corrected.push('^'),
            ('\\', Some('Z' | 'z')) => corrected.push('$'),
            ('\\', Some(next)) => corrected.extend([c, *next]),
            _ => {
                corrected.push(c);
                continue;
            }
        }
        chars.next();
    }
    let corrected = corrected.replace("(?P<", "(?<");
    (corrected != pattern && error(&corrected, matchers).is_none()).then_some(corrected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_other_languages_are_found() {
        let matchers = Matchers::default();
        for invalid in [
            "(", "[a", "(?i)a", "(?P<x>a)", "(?>a)", "a++", "a*+", r"\Aa\Z", "(?#x)a", "a{2,1}",
            r"(?<x>a", "*a",
        ] {
            assert!(error(invalid, &matchers).is_some(), "{invalid}");
        }
        for valid in [
            "^a+?$",
            "[(?P<]",
            r"\(?P",
            "(?:a)",
            "(?<!a)b(?=c)",
            "(?<x>a)\\k<x>",
            r"\\A",
            "(?i:a)",
            r"[\w+*]+",
            "a{2}",
            "",
        ] {
            assert_eq!(error(valid, &matchers), None, "{valid}");
        }
    }

    #[test]
    fn a_spelling_of_other_languages_is_corrected() {
        let matchers = Matchers::default();
        let corrected = |pattern| corrected(pattern, &matchers);
        assert_eq!(corrected(r"\A(?P<x>\d+)\Z").as_deref(), Some(r"^(?<x>\d+)$"));
        assert_eq!(corrected("(?i)a"), None);
        assert_eq!(corrected("("), None);
    }
}
