use std::collections::BTreeMap;

use serde_json::json;

use super::*;

/// Converts a document. Returns the result, the diagnostics as strings, and what knows the origins.
fn converted(mut value: Value) -> (Value, Vec<String>, Diagnostics) {
    value["swagger"] = json!("2.0");
    let source = BTreeMap::from([("a.json".to_owned(), format!("{value:#}"))]);
    let mut diagnostics = Diagnostics::default();
    diagnostics.set_document("a.json");
    let document = convert(Document { path: "a.json".to_owned(), value }, &mut diagnostics);
    let located = diagnostics.clone().located(&source, false);
    (document.value, located.iter().map(ToString::to_string).collect(), diagnostics)
}

/// Converts a document without faults.
fn valid(value: Value) -> Value {
    let (value, reported, _) = converted(value);
    assert_eq!(reported, [""; 0]);
    value
}

fn operation(operation: Value) -> Value {
    valid(json!({"paths": {"/a": {"post": operation}}}))["paths"]["/a"]["post"].clone()
}

fn parameter(parameter: Value) -> Value {
    operation(json!({"parameters": [parameter], "responses": {}}))["parameters"][0].clone()
}

fn urls(value: Value) -> (Vec<String>, Vec<String>) {
    let (value, reported, _) = converted(value);
    let servers = value["servers"].as_array().cloned().unwrap_or_default();
    let url = |server: &Value| server["url"].as_str().unwrap().to_owned();
    (servers.iter().map(url).collect(), reported)
}

#[test]
fn other_documents_are_unchanged() {
    for value in [json!({"openapi": "3.0.3", "swagger": "2.0"}), json!({"swagger": "1.2"})] {
        let document = Document { path: "a.json".to_owned(), value: value.clone() };
        assert_eq!(convert(document, &mut Diagnostics::default()).value, value);
    }
}

#[test]
fn servers_are_host_path_and_scheme() {
    for (document, expected) in [
        (json!({}), &[][..]),
        (json!({"basePath": "/"}), &[]),
        (json!({"basePath": "v1/"}), &["/v1"]),
        (json!({"host": "a.example", "schemes": ["https"]}), &["https://a.example"]),
        (
            json!({"host": "a.example:8080", "basePath": "/v1", "schemes": ["http", "https"]}),
            &["https://a.example:8080/v1", "http://a.example:8080/v1"],
        ),
    ] {
        assert_eq!(
            urls(document.clone()),
            (expected.iter().map(|url| (*url).to_owned()).collect(), vec![]),
            "{document}"
        );
    }
}

#[test]
fn servers_with_faults_are_reported() {
    for (document, expected, code) in [
        (json!({"host": "a.example"}), "https://a.example", "[assumed-scheme]"),
        (
            json!({"host": "http://a.example/b", "schemes": ["http"]}),
            "http://a.example",
            "[invalid-document]: `host` must",
        ),
        (
            json!({"host": "a.example", "schemes": ["wss", "http"]}),
            "http://a.example",
            "[unsupported]: the scheme `wss`",
        ),
    ] {
        let (urls, reported) = urls(document);
        assert_eq!(urls, [expected]);
        assert!(reported.len() == 1 && reported[0].contains(code), "{reported:?}");
    }
}

#[test]
fn schemes_of_an_operation_are_servers() {
    let of = |schemes: Value| {
        let operation = json!({"schemes": schemes, "responses": {}});
        let value =
            json!({"host": "a.example", "schemes": ["https"], "paths": {"/a": {"get": operation}}});
        valid(value)["paths"]["/a"]["get"]["servers"].clone()
    };
    assert_eq!(of(json!(["http"])), json!([{"url": "http://a.example"}]));
    assert_eq!(of(json!(["https"])), Value::Null);
}

