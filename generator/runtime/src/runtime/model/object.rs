//! Objects: a struct whose properties are listed beside their names on the wire.
//!
//! The derives of serde would write the same code for each struct anew, some hundred lines of it.
//! Here a struct is a list of properties, and what can be shared between structs is.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess};
use serde::ser::SerializeMap;

use super::decode::{Pass, current, outermost};
use super::properties::OrUndecoded;
use super::{Properties, Undecoded};

/// A type that a property of an object can have.
///
/// It says what becomes of the property when it is missing: an error for most types, nothing for
/// [`Option`] and [`Nullable`](super::Nullable).
pub trait Field: Sized + Serialize + DeserializeOwned {
    /// The value of a property that is not in the object, if its type has one.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the property is left out of the object when it is encoded.
    fn is_absent(&self) -> bool {
        false
    }
}

macro_rules! plain_fields {
    ($($ty:ty),*) => { $(impl Field for $ty {})* };
}

plain_fields!(String, bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, (), serde_json::Value);

macro_rules! tuple_fields {
    ($($(($ty:ident))*;)*) => {
        $(impl<$($ty: Serialize + DeserializeOwned),*> Field for ($($ty,)*) {})*
    };
}

tuple_fields! {
    (A);
    (A)(B);
    (A)(B)(C);
    (A)(B)(C)(D);
    (A)(B)(C)(D)(E);
    (A)(B)(C)(D)(E)(F);
}

impl<T: Serialize + DeserializeOwned> Field for Vec<T> {}
impl<T: Serialize + DeserializeOwned> Field for Properties<T> {}
impl<T: Field> Field for Box<T> {}

/// An optional property. `null` is read as absent: servers send it where their document does not
/// say so.
impl<T: Serialize + DeserializeOwned> Field for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// A struct declared with `model!`.
#[doc(hidden)]
pub trait Model: Sized {
    /// The name of the type, for messages.
    const NAME: &'static str;
    /// The names of its properties on the wire, in the order of the document.
    const PROPERTIES: &'static [&'static str];

    /// Reads the object's entries. `lenient`: an optional property that is not of its type is kept as
    /// it came.
    fn read<'de, A: MapAccess<'de>>(map: A, lenient: bool) -> Result<Self, A::Error>;
}

/// Reads an object.
#[doc(hidden)]
pub fn read_model<'de, D: de::Deserializer<'de>, T: Model + DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    let lenient = match current() {
        Pass::None => return outermost(deserializer),
        Pass::First => false,
        Pass::Second { lenient } => lenient,
    };
    deserializer.deserialize_map(ModelVisitor { lenient, of: PhantomData })
}

/// Writes one property, unless it is absent: then it may have come with another type, and goes back
/// as it came.
#[doc(hidden)]
pub fn put<M: SerializeMap, F: Field, T>(
    map: &mut M,
    name: &'static str,
    value: &F,
    rest: &Properties<T>,
) -> Result<(), M::Error> {
    if !value.is_absent() {
        return map.serialize_entry(name, value);
    }
    match rest.get_undecoded(name) {
        Some(undecoded) => map.serialize_entry(name, undecoded),
        None => Ok(()),
    }
}

/// Reads the value of a property, or gives back what it is instead, if that is not its type and it
/// could as well be missing.
#[doc(hidden)]
pub fn fill<'de, A: MapAccess<'de>, F: Field>(
    map: &mut A,
    property: &mut Option<F>,
    lenient: bool,
) -> Result<Option<Undecoded>, A::Error> {
    if !lenient || F::absent().is_none() {
        *property = Some(map.next_value()?);
        return Ok(None);
    }
    match map.next_value_seed(OrUndecoded(PhantomData))? {
        Ok(value) => {
            *property = Some(value);
            Ok(None)
        }
        Err(undecoded) => {
            *property = None;
            Ok(Some(undecoded))
        }
    }
}

/// Whether a property is missing that must be there.
#[doc(hidden)]
pub fn is_missing<F: Field>(property: &Option<F>) -> bool {
    property.is_none() && F::absent().is_none()
}

