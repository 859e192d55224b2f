//! Facts about the finished representation, which emitters look up.

use std::collections::BTreeSet;

use crate::ir::{Api, Shape, Tagging, Type, TypeId};

/// What emitters want to know.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The fields and variants, by number, that need a box because their type contains itself.
    pub boxed: BTreeSet<(TypeId, usize)>,
    /// The types that users of the client make themselves.
    pub built_by_users: BTreeSet<TypeId>,
}

/// Finds the facts out.
pub fn analyze(api: &Api) -> Facts {
    Facts { boxed: boxed(api), built_by_users: built_by_users(api) }
}

/// A field is boxed if its type leads back to the one that has it, by fields that are not lists or
/// maps: those hold their items elsewhere anyway.
fn boxed(api: &Api) -> BTreeSet<(TypeId, usize)> {
    let mut boxed = BTreeSet::new();
    for (index, _) in api.types.iter().enumerate() {
        let id = TypeId(index);
        for (number, ty) in parts(api, id).into_iter().enumerate() {
            if held(api, &ty).is_some_and(|held| reaches(api, held, id)) {
                boxed.insert((id, number));
            }
        }
    }
    boxed
}

/// The types of the fields or variants of a type.
fn parts(api: &Api, id: TypeId) -> Vec<Type> {
    match &api.type_def(id).shape {
        Shape::Object(object) => object.fields.iter().map(|field| field.ty.clone()).collect(),
        Shape::Union(union) => union.variants.iter().map(|variant| variant.ty.clone()).collect(),
        Shape::Alias(ty) => vec![ty.clone()],
        Shape::Enum(_) => Vec::new(),
    }
}

/// The named type that a value of a type holds in itself.
fn held(api: &Api, ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Named(id) => match &api.type_def(*id).shape {
            Shape::Alias(ty) if *ty != Type::Named(*id) => held(api, ty),
            Shape::Alias(_) => None,
            Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) => Some(*id),
        },
        Type::Nullable(ty) => held(api, ty),
        Type::Array(_) | Type::Map(_) => None,
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String
        | Type::DateTime => None,
    }
}

fn reaches(api: &Api, from: TypeId, to: TypeId) -> bool {
    let mut passed = BTreeSet::from([from]);
    let mut next = vec![from];
    while let Some(id) = next.pop() {
        if id == to {
            return true;
        }
        let held = parts(api, id).into_iter().filter_map(|ty| held(api, &ty));
        next.extend(held.filter(|id| passed.insert(*id)));
    }
    false
}

/// The types that the bodies of requests lead to.
fn built_by_users(api: &Api) -> BTreeSet<TypeId> {
    let mut built = BTreeSet::new();
    let mut next: Vec<Type> = api
        .operations
        .iter()
        .filter_map(|operation| Some(operation.body.as_ref()?.ty.clone()))
        .collect();
    while let Some(ty) = next.pop() {
        match ty {
            Type::Named(id) if built.insert(id) => {
                next.extend(parts(api, id));
                if let Shape::Union(union) = &api.type_def(id).shape
                    && let Tagging::Adjacent { other, .. } = &union.tagging
                {
                    next.push(Type::Named(*other));
                }
                if let Shape::Object(object) = &api.type_def(id).shape {
                    next.push(object.additional.clone());
                }
            }
            Type::Array(item) | Type::Map(item) | Type::Nullable(item) => next.push(*item),
            Type::Named(_)
            | Type::Any
            | Type::Boolean
            | Type::Integer(_)
            | Type::Number(_)
            | Type::String
            | Type::DateTime => {}
        }
    }
    built
}
