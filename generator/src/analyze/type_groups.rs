//! The types that only the operations of one group need.
//!
//! Their files are in the folder of the group, and behind its Cargo feature, if groups have features. Types
//! that two groups share, that operations without a group need, or that no operation needs, are in no folder
//! and always compiled.

use std::collections::{BTreeMap, BTreeSet};

use super::{led_to, reachable, received, sent};
use crate::ir::{Api, GroupId, Operation, Type, TypeId};
use crate::limits::Steps;

/// Returns the group of each type that a single group needs. There are none if there is only one group.
pub(super) fn type_groups(api: &Api, steps: &Steps) -> BTreeMap<TypeId, GroupId> {
    // The operations without a name are a group, too.
    if api.groups.len() < 2 {
        return BTreeMap::new();
    }
    let named = api.groups.iter().filter(|group| group.name.is_some());
    let named: BTreeSet<GroupId> = named.map(|group| group.number).collect();
    let users = users(api, &named, steps);
    let shared = shared(api, &named, &users, steps);
    let only = |(id, users)| match users {
        Users::One(group) => Some((id, group)),
        Users::Several => None,
    };
    users.into_iter().filter(|(id, _)| !shared.contains(id)).filter_map(only).collect()
}

/// The groups whose operations refer to a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Users {
    One(GroupId),
    Several,
}

/// Returns the groups of each type. A type is visited twice at most: for the first group, and for another
/// one.
fn users(api: &Api, named: &BTreeSet<GroupId>, steps: &Steps) -> BTreeMap<TypeId, Users> {
    let mut users: BTreeMap<TypeId, Users> = BTreeMap::new();
    let mut next: Vec<(TypeId, Users)> = Vec::new();
    for operation in api.operations.iter().filter(|one| named.contains(&one.group)) {
        let types = of_operation(api, operation).into_iter().flat_map(Type::named);
        next.extend(types.map(|id| (id, Users::One(operation.group))));
    }
    while let Some((id, user)) = next.pop() {
        let known = users.get(&id).copied();
        let now = if known.is_none_or(|known| known == user) { user } else { Users::Several };
        if known != Some(now) {
            users.insert(id, now);
            next.extend(led_to(api, steps, id).into_iter().map(|id| (id, now)));
        }
    }
    users
}

/// Returns the types that belong to no group: those of errors, headers and payloads, of operations without a group,
/// and those that no operation uses, with all types that they refer to.
fn shared(
    api: &Api,
    named: &BTreeSet<GroupId>,
    users: &BTreeMap<TypeId, Users>,
    steps: &Steps,
) -> BTreeSet<TypeId> {
    let without_group = api.operations.iter().filter(|one| !named.contains(&one.group));
    let mut types: Vec<&Type> = without_group.flat_map(|one| of_operation(api, one)).collect();
    types.extend(api.error_bodies.iter().map(|body| &body.ty));
    types.extend(api.headers.iter().map(|header| &header.ty));
    types.extend(api.payloads.iter().map(|payload| &payload.ty));
    let unused = (0..api.types.len()).map(TypeId).filter(|id| !users.contains_key(id));
    let unused: Vec<Type> = unused.map(Type::Named).collect();
    types.extend(&unused);
    reachable(api, steps, types)
}

fn of_operation<'a>(api: &'a Api, operation: &'a Operation) -> Vec<&'a Type> {
    let mut types = sent(api, operation);
    types.extend(received(operation));
    types
}
