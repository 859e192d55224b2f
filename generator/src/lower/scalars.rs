//! Alternatives that are all texts, or all numbers: one type has them all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lower;
use super::notes::sentence;
use super::schema::{integer, number};
use super::union::Member;
use crate::document::{SchemaId, SchemaType};
use crate::ir::{
    Enum, IntegerFormat, JsonType, MemberId, NumberFormat, Shape, Type, Variant, WireName,
};

impl Lower<'_> {
    /// Alternatives that are all texts, or all numbers, are one type.
    pub(super) fn scalars(&mut self, members: &[Member]) -> Option<Shape> {
        let types: BTreeSet<JsonType> =
            members.iter().flat_map(|member| member.profile.types.iter().copied()).collect();
        if members.iter().any(|member| member.profile.types.is_empty()) {
            return None;
        }
        match types.into_iter().collect::<Vec<_>>().as_slice() {
            [JsonType::String] => Some(self.texts_or_format(members)),
            [JsonType::Boolean] => Some(Shape::Alias(Type::Boolean)),
            [JsonType::Integer] | [JsonType::Number] | [JsonType::Integer, JsonType::Number] => {
                Some(Shape::Alias(self.widest(members)))
            }
            _ => None,
        }
    }

    /// Returns an open enum of all listed strings, or a string of the format that all schemas have.
    fn texts_or_format(&self, members: &[Member]) -> Shape {
        let mut list = Enum { variants: Vec::new() };
        let mut known = BTreeSet::new();
        let mut formats = BTreeSet::new();
        for member in members {
            let schema = self.schema(self.resolved(member.id));
            let texts: Vec<String> = self.ordered_texts(member.id);
            let only = texts.len() == 1;
            for text in texts {
                // `oneOf` of constants is how OpenAPI 3.1 puts words beside the values of an enum.
                let words = schema.description.as_deref().or(schema.title.as_deref());
                let description = words.filter(|_| only).map(sentence);
                if known.insert(text.clone()) {
                    list.variants.push(Variant {
                        wire: WireName(text),
                        number: MemberId::default(),
                        description,
                    });
                }
            }
            formats.insert(self.string(schema));
        }
        match formats.into_iter().collect::<Vec<_>>().as_slice() {
            [format] if list.variants.is_empty() => Shape::Alias(format.clone()),
            _ if list.variants.is_empty() => Shape::Alias(Type::TEXT),
            _ => Shape::Enum(list),
        }
    }

    fn ordered_texts(&self, id: SchemaId) -> Vec<String> {
        let known = self.texts(id);
        let schema = self.document.schemas.resolved(id);
        let listed = schema.enumeration.iter().filter_map(Value::as_str).map(str::to_owned);
        let listed: Vec<String> = listed.collect();
        if listed.is_empty() { known.into_iter().collect() } else { listed }
    }

    /// Returns the type of numbers that holds the values of all alternatives.
    fn widest(&mut self, members: &[Member]) -> Type {
        let types: Vec<Type> = members.iter().map(|member| self.usage(member.id, &[]).ty).collect();
        if let [first, others @ ..] = types.as_slice()
            && others.iter().all(|ty| ty == first)
        {
            return first.clone();
        }
        let names_64_bits = |member: &Member| {
            let format = self.document.schemas.resolved(member.id).format.as_deref();
            matches!(format, Some("int64" | "uint64"))
        };
        let has_64_bits = members.iter().any(names_64_bits);
        let numbers = members.iter().map(|member| self.number_of(member));
        let wider = |one, other| wider(one, other, has_64_bits);
        numbers.reduce(wider).unwrap_or(Type::Integer(IntegerFormat::Int64))
    }

    /// Returns the type of an alternative that is a number. A declared type may not be known yet, so the
    /// schema decides.
    fn number_of(&self, member: &Member) -> Type {
        let schema = self.document.schemas.resolved(member.id);
        let is_combined = schema.all_subschemas().next().is_some();
        match schema.ty {
            Some(SchemaType::Integer) if !is_combined => integer(schema),
            Some(SchemaType::Number) if !is_combined => number(schema),
            _ if member.profile.types.contains(&JsonType::Number) => {
                Type::Number(NumberFormat::Double)
            }
            _ => Type::Integer(IntegerFormat::Int64),
        }
    }
}

/// Returns a type for the values of two types of numbers. A double cannot represent all integers of 64
/// bits: the result has every digit if a format says that there are such integers.
fn wider(one: Type, other: Type, has_64_bits: bool) -> Type {
    use IntegerFormat::{Int64, Uint8, Uint16, Uint32, Uint64};
    let is_unsigned = |ty: &Type| matches!(ty, Type::Integer(Uint8 | Uint16 | Uint32 | Uint64));
    let is_integer = |ty: &Type| matches!(ty, Type::Integer(_));
    let is_largest = |ty: &Type| *ty == Type::Integer(Uint64);
    let pair = [&one, &other];
    if one == other {
        one
    } else if pair.into_iter().all(is_integer) {
        match (pair.into_iter().any(is_largest), pair.into_iter().all(is_unsigned)) {
            (true, true) => Type::Integer(Uint64),
            (true, false) => Type::Number(NumberFormat::Decimal),
            (false, _) => Type::Integer(Int64),
        }
    } else if pair.contains(&&Type::Number(NumberFormat::Decimal))
        || pair.into_iter().any(is_largest)
        || has_64_bits
    {
        Type::Number(NumberFormat::Decimal)
    } else {
        Type::Number(NumberFormat::Double)
    }
}
