//! Patterns and formats: the keywords for strings that need more than a comparison.
//!
//! `jsonschema` compiles and matches them, with its translation of ECMA-262 patterns. Compiling is limited in
//! memory, and matching in backtracking. Each pattern and each format is compiled once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Value, json};

use super::evaluate::Outcome;

/// The number of times that a match may backtrack.
const MAX_BACKTRACKS: usize = 10_000;
/// The size of a compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// Compiled patterns and formats.
#[derive(Debug, Default)]
pub struct Matchers {
    patterns: RefCell<BTreeMap<String, Result<Rc<Validator>, String>>>,
    formats: RefCell<BTreeMap<String, Result<Rc<Validator>, String>>>,
}

impl Matchers {
    /// Returns why a pattern does not compile as ECMA-262, or `None` if it does.
    pub fn pattern_error(&self, pattern: &str) -> Option<String> {
        self.pattern(pattern).err()
    }

    /// Matches a string with a pattern. The outcome is unknown if the pattern does not compile, or if it
    /// backtracks too often.
    pub(super) fn matches(&self, pattern: &str, text: &Value) -> Outcome {
        self.pattern(pattern).map_or(Outcome::Unknown, |validator| outcome(&validator, text))
    }

    /// Checks a string against a format. An unknown format has no effect.
    pub(super) fn has_format(&self, format: &str, text: &Value) -> Outcome {
        let build = || build(&json!({"format": format}));
        let mut formats = self.formats.borrow_mut();
        let validator = formats.entry(format.to_owned()).or_insert_with(build);
        validator.as_ref().map_or(Outcome::Valid, |validator| outcome(validator, text))
    }

    fn pattern(&self, pattern: &str) -> Result<Rc<Validator>, String> {
        let build = || build(&json!({"pattern": pattern}));
        self.patterns.borrow_mut().entry(pattern.to_owned()).or_insert_with(build).clone()
    }
}

fn build(schema: &Value) -> Result<Rc<Validator>, String> {
    let patterns =
        PatternOptions::fancy_regex().backtrack_limit(MAX_BACKTRACKS).size_limit(MAX_PATTERN_BYTES);
    let options =
        jsonschema::options().with_draft(Draft::Draft202012).with_pattern_options(patterns);
    let validator = options.should_validate_formats(true).build(schema);
    validator.map(Rc::new).map_err(|error| error.to_string())
}

fn outcome(validator: &Validator, value: &Value) -> Outcome {
    match validator.validate(value) {
        Ok(()) => Outcome::Valid,
        Err(error) => match error.kind() {
            ValidationErrorKind::BacktrackLimitExceeded { .. } => Outcome::Unknown,
            _ => Outcome::Invalid,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_ecma_262() {
        let matchers = Matchers::default();
        let matches = |pattern: &str, text: &str| matchers.matches(pattern, &json!(text));
        assert_eq!(matches(r"^\d+$", "12"), Outcome::Valid);
        assert_eq!(matches(r"^(?!a).$", "b"), Outcome::Valid);
        assert_eq!(matches(r"^(x)\1$", "xx"), Outcome::Valid);
        assert_eq!(matches(r"^\p{Lu}+$", "É"), Outcome::Valid);
        assert_eq!(matches("^a", "b"), Outcome::Invalid);
        for invalid in ["(", "[", "a**", "[a", r"(?<a>", "(a{9999}){9999}"] {
            assert!(matchers.pattern_error(invalid).is_some(), "{invalid}");
            assert_eq!(matches(invalid, "a"), Outcome::Unknown, "{invalid}");
        }
    }

    #[test]
    fn matching_is_bounded() {
        let matchers = Matchers::default();
        let text = json!("a".repeat(64));
        assert_eq!(matchers.matches(r"^(a|a)*(?=b)\1c$", &text), Outcome::Unknown);
    }

    #[test]
    fn formats_are_checked_and_unknown_ones_are_not() {
        let matchers = Matchers::default();
        assert_eq!(matchers.has_format("date", &json!("2024-02-30")), Outcome::Invalid);
        assert_eq!(matchers.has_format("date", &json!("2024-02-29")), Outcome::Valid);
        assert_eq!(matchers.has_format("no-such-format", &json!("x")), Outcome::Valid);
    }
}
