//! Schemas that others build on (OpenAPI 3.0, Discriminator Object, the example with `allOf`).
//!
//! A schema with a discriminator and without alternatives of its own names none of them: they are
//! the components that have it among their `allOf`. Where such a schema is used, a value can be any
//! of them.

use std::collections::BTreeMap;

use super::Lower;
use crate::ir::{Shape, Tagging, Union};
use crate::parse::Parsed;
use crate::pointer::Pointer;

/// The components that have a schema among their `allOf`, by that schema.
pub(super) type Subtypes = BTreeMap<Pointer, Vec<Pointer>>;

pub(super) fn subtypes(parsed: &Parsed) -> Subtypes {
    let mut subtypes = Subtypes::new();
    for (at, _) in &parsed.schemas {
        let parts = (0..parsed.schema(at).count("allOf")).map(|index| at.join("allOf").join(index));
        for base in parts.filter_map(|part| parsed.schema(&part).reference()) {
            subtypes.entry(base).or_default().push(at.clone());
        }
    }
    subtypes
}

impl Lower<'_> {
    /// The union of what builds on a schema, if its discriminator tells that apart.
    pub(super) fn base_union(&mut self, at: &Pointer, hint: &[String]) -> Option<Shape> {
        let schema = self.parsed.schema(at);
        let has_alternatives = schema.count("oneOf") + schema.count("anyOf") > 0;
        if schema.get("discriminator").is_none() || has_alternatives {
            return None;
        }
        let mut found: Vec<Pointer> = Vec::new();
        let mut next = vec![at];
        while let Some(base) = next.pop() {
            for subtype in self.subtypes.get(base).into_iter().flatten() {
                if subtype != at && !found.contains(subtype) {
                    found.push(subtype.clone());
                    next.push(subtype);
                }
            }
        }
        // In the order of the document, whichever way they were found.
        let order = |at: &Pointer| self.parsed.schemas.iter().position(|(known, _)| known == at);
        found.sort_by_key(order);
        let members = self.with_profiles(found);
        let variants = self.discriminated(at, &members, hint).filter(|found| !found.is_empty())?;
        Some(Shape::Union(Union { tagging: Tagging::Base, variants }))
    }
}
