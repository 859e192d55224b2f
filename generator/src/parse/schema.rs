//! Schemas, read keyword by keyword.
//!
//! `openapiv3` sorts a schema into kinds and reads it whole, which is slow for nested ones and has
//! no place for what mixes kinds. So schemas are looked at where they stand in the document, one at
//! a time; those inside of them are named by their pointers.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::pointer::Pointer;

static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// The words for lists of schemas that are combined.
pub const COMBINATIONS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// A schema of a document (OpenAPI 3.0, Schema Object).
#[derive(Debug, Clone, Copy)]
pub struct Schema<'d> {
    object: &'d Map<String, Value>,
}

/// What `type` can say (OpenAPI 3.0, Data Types).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemaType {
    /// `string`
    String,
    /// `number`
    Number,
    /// `integer`
    Integer,
    /// `boolean`
    Boolean,
    /// `array`
    Array,
    /// `object`
    Object,
}

impl<'d> Schema<'d> {
    /// The schema at a node. What is none says nothing.
    pub(super) fn new(node: Option<&'d Value>) -> Self {
        Self { object: node.and_then(Value::as_object).unwrap_or(&NOTHING) }
    }

    /// The value of a keyword.
    pub fn get(self, keyword: &str) -> Option<&'d Value> {
        self.object.get(keyword)
    }

    /// The value of a keyword that is a text.
    pub fn text(self, keyword: &str) -> Option<&'d str> {
        self.get(keyword).and_then(Value::as_str)
    }

    /// Whether a keyword is `true`.
    pub fn flag(self, keyword: &str) -> bool {
        self.get(keyword) == Some(&Value::Bool(true))
    }

    /// The node that it refers to.
    pub fn reference(self) -> Option<Pointer> {
        Pointer::parse(self.text("$ref")?.strip_prefix('#')?)
    }

    /// Its type: the one that it names, or else the one that its keywords are about.
    pub fn ty(self) -> Option<SchemaType> {
        match self.text("type") {
            Some("string") => Some(SchemaType::String),
            Some("number") => Some(SchemaType::Number),
            Some("integer") => Some(SchemaType::Integer),
            Some("boolean") => Some(SchemaType::Boolean),
            Some("array") => Some(SchemaType::Array),
            Some("object") => Some(SchemaType::Object),
            Some(_) | None => self.implied(),
        }
    }

    fn implied(self) -> Option<SchemaType> {
        let has = |keyword: &str| self.object.contains_key(keyword);
        if has("properties") || self.get("additionalProperties").is_some_and(Value::is_object) {
            return Some(SchemaType::Object);
        }
        if has("items") || has("x-prefix-items") {
            return Some(SchemaType::Array);
        }
        let values = self.enumeration();
        let all = |is: fn(&Value) -> bool| {
            values.iter().any(is) && values.iter().all(|value| is(value) || value.is_null())
        };
        if all(Value::is_string) || has("pattern") || has("maxLength") || has("minLength") {
            return Some(SchemaType::String);
        }
        if all(|value| value.is_i64() || value.is_u64()) {
            return Some(SchemaType::Integer);
        }
        if all(Value::is_number) {
            return Some(SchemaType::Number);
        }
        all(Value::is_boolean).then_some(SchemaType::Boolean)
    }

    /// The values that it allows, or none if it allows all of its type.
    pub fn enumeration(self) -> &'d [Value] {
        self.get("enum").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The names of its properties.
    pub fn properties(self) -> impl Iterator<Item = &'d String> {
        self.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys)
    }

    /// The names of the properties that must be there.
    pub fn required(self) -> impl Iterator<Item = &'d str> {
        let names = self.get("required").and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str)
    }

    /// How many schemas a list of schemas has.
    pub fn count(self, keyword: &str) -> usize {
        self.get(keyword).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// Whether it may be null, not counting what it refers to.
    pub fn is_nullable(self) -> bool {
        self.flag("nullable") || self.enumeration().contains(&Value::Null)
    }
}
