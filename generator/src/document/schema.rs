//! Schemas, each read once: what a Schema Object (OpenAPI 3.0.3) says, as typed fields.
//!
//! Schemas that stand inside of each other, and those that references lead to, are named by their
//! [`SchemaId`]. What a schema means for the crate is decided by [`lower`](crate::lower).

use std::ops::Index;

use indexmap::{IndexMap, IndexSet};
use openapiv3::ExternalDocumentation;
use serde_json::Value;

use super::extension::TaggedBy;
use crate::pointer::Pointer;

/// A schema of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub(crate) usize);

/// All schemas that a document has and that something refers to.
#[derive(Debug, Default)]
pub struct Schemas {
    pub(crate) all: Vec<Schema>,
}

impl Index<SchemaId> for Schemas {
    type Output = Schema;

    fn index(&self, id: SchemaId) -> &Schema {
        match self.all.get(id.0) {
            Some(schema) => schema,
            None => unreachable!("an id is made together with its schema: {id:?}"),
        }
    }
}

impl Schemas {
    /// Returns the schema at the end of a chain of references: the schema itself, if it is not one.
    /// A chain that leads back to itself has no end, and any of its references stands for it.
    pub fn end(&self, id: SchemaId) -> SchemaId {
        self[id].end
    }

    /// Returns the schema at the end of a chain of references.
    pub fn resolved(&self, id: SchemaId) -> &Schema {
        &self[self.end(id)]
    }
}

/// A schema (OpenAPI 3.0.3, Schema Object).
#[derive(Debug, Clone)]
pub struct Schema {
    /// Where it stands in the document.
    pub at: Pointer,
    /// The name of the component that it is.
    pub component: Option<String>,
    /// What it refers to (`$ref`).
    pub reference: Option<SchemaId>,
    /// The end of the chain of references that begins here.
    pub(crate) end: SchemaId,
    /// What it says, apart from prose: equal for schemas that describe the same values.
    pub facts: Facts,
    /// `type`, or else the type that the other keywords are about.
    pub ty: Option<SchemaType>,
    /// `format`
    pub format: Option<String>,
    /// `enum`, empty if every value of the type is allowed.
    pub enumeration: Vec<Value>,
    /// `properties`
    pub properties: IndexMap<String, SchemaId>,
    /// `required`
    pub required: IndexSet<String>,
    /// `additionalProperties`, if it is a schema.
    pub additional_properties: Option<SchemaId>,
    /// `items`
    pub items: Items,
    /// `prefixItems` of OpenAPI 3.1.
    pub prefix_items: Vec<SchemaId>,
    /// `allOf`
    pub all_of: Vec<SchemaId>,
    /// `oneOf`
    pub one_of: Vec<SchemaId>,
    /// `anyOf`
    pub any_of: Vec<SchemaId>,
    /// Whether there is `not`, which is not supported.
    pub has_not: bool,
    /// `discriminator`
    pub discriminator: Option<Discriminator>,
    /// Whether null is allowed, by `nullable` or by `enum`; references and parts do not count.
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
    /// The limits of values.
    pub limits: Limits,
    /// `x-tagged-by`
    pub tagged_by: Option<TaggedBy>,
}

/// What the items of an array are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Items {
    /// Anything.
    #[default]
    Any,
    /// There are none but those that `prefixItems` describes.
    Closed,
    /// What a schema describes.
    Schema(SchemaId),
}

impl Items {
    /// Returns the schema of the items, if they have one.
    pub fn schema(self) -> Option<SchemaId> {
        match self {
            Self::Schema(id) => Some(id),
            Self::Any | Self::Closed => None,
        }
    }
}

/// The limits of values (JSON Schema Validation, section 6). Numbers are kept as they are written.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// `minLength`
    pub min_length: Option<Value>,
    /// `maxLength`
    pub max_length: Option<Value>,
    /// `pattern`
    pub pattern: Option<Value>,
    /// `minimum`
    pub minimum: Option<Value>,
    /// Whether `minimum` itself is not allowed.
    pub exclusive_minimum: bool,
    /// `maximum`
    pub maximum: Option<Value>,
    /// Whether `maximum` itself is not allowed.
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

/// What says which alternative a value is (OpenAPI 3.0.3, Discriminator Object).
#[derive(Debug, Clone)]
pub struct Discriminator {
    /// The property that has the tag.
    pub property_name: String,
    /// The schemas by their tags.
    pub mapping: Vec<(String, SchemaId)>,
}

/// Identifies what a schema says apart from prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Facts(pub(crate) usize);

/// What `type` can be (OpenAPI 3.0.3, Data Types).
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
    /// Returns the type of a name.
    pub fn of(name: &str) -> Option<Self> {
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
    /// The keywords of which one alternative holds.
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
    /// Returns the schemas that a keyword combines.
    pub fn members(&self, combination: Combination) -> &[SchemaId] {
        match combination {
            Combination::AllOf => &self.all_of,
            Combination::OneOf => &self.one_of,
            Combination::AnyOf => &self.any_of,
        }
    }

    /// Returns the members of all combinations.
    pub fn all_members(&self) -> impl Iterator<Item = SchemaId> {
        self.all_of.iter().chain(&self.one_of).chain(&self.any_of).copied()
    }

    /// Returns the alternatives, of `oneOf` and `anyOf`.
    pub fn alternatives(&self) -> impl Iterator<Item = SchemaId> {
        self.one_of.iter().chain(&self.any_of).copied()
    }

    /// Returns the values that are listed, without null.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.enumeration.iter().filter(|value| !value.is_null())
    }
}
