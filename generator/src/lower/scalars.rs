//! Alternatives that are all texts, or all numbers: one type has them all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Lower;
use super::notes::sentence;
use super::schema::string_format;
use super::union::Member;
use crate::document::SchemaId;
use crate::ir::{Enum, JsonType, MemberId, Shape, Type, Variant, WireName};

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
            formats.insert(string_format(schema));
        }
        match formats.into_iter().collect::<Vec<_>>().as_slice() {
            [format] if list.variants.is_empty() => Shape::Alias(Type::String(*format)),
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

    fn widest(&mut self, members: &[Member]) -> Type {
        let types: Vec<Type> = members.iter().map(|member| self.usage(member.id, &[]).ty).collect();
        let all_same = types.windows(2).all(|pair| pair.first() == pair.last());
        match types.into_iter().next() {
            Some(ty) if all_same => ty,
            Some(_) | None => Type::Integer(crate::ir::IntegerFormat::Int64),
        }
    }
}
