//! Unions that lead back to themselves without going into the value.
//!
//! A variant of a union has the whole value. If its type is a union again, or another name for one, the
//! same value is looked at once more; if that leads back to the first union, decoding never ends. Such
//! a variant keeps the value as it came.

use std::collections::BTreeSet;

use super::Lower;
use crate::ir::{JsonType, Shape, Tagging, Test, Type, TypeDef, TypeId, UnionVariant};
use crate::limits::Steps;

impl Lower<'_> {
    /// Finds the variants that lead back to their union with the same value, and gives them a type
    /// that takes any value.
    pub(super) fn end_unions(&mut self) {
        for index in 0..self.types.len() {
            let id = TypeId(index);
            while let Some(variant) = endless_variant(&self.types, id, self.diagnostics.steps()) {
                let Some(TypeDef { shape: Shape::Union(union), at, .. }) =
                    self.types.get_mut(index)
                else {
                    break;
                };
                let Some(variant) = union.variants.get_mut(variant) else { break };
                variant.ty = Type::Any;
                let at = at.clone();
                self.diagnostics.degraded(
                    "endless-union",
                    &at,
                    "an alternative of this union leads back to the union with the same value: it \
                     holds any value",
                    "let the alternative be an object of its own, or leave it out",
                );
            }
        }
    }
}

/// Returns the first variant of a union that can lead back to it.
fn endless_variant(types: &[TypeDef], id: TypeId, steps: &Steps) -> Option<usize> {
    variants(types, id).iter().position(|variant| {
        let mut passed = BTreeSet::new();
        steps.take(1) && leads_back(types, &variant.ty, id, &variant.test, &mut passed, steps)
    })
}

/// Returns the variants of a union that contain the whole value.
fn variants(types: &[TypeDef], id: TypeId) -> &[UnionVariant] {
    match types.get(id.0).map(|def| &def.shape) {
        Some(Shape::Union(union)) => match union.tagging {
            Tagging::Value | Tagging::Base => &union.variants,
            // The content is a part of the value.
            Tagging::Adjacent { .. } => &[],
        },
        Some(Shape::Object(_) | Shape::Enum(_) | Shape::Form(_) | Shape::Alias(_)) | None => &[],
    }
}

/// Returns whether a value that passes a test leads from a type back to a union, as a whole.
fn leads_back(
    types: &[TypeDef],
    ty: &Type,
    to: TypeId,
    test: &Test,
    passed: &mut BTreeSet<TypeId>,
    steps: &Steps,
) -> bool {
    let id = match ty {
        Type::Named(id) => *id,
        Type::Nullable(of) => return leads_back(types, of, to, test, passed, steps),
        Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Extern(_) => return false,
    };
    if id == to {
        return true;
    }
    if !passed.insert(id) {
        return false;
    }
    if let Some(Shape::Alias(of)) = types.get(id.0).map(|def| &def.shape) {
        return leads_back(types, of, to, test, passed, steps);
    }
    let mut variants = variants(types, id).iter();
    variants.any(|variant| {
        steps.take(1)
            && can_both_hold(test, &variant.test)
            && leads_back(types, &variant.ty, to, test, passed, steps)
    })
}

/// Returns whether a value can pass both tests.
fn can_both_hold(one: &Test, other: &Test) -> bool {
    match (one, other) {
        (Test::Tag(name, one), Test::Tag(of, other)) if name == of => {
            one.iter().any(|tag| other.contains(tag))
        }
        (Test::Number(name, one), Test::Number(of, other)) if name == of => {
            one.iter().any(|number| other.contains(number))
        }
        (Test::Tag(name, _), Test::Number(of, _)) | (Test::Number(name, _), Test::Tag(of, _)) => {
            name != of
        }
        (Test::Json(one), Test::Json(other)) => {
            let is_number = |ty: &JsonType| matches!(ty, JsonType::Integer | JsonType::Number);
            one == other || (is_number(one) && is_number(other))
        }
        (Test::Json(ty), _) | (_, Test::Json(ty)) => *ty == JsonType::Object,
        (Test::Tag(..) | Test::Number(..) | Test::Key(_), _) => true,
    }
}
