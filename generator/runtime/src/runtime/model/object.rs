//! Objects: structs whose fields are listed with their names on the wire.
//!
//! The derive macros of serde would generate hundreds of lines for each struct. Here a struct is a
//! list of fields, and the code is shared where possible.

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
/// It decides what a missing property means: an error for most types, no value for [`Option`] and
/// [`Nullable`](super::Nullable).
pub trait Field: Sized + Serialize + DeserializeOwned {
    /// Returns the value of a missing property, if the type has one.
    fn absent() -> Option<Self> {
        None
    }

    /// Returns whether the property is omitted when the object is encoded.
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

/// An optional property. `null` is read as absent, because servers send it even where the document
/// does not allow it.
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
    /// The name of the type, for error messages.
    const NAME: &'static str;
    /// The names of the properties on the wire, in the order of the document.
    const PROPERTIES: &'static [&'static str];

    /// Reads the entries of an object. If `lenient`, optional properties of another type are kept
    /// undecoded.
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

/// Writes an object: first its properties, in the order of the document, then its additional
/// properties.
#[doc(hidden)]
#[derive(Debug)]
pub struct ObjectWriter<'a, M, T> {
    map: M,
    properties: &'static [&'static str],
    /// The names of the properties that remain to be written.
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

    /// Writes the next property. If it is absent, its undecoded value is written, if there is one.
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

    /// Writes the additional properties, and ends the object.
    pub fn end(mut self) -> Result<M::Ok, M::Error> {
        self.additional.write(&mut self.map, self.properties)?;
        self.map.end()
    }
}

/// Reads a property. If it is optional and has another type, its undecoded value is returned.
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

/// Returns whether a required property is missing.
#[doc(hidden)]
pub fn is_missing<F: Field>(property: &Option<F>) -> bool {
    property.is_none() && F::absent().is_none()
}

/// Returns an error if a required property is missing.
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

/// Returns the value of a property after [`check_required`] has succeeded.
#[doc(hidden)]
pub fn finish_property<F: Field>(property: Option<F>) -> F {
    match property.or_else(F::absent) {
        Some(value) => value,
        None => unreachable!("`check_required` reports missing properties before"),
    }
}

/// The name of a property in an object.
#[doc(hidden)]
#[derive(Debug)]
pub enum PropertyKey {
    /// The index of a declared property.
    Known(usize),
    /// A property that is not declared.
    Additional(String),
}

/// Looks up the name of a property in the declared ones.
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

/// Passes the entries of an object to [`Model::read`].
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

/// Returns the name on the wire of a field without `#[wire]`: its identifier, without the `r#` of a
/// raw identifier.
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
///         /// The destination.
///         pub place: Option<String>,
///         /// The number of visitors.
///         #[wire = "sizeOfGroup"]
///         pub size: Option<i64>,
///         #[flatten]
///         pub additional_properties: Properties,
///     }
/// }
/// ```
///
/// The macro declares exactly this struct, with these attributes and fields. It adds `Serialize`,
/// `Deserialize`, and the method `undecoded`.
///
/// A field is a property of the same name, or of the name in `#[wire]`. Before `#[wire]` it can have
/// documentation, `#[deprecated]` and `#[cfg]`, in this order. The last field holds the additional
/// properties. It is documented by the macro, because it is the same in each struct.
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
            /// Additional properties that the document does not name, and the undecoded values of
            /// optional properties.
            pub additional_properties: $additional,
        }

        #[allow(deprecated)]
        impl $crate::runtime::Field for $name {}

        #[allow(deprecated)]
        impl $name {
            /// Returns the optional properties that do not have their documented type, with their
            /// names on the wire. Their fields are absent; the values are sent back unchanged.
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
                        // A single exit for all properties: the compiler generates the drop code
                        // of all fields for each exit.
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
