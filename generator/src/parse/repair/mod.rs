//! Repairs what does not match the specification.
//!
//! Takes an OpenAPI 3.0 document as JSON and changes it so that `openapiv3` can deserialize each object.
//! `openapiv3` rejects a whole object for one invalid key, and its errors have no location inside the
//! object. So each node is checked first, key by key. An invalid value is reported at its own location
//! and then converted, removed or completed, whichever loses least.
//!
//! Keys that the specification does not have are reported and kept.

mod node;
mod schema;
mod unknown_keys;
mod value;

use serde_json::{Map, Value};
use unknown_keys::UnknownKeys;

use crate::diagnostics::Diagnostics;
use crate::metamodel::{self, ObjectKind, Shape};
use crate::pointer::Pointer;

/// Repairs a document in OpenAPI 3.0 or Swagger 2.0. In the latter, objects that are the same in OpenAPI 3
/// are left: they are repaired after the conversion.
pub(crate) fn repair(root: &mut Value, diagnostics: &mut Diagnostics) {
    let kind = ObjectKind::of_document(root);
    let is_swagger = kind == ObjectKind::SwaggerDocument;
    let unknown_keys = UnknownKeys::default();
    let mut repair = Repair { at: Pointer::root(), diagnostics, is_swagger, unknown_keys };
    repair.keys(root, kind);
    repair.remove_dangling_references(root);
    repair.unknown_keys.report(repair.diagnostics);
}

/// The state of the walk through a document.
struct Repair<'m> {
    /// The location of the current node.
    at: Pointer,
    diagnostics: &'m mut Diagnostics,
    /// Whether only the objects of Swagger 2.0 are repaired.
    is_swagger: bool,
    unknown_keys: UnknownKeys,
}

impl Repair<'_> {
    /// Calls a function with the location moved to a child of the current node.
    fn below<T>(&mut self, step: impl std::fmt::Display, visit: impl FnOnce(&mut Self) -> T) -> T {
        let mut at = std::mem::take(&mut self.at);
        let result = at.within(step, |at| {
            std::mem::swap(&mut self.at, at);
            let result = visit(self);
            std::mem::swap(&mut self.at, at);
            result
        });
        self.at = at;
        result
    }

    fn degraded(&mut self, code: &'static str, message: impl Into<String>, help: &str) {
        self.diagnostics.degraded(code, &self.at, message, help);
    }

    /// Repairs the current node. Returns whether it is kept.
    fn value(&mut self, value: &mut Value, shape: Shape, code: &'static str) -> bool {
        if !self.diagnostics.steps().take(1) {
            return true;
        }
        match shape {
            Shape::Data => true,
            Shape::SchemaOrBoolean if self.is_swagger => true,
            Shape::Object(kind) if self.is_swagger && kind.in_openapi_3().is_none() => true,
            Shape::Object(ObjectKind::Schema) => {
                self.schema(value);
                true
            }
            // Faults in an extension are reported where it is read.
            Shape::Object(ObjectKind::TaggedBy) => true,
            Shape::SchemaOrBoolean if value.is_boolean() => true,
            Shape::SchemaOrBoolean => self.value(value, Shape::Object(ObjectKind::Schema), code),
            Shape::Object(kind) => self.node(value, kind),
            Shape::Array(shape) if value.is_array() => {
                self.array(value, *shape, code);
                true
            }
            Shape::Map(shape) if value.is_object() => {
                self.map(value, *shape, code);
                true
            }
            Shape::Array(_)
            | Shape::Map(_)
            | Shape::String
            | Shape::Boolean
            | Shape::Number
            | Shape::NonNegativeInteger
            | Shape::SchemaName => self.convert(value, shape, code),
        }
    }

    /// Repairs the items of an array and removes those that are not kept. Later items move up; their
    /// origins move with them, so that later diagnostics still point to the original locations.
    fn array(&mut self, value: &mut Value, shape: Shape, code: &'static str) {
        let Some(items) = value.as_array_mut() else { return };
        let (mut index, mut new_index) = (0, 0);
        items.retain_mut(|item| {
            let is_kept = self.below(index, |repair| repair.value(item, shape, code));
            if is_kept && new_index < index {
                let origins = &mut self.diagnostics.origins;
                let branch = origins.subtree(&self.at.join(index));
                origins.set_subtree(&self.at.join(new_index), branch);
            }
            index += 1;
            new_index += usize::from(is_kept);
            is_kept
        });
    }

    fn map(&mut self, value: &mut Value, shape: Shape, code: &'static str) {
        let Some(entries) = value.as_object_mut() else { return };
        entries.retain(|name, value| self.below(name, |repair| repair.value(value, shape, code)));
    }

    /// Repairs the values under the keys of an object, without checking which keys it must have.
    fn keys(&mut self, value: &mut Value, kind: ObjectKind) {
        self.unknown_keys.collect(value, kind, &self.at);
        let Some(object) = value.as_object_mut() else { return };
        let code = if kind == ObjectKind::Schema { "invalid-schema" } else { "invalid-document" };
        object.retain(|key, value| match kind.shape(key) {
            Some(shape) => self.below(key, |repair| repair.value(value, shape, code)),
            None => true,
        });
    }

    /// Removes references whose target has been removed.
    fn remove_dangling_references(&mut self, root: &mut Value) {
        let mut references: Vec<(Pointer, ObjectKind, Pointer)> = Vec::new();
        metamodel::walk_mut(root, &mut |kind, at, node| {
            let fragment =
                metamodel::reference(node).and_then(|reference| reference.strip_prefix('#'));
            let target = fragment.and_then(Pointer::parse);
            references.extend(target.map(|target| (at.clone(), kind, target)));
        });
        // In reverse, so that removing an array item does not move items that are still to be removed.
        for (at, kind, target) in references.iter().rev() {
            if target.find(root).is_some() {
                continue;
            }
            let message = format!(
                "the target of the reference, `{target}`, is invalid and was removed: so is the reference"
            );
            let help = "correct the target";
            self.diagnostics.degraded("unresolved-reference", &at.join("$ref"), message, help);
            // An empty schema is valid. Other objects are not, without the keys of their target.
            if *kind == ObjectKind::Schema {
                remove(root, &at.join("$ref"));
            } else {
                remove(root, at);
            }
        }
    }
}

/// Removes a node from a document.
fn remove(root: &mut Value, at: &Pointer) {
    let Some(step) = at.last() else { return };
    match at.parent().find_mut(root) {
        Some(Value::Object(parent)) => drop(parent.shift_remove(step)),
        Some(Value::Array(items)) => {
            if let Some(index) = step.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// Returns a noun phrase for a value, for a message.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("the string `{text}`"),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn empty_object() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests;
