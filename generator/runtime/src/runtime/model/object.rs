//! Objects: a struct whose properties are listed beside their names on the wire.
//!
//! The derives of serde would write the same code for each struct anew, some hundred lines of it.
//! Here a struct is a list of properties, and what can be shared between structs is.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeOwned, DeserializeSeed, MapAccess};
use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};

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

/// Writes an object: its properties one after the other, in the order of their names, then those
/// that the document does not name.
#[doc(hidden)]
#[derive(Debug)]
pub struct ObjectWriter<'a, M, T> {
    map: M,
    properties: &'static [&'static str],
    /// The names of the properties that are not written yet.
    names: std::slice::Iter<'static, &'static str>,
    additional: &'a Properties<T>,
}

impl<'a, M: SerializeMap, T: Serialize> ObjectWriter<'a, M, T> {
    /// Begins the object of a model.
    pub fn new<S: Serializer<SerializeMap = M, Error = M::Error>, Of: Model>(
        serializer: S,
        _: &'a Of,
        additional: &'a Properties<T>,
    ) -> Result<Self, M::Error> {
        let map = serializer.serialize_map(None)?;
        let properties = Of::PROPERTIES;
        Ok(Self { map, properties, names: properties.iter(), additional })
    }

    /// Writes the next property, unless it is absent: then it may have come with another type, and
    /// goes back as it came.
    pub fn write_property<F: Field>(&mut self, value: &F) -> Result<(), M::Error> {
        let Some(name) = self.names.next() else {
            return Err(M::Error::custom("an object has more properties than names for them"));
        };
        if !value.is_absent() {
            return self.map.serialize_entry(name, value);
        }
        match self.additional.get_undecoded(name) {
            Some(undecoded) => self.map.serialize_entry(name, undecoded),
            None => Ok(()),
        }
    }

    /// Writes the properties that the document does not name, and ends the object.
    pub fn end(mut self) -> Result<M::Ok, M::Error> {
        self.additional.write(&mut self.map, self.properties)?;
        self.map.end()
    }
}

