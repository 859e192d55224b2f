use std::collections::BTreeMap;

use serde_json::json;

use super::*;

/// A repaired document, and what is said about it.
fn repaired(mut value: Value) -> (Value, Vec<String>) {
    let source = BTreeMap::from([("a.json".to_owned(), format!("{value:#}"))]);
    let mut diagnostics = Diagnostics::default();
    diagnostics.set_document("a.json");
    repair(&mut value, &mut diagnostics);
    let found = diagnostics.located(&source, false);
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    for found in &found {
        let place = found.split("--> a.json:").nth(1).unwrap_or_default();
        assert!(place.starts_with(|c: char| c.is_ascii_digit()), "no position: {found}");
    }
    (value, found)
}

fn schema(schema: Value) -> (Value, Vec<String>) {
    let (value, found) = repaired(json!({"components": {"schemas": {"A": schema}}}));
    let schema = value["components"]["schemas"]["A"].clone();
    assert!(
        serde_json::from_value::<openapiv3::ReferenceOr<openapiv3::Schema>>(schema.clone()).is_ok()
    );
    (schema, found)
}

fn operation(operation: Value) -> (Value, Vec<String>) {
    let (value, found) = repaired(json!({"paths": {"/a": {"get": operation}}}));
    let operation = value["paths"]["/a"]["get"].clone();
    let read = serde_json::from_value::<openapiv3::Operation>(operation.clone());
    assert!(read.is_ok(), "{read:?}");
    (operation, found)
}

#[test]
fn words_that_are_no_types_mean_one() {
    for (word, meant) in [
        ("date-time", json!({"type": "string", "format": "date-time"})),
        ("int", json!({"type": "integer"})),
        ("float", json!({"type": "number", "format": "float"})),
        ("file", json!({"type": "string", "format": "binary"})),
        ("String", json!({"type": "string"})),
        ("whatever", json!({})),
    ] {
        let (repaired, found) = schema(json!({ "type": word }));
        assert_eq!(repaired, meant);
        assert!(found.len() == 1 && found[0].starts_with("warning[invalid-schema]: `type` must"));
        assert!(found[0].contains("(#/components/schemas/A/type)"), "{found:?}");
    }
}

#[test]
fn required_properties_are_those_of_the_object() {
    let properties = json!({"a": {"type": "string", "required": true}, "b": {"required": false}});
    let (value, found) = schema(json!({"type": "object", "properties": properties}));
    let properties = json!({"a": {"type": "string"}, "b": {}});
    assert_eq!(value, json!({"type": "object", "properties": properties, "required": ["a"]}));
    assert_eq!(found.len(), 2);
    assert!(found[0].contains("#/components/schemas/A/properties/a/required"), "{found:?}");
}

#[test]
fn enums_have_values_of_their_type() {
    let (value, found) = schema(json!({"type": "string", "enum": [1, true, "x"]}));
    assert_eq!(value["enum"], json!(["1", "true", "x"]));
    assert!(found.len() == 1 && found[0].contains("warning[loose-value]"), "{found:?}");
    let (value, _) = schema(json!({"type": "integer", "enum": ["1", 2.0], "minimum": 0.0}));
    assert_eq!(value, json!({"type": "integer", "enum": [1, 2], "minimum": 0}));
    let (value, found) = schema(json!({"type": "integer", "enum": ["one"]}));
    assert_eq!(value, json!({"type": "integer"}));
    assert!(found[0].contains("any value of the type is accepted"), "{found:?}");
}

#[test]
fn keys_with_values_that_they_cannot_have_are_taken_out() {
    let (value, found) = schema(json!({
        "type": "array", "items": 5, "minItems": "3", "maxItems": -1, "nullable": "true",
        "description": 404, "title": null, "allOf": {}, "pattern": "x", "unknown": [], "not": {}
    }));
    let meant = json!({
        "type": "array", "items": {}, "minItems": 3, "nullable": true, "description": "404",
        "unknown": [], "not": {}
    });
    assert_eq!(value, meant);
    let codes = |code: &str| found.iter().filter(|found| found.contains(code)).count();
    assert_eq!((codes("[loose-value]"), codes("[invalid-schema]")), (3, 3), "{found:?}");
    assert_eq!(
        schema(json!({"discriminator": "t"})).0,
        json!({"discriminator": {"propertyName": "t"}})
    );
    assert_eq!(schema(json!(["a"])).0, json!({}));
}

