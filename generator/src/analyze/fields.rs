//! How each property of an object is declared, and who sets it.
//!
//! Takes the required properties, and whether types are sent or received. Returns one decision for each
//! field, which declarations, constructors, examples and the comparison of two APIs read.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, Field, MemberId, Shape, Type};

/// The decision about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldFacts {
    /// Whether it may be absent or null.
    pub presence: Presence,
    /// Who sets it.
    pub set_by: SetBy,
}

/// Whether a field may be absent or null, as its type expresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is always present.
    Always,
    /// It may be absent: `Option<T>`.
    Optional,
    /// It may be null: `Nullable<T>`.
    Nullable,
}

/// Who sets a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// The constructor, with an argument.
    Argument,
    /// The constructor, without an argument: the field has only one value.
    Constant,
    /// A setter.
    Setter,
    /// Nothing: it occurs in responses only.
    Nobody,
}

/// Decides on all fields. `one_way` are required fields that are absent in requests or in responses.
pub(super) fn fields(
    api: &Api,
    one_way: &BTreeSet<MemberId>,
    responses_are_built: bool,
) -> BTreeMap<MemberId, FieldFacts> {
    let mut all = BTreeMap::new();
    for def in &api.types {
        let Shape::Object(object) = &def.shape else { continue };
        for field in &object.fields {
            let both_ways = field.required && !one_way.contains(&field.number);
            let set_by = set_by(field, both_ways, responses_are_built);
            let facts = FieldFacts { presence: presence(field, both_ways), set_by };
            all.insert(field.number, facts);
        }
    }
    all
}

fn presence(field: &Field, both_ways: bool) -> Presence {
    // Whatever can be null can be `Value::Null`, which a required property needs nothing more for.
    let is_value = field.required && field.ty == Type::Any;
    match (field.nullable && !is_value, both_ways) {
        (true, _) => Presence::Nullable,
        (false, true) => Presence::Always,
        (false, false) => Presence::Optional,
    }
}

/// Returns who sets a field. Users set write-only fields, and read-only ones only for responses of a mock
/// server.
fn set_by(field: &Field, both_ways: bool, responses_are_built: bool) -> SetBy {
    if both_ways || field.required && field.write_only {
        if field.constant.is_some() { SetBy::Constant } else { SetBy::Argument }
    } else if responses_are_built || !field.read_only {
        SetBy::Setter
    } else {
        SetBy::Nobody
    }
}
