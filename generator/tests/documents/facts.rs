//! Nothing that a document says is dropped silently.
//!
//! Each key of each object of each case is removed, one at a time. If neither the crate nor the
//! diagnostics change, the generator ignores the key. Then the table of features must list it as
//! without effect.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::cases::{Case, cases};
use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{self, ObjectKind};
use clientgen::pointer::Pointer;
use clientgen::{Config, Generation, load};
use serde_json::{Map, Value, json};

/// Whether a key of an object never has an effect.
fn is_without_effect(kind: ObjectKind, key: &str) -> bool {
    match kind {
        // The rows with the status `no` in the table of features.
        ObjectKind::Contact | ObjectKind::License | ObjectKind::Xml => true,
        ObjectKind::Info => ["termsOfService", "contact", "license", "summary"].contains(&key),
        ObjectKind::Document
        | ObjectKind::Operation
        | ObjectKind::Tag
        | ObjectKind::SwaggerDocument
        | ObjectKind::SwaggerOperation => key == "externalDocs",
        ObjectKind::Parameter => key == "allowEmptyValue",
        ObjectKind::SwaggerParameter => {
            ["allowEmptyValue", "example", "x-example", "x-examples"].contains(&key)
        }
        ObjectKind::PathItem => ["summary", "description"].contains(&key),
        ObjectKind::SecurityScheme => key == "bearerFormat",
        ObjectKind::Server => key == "description",
        // A title has an effect only without a description, and an example only where a request is
        // shown.
        ObjectKind::Schema => {
            ["title", "example", "examples", "$comment", "$id"].contains(&key)
                || key.starts_with("x-")
        }
        _ => false,
    }
}

/// The keywords that restrict values without changing their type: a crate sends and accepts more.
const VALIDATION_KEYWORDS: [&str; 13] = [
    "additionalProperties",
    "contains",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "else",
    "if",
    "maxContains",
    "minContains",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Whether a node is in the schema of a body that the crate exposes as a string or as bytes. A
/// schema of another type is reported.
fn is_in_untyped_body(at: &Pointer) -> bool {
    let mut steps = at.tokens().iter();
    steps.any(|step| step == "content")
        && steps.next().is_some_and(|media_type| {
            ["text/", "image/", "application/pdf", "application/octet-stream"]
                .iter()
                .any(|begin| media_type.starts_with(begin))
        })
}

/// Keys of single cases that have no effect, with the reason.
const EXCEPTIONS: &[&str] = &[
    // The overlay of the case removes these.
    "overlay #/paths/~1internal/get",
    "overlay #/paths/~1things~1{id}/get/parameters/1",
    // The operation overrides the parameter.
    "parameters #/paths/~1rooms~1{room}~1seats~1{seat}/parameters/1",
    // Nothing uses the component, and `nullable` has an effect only at a use.
    "enum-values #/components/schemas/Nullable/nullable",
    "nullable #/components/schemas/Level/nullable",
    // A nullable property has the same type whether it is required or not.
    "nullable-everywhere #/components/schemas/Thing/required",
    // Length limits of items, and of types other than strings, are not documented.
    "constraints #/components/schemas/Thing/properties/list/items/minLength",
    "constraints #/components/schemas/Thing/properties/misplaced/minLength",
    // Alternatives that only require properties are not variants.
    "one-of-required #/components/schemas/Person/anyOf",
    // Keywords next to a reference are ignored in OpenAPI 3.0.
    "reference-siblings-3-0 #/components/schemas/Thing/properties/ignored/type",
    // The array as a whole is reported, at `prefixItems`.
    "prefix-items #/components/schemas/Thing/properties/open",
    // Limits in a combination, and required properties without a schema, are not documented.
    "json-schema #/components/schemas/AllOfAnyOfOneOf",
    "json-schema #/components/schemas/AllOfOfLimits",
    "json-schema #/components/schemas/OneOfRequiring",
    "json-schema #/components/schemas/RequiredUnnamed/required",
    // Items of any type are the same as items without a schema.
    "json-schema #/components/schemas/AnyItems/items",
    // An array with `prefixItems` and without a fixed length has items of any type, which is
    // reported.
    "json-schema #/components/schemas/OnlyPlaces",
    "json-schema #/components/schemas/SomePlaces",
    "implied-types #/components/schemas/Places/prefixItems",
    // Without a type, these limit strings or numbers only, and the items have any type.
    "implied-types #/components/schemas/Items/items/minimum",
    "implied-types #/components/schemas/Limited/properties/bytes/contentEncoding",
    // Limits of a part or of an alternative are not documented.
    "implied-types #/components/schemas/Limited/properties/typed/allOf/0/pattern",
    "number-formats #/components/schemas/Thing/properties/signs/oneOf",
    // A body of any media type is a file, whether its schema is binary or a string.
    "media-type-ranges #/paths/~1file/get/responses/200/content/*~1*/schema/format",
    // The parts of a form are files because of their encoding, whatever the type of an item.
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/files/items",
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/pages/items",
    // Required parts are arguments, which have no documentation.
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/title/description",
    // A type of the configuration takes the place of the schema. Only the program reads its JSON type.
    "customization #/components/schemas/Price/type",
    // The name of a body has no meaning in Swagger 2.0.
    "swagger-2 #/parameters/NewAnimal/name",
    "swagger-2 #/paths/~1animals~1{ids}/put/parameters/1/name",
    "swagger-2 #/paths/~1picture~1note/put/parameters/0/name",
    // A parameter of the host is a string that must be set, whatever it says.
    "swagger-2-host #/parameters/Suffix/type",
    "swagger-2-host #/x-ms-parameterized-host/parameters/0/required",
    "swagger-2-host #/x-ms-parameterized-host/parameters/0/type",
    // The items of a stream have the same type with and without the format.
    "streams #/paths/~1sizes.jsonl/get/responses/200/content/application~1jsonl/schema/format",
];

/// Generates a crate, and returns the codes and messages of the diagnostics with it.
fn outcome(files: &BTreeMap<String, String>, config: &Config) -> (String, Generation) {
    let generation = clientgen::generate(files, config);
    let messages = generation.diagnostics.iter().map(|one| format!("{}{}", one.code, one.message));
    let messages = messages.collect::<Vec<_>>().join("\n");
    (messages, generation)
}

fn read_files(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            read_files(&entry.path(), &format!("{name}/"), files);
        } else if let Ok(content) = fs::read_to_string(entry.path()) {
            files.insert(name, content);
        }
    }
}

