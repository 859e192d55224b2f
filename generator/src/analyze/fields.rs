//! How each property of an object is declared, and who sets it.
//!
//! Takes what the document requires and which way types go, and returns one decision for each field.
//! Declarations, constructors, examples and the comparison of two APIs all read it.

use std::collections::{BTreeMap, BTreeSet};

use crate::ir::{Api, Field, MemberId, Shape, Type};

/// What was decided about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldFacts {
    /// Whether it can be absent or null.
    pub presence: Presence,
    /// Who sets it.
    pub set_by: SetBy,
}

/// Whether a field can be absent or null, which its type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is always there.
    Always,
    /// It can be absent: `Option<T>`.
    Optional,
    /// It can be null: `Nullable<T>`.
    Nullable,
}

/// Who sets a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// The constructor, which takes an argument for it.
    Argument,
    /// The constructor, by itself: the field has only one value.
    Constant,
    /// A setter.
    Setter,
    /// Nobody: only responses have it.
    Nobody,
}

/// Decides about all fields. `one_way` are those that are required and yet missing in one direction.
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

/// Those that build an object have what only requests have, and not what only responses have, unless
/// they give the responses of a mock.
fn set_by(field: &Field, both_ways: bool, responses_are_built: bool) -> SetBy {
    if both_ways || field.required && field.write_only {
        if field.constant.is_some() { SetBy::Constant } else { SetBy::Argument }
    } else if responses_are_built || !field.read_only {
        SetBy::Setter
    } else {
        SetBy::Nobody
    }
}