#[test]
fn a_host_with_parameters_has_variables() {
    let host = json!({"hostTemplate": "{a}.{b}", "parameters": [
        {"name": "a", "in": "path", "type": "string", "required": true, "description": "A."},
        {"$ref": "#/parameters/B"},
        {"name": "c", "in": "path", "type": "string", "required": true},
    ]});
    let value = valid(json!({
        "x-ms-parameterized-host": host,
        "schemes": ["https"],
        "parameters": {"B": {"name": "b", "in": "path", "type": "string", "required": true, "enum": ["x", "y"]}},
    }));
    let variables = json!({
        "a": {"default": "", "description": "A.", "x-required": true},
        "b": {"default": "x", "enum": ["x", "y"]},
    });
    assert_eq!(value["servers"], json!([{"url": "https://{a}.{b}", "variables": variables}]));
    let host = json!({"hostTemplate": "{url}/x/", "useSchemePrefix": false});
    assert_eq!(urls(json!({"x-ms-parameterized-host": host, "basePath": "/v"})).0, ["{url}/x/v"]);
}

#[test]
fn keywords_of_a_parameter_become_its_schema() {
    let written = json!({
        "name": "p", "in": "query", "description": "D.", "required": true, "allowEmptyValue": true,
        "type": "integer", "format": "int32", "minimum": 1, "default": 2, "x-nullable": true,
        "x-example": 3, "x-other": 4
    });
    let expected = json!({
        "name": "p", "in": "query", "description": "D.", "required": true, "allowEmptyValue": true,
        "x-nullable": true, "x-example": 3, "x-other": 4,
        "schema": {"type": "integer", "format": "int32", "default": 2, "minimum": 1, "nullable": true},
        "example": 3
    });
    assert_eq!(parameter(written), expected);
}

#[test]
fn arrays_have_the_style_of_their_collection_format() {
    let array = |location: &str, format: &str| json!({"name": "p", "in": location, "required": true, "type": "array", "items": {"type": "string"}, "collectionFormat": format});
    for (location, format, style) in [
        ("query", "csv", Some("form")),
        ("query", "ssv", Some("spaceDelimited")),
        ("query", "pipes", Some("pipeDelimited")),
        ("query", "multi", None),
        ("path", "csv", None),
        ("header", "csv", None),
    ] {
        let parameter = parameter(array(location, format));
        let expected = style.map_or((None, None), |style| (Some(json!(style)), Some(json!(false))));
        let found = (parameter.get("style").cloned(), parameter.get("explode").cloned());
        assert_eq!(found, expected, "{location} {format}");
        assert_eq!(parameter["schema"]["type"], json!("array"));
    }
    for (location, format, message) in [
        ("query", "tsv", "puts tabs between items"),
        ("path", "ssv", "puts spaces between items"),
        ("header", "pipes", "puts pipes between items"),
    ] {
        let operation = json!({"parameters": [array(location, format)], "responses": {}});
        let (value, reported, _) = converted(json!({"paths": {"/a": {"get": operation}}}));
        assert!(reported.len() == 1 && reported[0].contains(message), "{reported:?}");
        let parameter = &value["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(parameter["schema"], json!({"type": "string"}), "{location} {format}");
    }
}

#[test]
fn a_body_has_the_media_types_of_the_operation_or_of_the_document() {
    let body = json!({"name": "b", "in": "body", "required": true, "description": "D.", "schema": {"type": "string"}, "x-a": 1});
    let own = json!({"consumes": ["text/plain"], "parameters": [body], "responses": {}});
    let inherited = json!({"parameters": [body], "responses": {}});
    let value = valid(
        json!({"consumes": ["a/b", "c/d"], "paths": {"/a": {"put": own, "post": inherited}}}),
    );
    let content = json!({"schema": {"type": "string"}});
    let expected = |content: Value| json!({"description": "D.", "x-a": 1, "content": content, "required": true});
    let item = &value["paths"]["/a"];
    assert_eq!(item["put"]["requestBody"], expected(json!({"text/plain": content})));
    assert_eq!(item["post"]["requestBody"], expected(json!({"a/b": content, "c/d": content})));
    assert!(item["put"].get("parameters").is_none());
}

#[test]
fn a_shared_body_remains_shared_where_the_media_types_are_the_same() {
    let post = json!({"parameters": [{"$ref": "#/parameters/B"}], "responses": {}});
    let mut put = post.clone();
    put["consumes"] = json!(["c/d"]);
    let value = valid(json!({
        "consumes": ["a/b"],
        "parameters": {"B": {"name": "b", "in": "body", "schema": {"type": "object"}}},
        "paths": {"/a": {"put": put, "post": post}},
    }));
    let item = &value["paths"]["/a"];
    assert_eq!(item["post"]["requestBody"], json!({"$ref": "#/components/requestBodies/B"}));
    let schema = json!({"$ref": "#/components/requestBodies/B/content/a~1b/schema"});
    assert_eq!(item["put"]["requestBody"], json!({"content": {"c/d": {"schema": schema}}}));
}

#[test]
fn a_body_of_a_path_belongs_to_each_operation() {
    let item = json!({
        "parameters": [
            {"name": "b", "in": "body", "schema": {"type": "string"}},
            {"name": "q", "in": "query", "type": "string"},
        ],
        "put": {"responses": {}},
        "post": {"parameters": [{"name": "c", "in": "body", "schema": {"type": "integer"}}], "responses": {}},
    });
    let value = valid(json!({"consumes": ["application/json"], "paths": {"/a": item}}));
    let item = &value["paths"]["/a"];
    let ty = |method: &str| {
        item[method]["requestBody"]["content"]["application/json"]["schema"]["type"].clone()
    };
    assert_eq!((ty("put"), ty("post")), (json!("string"), json!("integer")));
    assert_eq!(
        item["parameters"],
        json!([{"name": "q", "in": "query", "schema": {"type": "string"}}])
    );
}

#[test]
fn a_form_is_an_object_with_encodings() {
    let written = operation(json!({"parameters": [
        {"name": "a", "in": "formData", "type": "string", "required": true, "description": "A."},
        {"name": "b", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "ssv"},
        {"name": "c", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
    ], "responses": {}}));
    let strings = json!({"type": "array", "items": {"type": "string"}});
    let schema = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "description": "A."}, "b": strings, "c": strings,
    }});
    let encoding = json!({"b": {"style": "spaceDelimited", "explode": false}});
    let content =
        json!({"application/x-www-form-urlencoded": {"schema": schema, "encoding": encoding}});
    assert_eq!(written["requestBody"], json!({"content": content, "required": true}));
}

