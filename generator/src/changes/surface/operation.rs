//! What the API can do, and what comes back.

use super::parameter::{arguments, body, parameters};
use super::{Argument, Item, Kind, Places, code, list, or_none, set};
use crate::emit::signature;
use crate::ir::{
    Content, ContentKind, LongRunning, Operation, ResponseCase, SchemeId, Statuses, Step,
    SuccessResponse,
};
use crate::name::Named;

/// The methods that are sent again without harm (RFC 9110, section 9.2.2).
const IDEMPOTENT: [&str; 6] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];

/// What each operation is.
pub(super) fn items(api: &Named<'_>, places: &Places<'_>) -> Vec<Item> {
    api.operations.iter().map(|operation| item(api, operation, places)).collect()
}

fn item(api: &Named<'_>, operation: &Operation, places: &Places<'_>) -> Item {
    let module = api
        .groups
        .get(operation.group.0)
        .map(|group| format!("operations::{}", api.names.tag(group.number)));
    let module = module.unwrap_or_default();
    let request = format!("{module}::{}", api.names.request(operation.number));
    let wire = format!("{} {}", operation.method, operation.path);
    let path = format!("Client::{}", api.names.method(operation.number));
    let place = places.of(&operation.at);
    let failures = match IDEMPOTENT.contains(&operation.method) {
        true => "any failure that may pass",
        false => "what failed before the server could do anything",
    };
    let errors = operation.errors.iter().map(|error| error.statuses);
    let waits = operation.long_running.iter();
    let waits = waits.flat_map(|plan| wait(api, operation, &request, plan, places));
    Item::new(Kind::Operation, api.names.method(operation.number), &wire, path, place)
        .fixed("has the request type", code(&request))
        .takes("takes", Some((String::new(), arguments(api, operation))))
        .fixed("responds with", code(signature::response(api, operation)))
        .wire("is called by", code(&wire))
        .wire("is sent again after", failures)
        .wire("accepts", accepted(operation))
        .wire("reads responses as", read(&operation.response))
        .wire("signs in with", ways(api, operation))
        .told("needs the scopes", set(&operation.scopes))
        .told("needs one of the user levels", set(&operation.user_levels))
        .deprecated(operation.deprecated)
        .parts(parameters(api, operation, &request, places))
        .parts(body(api, operation, (&request, &module), places))
        .parts(responses(api, operation, &module, places))
        .parts(errors.map(|statuses| error(api, operation, statuses, places)))
        .parts(waits)
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
    format!("{}, and by {parameter} {}", code(accept), types.join(", "))
}

/// How a response is read, where its type does not say so: a text can be one of JSON.
fn read(response: &SuccessResponse) -> &'static str {
    match response {
        SuccessResponse::One(Content { kind: ContentKind::Text, .. }) => "plain text",
        SuccessResponse::One(_) | SuccessResponse::ByCase(_) => "their type says",
    }
}

fn ways(api: &Named<'_>, operation: &Operation) -> String {
    let name =
        |number: &SchemeId| api.security_schemes.get(number.0).map(|scheme| scheme.wire.0.as_str());
    let way = |way: &Vec<SchemeId>| match way.as_slice() {
        [] => "nothing".to_owned(),
        way => way.iter().filter_map(name).map(code).collect::<Vec<_>>().join(" with "),
    };
    let ways: Vec<String> = operation.security.iter().map(way).collect();
    if ways.is_empty() { "nothing".to_owned() } else { ways.join(" or ") }
}

/// The type of responses that depend on the status or the media type.
fn responses(
    api: &Named<'_>,
    operation: &Operation,
    module: &str,
    places: &Places<'_>,
) -> Option<Item> {
    let SuccessResponse::ByCase(cases) = &operation.response else { return None };
    let rust = api.names.response(operation.number);
    let path = format!("{module}::{rust}");
    let place = places.of(&operation.at.join("responses"));
    let value = signature::is_value(cases).then(|| "`Clone` and `PartialEq`".to_owned());
    let item =
        Item::new(Kind::Type, rust, "responses", path.clone(), place).offered("implements", value);
    Some(item.parts(cases.iter().map(|case| response_case(api, operation, &path, case, places))))
}

