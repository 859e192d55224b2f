use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::load;

/// Bundles files, of which the first is the root. Returns the document and the diagnostics.
fn bundled(files: &[(&str, &str)]) -> (Value, Vec<String>) {
    let source: BTreeMap<String, String> =
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&source, files[0].0, &mut diagnostics).unwrap();
    let value = bundle(document, &source, &mut diagnostics).value;
    let reported = diagnostics.located(&source, false);
    (value, reported.iter().map(ToString::to_string).collect())
}

#[test]
fn nodes_of_other_files_become_components_and_path_items_are_inlined() {
    let root = "paths:\n  /a: {$ref: 'paths/a.yaml#/~1a'}\n";
    let path = "/a:\n  get:\n    parameters: [{$ref: ../id.json}]\n    responses:\n      '200':\n        content:\n          x/y: {schema: {$ref: '../models/Node.yml'}}\n";
    let schema = "properties:\n  next: {$ref: Node.yml}\n  other: {$ref: '#/definitions/Other'}\n  id: {$ref: ../id.json#/schema}\ndefinitions:\n  Other: {type: string}\n";
    let id = "{\"name\": \"id\", \"in\": \"query\", \"schema\": {\"type\": \"string\"}}";
    let files = [
        ("api/root.yaml", root),
        ("api/paths/a.yaml", path),
        ("api/models/Node.yml", schema),
        ("api/id.json", id),
    ];
    let (value, reported) = bundled(&files);
    assert_eq!(reported, [""; 0]);
    let get = json!({
        "parameters": [{"$ref": "#/components/parameters/id"}],
        "responses": {"200": {"content": {"x/y": {"schema": {"$ref": "#/components/schemas/Node"}}}}}
    });
    assert_eq!(value["paths"], json!({"/a": {"get": get}}));
    let properties = json!({
        "next": {"$ref": "#/components/schemas/Node"},
        "other": {"$ref": "#/components/schemas/Other"},
        "id": {"$ref": "#/components/schemas/schema"}
    });
    assert_eq!(value["components"]["schemas"]["Node"]["properties"], properties);
    assert_eq!(value["components"]["schemas"]["Other"], json!({"type": "string"}));
    assert_eq!(value["components"]["schemas"]["schema"], json!({"type": "string"}));
}

#[test]
fn component_names_are_unique_and_those_of_the_root_are_kept() {
    let root = "components:\n  schemas:\n    Pet: {type: string}\n    Named: {$ref: dog.yaml}\n    List:\n      properties:\n        a: {$ref: x/Pet.yaml}\n        b: {$ref: y/x/Pet.yaml}\n        c: {$ref: dog.yaml}\n        d: {$ref: 'z.yaml#/Pet'}\n        e: {$ref: 'back.yaml'}\n";
    let files = [
        ("root.yaml", root),
        ("dog.yaml", "type: object"),
        ("x/Pet.yaml", "type: integer"),
        ("y/x/Pet.yaml", "type: number"),
        ("z.yaml", "Pet: {type: boolean}"),
        ("back.yaml", "items: {$ref: './root.yaml#/components/schemas/Pet'}"),
    ];
    let (value, reported) = bundled(&files);
    assert_eq!(reported, [""; 0]);
    let schemas = &value["components"]["schemas"];
    assert_eq!(schemas["Named"], json!({"type": "object"}));
    let names = ["a", "b", "c", "d"].map(|key| schemas["List"]["properties"][key]["$ref"].clone());
    let expected = ["x_Pet", "x_Pet2", "Named", "z_Pet"];
    assert_eq!(names, expected.map(|name| json!(format!("#/components/schemas/{name}"))));
    assert_eq!(schemas["back"]["items"], json!({"$ref": "#/components/schemas/Pet"}));
}

