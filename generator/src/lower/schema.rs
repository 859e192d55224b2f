//! Schemas to types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Lower, notes};
use crate::ir::{
    Enum, Ident, IntegerFormat, NumberFormat, Shape, StringFormat, Type, Variant, WireName,
};
use crate::parse::{COMBINATIONS, Schema, SchemaType};
use crate::pointer::Pointer;

/// A type where it is used.
pub(super) struct Usage {
    pub(super) ty: Type,
    pub(super) nullable: bool,
}

impl Usage {
    fn new(ty: Type, nullable: bool) -> Self {
        // A schema without a type allows null as well.
        let nullable = nullable || ty == Type::Any;
        Self { ty, nullable }
    }

    /// The type of an item of a list or a map.
    pub(super) fn item(self) -> Type {
        match self.ty {
            Type::Any => Type::Any,
            ty if self.nullable => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }
}

impl Lower<'_> {
    /// The type of a schema where it is used. `hint` are the words that name it if it needs a name.
    pub(super) fn usage(&mut self, at: &Pointer, hint: &[String]) -> Usage {
        let nullable = self.is_nullable(at, &mut BTreeMap::new());
        let (at, schema) = self.resolved(at);
        if let Some(id) = self.by_pointer.get(&at) {
            return Usage::new(Type::Named(*id), nullable);
        }
        let ty = match schema.reference() {
            // A circle of nothing but references: there is nothing at the end of it.
            Some(_) => Type::Any,
            None => self.inline(&at, hint),
        };
        Usage::new(ty, nullable)
    }

    /// The schema that a node is, through references, and where it stands.
    pub(super) fn resolved(&self, at: &Pointer) -> (Pointer, Schema<'_>) {
        let mut at = at.clone();
        let mut passed = BTreeSet::new();
        loop {
            let schema = self.parsed.schema(&at);
            match schema.reference() {
                Some(next) if !self.by_pointer.contains_key(&at) && passed.insert(next.clone()) => {
                    at = next;
                }
                Some(_) | None => return (at, schema),
            }
        }
    }

    /// Whether a schema allows null, by itself, by what it refers to, or by what it is made of.
    /// `known` is what has been found out on the way here, and false for what is part of itself.
    pub(super) fn is_nullable(&self, at: &Pointer, known: &mut BTreeMap<Pointer, bool>) -> bool {
        if let Some(known) = known.get(at) {
            return *known;
        }
        known.insert(at.clone(), false);
        let schema = self.parsed.schema(at);
        let is_nullable = match schema.reference() {
            Some(next) => self.is_nullable(&next, known),
            None => {
                schema.is_nullable()
                    || ["oneOf", "anyOf"].iter().any(|keyword| {
                        let mut members = at.members(keyword, schema.count(keyword));
                        members.any(|member| self.is_nullable(&member, known))
                    })
                    || (schema.ty().is_none() && self.is_made_of_nullable(at, known))
            }
        };
        known.insert(at.clone(), is_nullable);
        is_nullable
    }

    /// Whether all parts of a combination that say what a value is allow null.
    fn is_made_of_nullable(&self, at: &Pointer, known: &mut BTreeMap<Pointer, bool>) -> bool {
        let parts = at.members("allOf", self.parsed.schema(at).count("allOf"));
        let mut parts = parts.filter(|part| self.has_shape(part)).peekable();
        parts.peek().is_some() && parts.all(|part| self.is_nullable(&part, known))
    }

    /// The type of a schema that stands where it is used. It gets a name only if it needs one.
    fn inline(&mut self, at: &Pointer, hint: &[String]) -> Type {
        if let Some(ty) = self.nameless(at, hint) {
            return ty;
        }
        let facts = notes::facts(at.find(&self.parsed.root));
        if let Some(id) = self.by_facts.get(&facts).copied() {
            self.shared_by.entry(id).or_default().push(hint.to_vec());
            return Type::Named(id);
        }
        let id = self.reserve(at, hint.to_vec(), false);
        self.by_pointer.insert(at.clone(), id);
        self.by_facts.insert(facts.clone(), id);
        self.define(id, at, hint);
        match self.take_back(id) {
            // It turned out to need no name.
            Some(ty) => {
                self.by_pointer.remove(at);
                self.by_facts.remove(&facts);
                ty
            }
            None => Type::Named(id),
        }
    }

