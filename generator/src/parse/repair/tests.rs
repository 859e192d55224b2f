use std::collections::BTreeMap;

use serde_json::json;

use super::*;

/// Returns a repaired document, and the diagnostics as strings.
fn repaired(mut value: Value) -> (Value, Vec<String>) {
    let source = BTreeMap::from([("a.json".to_owned(), format!("{value:#}"))]);
    let mut diagnostics = Diagnostics::default();
    diagnostics.set_document("a.json");
    repair(&mut value, &mut diagnostics);
    let located = diagnostics.located(&source, false);
    let messages: Vec<String> = located.iter().map(ToString::to_string).collect();
    for message in &messages {
        let position = message.split("--> a.json:").nth(1).unwrap_or_default();
        assert!(position.starts_with(|c: char| c.is_ascii_digit()), "no position: {message}");
    }
    (value, messages)
}

fn schema(schema: Value) -> (Value, Vec<String>) {
    let (value, messages) = repaired(json!({"components": {"schemas": {"A": schema}}}));
    let schema = value["components"]["schemas"]["A"].clone();
    assert!(
        serde_json::from_value::<openapiv3::ReferenceOr<openapiv3::Schema>>(schema.clone()).is_ok()
    );
    (schema, messages)
}

fn operation(operation: Value) -> (Value, Vec<String>) {
    let (value, messages) = repaired(json!({"paths": {"/a": {"get": operation}}}));
    let operation = value["paths"]["/a"]["get"].clone();
    let read = serde_json::from_value::<openapiv3::Operation>(operation.clone());
    assert!(read.is_ok(), "{read:?}");
    (operation, messages)
}

#[test]
fn an_invalid_type_is_replaced_by_the_obvious_one() {
    for (name, expected) in [
        ("date-time", json!({"type": "string", "format": "date-time"})),
        ("int", json!({"type": "integer"})),
        ("float", json!({"type": "number", "format": "float"})),
        ("file", json!({"type": "string", "format": "binary"})),
        ("String", json!({"type": "string"})),
        ("whatever", json!({})),
    ] {
        let (repaired, messages) = schema(json!({ "type": name }));
        assert_eq!(repaired, expected);
        assert!(
            messages.len() == 1 && messages[0].starts_with("warning[invalid-schema]: `type` must")
        );
        assert!(messages[0].contains("(#/components/schemas/A/type)"), "{messages:?}");
    }
}

#[test]
fn required_in_a_property_is_moved_to_the_object() {
    let properties = json!({"a": {"type": "string", "required": true}, "b": {"required": false}});
    let (value, messages) = schema(json!({"type": "object", "properties": properties}));
    let properties = json!({"a": {"type": "string"}, "b": {}});
    assert_eq!(value, json!({"type": "object", "properties": properties, "required": ["a"]}));
    assert_eq!(messages.len(), 2);
    assert!(messages[0].contains("#/components/schemas/A/properties/a/required"), "{messages:?}");
}

#[test]
fn enum_values_are_converted_to_the_type() {
    let (value, messages) = schema(json!({"type": "string", "enum": [1, true, "x"]}));
    assert_eq!(value["enum"], json!(["1", "true", "x"]));
    assert!(messages.len() == 1 && messages[0].contains("warning[loose-value]"), "{messages:?}");
    let (value, _) = schema(json!({"type": "integer", "enum": ["1", 2.0], "minimum": 0.0}));
    assert_eq!(value, json!({"type": "integer", "enum": [1, 2], "minimum": 0}));
    let (value, messages) = schema(json!({"type": "integer", "enum": ["one"]}));
    assert_eq!(value, json!({"type": "integer"}));
    assert!(messages[0].contains("any value of the type is accepted"), "{messages:?}");
}

#[test]
fn keys_with_invalid_values_are_removed() {
    let (value, messages) = schema(json!({
        "type": "array", "items": 5, "minItems": "3", "maxItems": -1, "nullable": "true",
        "description": 404, "title": null, "allOf": {}, "pattern": "x", "unknown": [], "not": {}
    }));
    let expected = json!({
        "type": "array", "items": {}, "minItems": 3, "nullable": true, "description": "404",
        "unknown": [], "not": {}
    });
    assert_eq!(value, expected);
    let codes = |code: &str| messages.iter().filter(|message| message.contains(code)).count();
    assert_eq!((codes("[loose-value]"), codes("[invalid-schema]")), (3, 3), "{messages:?}");
    assert_eq!(
        schema(json!({"discriminator": "t"})).0,
        json!({"discriminator": {"propertyName": "t"}})
    );
    assert_eq!(schema(json!(["a"])).0, json!({}));
}

#[test]
fn parameters_are_completed_or_skipped() {
    let (value, messages) = operation(json!({
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
        ("this must be an object (Parameter Object), not `5`: it is skipped", "/parameters/0)"),
        ("`in` must be one of query, header, path, cookie, not the string `nowhere`", "/1/in)"),
        ("`name` is missing: the Parameter Object is skipped", "/parameters/2)"),
        ("a path parameter is always required", "/parameters/3)"),
        ("`type` must be one of", "/parameters/3/schema/type)"),
        ("`style` must be one of matrix, label, simple here", "/parameters/3/style)"),
        (
            "`required` must be `true` or `false`, not the string `yes`: it is ignored",
            "/4/required)",
        ),
    ];
    for (message, at) in expected {
        let is_expected = |text: &String| text.contains(message) && text.contains(at);
        assert!(messages.iter().any(is_expected), "{message} at {at}: {messages:#?}");
    }
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
}

#[test]
fn locations_stay_correct_after_an_item_is_removed() {
    let parameters = json!([5, {"name": "a", "in": "query", "schema": {}}]);
    let mut value = json!({"paths": {"/a": {"parameters": parameters}}});
    let mut diagnostics = Diagnostics::default();
    repair(&mut value, &mut diagnostics);
    let at = Pointer::parse("/paths/~1a/parameters/0/schema").unwrap();
    assert_eq!(diagnostics.location(&at).pointer.to_string(), "#/paths/~1a/parameters/1/schema");
}

#[test]
fn responses_are_completed() {
    let (value, messages) = operation(json!({
        "tags": "one",
        "responses": {"200": {}, "2xx": {"description": "d"}, "default": {"description": 1}, "ok": {}, "99": {}, "x-a": 1},
        "callbacks": {"c": {"$ref": "#/components/callbacks/C"}, "d": {"x-a": 1, "{$url}": {}}}
    }));
    let responses = json!({"200": {"description": ""}, "2xx": {"description": "d"}, "default": {"description": "1"}, "x-a": 1});
    assert_eq!(value["responses"], responses);
    assert_eq!(value["tags"], json!(["one"]));
    assert_eq!(messages.iter().filter(|message| message.contains("is not a status")).count(), 2);
    assert_eq!(operation(json!({})).0, json!({"responses": {}}));
}

#[test]
fn all_other_objects_are_repaired() {
    let (mut value, messages) = repaired(json!({
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
    // `openapiv3` does not know this type, so `parse` reads it separately.
    value["components"]["securitySchemes"].as_object_mut().unwrap().shift_remove("mutual");
    assert_eq!(value["components"]["responses"]["R"]["links"], json!({}));
    assert!(messages.iter().any(|message| message.contains("was removed")), "{messages:#?}");
    assert!(serde_json::from_value::<openapiv3::Info>(value["info"].clone()).is_ok());
    assert!(serde_json::from_value::<openapiv3::Components>(value["components"].clone()).is_ok());
}
