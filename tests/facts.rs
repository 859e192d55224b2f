//! Nothing that a document says is dropped silently.
//!
//! Each key of each object of each case is taken out, one at a time. If neither the crate nor what is
//! said of the document changes, the generator does not look at the key: it must be among those that
//! the table of features lists as without effect.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clientgen::diagnostics::Diagnostics;
use clientgen::metamodel::{self, Kind};
use clientgen::pointer::Pointer;
use clientgen::{Config, Generation, load};
use serde_json::{Map, Value, json};
use tests::cases::{Case, cases};

/// The keys that have no effect wherever they stand.
fn is_without_effect(kind: Kind, key: &str) -> bool {
    match kind {
        // Rows of the table of features that say `no`.
        Kind::Contact | Kind::License | Kind::Xml => true,
        Kind::Info => ["termsOfService", "contact", "license", "summary"].contains(&key),
        Kind::Document | Kind::Operation | Kind::Tag => key == "externalDocs",
        Kind::Parameter => key == "allowEmptyValue",
        Kind::PathItem => ["summary", "description"].contains(&key),
        Kind::SecurityScheme => key == "bearerFormat",
        Kind::Server => key == "description",
        // A title counts where there is no description, an example where a request is shown.
        Kind::Schema => {
            ["title", "example", "examples", "$comment", "$id"].contains(&key)
                || key.starts_with("x-")
        }
        _ => false,
    }
}

