//! Lowers schemas to types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::profile::json_type;
use super::{Lower, notes};
use crate::document::{Combination, Items, Schema, SchemaId, SchemaType};
use crate::ir::{
    Enum, Extern, IntegerFormat, MemberId, NumberFormat, Shape, StringFormat, Type, Variant,
    WireName,
};

/// A type where it is used.
pub(super) struct Usage {
    pub(super) ty: Type,
    pub(super) nullable: bool,
}

impl Usage {
    fn new(ty: Type, nullable: bool) -> Self {
        // A schema without a type allows null, too.
        let nullable = nullable || ty == Type::Any;
        Self { ty, nullable }
    }

    /// Returns the type of an item of an array or a map.
    pub(super) fn item(self) -> Type {
        match self.ty {
            Type::Any => Type::Any,
            ty if self.nullable => Type::Nullable(Box::new(ty)),
            ty => ty,
        }
    }
}

impl<'d> Lower<'d> {
    /// Returns a schema of the document, and counts a step.
    pub(super) fn schema(&self, id: SchemaId) -> &'d Schema {
        self.diagnostics.steps().record(1);
        &self.document.schemas[id]
    }

    /// Returns the schema at the end of references, whether it is a component or not.
    pub(super) fn end_of_references(&self, id: SchemaId) -> SchemaId {
        self.document.schemas.end(id)
    }

    /// Returns the type of a schema where it is used. `hint` are the words for its name, if it
    /// needs one.
    pub(super) fn usage(&mut self, id: SchemaId, hint: &[String]) -> Usage {
        if self.is_at_limit() {
            return Usage::new(Type::Any, true);
        }
        let nullable = self.is_nullable(id);
        let id = self.resolved(id);
        if let Some(ty) = self.by_schema.get(&id).copied() {
            if self.schema(id).component.is_none() {
                self.meet(ty, hint, self.owner(id) == self.context.owner);
            }
            return Usage::new(Type::Named(ty), nullable);
        }
        let ty = match self.schema(id).reference {
            // A cycle of references has no end.
            Some(_) => Type::Any,
            None => self.inline(id, hint),
        };
        Usage::new(ty, nullable)
    }

    /// Returns the first schema with a declared type in a chain of references, or the end of the
    /// chain.
    pub(super) fn resolved(&self, id: SchemaId) -> SchemaId {
        let end = self.end_of_references(id);
        let mut at = id;
        while at != end && !self.by_schema.contains_key(&at) {
            match self.schema(at).reference {
                Some(next) => at = next,
                None => return at,
            }
        }
        at
    }

    /// Returns whether a limit is exceeded. What is lowered afterwards is not used.
    pub(super) fn is_at_limit(&self) -> bool {
        self.diagnostics.steps().is_exceeded() || self.diagnostics.is_aborted()
    }

    /// Returns whether a schema allows null, by itself, by its references, or by its parts.
    pub(super) fn is_nullable(&self, id: SchemaId) -> bool {
        let id = self.end_of_references(id);
        if let Some(known) = self.nullable.borrow().get(&id) {
            return *known;
        }
        let is_nullable = self.is_nullable_beside(id, &mut BTreeMap::new());
        self.nullable.borrow_mut().insert(id, is_nullable);
        is_nullable
    }

    /// Returns whether a schema allows null. `known` contains the results so far. A schema that contains
    /// itself counts as not nullable.
    fn is_nullable_beside(&self, id: SchemaId, known: &mut BTreeMap<SchemaId, bool>) -> bool {
        if let Some(known) = known.get(&id).or(self.nullable.borrow().get(&id)) {
            return *known;
        }
        if self.is_at_limit() {
            return false;
        }
        known.insert(id, false);
        let schema = self.schema(id);
        let is_nullable = match schema.reference {
            Some(next) => self.is_nullable_beside(next, known),
            None => {
                schema.nullable
                    || schema.alternatives().any(|member| self.is_nullable_beside(member, known))
                    || (schema.ty.is_none() && self.is_made_of_nullable(schema, known))
            }
        };
        known.insert(id, is_nullable);
        is_nullable
    }

    /// Returns whether all parts of a combination that describe a value allow null.
    fn is_made_of_nullable(&self, schema: &Schema, known: &mut BTreeMap<SchemaId, bool>) -> bool {
        let mut parts = schema.all_of.iter().filter(|part| self.has_shape(**part)).peekable();
        parts.peek().is_some() && parts.all(|part| self.is_nullable_beside(*part, known))
    }

    /// Returns the type of an inline schema. It gets a name only if it needs one.
    fn inline(&mut self, id: SchemaId, hint: &[String]) -> Type {
        if let Some(ty) = self.nameless(id, hint) {
            return ty;
        }
        let owner = self.owner(id);
        let is_own = owner == self.context.owner;
        let fingerprint = (owner.clone(), self.schema(id).fingerprint);
        if let Some(ty) = self.by_fingerprint.get(&fingerprint).copied() {
            self.meet(ty, hint, is_own);
            return Type::Named(ty);
        }
        let ty = self.reserve_for(owner.clone(), &self.schema(id).at, hint, is_own);
        self.declare_for(ty, id);
        if self.is_of_path_item(id) {
            self.of_path.push(id);
        }
        self.by_fingerprint.insert(fingerprint.clone(), ty);
        self.inside(ty, owner, |lower| lower.define(ty, id, hint));
        match self.take_back(ty) {
            // It needs no name.
            Some(ty) => {
                self.by_schema.remove(&id);
                self.by_fingerprint.remove(&fingerprint);
                ty
            }
            None => Type::Named(ty),
        }
    }

    /// Returns the shape of a declared type.
    pub(super) fn shape(&mut self, id: SchemaId, hint: &[String]) -> Shape {
        let schema = self.schema(id);
        if let Some(target) = schema.reference {
            return Shape::Alias(self.usage(target, hint).ty);
        }
        if let Some(union) = self.base_union(id, hint) {
            return union;
        }
        if let Some(ty) = self.nameless(id, hint) {
            return Shape::Alias(ty);
        }
        if !schema.all_of.is_empty() {
            return self.combination(&[id], id, hint);
        }
        if let Some(keyword) = self.union_keyword(id) {
            return match schema.ty {
                Some(SchemaType::Object) if !schema.properties.is_empty() => {
                    self.combination(&[id], id, hint)
                }
                Some(_) | None => self.union(id, keyword, hint),
            };
        }
        match schema.ty {
            Some(SchemaType::String) => Shape::Enum(enumeration(schema)),
            Some(SchemaType::Object) => self.object(id, hint),
            // `nameless` has dealt with the rest.
            Some(
                SchemaType::Number | SchemaType::Integer | SchemaType::Boolean | SchemaType::Array,
            )
            | None => Shape::Alias(Type::Any),
        }
    }

    /// Returns the keyword with alternatives that differ in shape. Alternatives that only require
    /// properties do not count.
    pub(super) fn union_keyword(&self, id: SchemaId) -> Option<Combination> {
        let schema = self.schema(id);
        Combination::ALTERNATIVES.into_iter().find(|keyword| {
            schema.subschemas(*keyword).iter().any(|member| self.has_shape(*member))
        })
    }

    /// Returns whether a schema describes a value, and has not only documentation or limits.
    pub(super) fn has_shape(&self, id: SchemaId) -> bool {
        let id = self.end_of_references(id);
        if let Some(known) = self.shapes.borrow().get(&id) {
            return *known;
        }
        let has_shape = self.has_shape_beside(id, &mut BTreeSet::new());
        self.shapes.borrow_mut().insert(id, has_shape);
        has_shape
    }

    fn has_shape_beside(&self, id: SchemaId, passed: &mut BTreeSet<SchemaId>) -> bool {
        let id = self.end_of_references(id);
        if let Some(known) = self.shapes.borrow().get(&id) {
            return *known;
        }
        if !passed.insert(id) || self.is_at_limit() {
            return false;
        }
        let schema = self.schema(id);
        schema.ty.is_some()
            || !schema.enumeration.is_empty()
            || schema.all_subschemas().any(|member| self.has_shape_beside(member, passed))
    }

    /// Returns the type of a schema that needs no declaration.
    fn nameless(&mut self, id: SchemaId, hint: &[String]) -> Option<Type> {
        let schema = self.schema(id);
        if schema.has_not {
            self.diagnostics.unsupported(&schema.at.join("not"), "`not`", "it is ignored");
        }
        if !schema.all_of.is_empty() || self.union_keyword(id).is_some() {
            return None;
        }
        if schema.ty != Some(SchemaType::Object) || schema.properties.is_empty() {
            if self.is_implied_without_content(id) {
                self.report_places(schema);
                return Some(Type::Any);
            }
            self.note_implied_type(id);
        }
        match schema.ty {
            Some(SchemaType::String) if has_values(schema) => None,
            Some(SchemaType::String) => Some(self.string(schema)),
            Some(SchemaType::Integer) => {
                Some(self.configured(schema).unwrap_or_else(|| integer(schema)))
            }
            Some(SchemaType::Number) => {
                Some(self.configured(schema).unwrap_or_else(|| number(schema)))
            }
            Some(SchemaType::Boolean) => Some(Type::Boolean),
            Some(SchemaType::Array) => Some(self.once(id, |lower| lower.array(schema, hint))),
            Some(SchemaType::Object) if schema.properties.is_empty() => {
                let map = |lower: &mut Self| Type::Map(Box::new(lower.additional(schema, hint)));
                Some(self.once(id, map))
            }
            Some(SchemaType::Object) => None,
            None => Some(Type::Any),
        }
    }

    /// Returns the type of a string.
    pub(super) fn string(&self, schema: &Schema) -> Type {
        self.configured(schema).unwrap_or_else(|| Type::String(string_format(schema)))
    }

    /// Returns the type that the configuration has for the format of a schema.
    pub(super) fn configured(&self, schema: &Schema) -> Option<Type> {
        let path = self.config.customization.formats.get(schema.format.as_deref()?)?;
        Some(Type::Extern(Extern {
            path: path.as_str().into(),
            json: schema.ty.map(json_type).into_iter().collect(),
        }))
    }

    /// Returns whether a schema has no type, and its keywords say nothing about the content of an array
    /// or a map that a Rust type could express. Reading it as an array or a map would refuse values of
    /// other types and gain nothing.
    fn is_implied_without_content(&self, id: SchemaId) -> bool {
        !self.typed_beside.contains(&id) && self.has_no_content(self.schema(id))
    }

    /// Returns whether a schema without a type allows anything as the content of an array or a map.
    pub(super) fn has_no_content(&self, schema: &Schema) -> bool {
        if schema.implied_by.is_none() || !schema.properties.is_empty() {
            return false;
        }
        let content = match schema.ty {
            Some(SchemaType::Array) if is_tuple(schema) => return false,
            Some(SchemaType::Array) => schema.items.schema(),
            _ => schema.additional_properties,
        };
        content.is_none_or(|content| !self.has_shape(content))
    }

    /// Reports that values of other types are rejected, although the keywords of the schema only
    /// constrain one type. Taken literally, nearly all of these types would be free values.
    pub(super) fn note_implied_type(&mut self, id: SchemaId) {
        let schema = self.schema(id);
        let Some((keyword, ty)) = schema.implied_by.zip(schema.ty) else { return };
        if self.typed_beside.contains(&id) {
            return;
        }
        let name = ty.name();
        let keyword = if keyword == "x-prefix-items" { "prefixItems" } else { keyword };
        self.diagnostics.note(
            "implied-type",
            &schema.at,
            format!(
                "the schema has no `type`: it is read as `type: {name}`, because of `{keyword}`, \
                 although it allows values of all other types"
            ),
            format!(
                "write `type: {name}`; if values of other types are meant, list them under `oneOf`"
            ),
        );
    }

    /// Lowers an array or a map, unless it contains itself.
    fn once(&mut self, id: SchemaId, lower: impl FnOnce(&mut Self) -> Type) -> Type {
        if self.open.contains(&id) {
            self.circle(&self.schema(id).at);
            return Type::Any;
        }
        self.open.insert(id);
        let ty = lower(self);
        self.open.remove(&id);
        ty
    }

    fn array(&mut self, schema: &Schema, hint: &[String]) -> Type {
        if is_tuple(schema) {
            let place = |(index, item): (usize, &SchemaId)| {
                self.usage(*item, &with(hint, &format!("item {index}"))).item()
            };
            return Type::Tuple(schema.prefix_items.iter().enumerate().map(place).collect());
        }
        if !schema.prefix_items.is_empty() {
            self.report_places(schema);
            return Type::Array(Box::new(Type::Any));
        }
        let item = match schema.items.schema() {
            Some(item) => self.usage(item, &with(hint, "item")).item(),
            None => Type::Any,
        };
        Type::Array(Box::new(item))
    }

    /// Reports schemas for the first items of an array without a fixed length.
    fn report_places(&mut self, schema: &Schema) {
        if !schema.prefix_items.is_empty() {
            self.diagnostics.unsupported(
                &schema.at.join("x-prefix-items"),
                "a list with types for its first places, of no fixed length",
                "its items can be anything",
            );
        }
    }

    /// Returns the type of the properties that an object does not name.
    pub(super) fn additional(&mut self, schema: &Schema, hint: &[String]) -> Type {
        match schema.additional_properties {
            Some(value) => self.usage(value, &with(hint, "value")).item(),
            None => Type::Any,
        }
    }
}

