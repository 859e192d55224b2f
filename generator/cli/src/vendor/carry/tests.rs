use std::collections::BTreeMap;

use clientgen::diagnostics::Diagnostics;
use clientgen::load::{self, Document};
use serde_json::json;

use super::*;
use crate::vendor::facts::{Side, differences};

fn parse(text: &str) -> Value {
    let source = BTreeMap::from([("a.yaml".to_owned(), text.to_owned())]);
    load::load(&source, "a.yaml", &mut Diagnostics::default()).unwrap().value
}

/// Carries upstream's facts over, and checks that the result has exactly these facts.
fn carried(upstream: &str, here: &str) -> (Value, Vec<String>) {
    let (upstream, here) = (parse(upstream), parse(here));
    let Carried { document, without_prose } = carry(&upstream, &here);
    let no_files = BTreeMap::new();
    let side = |value: &Value| {
        Side::new(Document { path: "a".to_owned(), value: value.clone() }, &no_files)
    };
    let lost = differences(&mut side(&upstream), &mut side(&document), &|_| true);
    assert!(lost.is_empty(), "{lost:#?}\n{document:#}");
    (document, without_prose.iter().map(ToString::to_string).collect())
}

const UPSTREAM: &str = "\
openapi: 3.0.3
info: {title: Theirs, version: '2'}
tags: [{name: T, description: Theirs.}, {name: N, description: Theirs.}]
security: [{key: []}]
paths:
  /a:
    get:
      operationId: a
      summary: Theirs.
      description: Theirs.
      parameters:
        - {name: new, in: query, description: Theirs., schema: {type: string}}
        - {name: limit, in: query, schema: {type: integer, maximum: 9}}
      responses:
        '200': {description: Theirs., content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}
        '404': {description: Theirs.}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: K, description: Theirs.}}
  schemas:
    Item:
      description: Theirs.
      required: [id, kind]
      properties:
        id: {type: string, example: theirs}
        kind: {type: string, enum: [A, B, C]}
        other: {type: string, enum: [A, B]}
        added: {description: Theirs., properties: {x: {type: string, description: Theirs.}}}
        next: {$ref: '#/components/schemas/Item'}
        last: {$ref: '#/components/schemas/Last'}
    Last: {description: Theirs., type: object, properties: {item: {$ref: '#/components/schemas/Item'}}}
";

const HERE: &str = "\
openapi: 3.0.1
info: {title: Ours, version: '1'}
tags: [{name: T, description: Ours.}, {name: Gone, description: Ours.}]
paths:
  /gone: {get: {responses: {}}}
  /a:
    get:
      description: Ours.
      operationId: old
      parameters:
        - $ref: '#/components/parameters/Limit'
      x-ours: {a: 1}
      security: [{key: []}]
      responses:
        '200':
          description: Ours.
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}, example: ours}}
components:
  parameters: {Limit: {name: limit, in: query, required: false, description: Ours., schema: {type: integer}}}
  schemas:
    Unused: {type: string}
    Kind: {type: string, description: Ours., enum: [A, B]}
    Thing:
      description: Ours.
      required: [id]
      properties:
        gone: {type: string}
        kind: {$ref: '#/components/schemas/Kind'}
        other: {$ref: '#/components/schemas/Kind', description: Ours too.}
        id: {type: integer, description: Ours., example: ours}
        next: {$ref: '#/components/schemas/Thing'}
  securitySchemes: {key: {description: Ours., type: apiKey, in: query, name: K}}
";

