//! Schemas to types.

use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, IntegerFormat as Integers, IntegerType,
    NumberFormat as Numbers, NumberType, ObjectType, ReferenceOr, Schema, SchemaKind, StringFormat,
    StringType, Type as Simple, VariantOrUnknownOrEmpty,
};
use serde_json::Value;

use super::{Lower, notes};
use crate::ir::{Enum, Ident, IntegerFormat, NumberFormat, Shape, Type, Variant, WireName};
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
    pub(super) fn usage(
        &mut self,
        schema: &ReferenceOr<Schema>,
        at: &Pointer,
        hint: &[String],
    ) -> Usage {
        match schema {
            ReferenceOr::Reference { reference } => self.referenced(reference, at),
            ReferenceOr::Item(schema) => {
                let ty = self.inline(schema, at, hint);
                Usage::new(ty, is_nullable(schema))
            }
        }
    }

    /// The type of a list's or a map's items, or of a property, behind the box that `openapiv3`
    /// puts around it.
    pub(super) fn boxed_usage(
        &mut self,
        schema: &ReferenceOr<Box<Schema>>,
        at: &Pointer,
        hint: &[String],
    ) -> Usage {
        self.usage(&schema.clone().unbox(), at, hint)
    }

    fn referenced(&mut self, reference: &str, from: &Pointer) -> Usage {
        let Some(at) = reference.strip_prefix('#').and_then(Pointer::parse) else {
            return Usage::new(Type::Any, true);
        };
        if let Some(id) = self.by_pointer.get(&at).copied() {
            return Usage::new(Type::Named(id), self.is_nullable_at(&at));
        }
        // A reference into the middle of something gets a type of its own, named after its place.
        let Some(Ok(schema)) =
            at.find(&self.parsed.root).map(|value| serde_json::from_value(value.clone()))
        else {
            self.diagnostics.degraded(
                "invalid-reference",
                &from.join("$ref"),
                format!("the reference `{reference}` leads to something that is no schema"),
                "let it lead to a schema",
            );
            return Usage::new(Type::Any, true);
        };
        let nullable = self.is_nullable_at(&at);
        let facts = match &schema {
            ReferenceOr::Item(schema) => notes::facts(schema),
            ReferenceOr::Reference { reference } => reference.clone(),
        };
        if let Some(id) = self.by_facts.get(&facts).copied() {
            return Usage::new(Type::Named(id), nullable);
        }
        let hint: Vec<String> = at.steps().iter().rev().take(2).rev().cloned().collect();
        let id = self.reserve(&at, hint.clone(), false);
        self.by_pointer.insert(at.clone(), id);
        self.by_facts.insert(facts, id);
        self.define(id, &schema, &at, &hint);
        Usage::new(Type::Named(id), nullable)
    }

    /// Whether the schema at a place is nullable, through references.
    fn is_nullable_at(&self, at: &Pointer) -> bool {
        let mut at = at.clone();
        loop {
            let Some(value) = at.find(&self.parsed.root) else {
                return false;
            };
            match value
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|to| Pointer::parse(to.strip_prefix('#')?))
            {
                Some(next) => at = next,
                None => {
                    return serde_json::from_value(value.clone())
                        .is_ok_and(|schema| is_nullable(&schema));
                }
            }
        }
    }

    /// The type of a schema that stands where it is used. It gets a name only if it needs one.
    fn inline(&mut self, schema: &Schema, at: &Pointer, hint: &[String]) -> Type {
        if let Some(ty) = self.nameless(schema, at, hint) {
            return ty;
        }
        let facts = notes::facts(schema);
        if let Some(id) = self.by_facts.get(&facts) {
            return Type::Named(*id);
        }
        let id = self.reserve(at, hint.to_vec(), false);
        self.by_facts.insert(facts, id);
        self.define(id, &ReferenceOr::Item(schema.clone()), at, hint);
        match self.types.get(id.0).map(|def| &def.shape) {
            // It turned out to need no name. Only the last declaration can be taken back.
            Some(Shape::Alias(ty)) if id.0 + 1 == self.types.len() => {
                let ty = ty.clone();
                self.types.pop();
                self.by_facts.retain(|_, known| *known != id);
                ty
            }
            _ => Type::Named(id),
        }
    }

    /// What a named type is.
    pub(super) fn shape(&mut self, schema: &Schema, at: &Pointer, hint: &[String]) -> Shape {
        if let Some(ty) = self.nameless(schema, at, hint) {
            return Shape::Alias(ty);
        }
        match &schema.schema_kind {
            SchemaKind::Type(Simple::String(string)) => Shape::Enum(enumeration(string, schema)),
            SchemaKind::Type(Simple::Object(object)) => self.object(object, at, hint),
            SchemaKind::AllOf { .. } => self.all_of(schema, at, hint),
            SchemaKind::OneOf { one_of: members } | SchemaKind::AnyOf { any_of: members } => {
                self.union(schema, members, at, hint)
            }
            SchemaKind::Any(any) if !any.all_of.is_empty() || !any.properties.is_empty() => {
                self.all_of(schema, at, hint)
            }
            SchemaKind::Any(any) => self.any(any, at),
            SchemaKind::Not { .. } => {
                self.diagnostics.unsupported(at, "`not`", "any value is accepted");
                Shape::Alias(Type::Any)
            }
            // `nameless` has dealt with these.
            SchemaKind::Type(
                Simple::Number(_) | Simple::Integer(_) | Simple::Boolean(_) | Simple::Array(_),
            ) => Shape::Alias(Type::Any),
        }
    }

    /// The type of a schema that Rust has a type for, without a declaration.
    fn nameless(&mut self, schema: &Schema, at: &Pointer, hint: &[String]) -> Option<Type> {
        match &schema.schema_kind {
            SchemaKind::Type(Simple::String(string))
                if string.enumeration.iter().flatten().count() == 0 =>
            {
                Some(self.string(string, at))
            }
            SchemaKind::Type(Simple::Integer(integer)) => Some(self.integer(integer, at)),
            SchemaKind::Type(Simple::Number(number)) => Some(self.number(number, at)),
            SchemaKind::Type(Simple::Boolean(_)) => Some(Type::Boolean),
            SchemaKind::Type(Simple::Array(array)) => Some(self.array(array, at, hint)),
            SchemaKind::Type(Simple::Object(object)) if object.properties.is_empty() => {
                Some(self.map(object, at, hint))
            }
            SchemaKind::AllOf { all_of: members }
            | SchemaKind::OneOf { one_of: members }
            | SchemaKind::AnyOf { any_of: members } => match members.as_slice() {
                // A list of one is how OpenAPI 3.0 puts words beside a reference.
                [only] => Some(self.usage(only, &at.join(keyword(schema)).join(0), hint).ty),
                _ => None,
            },
            SchemaKind::Any(any) if *any == AnySchema::default() => Some(Type::Any),
            SchemaKind::Type(Simple::String(_) | Simple::Object(_))
            | SchemaKind::Any(_)
            | SchemaKind::Not { .. } => None,
        }
    }

    fn string(&mut self, string: &StringType, at: &Pointer) -> Type {
        match &string.format {
            VariantOrUnknownOrEmpty::Item(StringFormat::DateTime) => Type::DateTime,
            VariantOrUnknownOrEmpty::Item(format @ (StringFormat::Binary | StringFormat::Byte)) => {
                self.diagnostics.unsupported(
                    &at.join("format"),
                    &format!("the format {format:?} in JSON"),
                    "it is a text",
                );
                Type::String
            }
            VariantOrUnknownOrEmpty::Item(StringFormat::Date | StringFormat::Password)
            | VariantOrUnknownOrEmpty::Unknown(_)
            | VariantOrUnknownOrEmpty::Empty => Type::String,
        }
    }

    fn integer(&mut self, integer: &IntegerType, at: &Pointer) -> Type {
        let format = match &integer.format {
            VariantOrUnknownOrEmpty::Item(Integers::Int32) => IntegerFormat::Int32,
            VariantOrUnknownOrEmpty::Item(Integers::Int64) | VariantOrUnknownOrEmpty::Empty => {
                IntegerFormat::Int64
            }
            VariantOrUnknownOrEmpty::Unknown(format) => {
                self.diagnostics.unsupported(
                    &at.join("format"),
                    &format!("the format `{format}`"),
                    "it is a 64-bit integer",
                );
                IntegerFormat::Int64
            }
        };
        Type::Integer(format)
    }

    fn number(&mut self, number: &NumberType, at: &Pointer) -> Type {
        let format = match &number.format {
            VariantOrUnknownOrEmpty::Item(Numbers::Float) => NumberFormat::Float,
            VariantOrUnknownOrEmpty::Item(Numbers::Double) | VariantOrUnknownOrEmpty::Empty => {
                NumberFormat::Double
            }
            VariantOrUnknownOrEmpty::Unknown(format) => {
                self.diagnostics.unsupported(
                    &at.join("format"),
                    &format!("the format `{format}`"),
                    "it is a 64-bit float",
                );
                NumberFormat::Double
            }
        };
        Type::Number(format)
    }

    fn array(&mut self, array: &ArrayType, at: &Pointer, hint: &[String]) -> Type {
        let item = match &array.items {
            Some(items) => self.boxed_usage(items, &at.join("items"), &with(hint, "item")).item(),
            None => Type::Any,
        };
        Type::Array(Box::new(item))
    }

    fn map(&mut self, object: &ObjectType, at: &Pointer, hint: &[String]) -> Type {
        Type::Map(Box::new(self.additional(object.additional_properties.as_ref(), at, hint)))
    }

    /// The type of the properties that an object does not name.
    pub(super) fn additional(
        &mut self,
        additional: Option<&AdditionalProperties>,
        at: &Pointer,
        hint: &[String],
    ) -> Type {
        match additional {
            None | Some(AdditionalProperties::Any(_)) => Type::Any,
            Some(AdditionalProperties::Schema(schema)) => {
                self.usage(schema, &at.join("additionalProperties"), &with(hint, "value")).item()
            }
        }
    }

    fn any(&mut self, any: &AnySchema, at: &Pointer) -> Shape {
        let texts: Vec<&str> = any.enumeration.iter().filter_map(Value::as_str).collect();
        if !texts.is_empty()
            && any.enumeration.iter().all(|value| value.is_string() || value.is_null())
        {
            let variants = texts.into_iter().map(|value| variant(value, None)).collect();
            return Shape::Enum(Enum { variants });
        }
        self.diagnostics.unsupported(at, "this combination of keywords", "any value is accepted");
        Shape::Alias(Type::Any)
    }
}

