//! Who has the first claim to a name, by what is generated.

use std::collections::BTreeMap;

use crate::{Config, generate};

/// Returns a file of the crate of a document with these paths and schemas, which are given as lines of YAML.
fn generated(paths: &str, schemas: &str, file: &str) -> String {
    let document = format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n{schemas}"
    );
    let source = BTreeMap::from([("api.yaml".to_owned(), document)]);
    let files = generate(&source, &Config::new("api.yaml", "example")).files.unwrap_or_default();
    files.get(file).cloned().unwrap_or_default()
}

#[test]
fn a_component_keeps_its_name_and_an_inline_schema_gets_another() {
    let paths = "  /a:\n    get:\n      operationId: a\n      responses:\n        '200':\n          \
        description: d\n          content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}\n";
    let schemas = "    A:\n      type: object\n      properties:\n        \
        thing: {type: object, properties: {inline: {type: string}}}\n        \
        other: {$ref: '#/components/schemas/AThing'}\n    \
        AThing: {type: object, properties: {component: {type: string}}}\n";
    let file = generated(paths, schemas, "src/types/a_thing.rs");
    assert!(file.contains("pub component: ") && !file.contains("pub inline: "), "{file}");
}

#[test]
fn a_body_of_one_media_type_takes_no_name_from_others() {
    let operation = |id: &str, body: &str| {
        format!(
            "  /{id}:\n    post:\n      operationId: {id}\n{body}      responses: {{'204': {{description: d}}}}\n"
        )
    };
    let body = "      requestBody: {content: {application/json: {schema: {type: string}}}}\n";
    let paths = operation("a", body) + &operation("aBody", "");
    let file = generated(&paths, "    A: {type: string}\n", "src/operations/untagged.rs");
    assert!(file.contains("ABody") && !file.contains("ABody2"), "{file}");
}
