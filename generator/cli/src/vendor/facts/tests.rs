use std::collections::BTreeMap;

use clientgen::diagnostics::Diagnostics;
use clientgen::load;

use super::*;

/// Compares two documents of several files. Returns `within: change (location, pointer)` for each
/// difference.
fn compared(upstream: &[(&str, &str)], here: &[(&str, &str)]) -> Vec<String> {
    let source = |files: &[(&str, &str)]| -> BTreeMap<String, String> {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    };
    let sources = (source(upstream), source(here));
    let mut diagnostics = Diagnostics::default();
    let of_upstream = load::load(&sources.0, upstream[0].0, &mut diagnostics).unwrap();
    let of_here = load::load(&sources.1, here[0].0, &mut diagnostics).unwrap();
    let mut sides = (Side::new(of_upstream, &sources.0), Side::new(of_here, &sources.1));
    let differences = differences(&mut sides.0, &mut sides.1, &|path| path != "/not-selected");
    let line = |difference: &Difference| {
        let Difference { within, change, upstream, here } = difference;
        format!("{within}: {change} ({}{}, {})", upstream.file, upstream.pointer, here.pointer)
    };
    differences.iter().map(line).collect()
}

const UPSTREAM: &str = "\
security: [{key: []}]
servers: [{url: /api, description: Theirs.}]
paths:
  /a:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: a
      summary: Theirs.
      x-theirs: true
      parameters: [{$ref: limit.yaml}]
      responses:
        '200': {description: Theirs., content: {application/json: {schema: {$ref: node.yaml}}}}
  /not-selected: {get: {}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: K}}
";
const LIMIT: &str =
    "{name: limit, in: query, required: false, schema: {type: integer}, example: 1}";
const NODE: &str = "\
type: object
required: [id, description]
properties:
  id: {type: string, enum: [A, B]}
  description: {type: string, nullable: false}
  next: {$ref: node.yaml}
  nexts: {type: array, items: {$ref: '#/properties/next'}}
";
const HERE: &str = "\
servers: [{url: /api, description: Ours.}]
paths:
  /a:
    get:
      security: [{key: []}]
      operationId: a
      description: Ours.
      parameters:
        - {name: limit, in: query, style: form, explode: true, schema: {type: integer}}
        - {name: id, in: path, required: true, schema: {type: string}}
      responses:
        '200': {description: Ours., content: {application/json: {schema: {$ref: '#/components/schemas/Node'}}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: K, description: Ours.}}
  schemas:
    Id: {type: string, enum: [B, A], example: B}
    Node:
      type: object
      required: [description, id]
      properties:
        id: {$ref: '#/components/schemas/Id'}
        description: {type: string}
        next: {$ref: '#/components/schemas/Node'}
        nexts: {type: array, items: {$ref: '#/components/schemas/Node'}}
";

fn with_here(here: &str) -> Vec<String> {
    let upstream = [("up.yaml", UPSTREAM), ("limit.yaml", LIMIT), ("node.yaml", NODE)];
    compared(&upstream, &[("here.yaml", here)])
}

#[test]
fn prose_order_and_components_do_not_count() {
    assert_eq!(with_here(HERE), [""; 0]);
}

