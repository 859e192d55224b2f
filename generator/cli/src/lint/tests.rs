//! Tests of the number of steps of all lints, and of what is said when they do not suffice.

use std::collections::BTreeMap;

use clientgen::{Config, Limits};
use serde_json::{Map, Value, json};

use super::*;

/// Returns a document with component schemas, whose examples are those of the schema `Base`.
fn document(mut schemas: Map<String, Value>, example: &Value) -> Value {
    if let Some(base) = schemas.get_mut("Base") {
        base["example"] = example.clone();
    }
    let get = json!({"operationId": "get", "responses": {"200": {"description": "It.", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Base"}}
    }}}});
    json!({
        "openapi": "3.0.3", "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": get}}, "components": {"schemas": schemas},
    })
}

fn reference(name: impl std::fmt::Display) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// A union whose variants extend it, with an example that none of them allows.
fn variants(size: usize) -> Value {
    let variant = |n: usize| {
        let kind = json!({"type": "string", "enum": [format!("v{n}")]});
        let own =
            json!({"required": ["kind"], "properties": {"kind": kind, "next": reference("Base")}});
        (format!("V{n}"), json!({"allOf": [reference("Base"), own]}))
    };
    let variants: Vec<Value> = (0..size).map(|n| reference(format!("V{n}"))).collect();
    let base =
        json!({"type": "object", "oneOf": variants, "properties": {"id": {"type": "integer"}}});
    let schemas = (0..size).map(variant).chain([("Base".to_owned(), base)]).collect();
    document(schemas, &json!({"kind": "v1", "id": "x", "next": {"kind": 1, "id": "y", "other": 1}}))
}

/// Objects that require the next one twice, with an example that lacks them.
fn required_twice(size: usize) -> Value {
    let object = |n: usize| {
        let next = if n + 1 < size {
            reference(format!("O{}", n + 1))
        } else {
            json!({"type": "integer"})
        };
        let schema =
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}});
        (if n == 0 { "Base".to_owned() } else { format!("O{n}") }, schema)
    };
    document((0..size).map(object).collect(), &json!({"a": {"a": 1}}))
}

/// A chain of schemas that extend the next one twice.
fn extended_twice(size: usize) -> Value {
    let part = |n: usize| {
        let next = reference(format!("A{}", n + 1));
        let own = json!({"properties": {format!("p{n}"): {"type": "integer"}}});
        let schema = if n + 1 < size { json!({"allOf": [next, next, own]}) } else { own };
        (if n == 0 { "Base".to_owned() } else { format!("A{n}") }, schema)
    };
    document((0..size).map(part).collect(), &json!({"p0": "x", "p1": 1, "q": {}}))
}

/// Objects inside one another, each with several properties.
fn nested(size: usize) -> Value {
    let object = |inner, n: usize| json!({"type": "object", "properties": {"a": inner, format!("b{n}"): {"type": "string"}}});
    let schema = (0..size).fold(json!({"type": "string"}), object);
    let example = (0..size).fold(json!(1), |inner, _| json!({"a": inner}));
    document(Map::from_iter([("Base".to_owned(), schema)]), &example)
}

/// Many parameters with equal enums, wrong examples and wrong defaults.
fn many_findings(size: usize) -> Value {
    let property = |n: usize| {
        let schema = json!({"type": "string", "enum": ["a", "b", "a"], "default": "c", "example": n, "pattern": "("});
        (format!("p{n}"), schema)
    };
    let properties: Map<String, Value> = (0..size).map(property).collect();
    let schemas =
        Map::from_iter([("Base".to_owned(), json!({"type": "object", "properties": properties}))]);
    document(schemas, &json!({}))
}

/// Unions that each consist of all following ones.
fn unions_of_others(size: usize) -> Value {
    let others = |n: usize| n + 1..size;
    let union = |n: usize| {
        let mut parts: Vec<Value> = others(n).map(|other| reference(format!("U{other}"))).collect();
        parts
            .push(json!({"type": "object", "required": ["a"], "properties": {"a": {"enum": [n]}}}));
        (format!("U{n}"), json!({"anyOf": parts}))
    };
    let base = json!({"allOf": [reference("U0"), reference("U1")]});
    document(
        (0..size).map(union).chain([("Base".to_owned(), base)]).collect(),
        &json!({"a": -1, "b": 1}),
    )
}

