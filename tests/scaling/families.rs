//! Documents that grow: each family makes one of a size, by repeating what a stage could take too
//! long for.

use std::collections::BTreeMap;

use clientgen::Config;
use serde_json::{Map, Value, json};

/// A document with its files.
pub(crate) struct Document {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) config: Config,
}

/// A family: its name, its size for the test, and how a member of it is made.
pub(crate) type Family = (&'static str, usize, fn(usize) -> Document);

/// All families.
pub(crate) const FAMILIES: &[Family] = &[
    ("objects that require the next one", 150, required_chain),
    ("references to references", 300, reference_chain),
    ("allOf of the next one", 150, all_of_chain),
    ("oneOf of the next one", 150, one_of_chain),
    ("schemas that refer to each other", 150, mutual),
    ("values of an enum", 2000, enumeration),
    ("values of an enum that are alike", 500, alike_values),
    ("properties of an object", 500, properties),
    ("required names of an object", 1000, required),
    ("properties that are alike", 300, alike_properties),
    ("parts of one allOf", 150, all_of_parts),
    ("parts of one allOf with the same properties", 100, all_of_same),
    ("schemas with names that are alike", 200, alike_schemas),
    ("operations", 150, operations),
    ("operations with ids that are alike", 150, alike_operations),
    ("tags", 100, tags),
    ("parameters of an operation", 200, parameters),
    ("parameters of a path", 200, path_parameters),
    ("responses of operations with different errors", 60, error_sets),
    ("media types of a body", 200, media_types),
    ("servers with variables", 300, servers),
    ("security schemes", 100, security_schemes),
    ("faults on one line", 1000, faults),
    ("faults on one line of YAML", 500, faults_in_yaml),
    ("faults below one node", 500, faults_below),
    ("references that lead nowhere", 300, broken_references),
    ("items that are taken out of a list", 500, invalid_items),
    ("a long description", 100_000, description),
    ("a long name", 2000, long_name),
    ("variants by their keys", 80, by_keys),
    ("variants by a discriminator", 100, discriminated),
    ("variants by constants", 80, by_constants),
    ("variants that nothing distinguishes", 80, undecidable),
    ("variants beside properties", 60, beside_properties),
    ("subtypes of a base", 80, subtypes),
    ("bases of bases", 60, bases),
    ("cases of x-tagged-by", 80, tagged_by),
    ("inline schemas that are equal", 200, equal_inline),
    ("inline schemas that differ", 150, different_inline),
    ("files", 100, files),
    ("references into one file", 200, into_one_file),
    ("components with the same name in files", 100, same_names),
    ("keys that are there twice", 500, duplicates),
    ("aliases of YAML", 300, aliases),
    ("actions of an overlay", 150, actions),
    ("copies by an overlay", 100, copies),
    ("removals by an overlay", 300, removals),
    ("every other item removed", 500, every_other),
    ("targets of one update", 500, targets),
];

fn of(value: &Value) -> Document {
    let files = BTreeMap::from([("api.json".to_owned(), value.to_string())]);
    Document { files, config: Config::new("api.json", "things") }
}

fn with_overlay(value: &Value, actions: Vec<Value>) -> Document {
    let mut document = of(value);
    let overlay =
        json!({"overlay": "1.1.0", "info": {"title": "O", "version": "1"}, "actions": actions});
    document.files.insert("o.json".to_owned(), overlay.to_string());
    document.config = document.config.with_overlay("o.json");
    document
}

/// A document with schemas, and an operation that takes and returns the first one.
fn schemas(schemas: Map<String, Value>) -> Value {
    let first = schemas.keys().next().cloned().unwrap_or_default();
    let content =
        json!({"application/json": {"schema": {"$ref": format!("#/components/schemas/{first}")}}});
    let operation = json!({
        "operationId": "put",
        "requestBody": {"required": true, "content": content},
        "responses": {"200": {"description": "Good.", "content": content}},
    });
    let mut document = paths([("/a".to_owned(), json!({"put": operation}))].into_iter().collect());
    document["components"] = json!({"schemas": schemas});
    document
}

fn paths(paths: Map<String, Value>) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": paths})
}

