//! Families of faults, and of long descriptions and names.

use serde_json::{Value, json};

use super::{
    Document, document_of, document_of_schema, document_of_schemas, entries, no_content, parameter,
    paths,
};

pub(super) fn faults(size: usize) -> Document {
    let odd = |index| (format!("p{index}"), json!({"type": 5, "minLength": "x"}));
    document_of_schema(json!({"type": "object", "properties": entries(size, odd)}))
}

pub(super) fn faults_in_yaml(size: usize) -> Document {
    let mut document = faults(size);
    // A trailing comma is not valid JSON.
    let text = document.files.remove("api.json").unwrap();
    let text = format!("{},}}", text.strip_suffix('}').unwrap());
    document.files.insert("api.json".to_owned(), text);
    document
}

pub(super) fn faults_below(size: usize) -> Document {
    document_of(&paths(entries(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "deprecated": 5, "parameters": [{"name": "a", "in": "nowhere"}, {"in": 5}], "responses": {"200": {"description": 5}, "x": 5}}}),
        )
    })))
}

pub(super) fn broken_references(size: usize) -> Document {
    document_of_schemas(size, |index| json!({"$ref": format!("#/components/schemas/T{index}")}))
}

pub(super) fn invalid_items(size: usize) -> Document {
    let parameters: Vec<Value> =
        (0..size).map(|index| if index % 2 == 0 { json!(5) } else { parameter(index) }).collect();
    let operation =
        json!({"operationId": "a", "parameters": parameters, "responses": no_content()});
    document_of(&paths([("/a".to_owned(), json!({"get": operation}))].into_iter().collect()))
}

pub(super) fn description(size: usize) -> Document {
    let text = "word `code` [link](http://a) ".repeat(size / 30);
    document_of_schema(
        json!({"type": "object", "description": text, "properties": {"a": {"type": "string", "description": text}}}),
    )
}

pub(super) fn long_name(size: usize) -> Document {
    let text = |index| (format!("p{index}"), json!({"type": "string", "maxLength": "x"}));
    let name = "n".repeat(size);
    let inner = json!({"type": "object", "properties": entries(size / 20, text)});
    document_of_schema(json!({"type": "object", "properties": {name: inner}}))
}

pub(super) fn duplicates(size: usize) -> Document {
    let mut document = document_of_schema(json!({"type": "object", "x-here": 1}));
    let text = document.files.remove("api.json").unwrap();
    document.files.insert(
        "api.json".to_owned(),
        text.replace("\"x-here\":1", &vec!["\"x-here\":1"; size].join(",")),
    );
    document
}

/// A description in which each character could start markup.
fn texts(unit: &str, size: usize) -> Document {
    document_of_schema(
        json!({"type": "object", "description": unit.repeat(size), "properties": {"a": {"type": "string"}}}),
    )
}

pub(super) fn brackets_in_text(size: usize) -> Document {
    texts("[", size)
}

pub(super) fn links_in_text(size: usize) -> Document {
    texts("[a](", size)
}

pub(super) fn stars_in_text(size: usize) -> Document {
    texts("*a_ ", size)
}

pub(super) fn ticks_in_text(size: usize) -> Document {
    let ticks: String =
        (1..).map(|count| "`".repeat(count) + " ").take_while(|ticks| ticks.len() < 200).collect();
    texts(&ticks, size / 100)
}

pub(super) fn tags_in_text(size: usize) -> Document {
    texts("<a ", size)
}

pub(super) fn quotes_in_text(size: usize) -> Document {
    texts("> ", size)
}

pub(super) fn lists_in_text(size: usize) -> Document {
    texts("- ", size)
}

pub(super) fn tables_in_text(size: usize) -> Document {
    texts("|a|b|\n|-|-|\n", size)
}

pub(super) fn entities_in_text(size: usize) -> Document {
    texts("&amp;\u{200b}<!--", size)
}