/// Refuses an object if one of its properties is missing that must be there.
#[doc(hidden)]
pub fn complete<E: de::Error>(properties: &[(&'static str, bool)]) -> Result<(), E> {
    match properties.iter().find(|(_, is_missing)| *is_missing) {
        Some((name, _)) => Err(E::missing_field(name)),
        None => Ok(()),
    }
}

/// What a property is after all entries were read, and none is missing.
#[doc(hidden)]
pub fn settle<F: Field>(property: Option<F>) -> F {
    match property.or_else(F::absent) {
        Some(value) => value,
        None => unreachable!("an object that is not complete is refused before"),
    }
}

/// A property's name as it was met in an object.
#[doc(hidden)]
#[derive(Debug)]
pub enum Found {
    /// The property at this place of the list.
    Known(usize),
    /// A property that the list does not have.
    Additional(String),
}

/// Looks a name up in the list of properties.
#[doc(hidden)]
#[derive(Debug)]
pub struct Names(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Names {
    type Value = Found;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl de::Visitor<'_> for Names {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        Ok(match self.0.iter().position(|known| *known == name) {
            Some(place) => Found::Known(place),
            None => Found::Additional(name.to_owned()),
        })
    }
}

/// Hands the entries of an object to [`Model::read`].
struct ModelVisitor<T> {
    lenient: bool,
    of: PhantomData<T>,
}

impl<'de, T: Model> de::Visitor<'de> for ModelVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(map, self.lenient)
    }
}

/// Declares an object: `pub name: Type = "nameOnTheWire"` for each property.
///
/// The struct gets one more field, `additional_properties`, for what the document does not name;
/// `#[additional_properties(Type)]` before everything else gives these values a type.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! model {
    (
        $(#[additional_properties($additional:ty)])?
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        $(#[deprecated])?
        pub struct $name:ident {
            $($(#[$field_meta:meta])* pub $field:ident: $ty:ty = $wire:literal,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq $($(, $derive)*)?)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
            /// Properties that the document does not name, kept as they came, and those that are not
            /// of their documented types.
            pub additional_properties: $crate::runtime::Properties$(<$additional>)?,
        }

        impl $crate::runtime::Field for $name {}

        impl $name {
            /// Returns the optional properties whose values are not of their documented types, by
            /// their names on the wire. They are absent otherwise, and sent back as they came.
            pub fn undecoded(&self) -> impl Iterator<Item = (&str, &$crate::runtime::Undecoded)> {
                self.additional_properties.undecoded()
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                let rest = &self.additional_properties;
                $($crate::runtime::put(&mut map, $wire, &self.$field, rest)?;)*
                rest.write(&mut map, <Self as $crate::runtime::Model>::PROPERTIES)?;
                map.end()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_model(deserializer)
            }
        }

        impl $crate::runtime::Model for $name {
            const NAME: &'static str = stringify!($name);
            const PROPERTIES: &'static [&'static str] = &[$($wire),*];

            #[allow(non_camel_case_types, unreachable_code, unused_mut, unused_variables)]
            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                mut map: A,
                lenient: bool,
            ) -> Result<Self, A::Error> {
                enum Place { $($field),* }
                const PLACES: &[Place] = &[$(Place::$field),*];
                $(let mut $field: Option<$ty> = None;)*
                let mut additional_properties = $crate::runtime::Properties::new();
                while let Some(found) =
                    map.next_key_seed($crate::runtime::Names(Self::PROPERTIES))?
                {
                    match found {
                        $crate::runtime::Found::Additional(name) => {
                            additional_properties.read(&mut map, name, lenient)?;
                        }
                        // One way out for all properties: the compiler looks at what is to be
                        // dropped on each of them.
                        $crate::runtime::Found::Known(place) => {
                            let filled: Result<_, A::Error> = match PLACES[place] {
                                $(Place::$field => {
                                    $crate::runtime::fill(&mut map, &mut $field, lenient)
                                })*
                            };
                            additional_properties.keep(Self::PROPERTIES[place], filled?);
                        }
                    }
                }
                $crate::runtime::complete(&[$(($wire, $crate::runtime::is_missing(&$field))),*])?;
                Ok(Self {
                    $($field: $crate::runtime::settle($field),)*
                    additional_properties,
                })
            }
        }
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use model;