fn response(
    api: &Named<'_>,
    operation: &Operation,
    path: &str,
    case: &ResponseCase,
    places: &Places<'_>,
) -> Item {
    let (path, place) = (
        format!("{path}::{}", api.names.case(case.number)),
        response(operation, case.statuses, places),
    );
    let wire = format!("{} {}", case.statuses, case.media_types.join(" "));
    let types = match case.media_types.as_slice() {
        [] => String::new(),
        types => format!(" and {}", list(types)),
    };
    let holds = match &case.content.kind {
        ContentKind::Empty => "nothing".to_owned(),
        kind => code(signature::returned(api, kind)),
    };
    Item::new(Kind::Response, api.names.case(case.number), wire, path, place)
        .fixed("holds", holds)
        .wire("comes with", format!("the status {}{types}", case.statuses))
}

fn error(api: &Named<'_>, operation: &Operation, statuses: Statuses, places: &Places<'_>) -> Item {
    let set = operation.error_set.and_then(|number| api.error_sets.get(number.0));
    let cases = set.into_iter().flat_map(|set| &set.cases);
    let number = cases.filter(|(of, _)| *of == statuses).map(|(_, number)| *number).next();
    let body = number.and_then(|number| api.error_bodies.get(number.0));
    let body = body.map(|body| format!("ErrorBody::{}", api.names.error_body(body.number)));
    let path = format!("Client::{}", api.names.method(operation.number));
    Item::new(Kind::Error, statuses, statuses, path, response(operation, statuses, places))
        .wire("is read as", code(body.unwrap_or_else(|| "ErrorBody::Undocumented".to_owned())))
}

fn response(
    operation: &Operation,
    statuses: Statuses,
    places: &Places<'_>,
) -> crate::diagnostics::Place {
    places.of(&operation.at.join("responses").join(statuses))
}

/// The methods that wait for what an operation starts.
fn wait(
    api: &Named<'_>,
    operation: &Operation,
    request: &str,
    plan: &LongRunning,
    places: &Places<'_>,
) -> Vec<Item> {
    let place = places.of(&operation.at.join("x-long-running"));
    let item = |name: &str, path: String| Item::new(Kind::Wait, name, name, path, place.clone());
    let Some(state) = signature::state(api, plan) else { return Vec::new() };
    let called = |step: &Step| code(format!("Client::{}", api.names.method(step.operation)));
    let option = |step: &Option<Step>| step.as_ref().map_or_else(|| "nothing".to_owned(), called);
    let poll = item("poll", format!("{request}::poll"))
        .fixed("gives", code(format!("Poller<{state}>")))
        .wire("asks for the state with", called(&plan.poll))
        .wire("is stopped with", option(&plan.cancel))
        .wire("finds the id at", code(&plan.id))
        .wire(
            "finds the moment of creation at",
            plan.created.as_ref().map_or_else(|| "nowhere".to_owned(), code),
        )
        .wire("finds the status at", code(&plan.status))
        .wire("takes for success", list(&plan.succeeded))
        .wire("takes for failure", list(&plan.failed))
        .wire("takes for an end by somebody", list(&plan.cancelled))
        .wire("takes for a sign that it goes on", list(&plan.pending_errors));
    let resume = api.names.resume(operation.number).plain().to_owned();
    let resume =
        item(&resume, format!("Client::{resume}")).fixed("gives", code(format!("Poller<{state}>")));
    let export = signature::export(api, plan).map(|by| {
        let argument = by.map(|of| Argument::new("each", "each", of));
        item("export", format!("{request}::export"))
            .takes("takes", Some((String::new(), argument.into_iter().collect())))
            .fixed("gives", code(format!("Export<{state}>")))
            .wire("saves the file of", option(&plan.download))
    });
    [poll, resume].into_iter().chain(export).collect()
}
