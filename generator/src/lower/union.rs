//! Unions, by what tells their variants apart.
//!
//! In this order: a discriminator, a property with texts of its own for each variant, a required
//! property that no other variant has, the type of the JSON value. What nothing can tell apart is a
//! free value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Lower;
use super::notes::sentence;
use super::profile::Profile;
use super::schema::{string_format, with};
use crate::ir::{Enum, Ident, JsonType, Shape, Tagging, Test, Type, Union, UnionVariant, WireName};
use crate::pointer::Pointer;

/// A schema among the alternatives of a union.
#[derive(Clone)]
struct Member {
    at: Pointer,
    profile: Profile,
}

impl Lower<'_> {
    /// `oneOf` or `anyOf`.
    pub(super) fn union(&mut self, at: &Pointer, keyword: &'static str, hint: &[String]) -> Shape {
        let members = self.members(at, keyword);
        match members.as_slice() {
            [] => return Shape::Alias(Type::Any),
            // A list of one, or of one and null, is how OpenAPI puts words beside a reference.
            [only] => return Shape::Alias(self.usage(&only.at, hint).ty),
            _ => {}
        }
        if let Some(shape) = self.scalars(&members) {
            return shape;
        }
        let variants = match self.discriminated(at, &members, hint) {
            Some(variants) => Some(variants),
            None => self.told_apart(&members, hint),
        };
        match variants {
            Some(variants) if variants.len() == 1 => {
                Shape::Alias(variants.into_iter().next().map_or(Type::Any, |variant| variant.ty))
            }
            Some(variants) => Shape::Union(Union { tagging: Tagging::Value, variants }),
            None => {
                self.diagnostics.degraded(
                    "undecidable-union",
                    &at.join(keyword),
                    "nothing tells the alternatives apart: any value is accepted",
                    "give it a discriminator, or each alternative a property with a single value",
                );
                Shape::Alias(Type::Any)
            }
        }
    }

    /// The alternatives, with those of unions among them, and without null.
    fn members(&self, at: &Pointer, keyword: &'static str) -> Vec<Member> {
        let mut found = Vec::new();
        self.collect(at, keyword, &mut vec![at.clone()], &mut found);
        let mut members: Vec<Member> = Vec::new();
        for at in found {
            let end = self.end_of_references(&at);
            if !members.iter().any(|known| self.end_of_references(&known.at) == end) {
                members.push(Member { profile: self.profile(&at), at });
            }
        }
        members
    }

    fn collect(
        &self,
        at: &Pointer,
        keyword: &'static str,
        passed: &mut Vec<Pointer>,
        found: &mut Vec<Pointer>,
    ) {
        for index in 0..self.parsed.schema(at).count(keyword) {
            let member = at.join(keyword).join(index);
            if self.is_null(&member) {
                continue;
            }
            let end = self.end_of_references(&member);
            let schema = self.parsed.schema(&end);
            let inner = self.union_keyword(&end).filter(|_| {
                let alone = schema.get("properties").is_none() && schema.count("allOf") == 0;
                alone && schema.get("discriminator").is_none()
            });
            match inner {
                Some(inner) if !passed.contains(&end) => {
                    passed.push(end.clone());
                    self.collect(&end, inner, passed, found);
                }
                Some(_) => {}
                None => found.push(member),
            }
        }
    }

    /// Alternatives that are all texts, or all numbers, are one type.
    fn scalars(&mut self, members: &[Member]) -> Option<Shape> {
        let types: BTreeSet<JsonType> =
            members.iter().flat_map(|member| member.profile.types.iter().copied()).collect();
        if members.iter().any(|member| member.profile.types.is_empty()) {
            return None;
        }
        match types.into_iter().collect::<Vec<_>>().as_slice() {
            [JsonType::String] => Some(self.texts_or_format(members)),
            [JsonType::Boolean] => Some(Shape::Alias(Type::Boolean)),
            [JsonType::Integer] => Some(Shape::Alias(self.widest(members))),
            [JsonType::Number] | [JsonType::Integer, JsonType::Number] => {
                Some(Shape::Alias(Type::Number(crate::ir::NumberFormat::Double)))
            }
            _ => None,
        }
    }

    /// An open enum of all texts that are listed, or a text of the format that all have.
    fn texts_or_format(&self, members: &[Member]) -> Shape {
        let mut list = Enum { variants: Vec::new() };
        let mut formats = BTreeSet::new();
        for member in members {
            let (_, schema) = self.resolved(&member.at);
            let texts: Vec<String> = self.ordered_texts(&member.at);
            let only = texts.len() == 1;
            for text in texts {
                // `oneOf` of constants is how OpenAPI 3.1 puts words beside the values of an enum.
                let words = schema.text("description").or(schema.text("title"));
                list.add(&text, words.filter(|_| only).map(sentence));
            }
            formats.insert(string_format(schema));
        }
        match formats.into_iter().collect::<Vec<_>>().as_slice() {
            [format] if list.variants.is_empty() => Shape::Alias(Type::String(*format)),
            _ if list.variants.is_empty() => Shape::Alias(Type::TEXT),
            _ => Shape::Enum(list),
        }
    }

    fn ordered_texts(&self, at: &Pointer) -> Vec<String> {
        let known = self.texts(at);
        let (_, schema) = self.resolved(&self.end_of_references(at));
        let listed = schema.enumeration().iter().filter_map(Value::as_str).map(str::to_owned);
        let listed: Vec<String> = listed.collect();
        if listed.is_empty() { known.into_iter().collect() } else { listed }
    }

    fn widest(&mut self, members: &[Member]) -> Type {
        let types: Vec<Type> =
            members.iter().map(|member| self.usage(&member.at, &[]).ty).collect();
        let all_same = types.windows(2).all(|pair| pair.first() == pair.last());
        match types.into_iter().next() {
            Some(ty) if all_same => ty,
            Some(_) | None => Type::Integer(crate::ir::IntegerFormat::Int64),
        }
    }

    /// The variants by a discriminator (OpenAPI 3.0, Discriminator Object).
    fn discriminated(
        &mut self,
        at: &Pointer,
        members: &[Member],
        hint: &[String],
    ) -> Option<Vec<UnionVariant>> {
        let schema = self.parsed.schema(at);
        let discriminator = schema.get("discriminator")?;
        let property = discriminator.get("propertyName").and_then(Value::as_str)?;
        let mapping: BTreeMap<Pointer, Vec<String>> = self.mapping(discriminator);
        let mut tags: Vec<Vec<String>> = Vec::new();
        for member in members {
            let end = self.end_of_references(&member.at);
            let of_member = mapping.get(&end).cloned().unwrap_or_default();
            let own = member.profile.tags.get(property).into_iter().flatten().cloned();
            let own: Vec<String> = own.collect();
            tags.push(match (of_member.is_empty(), own.is_empty()) {
                (false, _) => of_member,
                (true, false) => own,
                // Without a mapping the name of the component is the tag.
                (true, true) if self.parsed.schema(&member.at).reference().is_some() => {
                    vec![end.last().unwrap_or_default().to_owned()]
                }
                (true, true) => return None,
            });
        }
        let mut seen = BTreeSet::new();
        if !tags.iter().flatten().all(|tag| seen.insert(tag.clone())) {
            return None;
        }
        let property = WireName(property.to_owned());
        Some(self.tagged(members, &property, tags, hint))
    }

    /// The tags that a mapping has for each schema.
    fn mapping(&self, discriminator: &Value) -> BTreeMap<Pointer, Vec<String>> {
        let mut tags: BTreeMap<Pointer, Vec<String>> = BTreeMap::new();
        let mapping = discriminator.get("mapping").and_then(Value::as_object);
        for (tag, target) in mapping.into_iter().flatten() {
            let target = target.as_str().unwrap_or_default();
            let pointer = match target.strip_prefix('#') {
                Some(fragment) => Pointer::parse(fragment),
                // A name instead of a reference.
                None => Some(Pointer::root().join("components").join("schemas").join(target)),
            };
            if let Some(pointer) = pointer {
                tags.entry(self.end_of_references(&pointer)).or_default().push(tag.clone());
            }
        }
        tags
    }

    fn tagged(
        &mut self,
        members: &[Member],
        property: &WireName,
        tags: Vec<Vec<String>>,
        hint: &[String],
    ) -> Vec<UnionVariant> {
        let mut variants: Vec<UnionVariant> = Vec::new();
        for (member, tags) in members.iter().zip(tags) {
            let name = tags.first().cloned().unwrap_or_default();
            let ty = self.usage(&member.at, &with(hint, &name)).ty;
            let test = Test::Tag(property.clone(), tags);
            variants.push(UnionVariant { test, rust: Ident::default(), ty });
        }
        variants
    }

    /// The variants by what their values look like.
    fn told_apart(&mut self, members: &[Member], hint: &[String]) -> Option<Vec<UnionVariant>> {
        let single = |member: &Member| member.profile.types.len() == 1;
        if !members.iter().all(single) {
            return None;
        }
        let of = |ty: JsonType| -> Vec<Member> {
            members.iter().filter(|member| member.profile.types.contains(&ty)).cloned().collect()
        };
        let mut variants = self.objects(&of(JsonType::Object), hint)?;
        let has_number = !of(JsonType::Number).is_empty();
        for ty in [
            JsonType::Boolean,
            JsonType::Integer,
            JsonType::Number,
            JsonType::String,
            JsonType::Array,
        ] {
            let members = of(ty);
            // A whole number is a number: one variant has both.
            if members.is_empty() || (ty == JsonType::Integer && has_number) {
                continue;
            }
            let ty_of_variant = self.merged_scalars(ty, &members, hint)?;
            variants.push(UnionVariant {
                test: Test::Json(ty),
                rust: Ident::default(),
                ty: ty_of_variant,
            });
        }
        Some(variants)
    }

    /// The one type that alternatives of one type of JSON have, if there is one.
    fn merged_scalars(
        &mut self,
        ty: JsonType,
        members: &[Member],
        hint: &[String],
    ) -> Option<Type> {
        let hint = with(hint, variant_word(ty));
        if let [only] = members {
            return Some(self.usage(&only.at, &hint).ty);
        }
        match (ty, self.scalars(members)?) {
            (_, Shape::Alias(ty)) => Some(ty),
            (JsonType::String, shape @ Shape::Enum(_)) => {
                let at = members.first()?.at.clone();
                Some(Type::Named(self.declare(&at, hint, crate::ir::Docs::default(), shape)))
            }
            (_, Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Form(_)) => None,
        }
    }

    /// The variants of alternatives that are all objects.
    fn objects(&mut self, members: &[Member], hint: &[String]) -> Option<Vec<UnionVariant>> {
        match members {
            [] => return Some(Vec::new()),
            [only] => {
                let ty = self.usage(&only.at, &with(hint, "object")).ty;
                let test = Test::Json(JsonType::Object);
                return Some(vec![UnionVariant { test, rust: Ident::default(), ty }]);
            }
            _ => {}
        }
        match found_tag(members) {
            Some((property, tags)) => Some(self.tagged(members, &property, tags, hint)),
            None => self.by_keys(members, hint),
        }
    }

    /// The variants by required properties that no other alternative has. One alternative may be
    /// without: it is what is left.
    fn by_keys(&mut self, members: &[Member], hint: &[String]) -> Option<Vec<UnionVariant>> {
        let mut keyed = Vec::new();
        let mut rest = Vec::new();
        for (index, member) in members.iter().enumerate() {
            let others = || members.iter().enumerate().filter(|(other, _)| *other != index);
            let own =
                member.profile.required.iter().find(|name| {
                    others().all(|(_, other)| !other.profile.properties.contains(*name))
                });
            match own {
                Some(name) => keyed.push((member, Test::Key(WireName(name.clone())))),
                None => rest.push((member, Test::Json(JsonType::Object))),
            }
        }
        if rest.len() > 1 {
            return None;
        }
        let mut variants = Vec::new();
        for (member, test) in keyed.into_iter().chain(rest) {
            let word = match &test {
                Test::Key(name) => name.0.clone(),
                Test::Tag(..) | Test::Json(_) => "object".to_owned(),
            };
            let ty = self.usage(&member.at, &with(hint, &word)).ty;
            variants.push(UnionVariant { test, rust: Ident::default(), ty });
        }
        Some(variants)
    }
}

/// A property that has texts of its own in each alternative, best one that all require.
fn found_tag(members: &[Member]) -> Option<(WireName, Vec<Vec<String>>)> {
    let first = members.first()?;
    let tells_apart = |name: &&String| {
        let mut seen = BTreeSet::new();
        members.iter().all(|member| match member.profile.tags.get(*name) {
            Some(texts) => texts.iter().all(|text| seen.insert(text.clone())),
            None => false,
        })
    };
    let is_required =
        |name: &&String| members.iter().all(|member| member.profile.required.contains(*name));
    let candidates: Vec<&String> = first.profile.tags.keys().filter(tells_apart).collect();
    let name = candidates.iter().find(|name| is_required(name)).or(candidates.first())?;
    let texts = members.iter().map(|member| {
        member.profile.tags.get(*name).into_iter().flatten().cloned().collect::<Vec<_>>()
    });
    Some((WireName((*name).clone()), texts.collect()))
}

/// The word for a variant that is chosen by its type of JSON.
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
