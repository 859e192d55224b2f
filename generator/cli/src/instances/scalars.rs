//! Creates strings and numbers for schemas.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

/// The minimum numbers of repetitions in a pattern. They are tried in this order until the string is
/// long enough.
const REPETITIONS: [u32; 8] = [0, 1, 2, 4, 8, 16, 32, 64];

/// The maximum number of parts of a string that matches a pattern.
const MAX_PARTS: usize = 10_000;

/// Creates strings for a schema.
pub(super) fn strings(keywords: &Map<String, Value>) -> Vec<Value> {
    let length = |key: &str| keywords.get(key).and_then(Value::as_u64);
    let (min, max) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(u64::MAX));
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        let has_length = |text: &String| (min..=max).contains(&(text.chars().count() as u64));
        let hir = regex_syntax::parse(pattern).ok();
        let strings =
            hir.iter().flat_map(|hir| REPETITIONS.iter().filter_map(|times| matching(hir, *times)));
        return strings.filter(has_length).map(Value::from).take(1).collect();
    }
    let format = keywords.get("format").and_then(Value::as_str).unwrap_or_default();
    formatted(format)
        .iter()
        .map(|text| {
            let mut text = (*text).to_owned();
            let length = text.chars().count() as u64;
            let missing = min.min(10_000).saturating_sub(length);
            text.extend(std::iter::repeat_n('x', usize::try_from(missing).unwrap_or_default()));
            text.chars().take(usize::try_from(max).unwrap_or(usize::MAX)).collect::<String>()
        })
        .map(Value::from)
        .collect()
}

fn formatted(format: &str) -> &'static [&'static str] {
    match format {
        "date-time" => {
            &["2024-02-29T23:59:58Z", "2024-02-29T23:59:58.125+05:30", "1969-12-31T00:00:00.000Z"]
        }
        "date" => &["2024-02-29"],
        "time" => &["23:59:58Z"],
        "duration" => &["P1DT2H"],
        "uuid" => &["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
        "email" | "idn-email" => &["someone@example.org"],
        "hostname" | "idn-hostname" => &["www.example.org"],
        "ipv4" => &["192.0.2.7"],
        "ipv6" => &["2001:db8::7"],
        "ip" => &["192.0.2.7", "2001:db8::7"],
        "uri" | "iri" | "url" => &["https://example.org/a?b=c"],
        "uri-reference" | "iri-reference" => &["/a?b=c"],
        "uri-template" => &["/a/{b}"],
        "json-pointer" => &["/a/0"],
        "regex" => &["a+"],
        "byte" => &["aGVsbG8=", "+/+/"],
        _ => &["text", "Grüße, \"世界\"\n"],
    }
}

/// Creates a string that matches a pattern. Returns `None` if it would be too long.
fn matching(hir: &Hir, times: u32) -> Option<String> {
    let mut text = String::new();
    let mut left = MAX_PARTS;
    add_matching(hir, times, &mut text, &mut left).then_some(text)
}

/// Adds a string that matches a pattern. Returns `false` once the string has too many parts: repetitions inside
/// repetitions multiply.
fn add_matching(hir: &Hir, times: u32, text: &mut String, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            text.push_str(&String::from_utf8_lossy(&literal.0));
            true
        }
        HirKind::Class(class) => {
            text.extend(character(class));
            true
        }
        HirKind::Repetition(part) => {
            let count = times.max(part.min).min(part.max.unwrap_or(u32::MAX));
            (0..count).all(|_| add_matching(&part.sub, times, text, left))
        }
        HirKind::Capture(part) => add_matching(&part.sub, times, text, left),
        HirKind::Concat(parts) => parts.iter().all(|part| add_matching(part, times, text, left)),
        HirKind::Alternation(parts) => {
            parts.first().is_none_or(|part| add_matching(part, times, text, left))
        }
    }
}

/// Returns a character of a class, a readable one if possible.
fn character(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has =
        |c: &char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(c));
    ('a'..='z')
        .chain('A'..='Z')
        .chain('0'..='9')
        .find(|c| has(c))
        .or_else(|| class.ranges().first().map(regex_syntax::hir::ClassUnicodeRange::start))
}

/// Creates numbers for a schema: one between the bounds, and the bounds.
pub(super) fn numbers(keywords: &Map<String, Value>, is_integer: bool) -> Vec<Value> {
    let get = |key: &str| keywords.get(key).and_then(Value::as_f64);
    let step = get("multipleOf").unwrap_or(if is_integer { 1.0 } else { 0.5 });
    let min = get("minimum").or(get("exclusiveMinimum").map(|bound| bound + step));
    let max = get("maximum").or(get("exclusiveMaximum").map(|bound| bound - step));
    let middle = if is_integer { step } else { 3.0 * step };
    let middle = middle.max(min.unwrap_or(f64::MIN)).min(max.unwrap_or(f64::MAX));
    let mut numbers: Vec<Value> = Vec::new();
    for number in [Some(middle), min, max].into_iter().flatten() {
        let number =
            if is_integer || number.fract() == 0.0 { to_integer(number) } else { json!(number) };
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// Converts a number to an integer. Rounds towards zero and saturates at 64 bits.
fn to_integer(number: f64) -> Value {
    json!(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn strings_and_numbers_follow_patterns_and_bounds() {
        let text = |value| strings(&keywords(value));
        assert_eq!(text(json!({"pattern": "^[0-9]{3}-(x|y)+$"})), [json!("000-x")]);
        assert_eq!(text(json!({"pattern": "^a*$", "minLength": 3})), [json!("aaaa")]);
        assert!(text(json!({"pattern": "^a$", "minLength": 3})).is_empty());
        assert!(text(json!({"pattern": "^((a{1000}){1000}){1000}$"})).is_empty());
        assert_eq!(text(json!({"format": "date", "maxLength": 4})), [json!("2024")]);
        let number = |value| numbers(&keywords(value), true);
        assert_eq!(number(json!({"minimum": 3, "maximum": 9})), [json!(3), json!(9)]);
        assert_eq!(number(json!({"exclusiveMinimum": 3})), [json!(4)]);
    }
}
