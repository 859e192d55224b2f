//! `oneOf` and `anyOf` as unions.
//!
//! Takes the alternatives, and returns variants with the tests that distinguish them, in this order: a
//! discriminator, a property with different constants in each alternative, a required property that no
//! other alternative has, the JSON type. Objects that cannot be distinguished become one object with the
//! properties of all, and arrays one array with the items of all. Anything else is a free value.

use std::collections::{BTreeMap, BTreeSet};

use super::Lower;
use super::distinguish::{found_tag, own_keys, test};
use super::profile::{Constant, Profile};
use super::schema::with;
use crate::document::{Combination, Discriminator, SchemaId};
use crate::ir::{JsonType, MemberId, Shape, Tagging, Test, Type, Union, UnionVariant, WireName};
use crate::pointer::Pointer;

/// An alternative of a union.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) id: SchemaId,
    pub(super) profile: Profile,
    /// The schemas that apply next to each alternative.
    base: Vec<SchemaId>,
}

impl Lower<'_> {
    /// Returns the shape of `oneOf` or `anyOf`.
    pub(super) fn union(&mut self, id: SchemaId, keyword: Combination, hint: &[String]) -> Shape {
        let members = self.members(id, keyword);
        if self.schema(id).ty.is_some() && self.schema(id).implied_by.is_none() {
            let ends = members.iter().map(|member| self.end_of_references(member.id));
            self.typed_beside.extend(ends.collect::<Vec<_>>());
        }
        match members.as_slice() {
            [] => return Shape::Alias(Type::Any),
            // A single alternative, or one and null, is how documents add a description to a reference.
            [only] => return self.same_as(only.id, id, hint),
            _ => {}
        }
        match self.discriminated(id, &members, hint) {
            Some(variants) => union_of(variants),
            None => {
                let at = self.schema(id).at.join(keyword.keyword());
                self.alternatives(&members, &at, hint)
            }
        }
    }

    /// Returns the shape of alternatives without a discriminator. `at` is the location of the keyword.
    fn alternatives(&mut self, members: &[Member], at: &Pointer, hint: &[String]) -> Shape {
        if let Some(shape) = self.scalars(members) {
            return shape;
        }
        let is_object = |member: &Member| member.profile.types.iter().eq([&JsonType::Object]);
        if members.iter().all(is_object) {
            return match self.objects(members, hint) {
                Some(variants) => union_of(variants),
                None => self.undecidable(members, at, hint),
            };
        }
        match self.distinguish(members, at, hint) {
            Some(variants) => union_of(variants),
            None => {
                self.diagnostics.degraded(
                    "undecidable-union",
                    at,
                    "nothing tells the alternatives apart: any value is accepted",
                    "give it a discriminator, or each alternative a property with a single value",
                );
                Shape::Alias(Type::Any)
            }
        }
    }

    /// Returns one object for alternatives that are objects.
    fn undecidable(&mut self, members: &[Member], at: &Pointer, hint: &[String]) -> Shape {
        self.diagnostics.degraded(
            "undecidable-union",
            at,
            "nothing tells the alternatives apart: they are one object with the properties of all",
            "give it a discriminator, or each alternative a property with a single value",
        );
        let ids: Vec<SchemaId> = members.iter().map(|member| member.id).collect();
        self.any_of_objects(&ids, hint)
    }

    /// Returns the alternatives, including those of nested unions, without null.
    fn members(&self, id: SchemaId, keyword: Combination) -> Vec<Member> {
        let mut found = Vec::new();
        self.collect(id, keyword, &mut BTreeSet::from([id]), &mut found);
        self.with_profiles(found)
    }

    /// Returns schemas as alternatives, each once.
    pub(super) fn with_profiles(&self, mut schemas: Vec<SchemaId>) -> Vec<Member> {
        let mut ends = BTreeSet::new();
        schemas.retain(|id| ends.insert(self.end_of_references(*id)));
        let steps = self.diagnostics.steps();
        let member = |id| {
            let profile = self.profile(id);
            let is_left = steps.take_each(1 + profile.properties.len());
            is_left.then(|| Member { profile, base: Vec::new(), id })
        };
        schemas.into_iter().map_while(member).collect()
    }

    /// Returns the alternatives, with the schemas that apply next to all of them.
    pub(super) fn members_beside(
        &self,
        id: SchemaId,
        keyword: Combination,
        base: &[SchemaId],
    ) -> Vec<Member> {
        let mut members = self.members(id, keyword);
        let beside = base.iter().map(|part| self.own_profile(self.schema(*part)));
        let beside: Vec<Profile> = beside.collect();
        for member in &mut members {
            for own in &beside {
                self.diagnostics.steps().record(1 + own.properties.len());
                member.profile = member.profile.clone().and(own.clone());
            }
            member.base = base.to_vec();
        }
        members
    }

    fn collect(
        &self,
        id: SchemaId,
        keyword: Combination,
        passed: &mut BTreeSet<SchemaId>,
        found: &mut Vec<SchemaId>,
    ) {
        for member in self.schema(id).subschemas(keyword) {
            if self.is_null(*member) {
                continue;
            }
            let end = self.end_of_references(*member);
            let schema = self.schema(end);
            let inner = self.union_keyword(end).filter(|_| {
                let alone = schema.properties.is_empty() && schema.all_of.is_empty();
                alone && schema.discriminator.is_none()
            });
            match inner {
                Some(inner) if passed.insert(end) => self.collect(end, inner, passed, found),
                Some(_) => {}
                None => found.push(*member),
            }
        }
    }

    /// Returns the variants by a discriminator (OpenAPI 3.0.3, Discriminator Object).
    pub(super) fn discriminated(
        &mut self,
        id: SchemaId,
        members: &[Member],
        hint: &[String],
    ) -> Option<Vec<UnionVariant>> {
        let discriminator = self.schema(id).discriminator.as_ref()?;
        let property = &discriminator.property_name;
        let mapping = self.mapping(discriminator);
        // Constants of a shared base do not distinguish the alternatives.
        let mut seen = BTreeSet::new();
        let own = |member: &Member| member.profile.tags.get(property).cloned().unwrap_or_default();
        let own_tell = members.iter().flat_map(own).all(|constant| seen.insert(constant));
        let mut tags: Vec<Vec<Constant>> = Vec::new();
        for member in members {
            let end = self.end_of_references(member.id);
            let own: Vec<Constant> = own(member).into_iter().filter(|_| own_tell).collect();
            let of_member = mapping.get(&end).cloned().unwrap_or_default();
            let of_member: Vec<Constant> = of_member.into_iter().map(Constant::Text).collect();
            let is_number = |constant: &Constant| matches!(constant, Constant::Number(_));
            tags.push(match (of_member.is_empty(), own.is_empty()) {
                (_, false) if own.iter().any(is_number) => own,
                (false, _) => of_member,
                (true, false) => own,
                // Without a mapping, the tag is the name of the component.
                (true, true) => vec![Constant::Text(self.schema(end).component.clone()?)],
            });
        }
        let mut seen = BTreeSet::new();
        if !tags.iter().flatten().all(|tag| seen.insert(tag.clone())) {
            return None;
        }
        self.tagged(members, &WireName(property.clone()), tags, hint)
    }

    /// Returns the tags of each schema in a mapping.
    fn mapping(&self, discriminator: &Discriminator) -> BTreeMap<SchemaId, Vec<String>> {
        let mut tags: BTreeMap<SchemaId, Vec<String>> = BTreeMap::new();
        for (tag, target) in &discriminator.mapping {
            tags.entry(self.end_of_references(*target)).or_default().push(tag.clone());
        }
        tags
    }

    fn tagged(
        &mut self,
        members: &[Member],
        property: &WireName,
        tags: Vec<Vec<Constant>>,
        hint: &[String],
    ) -> Option<Vec<UnionVariant>> {
        let tests: Option<Vec<Test>> = tags.iter().map(|tags| test(property, tags)).collect();
        let mut variants: Vec<UnionVariant> = Vec::new();
        for (member, test) in members.iter().zip(tests?) {
            let ty = self.member_type(member, &with(hint, &test.words()));
            variants.push(UnionVariant { test, number: MemberId::default(), ty });
        }
        Some(variants)
    }

    fn member_type(&mut self, member: &Member, hint: &[String]) -> Type {
        match member.base.as_slice() {
            [] => self.usage(member.id, hint).ty,
            base => {
                let mut hint = hint.to_vec();
                if let Some(name) = &self.document.schemas.resolved(member.id).component
                    && let Some(last) = hint.last_mut()
                {
                    name.clone_into(last);
                }
                self.with_base(member.id, base, &hint)
            }
        }
    }

    /// Returns the variants by the JSON types of their values.
    fn distinguish(
        &mut self,
        members: &[Member],
        at: &Pointer,
        hint: &[String],
    ) -> Option<Vec<UnionVariant>> {
        if !members.iter().all(|member| member.profile.types.len() == 1) {
            return None;
        }
        let of = |ty: JsonType| -> Vec<Member> {
            members.iter().filter(|member| member.profile.types.contains(&ty)).cloned().collect()
        };
        let mut variants = self.object_variants(&of(JsonType::Object), at, hint);
        let has_number = !of(JsonType::Number).is_empty();
        for ty in [
            JsonType::Boolean,
            JsonType::Integer,
            JsonType::Number,
            JsonType::String,
            JsonType::Array,
        ] {
            // An integer is a number, so one variant has both.
            let alike = match ty {
                JsonType::Integer if has_number => Vec::new(),
                JsonType::Number if has_number => {
                    [of(JsonType::Integer), of(JsonType::Number)].concat()
                }
                _ => of(ty),
            };
            if alike.is_empty() {
                continue;
            }
            let of_variant = self.of_one_type(ty, &alike, at, hint);
            variants.push(by_json(ty, of_variant));
        }
        Some(variants)
    }

    /// Returns the type for all alternatives of one JSON type.
    fn of_one_type(
        &mut self,
        ty: JsonType,
        members: &[Member],
        at: &Pointer,
        hint: &[String],
    ) -> Type {
        let hint = with(hint, variant_word(ty));
        if let [only] = members {
            return self.usage(only.id, &hint).ty;
        }
        if ty == JsonType::Array {
            return self.one_list(members, at, &hint);
        }
        match self.scalars(members) {
            Some(shape) => self.named(members, shape, hint),
            None => Type::Any,
        }
    }

    /// Returns one array for alternatives that are arrays: an item may be one of any alternative.
    fn one_list(&mut self, members: &[Member], at: &Pointer, hint: &[String]) -> Type {
        let mut places = Vec::new();
        let mut nullable = false;
        for member in members {
            let schema = self.document.schemas.resolved(member.id);
            let Some(item) = schema.items.schema().filter(|_| schema.prefix_items.is_empty())
            else {
                return Type::Array(Box::new(Type::Any));
            };
            nullable |= self.is_nullable(item);
            match self.union_keyword(item) {
                Some(keyword) => self.collect(item, keyword, &mut BTreeSet::new(), &mut places),
                None => places.push(item),
            }
        }
        let items = self.with_profiles(places);
        let hint = with(hint, "item");
        let ty = match items.as_slice() {
            [only] => self.usage(only.id, &hint).ty,
            _ => {
                let shape = self.alternatives(&items, at, &hint);
                self.named(&items, shape, hint)
            }
        };
        let item = match ty {
            ty if nullable && ty != Type::Any => Type::Nullable(Box::new(ty)),
            ty => ty,
        };
        Type::Array(Box::new(item))
    }

    /// Returns a type for a shape, with a declaration if necessary.
    fn named(&mut self, members: &[Member], shape: Shape, hint: Vec<String>) -> Type {
        match (shape, members.first()) {
            (Shape::Alias(ty), _) => ty,
            (shape, Some(first)) => {
                let docs = crate::ir::Docs::default();
                Type::Named(self.declare(first.id, hint, docs, shape))
            }
            (_, None) => Type::Any,
        }
    }

    /// Returns the variants of those alternatives that are objects.
    fn object_variants(
        &mut self,
        members: &[Member],
        at: &Pointer,
        hint: &[String],
    ) -> Vec<UnionVariant> {
        match members {
            [] => Vec::new(),
            [only] => {
                let ty = self.usage(only.id, &with(hint, "object")).ty;
                vec![by_json(JsonType::Object, ty)]
            }
            _ => match self.objects(members, hint) {
                Some(variants) => variants,
                None => {
                    let hint = with(hint, "object");
                    let shape = self.undecidable(members, at, &hint);
                    vec![by_json(JsonType::Object, self.named(members, shape, hint))]
                }
            },
        }
    }

    /// Returns the variants of alternatives that are all objects.
    pub(super) fn objects(
        &mut self,
        members: &[Member],
        hint: &[String],
    ) -> Option<Vec<UnionVariant>> {
        if let Some((property, tags)) = found_tag(members)
            && let Some(variants) = self.tagged(members, &property, tags, hint)
        {
            return Some(variants);
        }
        self.by_keys(members, hint)
    }

    /// Returns the variants by required properties that no other alternative has. An alternative with such
    /// a test is not compared with the later ones. One alternative may have no such property: it takes all
    /// other objects.
    fn by_keys(&mut self, members: &[Member], hint: &[String]) -> Option<Vec<UnionVariant>> {
        let (keyed, left) = own_keys(members);
        if left.len() > 1 {
            return None;
        }
        let keyed = keyed.into_iter().map(|(member, name)| (member, Test::Key(WireName(name))));
        let rest = left.into_iter().map(|member| (member, Test::Json(JsonType::Object)));
        let mut variants = Vec::new();
        for (member, test) in keyed.chain(rest) {
            let word = match &test {
                Test::Key(name) => name.0.clone(),
                Test::Tag(..) | Test::Number(..) | Test::Json(_) => "object".to_owned(),
            };
            let ty = self.member_type(member, &with(hint, &word));
            variants.push(UnionVariant { test, number: MemberId::default(), ty });
        }
        Some(variants)
    }
}

/// Returns a union, or its only variant.
pub(super) fn union_of(variants: Vec<UnionVariant>) -> Shape {
    match <[UnionVariant; 1]>::try_from(variants) {
        Ok([only]) => Shape::Alias(only.ty),
        Err(variants) => {
            // A value with the property may still be of another alternative, which allows any value
            // under that name.
            let by_key = variants.iter().any(|variant| matches!(variant.test, Test::Key(_)));
            let tagging = if by_key { Tagging::Base } else { Tagging::Value };
            Shape::Union(Union { tagging, variants })
        }
    }
}

fn by_json(ty: JsonType, of: Type) -> UnionVariant {
    UnionVariant { test: Test::Json(ty), number: MemberId::default(), ty: of }
}

/// Returns the word for a variant that is selected by its JSON type.
fn variant_word(ty: JsonType) -> &'static str {
    match ty {
        JsonType::Boolean => "boolean",
        JsonType::Integer => "integer",
        JsonType::Number => "number",
        JsonType::String => "string",
        JsonType::Array => "array",
        JsonType::Object => "object",
    }
}