/// Returns the strings in the `enum` of a schema. Numbers and booleans are treated as unquoted
/// strings.
pub(super) fn enumeration(schema: &Schema) -> Enum {
    let mut list = Enum { variants: Vec::new() };
    let mut known = BTreeSet::new();
    let described = schema.description.as_deref().map(notes::of_values).unwrap_or_default();
    for value in &schema.enumeration {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        if known.insert(text.clone()) {
            let description = described.get(&text).cloned();
            list.variants.push(Variant {
                wire: WireName(text),
                number: MemberId::default(),
                description,
            });
        }
    }
    list
}

/// Returns whether a schema describes arrays of one length, with a schema for each index.
fn is_tuple(schema: &Schema) -> bool {
    let places = schema.prefix_items.len();
    let is_count = |limit: &Option<Value>| {
        limit.as_ref().and_then(Value::as_u64) == u64::try_from(places).ok()
    };
    let is_closed = schema.items == Items::Closed || is_count(&schema.constraints.max_items);
    (1..=6).contains(&places) && is_closed && is_count(&schema.constraints.min_items)
}

/// Returns the words of a name with another one.
pub(super) fn with(hint: &[String], word: &str) -> Vec<String> {
    let mut words = hint.to_vec();
    words.push(word.to_owned());
    words
}

