//! What schemas say besides their types: facts that documentation states and nothing else depends on.

use serde_json::Value;

/// A fact about a value that its type does not express.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The value that the server uses by default.
    Default(Value),
    /// The only allowed values.
    Values(Vec<Value>),
    /// A format without a type.
    Format(String),
    /// A limit with its number, or its regular expression.
    Limit(Limit, Value),
    /// The items are unique.
    UniqueItems,
    /// The property occurs in responses only.
    ReadOnly,
    /// The property occurs in requests only.
    WriteOnly,
    /// It is deprecated.
    Deprecated,
    /// Further documentation: a description and its URL.
    External(Option<String>, String),
    /// The allowed media types of a file in a form. A single one is the default.
    FileTypes(Vec<String>),
}

/// The keywords that limit a value (JSON Schema Validation, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// `minLength`
    MinLength,
    /// `maxLength`
    MaxLength,
    /// `pattern`
    Pattern,
    /// `minimum`
    Minimum,
    /// `minimum` with `exclusiveMinimum`
    ExclusiveMinimum,
    /// `maximum`
    Maximum,
    /// `maximum` with `exclusiveMaximum`
    ExclusiveMaximum,
    /// `multipleOf`
    MultipleOf,
    /// `minItems`
    MinItems,
    /// `maxItems`
    MaxItems,
    /// `minProperties`
    MinProperties,
    /// `maxProperties`
    MaxProperties,
}