#[test]
fn a_file_makes_a_form_multipart() {
    let written = operation(
        json!({"parameters": [{"name": "f", "in": "formData", "type": "file"}], "responses": {}}),
    );
    let file = json!({"type": "string", "format": "binary"});
    let schema = json!({"type": "object", "properties": {"f": file}});
    let content = json!({"multipart/form-data": {"schema": schema}});
    assert_eq!(written["requestBody"], json!({"content": content, "required": false}));
}

#[test]
fn responses_have_the_media_types_of_the_operation_or_of_the_document() {
    let responses = json!({
        "200": {"description": "A.", "schema": {"type": "string"}, "examples": {"text/plain": "x"},
            "headers": {"X-A": {"type": "integer", "description": "H."}}},
        "201": {"description": "B.", "schema": {"type": "file"}},
        "204": {"description": "C."},
        "400": {"$ref": "#/responses/R"},
        "x-a": 1,
    });
    let own = json!({"produces": ["text/plain"], "responses": responses});
    let inherited = json!({"responses": {"400": {"$ref": "#/responses/R"}}});
    let value = valid(json!({
        "produces": ["a/b"],
        "responses": {"R": {"description": "R.", "schema": {"$ref": "#/definitions/D"}}},
        "definitions": {"D": {"type": "object"}},
        "paths": {"/a": {"get": own, "put": inherited}},
    }));
    let item = &value["paths"]["/a"];
    let reference = json!({"schema": {"$ref": "#/components/schemas/D"}});
    let header = json!({"description": "H.", "schema": {"type": "integer"}});
    let file = json!({"schema": {"type": "string", "format": "binary"}});
    let expected = json!({
        "200": {"description": "A.", "headers": {"X-A": header}, "content": {"text/plain": {"schema": {"type": "string"}, "example": "x"}}},
        "201": {"description": "B.", "content": {"text/plain": file}},
        "204": {"description": "C."},
        "400": {"description": "R.", "content": {"text/plain": reference}},
        "x-a": 1,
    });
    assert_eq!(item["get"]["responses"], expected);
    assert_eq!(item["put"]["responses"]["400"], json!({"$ref": "#/components/responses/R"}));
    assert_eq!(value["components"]["responses"]["R"]["content"], json!({"a/b": reference}));
}

