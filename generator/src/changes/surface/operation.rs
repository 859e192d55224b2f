//! Operations, their responses and errors, and the methods of long-running operations.

use super::parameter::{arguments, body, parameters};
use super::{Argument, Item, ItemKind, Places, code, code_list, code_set, or_none};
use crate::diagnostics::Location;
use crate::emit::signature;
use crate::ir::{
    Content, ContentKind, LongRunning, Operation, ResponseCase, SchemeId, Statuses, Step,
    SuccessResponse,
};
use crate::name::Named;

/// The idempotent methods (RFC 9110, section 9.2.2).
const IDEMPOTENT: [&str; 7] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"];

/// Returns an item for each operation.
pub(super) fn items(api: &Named<'_>, places: &Places<'_>) -> Vec<Item> {
    api.operations.iter().map(|operation| item(api, operation, places)).collect()
}

fn item(api: &Named<'_>, operation: &Operation, places: &Places<'_>) -> Item {
    let group = api.groups.get(operation.group.0);
    let module = group.map(|group| format!("operations::{}", api.names.group(group.number)));
    let module = module.unwrap_or_default();
    let group = group.and_then(|group| group.name.clone());
    let request = format!("{module}::{}", api.names.request(operation.number));
    let wire = format!("{} {}", operation.method, operation.path);
    let path = api.names.method_path(operation);
    let place = places.of(&operation.at);
    let retried = match IDEMPOTENT.contains(&operation.method.as_str()) {
        true => "any transient error",
        false => "errors that occur before the server acts on the request",
    };
    let errors = operation.errors.iter().map(|error| error.statuses);
    let waits = operation.long_running.iter();
    let waits = waits.flat_map(|plan| wait(api, operation, &request, plan, places));
    Item::new(ItemKind::Operation, api.names.method(operation.number), &wire, path, place)
        .in_group(group)
        .fixed("has the request type", code(&request))
        .function("takes", Some((String::new(), arguments(api, operation))))
        .fixed("returns", code(signature::response(api, operation)))
        .wire("sends", code(&wire))
        .wire("sends requests to", server(api, operation))
        .wire("is retried after", retried)
        .wire("accepts", accepted(operation))
        .wire("decodes responses as", decoded(&operation.response))
        .wire("authenticates with", security(api, operation))
        .documented("requires the scopes", code_set(&operation.scopes))
        .documented("requires one of the user levels", code_set(&operation.user_levels))
        .deprecated(operation.deprecated)
        .parts(parameters(api, operation, &request, places))
        .parts(body(api, operation, (&request, &module), places))
        .parts(response_enum(api, operation, &module, places))
        .parts(errors.map(|statuses| error(api, operation, statuses, places)))
        .parts(waits)
}

fn server(api: &Named<'_>, operation: &Operation) -> String {
    match api.server_of(operation.number) {
        Some(own) => code(&own.server.url),
        None => "the server of the client".to_owned(),
    }
}

fn accepted(operation: &Operation) -> String {
    let accept = or_none(&operation.accept);
    let Some(by) = &operation.accept_by else { return code(accept) };
    let parameter = operation.parameter(by.parameter).map(|one| one.wire.0.as_str());
    let types: Vec<String> = by
        .media_types
        .iter()
        .map(|(value, of)| format!("{} for {}", code(of), code(value)))
        .collect();
    let parameter = code(parameter.unwrap_or_default());
    format!("{}, and depending on {parameter} {}", code(accept), types.join(", "))
}

/// Returns how a response is decoded, where the Rust type is ambiguous: a `String` may be JSON.
fn decoded(response: &SuccessResponse) -> &'static str {
    match response {
        SuccessResponse::One(Content { kind: ContentKind::Text, .. }) => "plain text",
        SuccessResponse::One(_) | SuccessResponse::ByCase(_) => "their Rust type requires",
    }
}

/// Returns the alternatives to authenticate an operation.
fn security(api: &Named<'_>, operation: &Operation) -> String {
    let name =
        |number: &SchemeId| api.security_schemes.get(number.0).map(|scheme| scheme.wire.0.as_str());
    let requirement = |schemes: &Vec<SchemeId>| match schemes.as_slice() {
        [] => "nothing".to_owned(),
        schemes => schemes.iter().filter_map(name).map(code).collect::<Vec<_>>().join(" and "),
    };
    let alternatives: Vec<String> = operation.security.iter().map(requirement).collect();
    if alternatives.is_empty() { "nothing".to_owned() } else { alternatives.join(" or ") }
}