fn each(size: usize, make: impl Fn(usize) -> (String, Value)) -> Map<String, Value> {
    (0..size).map(make).collect()
}

fn of_schemas(size: usize, make: impl Fn(usize) -> Value) -> Document {
    of(&schemas(each(size, |index| (format!("S{index}"), make(index)))))
}

fn one_schema(schema: Value) -> Document {
    of(&schemas([("S".to_owned(), schema)].into_iter().collect()))
}

fn refer(index: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/S{index}")})
}

fn good() -> Value {
    json!({"204": {"description": "Good."}})
}

/// Each requires the next one twice: as many paths lead to the last as it has powers of two.
fn required_chain(size: usize) -> Document {
    of_schemas(size, |index| match index + 1 < size {
        true => {
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": refer(index + 1), "b": refer(index + 1)}})
        }
        false => {
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}})
        }
    })
}

fn reference_chain(size: usize) -> Document {
    of_schemas(size, |index| match index + 1 < size {
        true => refer(index + 1),
        false => json!({"type": "string", "enum": ["a"]}),
    })
}

fn all_of_chain(size: usize) -> Document {
    of_schemas(size, |index| {
        let own = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        match index + 1 < size {
            true => json!({"allOf": [refer(index + 1), own]}),
            false => own,
        }
    })
}

fn one_of_chain(size: usize) -> Document {
    of_schemas(size, |index| match index + 1 < size {
        true => {
            json!({"oneOf": [refer(index + 1), {"type": "object", "required": [format!("k{index}")], "properties": {format!("k{index}"): {"type": "string"}}}]})
        }
        false => json!({"type": "string"}),
    })
}

fn mutual(size: usize) -> Document {
    of_schemas(
        size,
        |index| json!({"type": "object", "properties": {"a": refer((index + 1) % size), "b": refer((index * 7 + 3) % size)}}),
    )
}

fn enumeration(size: usize) -> Document {
    let values: Vec<String> = (0..size).map(|index| format!("value{index}x")).collect();
    one_schema(json!({"type": "string", "enum": values}))
}

/// Text that becomes the same identifier whatever the index is.
fn alike(index: usize) -> String {
    let mut name = "same".to_owned();
    let mut rest = index + 1;
    while rest > 0 {
        name.push(['-', '!', '.', '+', '='][rest % 5]);
        rest /= 5;
    }
    name
}

fn alike_values(size: usize) -> Document {
    let values: Vec<String> = (0..size).map(alike).collect();
    one_schema(json!({"type": "string", "enum": values}))
}

fn properties(size: usize) -> Document {
    let text = |index| (format!("p{index}"), json!({"type": "string", "description": "A."}));
    one_schema(json!({"type": "object", "properties": each(size, text)}))
}

fn required(size: usize) -> Document {
    let names: Vec<String> = (0..size).map(|index| format!("p{index}")).collect();
    let text = |index| (format!("p{index}"), json!({"type": "string"}));
    one_schema(json!({"type": "object", "required": names, "properties": each(size, text)}))
}

fn alike_properties(size: usize) -> Document {
    let text = |index| (alike(index), json!({"type": "string"}));
    one_schema(json!({"type": "object", "properties": each(size, text)}))
}

fn all_of_parts(size: usize) -> Document {
    let part = |index| json!({"type": "object", "required": [format!("p{index}")], "properties": {format!("p{index}"): {"type": "string"}}});
    one_schema(json!({"allOf": (0..size).map(part).collect::<Vec<_>>()}))
}

fn all_of_same(size: usize) -> Document {
    let part = |index: usize| json!({"type": "object", "properties": {"a": {"type": "string", "maxLength": index}}});
    one_schema(json!({"allOf": (0..size).map(part).collect::<Vec<_>>()}))
}

fn alike_schemas(size: usize) -> Document {
    let object = |index: usize| {
        (
            alike(index),
            json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}}),
        )
    };
    of(&schemas(each(size, object)))
}

