//! Maps of properties, and values that do not have their documented type.

use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::decode::{Pass, capture, current, expected, memory, optional, outermost};

/// The properties that a schema does not name (OpenAPI 3.0, Schema Object,
/// `additionalProperties`). It dereferences to a [`BTreeMap`].
///
/// Besides the map, it keeps values that could not be decoded: those that are not of the type `T`,
/// and, as the `additional_properties` of an object, the optional properties of the object that do
/// not have their documented type. [`undecoded`](Self::undecoded) returns them. They are sent back
/// unchanged, unless the property was set or the value was
/// [removed](Self::remove_undecoded).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Properties<T = Value> {
    entries: BTreeMap<String, T>,
    /// Rarely present, so it takes only a pointer.
    #[allow(clippy::box_collection, reason = "a map has three times the size of a pointer")]
    undecoded: Option<Box<BTreeMap<String, Undecoded>>>,
}

impl<T> Properties<T> {
    /// Returns an empty map.
    pub fn new() -> Self {
        Self { entries: BTreeMap::new(), undecoded: None }
    }

    /// Returns the values that could not be decoded, with their property names on the wire.
    pub fn undecoded(&self) -> impl Iterator<Item = (&str, &Undecoded)> {
        let kept = self.undecoded.iter().flat_map(|kept| kept.iter());
        kept.map(|(name, value)| (name.as_str(), value))
    }

    /// Returns a value that could not be decoded, by the property's name on the wire.
    pub fn get_undecoded(&self, name: &str) -> Option<&Undecoded> {
        self.undecoded.as_ref()?.get(name)
    }

    /// Removes a value that could not be decoded, so that it is not sent back.
    pub fn remove_undecoded(&mut self, name: &str) -> Option<Undecoded> {
        let kept = self.undecoded.as_mut()?;
        let removed = kept.remove(name);
        if kept.is_empty() {
            self.undecoded = None;
        }
        removed
    }

    /// Keeps or clears the undecoded value of a property.
    pub(crate) fn keep(&mut self, name: &str, undecoded: Option<Undecoded>) {
        match undecoded {
            Some(value) => {
                self.undecoded.get_or_insert_default().insert(name.to_owned(), value);
            }
            // If a name occurs twice, the last value is used.
            None => drop(self.remove_undecoded(name)),
        }
    }

    /// Writes all properties except undecoded ones with these names, which the object writes.
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
    /// Reads a property. None is required, so values of another type can be kept.
    pub(crate) fn read<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        name: String,
        lenient: bool,
    ) -> Result<(), A::Error> {
        memory::take(memory::entry::<T>(self.entries.is_empty(), &name))?;
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

/// A value that does not have its documented type, as received.
///
/// `Debug` does not show it, because it may be a secret that was sent as another type.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Undecoded {
    json: Box<str>,
    expected: Box<str>,
}

impl Undecoded {
    /// Returns the value as received: a JSON text with every digit.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Describes the documented type, as in `a string`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// Decodes the value as another type.
    ///
    /// # Errors
    ///
    /// Fails if the value does not have that type.
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

/// Decodes a value, or captures it if it does not have the type.
pub(super) struct OrUndecoded<T>(pub(super) PhantomData<T>);

impl<'de, T: DeserializeOwned> DeserializeSeed<'de> for OrUndecoded<T> {
    type Value = Result<T, Undecoded>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let json = capture(deserializer)?;
        let error = match optional(&json) {
            Ok(value) => return Ok(Ok(value)),
            Err(_) if memory::is_exhausted() => return Err(memory::exhausted()),
            Err(error) => error,
        };
        memory::take(memory::UNDECODED + memory::string(&json))?;
        Ok(Err(Undecoded { json: json.into(), expected: expected(&error).into() }))
    }
}
