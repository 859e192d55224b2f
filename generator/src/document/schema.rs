//! Schemas: the keywords of each Schema Object (OpenAPI 3.0.3) as typed fields.
//!
//! Each schema is read once and has a [`SchemaId`]. Subschemas and the targets of references are given
//! by id. Leaves what a schema means for the crate to [`lower`](crate::lower).

use std::ops::Index;

use indexmap::{IndexMap, IndexSet};
use openapiv3::ExternalDocumentation;
use serde_json::Value;

use super::extension::TaggedBy;
use crate::pointer::Pointer;

/// Identifies a schema of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub(crate) usize);

/// The component schemas of a document, and all schemas that anything uses.
#[derive(Debug, Default)]
pub struct Schemas {
    pub(crate) all: Vec<Schema>,
}

impl Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        match self.all.get(id.0) {
            Some(schema) => schema,
            None => unreachable!("each id belongs to a schema: {id:?}"),
        }
    }
}

impl Schemas {
    /// Follows a chain of references and returns the id of the schema at its end, which is `id` itself
    /// if the schema is not a reference. A cycle of references has no end: one of its references is
    /// returned, the same for all of them.
    pub fn end(&self, id: SchemaId) -> SchemaId {
        self[id].end
    }

    /// Follows a chain of references and returns the schema at its end.
    pub fn resolved(&self, id: SchemaId) -> &Schema {
        &self[self.end(id)]
    }
}

/// A schema (OpenAPI 3.0.3, Schema Object).
#[derive(Debug, Clone)]
pub struct Schema {
    /// Its location in the document.
    pub at: Pointer,
    /// Its name, if it is a component schema.
    pub component: Option<String>,
    /// `$ref`: the schema that it refers to.
    pub reference: Option<SchemaId>,
    /// The schema at the end of the chain of references that begins here.
    pub(crate) end: SchemaId,
    /// Equal for schemas with the same keywords, prose aside.
    pub fingerprint: Fingerprint,
    /// `type`, else the type of all enum values, else the type that the other keywords imply.
    pub ty: Option<SchemaType>,
    /// The keyword that implies `ty`, if there is neither `type` nor `enum`. Strictly, values of other
    /// types are valid too: a keyword constrains one type only (JSON Schema 2020-12, Validation,
    /// section 6).
    pub implied_by: Option<&'static str>,
    /// `format`
    pub format: Option<String>,
    /// `enum`. If empty, every value of the type is allowed.
    pub enumeration: Vec<Value>,
    /// `properties`
    pub properties: IndexMap<String, SchemaId>,
    /// `required`
    pub required: IndexSet<String>,
    /// `additionalProperties`, if it is a schema.
    pub additional_properties: Option<SchemaId>,
    /// `items`
    pub items: Items,
    /// `prefixItems` (OpenAPI 3.1).
    pub prefix_items: Vec<SchemaId>,
    /// `allOf`
    pub all_of: Vec<SchemaId>,
    /// `oneOf`
    pub one_of: Vec<SchemaId>,
    /// `anyOf`
    pub any_of: Vec<SchemaId>,
    /// Whether it has `not`, which is not supported.
    pub has_not: bool,
    /// `discriminator`
    pub discriminator: Option<Discriminator>,
    /// Whether `nullable` or `enum` allows null. References and subschemas may allow it too.
    pub nullable: bool,
    /// `readOnly`
    pub read_only: bool,
    /// `writeOnly`
    pub write_only: bool,
    /// `deprecated`
    pub deprecated: bool,
    /// `title`
    pub title: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// `default`
    pub default: Option<Value>,
    /// `example`
    pub example: Option<Value>,
    /// `externalDocs`
    pub external_docs: Option<ExternalDocumentation>,
    /// The constraints on values.
    pub constraints: Constraints,
    /// `x-tagged-by`
    pub tagged_by: Option<TaggedBy>,
}

/// The items of an array.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Items {
    /// Any value.
    #[default]
    Any,
    /// No items beyond those that `prefixItems` describes.
    Closed,
    /// Values of this schema.
    Schema(SchemaId),
}

impl Items {
    /// Returns the schema of the items, if there is one.
    pub fn schema(self) -> Option<SchemaId> {
        match self {
            Self::Schema(id) => Some(id),
            Self::Any | Self::Closed => None,
        }
    }
}

/// The constraints on values (JSON Schema 2020-12, Validation, section 6). Numbers are kept as they
/// are in the document.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// `minLength`
    pub min_length: Option<Value>,
    /// `maxLength`
    pub max_length: Option<Value>,
    /// `pattern`
    pub pattern: Option<Value>,
    /// `minimum`
    pub minimum: Option<Value>,
    /// Whether `minimum` itself is excluded.
    pub exclusive_minimum: bool,
    /// `maximum`
    pub maximum: Option<Value>,
    /// Whether `maximum` itself is excluded.
    pub exclusive_maximum: bool,
    /// `multipleOf`
    pub multiple_of: Option<Value>,
    /// `minItems`
    pub min_items: Option<Value>,
    /// `maxItems`
    pub max_items: Option<Value>,
    /// `uniqueItems`
    pub unique_items: bool,
    /// `minProperties`
    pub min_properties: Option<Value>,
    /// `maxProperties`
    pub max_properties: Option<Value>,
}

/// Selects the alternative of a value by a tag (OpenAPI 3.0.3, Discriminator Object).
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// The property that has the tag.
    pub property_name: String,
    /// The tags, each with its schema.
    pub mapping: Vec<(String, SchemaId)>,
}

/// Identifies the keywords of a schema, prose aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub(crate) usize);

/// The types of OpenAPI 3.0.3 (Data Types).
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

impl SchemaType {
    /// Returns the name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    /// Returns the type with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }
}

/// A keyword that combines schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combination {
    /// `allOf`
    AllOf,
    /// `oneOf`
    OneOf,
    /// `anyOf`
    AnyOf,
}

impl Combination {
    /// The keywords that list alternatives.
    pub const ALTERNATIVES: [Self; 2] = [Self::OneOf, Self::AnyOf];

    /// Returns the keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::AllOf => "allOf",
            Self::OneOf => "oneOf",
            Self::AnyOf => "anyOf",
        }
    }
}

impl Schema {
    /// Returns the subschemas of one of the keywords.
    pub fn subschemas(&self, combination: Combination) -> &[SchemaId] {
        match combination {
            Combination::AllOf => &self.all_of,
            Combination::OneOf => &self.one_of,
            Combination::AnyOf => &self.any_of,
        }
    }

    /// Returns the subschemas of `allOf`, `oneOf` and `anyOf`.
    pub fn all_subschemas(&self) -> impl Iterator<Item = SchemaId> {
        self.all_of.iter().chain(&self.one_of).chain(&self.any_of).copied()
    }

    /// Returns the subschemas of `oneOf` and `anyOf`.
    pub fn alternatives(&self) -> impl Iterator<Item = SchemaId> {
        self.one_of.iter().chain(&self.any_of).copied()
    }

    /// Returns the values of `enum`, without null.
    pub fn enum_values(&self) -> impl Iterator<Item = &Value> {
        self.enumeration.iter().filter(|value| !value.is_null())
    }
}
