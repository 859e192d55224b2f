//! How the alternatives of a union are distinguished.
//!
//! Takes alternatives with their profiles, and returns tags and required properties that only one of them has.
//! Leaves the types of the variants to [`union`](super::union).

use std::collections::{BTreeMap, BTreeSet};

use super::profile::Constant;
use super::union::Member;
use crate::ir::{Test, WireName};

/// Returns a property with different constants in each alternative, preferably one that all require.
pub(super) fn found_tag(members: &[Member]) -> Option<(WireName, Vec<Vec<Constant>>)> {
    let first = members.first()?;
    let distinguishes = |name: &&String| {
        let mut seen = BTreeSet::new();
        members.iter().all(|member| match member.profile.tags.get(*name) {
            Some(constants) => constants.iter().all(|constant| seen.insert(constant.clone())),
            None => false,
        })
    };
    let is_required =
        |name: &&String| members.iter().all(|member| member.profile.required.contains(*name));
    let candidates: Vec<&String> = first.profile.tags.keys().filter(distinguishes).collect();
    let name = candidates.iter().find(|name| is_required(name)).or(candidates.first())?;
    let constants = members.iter().map(|member| {
        member.profile.tags.get(*name).into_iter().flatten().cloned().collect::<Vec<_>>()
    });
    Some((WireName((*name).clone()), constants.collect()))
}

/// Selects the first alternative with a required property that no remaining alternative has, until there is
/// none. Returns the selected alternatives with these properties, and the remaining ones.
pub(super) fn own_keys(members: &[Member]) -> (Vec<(&Member, String)>, Vec<&Member>) {
    let mut having: BTreeMap<&String, BTreeSet<usize>> = BTreeMap::new();
    let mut requiring: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (index, Member { profile, .. }) in members.iter().enumerate() {
        for name in &profile.properties {
            having.entry(name).or_default().insert(index);
        }
        for name in &profile.required {
            requiring.entry(name).or_default().push(index);
        }
    }
    let is_own = |having: &BTreeMap<&String, BTreeSet<usize>>, index: usize, name: &String| {
        having.get(name).is_none_or(|having| having.iter().all(|other| *other == index))
    };
    let own = |having: &BTreeMap<&String, BTreeSet<usize>>, index: usize| {
        let mut required = members.get(index)?.profile.required.iter();
        required.find(|name| is_own(having, index, name)).cloned()
    };
    let mut left: BTreeSet<usize> = (0..members.len()).collect();
    let mut open: BTreeSet<usize> = left.clone();
    let mut keyed = Vec::new();
    while let Some(index) = open.pop_first() {
        let (Some(name), Some(member)) = (own(&having, index), members.get(index)) else {
            continue;
        };
        left.remove(&index);
        for name in &member.profile.properties {
            let Some(having) = having.get_mut(name) else { continue };
            having.remove(&index);
            // If only one remaining alternative has the property, it may now distinguish that one.
            if having.len() <= 1 {
                let requiring = requiring.get(name).into_iter().flatten();
                open.extend(requiring.filter(|other| left.contains(other)));
            }
        }
        keyed.push((member, name));
    }
    (keyed, left.into_iter().filter_map(|index| members.get(index)).collect())
}

/// Returns the test for constants, which must be all strings or all numbers.
pub(super) fn test(property: &WireName, constants: &[Constant]) -> Option<Test> {
    let mut texts = Vec::new();
    let mut numbers = Vec::new();
    for constant in constants {
        match constant {
            Constant::Text(text) => texts.push(text.clone()),
            Constant::Number(number) => numbers.push(*number),
        }
    }
    match (texts.is_empty(), numbers.is_empty()) {
        (false, true) => Some(Test::Tag(property.clone(), texts)),
        (true, false) => Some(Test::Number(property.clone(), numbers)),
        (true, true) | (false, false) => None,
    }
}
