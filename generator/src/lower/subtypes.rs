//! Schemas that others build on (OpenAPI 3.0, Discriminator Object, the example with `allOf`).
//!
//! A schema with a discriminator and without alternatives of its own names none of them: they are
//! the components that have it among their `allOf`. Where such a schema is used, a value can be any
//! of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use crate::document::{OpenApi, SchemaId};
use crate::ir::{Shape, Tagging, Union};

/// The components that have a schema among their `allOf`, by that schema.
pub(super) type Subtypes = BTreeMap<SchemaId, Vec<SchemaId>>;

pub(super) fn subtypes(document: &OpenApi) -> Subtypes {
    let mut subtypes = Subtypes::new();
    for id in &document.components {
        let parts = document.schemas[*id].all_of.iter();
        for base in parts.filter_map(|part| document.schemas[*part].reference) {
            subtypes.entry(base).or_default().push(*id);
        }
    }
    subtypes
}

impl Lower<'_> {
    /// Returns the union of the schemas that extend a schema, if its discriminator distinguishes them.
    pub(super) fn base_union(&mut self, id: SchemaId, hint: &[String]) -> Option<Shape> {
        let schema = self.schema(id);
        if schema.discriminator.is_none() || schema.alternatives().next().is_some() {
            return None;
        }
        let mut found = BTreeSet::new();
        let mut next = vec![id];
        while let Some(base) = next.pop() {
            for subtype in self.subtypes.get(&base).into_iter().flatten() {
                if *subtype != id && found.insert(*subtype) {
                    next.push(*subtype);
                }
            }
        }
        // Ids of components are in the order of the document.
        let members = self.with_profiles(found.into_iter().collect());
        let variants = self.discriminated(id, &members, hint).filter(|found| !found.is_empty())?;
        Some(Shape::Union(Union { tagging: Tagging::Base, variants }))
    }
}
