//! Cargo features, one for each tag of a large API.
//!
//! A crate for hundreds of operations takes its time to compile, and most programs call a few of
//! them. What only the operations of one tag need is behind that tag's feature; what two tags share,
//! or what is the same for all, is always there. All features are on by default.

use std::collections::{BTreeMap, BTreeSet};

use super::{led_to, reachable, received, sent};
use crate::ir::{Api, Group, Operation, TagId, Type, TypeId};
use crate::limits::Steps;
use crate::name::Named;

/// As many operations make an API a large one.
const LARGE: usize = 100;

/// What is behind which feature.
#[derive(Debug, Clone, Default)]
pub struct Features {
    /// The features by the groups whose operations they hold.
    pub of_groups: BTreeMap<TagId, String>,
    /// The groups that are the only ones to need a type.
    pub of_types: BTreeMap<TypeId, TagId>,
}

impl Features {
    /// The feature that an operation group is behind.
    pub fn of_group(&self, group: TagId) -> Option<&str> {
        self.of_groups.get(&group).map(String::as_str)
    }

    /// The feature that a type is behind.
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

/// The groups whose operations lead to a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Users {
    One(TagId),
    Several,
}

/// Who leads to which type. A type is looked at twice at most: when the first group comes to it, and
/// when another does.
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

/// The types that are there whatever is chosen: those of errors, of headers, of operations without
/// a tag, and those that no operation uses, with all that they lead to.
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
