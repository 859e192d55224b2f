//! Names of items that are shared by operations: modules and Cargo features of tags, errors, headers, and
//! the settings of the builder. Needs the names of types.

use std::collections::BTreeSet;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::{Ident, claim_order, reserved, shown, sorted_by};
use crate::ir::{Api, ErrorSet, Statuses, Type, WireName};
use crate::limits::Steps;

/// Names the modules and the Cargo features of tags.
pub(super) fn tags(api: &Api, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::GROUPS]);
    let mut features: BTreeSet<String> =
        reserved::FEATURES.iter().map(|name| (*name).to_owned()).collect();
    for group in sorted_by(&api.groups, |group| group.tag.clone()) {
        let words = group.tag.as_deref().unwrap_or("untagged");
        let module = scope.claim_file(&identifier(words, Case::Snake), "operations");
        let mut feature = module.plain().replace('_', "-");
        while group.tag.is_some() && !features.insert(feature.clone()) {
            feature = format!("tag-{feature}");
        }
        if group.tag.is_some() {
            names.features.insert(group.number, feature);
        }
        names.insert(Item::TagModule(group.number), module);
    }
}

/// Names the error bodies, and the constants for sets of errors.
pub(super) fn errors(api: &Api, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::ERROR_BODIES]);
    for body in sorted_by(&api.error_bodies, |body| shown(&body.ty, names)) {
        let words = match &body.ty {
            Type::Named(id) => names.ty(*id).as_str(),
            Type::Array(_) => "List",
            _ => "Json",
        };
        let name = scope.claim(words, "Body");
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