    /// What a named type is.
    pub(super) fn shape(&mut self, at: &Pointer, hint: &[String]) -> Shape {
        let schema = self.parsed.schema(at);
        if let Some(target) = schema.reference() {
            return Shape::Alias(self.usage(&target, hint).ty);
        }
        if let Some(union) = self.base_union(at, hint) {
            return union;
        }
        if let Some(ty) = self.nameless(at, hint) {
            return Shape::Alias(ty);
        }
        if schema.count("allOf") > 0 {
            return self.combination(std::slice::from_ref(at), at, hint);
        }
        if let Some(keyword) = self.union_keyword(at) {
            return match schema.ty() {
                Some(SchemaType::Object) if schema.properties().next().is_some() => {
                    self.combination(std::slice::from_ref(at), at, hint)
                }
                Some(_) | None => self.union(at, keyword, hint),
            };
        }
        match schema.ty() {
            Some(SchemaType::String) => Shape::Enum(self.enumeration(at)),
            Some(SchemaType::Object) => self.object(at, hint),
            // `nameless` has dealt with the rest.
            Some(
                SchemaType::Number | SchemaType::Integer | SchemaType::Boolean | SchemaType::Array,
            )
            | None => Shape::Alias(Type::Any),
        }
    }

    /// The keyword under which a schema has alternatives that differ in shape. Alternatives that
    /// only say which properties must be there are none.
    pub(super) fn union_keyword(&self, at: &Pointer) -> Option<&'static str> {
        let schema = self.parsed.schema(at);
        ["oneOf", "anyOf"].into_iter().find(|keyword| {
            (0..schema.count(keyword)).any(|index| self.has_shape(&at.join(keyword).join(index)))
        })
    }

    /// Whether a schema says what a value is, and not only what it is for or which limits it has.
    pub(super) fn has_shape(&self, at: &Pointer) -> bool {
        if let Some(known) = self.shapes.borrow().get(at) {
            return *known;
        }
        let has_shape = self.has_shape_beside(at, &mut BTreeSet::new());
        self.shapes.borrow_mut().insert(at.clone(), has_shape);
        has_shape
    }

    fn has_shape_beside(&self, at: &Pointer, passed: &mut BTreeSet<Pointer>) -> bool {
        let at = self.end_of_references(at);
        if !passed.insert(at.clone()) {
            return false;
        }
        let schema = self.parsed.schema(&at);
        schema.ty().is_some()
            || !schema.enumeration().is_empty()
            || COMBINATIONS.iter().any(|keyword| {
                let mut members = 0..schema.count(keyword);
                members.any(|index| self.has_shape_beside(&at.join(keyword).join(index), passed))
            })
    }

    /// The type of a schema that Rust has a type for, without a declaration.
    fn nameless(&mut self, at: &Pointer, hint: &[String]) -> Option<Type> {
        let schema = self.parsed.schema(at);
        if schema.get("not").is_some() {
            self.diagnostics.unsupported(&at.join("not"), "`not`", "it is left out of account");
        }
        if schema.count("allOf") > 0 || self.union_keyword(at).is_some() {
            return None;
        }
        match schema.ty() {
            Some(SchemaType::String) if has_texts(schema) => None,
            Some(SchemaType::String) => Some(Type::String(string_format(schema))),
            Some(SchemaType::Integer) => Some(integer(schema)),
            Some(SchemaType::Number) => Some(Type::Number(number_format(schema))),
            Some(SchemaType::Boolean) => Some(Type::Boolean),
            Some(SchemaType::Array) => Some(self.once(at, |lower| lower.array(at, hint))),
            Some(SchemaType::Object) if schema.properties().next().is_none() => {
                let map = |lower: &mut Self| Type::Map(Box::new(lower.additional(at, hint)));
                Some(self.once(at, map))
            }
            Some(SchemaType::Object) => None,
            None => Some(Type::Any),
        }
    }

    /// Lowers a list or a map, unless that is what is being done already: then it holds itself.
    fn once(&mut self, at: &Pointer, lower: impl FnOnce(&mut Self) -> Type) -> Type {
        if self.open.contains(at) {
            self.circle(at);
            return Type::Any;
        }
        self.open.push(at.clone());
        let ty = lower(self);
        self.open.pop();
        ty
    }

    fn array(&mut self, at: &Pointer, hint: &[String]) -> Type {
        let schema = self.parsed.schema(at);
        let places = schema.count("x-prefix-items");
        let is_closed = schema.get("items").is_some_and(|items| items.get("x-never").is_some())
            || schema.get("maxItems").and_then(Value::as_u64) == u64::try_from(places).ok();
        let is_full = schema.get("minItems").and_then(Value::as_u64) == u64::try_from(places).ok();
        if (1..=6).contains(&places) && is_closed && is_full {
            let place = |index| {
                let at = at.join("x-prefix-items").join(index);
                self.usage(&at, &with(hint, &format!("item {index}"))).item()
            };
            return Type::Tuple((0..places).map(place).collect());
        }
        if places > 0 {
            self.diagnostics.unsupported(
                &at.join("x-prefix-items"),
                "a list with types for its first places, of no fixed length",
                "its items can be anything",
            );
            return Type::Array(Box::new(Type::Any));
        }
        let item = match schema.get("items") {
            Some(_) => self.usage(&at.join("items"), &with(hint, "item")).item(),
            None => Type::Any,
        };
        Type::Array(Box::new(item))
    }

    /// The type of the properties that an object does not name.
    pub(super) fn additional(&mut self, at: &Pointer, hint: &[String]) -> Type {
        match self.parsed.schema(at).get("additionalProperties") {
            Some(Value::Object(_)) => {
                self.usage(&at.join("additionalProperties"), &with(hint, "value")).item()
            }
            Some(_) | None => Type::Any,
        }
    }

    /// The texts that a schema lists. Numbers and the like among them are texts that somebody has
    /// forgotten to put in quotes.
    pub(super) fn enumeration(&self, at: &Pointer) -> Enum {
        let schema = self.parsed.schema(at);
        let mut list = Enum { variants: Vec::new() };
        let mut known = BTreeSet::new();
        let described = schema.text("description").map(notes::of_values).unwrap_or_default();
        for value in schema.enumeration() {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => continue,
            };
            if known.insert(text.clone()) {
                let description = described.get(&text).cloned();
                list.variants.push(Variant {
                    wire: WireName(text),
                    rust: Ident::default(),
                    description,
                });
            }
        }
        list
    }
}

