//! The answers of a tenant that are not files: JSON, errors, and what a gateway says.

use hyper::Response;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::body::{Answer, AnswerBody};

/// The header that carries the tracking id.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("slpt-request-id");

/// An answer with this body.
pub(super) fn with_body(status: StatusCode, content_type: HeaderValue, body: AnswerBody) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(AnswerBody::whole(""));
    *answer.status_mut() = status;
    answer
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> Answer {
    let content_type = HeaderValue::from_static("application/json");
    with_body(status, content_type, AnswerBody::whole(body.to_string()))
}

/// An answer in plain text.
pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Answer {
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    with_body(status, content_type, AnswerBody::whole(text.into()))
}

/// An error in the schema of the document, with one message for each text.
pub(super) fn problem(status: StatusCode, tracking_id: &str, texts: &[String]) -> Answer {
    coded_problem(status, &detail_code(status), tracking_id, texts)
}

/// An error whose detail code says more than its status.
pub(super) fn coded_problem(
    status: StatusCode,
    detail_code: &str,
    tracking_id: &str,
    texts: &[String],
) -> Answer {
    let message = |text| json!({"locale": "en-US", "localeOrigin": "DEFAULT", "text": text});
    let messages: Vec<_> = texts.iter().map(message).collect();
    let body = json!({
        "detailCode": detail_code,
        "trackingId": tracking_id,
        "messages": messages,
        "causes": [],
    });
    json(status, &body)
}

/// A token that was not accepted.
pub(super) fn unauthorized(text: &str) -> Answer {
    json(StatusCode::UNAUTHORIZED, &json!({"error": text}))
}

/// What a tenant, or the gateway before it, answers with a status when nothing else is known.
pub(super) fn of_status(status: StatusCode, tracking_id: &str) -> Answer {
    match status {
        StatusCode::UNAUTHORIZED => unauthorized("JWT validation failed: JWT is expired"),
        StatusCode::TOO_MANY_REQUESTS => json(status, &json!({"message": " Rate Limit Exceeded "})),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            text(status, reason(status))
        }
        _ if status.is_client_error() || status.is_server_error() => {
            problem(status, tracking_id, &[usual_text(status)])
        }
        _ => empty(status),
    }
}

/// The detail codes as tenants write them.
fn detail_code(status: StatusCode) -> String {
    match status {
        StatusCode::BAD_REQUEST => "400.1 Bad Request Content".to_owned(),
        StatusCode::NOT_FOUND => "404 Not found".to_owned(),
        StatusCode::INTERNAL_SERVER_ERROR => "500.0 Internal Fault".to_owned(),
        _ => format!("{} {}", status.as_u16(), reason(status)),
    }
}

fn usual_text(status: StatusCode) -> String {
    match status {
        StatusCode::FORBIDDEN => {
            "The server understood the request but refuses to authorize it.".to_owned()
        }
        StatusCode::INTERNAL_SERVER_ERROR => "An internal fault occurred.".to_owned(),
        _ => reason(status).to_owned(),
    }
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown")
}
