//! After what inline schemas are named.

use serde_json::{Value, json};

use super::{code, generate_all};

fn object(name: &str) -> Value {
    json!({"type": "object", "properties": {(name): {"type": "string"}}})
}

fn json_of(schema: Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn response(schema: Value) -> Value {
    json!({"description": "d", "content": json_of(schema)})
}

/// Returns an operation with an id and other keys, without a body.
fn operation(id: &str, more: Value) -> Value {
    let mut operation = json!({"operationId": id, "responses": {"204": {"description": "d"}}});
    operation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    operation
}

#[track_caller]
fn assert_names(paths: &Value, components: &Value, names: &[&str]) {
    let types = code(generate_all(paths, components), "src/types/mod.rs");
    for name in names {
        assert!(types.contains(&format!("::{name};")), "{name}: {types}");
    }
    assert_eq!(types.matches("pub use").count(), names.len(), "{types}");
}

#[test]
fn a_component_that_is_no_schema_names_what_is_in_it() {
    let components =
        |section: &str, name: &str, content: Value| json!({(section): {(name): content}});
    let to = |section: &str, name: &str| json!({"$ref": format!("#/components/{section}/{name}")});
    for (name, ty) in [
        ("Found", "FoundResponse"),
        ("FoundResponse", "FoundResponse"),
        ("responseOfAll", "ResponseOfAll"),
        ("NotFoundError", "NotFoundError"),
        ("404", "NotFound"),
        ("299", "Response299"),
    ] {
        let paths = json!({"/a": {"get": operation("a", json!({"responses": {"200": to("responses", name)}}))}});
        let ty = if ty == "NotFound" { "NotFoundResponse" } else { ty };
        assert_names(&paths, &components("responses", name, response(object("x"))), &[ty]);
    }
    for (name, ty) in [
        ("Filter", "FilterParameter"),
        ("FilterParam", "FilterParam"),
        ("parameterA", "ParameterA"),
    ] {
        let parameter = json!({"name": "q", "in": "query", "content": json_of(object("x"))});
        let paths =
            json!({"/a": {"get": operation("a", json!({"parameters": [to("parameters", name)]}))}});
        assert_names(&paths, &components("parameters", name, parameter), &[ty]);
    }
    for (name, ty) in
        [("Thing", "ThingBody"), ("ThingInput", "ThingInput"), ("ThingRequest", "ThingRequest")]
    {
        let body = json!({"content": json_of(object("x"))});
        let paths = json!({"/a": {"post": operation("a", json!({"requestBody": to("requestBodies", name)}))}});
        assert_names(&paths, &components("requestBodies", name, body), &[ty]);
    }
}

#[test]
fn an_error_is_named_after_what_it_has() {
    let properties = |names: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
        json!({"type": "object", "properties": properties})
    };
    for (schema, ty) in [
        (properties(&["b", "a"]), "ErrorWithAB"),
        (properties(&["c", "b", "a"]), "ErrorWithABC"),
        (properties(&["d", "c", "b", "a"]), "ErrorWithABCAndMore"),
        (json!({"type": "string", "enum": ["x", "y"]}), "ErrorWithXY"),
    ] {
        let paths = json!({
            "/a": {"get": operation("a", json!({"responses": {"204": {"description": "d"}, "400": response(schema.clone())}}))},
            "/b": {"get": operation("b", json!({"responses": {"204": {"description": "d"}, "404": response(schema)}}))}
        });
        assert_names(&paths, &json!({}), &[ty]);
    }
    let paths = json!({"/a": {"get": operation("a", json!({"responses": {"default": response(object("b"))}}))}});
    assert_names(&paths, &json!({}), &["ResponseWithB"]);
}

/// A parameter of a path belongs to each of its operations, and is named after each.
#[test]
fn what_is_shared_by_the_operations_of_a_path_is_named_after_each() {
    let parameter =
        json!({"name": "q", "in": "query", "schema": {"type": "string", "enum": ["x", "y"]}});
    let paths = json!({"/a": {
        "parameters": [parameter.clone()],
        "get": operation("getA", json!({})),
        "delete": operation("deleteA", json!({}))
    }});
    assert_names(&paths, &json!({}), &["GetAQ", "DeleteAQ"]);
    let header = json!({"schema": {"type": "string", "enum": ["x", "y"]}});
    let with_header =
        json!({"responses": {"204": {"description": "d", "headers": {"X-State": header}}}});
    let paths = json!({
        "/a": {"get": operation("a", with_header.clone())},
        "/b": {"get": operation("b", with_header)}
    });
    assert_names(&paths, &json!({}), &["XStateHeader"]);
}

/// A header has the same type in a component and elsewhere.
#[test]
fn a_header_is_named_after_itself() {
    let schema = json!({"type": "string", "enum": ["x", "y"]});
    let headers = json!({"X-State": {"schema": schema}});
    let component = json!({"description": "d", "headers": headers});
    let to = json!({"$ref": "#/components/responses/Done"});
    let paths = json!({
        "/a": {"get": operation("a", json!({"responses": {"204": to}}))},
        "/b": {"get": operation("b", json!({"responses": {"204": component.clone()}}))}
    });
    assert_names(&paths, &json!({"responses": {"Done": component}}), &["XStateHeader"]);
}

/// A type that several places reach has the shortest name, with the words of its owner.
#[test]
fn the_best_way_to_a_type_names_it() {
    let inner = json!({"type": "object", "properties": {"leaf": object("x")}});
    let schema = json!({"type": "object", "properties": {
        "deep": {"type": "object", "properties": {"deeper": inner}},
        "leaf": object("x")
    }});
    assert_names(
        &json!({}),
        &json!({"schemas": {"A": schema}}),
        &["A", "ADeep", "ADeepDeeper", "ALeaf"],
    );
    // What needs no name of its own is on no way.
    let deep = json!({"type": "object", "properties": {"leaf": object("x")}});
    let list = json!({"type": "array", "items": object("x")});
    let schema = json!({"type": "object", "properties": {
        "deep": {"type": "object", "properties": {"deeper": deep}},
        "list": {"allOf": [list]}
    }});
    assert_names(
        &json!({}),
        &json!({"schemas": {"A": schema}}),
        &["A", "ADeep", "ADeepDeeper", "AListItem"],
    );
}
