//! Text to value.
//!
//! In comes the text of a YAML or JSON file, out goes a plain JSON value; what it means is left to
//! the other stages. This is the only module that knows `serde_yaml`.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::diagnostics::{Diagnostics, Effect, Place};
use crate::pointer::Pointer;
use crate::source::Source;

/// A document as a value.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path of its file.
    pub path: String,
    /// What it holds.
    pub value: Value,
}

/// Reads the root document. Pointers of diagnostics lead into it from now on.
pub fn load(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    diagnostics.set_document(path);
    read(source, path, diagnostics)
}

/// Reads a file into a value.
pub fn read(source: &dyn Source, path: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let place = || Place { file: path.to_owned(), pointer: Pointer::root() };
    let text = match source.read(path) {
        Ok(text) => text,
        Err(error) => {
            diagnostics.in_file(
                Effect::Fatal,
                "unreadable-file",
                place(),
                None,
                format!("the file cannot be read: {error}"),
                "check its path, and that it is UTF-8 text",
            );
            return None;
        }
    };
    match serde_yaml::from_str::<Node>(&text) {
        Ok(Node(value)) => Some(Document { path: path.to_owned(), value }),
        Err(error) => {
            let position = error.location().map(|location| (location.line(), location.column()));
            diagnostics.in_file(
                Effect::Fatal,
                "unparsable-file",
                place(),
                position,
                format!("the file is neither YAML nor JSON: {}", without_position(&error)),
                "mend the text at this place",
            );
            None
        }
    }
}

/// Line and column of a node in a text, from one: where its key stands, or the node itself if it
/// has none. If the node is not there, the nearest one above it counts.
pub fn locate(text: &str, pointer: &Pointer) -> Option<(usize, usize)> {
    let mut pointer = pointer.clone();
    loop {
        let seek = Seek { steps: pointer.steps() };
        if let Err(error) = seek.deserialize(serde_yaml::Deserializer::from_str(text))
            && error.to_string().contains(FOUND)
        {
            return error.location().map(|location| (location.line(), location.column()));
        }
        if pointer.steps().is_empty() {
            return None;
        }
        pointer = pointer.parent();
    }
}

/// The message without the position that it ends with, which diagnostics tell in their own way.
fn without_position(error: &serde_yaml::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

/// A value whose keys were scalars of any type, as in `200: …`.
struct Node(Value);

impl<'de> de::Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can have")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node(Value::from(value)))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("JSON has no such number"))?;
        Ok(Node(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node(Value::from(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(Node(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Node(Value::Array(array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut object = Map::new();
        while let Some(key) =
            entries.next_key_seed(KeyOf(|key: &str| match object.contains_key(key) {
                true => Err(format!("the key `{key}` is there twice")),
                false => Ok(key.to_owned()),
            }))?
        {
            let Node(value) = entries.next_value()?;
            object.insert(key, value);
        }
        Ok(Node(Value::Object(object)))
    }
}

/// Hands a key over as text, whatever scalar it was. An error is reported where the key stands.
struct KeyOf<F>(F);

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

    fn visit_str<E: de::Error>(self, key: &str) -> Result<T, E> {
        (self.0)(key).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, key: u64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_i64<E: de::Error>(self, key: i64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_f64<E: de::Error>(self, key: f64) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_bool<E: de::Error>(self, key: bool) -> Result<T, E> {
        self.visit_str(&key.to_string())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        self.visit_str("null")
    }
}

/// The error that carries the position of what was looked for: the parser says where it stood when
/// a visitor failed.
const FOUND: &str = "\u{1}found";

/// Follows a pointer through a text and fails where it leads to.
struct Seek<'p> {
    steps: &'p [String],
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seek<'_> {
    fn scalar<E: de::Error>(&self) -> Result<(), E> {
        if self.steps.is_empty() { Err(E::custom(FOUND)) } else { Ok(()) }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar()
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((step, steps)) = self.steps.split_first() else {
            return Err(de::Error::custom(FOUND));
        };
        let wanted = step.parse::<usize>().ok();
        for index in 0.. {
            let more = match wanted == Some(index) {
                true => items.next_element_seed(Seek { steps })?.is_some(),
                false => items.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((step, steps)) = self.steps.split_first() else {
            return Err(de::Error::custom(FOUND));
        };
        let last = steps.is_empty();
        let compare = |key: &str| match key == step {
            true if last => Err(FOUND.to_owned()),
            here => Ok(here),
        };
        while let Some(here) = entries.next_key_seed(KeyOf(compare))? {
            match here {
                true => entries.next_value_seed(Seek { steps })?,
                false => entries.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_found_in_yaml_and_json() {
        let yaml = "paths:\n  /a:\n    get:\n      responses:\n        200: {description: x}\n    list: [1, two, {k: v}]\n";
        let at = |text, pointer| locate(text, &Pointer::parse(pointer).unwrap_or_default());
        assert_eq!(at(yaml, "/paths/~1a/get"), Some((3, 5)));
        assert_eq!(at(yaml, "/paths/~1a/get/responses/200"), Some((5, 9)));
        assert_eq!(at(yaml, "/paths/~1a/list/1"), Some((6, 15)));
        assert_eq!(at(yaml, "/paths/~1a/list/2/k"), Some((6, 21)));
        assert_eq!(at(yaml, "/paths/~1a/get/nothing/here"), Some((3, 5)), "the nearest node above");
        assert_eq!(at("{\"a\": {\n  \"b\": 1}}", "/a/b"), Some((2, 3)));
    }
}
