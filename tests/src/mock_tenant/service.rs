//! Takes a request and returns its response: the request is recorded, matched with a fault,
//! authenticated, checked against the document, and passed to its operation.

use std::fmt;
use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use tokio::time::sleep;

use super::body::{self, Response, ResponseBody};
use super::connection::Flushes;
use super::contract::Route;
use super::contract::schema::Violation;
use super::control;
use super::fault::{Action, Fault};
use super::operation::Operation;
use super::record::RecordedRequest;
use super::reports;
use super::responses;
use super::tenant::Tenant;
use super::token_endpoint;

/// Closes the connection without a response.
#[derive(Debug)]
pub(super) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is closed without a response")
    }
}

impl std::error::Error for Dropped {}

/// Handles one request, unless a fault or the client closes the connection.
pub(super) async fn respond(
    tenant: Arc<Tenant>,
    flushes: Flushes,
    request: Request<Incoming>,
) -> Result<Response, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let mut request = RecordedRequest::new(&head, body);
    if control::is_control_request(&request) {
        return Ok(control::respond(&tenant, &request));
    }
    let tracking_id = tenant.state().tracking_ids.next();
    let target = Target::of(&tenant, &request);
    request.operation = target.operation();
    let mut response = match record(&tenant, &request) {
        Err(problem) => {
            responses::problem(StatusCode::INTERNAL_SERVER_ERROR, &tracking_id, &[problem])
        }
        Ok(None) => regular_response(&tenant, &target, &request, &tracking_id).await,
        Ok(Some(fault)) => {
            sleep(fault.delay).await;
            let response = apply_fault(
                &fault,
                flushes,
                regular_response(&tenant, &target, &request, &tracking_id),
                &tracking_id,
            )
            .await?;
            with_headers(response, &fault.headers)
        }
    };
    if let Ok(value) = HeaderValue::from_str(&tracking_id) {
        response.headers_mut().entry(responses::REQUEST_ID_HEADER).or_insert(value);
    }
    Ok(response)
}

/// What a request addresses.
enum Target<'a> {
    Token,
    Api(&'a Route),
    Unknown,
}

impl<'a> Target<'a> {
    fn of(tenant: &'a Tenant, request: &RecordedRequest) -> Self {
        if request.method == "POST" && request.path == token_endpoint::PATH {
            return Self::Token;
        }
        tenant.contract.route(&request.method, &request.path).map_or(Self::Unknown, Self::Api)
    }

    fn operation(&self) -> Option<Operation> {
        match self {
            Self::Token => Some(Operation::Token),
            Self::Api(route) => Some(route.operation()),
            Self::Unknown => None,
        }
    }
}

/// Records a request and returns its fault, if one is pending.
fn record(tenant: &Tenant, request: &RecordedRequest) -> Result<Option<Fault>, String> {
    let mut state = tenant.state();
    if request.operation == Some(Operation::Token) {
        state.token_requests += 1;
    }
    state
        .record
        .add(request)
        .map_err(|error| format!("the request could not be recorded: {error}"))?;
    Ok(state.faults.next(request.operation))
}

/// Creates the response without faults.
async fn regular_response(
    tenant: &Tenant,
    target: &Target<'_>,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Response {
    match target {
        Target::Token => token_endpoint::respond(tenant, request),
        Target::Api(route) => call(tenant, route, request, tracking_id).await,
        Target::Unknown => {
            let text = format!("No operation of this API is {} {}.", request.method, request.path);
            responses::problem(StatusCode::NOT_FOUND, tracking_id, &[text])
        }
    }
}

async fn call(
    tenant: &Tenant,
    route: &Route,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Response {
    if let Err(rejection) = tenant.state().tokens.check(request.header("authorization")) {
        return responses::unauthorized(rejection.message());
    }
    let call = match tenant.contract.check(route, request) {
        Ok(call) => call,
        Err(violations) => {
            let texts: Vec<_> = violations.iter().map(Violation::to_string).collect();
            return responses::problem(StatusCode::BAD_REQUEST, tracking_id, &texts);
        }
    };
    match route.operation() {
        // Unreachable by a route: the document describes the token endpoint as a security scheme.
        Operation::Token => token_endpoint::respond(tenant, request),
        Operation::StartReport => reports::start(tenant, &call, tracking_id),
        Operation::GetReportResult => reports::result(tenant, &call),
        Operation::GetReport => reports::file(tenant, &call, request, tracking_id).await,
        Operation::CancelReport => reports::cancel(tenant, &call, tracking_id),
    }
}

/// Applies a fault. The regular response is computed only if the fault needs it, so that a failed
/// `startReport` starts nothing.
async fn apply_fault(
    fault: &Fault,
    flushes: Flushes,
    regular_response: impl Future<Output = Response>,
    tracking_id: &str,
) -> Result<Response, Dropped> {
    match &fault.action {
        Action::Unchanged => Ok(regular_response.await),
        Action::Cut(bytes) => Ok(body::cut(regular_response.await, *bytes, flushes)),
        Action::Drop => Err(Dropped),
        Action::Status(status) => Ok(match StatusCode::from_u16(*status) {
            Ok(status) => responses::of_status(status, tracking_id),
            Err(_) => invalid_fault(&format!("{status} is not a status code")),
        }),
        Action::Response { status, content_type, body } => {
            Ok(match (StatusCode::from_u16(*status), HeaderValue::from_str(content_type)) {
                (Ok(status), Ok(content_type)) => {
                    responses::with_body(status, content_type, ResponseBody::whole(body.clone()))
                }
                _ => invalid_fault(&format!("{status} with {content_type:?} is not a response")),
            })
        }
    }
}

fn with_headers(mut response: Response, headers: &[(String, String)]) -> Response {
    for (name, value) in headers {
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => drop(response.headers_mut().insert(name, value)),
            _ => return invalid_fault(&format!("{name:?}: {value:?} is not a header")),
        }
    }
    response
}

/// Reports a fault that HTTP cannot express, with a status that no other response here has.
fn invalid_fault(problem: &str) -> Response {
    responses::text(
        StatusCode::NOT_IMPLEMENTED,
        format!("the mock tenant cannot apply this fault: {problem}"),
    )
}