#[test]
fn a_file_without_a_media_type_has_any() {
    let responses = json!({"200": {"description": "A.", "schema": {"type": "file"}}});
    for produces in [json!([]), json!(["application/json"])] {
        let written = operation(json!({"produces": produces, "responses": responses}));
        let content = written["responses"]["200"]["content"].as_object().unwrap();
        assert_eq!(content.keys().collect::<Vec<_>>(), ["*/*"]);
    }
}

#[test]
fn other_representations_of_an_object_are_omitted_and_reported_once() {
    let responses = |schema: Value| json!({"200": {"description": "A.", "schema": schema}});
    let names = |schema: Value| {
        let operation = json!({"responses": responses(schema)});
        let (value, reported, _) = converted(json!({
            "produces": ["application/xml", "application/json", "application/x-ndjson", "image/png"],
            "definitions": {"D": {"properties": {}}, "S": {"type": "string"}},
            "paths": {"/a": {"get": operation, "put": operation}},
        }));
        let content = value["paths"]["/a"]["get"]["responses"]["200"]["content"].clone();
        let names: Vec<String> = content.as_object().unwrap().keys().cloned().collect();
        (names, reported)
    };
    let kept = ["application/json", "application/x-ndjson", "image/png"];
    for schema in [json!({"type": "array"}), json!({"$ref": "#/definitions/D"})] {
        let (names, reported) = names(schema);
        assert_eq!(names, kept);
        let message = "available as `application/xml` and as JSON: only JSON is used, here and at one other location";
        assert!(reported.len() == 1 && reported[0].contains(message), "{reported:?}");
    }
    for schema in [json!({"type": "string"}), json!({"$ref": "#/definitions/S"}), json!({})] {
        assert_eq!(names(schema).0.len(), 4);
    }
}

#[test]
fn security_definitions_become_schemes() {
    let scopes = json!({"a": "A."});
    let oauth = |flow: &str| json!({"type": "oauth2", "flow": flow, "authorizationUrl": "u", "tokenUrl": "t", "scopes": scopes, "x-a": 1});
    let flow = json!({"authorizationUrl": "u", "tokenUrl": "t", "scopes": scopes});
    for (old, new) in [
        ("implicit", "implicit"),
        ("password", "password"),
        ("application", "clientCredentials"),
        ("accessCode", "authorizationCode"),
    ] {
        let value = valid(json!({"securityDefinitions": {"s": oauth(old)}}));
        let expected = json!({"type": "oauth2", "x-a": 1, "flows": {new: flow}});
        assert_eq!(value["components"]["securitySchemes"]["s"], expected);
    }
    let value = valid(json!({"securityDefinitions": {
        "b": {"type": "basic", "description": "B."},
        "k": {"type": "apiKey", "name": "n", "in": "query"},
    }}));
    let expected = json!({
        "b": {"type": "http", "description": "B.", "scheme": "basic"},
        "k": {"type": "apiKey", "name": "n", "in": "query"},
    });
    assert_eq!(value["components"]["securitySchemes"], expected);
}

#[test]
fn tags_of_subtypes_are_a_mapping() {
    let base =
        json!({"type": "object", "discriminator": "t", "properties": {"t": {"type": "string"}}});
    let subtype = |base: &str| json!({"allOf": [{"$ref": base}]});
    let mut tagged = subtype("#/definitions/Named");
    tagged["x-ms-discriminator-value"] = json!("tag");
    let value = valid(
        json!({"definitions": {"Base": base, "Named": subtype("#/definitions/Base"), "Tagged": tagged}}),
    );
    let expected = json!({"propertyName": "t", "mapping": {"tag": "#/components/schemas/Tagged"}});
    assert_eq!(value["components"]["schemas"]["Base"]["discriminator"], expected);
}