#[test]
fn a_section_may_be_a_reference_to_another_file() {
    let root = "components:\n  schemas: {$ref: schemas.yaml}\npaths: {$ref: paths.yaml}\ntags:\n  - name: t\n    description: {$ref: 'texts.yaml#/intro'}\n";
    let files = [
        ("root.yaml", root),
        ("schemas.yaml", "A: {items: {$ref: '#/B'}}\nB: {$ref: b.yaml}"),
        ("b.yaml", "type: string"),
        ("paths.yaml", "/a: {get: {$ref: get.yaml}}"),
        ("get.yaml", "operationId: a\nx-samples: [{$ref: sample.txt}]"),
        ("texts.yaml", "intro: Words."),
    ];
    let (value, reported) = bundled(&files);
    assert_eq!(reported, [""; 0]);
    let schemas =
        json!({"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {"type": "string"}});
    assert_eq!(value["components"]["schemas"], schemas);
    let get = json!({"operationId": "a", "x-samples": [{"$ref": "sample.txt"}]});
    assert_eq!(value["paths"], json!({"/a": {"get": get}}));
    assert_eq!(value["tags"][0]["description"], json!("Words."));
}

#[test]
fn pointers_are_decoded_and_may_lead_through_references() {
    let root = "paths:\n  '/a/{id}': {get: {responses: {}}}\n  /b: {$ref: '#/paths/~1a~1%7Bid%7D'}\ncomponents:\n  schemas:\n    A: {allOf: [{$ref: '#/components/schemas/B'}]}\n    B: {properties: {x: {type: string}}, $anchor: bee}\n    C: {items: {$ref: '#/components/schemas/A/allOf/0/properties/x'}}\n    D: {items: {$ref: '#bee'}}\n";
    let (value, reported) = bundled(&[("root.yaml", root)]);
    assert_eq!(reported, [""; 0]);
    assert_eq!(value["paths"]["/b"], json!({"get": {"responses": {}}}));
    let schemas = &value["components"]["schemas"];
    assert_eq!(schemas["C"]["items"]["$ref"], json!("#/components/schemas/B/properties/x"));
    assert_eq!(schemas["D"]["items"]["$ref"], json!("#/components/schemas/B"));
}

#[test]
fn discriminator_mappings_are_resolved() {
    let root = "components:\n  schemas:\n    U:\n      discriminator:\n        propertyName: t\n        mapping: {a: models/a.yaml, b: B, c: '#/components/schemas/B', d: d.yaml}\n    B: {}\n";
    let (value, reported) = bundled(&[("root.yaml", root), ("models/a.yaml", "type: object")]);
    let mapping = json!({"a": "#/components/schemas/a", "b": "B", "c": "#/components/schemas/B"});
    assert_eq!(value["components"]["schemas"]["U"]["discriminator"]["mapping"], mapping);
    assert!(
        reported.iter().any(|reported| reported.contains("root.yaml:6:72 (#/components/schemas/U")),
        "{reported:?}"
    );
}

#[test]
fn a_broken_reference_is_reported_in_its_own_file_and_removed() {
    let root = "paths:\n  /a: {$ref: a.yaml}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n";
    let path = "get:\n  responses:\n    '200': {$ref: 'https://example.com/a.yaml'}\n    '201': {$ref: 'broken.yaml'}\n    '202':\n      $ref: '#/post'\n";
    let (value, reported) =
        bundled(&[("root.yaml", root), ("a.yaml", path), ("broken.yaml", "a: [")]);
    assert_eq!(value["paths"]["/a"]["get"]["responses"], json!({"200": {}, "201": {}, "202": {}}));
    assert_eq!(value["components"]["schemas"], json!({"A": {}, "B": {}}));
    let places = [
        "a.yaml:3:13 (#/get/responses/200/$ref)",
        "a.yaml:4:13 (#/get/responses/201/$ref)",
        "a.yaml:6:7 (#/get/responses/202/$ref)",
        "root.yaml:5:9 (#/components/schemas/A/$ref)",
        "root.yaml:6:9 (#/components/schemas/B/$ref)",
    ];
    assert_eq!(reported.len(), places.len(), "{reported:?}");
    assert!(
        reported[1].contains("`broken.yaml`: the file is neither YAML nor JSON"),
        "{}",
        reported[1]
    );
    assert!(reported[1].contains("(line 2, column 1)"), "{}", reported[1]);
    for (reported, place) in reported.iter().zip(places) {
        assert!(
            reported.starts_with("warning[un") && reported.contains(place),
            "{reported} at {place}"
        );
    }
}

#[test]
fn an_inlined_node_that_contains_itself_is_inlined_once() {
    let path = "post:\n  callbacks:\n    c:\n      '{$request}': {$ref: a.yaml}\n";
    let (value, reported) =
        bundled(&[("root.yaml", "paths:\n  /a: {$ref: a.yaml}\n"), ("a.yaml", path)]);
    assert_eq!(value["paths"]["/a"]["post"]["callbacks"]["c"], json!({"{$request}": {}}));
    assert!(reported[0].contains("a.yaml:4:22"), "{reported:?}");
}
