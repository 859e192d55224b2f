//! Schemas that describe the same value together: `allOf`, and what stands beside `oneOf`.
//!
//! The parts are taken apart until each is a schema without combinations. Objects become one object
//! with the properties of all. A property that several parts have is a combination itself.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::Lower;
use super::schema::{Usage, has_texts, integer, with};
use super::union::union_of;
use crate::ir::{Field, JsonType, Object, Shape, Type, TypeDef};
use crate::parse::SchemaType;
use crate::pointer::Pointer;

/// How deep combinations can be inside each other. Schemas that are part of themselves make ever new
/// ones, and nobody wants to see those.
const DEEPEST: usize = 16;

/// The parts of a combination.
#[derive(Default)]
struct Parts {
    /// Those that describe the value.
    all: Vec<Pointer>,
    /// Those of which one describes the value as well.
    alternatives: Vec<Pointer>,
    /// Where these alternatives are listed, and under which keyword.
    unions: Vec<(Pointer, &'static str)>,
    /// Those that have been taken apart, as one of the first or the second kind.
    passed: [BTreeSet<Pointer>; 2],
}

/// Where a property is described.
#[derive(Default)]
struct Property {
    all: Vec<Pointer>,
    alternatives: Vec<Pointer>,
}

impl Lower<'_> {
    /// What several schemas describe together.
    pub(super) fn combination(
        &mut self,
        schemas: &[Pointer],
        at: &Pointer,
        hint: &[String],
    ) -> Shape {
        let mut parts = Parts::default();
        schemas.iter().for_each(|schema| self.take_apart(schema, false, &mut parts));
        if let Some(only) = self.only_part(schemas, &parts) {
            return self.same_as(&only, at, hint);
        }
        let shaping: Vec<Pointer> =
            parts.all.iter().filter(|part| self.has_own_shape(part)).cloned().collect();
        if shaping.is_empty() && parts.alternatives.is_empty() {
            return Shape::Alias(Type::Any);
        }
        let ty = |part: &Pointer| self.parsed.schema(part).ty();
        let all_say_object = shaping.iter().all(|part| ty(part) == Some(SchemaType::Object));
        let may_be_object = |part| ty(part).is_none_or(|ty| ty == SchemaType::Object);
        if all_say_object && parts.alternatives.iter().all(may_be_object) {
            if let Some(union) = self.union_beside(&parts, hint) {
                return union;
            }
            if !parts.alternatives.is_empty() {
                self.diagnostics.degraded(
                    "merged-alternatives",
                    at,
                    "alternatives stand beside properties: they are one object with the properties of all",
                    "put the properties into each of the alternatives, and those alone into `oneOf`",
                );
            }
            return self.merged(&parts, Vec::new(), hint);
        }
        if let Some(alike) = self.of_one_scalar_type(shaping, &parts.alternatives) {
            return self.narrowest(&alike, hint);
        }
        self.diagnostics.degraded(
            "conflicting-schemas",
            at,
            "`allOf` combines schemas of different types: any value is accepted",
            "let its members describe the same type of value",
        );
        Shape::Alias(Type::Any)
    }

    /// What a schema is of which another one says all. A component has a name for it already.
    pub(super) fn same_as(&mut self, only: &Pointer, at: &Pointer, hint: &[String]) -> Shape {
        let def = self.by_pointer.get(at).and_then(|id| self.types.get(id.0));
        let is_component = def.is_some_and(|def| def.component);
        let is_inline = self.parsed.schema(only).reference().is_none();
        if is_component && is_inline && !self.by_pointer.contains_key(only) {
            return self.shape(only, hint);
        }
        Shape::Alias(self.usage(only, hint).ty)
    }

