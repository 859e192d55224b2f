//! Deserializes a JSON value from any format, within a budget.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::budget::Budget;
use crate::pointer::Pointer;

/// Deserializes a value, and collects duplicate keys.
#[derive(Clone, Copy)]
struct Node<'d> {
    /// The pointers to duplicate keys, as tokens in reverse order.
    duplicates: &'d RefCell<Vec<Vec<String>>>,
    /// Whether `<<` is a merge key, as in YAML 1.1.
    has_merge_keys: bool,
    budget: &'d Budget,
}

/// Deserializes a value. Returns it with the pointers to duplicate keys. An error is a syntax error,
/// unless the [budget](Budget::excess) is exceeded.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    has_merge_keys: bool,
    budget: &Budget,
) -> Result<(Value, Vec<Pointer>), D::Error> {
    let duplicates = RefCell::default();
    let node = Node { duplicates: &duplicates, has_merge_keys, budget };
    let value = node.deserialize(deserializer)?;
    let pointer = |tokens: Vec<String>| tokens.into_iter().rev().collect();
    Ok((value, duplicates.into_inner().into_iter().map(pointer).collect()))
}

impl Node<'_> {
    /// Adds a value to the budget. A YAML alias adds the values that it stands for each time.
    fn add_value<E: Error>(self, bytes: usize) -> Result<(), E> {
        if self.budget.add_value(bytes) { Ok(()) } else { Err(E::custom("too large")) }
    }

    fn scalar<E: Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.add_value(0)?;
        Ok(value.into())
    }

    fn count_duplicates(self) -> usize {
        self.duplicates.borrow().len()
    }

    /// Prepends a token to the pointers of the duplicates below a node. Building them from their ends
    /// costs nothing while there are no duplicates.
    fn prepend(self, before: usize, token: impl fmt::Display) {
        for tokens in self.duplicates.borrow_mut().iter_mut().skip(before) {
            tokens.push(token.to_string());
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
        f.write_str("a value that JSON can represent")
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
        self.add_value(0)?;
        Ok(Number::from_f64(value).map_or_else(|| Value::from(value.to_string()), Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.add_value(value.len())?;
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.add_value(value.len())?;
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.add_value(0)?;
        let mut array = Vec::new();
        let mut before = self.count_duplicates();
        while let Some(item) = items.next_element_seed(self)? {
            self.prepend(before, array.len());
            array.push(item);
            before = self.count_duplicates();
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.add_value(0)?;
        let mut object = Map::new();
        let mut merged = Vec::new();
        while let Some(key) = entries.next_key_seed(WithKey(|key: &str| Ok(key.to_owned())))? {
            self.budget.add_key(key.len());
            let before = self.count_duplicates();
            let value = entries.next_value_seed(self)?;
            self.prepend(before, &key);
            if self.has_merge_keys && key == "<<" {
                merged.push(value);
            } else if object.insert(key.clone(), value).is_some() {
                self.duplicates.borrow_mut().push(vec![key]);
            }
        }
        merged.into_iter().for_each(|value| merge(&mut object, value));
        Ok(Value::Object(object))
    }

    /// Ignores a custom tag, such as `!secret`.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_, value) = tagged.variant::<IgnoredAny>()?;
        value.newtype_variant_seed(self)
    }
}

/// Adds the missing keys of a merged value to an object (YAML 1.1, merge key).
fn merge(object: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(merged) => {
            for (key, value) in merged {
                object.entry(key).or_insert(value);
            }
        }
        Value::Array(values) => values.into_iter().for_each(|value| merge(object, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Calls a function with a key, converted to a string from any scalar. An error of the function has the
/// position of the key.
pub(super) struct WithKey<F>(pub(super) F);

impl<'de, T, F: FnOnce(&str) -> Result<T, String>> DeserializeSeed<'de> for WithKey<F> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for WithKey<F> {
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