#[test]
fn each_difference_in_facts_is_reported() {
    let get = "GET /a: ";
    for (from, to, expected) in [
        (
            "url: /api",
            "url: /",
            "the servers: upstream has `\"/api\"` instead of `\"/\"` (up.yaml#/servers/0/url",
        ),
        ("name: K", "name: L", "the security schemes: upstream has `\"K\"` instead of `\"L\"`"),
        ("security: [{key: []}]", "security: []", "only upstream has item 0 of `security`"),
        (
            "operationId: a",
            "operationId: b",
            "upstream has `\"a\"` instead of `\"b\"` (up.yaml#/paths/~1a/get/operationId",
        ),
        ("explode: true", "explode: false", "upstream does not have `explode`"),
        (
            "name: limit,",
            "name: most,",
            "only upstream has `parameter limit in query` (up.yaml#/paths/~1a/get/parameters/0",
        ),
        (
            "enum: [B, A]",
            "enum: [B]",
            "only upstream has `\"A\"` in `enum` (node.yaml#/properties/id/enum/0, #/components/schemas/Id/enum)",
        ),
        ("enum: [B, A]", "enum: [B, A, C]", "upstream does not have `\"C\"` in `enum`"),
        (
            "required: [description, id]",
            "required: [id]",
            "only upstream has `\"description\"` in `required`",
        ),
        ("description: {type: string}", "text: {type: string}", "only upstream has `description`"),
        ("next: {$ref: '#/components/schemas/Node'}", "next: {}", "only upstream has `type`"),
        (
            "items: {$ref: '#/components/schemas/Node'}",
            "items: {nullable: true}",
            "upstream does not have `nullable`",
        ),
        ("'200':", "'201':", "only upstream has `200`"),
        ("  /a:\n    get:", "  /a:\n    put:", "only upstream has the operation `GET /a`"),
        ("paths:\n", "paths:\n  /b: {get: {}}\n", "upstream does not have the operation `GET /b`"),
    ] {
        let here = HERE.replacen(from, to, 1);
        assert_ne!(here, HERE, "{from}");
        let found = with_here(&here);
        assert!(found.iter().any(|found| found.contains(expected)), "{from}: {found:#?}");
        let is_elsewhere =
            ["servers", "security schemes", "operation"].iter().any(|part| expected.contains(part));
        assert!(is_elsewhere || found.iter().all(|found| found.starts_with(get)), "{found:#?}");
    }
}

#[test]
fn a_new_item_does_not_affect_the_others() {
    let document = |alternatives: &str| {
        format!(
            "paths: {{/a: {{get: {{responses: {{'200': {{content: {{a/b: {{schema: {{oneOf: [{alternatives}]}}}}}}}}}}}}}}}}"
        )
    };
    let (upstream, here) = (
        document("{type: string}, {type: integer}, {type: boolean}"),
        document("{type: string}, {type: boolean}"),
    );
    let found = compared(&[("up.yaml", &upstream)], &[("here.yaml", &here)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("only upstream has item 1 of `oneOf`"), "{found:#?}");
}

#[test]
fn siblings_of_references_and_mappings_are_compared() {
    let document = |of_a: &str, target: &str| {
        format!(
            "paths: {{/a: {{get: {{responses: {{'200': {{content: {{a/b: {{schema: {{$ref: '#/components/schemas/U'}}}}}}}}}}}}}}}}\n\
             components: {{schemas: {{A: {{properties: {{x: {{type: string}}}}}}, B: {{properties: {{y: {{type: string}}}}}},\n  \
             U: {{properties: {{a: {{$ref: '#/components/schemas/A'{of_a}}}}}, discriminator: {{propertyName: t, mapping: {{a: '{target}'}}}}}}}}}}\n"
        )
    };
    let upstream = document("", "A");
    let here = |of_a, target| {
        compared(&[("up.yaml", &upstream)], &[("here.yaml", &document(of_a, target))])
    };
    assert_eq!(here(", description: Ours.", "#/components/schemas/A"), [""; 0]);
    assert!(here(", nullable: true", "A")[0].contains("upstream does not have `nullable`"));
    assert!(here("", "B")[0].contains("only upstream has `x`"));
}

#[test]
fn an_operation_overrides_its_path_and_its_document() {
    let document = |of_path: &str, of_root: &str| {
        format!(
            "security: {of_root}\npaths:\n  /a:\n    parameters: [{of_path}]\n    get:\n      security: [{{key: []}}]\n      \
             parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n"
        )
    };
    let overridden =
        document("{name: id, in: path, required: true, schema: {type: integer}}", "[{other: []}]");
    let found = compared(&[("up.yaml", &overridden)], &[("here.yaml", &document("", "[]"))]);
    assert_eq!(found, [""; 0]);
    let found = compared(&[("up.yaml", &document("", "[]"))], &[("here.yaml", &overridden)]);
    assert_eq!(found, [""; 0]);
}