    /// The parts, if they and their alternatives are of one type. Of numbers the whole ones count:
    /// those are numbers too.
    fn of_one_scalar_type(
        &self,
        mut parts: Vec<Pointer>,
        alternatives: &[Pointer],
    ) -> Option<Vec<Pointer>> {
        let ty = |part: &Pointer| self.parsed.schema(part).ty();
        let is_number =
            |part: &Pointer| matches!(ty(part), Some(SchemaType::Integer | SchemaType::Number));
        let is_whole = |part: &Pointer| ty(part) == Some(SchemaType::Integer);
        if parts.iter().all(is_number) && parts.iter().any(is_whole) {
            parts.retain(is_whole);
        }
        let first = parts.iter().find_map(ty)?;
        let fits = |part: &&Pointer| ty(part).is_none_or(|ty| ty == first);
        let all = || parts.iter().chain(alternatives);
        (all().count() == all().filter(fits).count()).then(|| parts.clone())
    }

    /// One object for alternatives that are objects: it has the properties of all, and requires
    /// those that all require.
    pub(super) fn any_of_objects(&mut self, alternatives: &[Pointer], hint: &[String]) -> Shape {
        let mut parts = Parts::default();
        alternatives.iter().for_each(|at| self.take_apart(at, true, &mut parts));
        let required = alternatives.iter().map(|at| self.profile(at).required);
        let required = required.reduce(|all, other| all.intersection(&other).cloned().collect());
        self.merged(&parts, required.unwrap_or_default().into_iter().collect(), hint)
    }

    /// A union in which each alternative has the properties that stand beside it as well, if
    /// something tells the alternatives apart.
    fn union_beside(&mut self, parts: &Parts, hint: &[String]) -> Option<Shape> {
        let [(at, keyword)] = parts.unions.as_slice() else { return None };
        let members = self.members_beside(at, keyword, &parts.all);
        let is_object = |ty: &JsonType| *ty == JsonType::Object;
        if members.len() < 2
            || !members.iter().all(|member| member.profile.types.iter().all(is_object))
        {
            return None;
        }
        let variants = match self.discriminated(at, &members, hint) {
            Some(variants) => variants,
            None => self.objects(&members, hint)?,
        };
        Some(union_of(variants))
    }

    /// The type of an alternative with what stands beside it.
    pub(super) fn with_base(&mut self, at: &Pointer, base: &[Pointer], hint: &[String]) -> Type {
        let mut parts = Parts::default();
        self.take_apart(at, false, &mut parts);
        parts.all.splice(0..0, base.iter().cloned());
        let shape = self.merged(&parts, Vec::new(), hint);
        let docs = self.docs_of(at);
        Type::Named(self.declare(at, hint.to_vec(), docs, shape))
    }

    /// Adds the parts of a schema, which describes the value or is one of its alternatives.
    fn take_apart(&self, at: &Pointer, alternative: bool, parts: &mut Parts) {
        let at = self.end_of_references(at);
        let [passed, passed_alternatives] = &mut parts.passed;
        // What contains itself adds nothing to itself, nor does what has been added already.
        let is_new = match alternative {
            true => !passed.contains(&at) && passed_alternatives.insert(at.clone()),
            false => passed.insert(at.clone()),
        };
        if !is_new {
            return;
        }
        let schema = self.parsed.schema(&at);
        if alternative { &mut parts.alternatives } else { &mut parts.all }.push(at.clone());
        for index in 0..schema.count("allOf") {
            self.take_apart(&at.join("allOf").join(index), alternative, parts);
        }
        if let Some(keyword) = self.union_keyword(&at) {
            if !alternative {
                parts.unions.push((at.clone(), keyword));
            }
            for index in 0..schema.count(keyword) {
                self.take_apart(&at.join(keyword).join(index), true, parts);
            }
        }
    }

    /// The schema behind references, whether it is a component or not.
    pub(super) fn end_of_references(&self, at: &Pointer) -> Pointer {
        let mut at = at.clone();
        let mut passed = BTreeSet::new();
        while let Some(next) = self.parsed.schema(&at).reference() {
            if !passed.insert(next.clone()) {
                break;
            }
            at = next;
        }
        at
    }

    /// Whether a schema says what a value is, not counting the combinations in it.
    fn has_own_shape(&self, at: &Pointer) -> bool {
        let schema = self.parsed.schema(at);
        schema.ty().is_some() || !schema.enumeration().is_empty()
    }

