//! Unions whose variant is chosen by a test, never by decoding one after the other.

use serde::de::{self, Deserialize, DeserializeOwned};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// What must hold of a value for it to be a variant of a union.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// An object whose property of this name is one of these strings
    /// (OpenAPI 3.0, Discriminator Object).
    Tag(&'static str, &'static [&'static str]),
    /// An object whose property of this name is one of these numbers.
    Number(&'static str, &'static [i64]),
    /// An object that has a property of this name.
    Key(&'static str),
    /// A value of this kind.
    Json(Json),
}

/// A kind of JSON value (RFC 8259, section 3).
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number that is written without a fraction.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// Names with values.
    Object,
}

impl Test {
    fn holds(self, value: &Value) -> bool {
        match self {
            Self::Tag(tag, allowed) => {
                value.get(tag).and_then(Value::as_str).is_some_and(|tag| allowed.contains(&tag))
            }
            Self::Number(tag, allowed) => {
                value.get(tag).and_then(Value::as_i64).is_some_and(|tag| allowed.contains(&tag))
            }
            Self::Key(name) => value.get(name).is_some(),
            Self::Json(Json::Null) => value.is_null(),
            Self::Json(Json::Boolean) => value.is_boolean(),
            Self::Json(Json::Integer) => value.is_i64() || value.is_u64(),
            Self::Json(Json::Number) => value.is_number(),
            Self::Json(Json::String) => value.is_string(),
            Self::Json(Json::Array) => value.is_array(),
            Self::Json(Json::Object) => value.is_object(),
        }
    }
}

/// A value that was read whole to find out which variant of a union it is.
#[doc(hidden)]
#[derive(Debug)]
pub struct Tagged {
    object: Value,
}

impl Tagged {
    /// Reads the object.
    pub fn deserialize<'de, D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|object| Self { object })
    }

    /// Whether a test holds of the value.
    pub fn is(&self, test: Test) -> bool {
        test.holds(&self.object)
    }

    /// The tag, if the object is a pair of it and its content and has nothing else.
    pub fn adjacent(&self, tag: &str, content: &str) -> Option<&str> {
        let content = self.object.get(content).is_some_and(|content| !content.is_null());
        let pair = self.object.as_object().is_some_and(|object| object.len() == 2);
        let tag = self.object.get(tag).and_then(Value::as_str);
        tag.filter(|_| content && pair)
    }

    /// Decodes the content that the tag has chosen. An error says where in the content it lies,
    /// because the outer decoder has seen it as one free value.
    pub fn content<T: DeserializeOwned, E: de::Error>(&mut self, name: &str) -> Result<T, E> {
        decode(self.object.get_mut(name).map(Value::take).unwrap_or_default(), name)
    }

    /// Decodes the object as what a test has chosen.
    pub fn or_error<T: DeserializeOwned, U, E: de::Error>(
        self,
        chosen: fn(T) -> U,
        _: fn(Value) -> U,
    ) -> Result<U, E> {
        self.whole().map(chosen)
    }

    /// Decodes the object as what a test has chosen, or keeps it if it is not that.
    pub fn or_other<T: DeserializeOwned, U, E: de::Error>(
        self,
        chosen: fn(T) -> U,
        other: fn(Value) -> U,
    ) -> Result<U, E> {
        match T::deserialize(&self.object) {
            Ok(value) => Ok(chosen(value)),
            Err(_) => Ok(other(self.object)),
        }
    }

    /// Decodes the object as it stands.
    pub fn whole<T: DeserializeOwned, E: de::Error>(self) -> Result<T, E> {
        decode(self.object, "")
    }
}

fn decode<T: DeserializeOwned, E: de::Error>(value: Value, part: &str) -> Result<T, E> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match (part, error.path().to_string().as_str()) {
            (part, ".") => part.to_owned(),
            ("", inner) => inner.to_owned(),
            (part, inner) => format!("{part}.{inner}"),
        };
        let separator = if path.is_empty() { "" } else { ": " };
        E::custom(format_args!("{path}{separator}{}", error.inner()))
    })
}

/// Encodes a tag and the content beside it.
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

