//! Types: what an API speaks of.

use super::{Docs, Ident, WireName};
use crate::pointer::Pointer;

/// The number of a type's declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// A type with a name.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Where it stands in the document.
    pub at: Pointer,
    /// The words that its name is made of: a component's name, or the way to an inline schema.
    pub hint: Vec<String>,
    /// Whether it is a component, which has the first claim to its name.
    pub component: bool,
    /// Its name in Rust.
    pub rust: Ident,
    /// The module that holds it.
    pub module: Ident,
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
    /// Its name in Rust.
    pub rust: Ident,
    /// Its type, if it is there and not null.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be null.
    pub nullable: bool,
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
    /// Its name in Rust.
    pub rust: Ident,
    /// What it means.
    pub description: Option<String>,
}

/// One of several types.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// What tells which.
    pub tagging: Tagging,
    /// The types.
    pub variants: Vec<UnionVariant>,
}

/// What tells which type of a union a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Tagging {
    /// A property beside the one that holds the value.
    Adjacent {
        /// The property with the tag.
        tag: WireName,
        /// The property with the value.
        content: WireName,
        /// The object that holds both when no variant fits.
        other: TypeId,
    },
    /// A property of the value itself.
    Internal {
        /// The property with the tag.
        tag: WireName,
    },
}

/// A type of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct UnionVariant {
    /// The tags that stand for it, the one that is written first.
    pub tags: Vec<String>,
    /// Its name in Rust.
    pub rust: Ident,
    /// The type.
    pub ty: Type,
}

/// A type where it is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Anything that JSON can express.
    Any,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer(IntegerFormat),
    /// A number.
    Number(NumberFormat),
    /// A text.
    String,
    /// A date and time.
    DateTime,
    /// A list.
    Array(Box<Type>),
    /// An object whose properties are not named.
    Map(Box<Type>),
    /// An item that may be null.
    Nullable(Box<Type>),
    /// A type with a name.
    Named(TypeId),
}

/// How large a whole number can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntegerFormat {
    /// 32 bits.
    Int32,
    /// 64 bits, also where the document does not say.
    Int64,
}

/// How exact a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberFormat {
    /// Single precision.
    Float,
    /// Double precision, also where the document does not say.
    Double,
}
