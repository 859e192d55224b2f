//! What the bodies of requests and responses become.

use serde_json::{Map, Value, json};

use super::{code, generate_all};
use crate::Generation;

/// Returns an operation with a request and a response body.
fn exchange(body: Option<Value>, responses: Value) -> Generation {
    let mut operation = json!({"operationId": "a", "responses": responses});
    if let Some(body) = body {
        operation["requestBody"] = json!({"required": true, "content": body});
    }
    let schemas = json!({
        "Color": {"type": "object", "properties": {"r": {"type": "integer"}}},
        "OtherColor": {"$ref": "#/components/schemas/Color"},
        "Word": {"type": "string", "minLength": 1}
    });
    generate_all(&json!({"/a": {"post": operation}}), &json!({ "schemas": schemas }))
}

fn sent(body: Value) -> Generation {
    exchange(Some(body), json!({"204": {"description": "d"}}))
}

fn received(content: Value) -> Generation {
    exchange(None, json!({"200": {"description": "d", "content": content}}))
}

fn operations(generation: Generation) -> String {
    code(generation, "src/operations/")
}

fn of(media_type: &str, schema: Value) -> Value {
    json!({(media_type): {"schema": schema}})
}

fn string() -> Value {
    json!({"type": "string"})
}

fn binary() -> Value {
    json!({"type": "string", "format": "binary"})
}

/// Covers media types of JSON, of text, and others.
#[test]
fn a_media_type_decides_what_is_sent_and_received() {
    let json_types = [
        "application/json",
        "text/json",
        "application/hal+json",
        "application/json+x",
        "Application/JSON; charset=utf-8",
    ];
    for media_type in json_types {
        let schema = json!({"type": "array", "items": {"type": "integer"}});
        assert!(operations(sent(of(media_type, schema.clone()))).contains(".json"), "{media_type}");
        assert!(
            operations(received(of(media_type, schema))).contains("=> Vec<i64>"),
            "{media_type}"
        );
    }
    let texts = [
        "text/plain",
        "text/csv",
        "application/xml",
        "application/yaml",
        "application/x-yaml",
        "image/svg+xml",
        "application/x+yaml",
        "application/graphql",
    ];
    for media_type in texts {
        assert!(operations(sent(of(media_type, string()))).contains(".text("), "{media_type}");
        assert!(
            operations(received(of(media_type, string()))).contains("=> String"),
            "{media_type}"
        );
    }
    let files = [
        ("application/pdf", string()),
        ("text/plain", binary()),
        ("application/jsonx", string()),
        ("text/csv", binary()),
    ];
    for (media_type, schema) in files {
        assert!(
            operations(sent(of(media_type, schema.clone()))).contains(".upload("),
            "{media_type}"
        );
        assert!(
            operations(received(of(media_type, schema))).contains("=> Download"),
            "{media_type}"
        );
    }
}

/// A range is JSON if it contains only JSON media types.
#[test]
fn a_range_of_media_types_is_json_if_its_values_are() {
    for (media_type, schema, is_json) in [
        ("*/*", json!({"type": "integer"}), true),
        ("application/*", json!({"$ref": "#/components/schemas/Color"}), true),
        ("text/*", json!({"type": "integer"}), false),
        ("*/*", string(), false),
        ("*/*", json!({}), false),
        ("*/*", json!({"oneOf": [string(), {"type": "integer"}]}), false),
    ] {
        let found = operations(received(of(media_type, schema.clone())));
        assert_eq!(found.contains("application/json"), is_json, "{media_type} {schema}: {found}");
        let found = operations(sent(of(media_type, schema.clone())));
        assert_eq!(found.contains(".json"), is_json, "{media_type} {schema}: {found}");
    }
}

#[test]
fn the_same_json_under_two_media_types_is_sent_once() {
    let both = |one: Value, other: Value| {
        sent(json!({"application/json": {"schema": one}, "application/x+json": {"schema": other}}))
    };
    assert!(!code(both(string(), string()), "src/").contains("enum ABody"));
    assert!(code(both(string(), json!({"type": "integer"})), "src/").contains("enum ABody"));
    let texts = json!({"text/plain": {"schema": string()}, "text/csv": {"schema": string()}});
    assert!(code(sent(texts), "src/").contains("enum ABody"));
}

