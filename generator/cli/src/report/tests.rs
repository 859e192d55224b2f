//! Tests of the formats for other programs, with hostile strings.

use clientgen::diagnostics::{Excerpt, Location};
use clientgen::escape::is_hidden;
use clientgen::pointer::Pointer;
use clientgen::{Diagnostic, Effect, Inclusion, Position, Severity};
use serde_json::Value;

use super::{github, json, sarif};

const HOSTILE: &str = "a\n::error file=b::c\r\n%0A\u{1b}[31m,d:e \u{202e}[f](http://x) {0} \\ \"";

fn diagnostic(text: &str, file: &str) -> Diagnostic {
    let location = Location { file: file.to_owned(), pointer: Pointer::root().join(text) };
    let position = Position { line: 3, column: 5, end_column: 9, excerpt: Excerpt::default() };
    Diagnostic {
        severity: Severity::Warning,
        effect: Effect::None,
        code: "wrong-example",
        location: location.clone(),
        position: Some(position),
        trail: vec![Inclusion { description: "referred to here", location, position: None }],
        message: text.to_owned(),
        help: format!("help {text}"),
    }
}

#[test]
fn an_annotation_is_one_command_on_one_line() {
    let annotation = github::annotation(&diagnostic(HOSTILE, "a,b:c%\n.yaml"));
    assert!(!annotation.contains(is_hidden), "{annotation}");
    assert_eq!(annotation.matches("\n").count(), 0);
    let rest = annotation.strip_prefix("::warning ").unwrap();
    let (parameters, message) = rest.split_once("::").unwrap();
    let parameters: Vec<(&str, &str)> =
        parameters.split(',').map(|one| one.split_once('=').unwrap()).collect();
    assert_eq!(
        parameters,
        [("file", "a%2Cb%3Ac%25\\n.yaml"), ("line", "3"), ("col", "5"), ("title", "wrong-example")]
    );
    // The runner decodes these sequences, and `%25` last.
    let decoded = message.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    assert!(decoded.starts_with("a\\n::error file=b::c\\r\\n%0A\\u{1b}[31m,d:e "), "{decoded}");
    assert!(decoded.contains("\nhelp: help a\n::error"), "{decoded}");
}

#[test]
fn a_plain_annotation_is_readable() {
    let mut plain = diagnostic("x", "api/a.yaml");
    plain.severity = Severity::Error;
    let annotation = github::annotation(&plain);
    assert_eq!(
        annotation,
        "::error file=api/a.yaml,line=3,col=5,title=wrong-example::x%0Aat #/x%0Ahelp: help x"
    );
    plain.position = None;
    assert!(github::annotation(&plain).starts_with("::error file=api/a.yaml,title="));
}

/// Decodes a message of SARIF. Fails on a placeholder or a link.
fn decoded(message: &str) -> String {
    let mut decoded = String::new();
    let mut chars = message.chars();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' => {
                assert_eq!(chars.next(), Some(c), "a placeholder in {message}");
                decoded.push(c);
            }
            '\\' => decoded.push(chars.next().unwrap()),
            '[' | ']' => panic!("a link in {message}"),
            c => decoded.push(c),
        }
    }
    decoded
}

#[test]
fn a_sarif_log_has_neither_placeholders_nor_links() {
    let diagnostics = [diagnostic(HOSTILE, "a b/é#?%.yaml"), diagnostic("x", "/tmp/a.yaml")];
    let log = sarif::log(&diagnostics);
    let read: Value = serde_json::from_str(&log).unwrap();
    assert_eq!(read["version"], "2.1.0");
    let run = &read["runs"][0];
    let [first, second] = run["results"].as_array().unwrap().as_slice() else { panic!("{log}") };
    let text = first["message"]["text"].as_str().unwrap();
    assert!(!text.contains(|c| is_hidden(c) && c != '\n'), "{text}");
    let text = decoded(text);
    assert!(text.contains("[f](http://x) {0} \\ \"") && text.contains("\\u{1b}"), "{text}");
    let place = &first["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b/%C3%A9%23%3F%25.yaml");
    let region = serde_json::json!({"startLine": 3, "startColumn": 5, "endColumn": 9});
    assert_eq!(place["region"], region);
    let place = &second["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "file:///tmp/a.yaml");
    assert_eq!(second["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "#/x");
    let related = &first["relatedLocations"][0];
    assert_eq!(related["message"]["text"], "referred to here");
    assert!(related["physicalLocation"].get("region").is_none());
    // Each code is described once.
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(
        (&rules[0]["id"], &second["ruleIndex"]),
        (&Value::from("wrong-example"), &Value::from(0))
    );
    let description = decoded(rules[0]["shortDescription"]["text"].as_str().unwrap());
    assert!(description.starts_with("An example is not valid"), "{description}");
}

#[test]
fn all_formats_keep_the_strings() {
    let hostile = diagnostic(HOSTILE, "a.yaml");
    let read: Value = serde_json::from_str(&json(&hostile)).unwrap();
    assert_eq!(read["message"], HOSTILE);
}
