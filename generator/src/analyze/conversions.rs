//! The `From` implementations of unions.
//!
//! Takes the payloads of variants, and returns the types that each is created from: its payload, if no
//! other variant has the same, and strings where the JSON type alone decides.

use std::collections::BTreeMap;

use crate::ir::{
    Api, JsonType, MemberId, NumberFormat, Shape, StringFormat, Test, Type, TypeId, Union,
    UnionVariant,
};

/// A type that a variant is created from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conversion {
    /// The payload, or a type that is converted to it.
    From(Type),
    /// A string slice.
    FromStr,
}

/// Returns the conversions of each variant of the unions that users build.
pub(super) fn conversions(
    api: &Api,
    is_built: impl Fn(TypeId) -> bool,
) -> BTreeMap<MemberId, Vec<Conversion>> {
    let mut all = BTreeMap::new();
    for def in &api.types {
        let Shape::Union(union) = &def.shape else { continue };
        if is_built(def.number) {
            of_union(api, def.number, union, &mut all);
        }
    }
    all
}

fn of_union(api: &Api, id: TypeId, union: &Union, all: &mut BTreeMap<MemberId, Vec<Conversion>>) {
    let possible: Vec<Vec<Conversion>> =
        union.variants.iter().map(|variant| possible(api, variant)).collect();
    let mut counts: BTreeMap<&Conversion, usize> = BTreeMap::new();
    possible.iter().flatten().for_each(|one| *counts.entry(one).or_default() += 1);
    let is_own = |one: &&Conversion| {
        // Every type is made of itself already, and a free value says nothing of its variant.
        let is_taken = **one == Conversion::From(Type::Named(id));
        !is_taken && **one != Conversion::From(Type::Any) && counts.get(one) == Some(&1)
    };
    for (variant, possible) in union.variants.iter().zip(&possible) {
        let own: Vec<Conversion> = possible.iter().filter(is_own).cloned().collect();
        if !own.is_empty() {
            all.insert(variant.number, own);
        }
    }
}

/// Returns the conversions of a variant, before those that another variant has are removed.
fn possible(api: &Api, variant: &UnionVariant) -> Vec<Conversion> {
    let payload = in_rust(api.spelled_out(&variant.ty));
    let is_text = match &payload {
        Type::String(StringFormat::Plain) => true,
        Type::Named(id) => matches!(api.type_def(*id).shape, Shape::Enum(_)),
        _ => false,
    };
    if !is_text || variant.test != Test::Json(JsonType::String) {
        return vec![Conversion::From(payload)];
    }
    let mut possible = vec![Conversion::FromStr, Conversion::From(Type::TEXT)];
    possible.extend((payload != Type::TEXT).then_some(Conversion::From(payload)));
    possible
}

/// Replaces the types that are the same type in Rust as another one: a decimal number is one in a string, too.
fn in_rust(of: Type) -> Type {
    let boxed = |of: Box<Type>| Box::new(in_rust(*of));
    match of {
        Type::String(StringFormat::Decimal) => Type::Number(NumberFormat::Decimal),
        Type::Array(item) => Type::Array(boxed(item)),
        Type::Map(item) => Type::Map(boxed(item)),
        Type::Nullable(item) => Type::Nullable(boxed(item)),
        Type::Tuple(items) => Type::Tuple(items.into_iter().map(in_rust).collect()),
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String(_)
        | Type::Named(_)
        | Type::Extern(_) => of,
    }
}
