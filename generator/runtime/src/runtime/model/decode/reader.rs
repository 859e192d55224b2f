//! A deserializer that has the whole JSON of its value, and knows the path of the value in the
//! body.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;
use serde_json::value::RawValue;

use super::capture::is_asked_for;
use super::memory::{self, Lent};
use super::{EXACT, Segment, integer, is_exact, is_integer, not_too_deep, pass, within};
use crate::runtime::json::Name;

/// Reads the JSON of one value. Arrays and objects are split one level at a time, so that each part
/// can be read more than once, and kept as received.
#[derive(Debug, Clone, Copy)]
pub(super) struct Careful<'de> {
    text: &'de str,
}

impl<'de> Careful<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text: text.trim() }
    }

    fn first(self) -> Option<u8> {
        self.text.bytes().next()
    }

    /// Returns the deserializer of `serde_json`.
    fn plain(self) -> serde_json::Deserializer<serde_json::de::StrRead<'de>> {
        serde_json::Deserializer::from_str(self.text)
    }

    /// Returns the error for an integer that 64 bits cannot represent, with all of its digits.
    fn not_in_64_bits<V: Visitor<'de>>(self, visitor: &V) -> Option<Error> {
        let is_number = matches!(self.first(), Some(b'-' | b'0'..=b'9'));
        (is_number && is_integer(self.text)).then(|| {
            let number = format!("integer `{}`", self.text);
            Error::invalid_value(Unexpected::Other(&number), visitor)
        })
    }

    /// Reads one level. `is_free` means that the properties of an object become a map.
    fn read<V: Visitor<'de>>(self, visitor: V, is_free: bool) -> Result<V::Value, Error> {
        match self.first() {
            Some(b'[') => {
                let ItemTexts(items, lent) = serde_json::from_str(self.text)?;
                visitor.visit_seq(Items { items: items.into_iter(), index: 0, _lent: lent })
            }
            Some(b'{') => {
                let Entries(entries, lent) = serde_json::from_str(self.text)?;
                let entries = entries.into_iter();
                visitor.visit_map(Properties {
                    entries,
                    next: None,
                    is_free,
                    is_first: true,
                    _lent: lent,
                })
            }
            _ if self.is_inexact() && !pass::round(EXACT) => {
                Err(Error::custom(format_args!("a number of more digits, expected {EXACT}")))
            }
            Some(b'"') => self.deserialize_str(visitor),
            _ => self.plain().deserialize_any(visitor),
        }
    }

    /// Returns whether the value is a number that a free value would round.
    fn is_inexact(self) -> bool {
        matches!(self.first(), Some(b'-' | b'0'..=b'9')) && !is_exact(self.text)
    }
}

macro_rules! integers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let Some(value) = integer(self.text) else {
                return match self.not_in_64_bits(&visitor) {
                    Some(error) => Err(error),
                    None => self.plain().$method(visitor),
                };
            };
            match (i64::try_from(value), u64::try_from(value)) {
                (_, Ok(value)) => visitor.visit_u64(value),
                (Ok(value), _) => visitor.visit_i64(value),
                (Err(_), Err(_)) => self.plain().$method(visitor),
            }
        }
    )* };
}

/// Scalars have no parts that are read a second time.
macro_rules! plain {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.plain().$method(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Careful<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // No item of an array is optional, and neither is any part of a free value.
        not_too_deep(self.text)?;
        self.read(visitor, true)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.read(visitor, false)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        memory::take(memory::string(self.text))?;
        self.plain().deserialize_str(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        memory::take(memory::string(self.text))?;
        self.plain().deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.text == "null" { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if is_asked_for(name) {
            return self.plain().deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    plain! {
        deserialize_bool deserialize_f32 deserialize_f64 deserialize_char deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.plain().deserialize_enum(name, variants, visitor)
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    forward_to_deserialize_any! {
        i128 u128 unit_struct seq tuple tuple_struct struct
    }
}

struct Items<'de> {
    items: std::vec::IntoIter<&'de RawValue>,
    index: usize,
    _lent: Lent,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        memory::take(memory::item::<T::Value>(self.index))?;
        let segment = Segment::Index(self.index);
        self.index += 1;
        within(segment, || seed.deserialize(Careful::new(item.get()))).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

type Entry<'de> = (Cow<'de, str>, &'de RawValue);

struct Properties<'de> {
    entries: std::vec::IntoIter<Entry<'de>>,
    next: Option<Entry<'de>>,
    /// Whether the entries go into a map, and none has yet.
    is_free: bool,
    is_first: bool,
    _lent: Lent,
}

impl<'de> MapAccess<'de> for Properties<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next = self.entries.next();
        let Some((name, _)) = &self.next else {
            return Ok(None);
        };
        match name {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some),
            Cow::Owned(name) => {
                seed.deserialize(CowStrDeserializer::new(Cow::Borrowed(name))).map(Some)
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Some((name, value)) = self.next.take() else {
            return Err(Error::custom("a value is asked for before its name"));
        };
        if self.is_free {
            memory::take(memory::entry::<S::Value>(self.is_first, &name))?;
            self.is_first = false;
        }
        let segment = Segment::Key(name.into_owned());
        within(segment, || seed.deserialize(Careful::new(value.get())))
    }
}

/// The entries of an object, with undecoded values.
#[derive(Debug)]
pub(in crate::runtime::model) struct Entries<'de>(
    pub(in crate::runtime::model) Vec<Entry<'de>>,
    Lent,
);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let (mut entries, mut lent) = (Vec::new(), Lent::default());
        while let Some(name) = map.next_key_seed(Name)? {
            lent.take(memory::item::<Entry<'_>>(entries.len()))?;
            entries.push((name, map.next_value()?));
        }
        Ok(Entries(entries, lent))
    }
}

/// An array, one level deep.
struct ItemTexts<'de>(Vec<&'de RawValue>, Lent);

impl<'de> Deserialize<'de> for ItemTexts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ItemTextsVisitor)
    }
}

struct ItemTextsVisitor;

impl<'de> Visitor<'de> for ItemTextsVisitor {
    type Value = ItemTexts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ItemTexts<'de>, A::Error> {
        let (mut items, mut lent) = (Vec::new(), Lent::default());
        while let Some(item) = seq.next_element()? {
            lent.take(memory::item::<&RawValue>(items.len()))?;
            items.push(item);
        }
        Ok(ItemTexts(items, lent))
    }
}