/// A name, and the function that returns a document of a size.
type Family = (&'static str, fn(usize) -> Value);

const FAMILIES: [Family; 6] = [
    ("variants", variants),
    ("required twice", required_twice),
    ("extended twice", extended_twice),
    ("nested", nested),
    ("many findings", many_findings),
    ("unions of others", unions_of_others),
];

fn source(document: &Value) -> BTreeMap<String, String> {
    BTreeMap::from([("a.json".to_owned(), document.to_string())])
}

/// Returns the steps of the lints, without reading and proposals, and the codes that were found.
fn steps(document: &Value) -> (u64, BTreeSet<&'static str>) {
    let limit = 50_000_000;
    let steps = Steps::new(&Limits { steps: limit, ..Limits::default() });
    let choice = Choice { allowed: BTreeSet::new(), steps: limit };
    let findings = found(&Document::new(document, &steps), &choice);
    assert!(!steps.is_exceeded());
    (steps.by_stage().values().sum(), findings.iter().map(|finding| finding.code).collect())
}

#[test]
fn the_steps_of_lint_grow_with_the_document() {
    for (name, family) in FAMILIES {
        let [small, medium, large] = [4, 8, 16].map(|size| {
            let document = family(size);
            let (steps, codes) = steps(&document);
            assert!(codes.contains("wrong-example") && !codes.contains(NOT_CHECKED), "{name}");
            (steps, document.to_string().len() as u64)
        });
        for (less, more) in [(small, medium), (medium, large)] {
            // A proposed value may take all its steps, but no more than that.
            let growth = more.1 * 100 / less.1;
            assert!(
                more.0 * 100 <= less.0 * growth * 2 + 20_000_000,
                "{name}: {small:?} {medium:?} {large:?}"
            );
        }
    }
}

#[test]
fn large_documents_of_every_family_are_linted() {
    for (name, family) in FAMILIES {
        let document = family(60);
        let (steps, codes) = steps(&document);
        assert!(codes.contains("wrong-example") && steps < 5_000_000, "{name}: {steps} {codes:?}");
    }
}

#[test]
fn what_the_steps_do_not_suffice_for_is_reported() {
    let document = many_findings(30);
    let source = source(&document);
    let complete = findings(&source, &Config::new("a.json", "a"), &[]);
    assert!(complete.iter().all(|one| one.code != NOT_CHECKED), "{complete:?}");
    let (mut unreadable, mut unfinished) = (0, 0);
    let mut limit = 1;
    while limit < 1 << 30 {
        let mut config = Config::new("a.json", "a");
        config.limits.steps = limit;
        let found = findings(&source, &config, &[]);
        let has = |code: &str| found.iter().any(|one| one.code == code);
        match found.len() == complete.len() && !has(NOT_CHECKED) {
            true => assert_eq!(found, complete),
            false => assert!(has(Limits::CODE) || has(NOT_CHECKED), "{limit}: {found:?}"),
        }
        unreadable += usize::from(has(Limits::CODE));
        unfinished += usize::from(has(NOT_CHECKED));
        limit += limit.div_ceil(3);
    }
    assert!(unreadable > 5 && unfinished > 5, "{unreadable} {unfinished}");
}

#[test]
fn an_example_that_takes_too_many_steps_is_reported() {
    // Each item of the array is another value for each of the unions.
    let mut document = unions_of_others(120);
    let items = vec![json!({"a": 0}); 400];
    let schema = json!({"type": "array", "items": reference("U0"), "example": items});
    document["components"]["schemas"]["Many"] = schema;
    let (_, codes) = steps(&document);
    assert!(codes.contains(NOT_CHECKED) && codes.contains("wrong-example"), "{codes:?}");
}

#[test]
fn names_in_messages_are_short() {
    let long = "n".repeat(10_000);
    let schemas = Map::from_iter([
        ("Base".to_owned(), json!({"type": "object", "properties": {"a": {}}})),
        (long.clone(), json!({"enum": [long, long], "description": format!("* `{long}`")})),
    ]);
    let document = document(schemas, &json!({long.clone(): long}));
    let steps = Steps::default();
    let choice = Choice { allowed: BTreeSet::new(), steps: 0 };
    for finding in found(&Document::new(&document, &steps), &choice) {
        assert!(finding.message.len() < 1000, "{}: {}", finding.code, finding.message);
    }
}
