//! Value to OpenAPI: each operation and each component on its own, with the types of `openapiv3`.
//!
//! What cannot be read is reported where it stands and left out; the rest goes on. References stay
//! references, [`Parsed::resolve`] follows them.

mod mend;

use openapiv3::{
    Info, Operation, Parameter, ReferenceOr, Schema, SecurityRequirement, SecurityScheme, Server,
    Tag,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::diagnostics::Diagnostics;
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
    pub security_schemes: Vec<(Pointer, String, SecurityScheme)>,
    /// The component schemas.
    pub schemas: Vec<(Pointer, String, ReferenceOr<Schema>)>,
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
                    node = typed(at.find(&self.root)?, &at, diagnostics)?;
                }
            }
        }
    }
}

/// Reads a document. Schemas are mended first, so that one that is none costs nothing else.
pub fn parse(document: Document, diagnostics: &mut Diagnostics) -> Parsed {
    let mut root = document.value;
    mend::mend(&mut root, diagnostics);
    let at = Pointer::root();
    let info = match root.get("info") {
        Some(info) => typed(info, &at.join("info"), diagnostics),
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
        servers: list(&root, "servers", diagnostics)
            .into_iter()
            .map(|(_, server)| server)
            .collect(),
        tags: list(&root, "tags", diagnostics).into_iter().map(|(_, tag)| tag).collect(),
        security: list(&root, "security", diagnostics)
            .into_iter()
            .map(|(_, requirement)| requirement)
            .collect(),
        security_schemes: components(&root, "securitySchemes", diagnostics),
        schemas: components(&root, "schemas", diagnostics),
        operations: operations(&root, diagnostics),
        root,
    }
}

fn operations(root: &Value, diagnostics: &mut Diagnostics) -> Vec<ParsedOperation> {
    let at = Pointer::root().join("paths");
    let Some(Value::Object(paths)) = root.get("paths") else {
        diagnostics.fatal(
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
            diagnostics.left_out(
                "invalid-path",
                &at,
                format!("the path `{path}` does not begin with `/`"),
                "write it with a slash at its beginning",
            );
            continue;
        }
        if item.get("$ref").is_some() {
            diagnostics.unsupported(
                &at,
                "a path item that is a reference",
                "its operations are left out",
            );
            continue;
        }
        let shared = list(item, "parameters", diagnostics)
            .into_iter()
            .map(|(step, parameter)| (at.join("parameters").join(step), parameter))
            .collect::<Vec<_>>();
        for method in METHODS {
            let at = at.join(method);
            let operation = item.get(method).and_then(|value| typed(value, &at, diagnostics));
            if let Some(operation) = operation {
                let (path, shared) = (path.clone(), shared.clone());
                operations.push(ParsedOperation { at, path, method, operation, shared });
            }
        }
    }
    operations
}

fn components<T: DeserializeOwned>(
    root: &Value,
    kind: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Pointer, String, T)> {
    let at = Pointer::root().join("components").join(kind);
    let Some(Value::Object(components)) = at.find(root) else {
        return Vec::new();
    };
    let mut read = Vec::new();
    for (name, value) in components {
        let at = at.join(name);
        if let Some(component) = typed(value, &at, diagnostics) {
            read.push((at, name.clone(), component));
        }
    }
    read
}

/// The items of a list that may be absent, with their indices.
fn list<T: DeserializeOwned>(
    parent: &Value,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, T)> {
    let Some(Value::Array(items)) = parent.get(key) else {
        return Vec::new();
    };
    let at = Pointer::root().join(key);
    let typed = |(index, item)| Some((index, typed(item, &at.join(index), diagnostics)?));
    items.iter().enumerate().filter_map(typed).collect()
}

/// Reads a node as what it should be.
fn typed<T: DeserializeOwned>(
    value: &Value,
    at: &Pointer,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match serde_path_to_error::deserialize(value) {
        Ok(read) => Some(read),
        Err(error) => {
            let at = error.path().iter().fold(at.clone(), |at, segment| match segment {
                serde_path_to_error::Segment::Seq { index } => at.join(index),
                serde_path_to_error::Segment::Map { key } => at.join(key),
                serde_path_to_error::Segment::Enum { .. }
                | serde_path_to_error::Segment::Unknown => at,
            });
            // A fault inside, such as a reference that leads nowhere, is why the whole cannot be read.
            if diagnostics.has_fault_below(&at) {
                return None;
            }
            let message = format!("this is not what OpenAPI 3.0 has here: {}", error.inner());
            diagnostics.left_out(
                "invalid-document",
                &at,
                message,
                "compare it with the OpenAPI Specification 3.0.3",
            );
            None
        }
    }
}