fn operations(size: usize) -> Document {
    of(&paths(each(size, |index| {
        (
            format!("/p{index}/{{id}}"),
            json!({"get": {"operationId": format!("get{index}"), "tags": ["A", "B"], "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": good()}}),
        )
    })))
}

fn alike_operations(size: usize) -> Document {
    of(&paths(each(size, |index| {
        (format!("/p{index}"), json!({"get": {"operationId": alike(index), "responses": good()}}))
    })))
}

fn tags(size: usize) -> Document {
    let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/S"}}});
    let mut document = paths(each(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "tags": [format!("t{index}")], "responses": {"200": {"description": "G", "content": content}}}}),
        )
    }));
    document["components"] =
        json!({"schemas": {"S": {"type": "object", "properties": {"a": {"type": "string"}}}}});
    document["tags"] = (0..size).map(|index| json!({"name": format!("t{index}")})).collect();
    of(&document)
}

fn parameter(index: usize) -> Value {
    json!({"name": format!("q{index}"), "in": "query", "schema": {"type": "string"}})
}

fn parameters(size: usize) -> Document {
    let parameters: Vec<Value> = (0..size).map(parameter).collect();
    let operation = json!({"operationId": "a", "parameters": parameters, "responses": good()});
    of(&paths([("/a".to_owned(), json!({"get": operation}))].into_iter().collect()))
}

fn path_parameters(size: usize) -> Document {
    let parameters: Vec<Value> = (0..size).map(parameter).collect();
    let operation = |id: &str| json!({"operationId": id, "responses": good()});
    let item = json!({"parameters": parameters, "get": operation("a"), "put": operation("b")});
    of(&paths([("/a".to_owned(), item)].into_iter().collect()))
}

fn error_sets(size: usize) -> Document {
    let mut document = paths(each(size, |index| {
        let body =
            json!({"description": "B", "content": {"application/json": {"schema": refer(index)}}});
        let responses = json!({"204": {"description": "G"}, "400": body, "404": body});
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("get{index}"), "responses": responses}}),
        )
    }));
    let object = |index| {
        (
            format!("S{index}"),
            json!({"type": "object", "properties": {format!("p{index}"): {"type": "string"}}}),
        )
    };
    document["components"] = json!({"schemas": each(size, object)});
    of(&document)
}

fn media_types(size: usize) -> Document {
    let content = each(size, |index| {
        (format!("application/x{index}+json"), json!({"schema": {"type": "string"}}))
    });
    let operation = json!({"operationId": "a", "requestBody": {"content": content}, "responses": {"200": {"description": "G", "content": content}}});
    of(&paths([("/a".to_owned(), json!({"post": operation}))].into_iter().collect()))
}

fn servers(size: usize) -> Document {
    let mut document = paths(Map::new());
    document["servers"] = (0..size)
        .map(|index| json!({"url": format!("https://{{v{index}}}.example.com"), "variables": {format!("v{index}"): {"default": "a"}}}))
        .collect();
    of(&document)
}

fn security_schemes(size: usize) -> Document {
    let scheme = |index| {
        (
            format!("s{index}"),
            json!({"type": "apiKey", "in": "header", "name": format!("X-K{index}")}),
        )
    };
    let mut document = paths(each(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "security": [{format!("s{index}"): []}], "responses": good()}}),
        )
    }));
    document["components"] = json!({"securitySchemes": each(size, scheme)});
    of(&document)
}

fn faults(size: usize) -> Document {
    let odd = |index| (format!("p{index}"), json!({"type": 5, "minLength": "x"}));
    one_schema(json!({"type": "object", "properties": each(size, odd)}))
}

fn faults_in_yaml(size: usize) -> Document {
    let mut document = faults(size);
    // A comma at the end is no JSON.
    let text = document.files.remove("api.json").unwrap();
    let text = format!("{},}}", text.strip_suffix('}').unwrap());
    document.files.insert("api.json".to_owned(), text);
    document
}

fn faults_below(size: usize) -> Document {
    of(&paths(each(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "deprecated": 5, "parameters": [{"name": "a", "in": "nowhere"}, {"in": 5}], "responses": {"200": {"description": 5}, "x": 5}}}),
        )
    })))
}

