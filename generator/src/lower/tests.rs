mod bodies;
mod combinations;
mod names;
mod schemas;
mod unions;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{Config, Effect, Generation};

/// Generates a crate for component schemas.
fn generate(schemas: &Value) -> Generation {
    generate_all(&json!({}), &json!({ "schemas": schemas }))
}

/// Generates a crate for paths and components.
fn generate_all(paths: &Value, components: &Value) -> Generation {
    let info = json!({"title": "A", "version": "1"});
    let document =
        json!({"openapi": "3.0.3", "info": info, "paths": paths, "components": components});
    let source = BTreeMap::from([("a.json".to_owned(), document.to_string())]);
    crate::generate(&source, &Config::new("a.json", "a"))
}

/// Returns the code of some files without comments and derives, in one line.
fn code(generation: Generation, folder: &str) -> String {
    let files = generation.files.unwrap();
    let files = files.iter().filter(|(path, _)| path.starts_with(folder));
    let lines = files.flat_map(|(_, text)| text.lines()).map(str::trim);
    let is_code = |line: &&str| !line.starts_with("//") && !line.starts_with("#[derive");
    lines.filter(is_code).collect::<Vec<_>>().join(" ")
}

/// Returns the code of the types of component schemas.
fn types(schemas: &Value) -> String {
    code(generate(schemas), "src/types/")
}

/// Asserts that the code of the types has some parts.
#[track_caller]
fn assert_types(schemas: &Value, parts: &[&str]) {
    let types = types(schemas);
    for part in parts {
        assert!(types.contains(part), "`{part}` is not in {types}\n{schemas:#}");
    }
}

/// Returns the codes of the diagnostics for component schemas, except those for the minimal document of the
/// test.
fn codes(schemas: &Value) -> Vec<&'static str> {
    generate(schemas).diagnostics.iter().map(|said| said.code).collect()
}

/// Schemas that each lead to the next on several ways, so that there are very many to the last.
fn meeting_again(schema: impl Fn(&Value) -> Value) -> Value {
    const LENGTH: usize = 60;
    let mut schemas = Map::new();
    for number in 0..LENGTH {
        let next = json!({"$ref": format!("#/components/schemas/C{}", number + 1)});
        schemas.insert(format!("C{number}"), schema(&next));
    }
    let last = json!({"type": "object", "properties": {"b": {"type": "string"}}});
    schemas.insert(format!("C{LENGTH}"), last);
    Value::Object(schemas)
}

#[test]
fn each_schema_is_looked_at_once_on_however_many_ways_it_is_met() {
    for schemas in [
        meeting_again(|next| json!({"oneOf": [next, next]})),
        meeting_again(|next| json!({"anyOf": [{"type": "array", "items": next}, next, next]})),
        meeting_again(|next| json!({"allOf": [next, next, {"properties": {"a": next}}]})),
        meeting_again(|next| json!({"allOf": [{"oneOf": [next, next]}, {"anyOf": [next, next]}]})),
    ] {
        assert!(generate(&schemas).files.is_some());
    }
}

#[test]
fn a_property_that_is_combined_with_its_own_object_ends() {
    let to = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let with_child = |child: &Value| json!({"type": "object", "properties": {"child": child}});
    let generation = generate(&json!({
        "A": {"allOf": [to("B"), with_child(&to("B"))]},
        "B": with_child(&to("A"))
    }));
    let files = generation.files.unwrap();
    assert!(files["src/types/a.rs"].contains("child"), "{}", files["src/types/a.rs"]);
    assert!(generation.diagnostics.iter().all(|said| said.effect == Effect::None));
}

#[test]
fn ever_new_combinations_end() {
    // Circles of different lengths, which meet in new ways at each step: 2 * 3 * 5 * 7 * 11 * 13.
    let mut schemas = Map::new();
    let mut starts = Vec::new();
    for length in [2, 3, 5, 7, 11, 13] {
        for number in 0..length {
            let next = (number + 1) % length;
            let to = json!({"$ref": format!("#/components/schemas/C{length}N{next}")});
            let schema = json!({"properties": {"a": to, (format!("p{length}x{number}")): {"type": "string"}}});
            schemas.insert(format!("C{length}N{number}"), schema);
        }
        starts.push(json!({"$ref": format!("#/components/schemas/C{length}N0")}));
    }
    schemas.insert("All".to_owned(), json!({ "allOf": starts }));
    let generation = generate(&Value::Object(schemas));
    assert!(generation.types < 100, "{} types", generation.types);
    assert!(generation.diagnostics.iter().any(|said| said.message.contains("again and again")));
}