/// The words of a name with one more.
pub(super) fn with(hint: &[String], word: &str) -> Vec<String> {
    let mut words = hint.to_vec();
    words.push(word.to_owned());
    words
}

/// Whether a schema lists the texts that it allows.
pub(super) fn has_texts(schema: Schema<'_>) -> bool {
    schema.enumeration().iter().any(|value| !value.is_null())
}

/// What a text says. Formats that are nothing but a text in Rust (uuid, uri, email …) are plain.
pub(super) fn string_format(schema: Schema<'_>) -> StringFormat {
    match schema.text("format").unwrap_or_default() {
        "date-time" => StringFormat::DateTime,
        "date" => StringFormat::Date,
        "time" => StringFormat::Time,
        "duration" => StringFormat::Duration,
        "byte" | "base64" => StringFormat::Base64,
        "password" => StringFormat::Password,
        "decimal" => StringFormat::Decimal,
        _ => StringFormat::Plain,
    }
}

/// A whole number. Where limits, defaults or listed values are beyond the format, so is the type.
pub(super) fn integer(schema: Schema<'_>) -> Type {
    let format = match schema.text("format").unwrap_or_default() {
        "int8" => IntegerFormat::Int8,
        "int16" => IntegerFormat::Int16,
        "int32" => IntegerFormat::Int32,
        "uint8" => IntegerFormat::Uint8,
        "uint16" => IntegerFormat::Uint16,
        "uint32" => IntegerFormat::Uint32,
        "uint64" | "uint" => IntegerFormat::Uint64,
        _ => IntegerFormat::Int64,
    };
    let bounds = ["minimum", "maximum", "default"].into_iter().filter_map(|word| schema.get(word));
    let named = bounds.chain(schema.enumeration());
    let numbers: Vec<&Value> = named.filter(|value| value.is_number()).collect();
    let fits = |least: i64, greatest: u64| {
        numbers.iter().all(|value| {
            value.as_i64().is_some_and(|value| value >= least && value.max(0) as u64 <= greatest)
                || value.as_u64().is_some_and(|value| value <= greatest)
        })
    };
    if format.fits(&fits) {
        Type::Integer(format)
    } else if IntegerFormat::Int64.fits(&fits) {
        Type::Integer(IntegerFormat::Int64)
    } else if IntegerFormat::Uint64.fits(&fits) {
        Type::Integer(IntegerFormat::Uint64)
    } else {
        Type::Number(NumberFormat::Double)
    }
}

impl IntegerFormat {
    fn fits(self, within: &dyn Fn(i64, u64) -> bool) -> bool {
        match self {
            Self::Int8 => within(i8::MIN.into(), i8::MAX as u64),
            Self::Int16 => within(i16::MIN.into(), i16::MAX as u64),
            Self::Int32 => within(i32::MIN.into(), i32::MAX as u64),
            Self::Int64 => within(i64::MIN, i64::MAX as u64),
            Self::Uint8 => within(0, u8::MAX.into()),
            Self::Uint16 => within(0, u16::MAX.into()),
            Self::Uint32 => within(0, u32::MAX.into()),
            Self::Uint64 => within(0, u64::MAX),
        }
    }
}

fn number_format(schema: Schema<'_>) -> NumberFormat {
    match schema.text("format") {
        Some("decimal") => NumberFormat::Decimal,
        Some(_) | None => NumberFormat::Double,
    }
}