    /// The member that alone says something, as where `allOf` puts words beside a reference.
    fn only_part(&self, schemas: &[Pointer], parts: &Parts) -> Option<Pointer> {
        let says_something = |part: &Pointer| {
            self.has_own_shape(part) || self.parsed.schema(part).required().next().is_some()
        };
        let mut members: Vec<Pointer> = Vec::new();
        for schema in schemas {
            if says_something(schema) {
                members.push(schema.clone());
            }
            let count = self.parsed.schema(schema).count("allOf");
            members.extend((0..count).map(|index| schema.join("allOf").join(index)));
        }
        let own_union = schemas.iter().any(|schema| self.union_keyword(schema).is_some());
        let of_interest = |member: &Pointer| {
            self.has_shape(member) || self.parsed.schema(member).required().next().is_some()
        };
        let mut ends = BTreeSet::new();
        members.retain(|member| of_interest(member) && ends.insert(self.end_of_references(member)));
        match members.as_slice() {
            [only]
                if !own_union
                    && !schemas.contains(only)
                    && !parts.all.is_empty()
                    && !self.is_among_alternatives(only, schemas) =>
            {
                Some(only.clone())
            }
            _ => None,
        }
    }

    /// Whether one of some schemas is an alternative of a union, or builds on it as on a base whose
    /// discriminator chooses. It is then a part of that union, and cannot be the same as it.
    fn is_among_alternatives(&self, union: &Pointer, schemas: &[Pointer]) -> bool {
        let mut next = vec![self.end_of_references(union)];
        let mut passed = BTreeSet::new();
        while let Some(at) = next.pop() {
            if !passed.insert(at.clone()) {
                continue;
            }
            let schema = self.parsed.schema(&at);
            for keyword in ["oneOf", "anyOf"] {
                let members = at.members(keyword, schema.count(keyword));
                next.extend(members.map(|member| self.end_of_references(&member)));
            }
            if schema.get("discriminator").is_some() {
                next.extend(self.subtypes.get(&at).into_iter().flatten().cloned());
            }
        }
        passed.remove(&self.end_of_references(union));
        schemas.iter().any(|schema| passed.contains(&self.end_of_references(schema)))
    }

    /// One object with the properties of all parts, of which some are required besides.
    fn merged(&mut self, parts: &Parts, mut required: Vec<String>, hint: &[String]) -> Shape {
        let mut properties: IndexMap<String, Property> = IndexMap::new();
        for part in &parts.all {
            let schema = self.parsed.schema(part);
            required.extend(schema.required().map(str::to_owned));
            for name in schema.properties() {
                let place = part.join("properties").join(name);
                properties.entry(name.clone()).or_default().all.push(place);
            }
        }
        for part in &parts.alternatives {
            for name in self.parsed.schema(part).properties() {
                let place = part.join("properties").join(name);
                properties.entry(name.clone()).or_default().alternatives.push(place);
            }
        }
        let required: BTreeSet<String> = required.into_iter().collect();
        let mut fields = Vec::new();
        for (name, property) in &properties {
            fields.push(self.common_field(name, property, hint, required.contains(name)));
        }
        let with_additional = parts.all.iter().rev().find(|part| {
            let additional = self.parsed.schema(part).get("additionalProperties");
            additional.is_some_and(serde_json::Value::is_object)
        });
        let additional = match with_additional.cloned() {
            // The properties of alternatives are not all of the type that the others have.
            Some(part) => self.additional(&part, hint),
            None => Type::Any,
        };
        Shape::Object(Object { fields, additional })
    }

    /// A property that is described at several places.
    fn common_field(
        &mut self,
        name: &str,
        property: &Property,
        hint: &[String],
        required: bool,
    ) -> Field {
        let hint = with(hint, name);
        let places = if property.all.is_empty() { &property.alternatives } else { &property.all };
        let fallback = crate::pointer::Pointer::root();
        let told =
            places.iter().find(|place| self.parsed.schema(place).get("description").is_some());
        let told = told.or(places.first()).unwrap_or(&fallback).clone();
        let usage = if property.all.is_empty() && !self.are_equal(places) {
            // Each alternative has its own idea of it.
            Usage { ty: Type::Any, nullable: true }
        } else {
            self.common_type(places, &hint)
        };
        let mut field = self.field(name, &told, usage.ty, usage.nullable, required);
        let says = |flag: &str| places.iter().any(|place| self.parsed.schema(place).flag(flag));
        field.read_only = says("readOnly");
        field.write_only = says("writeOnly");
        field
    }

