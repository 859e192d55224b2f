//! Newer versions of OpenAPI to 3.0, which the stages behind this one read.
//!
//! In comes a document in OpenAPI 3.0, 3.1 or 3.2, out goes one that says the same in 3.0. What 3.0
//! has no words for is kept under keys that begin with `x-`, or reported and left out:
//!
//! | 3.1 or 3.2 | here |
//! |---|---|
//! | `prefixItems` | `x-prefix-items` |
//! | `itemSchema` | `x-item-schema` |
//! | the schema `false` | `x-never: true` |
//!
//! Words of 3.1 in a document that says 3.0 are met often, and understood without a comment.

mod keywords;
mod schema;
mod types;

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::load::Document;
use crate::metamodel::{self, ObjectKind};
use crate::pointer::Pointer;

/// The version that a document says it is in.
pub fn version(document: &Document) -> String {
    match document.value.get("openapi") {
        Some(Value::String(version)) => version.clone(),
        Some(Value::Number(version)) => version.to_string(),
        _ => String::new(),
    }
}

/// Takes a document in any OpenAPI 3 to 3.0, and refuses anything else.
pub fn downlevel(mut document: Document, diagnostics: &mut Diagnostics) -> Option<Document> {
    let version = version(&document);
    let minor = ["3.0", "3.1", "3.2"].iter().position(|known| {
        version.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let Some(minor) = minor else {
        refuse(&document.value, diagnostics);
        return None;
    };
    if minor > 0 {
        root(&mut document.value, diagnostics);
    }
    let siblings_count = minor > 0;
    metamodel::walk_mut(&mut document.value, &mut |kind, at, node| {
        diagnostics.steps().spend(1);
        match kind {
            ObjectKind::Schema => schema::schema(node, siblings_count, at, diagnostics),
            ObjectKind::MediaType => {
                if let Some(media_type) = node.as_object_mut() {
                    rename(media_type, "itemSchema", "x-item-schema");
                }
            }
            ObjectKind::PathItem => path_item(node, at, diagnostics),
            _ => {}
        }
    });
    Some(document)
}

fn refuse(document: &Value, diagnostics: &mut Diagnostics) {
    let root = Pointer::root();
    let (at, message) = match (document.get("openapi"), document.get("swagger")) {
        (Some(version), _) => (root.join("openapi"), format!("OpenAPI {version} is not supported")),
        (None, Some(version)) => {
            (root.join("swagger"), format!("Swagger {version} is not supported"))
        }
        (None, None) => (root, "this is no OpenAPI document: it has no `openapi`".to_owned()),
    };
    diagnostics.fatal(
        "openapi-version",
        &at,
        message,
        "give a document in OpenAPI 3.0, 3.1 or 3.2; there are converters for Swagger 2.0",
    );
}

/// What only newer versions have at the top of a document.
fn root(document: &mut Value, diagnostics: &mut Diagnostics) {
    let Some(document) = document.as_object_mut() else { return };
    if document.shift_remove("webhooks").is_some() {
        diagnostics.note(
            "webhooks",
            &Pointer::root().join("webhooks"),
            "the document has webhooks, requests that the server makes: nothing is generated for them",
            "nothing needs to be done",
        );
    }
    if !document.contains_key("paths") {
        document.insert("paths".to_owned(), Value::Object(Map::new()));
    }
    // Both have been put where they are used.
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.shift_remove("pathItems");
        components.shift_remove("mediaTypes");
    }
}

/// Leaves out the operations whose methods 3.0 does not know.
fn path_item(item: &mut Value, at: &Pointer, diagnostics: &mut Diagnostics) {
    let Some(item) = item.as_object_mut() else { return };
    let mut left_out = |at: Pointer, method: &str| {
        let message = format!("the method `{method}` is not supported: the operation is left out");
        diagnostics.left_out("unsupported", &at, message, "call it by hand");
    };
    if item.shift_remove("query").is_some() {
        left_out(at.join("query"), "QUERY");
    }
    if let Some(Value::Object(more)) = item.shift_remove("additionalOperations") {
        let at = at.join("additionalOperations");
        more.keys().for_each(|method| left_out(at.join(method), method));
    }
}

/// Gives the value of a key another key, if that is free.
fn rename(object: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = object.shift_remove(from) {
        object.entry(to).or_insert(value);
    }
}

#[cfg(test)]
mod tests;
