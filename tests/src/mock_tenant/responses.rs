//! The responses of a tenant that are not files: JSON, errors, and the messages of a gateway.

use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::body::{Response, ResponseBody};

/// The header that carries the tracking id.
pub(super) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("slpt-request-id");

/// Creates a response with a body.
pub(super) fn with_body(
    status: StatusCode,
    content_type: HeaderValue,
    body: ResponseBody,
) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Creates a response without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(ResponseBody::whole(""));
    *response.status_mut() = status;
    response
}

/// Creates a JSON response.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    let content_type = HeaderValue::from_static("application/json");
    with_body(status, content_type, ResponseBody::whole(body.to_string()))
}

/// Creates a plain text response.
pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    with_body(status, content_type, ResponseBody::whole(text.into()))
}

/// Creates an error response in the error schema of the document, with one message per string.
pub(super) fn problem(status: StatusCode, tracking_id: &str, texts: &[String]) -> Response {
    coded_problem(status, &detail_code(status), tracking_id, texts)
}

/// Creates an error response whose detail code is more specific than its status.
pub(super) fn coded_problem(
    status: StatusCode,
    detail_code: &str,
    tracking_id: &str,
    texts: &[String],
) -> Response {
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

/// Creates the response to a token that is not accepted.
pub(super) fn unauthorized(text: &str) -> Response {
    json(StatusCode::UNAUTHORIZED, &json!({"error": text}))
}

/// Creates the response that a tenant, or the gateway before it, typically sends with a status.
pub(super) fn of_status(status: StatusCode, tracking_id: &str) -> Response {
    match status {
        StatusCode::UNAUTHORIZED => unauthorized("JWT validation failed: JWT is expired"),
        StatusCode::TOO_MANY_REQUESTS => json(status, &json!({"message": " Rate Limit Exceeded "})),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            text(status, reason(status))
        }
        _ if status.is_client_error() || status.is_server_error() => {
            problem(status, tracking_id, &[default_message(status)])
        }
        _ => empty(status),
    }
}

/// Returns the detail code that tenants send with a status.
fn detail_code(status: StatusCode) -> String {
    match status {
        StatusCode::BAD_REQUEST => "400.1 Bad Request Content".to_owned(),
        StatusCode::NOT_FOUND => "404 Not found".to_owned(),
        StatusCode::INTERNAL_SERVER_ERROR => "500.0 Internal Fault".to_owned(),
        _ => format!("{} {}", status.as_u16(), reason(status)),
    }
}

fn default_message(status: StatusCode) -> String {
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