fn broken_references(size: usize) -> Document {
    of_schemas(size, |index| json!({"$ref": format!("#/components/schemas/T{index}")}))
}

fn invalid_items(size: usize) -> Document {
    let parameters: Vec<Value> =
        (0..size).map(|index| if index % 2 == 0 { json!(5) } else { parameter(index) }).collect();
    let operation = json!({"operationId": "a", "parameters": parameters, "responses": good()});
    of(&paths([("/a".to_owned(), json!({"get": operation}))].into_iter().collect()))
}

fn description(size: usize) -> Document {
    let text = "word `code` [link](http://a) ".repeat(size / 30);
    one_schema(
        json!({"type": "object", "description": text, "properties": {"a": {"type": "string", "description": text}}}),
    )
}

fn long_name(size: usize) -> Document {
    let text = |index| (format!("p{index}"), json!({"type": "string", "maxLength": "x"}));
    let name = "n".repeat(size);
    let inner = json!({"type": "object", "properties": each(size / 20, text)});
    one_schema(json!({"type": "object", "properties": {name: inner}}))
}

fn object_with(name: &str) -> Value {
    json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}})
}

fn by_keys(size: usize) -> Document {
    let members: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    one_schema(json!({"oneOf": members}))
}

fn discriminated(size: usize) -> Document {
    let mut all = Map::new();
    let members: Vec<Value> = (1..=size).map(refer).collect();
    let mapping = each(size, |index| {
        (format!("t{index}"), json!(format!("#/components/schemas/S{}", index + 1)))
    });
    all.insert(
        "S0".to_owned(),
        json!({"oneOf": members, "discriminator": {"propertyName": "kind", "mapping": mapping}}),
    );
    all.extend((1..=size).map(|index| (format!("S{index}"), object_with("kind"))));
    of(&schemas(all))
}

fn by_constants(size: usize) -> Document {
    let member = |index| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": [format!("k{index}")]}}});
    one_schema(json!({"oneOf": (0..size).map(member).collect::<Vec<_>>()}))
}

fn undecidable(size: usize) -> Document {
    let member =
        |index| json!({"type": "object", "properties": {format!("k{index}"): {"type": "string"}}});
    one_schema(json!({"oneOf": (0..size).map(member).collect::<Vec<_>>()}))
}

fn beside_properties(size: usize) -> Document {
    let members: Vec<Value> = (0..size).map(|index| object_with(&format!("k{index}"))).collect();
    one_schema(json!({"type": "object", "properties": {"a": {"type": "string"}}, "oneOf": members}))
}

