//! Unions. A test chooses the variant; variants are not tried one after the other.

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::value::to_raw_value;
use serde_json::{Error, Value};

use super::decode::{
    Entries, Pass, Segment, attempt, capture, current, integer, memory, outermost, part, reason,
    within,
};

/// A condition for a value to be a variant of a union.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantTest {
    /// An object with a property of this name that is one of these strings
    /// (OpenAPI 3.0, Discriminator Object).
    Tag(&'static str, &'static [&'static str]),
    /// An object with a property of this name that is one of these numbers.
    Number(&'static str, &'static [i64]),
    /// An object that has a property of this name.
    Key(&'static str),
    /// A value of this JSON type.
    Type(JsonType),
}

/// A JSON type (RFC 8259, section 3).
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number with an integral value.
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

/// Reads a union: captures the value and passes it to the function that chooses the variant.
#[doc(hidden)]
pub fn read_union<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
    choose: impl FnOnce(UnionValue<'_>) -> Result<T, Error>,
) -> Result<T, D::Error> {
    if current() == Pass::None {
        return outermost(deserializer);
    }
    memory::take(memory::declared::<T>())?;
    let text = capture(deserializer)?;
    UnionValue::new(&text).and_then(choose).map_err(|error| de::Error::custom(reason(&error)))
}

/// A captured JSON value, parsed as far as necessary to choose the variant of a union. It keeps
/// every digit.
#[doc(hidden)]
#[derive(Debug)]
pub struct UnionValue<'a> {
    text: &'a str,
    /// The entries, if it is an object.
    entries: Option<Entries<'a>>,
}

impl<'a> UnionValue<'a> {
    fn new(text: &'a str) -> Result<Self, Error> {
        let text = text.trim();
        let entries = match text.starts_with('{') {
            true => Some(serde_json::from_str::<Entries<'a>>(text)?),
            false => None,
        };
        Ok(Self { text, entries })
    }

    /// Returns the JSON text of a property. If a name occurs twice, the last value is used.
    fn get(&self, name: &str) -> Option<&'a str> {
        let mut entries = self.entries.as_ref()?.0.iter().rev();
        entries.find(|(other, _)| other == name).map(|(_, value)| value.get())
    }

    /// Returns the value of a string property.
    fn tag(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|text| serde_json::from_str(text).ok())
    }

    /// Returns whether the value passes a test.
    pub fn matches(&self, test: VariantTest) -> bool {
        match test {
            VariantTest::Tag(tag, allowed) => {
                self.tag(tag).is_some_and(|tag| allowed.contains(&tag.as_str()))
            }
            VariantTest::Number(tag, allowed) => {
                let number = self.get(tag).and_then(integer);
                number.is_some_and(|number| allowed.iter().any(|one| i128::from(*one) == number))
            }
            VariantTest::Key(name) => self.get(name).is_some(),
            VariantTest::Type(JsonType::Integer) => integer(self.text).is_some(),
            VariantTest::Type(kind) => self.json_type() == Some(kind),
        }
    }

    fn json_type(&self) -> Option<JsonType> {
        Some(match self.text.bytes().next()? {
            b'n' => JsonType::Null,
            b't' | b'f' => JsonType::Boolean,
            b'"' => JsonType::String,
            b'[' => JsonType::Array,
            b'{' => JsonType::Object,
            _ => JsonType::Number,
        })
    }

    /// Returns the tag, if the object consists of exactly a tag and its content.
    pub fn adjacent(&self, tag: &str, content: &str) -> Option<String> {
        let content = self.get(content).is_some_and(|content| content != "null");
        let pair = self.entries.as_ref().is_some_and(|entries| entries.0.len() == 2);
        if content && pair { self.tag(tag) } else { None }
    }

    /// Decodes the content of the variant that the tag has chosen.
    pub fn content<T: DeserializeOwned>(&self, name: &str) -> Result<T, Error> {
        within(Segment::Key(name.to_owned()), || part(self.get(name).unwrap_or("null")))
    }

    /// Decodes the value as the variant that a test has chosen.
    pub fn decode_as<T: DeserializeOwned, U>(
        self,
        chosen: fn(T) -> U,
        _: fn(Value) -> U,
    ) -> Result<U, Error> {
        self.decode().map(chosen)
    }

    /// Decodes the value as the variant that a test has chosen, or as `Other` if it does not match.
    /// The first pass only reports the error, because the second pass may be lenient.
    pub fn decode_or_other<T: DeserializeOwned, U>(
        self,
        chosen: fn(T) -> U,
        other: fn(Value) -> U,
    ) -> Result<U, Error> {
        match attempt(|| part(self.text), None) {
            Ok(value) => Ok(chosen(value)),
            Err(error) if current() == Pass::First => Err(error),
            Err(_) => self.decode().map(other),
        }
    }

    /// Decodes the whole value.
    pub fn decode<T: DeserializeOwned>(self) -> Result<T, Error> {
        part(self.text)
    }
}