#[test]
fn parameters_get_what_they_lack_or_are_left_out() {
    let (value, found) = operation(json!({
        "parameters": [
            5,
            {"name": "n", "in": "nowhere"},
            {"in": "query"},
            {"name": "id", "in": "path", "style": "form", "schema": {"type": "uuid"}},
            {"name": "q", "in": "query", "required": "yes"}
        ],
        "responses": {}
    }));
    let parameters = json!([
        {"name": "id", "in": "path", "schema": {"type": "string", "format": "uuid"}, "required": true},
        {"name": "q", "in": "query", "schema": {}}
    ]);
    assert_eq!(value["parameters"], parameters);
    let expected = [
        ("a parameter must stand here, and `5` does", "/parameters/0)"),
        ("`in` must be one of query, header, path, cookie, and the text `nowhere`", "/1/in)"),
        ("`name` is missing: the whole is left out", "/parameters/2)"),
        ("a parameter of the path is always required", "/parameters/3)"),
        ("`type` must be one of", "/parameters/3/schema/type)"),
        ("`style` must be one of matrix, label, simple here", "/parameters/3/style)"),
        ("`required` must be true or false, and the text `yes` stands here", "/4/required)"),
    ];
    for (message, place) in expected {
        let fits = |found: &&String| found.contains(message) && found.contains(place);
        assert!(found.iter().any(|found| fits(&found)), "{message} at {place}: {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn places_stay_those_of_the_document_after_something_was_taken_out() {
    let parameters = json!([5, {"name": "a", "in": "query", "schema": {}}]);
    let mut value = json!({"paths": {"/a": {"parameters": parameters}}});
    let mut diagnostics = Diagnostics::default();
    repair(&mut value, &mut diagnostics);
    let at = Pointer::parse("/paths/~1a/parameters/0/schema").unwrap();
    assert_eq!(diagnostics.location(&at).pointer.to_string(), "#/paths/~1a/parameters/1/schema");
}

#[test]
fn answers_get_what_they_lack() {
    let (value, found) = operation(json!({
        "tags": "one",
        "responses": {"200": {}, "2xx": {"description": "d"}, "default": {"description": 1}, "ok": {}, "99": {}, "x-a": 1},
        "callbacks": {"c": {"$ref": "#/components/callbacks/C"}, "d": {"x-a": 1, "{$url}": {}}}
    }));
    let responses = json!({"200": {"description": ""}, "2xx": {"description": "d"}, "default": {"description": "1"}, "x-a": 1});
    assert_eq!(value["responses"], responses);
    assert_eq!(value["tags"], json!(["one"]));
    assert_eq!(found.iter().filter(|found| found.contains("is no status")).count(), 2);
    assert_eq!(operation(json!({})).0, json!({"responses": {}}));
}

#[test]
fn the_rest_of_a_document_can_be_read_too() {
    let (mut value, found) = repaired(json!({
        "info": {"version": 1.5, "license": {}, "contact": "me"},
        "servers": [{"variables": {"v": {"enum": [1, 2]}}}, "https://example.com"],
        "tags": [{"description": "d"}, {"name": "t", "externalDocs": {}}],
        "paths": {"/a": 5},
        "components": {
            "securitySchemes": {
                "mutual": {"type": "mutualTLS"}, "basic": {"type": "basic"},
                "key": {"type": "apiKey", "in": "body", "name": "k"},
                "oauth": {"type": "oauth2", "flows": {"implicit": {}}}
            },
            "links": {"L": {}},
            "parameters": {"P": {"in": "query"}},
            "responses": {"R": {"description": "d", "links": {"l": {"$ref": "#/components/links/L"}}}}
        }
    }));
    assert_eq!(value["info"], json!({"version": "1.5", "license": {"name": ""}, "title": ""}));
    let server = json!({"variables": {"v": {"enum": ["1", "2"], "default": ""}}, "url": "/"});
    assert_eq!(value["servers"], json!([server]));
    assert_eq!(value["tags"], json!([{"name": "t"}]));
    assert_eq!(value["paths"], json!({}));
    let flow = json!({"scopes": {}, "authorizationUrl": ""});
    let schemes = json!({
        "mutual": {"type": "mutualTLS"},
        "oauth": {"type": "oauth2", "flows": {"implicit": flow}},
    });
    assert_eq!(value["components"]["securitySchemes"], schemes);
    // It is not known to `openapiv3`, and read apart.
    value["components"]["securitySchemes"].as_object_mut().unwrap().shift_remove("mutual");
    assert_eq!(value["components"]["responses"]["R"]["links"], json!({}));
    assert!(found.iter().any(|found| found.contains("is not there any more")), "{found:#?}");
    assert!(serde_json::from_value::<openapiv3::Info>(value["info"].clone()).is_ok());
    assert!(serde_json::from_value::<openapiv3::Components>(value["components"].clone()).is_ok());
}
