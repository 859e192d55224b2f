//! Names of the items of the mock server. The names of the client do not depend on them.

use std::collections::{BTreeMap, BTreeSet};

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::shared::error_set_order;
use super::table::{Item, Names};
use super::{Ident, reserved, sorted_by};
use crate::ir::{Api, ErrorSet, Operation, Statuses, SuccessResponse};
use crate::limits::Steps;

/// Names the methods of the mock server and of its expectations: like those of the client, unless the
/// mock server reserves the name.
pub(super) fn names(api: &Api, names: &mut Names, steps: &Steps) {
    let cases_of_errors = api.error_sets.iter().flat_map(|set| &set.cases);
    let responders: BTreeSet<String> =
        cases_of_errors.map(|(statuses, _)| responder(*statuses)).collect();
    let mut server = Scope::new(steps, &[reserved::MOCK]);
    let mut groups = BTreeMap::new();
    for group in sorted_by(&api.groups, |group| group.name.clone()) {
        let Some(accessor) = names.accessor(group.number) else { continue };
        let accessor = server.claim_raw(accessor.plain(), "operations");
        names.insert(Item::MockAccessor(group.number), accessor);
        groups.insert(group.number, Scope::new(steps, &[]));
    }
    let sorted =
        sorted_by(&api.operations, |one| (names.method(one.number).clone(), one.id.clone()));
    for operation in sorted {
        let methods = groups.get_mut(&operation.group).unwrap_or(&mut server);
        let method = methods.claim_raw(names.method(operation.number).plain(), "operation");
        names.insert(Item::Expectation(operation.number), method);
        // The responders of all success types and error sets are in scope: they overlap with the matchers of
        // any operation.
        let mut scope = Scope::new(steps, &[reserved::EXPECTATION]);
        cases(operation, &mut scope, names);
        drop(scope.claim("respond_ok", "response"));
        responders.iter().for_each(|name| drop(scope.claim(name, "error")));
        for parameter in &operation.parameters {
            let name = names.parameter(parameter.number).plain();
            let name = scope.claim_raw(name, "parameter");
            names.insert(Item::Matcher(parameter.number), name);
        }
    }
    errors(api, names, steps);
}

fn cases(operation: &Operation, scope: &mut Scope<'_>, names: &mut Names) {
    let SuccessResponse::ByCase(cases) = &operation.response else { return };
    for case in cases {
        let words = identifier(names.case(case.number).plain(), Case::Snake);
        let name = scope.claim(&format!("respond_{words}"), "case");
        names.insert(Item::CaseResponder(case.number), name);
    }
}

/// Names the marker types for sets of errors, and the methods that respond with one of the errors. Each
/// set has its own methods, so their names need no scope.
fn errors(api: &Api, names: &mut Names, steps: &Steps) {
    let mut types = Scope::new(steps, &[reserved::MOCK_TYPES]);
    for set in sorted_by(&api.error_sets, |set| error_set_order(set, names)) {
        let name = types.claim(&type_of(set), "Set");
        names.insert(Item::ErrorMarker(set.number), name);
        for (statuses, _) in &set.cases {
            names.insert(Item::ErrorResponder(*statuses), Ident::new(responder(*statuses)));
        }
    }
}

fn responder(statuses: Statuses) -> String {
    match statuses {
        Statuses::Code(code) => format!("respond_{code}"),
        Statuses::Class(class) => format!("respond_{class}xx"),
        Statuses::Default => "respond_error".to_owned(),
    }
}

/// Returns a name such as `Errors400_404`. Without the underscore, two numbers would be read as one.
fn type_of(set: &ErrorSet) -> String {
    let words = set.cases.iter().map(|(statuses, _)| match statuses {
        Statuses::Code(code) => code.to_string(),
        Statuses::Class(class) => format!("{class}xx"),
        Statuses::Default => "Default".to_owned(),
    });
    let ends_in_digit = |text: &str| text.ends_with(|c: char| c.is_ascii_digit());
    words.fold("Errors".to_owned(), |name, word| {
        let separator = if ends_in_digit(&name) && word != "Default" { "_" } else { "" };
        format!("{name}{separator}{word}")
    })
}
