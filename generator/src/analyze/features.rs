//! Cargo features, one for each tag of a large API.
//!
//! A crate with hundreds of operations takes long to compile, and most programs call a few of them. Items
//! that only the operations of one tag need are behind the feature of the tag. Items that two tags share
//! are always compiled. All features are on by default.

use std::collections::{BTreeMap, BTreeSet};

use super::{led_to, reachable, received, sent};
use crate::ir::{Api, Group, Operation, TagId, Type, TypeId};
use crate::limits::Steps;
use crate::name::Named;

/// The number of operations from which an API has features of tags.
const LARGE: usize = 100;

/// The features of operations and types.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The features by group.
    pub of_groups: BTreeMap<TagId, String>,
    /// The types that a single group needs, with the group.
    pub of_types: BTreeMap<TypeId, TagId>,
}

impl Features {
    /// Returns the feature of a group.
    pub fn of_group(&self, group: TagId) -> Option<&str> {
        self.of_groups.get(&group).map(String::as_str)
    }

    /// Returns the feature of a type.
    pub fn of_type(&self, id: TypeId) -> Option<&str> {
        self.of_group(*self.of_types.get(&id)?)
    }
}

pub(super) fn features(api: &Named<'_>, steps: &Steps) -> Features {
    let tagged = || api.groups.iter().filter(|group| group.tag.is_some());
    if api.operations.len() < LARGE || tagged().count() < 2 {
        return Features::default();
    }
    let feature = |group: &Group| Some((group.number, api.names.feature(group.number)?.to_owned()));
    let of_groups: BTreeMap<TagId, String> = tagged().filter_map(feature).collect();
    let users = users(api, &of_groups, steps);
    let always = always(api, &of_groups, &users, steps);
    let only = |(id, users)| match users {
        Users::One(group) => Some((id, group)),
        Users::Several => None,
    };
    let of_types = users.into_iter().filter(|(id, _)| !always.contains(id)).filter_map(only);
    Features { of_types: of_types.collect(), of_groups }
}

/// The groups whose operations refer to a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Users {
    One(TagId),
    Several,
}

/// Returns the groups of each type. A type is visited twice at most: for the first group, and for another
/// one.
fn users(api: &Api, of_groups: &BTreeMap<TagId, String>, steps: &Steps) -> BTreeMap<TypeId, Users> {
    let mut users: BTreeMap<TypeId, Users> = BTreeMap::new();
    let mut next: Vec<(TypeId, Users)> = Vec::new();
    for operation in api.operations.iter().filter(|one| of_groups.contains_key(&one.group)) {
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

/// Returns the types that are always compiled: those of errors, of headers, of payloads, of operations without
/// a tag, and those that no operation uses, with all types that they refer to.
fn always(
    api: &Api,
    of_groups: &BTreeMap<TagId, String>,
    users: &BTreeMap<TypeId, Users>,
    steps: &Steps,
) -> BTreeSet<TypeId> {
    let untagged = api.operations.iter().filter(|one| !of_groups.contains_key(&one.group));
    let mut types: Vec<&Type> = untagged.flat_map(|one| of_operation(api, one)).collect();
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
