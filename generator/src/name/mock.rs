//! The names of a mock's methods. They are no part of the client, whose names do not depend on
//! whether there is a mock.

use std::collections::BTreeMap;

use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::{error_set_order, reserved};
use crate::ir::{Api, ErrorSet, Ident, Operation, Statuses, SuccessResponse};
use crate::limits::Steps;

/// The names of what the mock has for an operation.
#[derive(Debug, Clone, Default)]
pub struct OfOperation {
    /// The method that begins an expectation.
    pub method: Ident,
    /// The methods that say which values the parameters have.
    pub matchers: Vec<Ident>,
    /// The methods that respond with one of several cases.
    pub responders: Vec<Ident>,
}

/// The names of what it has for a set of errors.
#[derive(Debug, Clone)]
pub struct OfErrors {
    /// The type that stands for the set.
    pub rust: Ident,
    /// The methods that respond with one of them.
    pub responders: Vec<Ident>,
}

/// The names for each operation. A name is that of the client, unless the mock has another use for
/// it.
pub fn operations(api: &Api, steps: &Steps) -> Vec<OfOperation> {
    let mut methods = Scope::new(steps, &[reserved::MOCK]);
    let mut names: Vec<OfOperation> = vec![OfOperation::default(); api.operations.len()];
    let mut sorted: Vec<(&Operation, &mut OfOperation)> =
        api.operations.iter().zip(&mut names).collect();
    sorted.sort_by_key(|(operation, _)| &operation.method_name);
    for (operation, names) in sorted {
        names.method = methods.claim_raw(operation.method_name.plain(), "operation");
        // A parameter that is called like a response makes room for it.
        let mut scope = Scope::new(steps, &[reserved::EXPECTATION]);
        names.responders = cases(operation, &mut scope);
        errors_of(api, operation).for_each(|name| drop(scope.claim(&name, "error")));
        let parameters = operation.parameters.iter();
        let claim = |name: &Ident| scope.claim_raw(name.plain(), "parameter");
        names.matchers = parameters.map(|parameter| &parameter.rust).map(claim).collect();
    }
    names
}

fn cases(operation: &Operation, scope: &mut Scope<'_>) -> Vec<Ident> {
    let SuccessResponse::ByCase { cases, .. } = &operation.response else {
        scope.claim("respond_ok", "response");
        return Vec::new();
    };
    let name = |rust: &Ident| format!("respond_{}", identifier(rust.plain(), Case::Snake));
    cases.iter().map(|case| scope.claim(&name(&case.rust), "case")).collect()
}

fn errors_of<'a>(api: &'a Api, operation: &Operation) -> impl Iterator<Item = String> + 'a {
    let set = operation.error_set.and_then(|number| api.error_sets.get(number));
    set.into_iter().flat_map(|set| &set.cases).map(|(statuses, _)| responder(*statuses))
}

/// The names for each set of errors.
pub fn errors(api: &Api, steps: &Steps) -> Vec<OfErrors> {
    let mut types = Scope::new(steps, &[]);
    let bodies: Vec<Ident> = api.error_bodies.iter().map(|body| body.rust.clone()).collect();
    let mut names = BTreeMap::new();
    let mut order: Vec<(usize, &ErrorSet)> = api.error_sets.iter().enumerate().collect();
    order.sort_by_cached_key(|(_, set)| error_set_order(set, &bodies));
    for (number, set) in order {
        let responders = set.cases.iter().map(|(statuses, _)| Ident(responder(*statuses)));
        let names_of =
            OfErrors { rust: types.claim(&type_of(set), "Set"), responders: responders.collect() };
        names.insert(number, names_of);
    }
    names.into_values().collect()
}

fn responder(statuses: Statuses) -> String {
    match statuses {
        Statuses::Code(code) => format!("respond_{code}"),
        Statuses::Class(class) => format!("respond_{class}xx"),
        Statuses::Default => "respond_error".to_owned(),
    }
}

/// `Errors400_404`: without the sign between them, two numbers would be one.
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
