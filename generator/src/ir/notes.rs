//! What schemas say besides their types: facts that documentation states and nothing else depends on.

use serde_json::Value;

/// A fact about a value that its type does not express.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// The value that the server assumes where there is none.
    Default(Value),
    /// The only values that are allowed.
    Values(Vec<Value>),
    /// A format that has no type.
    Format(String),
    /// A limit with its number, or its regular expression.
    Limit(Limit, Value),
    /// The items differ from one another.
    UniqueItems,
    /// Only responses have it.
    ReadOnly,
    /// Only requests have it.
    WriteOnly,
    /// It should no longer be used.
    Deprecated,
    /// Further documentation: what it is, and its URL.
    External(Option<String>, String),
    /// The media types that a file in a form can have. With only one, that is the default.
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