/// Returns the enum of responses, if the type depends on the status or the media type.
fn response_enum(
    api: &Named<'_>,
    operation: &Operation,
    module: &str,
    places: &Places<'_>,
) -> Option<Item> {
    let SuccessResponse::ByCase(cases) = &operation.response else { return None };
    let name = api.names.response(operation.number);
    let path = format!("{module}::{name}");
    let place = places.of(&operation.at.join("responses"));
    let value = signature::is_value(cases).then(|| "`Clone` and `PartialEq`".to_owned());
    let item = Item::new(ItemKind::Type, name, "responses", path.clone(), place)
        .capability("implements", value);
    Some(item.parts(cases.iter().map(|case| response(api, operation, &path, case, places))))
}

fn response(
    api: &Named<'_>,
    operation: &Operation,
    path: &str,
    case: &ResponseCase,
    places: &Places<'_>,
) -> Item {
    let name = api.names.case(case.number);
    let path = format!("{path}::{name}");
    let place = response_place(operation, case.statuses, places);
    let wire = format!("{} {}", case.statuses, case.media_types.join(" "));
    let types = match case.media_types.as_slice() {
        [] => String::new(),
        types => format!(" and {}", code_list(types)),
    };
    let content = match &case.content.kind {
        ContentKind::Empty => "nothing".to_owned(),
        kind => code(signature::returned(api, kind)),
    };
    Item::new(ItemKind::Response, name, wire, path, place)
        .fixed("contains", content)
        .wire("is selected by", format!("the status {}{types}", case.statuses))
}

fn error(api: &Named<'_>, operation: &Operation, statuses: Statuses, places: &Places<'_>) -> Item {
    let set = operation.error_set.and_then(|number| api.error_sets.get(number.0));
    let cases = set.into_iter().flat_map(|set| &set.cases);
    let number = cases.filter(|(of, _)| *of == statuses).map(|(_, number)| *number).next();
    let body = number.and_then(|number| api.error_bodies.get(number.0));
    let body = body.map(|body| format!("ErrorBody::{}", api.names.error_body(body.number)));
    let path = api.names.method_path(operation);
    Item::new(
        ItemKind::Error,
        statuses,
        statuses,
        path,
        response_place(operation, statuses, places),
    )
    .wire("is decoded as", code(body.unwrap_or_else(|| "ErrorBody::Undocumented".to_owned())))
}

fn response_place(operation: &Operation, statuses: Statuses, places: &Places<'_>) -> Location {
    places.of(&operation.at.join("responses").join(statuses))
}

/// Returns the methods that wait for a long-running operation.
fn wait(
    api: &Named<'_>,
    operation: &Operation,
    request: &str,
    plan: &LongRunning,
    places: &Places<'_>,
) -> Vec<Item> {
    let place = places.of(&operation.at.join("x-long-running"));
    let item =
        |name: &str, path: String| Item::new(ItemKind::Wait, name, name, path, place.clone());
    let Some(state) = signature::state(api, plan) else { return Vec::new() };
    let method = |step: &Step| code(api.names.method_path(api.operation(step.operation)));
    let optional_method =
        |step: &Option<Step>| step.as_ref().map_or_else(|| "nothing".to_owned(), method);
    let poll = item("poll", format!("{request}::poll"))
        .fixed("returns", code(format!("Poller<{state}>")))
        .wire("polls with", method(&plan.poll))
        .wire("cancels with", optional_method(&plan.cancel))
        .wire("reads the id at", code(&plan.id))
        .wire("reads the time of creation at", code_list(&plan.created))
        .wire("reads the status at", code(&plan.status))
        .wire("has the success statuses", code_list(&plan.succeeded))
        .wire("has the failure statuses", code_list(&plan.failed))
        .wire("has the cancellation statuses", code_list(&plan.cancelled))
        .wire("has the error codes of pending work", code_list(&plan.pending_errors));
    let resume = api.names.resume(operation.number).plain();
    let resume = item(resume, api.names.resume_path(operation))
        .fixed("returns", code(format!("Poller<{state}>")));
    let export = signature::export(api, plan).map(|by| {
        let argument = by.map(|of| Argument::new("each", "each", of));
        item("export", format!("{request}::export"))
            .function("takes", Some((String::new(), argument.into_iter().collect())))
            .fixed("returns", code(format!("Export<{state}>")))
            .wire(
                "downloads with",
                plan.file
                    .as_ref()
                    .map_or_else(|| "nothing".to_owned(), |file| method(&file.download)),
            )
    });
    [poll, resume].into_iter().chain(export).collect()
}
