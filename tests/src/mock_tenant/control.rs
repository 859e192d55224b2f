//! The control endpoints, for programs that cannot call the library: they inject faults and return
//! recorded requests.
//!
//! Control requests need no token, are not recorded, and are not subject to faults. A fault is an
//! object such as `{"operation": "getReport", "times": 2, "status": 429, "headers": {"Retry-After":
//! "1"}}`.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::body::Response;
use super::contract::schema::{self, Violation};
use super::fault::Fault;
use super::operation::Operation;
use super::record::RecordedRequest;
use super::responses;
use super::tenant::Tenant;

/// Whether the request is for a control endpoint.
pub(super) fn is_control_request(request: &RecordedRequest) -> bool {
    request.path.starts_with("/_mock/")
}

/// Handles a control request.
pub(super) fn respond(tenant: &Tenant, request: &RecordedRequest) -> Response {
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/_mock/faults") => match add_fault(tenant, request) {
            Ok(()) => responses::empty(StatusCode::NO_CONTENT),
            Err(problem) => responses::text(StatusCode::BAD_REQUEST, problem),
        },
        ("DELETE", "/_mock/faults") => {
            tenant.state().faults.clear();
            responses::empty(StatusCode::NO_CONTENT)
        }
        ("GET", "/_mock/requests") => {
            let requests: Vec<_> =
                tenant.state().record.requests().iter().map(RecordedRequest::to_json).collect();
            responses::json(StatusCode::OK, &requests.into())
        }
        ("DELETE", "/_mock/requests") => {
            tenant.state().record.clear();
            responses::empty(StatusCode::NO_CONTENT)
        }
        _ => responses::text(
            StatusCode::NOT_FOUND,
            "known are POST and DELETE /_mock/faults, GET and DELETE /_mock/requests",
        ),
    }
}

fn add_fault(tenant: &Tenant, request: &RecordedRequest) -> Result<(), String> {
    let body = request.json().map_err(|error| format!("the body is not JSON: {error}"))?;
    let violations = schema::check(&Value::Null, &fault_schema(), &body, "$");
    if !violations.is_empty() {
        return Err(violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("\n"));
    }
    let operation = body["operation"].as_str().and_then(Operation::from_id);
    tenant.state().faults.add(operation, fault(&body)?);
    Ok(())
}

/// Returns the schema of a fault. The bounds are those of HTTP. Without an operation, or with
/// `any`, a fault applies to all operations.
fn fault_schema() -> Value {
    let operations: Vec<_> =
        Operation::ALL.iter().map(|operation| operation.id()).chain(["any"]).collect();
    let count = json!({"type": "integer", "minimum": 0});
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "operation": {"type": "string", "enum": operations},
            "times": {"type": "integer", "minimum": 1, "maximum": u32::MAX},
            "status": {"type": "integer", "minimum": 200, "maximum": 599},
            "headers": {"type": "object", "additionalProperties": {"type": "string"}},
            "contentType": {"type": "string"},
            "body": {},
            "delayMs": count,
            "cutBody": count,
            "dropConnection": {"type": "boolean"},
            "malformedJson": {"type": "boolean"},
        },
    })
}

/// Converts a validated object to a fault.
fn fault(body: &Value) -> Result<Fault, String> {
    let actions = ["status", "cutBody", "dropConnection", "malformedJson"];
    let is_chosen = |action: &&str| body.get(action).is_some_and(|value| *value != false);
    let chosen: Vec<_> = actions.into_iter().filter(is_chosen).collect();
    let mut fault = match chosen[..] {
        [] => Fault::delay(Duration::ZERO),
        ["status"] => status_fault(body),
        ["cutBody"] => Fault::cut_body(body["cutBody"].as_u64().unwrap_or(0)),
        ["dropConnection"] => Fault::drop_connection(),
        ["malformedJson"] => Fault::malformed_json(),
        _ => {
            return Err(format!("these exclude one another: {}", chosen.join(", ")));
        }
    };
    for (name, value) in body["headers"].as_object().into_iter().flatten() {
        fault = fault.header(name, value.as_str().unwrap_or_default());
    }
    let times = body["times"].as_u64().and_then(|times| u32::try_from(times).ok());
    let delay = Duration::from_millis(body["delayMs"].as_u64().unwrap_or(0));
    Ok(fault.times(times.unwrap_or(1)).delayed(delay))
}

/// Creates the fault of a status. Without a body it gets the typical one. A string is sent as it
/// is, any other value as JSON.
fn status_fault(body: &Value) -> Fault {
    let status =
        body["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
    let Some(content) = body.get("body") else {
        return Fault::status(status);
    };
    let (default_type, bytes) = match content {
        Value::String(text) => ("text/plain; charset=utf-8", text.clone()),
        other => ("application/json", other.to_string()),
    };
    Fault::response(status, body["contentType"].as_str().unwrap_or(default_type), bytes)
}
