//! Families of documents in Swagger 2.0.

use serde_json::{Map, Value, json};

use super::{Document, document_of, entries};

fn swagger(paths: Map<String, Value>) -> Value {
    json!({
        "swagger": "2.0",
        "info": {"title": "A", "version": "1"},
        "consumes": ["application/json"],
        "produces": ["application/json", "application/xml"],
        "paths": paths,
    })
}

fn body(schema: &Value) -> Value {
    json!({"name": "body", "in": "body", "schema": schema})
}

fn object(index: usize) -> Value {
    json!({"type": "object", "discriminator": "k", "properties": {"k": {"type": "string"}, format!("p{index}"): {"type": "integer", "x-nullable": true}}})
}

/// Each operation has parameters, a body, responses, and shared ones.
pub(super) fn operations(size: usize) -> Document {
    let parameters = |index| {
        json!([
            {"$ref": format!("#/parameters/P{index}")},
            body(&object(index)),
            {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}},
            {"name": "b", "in": "header", "type": "string", "enum": ["x", "y"]},
        ])
    };
    let mut document = swagger(entries(size, |index| {
        let responses = json!({"200": {"description": "G", "schema": object(index), "headers": {"X-A": {"type": "string"}}}, "400": {"$ref": format!("#/responses/R{index}")}, "401": {"$ref": "#/responses/R0"}});
        let own = json!({"operationId": format!("put{index}"), "produces": ["application/json"], "parameters": parameters(index), "responses": responses});
        let shared = json!({"operationId": format!("post{index}"), "parameters": [{"$ref": format!("#/parameters/B{index}")}], "responses": responses});
        (format!("/p{index}"), json!({"put": own, "post": shared}))
    }));
    let query = entries(size, |index| {
        (format!("P{index}"), json!({"name": "p", "in": "query", "type": "string"}))
    });
    let bodies = entries(size, |index| (format!("B{index}"), body(&object(index))));
    document["parameters"] = query.into_iter().chain(bodies).collect();
    document["responses"] = Value::Object(entries(size, |index| {
        (format!("R{index}"), json!({"description": "B", "schema": object(index)}))
    }));
    document_of(&document)
}

pub(super) fn definitions(size: usize) -> Document {
    let mut document = swagger(Map::new());
    document["definitions"] = Value::Object(entries(size, |index| {
        let next = json!({"$ref": format!("#/definitions/D{}", (index + 1) % size)});
        let mut schema = object(index);
        schema["properties"]["next"] = next;
        (format!("D{index}"), schema)
    }));
    document_of(&document)
}

fn json_types(size: usize) -> Value {
    (0..size).map(|index| json!(format!("application/x{index}+json"))).collect()
}

pub(super) fn media_types(size: usize) -> Document {
    let operation = json!({"operationId": "a", "parameters": [body(&object(0))], "responses": {"200": {"description": "G", "schema": object(0)}}});
    let mut document =
        swagger([("/a".to_owned(), json!({"post": operation}))].into_iter().collect());
    document["consumes"] = json_types(size);
    document["produces"] = json_types(size);
    document_of(&document)
}

/// Each operation has each media type of the document.
pub(super) fn media_types_of_all(size: usize) -> Document {
    let mut document = swagger(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "responses": {"200": {"description": "G", "schema": {"type": "string"}}}}}),
        )
    }));
    document["produces"] = json_types(size);
    document_of(&document)
}

fn field(index: usize) -> Value {
    json!({"name": format!("f{index}"), "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "ssv"})
}

pub(super) fn fields(size: usize) -> Document {
    let parameters: Value =
        (0..size).map(|index| json!({"$ref": format!("#/parameters/F{index}")})).collect();
    let operation = json!({"operationId": "a", "parameters": parameters, "responses": {"204": {"description": "G"}}});
    let mut document =
        swagger([("/a".to_owned(), json!({"post": operation}))].into_iter().collect());
    document["parameters"] =
        Value::Object(entries(size, |index| (format!("F{index}"), field(index))));
    document_of(&document)
}

pub(super) fn fields_of_paths(size: usize) -> Document {
    document_of(&swagger(entries(size, |index| {
        let operation = |method: &str| json!({"operationId": format!("{method}{index}"), "parameters": [field(3)], "responses": {"204": {"description": "G"}}});
        (
            format!("/p{index}"),
            json!({"parameters": [field(1), field(2)], "put": operation("put"), "post": operation("post")}),
        )
    })))
}

/// Each definition extends the first one.
pub(super) fn tags(size: usize) -> Document {
    let mut document = swagger(Map::new());
    document["definitions"] = Value::Object(entries(size, |index| {
        let mut schema = object(index);
        schema["x-ms-discriminator-value"] = json!(format!("t{index}"));
        if index > 0 {
            schema["allOf"] = json!([{"$ref": "#/definitions/D0"}]);
        }
        (format!("D{index}"), schema)
    }));
    document_of(&document)
}
