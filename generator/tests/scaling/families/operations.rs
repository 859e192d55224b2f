//! Families of operations and their parts.

use clientgen::Extra;
use serde_json::{Map, Value, json};

use super::{
    Document, colliding_name, document_of, entries, no_content, parameter, paths, reference_to,
    schemas,
};

pub(super) fn operations(size: usize) -> Document {
    document_of(&paths(entries(size, |index| {
        (
            format!("/p{index}/{{id}}"),
            json!({"get": {"operationId": format!("get{index}"), "tags": ["A", "B"], "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": no_content()}}),
        )
    })))
}

pub(super) fn colliding_operations(size: usize) -> Document {
    document_of(&paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": colliding_name(index), "responses": no_content()}}),
        )
    })))
}

pub(super) fn tags(size: usize) -> Document {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/S"}}});
    let mut document = paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "tags": [format!("t{index}")], "responses": {"200": {"description": "G", "content": content}}}}),
        )
    }));
    document["components"] =
        json!({"schemas": {"S": {"type": "object", "properties": {"a": {"type": "string"}}}}});
    document["tags"] = (0..size).map(|index| json!({"name": format!("t{index}")})).collect();
    document_of(&document)
}

pub(super) fn parameters(size: usize) -> Document {
    let parameters: Vec<Value> = (0..size).map(parameter).collect();
    let operation =
        json!({"operationId": "a", "parameters": parameters, "responses": no_content()});
    document_of(&paths([("/a".to_owned(), json!({"get": operation}))].into_iter().collect()))
}

pub(super) fn path_parameters(size: usize) -> Document {
    let parameters: Vec<Value> = (0..size).map(parameter).collect();
    let operation = |id: &str| json!({"operationId": id, "responses": no_content()});
    let item = json!({"parameters": parameters, "get": operation("a"), "put": operation("b")});
    document_of(&paths([("/a".to_owned(), item)].into_iter().collect()))
}

pub(super) fn error_sets(size: usize) -> Document {
    let mut document = paths(entries(size, |index| {
        let body = json!({"description": "B", "content": {"application/json": {"schema": reference_to(index)}}});
        let responses = json!({"204": {"description": "G"}, "400": body, "404": body});
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "responses": responses}}),
        )
    }));
    let object = |index| {
        (
            format!("S{index}"),
            json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}}),
        )
    };
    document["components"] = json!({"schemas": entries(size, object)});
    document_of(&document)
}

pub(super) fn media_types(size: usize) -> Document {
    let content = entries(size, |index| {
        (format!("application/x{index}+json"), json!({"schema": {"type": "string"}}))
    });
    let operation = json!({"operationId": "a", "requestBody": {"content": content}, "responses": {"200": {"description": "G", "content": content}}});
    document_of(&paths([("/a".to_owned(), json!({"post": operation}))].into_iter().collect()))
}

pub(super) fn servers(size: usize) -> Document {
    let mut document = paths(Map::new());
    document["servers"] = (0..size)
        .map(|index| json!({"url": format!("https://{{v{index}}}.example.com"), "variables": {format!("v{index}"): {"default": "a"}}}))
        .collect();
    document_of(&document)
}

pub(super) fn security_schemes(size: usize) -> Document {
    let scheme = |index| {
        (
            format!("s{index}"),
            json!({"type": "apiKey", "in": "header", "name": format!("X-K{index}")}),
        )
    };
    let mut document = paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "security": [{format!("s{index}"): []}], "responses": no_content()}}),
        )
    }));
    document["components"] = json!({"securitySchemes": entries(size, scheme)});
    document_of(&document)
}

/// Operations with as many tags, which share their types.
pub(super) fn tags_with_the_same_types(size: usize) -> Document {
    let size = size.max(100);
    let content = json!({"application/json": {"schema": reference_to(0)}});
    let mut document = paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "tags": [format!("t{index}")], "responses": {"200": {"description": "G", "content": content}}}}),
        )
    }));
    let object = |index| {
        let next = reference_to((index + 1) % size);
        (format!("S{index}"), json!({"type": "object", "properties": {format!("p{index}"): next}}))
    };
    document["components"] = json!({"schemas": entries(size, object)});
    document_of(&document)
}

/// The selected operation uses schemas with a discriminator, which others extend.
pub(super) fn sliced_bases(size: usize) -> Document {
    let base = |index| {
        let properties = json!({"kind": {"type": "string"}, "next": reference_to(index + 1)});
        (
            format!("S{index}"),
            json!({"type": "object", "discriminator": {"propertyName": "kind"}, "properties": properties}),
        )
    };
    let extended = |index| (format!("T{index}"), json!({"allOf": [reference_to(index)]}));
    let mut all = entries(size, base);
    all.extend(entries(size, extended));
    all.insert(format!("S{size}"), json!({"type": "string"}));
    let mut document = document_of(&schemas(all));
    document.config.selection.paths = vec!["/*".to_owned()];
    document
}

/// A body whose properties are objects with as many properties. The command line has a flag for
/// each.
pub(super) fn flags(size: usize) -> Document {
    let inner = entries(size, |index| (format!("q{index}"), json!({"type": "string"})));
    let outer = entries(size, |index| (format!("p{index}"), reference_to(1)));
    let all = [
        ("S0".to_owned(), json!({"type": "object", "properties": outer})),
        ("S1".to_owned(), json!({"type": "object", "properties": inner})),
    ];
    let mut document = document_of(&schemas(all.into_iter().collect()));
    document.config = document.config.with_extra(Extra::Cli);
    document
}

/// Parameters whose flags would have the same name.
pub(super) fn colliding_flags(size: usize) -> Document {
    let parameter =
        |index| json!({"name": colliding_name(index), "in": "query", "schema": {"type": "string"}});
    let parameters: Vec<Value> = (0..size).map(parameter).collect();
    let operation =
        json!({"operationId": "a", "parameters": parameters, "responses": no_content()});
    let paths = paths([("/a".to_owned(), json!({"get": operation}))].into_iter().collect());
    let mut document = document_of(&paths);
    document.config = document.config.with_extra(Extra::Cli).with_extra(Extra::Mock);
    document
}

/// Operations and server variables. Each command has a flag for each variable.
pub(super) fn flags_of_servers(size: usize) -> Document {
    let mut document = operations(size / 10);
    let text = document.files.remove("api.json").unwrap_or_default();
    let mut value: Value = serde_json::from_str(&text).unwrap_or_default();
    value["servers"] = (0..size)
        .map(|index| json!({"url": format!("https://{{v{index}}}.example.com"), "variables": {format!("v{index}"): {"default": "a"}}}))
        .collect();
    document.files.insert("api.json".to_owned(), value.to_string());
    document.config = document.config.with_extra(Extra::Cli);
    document
}
