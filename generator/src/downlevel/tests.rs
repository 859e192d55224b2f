use std::collections::BTreeMap;

use serde_json::json;

use super::*;

/// Converts a document. Returns the result and the diagnostics.
fn converted(version: &str, value: Value) -> (Option<Value>, Vec<String>) {
    let mut value = value;
    value["openapi"] = json!(version);
    let source = BTreeMap::from([("a.json".to_owned(), format!("{value:#}"))]);
    let mut diagnostics = Diagnostics::default();
    diagnostics.set_document("a.json");
    let document = Document { path: "a.json".to_owned(), value };
    let value = downlevel(document, &mut diagnostics).map(|document| document.value);
    let reported = diagnostics.located(&source, false);
    (value, reported.iter().map(ToString::to_string).collect())
}

/// Converts a schema of 3.1, which must not cause a diagnostic.
fn schema(schema: Value) -> Value {
    let (value, reported) = converted("3.1.0", json!({"components": {"schemas": {"A": schema}}}));
    assert_eq!(reported, [""; 0]);
    value.unwrap()["components"]["schemas"]["A"].clone()
}

#[test]
fn the_type_null_becomes_nullable() {
    let nullable = json!({"type": "string", "nullable": true});
    assert_eq!(schema(json!({"type": ["string", "null"]})), nullable);
    assert_eq!(schema(json!({"type": "null"})), json!({"nullable": true}));
    assert_eq!(
        schema(json!({"type": ["string", "null"], "enum": ["a", null]})),
        json!({"type": "string", "enum": ["a"], "nullable": true})
    );
    assert_eq!(
        schema(json!({"oneOf": [{"$ref": "#/a"}, {"type": "null"}]})),
        json!({"oneOf": [{"$ref": "#/a"}], "nullable": true})
    );
    assert_eq!(
        schema(json!({"$ref": "#/a", "anyOf": [{"const": null}, {}]})),
        json!({"allOf": [{"$ref": "#/a"}], "anyOf": [{}], "nullable": true})
    );
}

#[test]
fn an_array_of_types_becomes_any_of() {
    let several = json!({
        "type": ["string", "integer", "array", "null"], "description": "d", "minLength": 1,
        "minimum": 2, "items": {"type": ["boolean", "null"]}, "enum": ["a", 1, null, [1]]
    });
    let union = json!([
        {"type": "string", "minLength": 1, "enum": ["a"]},
        {"type": "integer", "minimum": 2, "enum": [1]},
        {"type": "array", "items": {"type": "boolean", "nullable": true}, "enum": [[1]]}
    ]);
    assert_eq!(schema(several), json!({"description": "d", "nullable": true, "anyOf": union}));
    let open = json!({"type": ["object", "string"], "unevaluatedProperties": {"type": "integer"}});
    let union = json!([
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "string"}
    ]);
    assert_eq!(schema(open), json!({ "anyOf": union }));
}

