//! What is not as the specification has it.
//!
//! `openapiv3` reads a part of a document whole or not at all, and says little about why not. So
//! each node is looked at first, key by key. What does not fit is reported at its own place and
//! repaired as cheaply as possible: written as it was meant, taken out, or given what is missing. In
//! the end `openapiv3` can read every part that is left.
//!
//! Keys that the specification does not have are reported, and left alone.

mod node;
mod schema;
mod unknown_keys;
mod value;

use serde_json::{Map, Value};
use unknown_keys::UnknownKeys;

use crate::diagnostics::Diagnostics;
use crate::metamodel::{self, Kind, Shape};
use crate::pointer::Pointer;

/// Repairs a document, of OpenAPI 3.0.
pub(super) fn repair(root: &mut Value, diagnostics: &mut Diagnostics) {
    let mut repair =
        Repair { at: Pointer::root(), diagnostics, unknown_keys: UnknownKeys::default() };
    repair.keys(root, Kind::Document);
    repair.references(root);
    repair.unknown_keys.report(repair.diagnostics);
}

/// Where in the document the repair is.
struct Repair<'m> {
    at: Pointer,
    diagnostics: &'m mut Diagnostics,
    unknown_keys: UnknownKeys,
}

impl Repair<'_> {
    /// Does something at the node below this one.
    fn below<T>(&mut self, step: impl std::fmt::Display, act: impl FnOnce(&mut Self) -> T) -> T {
        let mut at = std::mem::take(&mut self.at);
        let result = at.within(step, |at| {
            std::mem::swap(&mut self.at, at);
            let result = act(self);
            std::mem::swap(&mut self.at, at);
            result
        });
        self.at = at;
        result
    }

    fn degraded(&mut self, code: &'static str, message: impl Into<String>, help: &str) {
        self.diagnostics.degraded(code, &self.at, message, help);
    }

    /// Repairs what stands at a place. The answer is whether it can stay there.
    fn value(&mut self, value: &mut Value, shape: Shape, code: &'static str) -> bool {
        if !self.diagnostics.steps().take(1) {
            return true;
        }
        match shape {
            Shape::Data => true,
            Shape::Node(Kind::Schema) => {
                self.schema(value);
                true
            }
            // What is wrong with an extension is said where it is read.
            Shape::Node(Kind::TaggedBy) => true,
            Shape::SchemaOrFlag if value.is_boolean() => true,
            Shape::SchemaOrFlag => self.value(value, Shape::Node(Kind::Schema), code),
            Shape::Node(kind) => self.node(value, kind),
            Shape::List(shape) if value.is_array() => {
                self.list(value, *shape, code);
                true
            }
            Shape::Map(shape) if value.is_object() => {
                self.map(value, *shape, code);
                true
            }
            Shape::List(_)
            | Shape::Map(_)
            | Shape::Text
            | Shape::Flag
            | Shape::Number
            | Shape::Count
            | Shape::SchemaName => self.fitting(value, shape, code),
        }
    }

    /// Repairs the items of a list, and takes out those that cannot stay. Those behind them move up,
    /// and diagnostics of later stages still name their old places.
    fn list(&mut self, value: &mut Value, shape: Shape, code: &'static str) {
        let Some(items) = value.as_array_mut() else { return };
        let (mut index, mut kept) = (0, 0);
        items.retain_mut(|item| {
            let stays = self.below(index, |repair| repair.value(item, shape, code));
            if stays && kept < index {
                let origins = &mut self.diagnostics.origins;
                let branch = origins.subtree(&self.at.join(index));
                origins.set_subtree(&self.at.join(kept), branch);
            }
            index += 1;
            kept += usize::from(stays);
            stays
        });
    }

    fn map(&mut self, value: &mut Value, shape: Shape, code: &'static str) {
        let Some(entries) = value.as_object_mut() else { return };
        entries.retain(|name, value| self.below(name, |repair| repair.value(value, shape, code)));
    }

    /// Repairs the keys of an object of a kind, whatever the kind asks for besides.
    fn keys(&mut self, value: &mut Value, kind: Kind) {
        self.unknown_keys.find(value, kind, &self.at);
        let Some(object) = value.as_object_mut() else { return };
        let code = if kind == Kind::Schema { "invalid-schema" } else { "invalid-document" };
        object.retain(|key, value| match kind.shape(key) {
            Some(shape) => self.below(key, |repair| repair.value(value, shape, code)),
            None => true,
        });
    }

    /// Takes out the references that lead to something that could not stay.
    fn references(&mut self, root: &mut Value) {
        let mut references: Vec<(Pointer, Kind, Pointer)> = Vec::new();
        metamodel::walk_mut(root, &mut |kind, at, node| {
            let fragment =
                metamodel::reference(node).and_then(|reference| reference.strip_prefix('#'));
            let target = fragment.and_then(Pointer::parse);
            references.extend(target.map(|target| (at.clone(), kind, target)));
        });
        // From the back, so that the indices of what is still to be taken out stay right.
        for (at, kind, target) in references.iter().rev() {
            if target.find(root).is_some() {
                continue;
            }
            let message = format!(
                "what the reference leads to, `{target}`, is not there any more: it is left out"
            );
            let help = "correct what it leads to";
            self.diagnostics.degraded("unresolved-reference", &at.join("$ref"), message, help);
            // A schema that says nothing is one; of other things nothing would be left.
            if *kind == Kind::Schema {
                remove(root, &at.join("$ref"));
            } else {
                remove(root, at);
            }
        }
    }
}

/// Takes a node out of a document.
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

/// What a value is, for a sentence.
fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("the text `{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests;
