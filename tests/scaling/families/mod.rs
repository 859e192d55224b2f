//! Documents that grow: each family makes one of a size, by repeating what a stage could take too
//! long for.

mod faults;
mod files;
mod operations;
mod overlays;
mod schemas;

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

/// A family whose sizes a test chooses.
pub(crate) type Chain = (&'static str, fn(usize) -> Document);

/// All families.
pub(crate) const FAMILIES: &[Family] = &[
    ("objects that require the next one", 150, schemas::required_chain),
    ("references to references", 200, schemas::reference_chain),
    ("allOf of the next one", 160, schemas::all_of_chain),
    ("allOf of the next one and a property", 160, schemas::all_of_adding),
    ("oneOf of the next one", 160, schemas::one_of_chain),
    ("schemas that refer to each other", 150, schemas::mutual),
    ("values of an enum", 2000, schemas::enumeration),
    ("values of an enum that are alike", 500, schemas::alike_values),
    ("properties of an object", 500, schemas::properties),
    ("required names of an object", 1000, schemas::required),
    ("properties that are alike", 300, schemas::alike_properties),
    ("parts of one allOf", 150, schemas::all_of_parts),
    ("parts of one allOf with the same properties", 100, schemas::all_of_same),
    ("schemas with names that are alike", 200, schemas::alike_schemas),
    ("operations", 150, operations::operations),
    ("operations with ids that are alike", 150, operations::alike_operations),
    ("tags", 100, operations::tags),
    ("parameters of an operation", 200, operations::parameters),
    ("parameters of a path", 200, operations::path_parameters),
    ("responses of operations with different errors", 60, operations::error_sets),
    ("media types of a body", 200, operations::media_types),
    ("servers with variables", 300, operations::servers),
    ("security schemes", 100, operations::security_schemes),
    ("faults on one line", 1000, faults::faults),
    ("faults on one line of YAML", 500, faults::faults_in_yaml),
    ("faults below one node", 500, faults::faults_below),
    ("references that lead nowhere", 300, faults::broken_references),
    ("items that are taken out of a list", 500, faults::invalid_items),
    ("a long description", 100_000, faults::description),
    ("a long name", 2000, faults::long_name),
    ("variants by their keys", 80, schemas::by_keys),
    ("variants by a discriminator", 100, schemas::discriminated),
    ("variants by constants", 80, schemas::by_constants),
    ("variants that nothing distinguishes", 80, schemas::undecidable),
    ("variants beside properties", 60, schemas::beside_properties),
    ("subtypes of a base", 80, schemas::subtypes),
    ("bases of bases", 80, schemas::bases),
    ("cases of x-tagged-by", 80, schemas::tagged_by),
    ("inline schemas that are equal", 200, schemas::equal_inline),
    ("inline schemas that differ", 150, schemas::different_inline),
    ("files", 100, files::files),
    ("references into one file", 200, files::into_one_file),
    ("components with the same name in files", 100, files::same_names),
    ("keys that are there twice", 500, faults::duplicates),
    ("aliases of YAML", 300, files::aliases),
    ("actions of an overlay", 150, overlays::actions),
    ("copies by an overlay", 100, overlays::copies),
    ("removals by an overlay", 300, overlays::removals),
    ("every other item removed", 500, overlays::every_other),
    ("targets of one update", 500, overlays::targets),
    ("queries that descend several times", 100, overlays::descents),
    ("actions that are equal", 200, overlays::equal_actions),
    ("actions for everything", 100, overlays::everything),
    ("schemas with anchors", 200, files::anchors),
    ("references into a chain of them", 200, files::into_a_chain),
    ("tags with the same types", 100, operations::tags_with_the_same_types),
    ("chosen bases", 100, operations::sliced_bases),
    ("flags for objects in objects", 240, operations::flags),
    ("flags that are alike", 200, operations::alike_flags),
    ("flags for servers", 300, operations::flags_of_servers),
    ("variants by their keys, one by one", 160, schemas::keys_one_by_one),
    ("uses of a large union", 200, schemas::uses_of_a_union),
    ("lists of types", 500, schemas::type_lists),
    ("examples of large objects", 200, schemas::examples),
    ("brackets in a text", 20_000, faults::brackets_in_text),
    ("links in a text", 10_000, faults::links_in_text),
    ("stars in a text", 10_000, faults::stars_in_text),
    ("ticks in a text", 10_000, faults::ticks_in_text),
    ("tags in a text", 10_000, faults::tags_in_text),
    ("quotes in a text", 10_000, faults::quotes_in_text),
    ("lists in a text", 10_000, faults::lists_in_text),
    ("tables in a text", 5_000, faults::tables_in_text),
    ("entities in a text", 10_000, faults::entities_in_text),
];

/// Families of schemas that lead to one another, as many as there are.
pub(crate) const CHAINS: &[Chain] = &[
    ("references", schemas::long_reference_chain),
    ("allOf", schemas::long_all_of_chain),
    ("oneOf", schemas::long_one_of_chain),
    ("bases", schemas::long_bases),
];

/// Families whose crates have the properties of a schema in many others.
pub(crate) const MULTIPLYING: &[Chain] = &[
    ("allOf of the next one and a property", schemas::long_all_of_adding),
    ("allOf of a large schema", schemas::large_base),
    ("alternatives beside many properties", schemas::large_beside),
];

/// Families that no limit but a small one lets through at a size.
pub(crate) const ENDLESS: &[Family] = &[
    ("path items in place of references", 40, files::in_place),
    ("aliases of aliases", 14, files::aliases_of_aliases),
    ("brackets in YAML", 500_000, files::brackets),
    ("brackets in JSON that is none", 500_000, files::brackets_of_json),
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

fn object_with(name: &str) -> Value {
    json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}})
}

fn parameter(index: usize) -> Value {
    json!({"name": format!("q{index}"), "in": "query", "schema": {"type": "string"}})
}
