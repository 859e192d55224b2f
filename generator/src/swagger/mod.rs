//! Converts Swagger 2.0 to OpenAPI 3.0.
//!
//! Takes a document in Swagger 2.0, in one file, and returns an equivalent one in OpenAPI 3.0. Documents of
//! other versions are returned as they are. The stage runs after overlays and bundling, so that overlays
//! address the document as it was written, and other files are in Swagger 2.0 too. Each node keeps its
//! origin, so that diagnostics of later stages name the line that the author wrote.
//!
//! | Swagger 2.0 | OpenAPI 3.0 | module |
//! |---|---|---|
//! | `host`, `basePath`, `schemes`, `x-ms-parameterized-host` | `servers` | `servers` |
//! | parameters | parameters with a schema | `parameters` |
//! | `collectionFormat` | `style` and `explode` | `collections` |
//! | parameters in the body | request bodies | `bodies` |
//! | parameters in a form | request bodies with a schema and encodings | `forms` |
//! | responses | responses with `content` | `responses` |
//! | `consumes`, `produces` | the keys of `content` | `media_types` |
//! | security definitions | security schemes | `security` |
//! | `discriminator`, `x-nullable` | `discriminator`, `nullable` | `schemas` |
//!
//! What OpenAPI 3.0 cannot express is reported. Leaves the meaning of the result to the later stages, and
//! the values of wrong JSON types to `parse::repair`.

mod bodies;
mod collections;
mod forms;
mod media_types;
mod moves;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod security;
mod servers;

use serde_json::{Map, Value, json};

use crate::diagnostics::{Diagnostics, Effect};
use crate::limits::{Limits, Size};
use crate::load::Document;
use crate::metamodel;
use crate::parse::repair;
use crate::pointer::Pointer;
use moves::{Moves, Place};

/// The version of the result.
const VERSION: &str = "3.0.3";

/// Converts a document from Swagger 2.0 to OpenAPI 3.0. Returns a document of another version unchanged.
pub fn convert(mut document: Document, diagnostics: &mut Diagnostics) -> Document {
    if !metamodel::is_swagger(&document.value) {
        return document;
    }
    repair::repair(&mut document.value, diagnostics);
    let value = Conversion::new(&document.value, diagnostics).document();
    Document { value, ..document }
}

/// The state of a conversion.
struct Conversion<'d> {
    /// The document in Swagger 2.0.
    root: &'d Value,
    moves: Moves,
    diagnostics: &'d mut Diagnostics,
    limits: Limits,
    /// The size of the copied schemas. It can be a multiple of the document, because each media type has a
    /// copy.
    size: Size,
    /// The media types of the whole document.
    consumes: Vec<String>,
    produces: Vec<String>,
    /// What is reported about media types, once for all nodes.
    media_type_notes: media_types::Notes,
}