/// Encodes a tag and its content as an object with two properties.
#[doc(hidden)]
pub fn write_adjacent<S: Serializer, T: Serialize>(
    serializer: S,
    tag: (&'static str, &'static str),
    content: (&'static str, &T),
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry(tag.0, tag.1)?;
    map.serialize_entry(content.0, content.1)?;
    map.end()
}

/// Encodes a variant. If the variant is chosen by a tag, which is one of its own properties, a tag
/// that stands for another variant is replaced.
#[doc(hidden)]
pub fn write_tested<S: Serializer, T: Serialize>(
    serializer: S,
    content: &T,
    test: VariantTest,
) -> Result<S::Ok, S::Error> {
    match test {
        VariantTest::Tag(tag, [first, ..]) => {
            write_internal(serializer, content, test, tag, *first)
        }
        VariantTest::Number(tag, [first, ..]) => {
            write_internal(serializer, content, test, tag, *first)
        }
        VariantTest::Tag(..)
        | VariantTest::Number(..)
        | VariantTest::Key(_)
        | VariantTest::Type(_) => content.serialize(serializer),
    }
}

fn write_internal<S: Serializer, T: Serialize>(
    serializer: S,
    object: &T,
    test: VariantTest,
    tag: &'static str,
    first: impl Into<Value>,
) -> Result<S::Ok, S::Error> {
    let written = to_raw_value(object).map_err(S::Error::custom)?;
    let seen = UnionValue::new(written.get()).map_err(S::Error::custom)?;
    if seen.matches(test) {
        return written.serialize(serializer);
    }
    let Some(entries) = seen.entries else {
        return Err(S::Error::custom("a variant with a tag must be an object"));
    };
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry(tag, &first.into())?;
    for (name, value) in entries.0.iter().filter(|(name, _)| name != tag) {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// Declares a union.
///
/// ```text
/// union! {
///     /// A parcel.
///     #[derive(Debug, Clone, PartialEq)]
///     #[non_exhaustive]
///     #[wire(tag = "kind", content = "content")]
///     pub enum Parcel {
///         /// A visit.
///         #[wire = "visit" | "VISIT"]
///         Visit(Visit),
///         #[other]
///         Other(OtherParcel),
///     }
/// }
/// ```
///
/// The macro declares exactly this enum. The last attribute before it states how the variant is
/// chosen:
///
/// - `#[wire(tag = "…", content = "…")]`: the tag and the content are the two properties of an
///   object. An object with other properties or an unknown tag becomes `Other`.
/// - `#[wire(tag = "…")]`: the tag is a property of the variant (OpenAPI 3.0, Discriminator Object).
///   An object with an unknown tag, or without a tag, becomes `Other`.
/// - no attribute: each variant has a test, as below. A value that passes no test becomes `Other`.
/// - `#[wire(or_other)]`: the same, and a value that does not match the type that its test has
///   chosen becomes `Other` as well. The variants build on a type that is less strict.
///
/// Before such an attribute, other attributes of the enum are written as `#[attributes(…)]`.
///
/// With a tag, `#[wire = "…"]` lists the values of the tag; the first one is written. Otherwise a
/// variant has one of these tests, which are tried in order:
///
/// - `#[wire(tag = "…", values = ["…"])]`, `#[wire(tag = "…", numbers = [1])]`: an object with a
///   property of this name that is one of these
/// - `#[wire(property = "…")]`: an object that has a property of this name
/// - `#[wire(type = "array")]`: a value of this JSON type
///
/// Before its test, `#[from(…)]` lists the types that `From` converts into the variant.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! union {
    (
        $(#[doc = $doc:literal])*
        $(#[deprecated $($deprecated:tt)*])?
        #[derive($($derive:tt)*)]
        $(#[attributes($($added:tt)*)])?
        #[non_exhaustive]
        #[wire(tag = $tag:literal, content = $content:literal)]
        pub enum $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $(#[from($($from:ty),*)])?
                #[wire = $wire:literal $(| $alias:literal)*]
                $variant:ident($ty:ty $(,)?),
            )*
            #[other]
            Other($other:ty),
        }
    ) => {
        $(#[doc = $doc])*
        $(#[deprecated $($deprecated)*])?
        #[derive($($derive)*)]
        $($($added)*)?
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "a box would make matching harder")]
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant($ty),
            )*
            /// Any other combination of tag and content.
            Other($other),
        }

        #[allow(deprecated)]
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(content) => {
                        $crate::runtime::write_adjacent(serializer, ($tag, $wire), ($content, content))
                    })*
                    Self::Other(other) => other.serialize(serializer),
                }
            }
        }

        #[allow(deprecated)]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_union(deserializer, |value| {
                    match value.adjacent($tag, $content).as_deref() {
                        $(Some($wire $(| $alias)*) => {
                            value.content($content).map(Self::$variant)
                        })*
                        Some(_) | None => value.decode().map(Self::Other),
                    }
                })
            }
        }

        $crate::runtime::union! { @from $name $($($($variant($from))*)?)* }
    };
    (
        $(#[doc = $doc:literal])*
        $(#[deprecated $($deprecated:tt)*])?
        #[derive($($derive:tt)*)]
        $(#[attributes($($added:tt)*)])?
        #[non_exhaustive]
        #[wire(tag = $tag:literal)]
        pub enum $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $(#[from($($from:ty),*)])?
                #[wire = $wire:literal $(| $alias:literal)*]
                $variant:ident($ty:ty $(,)?),
            )*
            #[other]
            Other($other:ty),
        }
    ) => {
        $crate::runtime::union! {
            $(#[doc = $doc])*
            $(#[deprecated $($deprecated)*])?
            #[derive($($derive)*)]
        $($($added)*)?
            #[non_exhaustive]
            pub enum $name {
                $(
                    $(#[doc = $variant_doc])*
                    $(#[from($($from),*)])?
                    #[wire(tag = $tag, values = [$wire $(, $alias)*])]
                    $variant($ty),
                )*
                #[other]
                Other($other),
            }
        }
    };
    (
        $(#[doc = $doc:literal])*
        $(#[deprecated $($deprecated:tt)*])?
        #[derive($($derive:tt)*)]
        $(#[attributes($($added:tt)*)])?
        #[non_exhaustive]
        #[wire(or_other)]
        $($declaration:tt)*
    ) => {
        $crate::runtime::union! {
            @declare decode_or_other
            $(#[doc = $doc])*
            $(#[deprecated $($deprecated)*])?
            #[derive($($derive)*)]
        $($($added)*)?
            #[non_exhaustive]
            $($declaration)*
        }
    };
    (
        @declare $read:ident
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[doc = $variant_doc:literal])*
                $(#[from($($from:ty),*)])?
                #[wire $test:tt]
                $variant:ident($ty:ty $(,)?),
            )*
            #[other]
            Other($other:ty),
        }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant($ty),
            )*
            /// A value that matches no other variant.
            Other($other),
        }

        #[allow(deprecated)]
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(content) => {
                        let test = $crate::runtime::union!(@test $test);
                        $crate::runtime::write_tested(serializer, content, test)
                    })*
                    Self::Other(other) => other.serialize(serializer),
                }
            }
        }

        #[allow(deprecated)]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_union(deserializer, |value| {
                    $(if value.matches($crate::runtime::union!(@test $test)) {
                        return value.$read(Self::$variant, Self::Other);
                    })*
                    value.decode().map(Self::Other)
                })
            }
        }

        $crate::runtime::union! { @from $name $($($($variant($from))*)?)* }
    };
    (@from $name:ident $($variant:ident($from:ty))*) => {
        #[allow(deprecated)]
        impl $crate::runtime::Field for $name {}

        $(
            #[allow(deprecated)]
            impl From<$from> for $name {
                fn from(value: $from) -> Self {
                    Self::$variant(value.into())
                }
            }
        )*
    };
    (@test (tag = $tag:literal, values = $values:tt)) => {
        $crate::runtime::VariantTest::Tag($tag, &$values)
    };
    (@test (tag = $tag:literal, numbers = $numbers:tt)) => {
        $crate::runtime::VariantTest::Number($tag, &$numbers)
    };
    (@test (property = $name:literal)) => { $crate::runtime::VariantTest::Key($name) };
    (@test (type = "null")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Null) };
    (@test (type = "boolean")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Boolean) };
    (@test (type = "integer")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Integer) };
    (@test (type = "number")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Number) };
    (@test (type = "string")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::String) };
    (@test (type = "array")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Array) };
    (@test (type = "object")) => { $crate::runtime::VariantTest::Type($crate::runtime::JsonType::Object) };
    (# $($declaration:tt)*) => {
        $crate::runtime::union! { @declare decode_as # $($declaration)* }
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use union;
