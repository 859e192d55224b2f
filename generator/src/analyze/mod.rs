//! Facts about the IR, which emitters look up.

mod conversions;
mod fields;
mod type_groups;

use std::collections::{BTreeMap, BTreeSet};

pub use conversions::Conversion;
pub use fields::{FieldFacts, Presence, SetBy};

use crate::config::{Config, Extra};
use crate::custom::{Attributes, schema_name};
use crate::ir::{
    Api, BodyKind, GroupId, MemberId, Operation, Shape, SuccessResponse, Tagging, Type, TypeId,
    Union,
};
use crate::limits::Steps;
use crate::name::Named;

/// Facts about the IR.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The fields and variants that need a box because their type contains itself.
    pub boxed: BTreeSet<MemberId>,
    /// The types that users create: those of requests, and those of responses if there is a mock server.
    pub built_by_users: BTreeSet<TypeId>,
    /// How each field is declared and set.
    fields: BTreeMap<MemberId, FieldFacts>,
    /// The `From` implementations of union variants.
    pub conversions: BTreeMap<MemberId, Vec<Conversion>>,
    /// The groups of the types that only the operations of one group need.
    pub type_groups: BTreeMap<TypeId, GroupId>,
    /// The attributes that the configuration adds to types.
    added: BTreeMap<TypeId, Attributes>,
}

/// Computes the facts.
pub fn analyze(api: &Named<'_>, config: &Config, steps: &Steps) -> Facts {
    let sent =
        reachable(api, steps, api.operations.iter().flat_map(|one| sent(api, one)).collect());
    let mut returned: Vec<&Type> = api.operations.iter().flat_map(received).collect();
    returned.extend(api.error_bodies.iter().map(|body| &body.ty));
    returned.extend(api.payloads.iter().map(|payload| &payload.ty));
    let returned = reachable(api, steps, returned);
    let responses_are_built = config.extras.contains(&Extra::Mock);
    let one_way = one_way(api, &sent, &returned);
    let built_by_users = if responses_are_built { &sent | &returned } else { sent };
    Facts {
        boxed: boxed(api, steps),
        conversions: conversions::conversions(api, |id| built_by_users.contains(&id)),
        fields: fields::fields(api, &one_way, responses_are_built),
        type_groups: type_groups::type_groups(api, steps),
        added: added(api, config),
        built_by_users,
    }
}

/// Returns the attributes that the configuration adds to types, those of all patterns together.
fn added(api: &Api, config: &Config) -> BTreeMap<TypeId, Attributes> {
    let mut added: BTreeMap<TypeId, Attributes> = BTreeMap::new();
    for one in &config.customization.attributes {
        for def in api.types.iter().filter(|def| one.apply_to(&schema_name(def))) {
            let of_type = added.entry(def.number).or_default();
            of_type.derive.extend(one.derive.iter().cloned());
            of_type.attributes.extend(one.attributes.iter().cloned());
        }
    }
    added
}

impl Facts {
    /// Returns how a field is declared and set.
    pub fn field(&self, field: MemberId) -> FieldFacts {
        match self.fields.get(&field) {
            Some(facts) => *facts,
            None => unreachable!("every field of the representation is decided: {field:?}"),
        }
    }

    /// Returns the attributes that the configuration adds to a type.
    pub fn added(&self, id: TypeId) -> Option<&Attributes> {
        self.added.get(&id)
    }

    /// Returns whether a union has a `From` implementation.
    pub fn is_made_of_others(&self, union: &Union) -> bool {
        union.variants.iter().any(|variant| self.conversions.contains_key(&variant.number))
    }

    /// Returns whether the constructor of an object takes an argument for a field.
    pub fn is_argument(&self, field: MemberId) -> bool {
        self.field(field).set_by == SetBy::Argument
    }
}

