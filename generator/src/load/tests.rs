use std::collections::BTreeMap;

use serde_json::json;

use super::*;

fn positions(text: &str, pointers: &[&str]) -> Vec<Option<(usize, usize)>> {
    let pointers: Vec<Pointer> =
        pointers.iter().map(|pointer| Pointer::parse(pointer).unwrap_or_default()).collect();
    let mut positions = vec![None; pointers.len()];
    locate(text, pointers.iter().zip(&mut positions).collect());
    let line_and_column = |position: crate::Position| (position.line, position.column);
    positions.into_iter().map(|position| position.map(line_and_column)).collect()
}

/// Loads a text. Returns its value and the diagnostics.
fn load_text(text: &str) -> (Option<Value>, Vec<String>) {
    let source = BTreeMap::from([("a.yaml".to_owned(), text.to_owned())]);
    let mut diagnostics = Diagnostics::default();
    let document = load(&source, "a.yaml", &mut diagnostics);
    let reported = diagnostics.located(&source, false);
    (document.map(|document| document.value), reported.iter().map(ToString::to_string).collect())
}

#[test]
fn positions_are_looked_up_in_yaml_and_json() {
    let yaml = "paths:\n  /a:\n    get:\n      responses:\n        200: {description: x}\n    list: [1, two, {k: v}]\n";
    let pointers = [
        "/paths/~1a/get",
        "/paths/~1a/get/responses/200",
        "/paths/~1a/list/1",
        "/paths/~1a/list/2",
        "/paths/~1a/list/2/k",
        "/paths/~1a/get/nothing/here",
        "",
    ];
    let expected = [(3, 5), (5, 9), (6, 15), (6, 20), (6, 21), (3, 5), (1, 1)].map(Some);
    assert_eq!(positions(yaml, &pointers), expected);
    assert_eq!(positions("{\"a\": {\n  \"b\": 1}}", &["/a/b"]), [Some((2, 3))]);
    let json = "{\"a\": [\"\\ud83d\\ude00\", {\"\\u00e9\": 1,\n\t\"b\": \"}\"}], \"c\": -1e3}";
    let expected = [(1, 8), (1, 24), (2, 2), (2, 14)].map(Some);
    assert_eq!(positions(json, &["/a/0", "/a/1", "/a/1/b", "/c"]), expected);
}

#[test]
fn positions_are_looked_up_below_a_tagged_value() {
    let yaml = "a: !object\n  x: 1\nlist: !array\n  - !item y\n  - z\nb: 1\n";
    let expected = [(2, 3), (5, 5), (6, 1)].map(Some);
    assert_eq!(positions(yaml, &["/a/x", "/list/1", "/b"]), expected);
}

#[test]
fn a_duplicate_key_is_reported_and_its_last_value_is_used() {
    for text in
        ["a:\n  b: 1\n  c: [{d: 1, d: 2}]\na:\n  b: 2\n", "{\"a\": 1,\n\n\n\"a\": {\"b\": 2}}"]
    {
        let (value, reported) = load_text(text);
        assert_eq!(value, Some(json!({"a": {"b": 2}})));
        let is_expected = |diagnostic: &String| {
            diagnostic.contains("the key `a` is duplicated: the last value is used")
                && diagnostic.contains("a.yaml:4:1 (#/a)")
        };
        assert!(reported.iter().any(is_expected), "{reported:?}");
    }
}

#[test]
fn every_yaml_construct_is_loaded() {
    let text = "%YAML 1.1\n---\nbase: &base {a: 1, b: 1}\nobject: {<<: *base, b: 2}\nseveral: {<<: [*base, {c: 3}]}\n\
        tagged: !secret text\n200: {true: 1}\nbig: 123456789012345678901234567890\nhuge: .inf\nnone:\n";
    let value = json!({
        "base": {"a": 1, "b": 1}, "object": {"b": 2, "a": 1}, "several": {"a": 1, "b": 1, "c": 3},
        "tagged": "text", "200": {"true": 1}, "big": 123456789012345678901234567890f64,
        "huge": "inf", "none": null
    });
    assert_eq!(load_text(text), (Some(value), vec![]));
}

#[test]
fn a_bracket_may_be_closed_at_the_indentation_of_its_key() {
    let text = "a:\n  enum: [\n    A\n  ]\n  x: |\n    {\n    }\n  list:\n    - b: {\n        c: 1\n      }\n      d: 1\n";
    let value = json!({"a": {"enum": ["A"], "x": "{\n}\n", "list": [{"b": {"c": 1}, "d": 1}]}});
    assert_eq!(load_text(text).0, Some(value));
    assert_eq!(positions(text, &["/a/list/0/d"]), [Some((12, 7))]);
}

#[test]
fn a_syntax_error_has_a_position() {
    let (value, reported) = load_text("a: 1\nb: [1\nc: 2\n");
    assert_eq!(value, None);
    let is_expected = |diagnostic: &String| {
        diagnostic.starts_with("error[unparsable-file]") && diagnostic.contains("a.yaml:3:2")
    };
    assert!(reported.iter().all(is_expected), "{reported:?}");
}

#[test]
fn tools_read_and_write_yaml_as_it_stands() {
    let value = json!({"a": [1, "x"]});
    let text = to_yaml(&value).unwrap_or_default();
    assert_eq!(text, "a:\n- 1\n- x\n");
    assert_eq!(from_yaml(&text), Ok(value));
    assert!(from_yaml("a: [").is_err());
}