/// Reads the value of a property, or gives back what it is instead, if that is not its type and it
/// could as well be missing.
#[doc(hidden)]
pub fn read_property<'de, A: MapAccess<'de>, F: Field>(
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
pub fn check_required<E: de::Error>(
    properties: &[&'static str],
    are_missing: &[bool],
) -> Result<(), E> {
    match properties.iter().zip(are_missing).find(|(_, is_missing)| **is_missing) {
        Some((name, _)) => Err(E::missing_field(name)),
        None => Ok(()),
    }
}

/// What a property is after all entries were read, and none is missing.
#[doc(hidden)]
pub fn finish_property<F: Field>(property: Option<F>) -> F {
    match property.or_else(F::absent) {
        Some(value) => value,
        None => unreachable!("an object that is not check_required is refused before"),
    }
}

/// A property's name as it was met in an object.
#[doc(hidden)]
#[derive(Debug)]
pub enum PropertyKey {
    /// The property at this place of the list.
    Known(usize),
    /// A property that the list does not have.
    Additional(String),
}

/// Looks a name up in the list of properties.
#[doc(hidden)]
#[derive(Debug)]
pub struct PropertyNames(pub &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for PropertyNames {
    type Value = PropertyKey;

    fn deserialize<D: de::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<PropertyKey, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl de::Visitor<'_> for PropertyNames {
    type Value = PropertyKey;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<PropertyKey, E> {
        Ok(match self.0.iter().position(|known| *known == name) {
            Some(index) => PropertyKey::Known(index),
            None => PropertyKey::Additional(name.to_owned()),
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

/// Returns the name on the wire of a field that no `#[wire]` gives another one: its own, without the
/// `r#` that makes an identifier of a keyword.
#[doc(hidden)]
pub const fn wire_name(identifier: &'static str) -> &'static str {
    match identifier.as_bytes() {
        [b'r', b'#', ..] => identifier.split_at(2).1,
        _ => identifier,
    }
}

/// Declares an object.
///
/// ```text
/// model! {
///     /// A visit.
///     #[derive(Debug, Clone, PartialEq)]
///     #[non_exhaustive]
///     pub struct Visit {
///         /// Where it goes.
///         pub place: Option<String>,
///         /// How many come.
///         #[wire = "sizeOfGroup"]
///         pub size: Option<i64>,
///         #[flatten]
///         pub additional_properties: Properties,
///     }
/// }
/// ```
///
/// The struct is the one that is written there, with these attributes and fields. What the macro adds
/// is `Serialize`, `Deserialize`, and a method `undecoded`.
///
/// A field is a property of the same name, or of the name that `#[wire]` gives it. Before that it can
/// have documentation, `#[deprecated]` and `#[cfg]`, in this order. The last field holds the
/// properties that the document does not name; it is documented here, because it is the same in each
/// struct.
#[allow(unused_macros, reason = "a document may have none")]
macro_rules! model {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[deprecated $($deprecated:tt)*])?
                $(#[cfg $cfg:tt])?
                $(#[wire = $wire:literal])?
                pub $field:ident: $ty:ty,
            )*
            #[flatten]
            pub additional_properties: $additional:ty,
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $(
                $(#[doc = $doc])*
                $(#[deprecated $($deprecated)*])?
                $(#[cfg $cfg])?
                pub $field: $ty,
            )*
            /// Properties that the document does not name, kept as they came, and those that are not
            /// of their documented types.
            pub additional_properties: $additional,
        }

        #[allow(deprecated)]
        impl $crate::runtime::Field for $name {}

        #[allow(deprecated)]
        impl $name {
            /// Returns the optional properties whose values are not of their documented types, by
            /// their names on the wire. They are absent otherwise, and sent back as they came.
            pub fn undecoded(&self) -> impl Iterator<Item = (&str, &$crate::runtime::Undecoded)> {
                self.additional_properties.undecoded()
            }
        }

        #[allow(deprecated)]
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #[allow(unused_mut)]
                let mut object =
                    $crate::runtime::ObjectWriter::new(serializer, self, &self.additional_properties)?;
                $(
                    $(#[cfg $cfg])?
                    object.write_property(&self.$field)?;
                )*
                object.end()
            }
        }

        #[allow(deprecated)]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::runtime::read_model(deserializer)
            }
        }

        #[allow(deprecated)]
        impl $crate::runtime::Model for $name {
            const NAME: &'static str = stringify!($name);
            const PROPERTIES: &'static [&'static str] = &[$(
                $(#[cfg $cfg])?
                ($($wire,)? $crate::runtime::wire_name(stringify!($field)),).0
            ),*];

            #[allow(non_camel_case_types, unreachable_code, unused_mut, unused_variables)]
            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                mut map: A,
                lenient: bool,
            ) -> Result<Self, A::Error> {
                enum Slot { $($(#[cfg $cfg])? $field),* }
                const SLOTS: &[Slot] = &[$($(#[cfg $cfg])? Slot::$field),*];
                $(
                    $(#[cfg $cfg])?
                    let mut $field: Option<$ty> = None;
                )*
                let mut additional_properties = <$additional>::new();
                while let Some(key) =
                    map.next_key_seed($crate::runtime::PropertyNames(Self::PROPERTIES))?
                {
                    match key {
                        $crate::runtime::PropertyKey::Additional(name) => {
                            additional_properties.read(&mut map, name, lenient)?;
                        }
                        // One way out for all properties: the compiler looks at what is to be
                        // dropped on each of them.
                        $crate::runtime::PropertyKey::Known(index) => {
                            let property: Result<_, A::Error> = match SLOTS[index] {
                                $(
                                    $(#[cfg $cfg])?
                                    Slot::$field => {
                                        $crate::runtime::read_property(&mut map, &mut $field, lenient)
                                    }
                                )*
                            };
                            additional_properties.keep(Self::PROPERTIES[index], property?);
                        }
                    }
                }
                let are_missing = [$($(#[cfg $cfg])? $crate::runtime::is_missing(&$field)),*];
                $crate::runtime::check_required(Self::PROPERTIES, &are_missing)?;
                Ok(Self {
                    $(
                        $(#[cfg $cfg])?
                        $field: $crate::runtime::finish_property($field),
                    )*
                    additional_properties,
                })
            }
        }
    };
}
#[allow(unused_imports, reason = "a document may have none")]
pub(crate) use model;
