//! Combined schemas: `allOf`, and the schemas next to `oneOf`.
//!
//! Takes schemas that describe one value, splits them into parts without combinations, and returns
//! one shape. Objects become one object with the properties of all. A property of several parts is
//! a combination itself.

mod parts;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::Value;

use self::parts::{Parts, has_own_shape};
use super::Lower;
use super::object::with_constant;
use super::schema::{Usage, enumeration, has_values, integer, number, with};
use super::union::union_of;
use crate::document::{Schema, SchemaId, SchemaType};
use crate::ir::{Field, JsonType, Object, Shape, Type, TypeDef};

/// The maximum depth of nested combinations. Schemas that contain themselves create new ones
/// without end.
const DEEPEST: usize = 16;

/// The locations of a property.
#[derive(Default)]
struct Property {
    all: Vec<SchemaId>,
    alternatives: Vec<SchemaId>,
    /// Whether there is a schema for it, whatever alternative a value matches.
    always: bool,
}

impl Lower<'_> {
    /// Returns the shape of combined schemas. `id` is the one with the name.
    pub(super) fn combination(
        &mut self,
        schemas: &[SchemaId],
        id: SchemaId,
        hint: &[String],
    ) -> Shape {
        let mut parts = Parts::default();
        schemas.iter().for_each(|schema| self.take_apart(*schema, false, &mut parts));
        if let Some(only) = self.only_part(schemas, &parts) {
            return self.same_as(only, id, hint);
        }
        let shaping: Vec<SchemaId> =
            parts.all.iter().copied().filter(|part| has_own_shape(self.schema(*part))).collect();
        if shaping.is_empty() && parts.alternatives.is_empty() {
            return Shape::Alias(Type::Any);
        }
        let all_say_object = shaping.iter().all(|part| self.ty(*part) == Some(SchemaType::Object));
        let may_be_object =
            |part: &SchemaId| self.ty(*part).is_none_or(|ty| ty == SchemaType::Object);
        if all_say_object && parts.alternatives.iter().all(may_be_object) {
            self.note_combined_type(&shaping);
            if let Some(union) = self.union_beside(&parts, hint) {
                return union;
            }
            if !parts.alternatives.is_empty() {
                self.diagnostics.degraded(
                    "merged-alternatives",
                    &self.schema(id).at,
                    "alternatives stand beside properties: they are one object with the properties of all",
                    "put the properties into each of the alternatives, and those alone into `oneOf`",
                );
            }
            return self.merged(&parts, Vec::new(), hint);
        }
        self.note_combined_type(&shaping);
        if let Some(alike) = self.of_one_scalar_type(shaping, &parts.alternatives) {
            return self.narrowest(&alike, hint);
        }
        self.diagnostics.degraded(
            "conflicting-schemas",
            &self.schema(id).at,
            "`allOf` combines schemas of different types: any value is accepted",
            "let its members describe the same type of value",
        );
        Shape::Alias(Type::Any)
    }

    /// Reports that values of other types are rejected, if no part has a type.
    fn note_combined_type(&mut self, shaping: &[SchemaId]) {
        let says = |part: &SchemaId| self.schema(*part).implied_by.is_none();
        if shaping.iter().any(says) {
            // The other parts are of the same type.
            self.typed_beside.extend(shaping);
        } else if let Some(first) = shaping.first() {
            self.note_implied_type(*first);
        }
    }

    fn ty(&self, id: SchemaId) -> Option<SchemaType> {
        self.schema(id).ty
    }

    /// Returns the shape of a schema that another one describes completely. A component already has
    /// a name for it.
    pub(super) fn same_as(&mut self, only: SchemaId, id: SchemaId, hint: &[String]) -> Shape {
        let is_component = self.schema(id).component.is_some();
        let is_inline = self.schema(only).reference.is_none();
        if is_component && is_inline && !self.by_schema.contains_key(&only) {
            return self.shape(only, hint);
        }
        Shape::Alias(self.usage(only, hint).ty)
    }

    /// Returns the parts, if they and their alternatives are of one type. Integers are numbers,
    /// too.
    fn of_one_scalar_type(
        &self,
        mut parts: Vec<SchemaId>,
        alternatives: &[SchemaId],
    ) -> Option<Vec<SchemaId>> {
        let ty = |part: &SchemaId| self.ty(*part);
        let is_number =
            |part: &SchemaId| matches!(ty(part), Some(SchemaType::Integer | SchemaType::Number));
        let is_integer = |part: &SchemaId| ty(part) == Some(SchemaType::Integer);
        if parts.iter().all(is_number) && parts.iter().any(is_integer) {
            parts.retain(is_integer);
        }
        let first = parts.iter().find_map(ty)?;
        let fits = |part: &SchemaId| ty(part).is_none_or(|ty| ty == first);
        parts.iter().chain(alternatives).all(fits).then_some(parts)
    }

    /// Returns one object for alternatives that are objects: it has the properties of all, and
    /// requires those that all require.
    pub(super) fn any_of_objects(&mut self, alternatives: &[SchemaId], hint: &[String]) -> Shape {
        let mut parts = Parts::default();
        alternatives.iter().for_each(|id| self.take_apart(*id, true, &mut parts));
        parts.choices.push(alternatives.to_vec());
        let required = alternatives.iter().map(|id| self.profile(*id).required);
        let required = required.reduce(|all, other| all.intersection(&other).cloned().collect());
        self.merged(&parts, required.unwrap_or_default().into_iter().collect(), hint)
    }

    /// Returns a union whose alternatives include the properties next to it, if the alternatives
    /// can be distinguished.
    fn union_beside(&mut self, parts: &Parts, hint: &[String]) -> Option<Shape> {
        let [(id, keyword)] = parts.unions.as_slice() else { return None };
        let members = self.members_beside(*id, *keyword, &parts.all);
        let is_object = |ty: &JsonType| *ty == JsonType::Object;
        if members.len() < 2
            || !members.iter().all(|member| member.profile.types.iter().all(is_object))
        {
            return None;
        }
        let variants = match self.discriminated(*id, &members, hint) {
            Some(variants) => variants,
            None => self.objects(&members, hint)?,
        };
        Some(union_of(variants))
    }

    /// Returns the type of an alternative, with the schemas next to it.
    pub(super) fn with_base(&mut self, id: SchemaId, base: &[SchemaId], hint: &[String]) -> Type {
        let mut parts = Parts::default();
        self.take_apart(id, false, &mut parts);
        parts.all.splice(0..0, base.iter().copied());
        let shape = self.merged(&parts, Vec::new(), hint);
        let docs = self.docs_of(id);
        Type::Named(self.declare(id, hint.to_vec(), docs, shape))
    }

    /// Returns one object with the properties of all parts, some of which are required in addition.
    fn merged(&mut self, parts: &Parts, mut required: Vec<String>, hint: &[String]) -> Shape {
        let mut properties: IndexMap<&String, Property> = IndexMap::new();
        for part in &parts.all {
            let schema = self.schema(*part);
            required.extend(schema.required.iter().cloned());
            for (name, property) in &schema.properties {
                properties.entry(name).or_default().all.push(*property);
            }
        }
        for part in &parts.alternatives {
            for (name, property) in &self.schema(*part).properties {
                properties.entry(name).or_default().alternatives.push(*property);
            }
        }
        let required: BTreeSet<String> = required.into_iter().collect();
        let mut fields = Vec::new();
        let always = self.always_described(parts);
        for (name, mut property) in properties {
            property.always = !property.all.is_empty() || always.contains(name);
            // The property exists because one of the parts has it.
            let at = parts.all.first().or(parts.alternatives.first());
            if at.is_some_and(|part| !self.count_property(&self.schema(*part).at)) {
                break;
            }
            fields.push(self.common_field(name, &property, hint, required.contains(name)));
        }
        let mut all = parts.all.iter().rev().map(|part| self.schema(*part));
        let additional = match all.find(|part| part.additional_properties.is_some()) {
            // The properties of alternatives may have different types.
            Some(part) => self.additional(part, hint),
            None => Type::Any,
        };
        Shape::Object(Object { fields, additional })
    }

    /// Returns a property that several schemas describe.
    fn common_field(
        &mut self,
        name: &str,
        property: &Property,
        hint: &[String],
        required: bool,
    ) -> Field {
        let hint = with(hint, name);
        let Property { all, alternatives, always } = property;
        let schemas = if all.is_empty() { alternatives } else { all };
        let constant = if all.is_empty() { None } else { self.common_constant(all, required) };
        let usage = if let Some((ty, _)) = &constant {
            Usage { ty: ty.clone(), nullable: false }
        } else if all.is_empty() && (!self.are_equal(schemas) || required && !always) {
            // Each alternative describes it in its own way, or not at all.
            Usage { ty: Type::Any, nullable: true }
        } else {
            let Usage { ty, nullable } = self.common_type(schemas, &hint);
            // An optional value of another type is kept, but null would be read as absent.
            Usage { ty, nullable: nullable || !always }
        };
        let is_described = |id: &&SchemaId| self.schema(**id).description.is_some();
        let described = schemas.iter().find(is_described).or(schemas.first());
        let Some(described) = described else {
            unreachable!("a property is there because a schema has it")
        };
        let mut field = self.field(name, *described, usage.ty, usage.nullable, required);
        field.read_only = schemas.iter().any(|id| self.is_read_only(*id));
        field.write_only = schemas.iter().any(|id| self.is_write_only(*id));
        match constant {
            Some((_, constant)) => with_constant(field, constant),
            None => field,
        }
    }

    /// Returns the constant of a property that several schemas describe: the constant of one of
    /// them, if the others allow any value of its type or list it.
    fn common_constant(&mut self, schemas: &[SchemaId], required: bool) -> Option<(Type, Value)> {
        let constants: Vec<Option<(Type, Value)>> =
            schemas.iter().map(|id| self.constant(*id, required)).collect();
        let (ty, value) = constants.iter().flatten().next().cloned()?;
        let has_it = |id: &SchemaId| {
            let schema = self.document.schemas.resolved(*id);
            let is_plain = schema.all_of.is_empty() && schema.alternatives().next().is_none();
            let is_listed = schema.enumeration.is_empty() || schema.enumeration.contains(&value);
            is_plain && is_listed && (schema.ty == value_type(&value) || !self.has_shape(*id))
        };
        if !schemas.iter().all(has_it) {
            return None;
        }
        // Another schema may have an enum for the values, of which this is one.
        let is_enum = |id: &&SchemaId| has_values(self.document.schemas.resolved(**id));
        let known = schemas.iter().filter(is_enum).find_map(|id| self.of_component(*id));
        Some((known.unwrap_or(ty), value))
    }

    /// Returns the type of combined schemas.
    fn common_type(&mut self, schemas: &[SchemaId], hint: &[String]) -> Usage {
        let mut distinct: Vec<SchemaId> = Vec::new();
        let mut seen = BTreeSet::new();
        for id in schemas.iter().filter(|id| self.has_shape(**id)) {
            if seen.insert(self.document.schemas.resolved(*id).fingerprint) {
                distinct.push(*id);
            }
        }
        self.without_bare_objects(&mut distinct);
        match (distinct.as_slice(), schemas) {
            ([only], _) | ([], [only, ..]) => self.usage(*only, hint),
            ([], []) => Usage { ty: Type::Any, nullable: true },
            ([first, ..], _) => {
                let nullable = distinct.iter().all(|id| self.is_nullable(*id));
                Usage { ty: self.together(&distinct, *first, hint), nullable }
            }
        }
    }

    /// Returns the type of combined schemas, which may contain themselves.
    fn together(&mut self, schemas: &[SchemaId], first: SchemaId, hint: &[String]) -> Type {
        let mut parts: Vec<SchemaId> = Vec::new();
        let mut ends = BTreeSet::new();
        let all = schemas.iter().map(|schema| self.end_of_references(*schema));
        parts.extend(all.filter(|end| ends.insert(*end)));
        let key = (self.context.owner.clone(), ends);
        if let Some(known) = self.by_parts.get(&key).cloned() {
            if let Type::Named(id) = known {
                self.meet_again(id, hint);
            }
            return known;
        }
        let at = &self.schema(first).at;
        if self.depth == DEEPEST {
            let construct = "a property that is combined of schemas again and again";
            self.diagnostics.unsupported(at, construct, "it can be anything");
            return Type::Any;
        }
        self.depth += 1;
        let array = self.array_of_all(&parts, hint);
        self.depth -= 1;
        if let Some(array) = array {
            return array;
        }
        let id = self.reserve(at, hint.to_vec(), false);
        self.by_parts.insert(key.clone(), Type::Named(id));
        self.depth += 1;
        let owner = key.0.clone();
        let shape = self.inside(id, owner, |lower| lower.combination(schemas, first, hint));
        self.depth -= 1;
        let docs = super::notes::docs(self.schema(first), true);
        if let Some(def) = self.types.get_mut(id.0) {
            *def = TypeDef { docs, shape, ..def.clone() };
        }
        let ty = self.take_back(id).unwrap_or(Type::Named(id));
        self.by_parts.insert(key, ty.clone());
        ty
    }

    /// Returns whether schemas are equal.
    fn are_equal(&self, schemas: &[SchemaId]) -> bool {
        let fingerprint = |id: &SchemaId| self.document.schemas.resolved(*id).fingerprint;
        schemas.windows(2).all(|pair| match pair {
            [one, other] => fingerprint(one) == fingerprint(other),
            _ => true,
        })
    }

    /// Returns the most specific of several schemas of one type.
    fn narrowest(&mut self, parts: &[SchemaId], hint: &[String]) -> Shape {
        if let Some(array) = self.array_of_all(parts, hint) {
            return Shape::Alias(array);
        }
        let rank = |id: SchemaId| {
            let schema = self.schema(id);
            let lists = has_values(schema) || self.union_keyword(id).is_some();
            let has_items = schema.items.schema().is_some_and(|item| self.has_shape(item));
            (lists, schema.format.is_some(), has_items)
        };
        let mut best: Option<SchemaId> = None;
        for part in parts {
            if best.is_none_or(|best| rank(*part) > rank(best)) {
                best = Some(*part);
            }
        }
        let Some(best) = best else { return Shape::Alias(Type::Any) };
        let schema = self.schema(best);
        match parts.iter().find_map(|part| self.ty(*part)) {
            Some(SchemaType::Integer) => return Shape::Alias(integer(schema)),
            // Only strings become variants. For other values, the type alone counts.
            Some(SchemaType::Boolean) if has_values(schema) => return Shape::Alias(Type::Boolean),
            Some(SchemaType::Number) if has_values(schema) => return Shape::Alias(number(schema)),
            Some(SchemaType::String)
                if has_values(schema) && !self.by_schema.contains_key(&best) =>
            {
                return Shape::Enum(enumeration(schema));
            }
            Some(_) | None => {}
        }
        if schema.all_of.is_empty() {
            return Shape::Alias(self.usage(best, hint).ty);
        }
        // A part with combinations would be combined again; its type alone is not.
        Shape::Alias(match schema.ty {
            Some(SchemaType::String) => self.string(schema),
            Some(SchemaType::Number) => number(schema),
            Some(SchemaType::Boolean) => Type::Boolean,
            Some(SchemaType::Integer | SchemaType::Array | SchemaType::Object) | None => Type::Any,
        })
    }

    /// Returns the type of an array that several schemas describe: an item is the combination of
    /// theirs.
    fn array_of_all(&mut self, parts: &[SchemaId], hint: &[String]) -> Option<Type> {
        let schemas = || parts.iter().map(|part| self.schema(*part));
        let is_plain = |schema: &Schema| {
            schema.ty == Some(SchemaType::Array)
                && schema.prefix_items.is_empty()
                && schema.all_subschemas().next().is_none()
        };
        if !schemas().all(is_plain) {
            return None;
        }
        let mut items: Vec<SchemaId> = schemas().filter_map(|part| part.items.schema()).collect();
        items.retain(|item| self.has_shape(*item));
        // The type of a single part may have a name.
        (items.len() > 1 && !self.are_equal(&items)).then(|| {
            let item = self.common_type(&items, &with(hint, "item")).item();
            Type::Array(Box::new(item))
        })
    }

    /// Removes the schemas that only say that a value is an object, if others say more.
    fn without_bare_objects(&self, schemas: &mut Vec<SchemaId>) {
        let is_bare = |id: &SchemaId| {
            let schema = self.document.schemas.resolved(*id);
            schema.ty == Some(SchemaType::Object)
                && schema.properties.is_empty()
                && schema.required.is_empty()
                && schema.additional_properties.is_none()
                && schema.all_subschemas().next().is_none()
        };
        let is_object = |id: &SchemaId| self.profile(*id).types.iter().eq([&JsonType::Object]);
        if schemas.iter().any(|id| !is_bare(id) && is_object(id)) {
            schemas.retain(|id| !is_bare(id));
        }
    }
}

/// Returns the type of a value that can be a constant.
fn value_type(value: &Value) -> Option<SchemaType> {
    match value {
        Value::String(_) => Some(SchemaType::String),
        Value::Bool(_) => Some(SchemaType::Boolean),
        Value::Number(_) => Some(SchemaType::Integer),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