/// Returns the keys of a document's objects, with the kinds of the objects.
fn keys(document: &Value) -> Vec<(ObjectKind, Pointer)> {
    let mut keys = Vec::new();
    metamodel::walk_mut(&mut document.clone(), &mut |kind, at, node| {
        for (key, _) in node.as_object().into_iter().flatten() {
            let is_document = matches!(kind, ObjectKind::Document | ObjectKind::SwaggerDocument);
            if !(is_document
                && ["openapi", "swagger", "info", "components"].contains(&key.as_str()))
            {
                keys.push((kind, at.join(key)));
            }
        }
    });
    keys
}

fn remove(object: &mut Map<String, Value>, key: &str) {
    object.shift_remove(key);
}

/// Replaces the value of a key: removing it has no effect if other keys imply it.
fn replace(object: &mut Map<String, Value>, key: &str) {
    let other = match object.get(key) {
        Some(Value::String(name)) if key == "type" && name == "array" => Value::from("boolean"),
        Some(Value::String(_)) if key == "type" => Value::from("array"),
        Some(Value::String(string)) => Value::from(format!("{string}x")),
        Some(Value::Bool(flag)) => Value::from(!flag),
        Some(Value::Number(_)) => Value::from(7),
        Some(Value::Array(_)) => json!(["x"]),
        Some(Value::Object(_)) => json!({"type": "boolean", "description": "Other."}),
        Some(Value::Null) | None => json!("x"),
    };
    object.insert(key.to_owned(), other);
}

/// Returns the keys of a case that have no effect.
fn ignored_keys(case: &Case) -> Vec<Pointer> {
    let mut files = BTreeMap::new();
    read_files(&case.path, "", &mut files);
    let mut config = case.config("example");
    // Every key that has an effect on an extra has one on the client too.
    config.extras.clear();
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&files, &config.document, &mut diagnostics).unwrap().value;
    files.insert(config.document.clone(), document.to_string());
    let before = outcome(&files, &config);
    let mut ignored = Vec::new();
    for (kind, at) in keys(&document) {
        let key = at.last().unwrap();
        let has_effect = |change: fn(&mut Map<String, Value>, &str)| {
            let mut document = document.clone();
            let parent = at.parent().find_mut(&mut document).and_then(Value::as_object_mut);
            change(parent.unwrap(), key);
            let mut files = files.clone();
            files.insert(config.document.clone(), document.to_string());
            let after = outcome(&files, &config);
            before.0 != after.0 || before.1.files != after.1.files
        };
        // A diagnostic for a node covers everything in it.
        let is_reported = before.1.diagnostics.iter().any(|one| {
            one.location.file == config.document
                && !one.location.pointer.tokens().is_empty()
                && at.strip_prefix(&one.location.pointer).is_some()
        });
        let only_validates =
            || at.tokens().iter().any(|step| VALIDATION_KEYWORDS.contains(&step.as_str()));
        let is_excused = is_reported
            || is_without_effect(kind, key)
            || (kind == ObjectKind::Schema && only_validates())
            || is_in_untyped_body(&at);
        if !is_excused && !has_effect(remove) && !has_effect(replace) {
            ignored.push(at);
        }
    }
    ignored
}

#[test]
fn each_key_of_each_case_has_an_effect() {
    let cases = cases("cases").unwrap();
    let next = AtomicUsize::new(0);
    let ignored = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for at in ignored_keys(case) {
                        ignored.lock().unwrap().insert(format!("{} {at}", case.name));
                    }
                }
            });
        }
    });
    let ignored = ignored.into_inner().unwrap();
    let is_exception = |key: &&String| EXCEPTIONS.iter().any(|prefix| key.starts_with(prefix));
    let new: Vec<&String> = ignored.iter().filter(|key| !is_exception(key)).collect();
    assert!(new.is_empty(), "the generator ignores {new:#?}");
    let is_stale = |prefix: &&&str| !ignored.iter().any(|key| key.starts_with(**prefix));
    let stale: Vec<_> = EXCEPTIONS.iter().filter(is_stale).collect();
    assert!(stale.is_empty(), "these exceptions have an effect now: {stale:#?}");
}
