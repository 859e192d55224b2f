//! Namespaces of operations: that of the client, and one for each group if methods are grouped.
//!
//! Takes the groups, names the methods of the client that return them and the types with their methods, and
//! returns the namespaces. Operations are named by [`operations`](super::operations).

use std::collections::BTreeMap;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::{reserved, sorted_by};
use crate::config::{Config, Methods};
use crate::ir::{Api, GroupId, Operation};
use crate::limits::Steps;

/// The namespaces of all operations.
pub(super) struct Namespaces<'s> {
    /// Methods of the client, and the types of all modules whose operations are methods of the client.
    client: Namespace<'s>,
    groups: BTreeMap<GroupId, Namespace<'s>>,
}

/// The namespaces of some operations.
pub(super) struct Namespace<'s> {
    pub(super) methods: Scope<'s>,
    /// Request types, and what is declared beside them.
    pub(super) types: Scope<'s>,
    /// The name of the group, in the form of operation ids that are converted to snake case.
    group: Option<String>,
}

/// Returns the namespaces, in which the groups have claimed their names.
pub(super) fn namespaces<'s>(
    api: &Api,
    config: &Config,
    names: &mut Names,
    steps: &'s Steps,
) -> Namespaces<'s> {
    let mut client = Namespace::new(steps, &[reserved::METHODS], None);
    let mut groups = BTreeMap::new();
    if config.methods != Methods::Flat {
        for group in sorted_by(&api.groups, |group| group.name.clone()) {
            let Some(name) = names.words(group) else { continue };
            let of_methods = identifier(name, Case::UpperCamel);
            let words = identifier(name, Case::Snake);
            let mut space = Namespace::new(steps, &[], Some(format!("{words}_")));
            let accessor = client.methods.claim_raw(&words, "operations");
            let of_methods = space.types.claim(&of_methods, "Operations");
            names.insert(Item::Accessor(group.number), accessor);
            names.insert(Item::GroupType(group.number), of_methods);
            groups.insert(group.number, space);
        }
    }
    Namespaces { client, groups }
}

impl<'s> Namespaces<'s> {
    /// Returns the namespace of an operation.
    pub(super) fn of(&mut self, operation: &Operation) -> &mut Namespace<'s> {
        self.groups.get_mut(&operation.group).unwrap_or(&mut self.client)
    }
}

impl<'s> Namespace<'s> {
    fn new(steps: &'s Steps, methods: super::scope::Reserved, group: Option<String>) -> Self {
        let types = Scope::new(steps, &[reserved::REQUEST_TYPES, reserved::PRELUDE]);
        Self { methods: Scope::new(steps, methods), types, group }
    }

    /// Returns the words of an operation id without the name of the group: `list` for `users/list` and for
    /// `usersList`. Returns the whole id if nothing that can be a name is left.
    pub(super) fn shortened(&self, id: &str) -> String {
        let words = identifier(id, Case::Snake);
        let rest = self.group.as_deref().and_then(|group| words.strip_prefix(group));
        match rest.filter(|rest| rest.starts_with(char::is_alphabetic)) {
            Some(rest) => rest.to_owned(),
            None => id.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_group_is_dropped() {
        let steps = Steps::default();
        let space = Namespace::new(&steps, &[], Some("users_".to_owned()));
        for (id, expected) in [
            ("users/list", "list"),
            ("usersList", "list"),
            ("users/list-for-team", "list_for_team"),
            ("listUsers", "listUsers"),
            ("users", "users"),
            ("users/2fa", "users/2fa"),
            ("usersOfTeam", "of_team"),
        ] {
            assert_eq!(space.shortened(id), expected, "{id}");
        }
        let client = Namespace::new(&steps, &[], None);
        assert_eq!(client.shortened("users/list"), "users/list");
    }
}