/// Covers how each part of a form is sent.
#[test]
fn a_part_is_a_file_or_json_or_text() {
    let form = |schema: Value, encoding: Option<Value>| {
        let schema = json!({"type": "object", "properties": {"p": schema}});
        let mut media_type = json!({ "schema": schema });
        if let Some(encoding) = encoding {
            media_type["encoding"] = json!({"p": encoding});
        }
        code(sent(json!({"multipart/form-data": media_type})), "src/types/")
    };
    let color = || json!({"$ref": "#/components/schemas/Color"});
    let media_type = |name: &str| Some(json!({ "contentType": name }));
    let list = |items: Value| json!({"type": "array", "items": items});
    for (schema, encoding, expected) in [
        (string(), None, ".text(\"p\", p)"),
        (list(string()), None, ".text(\"p\", p)"),
        (binary(), None, ".file(\"p\", p)"),
        (list(binary()), None, ".files(\"p\", p)"),
        (binary(), media_type("image/png"), ".file_as(\"p\", \"image/png\", p)"),
        (binary(), media_type("image/*"), ".file(\"p\", p)"),
        (binary(), media_type("image/png, image/gif"), ".file(\"p\", p)"),
        (string(), media_type("image/png"), ".file_as(\"p\", \"image/png\", p)"),
        (string(), media_type("text/csv"), ".typed(\"p\", \"text/csv\", p)"),
        (string(), media_type("text/csv, text/plain"), ".typed(\"p\", \"text/csv\", p)"),
        (string(), media_type("text/*"), ".text(\"p\", p)"),
        (string(), media_type("application/json"), ".json(\"p\", p)"),
        (color(), None, ".json(\"p\", p)"),
        (color(), media_type("text/x+json"), ".typed(\"p\", \"text/x+json\", p)"),
        (json!({"nullable": true, "allOf": [color()]}), None, ".json("),
        (json!({"$ref": "#/components/schemas/OtherColor"}), None, ".json("),
        (json!({"$ref": "#/components/schemas/Word"}), None, ".text("),
        (json!({"type": "string", "enum": ["x", "y"]}), None, ".text("),
        (json!({"type": "integer"}), None, ".text("),
        (json!({"type": "object", "additionalProperties": string()}), None, ".json("),
        (json!({}), None, ".json("),
    ] {
        let found = form(schema.clone(), encoding.clone());
        assert!(found.contains(expected), "{expected} {schema} {encoding:?}: {found}");
    }
}

#[test]
fn a_form_has_the_parts_of_all_its_schemas() {
    let part = |name: &str| json!({"type": "object", "properties": {(name): string()}});
    for schema in [
        json!({"type": "object", "properties": {"p": string(), "q": string()}}),
        json!({"properties": {"p": string(), "q": string()}}),
        json!({"allOf": [part("p"), part("q")]}),
        json!({"anyOf": [part("p"), part("q")]}),
    ] {
        let found = code(sent(of("multipart/form-data", schema.clone())), "src/types/");
        assert!(found.contains(".text(\"p\", p)"), "{schema}: {found}");
        assert!(found.contains(".text(\"q\", q)"), "{schema}: {found}");
    }
    let no_object = sent(of("multipart/form-data", string()));
    assert!(no_object.diagnostics.iter().any(|said| said.code == "unsupported"));
}