fn subtypes(size: usize) -> Document {
    of_schemas(size, |index| match index {
        0 => {
            json!({"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {"kind": {"type": "string"}}})
        }
        _ => json!({"allOf": [refer(0), object_with(&format!("p{index}"))]}),
    })
}

fn bases(size: usize) -> Document {
    of_schemas(size, |index| match index {
        0 => {
            json!({"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"], "properties": {"kind": {"type": "string"}}})
        }
        _ => json!({"allOf": [refer(index - 1)], "discriminator": {"propertyName": "kind"}}),
    })
}

fn tagged_by(size: usize) -> Document {
    let mapping = each(size, |index| {
        (format!("t{index}"), json!(format!("#/components/schemas/S{}", index + 1)))
    });
    let values: Vec<String> = (0..size).map(|index| format!("t{index}")).collect();
    let mut all = Map::new();
    all.insert(
        "S0".to_owned(),
        json!({"type": "object", "properties": {
            "kind": {"type": "string", "enum": values},
            "content": {"x-tagged-by": {"propertyName": "kind", "mapping": mapping}},
        }}),
    );
    all.extend((1..=size).map(|index| (format!("S{index}"), object_with("kind"))));
    of(&schemas(all))
}

fn equal_inline(size: usize) -> Document {
    let inner = |index| {
        (format!("p{index}"), json!({"type": "object", "properties": {"a": {"type": "string"}}}))
    };
    one_schema(json!({"type": "object", "properties": each(size, inner)}))
}

fn different_inline(size: usize) -> Document {
    let inner = |index| {
        (
            format!("p{index}"),
            json!({"type": "object", "properties": {format!("a{index}"): {"type": "string"}}}),
        )
    };
    one_schema(json!({"type": "object", "properties": each(size, inner)}))
}

fn files(size: usize) -> Document {
    let mut document = one_schema(json!({"$ref": "f0.json"}));
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

fn into_one_file(size: usize) -> Document {
    let reference = |index| (format!("p{index}"), json!({"$ref": format!("f.json#/S{index}")}));
    let mut document = one_schema(json!({"type": "object", "properties": each(size, reference)}));
    let object = |index| {
        (format!("S{index}"), json!({"type": "object", "properties": {"a": {"$ref": "#/S0"}}}))
    };
    document.files.insert("f.json".to_owned(), Value::Object(each(size, object)).to_string());
    document
}

fn same_names(size: usize) -> Document {
    let reference =
        |index| (format!("p{index}"), json!({"$ref": format!("d/f.json#/x{index}/Same")}));
    let mut document = one_schema(json!({"type": "object", "properties": each(size, reference)}));
    let object = |index| {
        (
            format!("x{index}"),
            json!({"Same": {"type": "object", "properties": {"a": {"type": "string"}}}}),
        )
    };
    document.files.insert("d/f.json".to_owned(), Value::Object(each(size, object)).to_string());
    document
}

fn duplicates(size: usize) -> Document {
    let mut document = one_schema(json!({"type": "object", "x-here": 1}));
    let text = document.files.remove("api.json").unwrap();
    document.files.insert(
        "api.json".to_owned(),
        text.replace("\"x-here\":1", &vec!["\"x-here\":1"; size].join(",")),
    );
    document
}

fn aliases(size: usize) -> Document {
    let mut text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\nx-a: &a {type: object, properties: {a: {type: string}}}\ncomponents:\n  schemas:\n".to_owned();
    (0..size).for_each(|index| text.push_str(&format!("    S{index}: *a\n")));
    let files = BTreeMap::from([("api.json".to_owned(), text)]);
    Document { files, config: Config::new("api.json", "things") }
}

fn actions(size: usize) -> Document {
    let update = |index| json!({"target": format!("$.paths['/p{index}'].get"), "update": {"summary": format!("S{index}.")}});
    let document = paths(each(size, |index| {
        (
            format!("/p{index}"),
            json!({"get": {"operationId": format!("g{index}"), "responses": good()}}),
        )
    }));
    with_overlay(&document, (0..size).map(update).collect())
}

fn copies(size: usize) -> Document {
    let copy = |index| json!({"target": format!("$.components.schemas.T{index}"), "copy": "$.components.schemas.S"});
    let mut all = each(size, |index| (format!("T{index}"), json!({"type": "object"})));
    all.insert("S".to_owned(), json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    with_overlay(&schemas(all), (0..size).map(copy).collect())
}

fn removals(size: usize) -> Document {
    let remove =
        |index| json!({"target": format!("$.components.schemas.T{index}"), "remove": true});
    let all = each(size, |index| (format!("T{index}"), json!({"type": "object"})));
    let mut document = schemas(all);
    document["paths"] = json!({});
    with_overlay(&document, (0..size).map(remove).collect())
}

fn every_other(size: usize) -> Document {
    let mut document = paths(Map::new());
    document["tags"] = (0..size)
        .map(|index| json!({"name": format!("t{index}"), "x-gone": index % 2 == 0}))
        .collect();
    let actions = vec![
        json!({"target": "$.tags[*]", "update": {"x-a": 1}}),
        json!({"target": "$.tags[?@['x-gone'] == true]", "remove": true}),
    ];
    with_overlay(&document, actions)
}

fn targets(size: usize) -> Document {
    let all = each(size, |index| (format!("T{index}"), json!({"type": "object"})));
    let update = json!({"target": "$.components.schemas.*", "update": {"properties": {"b": {"type": "string"}}}});
    with_overlay(&schemas(all), vec![update])
}