/// Returns whether a schema lists its values.
pub(super) fn has_values(schema: &Schema) -> bool {
    schema.enum_values().next().is_some()
}

/// Returns the format of a string. Formats without a Rust type (uuid, uri, email …) are plain.
pub(super) fn string_format(schema: &Schema) -> StringFormat {
    match schema.format.as_deref().unwrap_or_default() {
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

/// Returns an integer type. Limits, defaults or listed values beyond the format widen it, at last
/// to one that keeps every digit.
pub(super) fn integer(schema: &Schema) -> Type {
    let format = match schema.format.as_deref().unwrap_or_default() {
        "int8" => IntegerFormat::Int8,
        "int16" => IntegerFormat::Int16,
        "int32" => IntegerFormat::Int32,
        "uint8" => IntegerFormat::Uint8,
        "uint16" => IntegerFormat::Uint16,
        "uint32" => IntegerFormat::Uint32,
        "uint64" | "uint" => IntegerFormat::Uint64,
        _ => IntegerFormat::Int64,
    };
    let bounds = [&schema.constraints.minimum, &schema.constraints.maximum, &schema.default];
    let named = bounds.into_iter().flatten().chain(&schema.enumeration);
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
        Type::Number(NumberFormat::Decimal)
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

/// Returns a number type. A 64-bit one (OpenAPI Format Registry, `int64`) is an integer, because a
/// double cannot represent all of its digits. If the schema lists an integer that a double cannot
/// represent, the type keeps every digit.
pub(super) fn number(schema: &Schema) -> Type {
    let is_exact = |value: &Value| {
        let integer = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from));
        integer.is_none_or(|integer| integer as f64 as i128 == integer)
    };
    match schema.format.as_deref() {
        Some("decimal") => Type::Number(NumberFormat::Decimal),
        None if !schema.enumeration.iter().all(is_exact) => Type::Number(NumberFormat::Decimal),
        Some("int64" | "uint64") => integer(schema),
        Some(_) | None => Type::Number(NumberFormat::Double),
    }
}
