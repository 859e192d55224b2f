//! Types: what an API speaks of.

use serde_json::Value;

use super::{Docs, MemberId, TypeId, WireName};
use crate::pointer::Pointer;

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Its number.
    pub number: TypeId,
    /// Where it stands in the document.
    pub at: Pointer,
    /// The words that its name is made of: a component's name, or the way to an inline schema.
    pub hint: Vec<String>,
    /// Whether it is a component, which has the first claim to its name.
    pub component: bool,
    /// What it means.
    pub docs: Docs,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// What it is.
    pub shape: Shape,
}

/// What a type with a name is.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Named properties.
    Object(Object),
    /// A list of strings.
    Enum(Enum),
    /// One of several types.
    Union(Union),
    /// The parts of a form.
    Form(Form),
    /// Another name for a type.
    Alias(Type),
}

/// Named properties.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// The properties that have a name.
    pub fields: Vec<Field>,
    /// The type of all others.
    pub additional: Type,
}

/// A property.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name on the wire.
    pub wire: WireName,
    /// Its number.
    pub number: MemberId,
    /// Its type, if it is there and not null.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether only responses have it.
    pub read_only: bool,
    /// Whether only requests have it.
    pub write_only: bool,
    /// Its only value, if it must be there and has just one: it is no argument, and always sent.
    pub constant: Option<Value>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// What it means.
    pub docs: Docs,
}

/// A list of strings.
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
    /// Its number.
    pub number: MemberId,
    /// What it means.
    pub description: Option<String>,
}

/// One of several types.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// What tells which.
    pub tagging: Tagging,
    /// The types, in the order in which they are tested.
    pub variants: Vec<UnionVariant>,
}

/// What tells which type of a union a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Tagging {
    /// A property beside the one that holds the value. The tests of the variants are tags.
    Adjacent {
        /// The property with the tag.
        tag: WireName,
        /// The property with the value.
        content: WireName,
        /// The object that holds both when no variant fits.
        other: TypeId,
    },
    /// The value itself, by the tests of the variants.
    Value,
    /// The same, where a value can be valid without being of the type that its test has chosen, as
    /// where the variants build on a schema that asks for less: it is kept as it is.
    Base,
}

/// A type of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionVariant {
    /// What a value must be like to be of this type.
    pub test: Test,
    /// Its number.
    pub number: MemberId,
    /// The type.
    pub ty: Type,
}

/// What a value must be like to be a variant of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// An object whose property has one of these values, of which the first is written.
    Tag(WireName, Vec<String>),
    /// An object whose property has one of these numbers, of which the first is written.
    Number(WireName, Vec<i64>),
    /// An object that has the property.
    Key(WireName),
    /// A value of a type of JSON.
    Json(JsonType),
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
    /// A text.
    String,
    /// A list.
    Array,
    /// Properties with values.
    Object,
}

/// The parts of a form of the type `multipart/form-data` (RFC 7578).
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The name and type of its content, and what it means.
    pub field: Field,
    /// How its content is written.
    pub kind: PartKind,
}

impl Part {
    /// Returns whether the constructor of the form takes an argument for the part.
    pub fn is_argument(&self) -> bool {
        self.field.required && self.field.constant.is_none()
    }
}

/// How the content of a part is written.
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
    /// Anything.
    Any,
    /// True or false.
    Boolean,
    /// An integer.
    Integer(IntegerFormat),
    /// A number.
    Number(NumberFormat),
    /// A text.
    String(StringFormat),
    /// A list.
    Array(Box<Type>),
    /// A list with a type for each place.
    Tuple(Vec<Type>),
    /// An object whose properties are not named.
    Map(Box<Type>),
    /// An item that may be null.
    Nullable(Box<Type>),
    /// A type with a name.
    Named(TypeId),
}

impl Type {
    /// A text of no format in particular.
    pub const TEXT: Self = Self::String(StringFormat::Plain);

    /// Hands over the type and all that it is made of, but not what is behind a name.
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
            | Self::Named(_) => {}
        }
    }

    /// The declared types that the type is made of.
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
    /// 64 bits, also where the document does not say.
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

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberFormat {
    /// Double precision. Single precision is read as this too, which changes no digit.
    Double,
    /// Every digit counts.
    Decimal,
}

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StringFormat {
    /// Anything.
    Plain,
    /// A date and time.
    DateTime,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A length of time.
    Duration,
    /// Bytes in base64.
    Base64,
    /// Something secret.
    Password,
    /// A number of which every digit counts.
    Decimal,
}