/// Returns the boxed fields: those whose type contains the declaring type, except in arrays and maps, which
/// store their items on the heap.
fn boxed(api: &Api, steps: &Steps) -> BTreeSet<MemberId> {
    let mut aliases = Held::default();
    let holds: Vec<Vec<Vec<TypeId>>> = (0..api.types.len())
        .map(|index| {
            let parts = parts(api, TypeId(index));
            parts.into_iter().map(|ty| held(api, steps, ty, &mut aliases)).collect()
        })
        .collect();
    let circles = circles(&holds);
    let circle = |id: usize| circles.get(id);
    let mut boxed = BTreeSet::new();
    for (index, parts) in holds.iter().enumerate() {
        for (member, held) in members(api, TypeId(index)).into_iter().zip(parts) {
            // What a type holds leads back to it if both are on one circle.
            if held.iter().any(|id| circle(id.0) == circle(index)) {
                boxed.insert(member);
            }
        }
    }
    boxed
}

/// Returns the types of the fields, variants or parts of a type.
fn parts(api: &Api, id: TypeId) -> Vec<&Type> {
    match &api.type_def(id).shape {
        Shape::Object(object) => object.fields.iter().map(|field| &field.ty).collect(),
        Shape::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
        Shape::Form(form) => form.parts.iter().map(|part| &part.field.ty).collect(),
        Shape::Alias(ty) => vec![ty],
        Shape::Enum(_) => Vec::new(),
    }
}

/// Returns the numbers of the members whose types [`parts`] returns.
fn members(api: &Api, id: TypeId) -> Vec<MemberId> {
    match &api.type_def(id).shape {
        Shape::Object(object) => object.fields.iter().map(|field| field.number).collect(),
        Shape::Union(union) => union.variants.iter().map(|variant| variant.number).collect(),
        Shape::Form(form) => form.parts.iter().map(|part| part.field.number).collect(),
        Shape::Alias(_) | Shape::Enum(_) => Vec::new(),
    }
}

/// The types in aliases, computed once. Aliases may refer to each other.
#[derive(Default)]
struct Held {
    known: BTreeMap<TypeId, Vec<TypeId>>,
    /// The aliases that are being resolved.
    open: BTreeSet<TypeId>,
    /// Whether one of them refers to itself, so that the result for the others is incomplete.
    is_circular: bool,
}

/// Returns the declared types that a value of a type contains without indirection.
fn held(api: &Api, steps: &Steps, ty: &Type, aliases: &mut Held) -> Vec<TypeId> {
    if !steps.take(1) {
        return Vec::new();
    }
    match ty {
        Type::Named(id) => match &api.type_def(*id).shape {
            Shape::Alias(ty) => held_by_alias(api, steps, (*id, ty), aliases),
            Shape::Object(_) | Shape::Enum(_) | Shape::Union(_) | Shape::Form(_) => vec![*id],
        },
        Type::Nullable(ty) => held(api, steps, ty, aliases),
        Type::Tuple(items) => {
            items.iter().flat_map(|item| held(api, steps, item, aliases)).collect()
        }
        Type::Array(_)
        | Type::Map(_)
        | Type::Any
        | Type::Boolean
        | Type::Integer(_)
        | Type::Number(_)
        | Type::String(_)
        | Type::Extern(_) => Vec::new(),
    }
}

fn held_by_alias(
    api: &Api,
    steps: &Steps,
    (id, ty): (TypeId, &Type),
    aliases: &mut Held,
) -> Vec<TypeId> {
    if let Some(known) = aliases.known.get(&id) {
        return known.clone();
    }
    if !aliases.open.insert(id) {
        aliases.is_circular = true;
        return Vec::new();
    }
    let found = held(api, steps, ty, aliases);
    aliases.open.remove(&id);
    if !aliases.is_circular {
        aliases.known.insert(id, found.clone());
    }
    aliases.is_circular &= !aliases.open.is_empty();
    found
}

