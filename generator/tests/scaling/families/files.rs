//! Families of several files, and of features that only YAML has.

use std::collections::BTreeMap;

use clientgen::Config;
use serde_json::{Value, json};

use super::{Document, document_of, document_of_schema, entries, no_content, paths};

pub(super) fn files(size: usize) -> Document {
    let mut document = document_of_schema(json!({"$ref": "f0.json"}));
    for index in 0..size {
        let schema = match index + 1 < size {
            true => {
                json!({"type": "object", "properties": {"a": {"$ref": format!("f{}.json", index + 1)}}})
            }
            false => json!({"type": "object"}),
        };
        document.files.insert(format!("f{index}.json"), schema.to_string());
    }
    document
}

pub(super) fn references_into_file(size: usize) -> Document {
    let reference = |index| (format!("p{index}"), json!({"$ref": format!("f.json#/S{index}")}));
    let mut document =
        document_of_schema(json!({"type": "object", "properties": entries(size, reference)}));
    let object = |index| {
        (format!("S{index}"), json!({"type": "object", "properties": {"a": {"$ref": "#/S0"}}}))
    };
    document.files.insert("f.json".to_owned(), Value::Object(entries(size, object)).to_string());
    document
}

pub(super) fn same_names(size: usize) -> Document {
    let reference =
        |index| (format!("p{index}"), json!({"$ref": format!("d/f.json#/x{index}/Same")}));
    let mut document =
        document_of_schema(json!({"type": "object", "properties": entries(size, reference)}));
    let object = |index| {
        (
            format!("x{index}"),
            json!({"Same": {"type": "object", "properties": {"a": {"type": "string"}}}}),
        )
    };
    document.files.insert("d/f.json".to_owned(), Value::Object(entries(size, object)).to_string());
    document
}

pub(super) fn aliases(size: usize) -> Document {
    let mut text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\nx-a: &a {type: object, properties: {a: {type: string}}}\ncomponents:\n  schemas:\n".to_owned();
    (0..size).for_each(|index| text.push_str(&format!("    S{index}: *a\n")));
    let files = BTreeMap::from([("api.json".to_owned(), text)]);
    Document { files, config: Config::new("api.json", "things") }
}

/// Schemas that are referenced by `$anchor`, in one file.
pub(super) fn anchors(size: usize) -> Document {
    let reference = |index| (format!("p{index}"), json!({"$ref": format!("f.json#a{index}")}));
    let mut document =
        document_of_schema(json!({"type": "object", "properties": entries(size, reference)}));
    let object =
        |index| (format!("S{index}"), json!({"$anchor": format!("a{index}"), "type": "string"}));
    document.files.insert("f.json".to_owned(), Value::Object(entries(size, object)).to_string());
    document
}

/// A chain of references through files, of the maximal length, and many references into it.
pub(super) fn references_into_chain(size: usize) -> Document {
    let reference =
        |index| (format!("p{index}"), json!({"$ref": format!("c{}.json#/a", index % 90)}));
    let mut document =
        document_of_schema(json!({"type": "object", "properties": entries(size, reference)}));
    for index in 0..90 {
        let next = match index + 1 < 90 {
            true => json!({"a": {"$ref": format!("c{}.json#/a", index + 1)}}),
            false => json!({"a": {"type": "string"}}),
        };
        document.files.insert(format!("c{index}.json"), next.to_string());
    }
    document
}

/// Each path item replaces two references in the one before it.
pub(super) fn inlined_path_items(size: usize) -> Document {
    let mut document = paths([("/a".to_owned(), json!({"$ref": "i0.json"}))].into_iter().collect());
    document["components"] = json!({});
    let mut document = document_of(&document);
    for index in 0..size {
        let inner = match index + 1 < size {
            true => json!({"$ref": format!("i{}.json", index + 1)}),
            false => json!({}),
        };
        let operation =
            json!({"callbacks": {"c": {"one": inner, "two": inner}}, "responses": no_content()});
        document.files.insert(format!("i{index}.json"), json!({"post": operation}).to_string());
    }
    document
}

/// Each anchor is a sequence with several aliases of the previous one.
pub(super) fn aliases_of_aliases(size: usize) -> Document {
    let items = vec!["b"; 1000].join(", ");
    let mut text = format!(
        "openapi: 3.0.3\ninfo: {{title: A, version: '1'}}\npaths: {{}}\nx-0: &a0 [{items}]\n"
    );
    for index in 1..=size {
        let before = format!("*a{}", index - 1);
        text.push_str(&format!("x-{index}: &a{index} [{before}, {before}, {before}, {before}]\n"));
    }
    let files = BTreeMap::from([("api.yaml".to_owned(), text)]);
    Document { files, config: Config::new("api.yaml", "things") }
}

/// Nested brackets, which are slow to parse as YAML.
pub(super) fn nested_yaml(size: usize) -> Document {
    let text = format!("openapi: 3.0.3\nx-a: {}", "{a: ".repeat(size));
    let files = BTreeMap::from([("api.yaml".to_owned(), text)]);
    Document { files, config: Config::new("api.yaml", "things") }
}

/// JSON with nested brackets after a fault, so that it is parsed as YAML.
pub(super) fn nested_json(size: usize) -> Document {
    let text = format!("{{\"openapi\": '3.0.3', \"x-a\": {}", "[".repeat(size));
    let files = BTreeMap::from([("api.json".to_owned(), text)]);
    Document { files, config: Config::new("api.json", "things") }
}