/// A property of a form has a style only if it differs from the default, which repeats the name for each
/// item.
#[test]
fn a_property_of_a_form_has_the_style_that_is_documented() {
    let form = |schema: &Value, encoding: &Value| {
        let schema = json!({"type": "object", "properties": {"p": schema}});
        let media_type = json!({"schema": schema, "encoding": {"p": encoding}});
        operations(sent(json!({"application/x-www-form-urlencoded": media_type})))
    };
    let list = json!({"type": "array", "items": string()});
    let color = json!({"$ref": "#/components/schemas/Color"});
    let choice = json!({"oneOf": [color, {"type": "integer"}]});
    for (schema, encoding, style) in [
        (&list, json!({}), None),
        (&list, json!({"style": "form", "explode": true}), None),
        (&list, json!({"explode": false}), Some("Form, false")),
        (&list, json!({"style": "pipeDelimited", "explode": true}), Some("PipeDelimited, true")),
        (&list, json!({"style": "spaceDelimited"}), Some("SpaceDelimited, false")),
        (&color, json!({}), Some("Form, true")),
        (&color, json!({"style": "deepObject"}), Some("DeepObject, true")),
        (&color, json!({"style": "deepObject", "explode": false}), Some("DeepObject, true")),
        (&color, json!({"contentType": "application/json"}), None),
        (&choice, json!({}), Some("Form, true")),
        (&json!({"oneOf": [string(), {"type": "integer"}]}), json!({}), None),
        (&json!({"nullable": true, "allOf": [color]}), json!({}), Some("Form, true")),
        (&json!({"type": "string", "enum": ["x", "y"]}), json!({}), None),
    ] {
        let found = form(schema, &encoding);
        match style {
            Some(style) => {
                let expected = format!("(\"p\", Style::{style})");
                assert!(found.contains(&expected), "{expected} {schema} {encoding}: {found}");
            }
            None => assert!(!found.contains("Style::"), "{schema} {encoding}: {found}"),
        }
    }
}

/// A schema with keywords that are not used is reported.
#[test]
fn a_schema_that_is_not_read_is_reported() {
    let reported = |generation: Generation| {
        generation.diagnostics.iter().filter(|said| said.message.contains("a schema of `")).count()
    };
    for (schema, expected) in [
        (string(), 0),
        (json!({}), 0),
        (json!({"type": "integer"}), 1),
        (json!({"$ref": "#/components/schemas/Color"}), 1),
        (json!({"allOf": [string()]}), 1),
        (json!({"oneOf": [string(), string()]}), 1),
    ] {
        for media_type in ["text/plain", "application/pdf"] {
            assert_eq!(reported(sent(of(media_type, schema.clone()))), expected, "{schema}");
            assert_eq!(reported(received(of(media_type, schema.clone()))), expected, "{schema}");
        }
        assert_eq!(reported(received(of("application/json", schema))), 0);
    }
}

#[test]
fn what_an_operation_returns_depends_on_its_statuses() {
    let json_of =
        |schema: Value| json!({"description": "d", "content": of("application/json", schema)});
    let integer = || json_of(json!({"type": "integer"}));
    let nothing = || json!({"description": "d"});
    let responses = |list: &[(&str, Value)]| {
        let map: Map<String, Value> = list
            .iter()
            .map(|(status, response)| ((*status).to_owned(), response.clone()))
            .collect();
        operations(exchange(None, Value::Object(map)))
    };
    for (list, returned) in [
        (vec![("200", integer())], "=> i64"),
        (vec![("2XX", integer())], "=> i64"),
        (vec![("default", integer())], "=> i64"),
        (vec![("299", integer()), ("default", json_of(string()))], "=> i64"),
        (vec![("200", integer()), ("201", integer())], "=> i64"),
        (vec![("200", integer()), ("201", json_of(string()))], "=> AResponse"),
        (vec![("204", nothing()), ("400", integer())], "=> ()"),
        (vec![("204", nothing()), ("default", integer())], "=> ()"),
        (vec![("2XX", nothing()), ("default", integer())], "=> ()"),
        (vec![("4XX", nothing()), ("default", integer())], "=> i64"),
        (vec![("199", integer()), ("204", nothing())], "=> ()"),
        (vec![("300", integer()), ("204", nothing())], "=> ()"),
    ] {
        let found = responses(&list);
        assert!(found.contains(returned), "{list:?}: {found}");
    }
}
