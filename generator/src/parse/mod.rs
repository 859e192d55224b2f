//! Value to OpenAPI: each operation and each component on its own, with the types of `openapiv3`.
//!
//! What cannot be read is reported where it stands and left out; the rest goes on. References stay
//! references, [`Parsed::resolve`] follows them. Schemas are no part of what is read here: they are
//! references to where they stand, and [`Parsed::schema`] looks at one of them.

mod mend;
mod schema;

use openapiv3::{
    Info, Operation, Parameter, ReferenceOr, SecurityRequirement, SecurityScheme, Server, Tag,
};
pub use schema::{COMBINATIONS, Schema, SchemaType};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::diagnostics::{Diagnostics, Effect};
use crate::load::Document;
use crate::pointer::Pointer;

/// The methods that a path can have (OpenAPI 3.0, Path Item Object).
pub const METHODS: [&str; 8] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A document, as far as it could be read.
#[derive(Debug)]
pub struct Parsed {
    /// The document as a value, which references lead into.
    pub root: Value,
    /// What it says of itself.
    pub info: Info,
    /// Where the API is served.
    pub servers: Vec<Server>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// What operations need that do not say so themselves.
    pub security: Vec<SecurityRequirement>,
    /// The ways to sign in.
    pub security_schemes: Vec<(Pointer, String, ReferenceOr<SecurityScheme>)>,
    /// Where the component schemas stand, and their names.
    pub schemas: Vec<(Pointer, String)>,
    /// The operations.
    pub operations: Vec<ParsedOperation>,
}

/// An operation with what its path says of it.
#[derive(Debug)]
pub struct ParsedOperation {
    /// Where it stands.
    pub at: Pointer,
    /// Its path.
    pub path: String,
    /// Its method, in small letters.
    pub method: &'static str,
    /// The operation.
    pub operation: Operation,
    /// The parameters of all operations of the path.
    pub shared: Vec<(Pointer, ReferenceOr<Parameter>)>,
}

impl Parsed {
    /// The schema at a node.
    pub fn schema(&self, at: &Pointer) -> Schema<'_> {
        Schema::new(at.find(&self.root))
    }

    /// The thing that a reference leads to, and where it stands.
    pub fn resolve<T: DeserializeOwned + Clone>(
        &self,
        node: &ReferenceOr<T>,
        at: &Pointer,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Pointer, T)> {
        let (mut node, mut at) = (node.clone(), at.clone());
        loop {
            match node {
                ReferenceOr::Item(item) => return Some((at, item)),
                ReferenceOr::Reference { reference } => {
                    at = Pointer::parse(reference.strip_prefix('#')?)?;
                    node = typed(at.find(&self.root)?, &at, Effect::Degraded, diagnostics)?;
                }
            }
        }
    }
}

/// Reads a document. What does not fit is mended first, so that it costs nothing else.
pub fn parse(document: Document, diagnostics: &mut Diagnostics) -> Parsed {
    let mut root = document.value;
    mend::mend(&mut root, diagnostics);
    let at = Pointer::root();
    let info = match root.get("info") {
        Some(info) => typed(info, &at.join("info"), Effect::Degraded, diagnostics),
        None => {
            diagnostics.degraded(
                "missing-info",
                &at,
                "the document has no `info`",
                "give it one, with `title` and `version`",
            );
            None
        }
    };
    Parsed {
        info: info.unwrap_or_default(),
        servers: items(&root, "servers", diagnostics),
        tags: items(&root, "tags", diagnostics),
        security: items(&root, "security", diagnostics),
        security_schemes: security_schemes(&root, diagnostics),
        schemas: schemas(&root),
        operations: operations(&root, diagnostics),
        root,
    }
}