    /// The type of what several schemas describe together.
    fn common_type(&mut self, places: &[Pointer], hint: &[String]) -> Usage {
        let mut distinct: Vec<Pointer> = Vec::new();
        let mut seen = BTreeSet::new();
        for place in places.iter().filter(|place| self.has_shape(place)) {
            let end = self.end_of_references(place);
            if seen.insert(super::notes::facts(end.find(&self.parsed.root))) {
                distinct.push(place.clone());
            }
        }
        match (distinct.as_slice(), places) {
            ([only], _) | ([], [only, ..]) => self.usage(only, hint),
            ([], []) => Usage { ty: Type::Any, nullable: true },
            ([first, ..], _) => {
                let nullable =
                    distinct.iter().all(|place| self.is_nullable(place, &mut BTreeMap::new()));
                Usage { ty: self.together(&distinct, first, hint), nullable }
            }
        }
    }

    /// The type of what several schemas describe together, which may be part of itself.
    fn together(&mut self, schemas: &[Pointer], first: &Pointer, hint: &[String]) -> Type {
        let ends: BTreeSet<Pointer> =
            schemas.iter().map(|schema| self.end_of_references(schema)).collect();
        if let Some(known) = self.by_parts.get(&ends) {
            return known.clone();
        }
        if self.depth == DEEPEST {
            let construct = "a property that is combined of schemas again and again";
            self.diagnostics.unsupported(first, construct, "it can be anything");
            return Type::Any;
        }
        let id = self.reserve(first, hint.to_vec(), false);
        self.by_parts.insert(ends.clone(), Type::Named(id));
        self.depth += 1;
        let shape = self.combination(schemas, first, hint);
        self.depth -= 1;
        let docs = super::notes::docs(self.parsed.schema(first), true);
        if let Some(def) = self.types.get_mut(id.0) {
            *def = TypeDef { docs, shape, ..def.clone() };
        }
        let ty = self.take_back(id).unwrap_or(Type::Named(id));
        self.by_parts.insert(ends, ty.clone());
        ty
    }

    /// Whether schemas say the same.
    fn are_equal(&self, places: &[Pointer]) -> bool {
        let ends: Vec<Pointer> = places.iter().map(|place| self.end_of_references(place)).collect();
        let facts = |at: &Pointer| super::notes::facts(at.find(&self.parsed.root));
        ends.windows(2).all(|pair| match pair {
            [one, other] => one == other || facts(one) == facts(other),
            _ => true,
        })
    }

    /// Of several schemas of one type the one that says most.
    fn narrowest(&mut self, parts: &[Pointer], hint: &[String]) -> Shape {
        let rank = |part: &&Pointer| {
            let schema = self.parsed.schema(part);
            let items = schema.get("items").is_some();
            let lists = has_texts(schema) || self.union_keyword(part).is_some();
            (lists, schema.get("format").is_some(), items)
        };
        let mut best: Option<&Pointer> = None;
        for part in parts {
            if best.is_none_or(|best| rank(&part) > rank(&best)) {
                best = Some(part);
            }
        }
        let whole = |part: &&Pointer| self.parsed.schema(part).ty() == Some(SchemaType::Integer);
        if let Some(best) = best.filter(whole) {
            return Shape::Alias(integer(self.parsed.schema(best)));
        }
        match best.cloned() {
            Some(best)
                if has_texts(self.parsed.schema(&best)) && !self.by_pointer.contains_key(&best) =>
            {
                Shape::Enum(self.enumeration(&best))
            }
            // A part with combinations of its own would lead back here.
            Some(best) if self.parsed.schema(&best).count("allOf") == 0 => {
                Shape::Alias(self.usage(&best, hint).ty)
            }
            Some(_) | None => Shape::Alias(Type::Any),
        }
    }
}