/// Encodes a variant. If a tag chooses it, the tag is one of its own properties, and is made one
/// that stands for the variant.
#[doc(hidden)]
pub fn write_tested<S: Serializer, T: Serialize>(
    serializer: S,
    content: &T,
    test: Test,
) -> Result<S::Ok, S::Error> {
    match test {
        Test::Tag(tag, [first, ..]) => write_internal(serializer, content, test, tag, *first),
        Test::Number(tag, [first, ..]) => write_internal(serializer, content, test, tag, *first),
        Test::Tag(..) | Test::Number(..) | Test::Key(_) | Test::Json(_) => {
            content.serialize(serializer)
        }
    }
}

fn write_internal<S: Serializer, T: Serialize>(
    serializer: S,
    object: &T,
    test: Test,
    tag: &'static str,
    first: impl Into<Value>,
) -> Result<S::Ok, S::Error> {
    let mut object = match serde_json::to_value(object) {
        Ok(object @ Value::Object(_)) => object,
        Ok(_) => return Err(S::Error::custom("a variant with a tag must be an object")),
        Err(error) => return Err(S::Error::custom(error)),
    };
    if let (false, Value::Object(object)) = (test.holds(&object), &mut object) {
        object.insert(tag.to_owned(), first.into());
    }
    object.serialize(serializer)
}

/// Declares a union: `Variant(Type) = "TAG"` for each value that the tag can have.
///
/// `#[adjacent(tag = "…", content = "…", other = Type)]`: the tag stands beside the content; an
/// object that is not exactly one of the known pairs becomes `Other`, which holds it whole.
/// `#[internal(tag = "…")]`: the tag is a property of the variant (OpenAPI 3.0, Discriminator
/// Object); an object with another tag, or none, becomes `Other` as a free value.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! tagged_union {
    (
        #[adjacent(tag = $tag:literal, content = $content:literal, other = $other:ty)]
        $(#[doc = $doc:literal])*
        $(#[deprecated])?
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident($ty:ty $(,)?) = $wire:literal $(| $alias:literal)*,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant($ty),)*
            /// Any other combination, with all that it holds.
            Other($other),
        }

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

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut tagged = $crate::runtime::Tagged::deserialize(deserializer)?;
                match tagged.adjacent($tag, $content) {
                    $(Some($wire $(| $alias)*) => {
                        tagged.content($content).map(Self::$variant)
                    })*
                    Some(_) | None => tagged.whole().map(Self::Other),
                }
            }
        }

        impl $crate::runtime::Field for $name {}
    };
    (
        #[internal(tag = $tag:literal)]
        $(#[doc = $doc:literal])*
        $(#[deprecated])?
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident($ty:ty $(,)?) = $wire:literal $(| $alias:literal)*,)*
        }
    ) => {
        $crate::runtime::union! {
            $(#[doc = $doc])*
            pub enum $name {
                $($(#[$variant_meta])* $variant($ty) = Test::Tag($tag, &[$wire $(, $alias)*]),)*
            }
        }
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use tagged_union;

/// Declares a union: `Variant(Type) = Test::…` for each variant.
///
/// The tests are tried in order on the value as it came, and the first one that holds chooses the
/// variant: `Test::Tag("name", &["VALUE"])`, `Test::Number("name", &[1])` and `Test::Key("name")`
/// look into objects,
/// `Test::Json(Json::Array)` at the kind of value. A value that no test fits becomes `Other`, which
/// keeps it whole. With `#[base]` so does a value that is not of the type that its test has chosen:
/// the variants build on a type that asks for less.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! union {
    (#[base] $($declaration:tt)*) => {
        $crate::runtime::union! { @declare or_other $($declaration)* }
    };
    (
        @declare $read:ident
        $(#[doc = $doc:literal])*
        $(#[deprecated])?
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident($ty:ty $(,)?) = $test:expr,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant($ty),)*
            /// A value that is none of these, as it came.
            Other(::serde_json::Value),
        }

        impl ::serde::Serialize for $name {
            #[allow(unused_imports)]
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use $crate::runtime::{Json, Test};
                match self {
                    $(Self::$variant(content) => {
                        $crate::runtime::write_tested(serializer, content, $test)
                    })*
                    Self::Other(other) => other.serialize(serializer),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            #[allow(unused_imports)]
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use $crate::runtime::{Json, Test};
                let value = $crate::runtime::Tagged::deserialize(deserializer)?;
                $(if value.is($test) {
                    return value.$read(Self::$variant, Self::Other);
                })*
                value.whole().map(Self::Other)
            }
        }

        impl $crate::runtime::Field for $name {}
    };
    ($($declaration:tt)*) => {
        $crate::runtime::union! { @declare or_error $($declaration)* }
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use union;