#[test]
fn keywords_of_3_1_are_converted() {
    for (newer, older) in [
        (json!({"const": 1}), json!({"enum": [1]})),
        (json!({"examples": [1, 2]}), json!({"example": 1})),
        (json!({"exclusiveMinimum": 1}), json!({"minimum": 1, "exclusiveMinimum": true})),
        (json!({"exclusiveMaximum": 9, "maximum": 5}), json!({"maximum": 5})),
        (
            json!({"prefixItems": [true], "items": false}),
            json!({"items": {"x-never": true}, "x-prefix-items": [{}]}),
        ),
        (json!({"items": [{"const": 1}]}), json!({"x-prefix-items": [{"enum": [1]}]})),
        (
            json!({"type": "string", "contentEncoding": "base64"}),
            json!({"type": "string", "contentEncoding": "base64", "format": "byte"}),
        ),
        (
            json!({"contentMediaType": "image/png"}),
            json!({"contentMediaType": "image/png", "format": "binary"}),
        ),
        (
            json!({"patternProperties": {"^a": {"const": 1}}, "additionalProperties": false}),
            json!({"additionalProperties": {"enum": [1]}}),
        ),
        (
            json!({"patternProperties": {".*": {"type": "string"}}}),
            json!({"additionalProperties": {"type": "string"}}),
        ),
        (
            json!({"properties": {"a": true, "b": false}, "additionalProperties": false}),
            json!({"properties": {"a": {}, "b": {"x-never": true}}, "additionalProperties": false}),
        ),
        (
            json!({"$ref": "#/a", "description": "d", "$defs": {"x": {}}}),
            json!({"description": "d", "$defs": {"x": {}}, "allOf": [{"$ref": "#/a"}]}),
        ),
        (json!({"$ref": "#/a", "$defs": {"x": {}}}), json!({"$ref": "#/a", "$defs": {"x": {}}})),
        (
            json!({"if": {}, "then": {"required": ["a"]}, "propertyNames": {}}),
            json!({"propertyNames": {}}),
        ),
    ] {
        assert_eq!(schema(newer), older);
    }
}

#[test]
fn pattern_properties_of_several_types_are_reported() {
    let schema = json!({"patternProperties": {"a": {"type": "string"}, "b": {"type": "integer"}}});
    let (value, reported) = converted("3.1.0", json!({"components": {"schemas": {"A": schema}}}));
    let schema = &value.unwrap()["components"]["schemas"]["A"];
    assert_eq!(*schema, json!({"additionalProperties": true}));
    assert!(reported.len() == 1 && reported[0].contains("[pattern-properties]"), "{reported:?}");
}

#[test]
fn only_common_siblings_of_references_are_kept_in_3_0() {
    let schemas = json!({
        "A": {"$ref": "#/components/schemas/B", "nullable": true, "example": 1},
        "B": {"$ref": "#/components/schemas/C", "type": "object"},
        "C": {"type": ["string", "null"]}
    });
    let (value, reported) = converted("3.0.3", json!({"components": {"schemas": schemas}}));
    assert_eq!(reported, [""; 0]);
    let schemas = json!({
        "A": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]},
        "B": {"$ref": "#/components/schemas/C"},
        "C": {"type": "string", "nullable": true}
    });
    assert_eq!(value.unwrap()["components"]["schemas"], schemas);
}

#[test]
fn a_construct_without_an_equivalent_is_reported_at_its_location() {
    let document = json!({
        "paths": {"/a": {}},
        "components": {"pathItems": {"p": {}}, "schemas": {"A": {"then": {"properties": {}}}}}
    });
    let (value, reported) = converted("3.2.0", document);
    let value = value.unwrap();
    assert_eq!(value["paths"], json!({"/a": {}}));
    assert_eq!(value["components"], json!({"schemas": {"A": {}}}));
    let expected = ["under `then`"];
    assert_eq!(reported.len(), expected.len(), "{reported:?}");
    for (reported, expected) in reported.iter().zip(expected) {
        assert!(reported.contains(expected) && reported.contains("--> a.json:"), "{reported}");
    }
}

#[test]
fn missing_paths_are_added_and_item_schemas_are_renamed() {
    let content = json!({"content": {"a/b": {"itemSchema": {"const": 1}}}});
    let (value, _) = converted("3.2.0", json!({"components": {"requestBodies": {"B": content}}}));
    let value = value.unwrap();
    assert_eq!(value["paths"], json!({}));
    let body = &value["components"]["requestBodies"]["B"]["content"]["a/b"];
    assert_eq!(*body, json!({"x-item-schema": {"enum": [1]}}));
}

#[test]
fn an_unsupported_version_is_an_error() {
    for (key, version) in [("openapi", "4.0.0"), ("openapi", "3.10.0")] {
        let (value, reported) = converted(version, json!({}));
        assert!(
            value.is_none() && reported[0].contains("[openapi-version]"),
            "{key}: {reported:?}"
        );
    }
}