/// Returns the strongly connected component of each type, by Kosaraju's algorithm without recursion. Types
/// that refer to each other have the same component.
fn circles(holds: &[Vec<Vec<TypeId>>]) -> Vec<usize> {
    let held = |id: usize| holds.get(id).into_iter().flatten().flatten().map(|id| id.0);
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); holds.len()];
    for holder in 0..holds.len() {
        for id in held(holder) {
            if let Some(holders) = holders.get_mut(id) {
                holders.push(holder);
            }
        }
    }
    let mut ended = Vec::new();
    let mut passed = BTreeSet::new();
    for start in 0..holds.len() {
        let mut open = vec![(start, false)];
        while let Some((id, is_done)) = open.pop() {
            if is_done {
                ended.push(id);
            } else if passed.insert(id) {
                open.push((id, true));
                open.extend(held(id).map(|id| (id, false)));
            }
        }
    }
    let mut circles = vec![usize::MAX; holds.len()];
    for start in ended.into_iter().rev() {
        let mut next = vec![start];
        while let Some(id) = next.pop() {
            if let Some(circle) = circles.get_mut(id).filter(|circle| **circle == usize::MAX) {
                *circle = start;
                next.extend(holders.get(id).into_iter().flatten());
            }
        }
    }
    circles
}

/// Returns the types in the requests of an operation.
fn sent<'a>(api: &'a Api, operation: &'a Operation) -> Vec<&'a Type> {
    let mut types: Vec<&Type> =
        operation.parameters.iter().map(|parameter| &parameter.ty).collect();
    for content in operation.body.iter().flat_map(|body| &body.contents) {
        match &content.kind {
            BodyKind::Json(ty) | BodyKind::Form(ty, _) => types.push(ty),
            BodyKind::Multipart(form) => types.extend(parts(api, *form)),
            BodyKind::Text | BodyKind::Bytes => {}
        }
    }
    types
}

/// Returns the types in the successful responses of an operation.
fn received(operation: &Operation) -> Vec<&Type> {
    match &operation.response {
        SuccessResponse::One(content) => content.kind.ty().into_iter().collect(),
        SuccessResponse::ByCase(cases) => {
            cases.iter().filter_map(|case| case.content.kind.ty()).collect()
        }
    }
}

/// Returns all declared types that types refer to, directly or indirectly.
fn reachable(api: &Api, steps: &Steps, types: Vec<&Type>) -> BTreeSet<TypeId> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<TypeId> = types.into_iter().flat_map(Type::named).collect();
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            next.extend(led_to(api, steps, id));
        }
    }
    reached
}

/// Returns the declared types that a type refers to directly.
fn led_to(api: &Api, steps: &Steps, id: TypeId) -> Vec<TypeId> {
    let parts = parts(api, id);
    if !steps.take_each(1 + parts.len()) {
        return Vec::new();
    }
    let mut next: Vec<TypeId> = parts.into_iter().flat_map(Type::named).collect();
    match &api.type_def(id).shape {
        Shape::Union(union) => match &union.tagging {
            Tagging::Adjacent { other, .. } => next.push(*other),
            Tagging::Value | Tagging::Base => {}
        },
        Shape::Object(object) => next.extend(object.additional.named()),
        Shape::Enum(_) | Shape::Form(_) | Shape::Alias(_) => {}
    }
    next
}

/// Returns the required fields that are absent in one direction: requests lack read-only properties, and
/// responses lack write-only ones.
fn one_way(api: &Api, sent: &BTreeSet<TypeId>, received: &BTreeSet<TypeId>) -> BTreeSet<MemberId> {
    let mut one_way = BTreeSet::new();
    for def in &api.types {
        let id = def.number;
        let Shape::Object(object) = &def.shape else { continue };
        for field in &object.fields {
            let not_sent = field.read_only && sent.contains(&id);
            let not_received = field.write_only && received.contains(&id);
            if field.required && (not_sent || not_received) {
                one_way.insert(field.number);
            }
        }
    }
    one_way
}