#[test]
fn facts_are_updated_and_prose_is_kept() {
    let (document, new) = carried(UPSTREAM, HERE);
    let text = document.to_string();
    assert!(!text.contains("Theirs") && !text.contains("theirs"), "{document:#}");
    assert_eq!(document["info"], json!({"title": "Ours", "version": "1"}));
    assert_eq!(document["tags"], json!([{"name": "T", "description": "Ours."}, {"name": "N"}]));
    let get = &document["paths"]["/a"]["get"];
    assert_eq!(get["description"], "Ours.");
    assert_eq!(get["x-ours"], json!({"a": 1}));
    assert_eq!(get["parameters"][0], json!({"$ref": "#/components/parameters/Limit"}));
    assert_eq!(get["responses"]["404"], json!({"description": ""}));
    let limit = json!({"name": "limit", "in": "query", "required": false, "description": "Ours.", "schema": {"type": "integer", "maximum": 9}});
    assert_eq!(document["components"]["parameters"]["Limit"], limit);
    let thing = &document["components"]["schemas"]["Thing"];
    assert_eq!(thing["description"], "Ours.");
    assert_eq!(
        thing["properties"]["id"],
        json!({"type": "string", "description": "Ours.", "example": "ours"})
    );
    assert_eq!(thing["properties"]["next"], json!({"$ref": "#/components/schemas/Thing"}));
    let names: Vec<&String> =
        document["components"]["schemas"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["Kind", "Thing", "Kind2", "Last"]);
    assert_eq!(
        new,
        [
            "#/paths/~1a/get/parameters/1",
            "#/paths/~1a/get/responses/404",
            "#/tags/1",
            "#/components/schemas/Thing/properties/added",
            "#/components/schemas/Last"
        ]
    );
}

#[test]
fn a_component_with_different_upstream_nodes_is_split() {
    let (document, _) = carried(UPSTREAM, HERE);
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["Kind"],
        json!({"type": "string", "description": "Ours.", "enum": ["A", "B", "C"]})
    );
    assert_eq!(
        schemas["Kind2"],
        json!({"type": "string", "description": "Ours.", "enum": ["A", "B"]})
    );
    let other = json!({"$ref": "#/components/schemas/Kind2", "description": "Ours too."});
    assert_eq!(schemas["Thing"]["properties"]["other"], other);
}

#[test]
fn an_up_to_date_document_is_unchanged() {
    let (document, _) = carried(UPSTREAM, HERE);
    let again = carry(&parse(UPSTREAM), &document);
    assert_eq!(again.document.to_string(), document.to_string());
    assert_eq!(again.without_prose, []);
}

#[test]
fn schemas_stay_inline_or_components_as_they_are() {
    let document = |schema: &str, components: &str| {
        format!(
            "openapi: 3.0.3\npaths: {{/a: {{get: {{security: [], responses: {{'200': {{description: '', content: {{a/b: {{schema: {schema}}}}}}}}}}}}}}}\n{components}"
        )
    };
    let named = document(
        "{$ref: '#/components/schemas/A'}",
        "components: {schemas: {A: {type: string}}}\n",
    );
    let inline = document("{type: integer, description: Ours.}", "");
    let (found, _) = carried(&named, &inline);
    assert_eq!(
        found["paths"]["/a"]["get"]["responses"]["200"]["content"]["a/b"]["schema"],
        json!({"type": "string", "description": "Ours."})
    );
    assert_eq!(found.get("components"), None);
    let (found, _) = carried(&inline, &named);
    assert_eq!(found["components"]["schemas"]["A"], json!({"type": "integer"}));
}

#[test]
fn discriminators_use_the_existing_names() {
    let document = |base: &str, cat: &str| {
        format!(
            "openapi: 3.0.3\npaths: {{/a: {{get: {{security: [], responses: {{'200': {{description: '', content: {{a/b: {{schema: {{$ref: '#/components/schemas/{base}'}}}}}}}}}}}}}}}}\n\
             components: {{schemas: {{{base}: {{discriminator: {{propertyName: t, mapping: {{cat: '{cat}'}}}}}}, {cat}: {{allOf: [{{$ref: '#/components/schemas/{base}'}}]}}, Dog: {{allOf: [{{$ref: '#/components/schemas/{base}'}}]}}}}}}\n"
        )
    };
    let (found, new) = carried(&document("Pet", "Cat"), &document("Animal", "Feline"));
    let schemas = &found["components"]["schemas"];
    assert_eq!(schemas["Animal"]["discriminator"]["mapping"]["cat"], "#/components/schemas/Feline");
    assert_eq!(schemas["Dog"]["allOf"][0]["$ref"], "#/components/schemas/Animal");
    assert_eq!(new, [""; 0]);
}

#[test]
fn new_values_keep_their_positions_if_the_order_is_upstreams() {
    assert_eq!(arrays::ordered(vec![1, 2, 3], vec![1, 9, 3]), [1, 2, 3]);
    assert_eq!(arrays::ordered(vec![1, 2, 3], vec![3, 9, 1]), [3, 1, 2]);
}