/// The words of a name with one more.
pub(super) fn with(hint: &[String], word: &str) -> Vec<String> {
    let mut words = hint.to_vec();
    words.push(word.to_owned());
    words
}

/// The keyword that a combination stands under.
pub(super) fn keyword(schema: &Schema) -> &'static str {
    match &schema.schema_kind {
        SchemaKind::OneOf { .. } => "oneOf",
        SchemaKind::AnyOf { .. } => "anyOf",
        SchemaKind::AllOf { .. }
        | SchemaKind::Any(_)
        | SchemaKind::Type(_)
        | SchemaKind::Not { .. } => "allOf",
    }
}

fn is_nullable(schema: &Schema) -> bool {
    let null_among_values = match &schema.schema_kind {
        SchemaKind::Type(Simple::String(string)) => string.enumeration.contains(&None),
        SchemaKind::Any(any) => any.enumeration.contains(&Value::Null),
        _ => false,
    };
    schema.schema_data.nullable || null_among_values
}

fn enumeration(string: &StringType, schema: &Schema) -> Enum {
    let description = schema.schema_data.description.as_deref();
    let values = string.enumeration.iter().flatten();
    let mut variants: Vec<Variant> = Vec::new();
    for value in values {
        if !variants.iter().any(|variant| variant.wire.0 == *value) {
            variants.push(variant(value, description));
        }
    }
    Enum { variants }
}

fn variant(value: &str, description: Option<&str>) -> Variant {
    Variant {
        wire: WireName(value.to_owned()),
        rust: Ident::default(),
        description: description.and_then(|text| notes::of_value(text, value)),
    }
}