/// The keywords that restrict values and give them no type: a crate sends and accepts more.
const VALIDATION: [&str; 13] = [
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

/// Whether a node is in a schema of a body that is handed over as a string or as bytes: that it is
/// of another type is reported.
fn is_of_a_body_without_type(at: &Pointer) -> bool {
    let mut steps = at.steps().iter();
    steps.any(|step| step == "content")
        && steps.next().is_some_and(|media_type| {
            ["text/", "image/", "application/pdf", "application/octet-stream"]
                .iter()
                .any(|begin| media_type.starts_with(begin))
        })
}

/// Keys of single cases that leave no trace, and why.
const KNOWN: &[&str] = &[
    // The overlay of the case takes these out.
    "overlay #/paths/~1internal/get",
    "overlay #/paths/~1things~1{id}/get/parameters/1",
    // The operation has a parameter of its own of this name.
    "parameters #/paths/~1rooms~1{room}~1seats~1{seat}/parameters/1",
    // Nothing uses the component, and what may be null shows where it is used.
    "enum-values #/components/schemas/Nullable/nullable",
    "nullable #/components/schemas/Level/nullable",
    // A property that may be null is of the same type whether it is required or not.
    "nullable-everywhere #/components/schemas/Thing/required",
    // The length of items, and of what is not a string, is not told.
    "constraints #/components/schemas/Thing/properties/list/items/minLength",
    "constraints #/components/schemas/Thing/properties/misplaced/minLength",
    // Alternatives that only ask for properties are not variants.
    "one-of-required #/components/schemas/Person/anyOf",
    // Keywords beside a reference do not count in OpenAPI 3.0.
    "reference-siblings-3-0 #/components/schemas/Thing/properties/ignored/type",
    // The array as a whole is reported, at `prefixItems`.
    "prefix-items #/components/schemas/Thing/properties/open",
    // Limits in a combination are not told, and neither are properties that nothing describes.
    "json-schema #/components/schemas/AllOfAnyOfOneOf",
    "json-schema #/components/schemas/AllOfOfLimits",
    "json-schema #/components/schemas/OneOfRequiring",
    "json-schema #/components/schemas/RequiredUnnamed/required",
    // Items that can be anything are what items without a schema are.
    "json-schema #/components/schemas/AnyItems/items",
    // An array with places and of no fixed length holds anything, which is reported.
    "json-schema #/components/schemas/OnlyPlaces",
    "json-schema #/components/schemas/SomePlaces",
    // A body of any media type is a file, whether its schema says bytes or a string.
    "media-type-ranges #/paths/~1file/get/responses/200/content/*~1*/schema/format",
    // The parts of a form are files by their encoding, whatever the type of an item.
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/files/items",
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/pages/items",
    // Required parts are arguments, which have no documentation of their own.
    "request-bodies #/paths/~1multipart/post/requestBody/content/multipart~1form-data/schema/properties/title/description",
    // All integers of a stream fit into the type without a format.
    "streams #/paths/~1sizes.jsonl/get/responses/200/content/application~1jsonl/schema/format",
];

/// What the generator makes of a document, as far as anybody sees it.
fn outcome(files: &BTreeMap<String, String>, config: &Config) -> (String, Generation) {
    let generation = clientgen::generate(files, config);
    let said = generation.diagnostics.iter().map(|one| format!("{}{}", one.code, one.message));
    let said = said.collect::<Vec<_>>().join("\n");
    (said, generation)
}

fn files_of(folder: &Path, below: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files_of(&entry.path(), &format!("{name}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.insert(name, text);
        }
    }
}

/// The keys of a document's objects, with the kinds of the objects.
fn keys(document: &Value) -> Vec<(Kind, Pointer)> {
    let mut keys = Vec::new();
    metamodel::walk_mut(&mut document.clone(), &mut |kind, at, node| {
        for (key, _) in node.as_object().into_iter().flatten() {
            if !(kind == Kind::Document
                && ["openapi", "info", "components"].contains(&key.as_str()))
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

/// Puts something else under a key: what it says may be implied by other keys.
fn replace(object: &mut Map<String, Value>, key: &str) {
    let other = match object.get(key) {
        Some(Value::String(text)) if key == "type" && text == "array" => Value::from("boolean"),
        Some(Value::String(_)) if key == "type" => Value::from("array"),
        Some(Value::String(text)) => Value::from(format!("{text}x")),
        Some(Value::Bool(flag)) => Value::from(!flag),
        Some(Value::Number(_)) => Value::from(7),
        Some(Value::Array(_)) => json!(["x"]),
        Some(Value::Object(_)) => json!({"type": "boolean", "description": "Other."}),
        Some(Value::Null) | None => json!("x"),
    };
    object.insert(key.to_owned(), other);
}

/// The keys of a case that can be taken out without a trace.
fn dropped(case: &Case) -> Vec<(Kind, Pointer)> {
    let mut files = BTreeMap::new();
    files_of(&case.path, "", &mut files);
    let mut config = case.config("example");
    // A program and a mock say nothing that the client does not.
    config.extras.clear();
    let mut diagnostics = Diagnostics::default();
    let document = load::load(&files, &config.document, &mut diagnostics).unwrap().value;
    files.insert(config.document.clone(), document.to_string());
    let before = outcome(&files, &config);
    let mut dropped = Vec::new();
    for (kind, at) in keys(&document) {
        let key = at.last().unwrap();
        let leaves_a_trace = |change: fn(&mut Map<String, Value>, &str)| {
            let mut document = document.clone();
            let parent = at.parent().find_mut(&mut document).and_then(Value::as_object_mut);
            change(parent.unwrap(), key);
            let mut files = files.clone();
            files.insert(config.document.clone(), document.to_string());
            let after = outcome(&files, &config);
            before.0 != after.0 || before.1.files != after.1.files
        };
        // What is said of a node is said of all that is in it.
        let is_reported = before.1.diagnostics.iter().any(|one| {
            one.place.file == config.document
                && !one.place.pointer.steps().is_empty()
                && at.below(&one.place.pointer).is_some()
        });
        let restricts = || at.steps().iter().any(|step| VALIDATION.contains(&step.as_str()));
        let is_excused = is_reported
            || is_without_effect(kind, key)
            || (kind == Kind::Schema && restricts())
            || is_of_a_body_without_type(&at);
        if !is_excused && !leaves_a_trace(remove) && !leaves_a_trace(replace) {
            dropped.push((kind, at));
        }
    }
    dropped
}

#[test]
fn each_key_of_each_case_leaves_a_trace() {
    let cases = cases("cases").unwrap();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(BTreeSet::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (_, at) in dropped(case) {
                        found.lock().unwrap().insert(format!("{} {at}", case.name));
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    let is_known = |found: &&String| KNOWN.iter().any(|known| found.starts_with(known));
    let new: Vec<&String> = found.iter().filter(|found| !is_known(found)).collect();
    assert!(new.is_empty(), "the generator does not look at {new:#?}");
    let stale = KNOWN.iter().filter(|known| !found.iter().any(|found| found.starts_with(**known)));
    assert_eq!(stale.collect::<Vec<_>>(), Vec::<&&str>::new(), "these leave a trace");
}