/// A document whose nodes move in different ways.
fn moving() -> Value {
    let operation = json!({
        "parameters": [
            {"name": "b", "in": "body", "schema": {"type": "object", "properties": {"x": {"type": "string"}}}},
            {"name": "q", "in": "query", "type": "array", "items": {"type": "integer"}, "minItems": 1},
            {"$ref": "#/parameters/P"},
        ],
        "responses": {"200": {"description": "A.", "schema": {"properties": {"y": {"$ref": "#/responses/R/schema"}}}, "headers": {"H": {"type": "string"}}}},
    });
    let form = json!({"parameters": [{"$ref": "#/parameters/F"}], "responses": {}});
    json!({
        "consumes": ["application/json"], "produces": ["application/json"],
        "host": "a.example", "schemes": ["https"],
        "parameters": {"P": {"name": "p", "in": "query", "type": "string"}, "F": {"name": "f", "in": "formData", "type": "string"}},
        "responses": {"R": {"description": "R.", "schema": {"type": "integer", "x-nullable": true}}},
        "definitions": {"D": {"properties": {
            "a": {"$ref": "#/paths/~1a/post/parameters/0/schema/properties/x"},
            "b": {"$ref": "#/paths/~1a/post/parameters/1/items"},
            "c": {"$ref": "#/definitions/D/properties/d"},
            "d": {"type": "string"},
        }}},
        "securityDefinitions": {"s": {"type": "oauth2", "flow": "application", "tokenUrl": "t", "scopes": {}}},
        "paths": {"/a": {"post": operation, "put": form}},
    })
}

#[test]
fn references_lead_to_the_new_locations() {
    let value = valid(moving());
    let properties = &value["components"]["schemas"]["D"]["properties"];
    let post = "#/paths/~1a/post";
    let expected = json!({
        "a": {"$ref": format!("{post}/requestBody/content/application~1json/schema/properties/x")},
        "b": {"$ref": format!("{post}/parameters/0/schema/items")},
        "c": {"$ref": "#/components/schemas/D/properties/d"},
        "d": {"type": "string"},
    });
    assert_eq!(*properties, expected);
    let post = &value["paths"]["/a"]["post"];
    assert_eq!(post["parameters"][1], json!({"$ref": "#/components/parameters/P"}));
    let content = &post["responses"]["200"]["content"]["application/json"];
    let expected = json!({"$ref": "#/components/responses/R/content/application~1json/schema"});
    assert_eq!(content["schema"]["properties"]["y"], expected);
}

#[test]
fn each_node_keeps_its_origin() {
    let (value, _, diagnostics) = converted(moving());
    for (new, old) in [
        ("/openapi", "#/swagger"),
        ("/servers/0/url", "#/host"),
        ("/components/schemas/D/properties/d/type", "#/definitions/D/properties/d/type"),
        ("/components/parameters/P/schema/type", "#/parameters/P/type"),
        (
            "/components/responses/R/content/application~1json/schema/type",
            "#/responses/R/schema/type",
        ),
        (
            "/components/responses/R/content/application~1json/schema/nullable",
            "#/responses/R/schema/x-nullable",
        ),
        (
            "/components/securitySchemes/s/flows/clientCredentials/tokenUrl",
            "#/securityDefinitions/s/tokenUrl",
        ),
        ("/paths/~1a/post/requestBody/content", "#/paths/~1a/post/parameters/0"),
        (
            "/paths/~1a/post/requestBody/content/application~1json/schema/properties/x/type",
            "#/paths/~1a/post/parameters/0/schema/properties/x/type",
        ),
        ("/paths/~1a/post/parameters/0/schema/minItems", "#/paths/~1a/post/parameters/1/minItems"),
        (
            "/paths/~1a/post/parameters/0/schema/items/type",
            "#/paths/~1a/post/parameters/1/items/type",
        ),
        ("/paths/~1a/post/parameters/1/$ref", "#/paths/~1a/post/parameters/2/$ref"),
        (
            "/paths/~1a/post/responses/200/headers/H/schema/type",
            "#/paths/~1a/post/responses/200/headers/H/type",
        ),
        (
            "/paths/~1a/put/requestBody/content/application~1x-www-form-urlencoded/schema/properties/f/type",
            "#/parameters/F/type",
        ),
    ] {
        let at = Pointer::parse(new).unwrap();
        assert_eq!(diagnostics.location(&at).pointer.to_string(), old, "{new}");
        assert!(at.find(&value).is_some(), "{new} does not exist");
    }
    let at = Pointer::parse(
        "/paths/~1a/put/requestBody/content/application~1x-www-form-urlencoded/schema/properties/f",
    )
    .unwrap();
    let trail = diagnostics.origins.of(&at).trail;
    assert_eq!(trail[0].location.pointer.to_string(), "#/paths/~1a/put/parameters/0/$ref");
}
