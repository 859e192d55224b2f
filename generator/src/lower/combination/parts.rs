//! The parts of a combination.
//!
//! Takes a schema, and returns the schemas that describe the value together with it. Leaves their common
//! shape to the module above.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Combination, Schema, SchemaId};
use crate::lower::Lower;

/// The parts of a combination.
#[derive(Default)]
pub(super) struct Parts {
    /// The schemas that describe the value.
    pub(super) all: Vec<SchemaId>,
    /// The alternatives, one of which describes the value, too.
    pub(super) alternatives: Vec<SchemaId>,
    /// The schemas that list these alternatives, and their keywords.
    pub(super) unions: Vec<(SchemaId, Combination)>,
    /// The alternatives of each choice: one of them describes the value.
    pub(super) choices: Vec<Vec<SchemaId>>,
    /// The schemas that were split, as one of the first or the second kind.
    passed: [BTreeSet<SchemaId>; 2],
}

impl Lower<'_> {
    /// Adds the parts of a schema, which describes the value or is one of its alternatives.
    pub(super) fn take_apart(&self, id: SchemaId, alternative: bool, parts: &mut Parts) {
        let id = self.end_of_references(id);
        let [passed, passed_alternatives] = &mut parts.passed;
        // A schema that contains itself, or was added before, adds nothing.
        let is_new = match alternative {
            true => !passed.contains(&id) && passed_alternatives.insert(id),
            false => passed.insert(id),
        };
        if !is_new || self.is_at_limit() {
            return;
        }
        let schema = self.schema(id);
        if alternative { &mut parts.alternatives } else { &mut parts.all }.push(id);
        for part in &schema.all_of {
            self.take_apart(*part, alternative, parts);
        }
        if let Some(keyword) = self.union_keyword(id) {
            if !alternative {
                parts.unions.push((id, keyword));
                parts.choices.push(schema.subschemas(keyword).to_vec());
            }
            for member in schema.subschemas(keyword) {
                self.take_apart(*member, true, parts);
            }
        }
    }

    /// Returns the properties that each alternative of some choice describes. As any other property of
    /// the alternatives, there may be a value that only one allows which does not describe it: then it
    /// can be anything, null included.
    pub(super) fn always_described(&self, parts: &Parts) -> BTreeSet<String> {
        let mut known = BTreeMap::new();
        let choices = parts.choices.iter();
        choices.flat_map(|choice| self.described_by_all(choice, &mut known)).collect()
    }

    fn described_by_all(
        &self,
        alternatives: &[SchemaId],
        known: &mut BTreeMap<SchemaId, BTreeSet<String>>,
    ) -> BTreeSet<String> {
        let objects = alternatives.iter().filter(|id| !self.is_null(**id));
        let described = objects.map(|id| self.described(*id, known));
        described
            .reduce(|all, other| all.intersection(&other).cloned().collect())
            .unwrap_or_default()
    }

    /// Returns the properties that a schema describes, whatever alternative a value matches. `known` are
    /// the results so far, empty for a schema that contains itself.
    fn described(
        &self,
        id: SchemaId,
        known: &mut BTreeMap<SchemaId, BTreeSet<String>>,
    ) -> BTreeSet<String> {
        let id = self.end_of_references(id);
        if let Some(known) = known.get(&id) {
            return known.clone();
        }
        known.insert(id, BTreeSet::new());
        if self.is_at_limit() {
            return BTreeSet::new();
        }
        let schema = self.schema(id);
        let mut names: BTreeSet<String> = schema.properties.keys().cloned().collect();
        for part in &schema.all_of {
            names.extend(self.described(*part, known));
        }
        if let Some(keyword) = self.union_keyword(id) {
            names.extend(self.described_by_all(schema.subschemas(keyword), known));
        }
        self.diagnostics.steps().record(names.len());
        known.insert(id, names.clone());
        names
    }

    /// Returns the only part that describes the value, such as where `allOf` adds a description to
    /// a reference.
    pub(super) fn only_part(&self, schemas: &[SchemaId], parts: &Parts) -> Option<SchemaId> {
        let mut members: Vec<SchemaId> = Vec::new();
        for id in schemas {
            let schema = self.schema(*id);
            if has_own_shape(schema) || !schema.required.is_empty() {
                members.push(*id);
            }
            members.extend(&schema.all_of);
        }
        let own_union = schemas.iter().any(|schema| self.union_keyword(*schema).is_some());
        let mut ends = BTreeSet::new();
        members.retain(|member| {
            let is_relevant = self.has_shape(*member) || !self.schema(*member).required.is_empty();
            is_relevant && ends.insert(self.end_of_references(*member))
        });
        match members.as_slice() {
            [only]
                if !own_union
                    && !schemas.contains(only)
                    && !parts.all.is_empty()
                    && !self.is_among_alternatives(*only, schemas) =>
            {
                Some(*only)
            }
            _ => None,
        }
    }

    /// Returns whether one of the schemas is an alternative of a union, or extends a base whose
    /// discriminator selects. It is then a part of that union, and cannot be the same type.
    fn is_among_alternatives(&self, union: SchemaId, schemas: &[SchemaId]) -> bool {
        let union = self.end_of_references(union);
        let mut next = vec![union];
        let mut passed = BTreeSet::new();
        while let Some(id) = next.pop() {
            if !passed.insert(id) {
                continue;
            }
            let schema = self.schema(id);
            next.extend(schema.alternatives().map(|member| self.end_of_references(member)));
            if schema.discriminator.is_some() {
                next.extend(self.subtypes.get(&id).into_iter().flatten());
            }
        }
        passed.remove(&union);
        schemas.iter().any(|schema| passed.contains(&self.end_of_references(*schema)))
    }
}

/// Returns whether a schema describes a value, without its combinations.
pub(super) fn has_own_shape(schema: &Schema) -> bool {
    schema.ty.is_some() || !schema.enumeration.is_empty()
}