impl<'d> Conversion<'d> {
    fn new(root: &'d Value, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            root,
            moves: Moves::new(diagnostics.origins.clone()),
            limits: diagnostics.steps().limits().clone(),
            diagnostics,
            size: Size::default(),
            consumes: strings(root, "consumes"),
            produces: strings(root, "produces"),
            media_type_notes: media_types::Notes::default(),
        }
    }

    /// Converts the root object.
    fn document(mut self) -> Value {
        let root = Pointer::root();
        let mut document = Map::from_iter([("openapi".to_owned(), json!(VERSION))]);
        self.moves.record_synthetic(&root.join("swagger"), &root.join("openapi"));
        copy_keys(self.root, &["info"], &mut document);
        let servers = self.servers();
        insert_some(&mut document, "servers", servers);
        copy_keys(self.root, &["tags", "externalDocs", "security"], &mut document);
        copy_extensions(self.root, &mut document);
        document.shift_remove(servers::PARAMETERIZED);
        // Components first: operations refer to what becomes of them.
        let components = self.components();
        let paths = self.paths();
        document.insert("paths".to_owned(), paths);
        insert_some(&mut document, "components", components);
        self.report_media_types();
        let mut document = Value::Object(document);
        self.finish(&mut document);
        document
    }

    /// Converts the definitions, and the shared parameters, responses and security schemes.
    fn components(&mut self) -> Option<Value> {
        let mut components = Map::new();
        let at = Pointer::root().join("components");
        self.moves.record_synthetic(&Pointer::root(), &at);
        if let Some(definitions) = self.root.get("definitions") {
            let schemas = self.copy_moved("definitions", &Pointer::root(), &at.join("schemas"));
            if definitions.is_object() {
                components.insert("schemas".to_owned(), schemas);
            }
        }
        for (key, value) in [
            ("parameters", self.shared_parameters()),
            ("requestBodies", self.shared_bodies()),
            ("responses", self.shared_responses()),
            ("securitySchemes", self.security_schemes()),
        ] {
            insert_some(&mut components, key, value);
        }
        (!components.is_empty()).then_some(Value::Object(components))
    }

    /// Copies the value under a key to another location.
    fn copy_moved(&mut self, key: &str, parent: &Pointer, to: &Pointer) -> Value {
        let from = parent.join(key);
        self.moves.record(&Place::written(from.clone()), to);
        match from.find(self.root) {
            Some(value) => self.copy(value, to),
            None => Value::Null,
        }
    }

    /// Copies a value. Aborts the stage if the document becomes too large.
    fn copy(&mut self, value: &Value, to: &Pointer) -> Value {
        if self.diagnostics.is_aborted() || self.diagnostics.steps().is_exceeded() {
            return Value::Null;
        }
        let size = Size::of(value, self.diagnostics.steps());
        self.size = self.size.with_copies(size, 1, to.tokens().len());
        if let Some(excess) = self.size.excess(&self.limits) {
            self.diagnostics.abort(&Pointer::root(), excess);
            return Value::Null;
        }
        value.clone()
    }

    /// Returns whether there is room for one more entry of `content`. Their number is that of the media types
    /// times that of the bodies.
    fn content_entry(&mut self, name: &str) -> bool {
        self.size = self.size.with_node(name.len());
        if let Some(excess) = self.size.excess(&self.limits) {
            self.diagnostics.abort(&Pointer::root(), excess);
        }
        self.step()
    }

    /// Returns whether there are steps left for one more object.
    fn step(&self) -> bool {
        self.diagnostics.steps().take(1) && !self.diagnostics.is_aborted()
    }

    /// Reports a problem at a node of the document in Swagger 2.0.
    fn report_written(
        &mut self,
        (effect, code): (Effect, &'static str),
        at: &Pointer,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // The origins are those of the document before the conversion until it is complete.
        self.diagnostics.report(effect, code, at, message, help);
    }

    /// Reports a construct without an equivalent, and what is generated instead.
    fn unsupported(&mut self, at: &Pointer, construct: &str, instead: &str) {
        self.diagnostics.unsupported(at, construct, instead);
    }

    fn invalid(&mut self, at: &Pointer, message: impl Into<String>, help: &str) {
        self.report_written((Effect::Degraded, "invalid-document"), at, message, help);
    }
}

/// Returns the strings in an array.
fn strings(parent: &Value, key: &str) -> Vec<String> {
    let items = parent.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the string under a key.
fn text<'v>(node: &'v Value, key: &str) -> Option<&'v str> {
    node.get(key).and_then(Value::as_str)
}

/// Copies some keys of an object, with their values.
fn copy_keys(from: &Value, keys: &[&str], to: &mut Map<String, Value>) {
    for key in keys {
        insert_some(to, key, from.get(key).cloned());
    }
}

/// Copies the extensions of an object. They stay where they are written.
fn copy_extensions(from: &Value, to: &mut Map<String, Value>) {
    let all = from.as_object().into_iter().flatten();
    let extensions = all.filter(|(key, _)| key.starts_with("x-"));
    to.extend(extensions.map(|(key, value)| (key.clone(), value.clone())));
}

fn insert_some(object: &mut Map<String, Value>, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        object.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
