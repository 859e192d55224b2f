use serde_json::{Value, json};

use super::*;
use crate::document::Schema;

fn parsed(value: Value) -> OpenApi {
    let mut diagnostics = Diagnostics::default();
    let document = Document { path: "a.json".to_owned(), value };
    let document = parse(document, &mut diagnostics);
    assert!(!diagnostics.has_errors(true), "{diagnostics:?}");
    document
}

fn with_operation(operation: &Value, components: &Value) -> OpenApi {
    parsed(json!({
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"post": operation}},
        "components": components,
    }))
}

fn schema<'d>(document: &'d OpenApi, name: &str) -> &'d Schema {
    let is_named = |id: &&SchemaId| document.schemas[**id].component.as_deref() == Some(name);
    let id = document.components.iter().find(is_named).unwrap();
    &document.schemas[*id]
}

#[test]
fn a_name_that_equals_a_keyword_is_a_name() {
    let form = json!({
        "schema": {"type": "object", "properties": {"schema": {"type": "string"}}},
        "encoding": {"schema": {"contentType": "text/csv"}},
    });
    let mut value = json!({
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "1"},
        "servers": [{"url": "https://{schema}", "variables": {"schema": {"default": "a"}}}],
        "paths": {"/a": {"post": {
            "operationId": "a",
            "requestBody": {"content": {"multipart/form-data": form}},
            "responses": {"200": {"description": "", "headers": {"schema": {"schema": {}}}}},
        }}},
    });
    value["components"] =
        json!({"securitySchemes": {"schema": {"type": "http", "scheme": "basic"}}});
    let document = parsed(value);
    assert_eq!(document.servers[0].variables[0].name, "schema");
    assert_eq!(document.security_schemes[0].name, "schema");
    let operation = &document.operations[0];
    assert_eq!(operation.responses[0].headers[0].name, "schema");
    let form = &operation.request_body.as_ref().unwrap().content[0];
    assert_eq!(form.encoding["schema"].content_types, ["text/csv"]);
    assert!(document.schemas[form.schema].properties.contains_key("schema"));
}

#[test]
fn an_extension_of_a_referenced_object_is_read() {
    let operation = json!({
        "operationId": "a",
        "parameters": [{"$ref": "#/components/parameters/Format"}],
        "responses": {"2xx": {"$ref": "#/components/responses/File"}},
    });
    let document = with_operation(
        &operation,
        &json!({
            "parameters": {"Format": {
                "name": "format", "in": "query", "schema": {"type": "string"},
                "x-accept": {"csv": "text/csv"},
            }},
            "responses": {"File": {"description": "", "content": {"text/csv": {}}}},
        }),
    );
    let operation = &document.operations[0];
    let accept = operation.parameters[0].accept.as_ref().unwrap();
    assert_eq!(accept.media_types, [("csv".to_owned(), "text/csv".to_owned())]);
    assert_eq!(operation.responses[0].content[0].name, "text/csv");
}

#[test]
fn references_are_followed_to_their_end() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let document = with_operation(
        &json!({"operationId": "a", "responses": {}}),
        &json!({"schemas": {
            "A": reference("B"), "B": reference("C"), "C": {"type": "string"},
            "Cycle": reference("Back"), "Back": reference("Cycle"), "In": reference("Cycle"),
        }}),
    );
    let end = |name: &str| &document.schemas[schema(&document, name).end];
    assert_eq!(end("A").component.as_deref(), Some("C"));
    assert_eq!(end("C").component.as_deref(), Some("C"));
    assert_eq!(end("In").at, end("Cycle").at);
    assert_eq!(end("Back").at, end("Cycle").at);
}

#[test]
fn fingerprints_are_equal_if_only_prose_differs() {
    let object = |description: &str, inner: &str| {
        json!({"type": "object", "description": description, "properties": {
            "description": {"type": inner, "example": true},
        }})
    };
    let document = with_operation(
        &json!({"operationId": "a", "responses": {}}),
        &json!({"schemas": {
            "A": object("One.", "string"), "B": object("Another.", "string"),
            "C": object("One.", "integer"),
        }}),
    );
    let fingerprint = |name: &str| schema(&document, name).fingerprint;
    assert_eq!(fingerprint("A"), fingerprint("B"));
    assert_ne!(fingerprint("A"), fingerprint("C"));
}
