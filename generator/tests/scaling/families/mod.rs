//! Families of documents: each creates a document of a size by repeating something that could make
//! a stage slow.

mod faults;
mod files;
mod operations;
mod overlays;
mod schemas;
mod swagger;

use std::collections::BTreeMap;

use clientgen::Config;
use serde_json::{Map, Value, json};

/// A document with its files.
pub(crate) struct Document {
    pub(crate) files: BTreeMap<String, String>,
    pub(crate) config: Config,
}

/// A family: its name, its size in the test, and the function that creates a document of a size.
pub(crate) type Family = (&'static str, usize, fn(usize) -> Document);

/// A family whose sizes are set by a test.
pub(crate) type Chain = (&'static str, fn(usize) -> Document);

/// All families.
pub(crate) const FAMILIES: &[Family] = &[
    ("objects that require the next one", 150, schemas::required_chain),
    ("references to references", 200, schemas::reference_chain),
    ("allOf of the next one", 160, schemas::all_of_chain),
    ("allOf of the next one and a property", 160, schemas::all_of_with_property),
    ("oneOf of the next one", 160, schemas::one_of_chain),
    ("schemas that refer to each other", 150, schemas::mutual),
    ("values of an enum", 2000, schemas::enumeration),
    ("values of an enum with colliding names", 500, schemas::colliding_values),
    ("properties of an object", 500, schemas::properties),
    ("required names of an object", 1000, schemas::required),
    ("properties with colliding names", 300, schemas::colliding_properties),
    ("parts of one allOf", 150, schemas::all_of_parts),
    ("parts of one allOf with the same properties", 100, schemas::all_of_same),
    ("schemas with colliding names", 200, schemas::colliding_schemas),
    ("operations", 150, operations::operations),
    ("operations with colliding ids", 150, operations::colliding_operations),
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
    ("unresolved references", 300, faults::broken_references),
    ("invalid items of an array", 500, faults::invalid_items),
    ("a long description", 100_000, faults::description),
    ("a long name", 2000, faults::long_name),
    ("variants by their keys", 80, schemas::by_keys),
    ("variants by a discriminator", 100, schemas::discriminated),
    ("variants by constants", 80, schemas::by_constants),
    ("undecidable variants", 80, schemas::undecidable),
    ("variants beside properties", 60, schemas::beside_properties),
    ("subtypes of a base", 80, schemas::subtypes),
    ("bases of bases", 80, schemas::bases),
    ("cases of x-tagged-by", 80, schemas::tagged_by),
    ("equal inline schemas", 200, schemas::equal_inline),
    ("different inline schemas", 150, schemas::different_inline),
    ("files", 100, files::files),
    ("references into one file", 200, files::references_into_file),
    ("components with the same name in files", 100, files::same_names),
    ("duplicate keys", 500, faults::duplicates),
    ("aliases of YAML", 300, files::aliases),
    ("actions of an overlay", 150, overlays::actions),
    ("copies by an overlay", 100, overlays::copies),
    ("removals by an overlay", 300, overlays::removals),
    ("every other item removed", 500, overlays::every_other),
    ("targets of one update", 500, overlays::targets),
    ("queries that descend several times", 100, overlays::descents),
    ("equal actions", 200, overlays::equal_actions),
    ("actions for everything", 100, overlays::everything),
    ("schemas with anchors", 200, files::anchors),
    ("references into a chain of references", 200, files::references_into_chain),
    ("tags with the same types", 100, operations::tags_with_the_same_types),
    ("selected bases", 100, operations::sliced_bases),
    ("flags for objects in objects", 240, operations::flags),
    ("flags with colliding names", 200, operations::colliding_flags),
    ("flags for servers", 300, operations::flags_of_servers),
    ("variants by keys that are decided one by one", 160, schemas::keys_one_by_one),
    ("uses of a large union", 200, schemas::uses_of_a_union),
    ("arrays of types", 500, schemas::type_lists),
    ("examples of large objects", 200, schemas::examples),
    ("brackets in a description", 20_000, faults::brackets_in_text),
    ("links in a description", 10_000, faults::links_in_text),
    ("stars in a description", 10_000, faults::stars_in_text),
    ("backticks in a description", 10_000, faults::ticks_in_text),
    ("tags in a description", 10_000, faults::tags_in_text),
    ("quotes in a description", 10_000, faults::quotes_in_text),
    ("lists in a description", 10_000, faults::lists_in_text),
    ("tables in a description", 5_000, faults::tables_in_text),
    ("entities in a description", 10_000, faults::entities_in_text),
    ("operations of Swagger 2.0", 100, swagger::operations),
    ("definitions of Swagger 2.0", 200, swagger::definitions),
    ("media types of Swagger 2.0", 200, swagger::media_types),
    ("parameters in a form of Swagger 2.0", 200, swagger::fields),
    ("methods with the form of their path", 60, swagger::fields_of_paths),
    ("subtypes with tags of their own", 80, swagger::tags),
];

/// Families of schemas that refer to one another in one long chain.
pub(crate) const CHAINS: &[Chain] = &[
    ("references", schemas::long_reference_chain),
    ("allOf", schemas::long_all_of_chain),
    ("oneOf", schemas::long_one_of_chain),
    ("bases", schemas::long_bases),
];

/// Families whose crates repeat the properties of a schema in many others.
pub(crate) const MULTIPLYING: &[Chain] = &[
    ("allOf of the next one and a property", schemas::long_all_of_with_property),
    ("allOf of a large schema", schemas::large_base),
    ("alternatives beside many properties", schemas::large_beside),
];

/// Families that exceed a low limit at their size.
pub(crate) const UNBOUNDED: &[Family] = &[
    ("path items that replace references", 40, files::inlined_path_items),
    ("aliases of aliases", 14, files::aliases_of_aliases),
    ("media types of all operations of Swagger 2.0", 300, swagger::media_types_of_all),
    ("brackets in YAML", 500_000, files::nested_yaml),
    ("brackets in invalid JSON", 500_000, files::nested_json),
];

fn document_of(value: &Value) -> Document {
    let files = BTreeMap::from([("api.json".to_owned(), value.to_string())]);
    Document { files, config: Config::new("api.json", "things") }
}

fn with_overlay(value: &Value, actions: Vec<Value>) -> Document {
    let mut document = document_of(value);
    let overlay =
        json!({"overlay": "1.1.0", "info": {"title": "O", "version": "1"}, "actions": actions});
    document.files.insert("o.json".to_owned(), overlay.to_string());
    document.config = document.config.with_overlay("o.json");
    document
}

/// Creates a document with schemas, and an operation that takes and returns the first one.
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

fn entries(size: usize, make: impl Fn(usize) -> (String, Value)) -> Map<String, Value> {
    (0..size).map(make).collect()
}

fn document_of_schemas(size: usize, make: impl Fn(usize) -> Value) -> Document {
    document_of(&schemas(entries(size, |index| (format!("S{index}"), make(index)))))
}

fn document_of_schema(schema: Value) -> Document {
    document_of(&schemas([("S".to_owned(), schema)].into_iter().collect()))
}

fn reference_to(index: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/S{index}")})
}

fn no_content() -> Value {
    json!({"204": {"description": "Good."}})
}

/// Returns a name that becomes the same identifier for every index.
fn colliding_name(index: usize) -> String {
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
