//! Converts OpenAPI 3.1 and 3.2 to 3.0.
//!
//! Takes a document in OpenAPI 3.0, 3.1 or 3.2 and returns an equivalent one in 3.0. A construct without
//! an equivalent becomes an extension, or is reported and omitted:
//!
//! | 3.1 or 3.2 | extension |
//! |---|---|
//! | `prefixItems` | `x-prefix-items` |
//! | `itemSchema` | `x-item-schema` |
//! | the schema `false` | `x-never: true` |
//!
//! Many documents in 3.0 use keywords of 3.1. These are converted too, without a diagnostic. Leaves
//! validation to [`crate::parse`].

mod keywords;
mod schema;
mod types;

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::load::Document;
use crate::metamodel::{self, ObjectKind};
use crate::pointer::Pointer;

/// Returns the value of `openapi` or else of `swagger`, or an empty string if there is none.
pub fn version(document: &Document) -> String {
    match document.value.get("openapi").or(document.value.get("swagger")) {
        Some(Value::String(version)) => version.clone(),
        Some(Value::Number(version)) => version.to_string(),
        _ => String::new(),
    }
}

/// Converts a document to OpenAPI 3.0. Reports a fatal error if its version is not supported.
pub fn downlevel(mut document: Document, diagnostics: &mut Diagnostics) -> Option<Document> {
    let version = version(&document);
    let minor = ["3.0", "3.1", "3.2"].iter().position(|known| {
        version.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let Some(minor) = minor else {
        report_version(&document.value, diagnostics);
        return None;
    };
    if minor > 0 {
        convert_root(&mut document.value);
    }
    let allows_siblings = minor > 0;
    metamodel::walk_mut(&mut document.value, &mut |kind, at, node| {
        diagnostics.steps().record(1);
        match kind {
            ObjectKind::Schema => schema::convert(node, allows_siblings, at, diagnostics),
            ObjectKind::MediaType => {
                if let Some(media_type) = node.as_object_mut() {
                    rename(media_type, "itemSchema", "x-item-schema");
                }
            }
            _ => {}
        }
    });
    Some(document)
}

fn report_version(document: &Value, diagnostics: &mut Diagnostics) {
    let root = Pointer::root();
    let (at, message) = match (document.get("openapi"), document.get("swagger")) {
        (Some(version), _) => (root.join("openapi"), format!("OpenAPI {version} is not supported")),
        (None, Some(version)) => {
            (root.join("swagger"), format!("Swagger {version} is not supported"))
        }
        (None, None) => {
            (root, "the file is not an OpenAPI document: it has no `openapi`".to_owned())
        }
    };
    diagnostics.fatal(
        "openapi-version",
        &at,
        message,
        "use Swagger 2.0, or OpenAPI 3.0, 3.1 or 3.2",
    );
}

/// Converts the root object, and adds `paths`, which 3.0 requires.
fn convert_root(document: &mut Value) {
    let Some(document) = document.as_object_mut() else { return };
    if !document.contains_key("paths") {
        document.insert("paths".to_owned(), Value::Object(Map::new()));
    }
    // Bundling has inlined both.
    if let Some(Value::Object(components)) = document.get_mut("components") {
        components.shift_remove("pathItems");
        components.shift_remove("mediaTypes");
    }
}

/// Renames a key. Drops its value if the new key exists.
fn rename(object: &mut Map<String, Value>, from: &str, to: &str) {
    if let Some(value) = object.shift_remove(from) {
        object.entry(to).or_insert(value);
    }
}

#[cfg(test)]
mod tests;
