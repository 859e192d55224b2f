//! Types.

use std::sync::Arc;

use serde_json::Value;

use super::{Docs, MemberId, TypeId, WireName};
use crate::pointer::Pointer;

/// A declared type.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// The number.
    pub number: TypeId,
    /// The location in the document.
    pub at: Pointer,
    /// The words of its name: the name of a component, or the path to an inline schema.
    pub hint: Vec<String>,
    /// Whether it is a component. Components claim their names first.
    pub component: bool,
    /// The documentation.
    pub docs: Docs,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The shape.
    pub shape: Shape,
}

/// The shape of a declared type.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// An object with named properties.
    Object(Object),
    /// An enum of strings.
    Enum(Enum),
    /// A union of types.
    Union(Union),
    /// A multipart form.
    Form(Form),
    /// An alias of a type.
    Alias(Type),
}

/// An object with named properties.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The named properties.
    pub fields: Vec<Field>,
    /// The type of all other properties.
    pub additional: Type,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name on the wire.
    pub wire: WireName,
    /// The number.
    pub number: MemberId,
    /// The type, for a value that is present and not null.
    pub ty: Type,
    /// Whether it is required.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it occurs in responses only.
    pub read_only: bool,
    /// Whether it occurs in requests only.
    pub write_only: bool,
    /// The value of a constant: a required property with one value, which is always sent and no argument.
    pub constant: Option<Value>,
    /// Whether it is deprecated.
    pub deprecated: bool,
    /// The documentation.
    pub docs: Docs,
}

/// An enum of strings.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// The values.
    pub variants: Vec<Variant>,
}

/// A value of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The value on the wire.
    pub wire: WireName,
    /// The number.
    pub number: MemberId,
    /// The documentation.
    pub description: Option<String>,
}

/// A union of types.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// How a value selects a variant.
    pub tagging: Tagging,
    /// The variants, in the order of their tests.
    pub variants: Vec<UnionVariant>,
}

/// How a value selects a variant of a union.
#[derive(Debug, Clone, PartialEq)]
pub enum Tagging {
    /// By a tag property next to the content property. The tests of the variants are tags.
    Adjacent {
        /// The property with the tag.
        tag: WireName,
        /// The property with the content.
        content: WireName,
        /// The object with both, for values that match no variant.
        other: TypeId,
    },
    /// By the tests of the variants, on the value itself.
    Value,
    /// The same, where a value can be valid without being of the type that its test has chosen, as
    /// where the variants build on a schema that asks for less: it is kept as it is.
    Base,
}

/// A variant of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionVariant {
    /// The test that selects it.
    pub test: Test,
    /// The number.
    pub number: MemberId,
    /// The type.
    pub ty: Type,
}

/// The test that selects a variant of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// An object whose property has one of these values. The first is written.
    Tag(WireName, Vec<String>),
    /// An object whose property has one of these numbers. The first is written.
    Number(WireName, Vec<i64>),
    /// An object with the property.
    Key(WireName),
    /// A value of a JSON type.
    Json(JsonType),
}

impl Test {
    /// Returns the words that name a variant by its test.
    pub fn words(&self) -> String {
        match self {
            Self::Tag(_, tags) => tags.first().cloned().unwrap_or_default(),
            Self::Number(name, numbers) => {
                format!("{name} {}", numbers.first().map(ToString::to_string).unwrap_or_default())
            }
            Self::Key(name) => name.0.clone(),
            Self::Json(ty) => format!("{ty:?}"),
        }
    }
}

/// The types of JSON values (JSON Schema, `type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonType {
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A form of the media type `multipart/form-data` (RFC 7578).
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The name, type and documentation.
    pub field: Field,
    /// The encoding.
    pub kind: PartKind,
}

impl Part {
    /// Returns whether the constructor of the form takes an argument for the part.
    pub fn is_argument(&self) -> bool {
        self.field.required && self.field.constant.is_none()
    }
}

/// The encoding of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKind {
    /// As text, and objects as JSON; lists as a part for each item. With this media type, if the
    /// document has one.
    Text(Option<String>),
    /// As JSON, with this media type.
    Json(String),
    /// As a file, or several. With this media type, if the document has one and the file has none of
    /// its own.
    File(Option<String>),
}

/// A type where it is used.
#[derive(Debug, Clone, PartialEq, PartialOrd, Eq, Ord)]
pub enum Type {
    /// Any value.
    Any,
    /// A boolean.
    Boolean,
    /// An integer.
    Integer(IntegerFormat),
    /// A number.
    Number(NumberFormat),
    /// A string.
    String(StringFormat),
    /// An array.
    Array(Box<Type>),
    /// An array with a type for each index.
    Tuple(Vec<Type>),
    /// An object without named properties.
    Map(Box<Type>),
    /// A value that may be null.
    Nullable(Box<Type>),
    /// A declared type.
    Named(TypeId),
    /// A type that the configuration names by its path, for a string, an integer, a number, or a component.
    Extern(Extern),
}

/// A type that is not generated.
#[derive(Debug, Clone, PartialEq, PartialOrd, Eq, Ord)]
pub struct Extern {
    /// Its path in Rust.
    pub path: Arc<str>,
    /// The JSON types of its values. Empty if they may be of any type.
    pub json: Vec<JsonType>,
}

impl Extern {
    /// Returns whether its values may be objects.
    pub fn may_be_object(&self) -> bool {
        self.json.is_empty() || self.json.contains(&JsonType::Object)
    }
}

impl Type {
    /// A string without a format.
    pub const TEXT: Self = Self::String(StringFormat::Plain);

    /// Calls a function with the type and all types in it, but does not follow declared types.
    pub fn visit<'t>(&'t self, found: &mut dyn FnMut(&'t Self)) {
        found(self);
        match self {
            Self::Array(item) | Self::Map(item) | Self::Nullable(item) => item.visit(found),
            Self::Tuple(items) => items.iter().for_each(|item| item.visit(found)),
            Self::Any
            | Self::Boolean
            | Self::Integer(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Named(_)
            | Self::Extern(_) => {}
        }
    }

    /// Returns the declared types in the type.
    pub fn named(&self) -> Vec<TypeId> {
        let mut ids = Vec::new();
        self.visit(&mut |ty| {
            if let Self::Named(id) = ty {
                ids.push(*id);
            }
        });
        ids
    }
}

/// The range of an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntegerFormat {
    /// 8 bits.
    Int8,
    /// 16 bits.
    Int16,
    /// 32 bits.
    Int32,
    /// 64 bits, the default.
    Int64,
    /// 8 bits without a sign.
    Uint8,
    /// 16 bits without a sign.
    Uint16,
    /// 32 bits without a sign.
    Uint32,
    /// 64 bits without a sign.
    Uint64,
}

/// The precision of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberFormat {
    /// Double precision. Single precision becomes double precision, which changes no digit.
    Double,
    /// Decimal, with every digit.
    Decimal,
}

/// The format of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StringFormat {
    /// Any string.
    Plain,
    /// A date and time.
    DateTime,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A duration.
    Duration,
    /// Bytes in base64.
    Base64,
    /// A secret.
    Password,
    /// A decimal number with every digit.
    Decimal,
}
