use std::collections::BTreeMap;

use serde_json::json;

use super::*;

fn renamed(document: &Value, root: &Value) -> Value {
    let mut document = document.clone();
    rename_components(&mut document, &of(root));
    document
}

/// Applies the table to a document. Returns the document and the diagnostics.
fn named(document: &Value, table: &str) -> (Value, Vec<String>) {
    let text = format!("source = 'x'\ndocument = 'x'\n[names]\n{table}\n");
    let mut diagnostics = Diagnostics::default();
    let settings = File::parse("vendor.toml", &text, &mut diagnostics).unwrap();
    let mut document = document.clone();
    apply_table(&mut document, &settings, &mut diagnostics);
    let found = diagnostics.located(&BTreeMap::new(), false);
    (document, found.iter().map(ToString::to_string).collect())
}

#[test]
fn components_are_renamed_like_types_with_their_references() {
    let schemas = json!({
        "search-export.yaml": {"properties": {"a": {"$ref": "#/components/schemas/x_Pet/properties/b"}}},
        "x_Pet": {"properties": {"b": {}}, "discriminator": {"propertyName": "t", "mapping": {"a": "own name", "b": "x_Pet", "c": "#/components/schemas/pet"}}},
        "pet": {}, "Pet": {}, "own name": {}, "7": {"title": "pet"}, "8": {"title": "9"}
    });
    let responses = json!({"404": {}, "4xx": {}});
    let document = json!({"components": {"schemas": schemas, "responses": responses, "securitySchemes": {"a-b": {}}}});
    let root = json!({"components": {"schemas": {"own name": {}}}});
    let components = &renamed(&document, &root)["components"];
    let names = |section: &str| {
        components[section].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(
        names("schemas"),
        ["SearchExportYaml", "XPet", "Pet2", "Pet", "own name", "Pet3", "Schema8"]
    );
    assert_eq!(names("responses"), ["NotFound", "Response4xx"]);
    assert_eq!(names("securitySchemes"), ["a-b"]);
    let schemas = &components["schemas"];
    assert_eq!(
        schemas["SearchExportYaml"]["properties"]["a"]["$ref"],
        "#/components/schemas/XPet/properties/b"
    );
    let mapping = json!({"a": "own name", "b": "XPet", "c": "#/components/schemas/Pet2"});
    assert_eq!(schemas["XPet"]["discriminator"]["mapping"], mapping);
}

fn document() -> Value {
    let status =
        |words: &str| json!({"type": "string", "description": words, "enum": ["ON", "OFF"]});
    json!({
        "paths": {"/a": {"get": {"parameters": [{"name": "s", "in": "query", "schema": status("In a query.")}]}}},
        "components": {"schemas": {
            "A": {"properties": {"s": status("Of A."), "b": {"type": "object", "properties": {"s": status("Of b.")}}}},
            "B": {"properties": {"s": {"type": "string", "enum": ["ON"]}, "a": {"$ref": "#/components/schemas/A"}}},
            "Same": status("A component.")
        }}
    })
}

#[test]
fn equal_nodes_become_one_component() {
    let table = "'#/components/schemas/A/properties/s' = 'Status'\n'#/components/schemas/A/properties/b' = 'Inner'\n'#/components/schemas/A' = 'Outer'";
    let (document, found) = named(&document(), table);
    assert_eq!(found, [""; 0]);
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(document["paths"]["/a"]["get"]["parameters"][0]["schema"], reference("Status"));
    let schemas = &document["components"]["schemas"];
    assert_eq!(
        schemas["Outer"]["properties"],
        json!({"s": reference("Status"), "b": reference("Inner")})
    );
    assert_eq!(schemas["Inner"]["properties"]["s"], reference("Status"));
    assert_eq!(
        schemas["B"]["properties"],
        json!({"s": {"type": "string", "enum": ["ON"]}, "a": reference("Outer")})
    );
    assert_eq!(schemas["Status"]["description"], "Of A.");
    assert_eq!(schemas["Same"]["description"], "A component.");
}

#[test]
fn invalid_entries_of_the_table_are_reported() {
    for (line, expected) in [
        (
            "'#/components/schemas/C' = 'D'",
            "`#/components/schemas/C` is not a node of the vendored document",
        ),
        ("'components' = 'D'", "`components` is not a node"),
        ("'#/components/schemas/A/properties' = 'D'", "that can be a component"),
        ("'#/components/schemas/A' = 'B'", "another component has the name `B`"),
        ("'#/components/schemas/A' = 'a b'", "`a b` is not a valid name of a component"),
        ("'#/components/schemas/B/properties/a' = 'D'", "is a reference"),
    ] {
        let (_, found) = named(&document(), line);
        assert!(
            found.len() == 1
                && found[0].contains(expected)
                && found[0].contains("--> vendor.toml:4:"),
            "{line}: {found:?}"
        );
    }
    let twice = "'#/components/schemas/A/properties/s' = 'D'\n'#/components/schemas/A/properties/b/properties/s' = 'E'";
    let (_, found) = named(&document(), twice);
    assert!(
        found[0].contains("vendor.toml:4:1") && found[0].contains("is equal to another node"),
        "{found:?}"
    );
    let (_, found) = named(&document(), &twice.replace("'E'", "'D'"));
    assert!(found[0].contains("another component has the name `D`"), "{found:?}");
}
