//! Properties by their names, and those whose values are not of their types.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{Pass, capture, current, expected, optional, outermost};

/// Properties that a schema does not name, by their names (OpenAPI 3.0, Schema Object,
/// `additionalProperties`). It is a [`BTreeMap`], by way of [`Deref`].
///
/// Beside the map it keeps what could not be decoded, as it came: values that are not of the type
/// `T`, and as the `additional_properties` of an object, the object's optional properties that are
/// not of their documented types. [`undecoded`](Self::undecoded) lists them. They are sent back as
/// they came, unless the property has got a value since, or was
/// [removed](Self::remove_undecoded).
#[derive(Clone, PartialEq, Eq)]
pub struct Properties<T = Value> {
    entries: BTreeMap<String, T>,
    /// Hardly ever there, so that a pointer is all that it takes.
    #[allow(clippy::box_collection, reason = "a map has three times the size of a pointer")]
    undecoded: Option<Box<BTreeMap<String, Undecoded>>>,
}

impl<T> Properties<T> {
    /// Returns an empty map.
    pub fn new() -> Self {
        Self { entries: BTreeMap::new(), undecoded: None }
    }

    /// Returns the properties whose values are not of their types, by their names on the wire.
    pub fn undecoded(&self) -> impl Iterator<Item = (&str, &Undecoded)> {
        let kept = self.undecoded.iter().flat_map(|kept| kept.iter());
        kept.map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the value of a property that is not of its type, by the property's name on the wire.
    pub fn get_undecoded(&self, name: &str) -> Option<&Undecoded> {
        self.undecoded.as_ref()?.get(name)
    }

    /// Removes the value of a property that is not of its type, so that it is not sent back.
    pub fn remove_undecoded(&mut self, name: &str) -> Option<Undecoded> {
        let kept = self.undecoded.as_mut()?;
        let removed = kept.remove(name);
        if kept.is_empty() {
            self.undecoded = None;
        }
        removed
    }

    /// Keeps a property that could not be decoded.
    pub(crate) fn keep(&mut self, name: &str, undecoded: Option<Undecoded>) {
        match undecoded {
            Some(value) => {
                self.undecoded.get_or_insert_default().insert(name.to_owned(), value);
            }
            // Of two values for one name, the last one counts.
            None => drop(self.remove_undecoded(name)),
        }
    }

    /// Writes all properties but those with one of these names, which are written by others.
    pub(crate) fn write<M: SerializeMap>(
        &self,
        map: &mut M,
        others: &[&str],
    ) -> Result<(), M::Error>
    where
        T: Serialize,
    {
        for (name, value) in &self.entries {
            map.serialize_entry(name, value)?;
        }
        for (name, value) in self.undecoded() {
            if !others.contains(&name) && !self.entries.contains_key(name) {
                map.serialize_entry(name, value)?;
            }
        }
        Ok(())
    }
}

impl<T: DeserializeOwned> Properties<T> {
    /// Reads the value of a property. None is required, so each can be kept as it came.
    pub(crate) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        name: String,
        lenient: bool,
    ) -> Result<(), A::Error> {
        if !lenient {
            self.entries.insert(name, map.next_value()?);
            return Ok(());
        }
        match map.next_value_seed(OrUndecoded::<T>(PhantomData))? {
            Ok(value) => {
                self.keep(&name, None);
                self.entries.insert(name, value);
            }
            Err(undecoded) => {
                self.entries.remove(&name);
                self.keep(&name, Some(undecoded));
            }
        }
        Ok(())
    }
}

impl<T> Default for Properties<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Properties<T> {
    type Target = BTreeMap<String, T>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl<T> DerefMut for Properties<T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.entries
    }
}

impl<T> From<BTreeMap<String, T>> for Properties<T> {
    fn from(entries: BTreeMap<String, T>) -> Self {
        Self { entries, undecoded: None }
    }
}

impl<N: Into<String>, T, const LENGTH: usize> From<[(N, T); LENGTH]> for Properties<T> {
    fn from(entries: [(N, T); LENGTH]) -> Self {
        entries.into_iter().collect()
    }
}

impl<N: Into<String>, T> FromIterator<(N, T)> for Properties<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(entries: I) -> Self {
        entries
            .into_iter()
            .map(|(name, value)| (name.into(), value))
            .collect::<BTreeMap<_, _>>()
            .into()
    }
}

impl<N: Into<String>, T> Extend<(N, T)> for Properties<T> {
    fn extend<I: IntoIterator<Item = (N, T)>>(&mut self, entries: I) {
        self.entries.extend(entries.into_iter().map(|(name, value)| (name.into(), value)));
    }
}

impl<T> IntoIterator for Properties<T> {
    type Item = (String, T);
    type IntoIter = btree_map::IntoIter<String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Properties<T> {
    type Item = (&'a String, &'a T);
    type IntoIter = btree_map::Iter<'a, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<'a, T> IntoIterator for &'a mut Properties<T> {
    type Item = (&'a String, &'a mut T);
    type IntoIter = btree_map::IterMut<'a, String, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter_mut()
    }
}

impl<T: fmt::Debug> fmt::Debug for Properties<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.entries).entries(self.undecoded()).finish()
    }
}

impl<T: Serialize> Serialize for Properties<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.write(&mut map, &[])?;
        map.end()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Properties<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match current() {
            Pass::None => outermost(deserializer),
            Pass::First => deserializer.deserialize_map(PropertiesVisitor::new(false)),
            Pass::Second { lenient } => {
                deserializer.deserialize_map(PropertiesVisitor::new(lenient))
            }
        }
    }
}

struct PropertiesVisitor<T> {
    lenient: bool,
    of: PhantomData<T>,
}

impl<T> PropertiesVisitor<T> {
    fn new(lenient: bool) -> Self {
        Self { lenient, of: PhantomData }
    }
}

impl<'de, T: DeserializeOwned> de::Visitor<'de> for PropertiesVisitor<T> {
    type Value = Properties<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties<T>, A::Error> {
        let mut properties = Properties::new();
        while let Some(name) = map.next_key()? {
            properties.read(&mut map, name, self.lenient)?;
        }
        Ok(properties)
    }
}

/// The value of a property that is not of its type, as it came.
///
/// `Debug` does not show it: it may be a secret that the server has sent as another type.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Undecoded {
    json: Box<str>,
    expected: Box<str>,
}

impl Undecoded {
    /// Returns the value as it came: a JSON text, digit for digit.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Returns what the value should have been, in words, as in `a string`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Decodes the value as another type than the documented one.
    ///
    /// # Errors
    ///
    /// The value is not of that type either.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.json)
    }
}

impl fmt::Debug for Undecoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Undecoded(…, not {})", self.expected)
    }
}

impl Serialize for Undecoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_str(&self.json).map_err(S::Error::custom)?;
        json.serialize(serializer)
    }
}

/// Reads a value of a type, or takes the text of one that is not of it.
pub(super) struct OrUndecoded<T>(pub(super) PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for OrUndecoded<T> {
    type Value = Result<T, Undecoded>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let json = capture(deserializer)?;
        Ok(optional(&json)
            .map_err(|error| Undecoded { json: json.into(), expected: expected(&error).into() }))
    }
}