fn operations(root: &Value, diagnostics: &mut Diagnostics) -> Vec<ParsedOperation> {
    let at = Pointer::root().join("paths");
    let Some(Value::Object(paths)) = root.get("paths") else {
        diagnostics.degraded(
            "missing-paths",
            &Pointer::root(),
            "the document has no `paths`",
            "give it an object with at least one path",
        );
        return Vec::new();
    };
    let mut operations = Vec::new();
    for (path, item) in paths.iter().filter(|(path, _)| !path.starts_with("x-")) {
        let at = at.join(path);
        if !path.starts_with('/') {
            for method in METHODS.iter().filter(|method| item.get(method).is_some()) {
                let message = format!(
                    "the path `{path}` does not begin with `/`: its `{method}` is left out"
                );
                let help = "write it with a slash at its beginning";
                diagnostics.left_out("invalid-path", &at, message, help);
            }
            continue;
        }
        let shared = list(item, "parameters", &at, diagnostics);
        for method in METHODS {
            let at = at.join(method);
            let operation =
                item.get(method).and_then(|value| typed(value, &at, Effect::LeftOut, diagnostics));
            if let Some(operation) = operation {
                let (path, shared) = (path.clone(), shared.clone());
                operations.push(ParsedOperation { at, path, method, operation, shared });
            }
        }
    }
    operations
}

fn schemas(root: &Value) -> Vec<(Pointer, String)> {
    let at = Pointer::root().join("components").join("schemas");
    let schemas = at.find(root).and_then(Value::as_object).into_iter().flatten();
    schemas.map(|(name, _)| (at.join(name), name.clone())).collect()
}

fn security_schemes(
    root: &Value,
    diagnostics: &mut Diagnostics,
) -> Vec<(Pointer, String, ReferenceOr<SecurityScheme>)> {
    let at = Pointer::root().join("components").join("securitySchemes");
    let mut read = Vec::new();
    for (name, value) in at.find(root).and_then(Value::as_object).into_iter().flatten() {
        let at = at.join(name);
        if let Some(scheme) = typed(value, &at, Effect::Degraded, diagnostics) {
            read.push((at, name.clone(), scheme));
        }
    }
    read
}

/// The items of a list of the document, which may be absent.
fn items<T: DeserializeOwned>(root: &Value, key: &str, diagnostics: &mut Diagnostics) -> Vec<T> {
    list(root, key, &Pointer::root(), diagnostics).into_iter().map(|(_, item)| item).collect()
}

/// The items of a list that may be absent, with their places.
fn list<T: DeserializeOwned>(
    parent: &Value,
    key: &str,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Vec<(Pointer, T)> {
    let at = at.join(key);
    let mut read = Vec::new();
    for (index, item) in parent.get(key).and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let at = at.join(index);
        if let Some(item) = typed(item, &at, Effect::Degraded, diagnostics) {
            read.push((at, item));
        }
    }
    read
}

/// Reads a node as what it should be. `effect` is what it costs if it is something else.
fn typed<T: DeserializeOwned>(
    value: &Value,
    at: &Pointer,
    effect: Effect,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match serde_path_to_error::deserialize(without_schemas(value, at)) {
        Ok(read) => Some(read),
        Err(error) => {
            let at = error.path().iter().fold(at.clone(), |at, segment| match segment {
                serde_path_to_error::Segment::Seq { index } => at.join(index),
                serde_path_to_error::Segment::Map { key } => at.join(key),
                serde_path_to_error::Segment::Enum { .. }
                | serde_path_to_error::Segment::Unknown => at,
            });
            let message = format!("this is not what OpenAPI 3.0 has here: {}", error.inner());
            let help = "compare it with the OpenAPI Specification 3.0.3";
            diagnostics.report(effect, "invalid-document", &at, message, help);
            None
        }
    }
}

/// A node in which the schemas are references to where they stand. Examples and extensions are
/// data, in which nothing is looked for.
fn without_schemas(value: &Value, at: &Pointer) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| {
                let value = match key.as_str() {
                    "schema" => json!({"$ref": at.join(key).to_string()}),
                    "example" | "examples" => value.clone(),
                    key if key.starts_with("x-") => value.clone(),
                    key => without_schemas(value, &at.join(key)),
                };
                (key.clone(), value)
            })
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| without_schemas(item, &at.join(index)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
