//! Names of operations, their parameters, bodies and responses, and the methods and constants for polling.
//! Needs the names of types.

use std::collections::BTreeMap;

use super::groups::namespaces;
use super::identifier::{Case, identifier};
use super::scope::Scope;
use super::table::{Item, Names};
use super::{Ident, claim_order, joined, reserved, sorted_by};
use crate::config::Config;
use crate::ir::{
    Api, BodyKind, ContentKind, Operation, ResponseCase, Statuses, SuccessResponse, Type,
};
use crate::limits::Steps;
use crate::metamodel::reason_phrase;

/// Names operations. Names of the document are claimed first, then the names derived from them: constants,
/// which share a namespace with the tuple structs of requests, and the names for polling.
pub(super) fn operations(api: &Api, config: &Config, names: &mut Names, steps: &Steps) {
    let mut namespaces = namespaces(api, config, names, steps);
    let renamed = &config.customization.rename.operations;
    let sorted = sorted_by(&api.operations, |operation| {
        (!renamed.contains_key(&operation.id.0), operation.id.clone())
    });
    for operation in &sorted {
        let space = namespaces.of(operation);
        let of_config = renamed.get(&operation.id.0).cloned();
        let id = &of_config.clone().unwrap_or_else(|| space.shortened(&operation.id.0));
        let words = of_config.unwrap_or_else(|| identifier(id, Case::Snake));
        let method = space.methods.claim_raw(&words, "operation");
        names.insert(Item::Method(operation.number), method);
        let request = space.types.claim(&identifier(id, Case::UpperCamel), "Request");
        parameters(operation, names, steps);
        response(operation, &request, &mut space.types, names, steps);
        body(operation, &request, &mut space.types, names, steps);
        names.insert(Item::Request(operation.number), request);
    }
    for operation in &sorted {
        let types = &mut namespaces.of(operation).types;
        let words = identifier(names.request(operation.number).as_str(), Case::Screaming);
        names.insert(Item::Constant(operation.number), types.claim(&words, "OPERATION"));
    }
    for operation in sorted.iter().filter(|operation| operation.long_running.is_some()) {
        let (number, space) = (operation.number, namespaces.of(operation));
        let resume = joined("resume", names.method(number));
        names.insert(Item::Resume(number), space.methods.claim_raw(resume.as_str(), "job"));
        let plan = format!("{}_WAIT", names.constant(number).plain());
        names.insert(Item::Plan(number), space.types.claim(&plan, "PLAN"));
    }
}

/// Names the arguments and setters of a request, including the one of the body.
fn parameters(operation: &Operation, names: &mut Names, steps: &Steps) {
    let mut scope = Scope::new(steps, &[reserved::SETTERS, reserved::VARIABLES]);
    let order = sorted_by(&operation.parameters, |parameter| {
        (parameter.location, claim_order(&parameter.wire, Case::Snake))
    });
    for parameter in order {
        let name = scope.claim_raw(&identifier(&parameter.wire.0, Case::Snake), "parameter");
        names.insert(Item::Parameter(parameter.number), name);
    }
    let Some(body) = &operation.body else { return };
    let named = match body.only().map(|content| &content.kind) {
        Some(BodyKind::Json(Type::Named(id)) | BodyKind::Form(Type::Named(id), _)) => Some(id),
        Some(BodyKind::Multipart(id)) => Some(id),
        Some(BodyKind::Json(_) | BodyKind::Form(..) | BodyKind::Text | BodyKind::Bytes) | None => {
            None
        }
    };
    let words = named.map_or("body", |id| names.ty(*id).as_str());
    let name = scope.claim_raw(&identifier(words, Case::Snake), "body");
    names.insert(Item::Body(operation.number), name);
}

fn response(
    operation: &Operation,
    request: &Ident,
    types: &mut Scope<'_>,
    names: &mut Names,
    steps: &Steps,
) {
    let SuccessResponse::ByCase(cases) = &operation.response else { return };
    let name = types.claim(&format!("{request}Response"), "Type");
    names.insert(Item::Response(operation.number), name);
    response_cases(cases, names, steps);
}

fn body(
    operation: &Operation,
    request: &Ident,
    types: &mut Scope<'_>,
    names: &mut Names,
    steps: &Steps,
) {
    let Some(body) = operation.body.as_ref().filter(|body| body.only().is_none()) else { return };
    let name = types.claim(&format!("{request}Body"), "Type");
    names.insert(Item::BodyType(operation.number), name);
    let mut scope = Scope::new(steps, &[reserved::BODIES]);
    for content in &body.contents {
        let name = scope.claim(body_word(&content.kind), "Body");
        names.insert(Item::Content(content.number), name);
    }
}

/// Names a case after its status, and after its kind if a status has several cases.
fn response_cases(cases: &[ResponseCase], names: &mut Names, steps: &Steps) {
    let mut counts: BTreeMap<Statuses, usize> = BTreeMap::new();
    cases.iter().for_each(|case| *counts.entry(case.statuses).or_default() += 1);
    let one_status = counts.len() == 1;
    let mut scope = Scope::new(steps, &[]);
    for case in cases {
        let several = counts.get(&case.statuses).is_some_and(|count| *count > 1);
        let name = match (one_status, several) {
            (true, _) => content_word(&case.content.kind).to_owned(),
            (false, true) => status_name(case.statuses) + content_word(&case.content.kind),
            (false, false) => status_name(case.statuses),
        };
        names.insert(Item::Case(case.number), scope.claim(&name, "Case"));
    }
}

fn content_word(kind: &ContentKind) -> &'static str {
    match kind {
        ContentKind::Empty => "Empty",
        ContentKind::Json(_) => "Json",
        ContentKind::Text => "Text",
        ContentKind::File => "File",
        ContentKind::Events(_) => "Events",
        ContentKind::JsonLines(_) => "JsonLines",
    }
}

fn body_word(kind: &BodyKind) -> &'static str {
    match kind {
        BodyKind::Json(_) => "Json",
        BodyKind::Form(..) => "Form",
        BodyKind::Multipart(_) => "Multipart",
        BodyKind::Text => "Text",
        BodyKind::Bytes => "Bytes",
    }
}

/// Returns the name of a status: its reason phrase if there is one (RFC 9110, section 15).
fn status_name(statuses: Statuses) -> String {
    match statuses {
        Statuses::Code(code) => match reason_phrase(&code.to_string()) {
            Some(phrase) => phrase.to_owned(),
            None => format!("Status{code}"),
        },
        Statuses::Class(_) => "Success".to_owned(),
        Statuses::Default => "Default".to_owned(),
    }
}
