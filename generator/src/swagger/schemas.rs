//! The keywords of schemas that OpenAPI 3.0 writes differently, and the references.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Conversion;
use super::moves::Moves;
use crate::limits::Steps;
use crate::metamodel::{self, ObjectKind};
use crate::pointer::Pointer;

/// The value of the tag for a subtype, as AutoRest writes it.
const TAG_VALUE: &str = "x-ms-discriminator-value";

impl Conversion<'_> {
    /// Converts all schemas, and lets references lead to the new locations.
    pub(super) fn finish(self, document: &mut Value) {
        let Self { mut moves, diagnostics, .. } = self;
        let tags = tags(document, diagnostics.steps());
        metamodel::walk_mut(document, &mut |kind, at, node| {
            if !diagnostics.steps().take(1) {
                return;
            }
            let Some(object) = node.as_object_mut() else { return };
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                move_reference(reference, &moves);
            }
            match kind {
                ObjectKind::Schema => schema(object, at, &tags, &mut moves),
                ObjectKind::Discriminator => {
                    let mapping = object.get_mut("mapping").and_then(Value::as_object_mut);
                    for (_, target) in mapping.into_iter().flatten() {
                        if let Value::String(target) = target {
                            move_reference(target, &moves);
                        }
                    }
                }
                _ => {}
            }
        });
        diagnostics.origins = moves.into_origins();
    }
}

fn move_reference(reference: &mut String, moves: &Moves) {
    let target = reference.strip_prefix('#').and_then(Pointer::parse);
    if let Some(target) = target.and_then(|target| moves.target(&target)) {
        *reference = target.to_string();
    }
}

/// The tags of each definition that others extend: the value, and the name of the subtype.
type Tags = BTreeMap<Pointer, Vec<(String, String)>>;

/// Collects the tags that subtypes name. Each counts for all definitions that the subtype extends.
fn tags(document: &Value, steps: &Steps) -> Tags {
    let all = Pointer::root().join("components").join("schemas");
    let schemas = all.find(document).and_then(Value::as_object);
    let mut tags = Tags::new();
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(tag) = schema.get(TAG_VALUE).and_then(Value::as_str) else { continue };
        for base in ancestors(schema, schemas, steps) {
            tags.entry(all.join(&base)).or_default().push((tag.to_owned(), name.clone()));
        }
    }
    tags
}

/// The number of definitions that a subtype is followed to. They are counted for each subtype.
const MAX_ANCESTORS: usize = 16;

/// Returns the names of the definitions that a schema extends. References have not been moved yet.
fn ancestors(
    schema: &Value,
    schemas: Option<&Map<String, Value>>,
    steps: &Steps,
) -> BTreeSet<String> {
    let mut ancestors = BTreeSet::new();
    let mut next = vec![schema];
    while let Some(schema) = next.pop() {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for base in parts.take(MAX_ANCESTORS).filter_map(metamodel::reference) {
            let is_limited = ancestors.len() >= MAX_ANCESTORS || !steps.take(1);
            let pointer = base.strip_prefix('#').and_then(Pointer::parse);
            let Some([_, name]) = pointer.as_ref().map(Pointer::tokens) else { continue };
            if !is_limited && ancestors.insert(name.clone()) {
                next.extend(schemas.and_then(|schemas| schemas.get(name)));
            }
        }
    }
    ancestors
}

fn schema(schema: &mut Map<String, Value>, at: &Pointer, tags: &Tags, moves: &mut Moves) {
    if let Some(nullable) =
        schema.shift_remove("x-nullable").filter(|_| !schema.contains_key("nullable"))
    {
        moves.record_renamed(&at.join("x-nullable"), &at.join("nullable"));
        schema.insert("nullable".to_owned(), nullable);
    }
    let Some(Value::String(name)) = schema.get("discriminator") else { return };
    let mut discriminator = Map::from_iter([("propertyName".to_owned(), json!(name))]);
    let own = schema.get(TAG_VALUE).and_then(Value::as_str);
    let own = own.zip(at.last()).map(|(tag, name)| (tag.to_owned(), name.to_owned()));
    let mapping: Map<String, Value> = tags
        .get(at)
        .into_iter()
        .flatten()
        .cloned()
        .chain(own)
        .map(|(tag, name)| {
            let target = Pointer::root().join("components").join("schemas").join(name);
            (tag, json!(target.to_string()))
        })
        .collect();
    if !mapping.is_empty() {
        discriminator.insert("mapping".to_owned(), Value::Object(mapping));
    }
    let at = at.join("discriminator");
    for key in ["propertyName", "mapping"] {
        moves.record_renamed(&at, &at.join(key));
    }
    schema.insert("discriminator".to_owned(), Value::Object(discriminator));
}
