//! Names of items that are shared by operations: modules and Cargo features of groups, errors, headers, and
//! the settings of the builder. Needs the names of types.

use std::collections::BTreeSet;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::{Ident, claim_order, reserved, shown, sorted_by};
use crate::config::Config;
use crate::ir::{Api, ErrorSet, Statuses, Type, WireName};
use crate::limits::Steps;

/// Names the modules and the Cargo features of groups.
pub(super) fn groups(api: &Api, config: &Config, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::GROUPS]);
    let mut features: BTreeSet<String> =
        reserved::FEATURES.iter().map(|name| (*name).to_owned()).collect();
    for group in sorted_by(&api.groups, |group| group.name.clone()) {
        let words = identifier(names.words(group).unwrap_or("untagged"), Case::Snake);
        let module = scope.claim_file(&words, "operations");
        let mut feature = module.plain().replace('_', "-");
        while group.name.is_some() && !features.insert(feature.clone()) {
            feature = format!("tag-{feature}");
        }
        if group.name.is_some() && config.group_features {
            names.features.insert(group.number, feature);
        }
        names.insert(Item::GroupModule(group.number), module);
    }
}

/// Names the error bodies, and the constants for sets of errors.
pub(super) fn errors(api: &Api, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::ERROR_BODIES]);
    for body in sorted_by(&api.error_bodies, |body| shown(&body.ty, names)) {
        let name = scope.claim(&words(&body.ty, names), "Body");
        names.insert(Item::ErrorBody(body.number), name);
    }
    let mut constants = Scope::new(steps, &[]);
    for set in sorted_by(&api.error_sets, |set| error_set_order(set, names)) {
        let statuses: Vec<String> =
            set.cases.iter().map(|(statuses, _)| statuses.to_string()).collect();
        let words = format!("errors {}", statuses.join(" "));
        let name = constants.claim(&identifier(&words, Case::Screaming), "SET");
        names.insert(Item::ErrorSet(set.number), name);
    }
}

/// Returns the words for a type, which do not depend on other types: `StringList` for an array of strings.
fn words(ty: &Type, names: &Names) -> String {
    match ty {
        Type::Named(id) => names.ty(*id).to_string(),
        Type::Array(item) => format!("{}List", words(item, names)),
        Type::Map(item) => format!("{}Map", words(item, names)),
        Type::Nullable(item) => words(item, names),
        Type::Tuple(_) => "Tuple".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Integer(_) => "Integer".to_owned(),
        Type::Number(_) => "Number".to_owned(),
        Type::String(_) => "String".to_owned(),
        Type::Any => "Json".to_owned(),
        Type::Extern(of) => identifier(&of.path, Case::UpperCamel),
    }
}

/// Returns the sort key of a set of errors: its content.
pub(super) fn error_set_order(set: &ErrorSet, names: &Names) -> Vec<(Statuses, Ident)> {
    set.cases.iter().map(|(statuses, body)| (*statuses, names.error_body(*body).clone())).collect()
}

/// Names the constants for headers.
pub(super) fn headers(api: &Api, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[]);
    for header in sorted_by(&api.headers, |header| (header.wire.clone(), shown(&header.ty, names)))
    {
        let name = scope.claim(&identifier(&header.wire.0, Case::Screaming), "HEADER");
        names.insert(Item::Header(header.number), name);
    }
}

/// Names the methods of the builder for server variables, which several servers may share, and for
/// security schemes.
pub(super) fn builder(api: &Api, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::BUILDER]);
    let variables = api.all_servers().flat_map(|server| &server.variables);
    let variables: BTreeSet<&WireName> = variables.map(|variable| &variable.wire).collect();
    let variables: Vec<&WireName> = variables.into_iter().collect();
    for variable in sorted_by(&variables, |wire| claim_order(wire, Case::Snake)) {
        let name = scope.claim_raw(&identifier(&variable.0, Case::Snake), "variable");
        names.insert(Item::ServerVariable((*variable).clone()), name);
    }
    for scheme in sorted_by(&api.security_schemes, |scheme| scheme.wire.clone()) {
        let name = scope.claim_raw(&identifier(&scheme.wire.0, Case::Snake), "credential");
        names.insert(Item::Credential(scheme.number), name);
    }
}
