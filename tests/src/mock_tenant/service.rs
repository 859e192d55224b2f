//! What happens to a request, from its last byte to the first byte of its answer: it is recorded,
//! matched with a fault, authenticated, checked against the document, and answered.

use std::fmt;
use std::sync::Arc;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use tokio::time::sleep;

use super::answers;
use super::body::{self, Answer, AnswerBody};
use super::connection::Flushes;
use super::contract::Route;
use super::contract::schema::Violation;
use super::control;
use super::fault::{Action, Fault};
use super::operation::Operation;
use super::record::RecordedRequest;
use super::reports;
use super::tenant::Tenant;
use super::token_endpoint;

/// Says that a connection is to be closed without an answer.
#[derive(Debug)]
pub(super) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the connection is closed without an answer")
    }
}

impl std::error::Error for Dropped {}

/// Answers one request, unless a fault or the client closes the connection before.
pub(super) async fn answer(
    tenant: Arc<Tenant>,
    flushes: Flushes,
    request: Request<Incoming>,
) -> Result<Answer, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let mut request = RecordedRequest::new(&head, body);
    if control::concerns(&request) {
        return Ok(control::answer(&tenant, &request));
    }
    let tracking_id = tenant.state().tracking_ids.next();
    let target = Target::of(&tenant, &request);
    request.operation = target.operation();
    let mut answer = match admit(&tenant, &request) {
        Err(problem) => {
            answers::problem(StatusCode::INTERNAL_SERVER_ERROR, &tracking_id, &[problem])
        }
        Ok(None) => usual(&tenant, &target, &request, &tracking_id).await,
        Ok(Some(fault)) => {
            sleep(fault.delay).await;
            let answer = play(
                &fault,
                flushes,
                usual(&tenant, &target, &request, &tracking_id),
                &tracking_id,
            )
            .await?;
            with_headers(answer, &fault.headers)
        }
    };
    if let Ok(value) = HeaderValue::from_str(&tracking_id) {
        answer.headers_mut().entry(answers::REQUEST_ID).or_insert(value);
    }
    Ok(answer)
}

/// What a request is for.
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

/// Records a request and takes the fault that is waiting for it.
fn admit(tenant: &Tenant, request: &RecordedRequest) -> Result<Option<Fault>, String> {
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

/// The answer of a tenant without faults.
async fn usual(
    tenant: &Tenant,
    target: &Target<'_>,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Answer {
    match target {
        Target::Token => token_endpoint::answer(tenant, request),
        Target::Api(route) => call(tenant, route, request, tracking_id).await,
        Target::Unknown => {
            let text = format!("No operation of this API is {} {}.", request.method, request.path);
            answers::problem(StatusCode::NOT_FOUND, tracking_id, &[text])
        }
    }
}

async fn call(
    tenant: &Tenant,
    route: &Route,
    request: &RecordedRequest,
    tracking_id: &str,
) -> Answer {
    if let Err(rejection) = tenant.state().tokens.check(request.header("authorization")) {
        return answers::unauthorized(rejection.text());
    }
    let call = match tenant.contract.check(route, request) {
        Ok(call) => call,
        Err(violations) => {
            let texts: Vec<_> = violations.iter().map(Violation::to_string).collect();
            return answers::problem(StatusCode::BAD_REQUEST, tracking_id, &texts);
        }
    };
    match route.operation() {
        // The document describes the token endpoint as a security scheme, so no route leads there.
        Operation::Token => token_endpoint::answer(tenant, request),
        Operation::StartReport => reports::start(tenant, &call, tracking_id),
        Operation::GetReportResult => reports::result(tenant, &call),
        Operation::GetReport => reports::file(tenant, &call, request, tracking_id).await,
        Operation::CancelReport => reports::cancel(tenant, &call, tracking_id),
    }
}

/// Lets a fault happen. The usual answer is made only if the fault needs it, so that a start that
/// fails starts nothing.
async fn play(
    fault: &Fault,
    flushes: Flushes,
    usual: impl Future<Output = Answer>,
    tracking_id: &str,
) -> Result<Answer, Dropped> {
    match &fault.action {
        Action::AsUsual => Ok(usual.await),
        Action::Cut(bytes) => Ok(body::cut(usual.await, *bytes, flushes)),
        Action::Drop => Err(Dropped),
        Action::Status(status) => Ok(match StatusCode::from_u16(*status) {
            Ok(status) => answers::of_status(status, tracking_id),
            Err(_) => unplayable(&format!("{status} is not a status")),
        }),
        Action::Answer { status, content_type, body } => {
            Ok(match (StatusCode::from_u16(*status), HeaderValue::from_str(content_type)) {
                (Ok(status), Ok(content_type)) => {
                    answers::with_body(status, content_type, AnswerBody::whole(body.clone()))
                }
                _ => unplayable(&format!("{status} with {content_type:?} is not an answer")),
            })
        }
    }
}

fn with_headers(mut answer: Answer, headers: &[(String, String)]) -> Answer {
    for (name, value) in headers {
        match (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => drop(answer.headers_mut().insert(name, value)),
            _ => return unplayable(&format!("{name:?}: {value:?} is not a header")),
        }
    }
    answer
}

/// Tells a test about a fault that HTTP has no form for, with a status that no other answer here
/// has.
fn unplayable(problem: &str) -> Answer {
    answers::text(
        StatusCode::NOT_IMPLEMENTED,
        format!("the mock tenant cannot play this fault: {problem}"),
    )
}
