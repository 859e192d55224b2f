//! A value as serde hands it over, whatever the format.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::room::Room;
use crate::pointer::Pointer;

/// Reads a value, and remembers the keys that are there twice.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    duplicates: &'d RefCell<Vec<Vec<String>>>,
    /// Whether `<<` is YAML's key for what is merged into an object.
    merges: bool,
    room: &'d Room,
}

/// Reads a value, and the places of keys that are there twice. An error is that of the text, unless
/// there is no [room](Room::fault) left.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    merges: bool,
    room: &Room,
) -> Result<(Value, Vec<Pointer>), D::Error> {
    let duplicates = RefCell::default();
    let value = Node { duplicates: &duplicates, merges, room }.deserialize(deserializer)?;
    let pointer = |steps: Vec<String>| steps.into_iter().rev().collect();
    Ok((value, duplicates.into_inner().into_iter().map(pointer).collect()))
}

impl Node<'_> {
    /// Takes the room for a node with a text. An alias of YAML takes what it stands for each time.
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        if self.room.take(bytes) { Ok(()) } else { Err(E::custom("too large")) }
    }

    fn scalar<E: Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.take(0)?;
        Ok(value.into())
    }

    fn count(self) -> usize {
        self.duplicates.borrow().len()
    }

    /// Completes the ways to what was found inside a node. They are built from their ends, so that
    /// they cost nothing where there are none.
    fn inside(self, before: usize, step: impl fmt::Display) {
        for steps in self.duplicates.borrow_mut().iter_mut().skip(before) {
            steps.push(step.to_string());
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can have")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.scalar(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        self.scalar(value as f64)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        self.scalar(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.take(0)?;
        Ok(Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take(value.len())?;
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.take(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.take(0)?;
        let mut array = Vec::new();
        let mut before = self.count();
        while let Some(item) = items.next_element_seed(self)? {
            self.inside(before, array.len());
            array.push(item);
            before = self.count();
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.take(0)?;
        let mut object = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = entries.next_key_seed(KeyOf(|key: &str| Ok(key.to_owned())))? {
            self.room.text(key.len());
            let before = self.count();
            let value = entries.next_value_seed(self)?;
            self.inside(before, &key);
            if self.merges && key == "<<" {
                merged.push(value);
            } else if object.insert(key.clone(), value).is_some() {
                self.duplicates.borrow_mut().push(vec![key]);
            }
        }
        merged.into_iter().for_each(|value| merge(&mut object, value));
        Ok(Value::Object(object))
    }

    /// A value with a tag of its own, such as `!secret x`. What the tag means is not known here.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}

/// Adds what an object does not have itself (YAML 1.1, merge key).
fn merge(object: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(more) => {
            for (key, value) in more {
                object.entry(key).or_insert(value);
            }
        }
        Value::Array(several) => several.into_iter().for_each(|value| merge(object, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Hands a key over as text, whatever scalar it was. An error is reported where the key stands.
pub(super) struct KeyOf<F>(pub(super) F);

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> DeserializeSeed<'de> for KeyOf<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for KeyOf<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar as a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<T, E> {
        (self.0)(key).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, key: u64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_i64<E: Error>(self, key: i64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_u128<E: Error>(self, key: u128) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_i128<E: Error>(self, key: i128) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_f64<E: Error>(self, key: f64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_bool<E: Error>(self, key: bool) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.visit_str("null")
    }
}
