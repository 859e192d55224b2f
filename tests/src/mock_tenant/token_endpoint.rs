//! The token endpoint: takes client credentials and returns a bearer token.
//!
//! The errors are those of RFC 6749. Credentials are accepted in the form only, as the API's own
//! tools send them; in a query string they would end up in the logs of a real tenant.

use hyper::StatusCode;
use serde_json::json;

use super::body::Response;
use super::form;
use super::record::RecordedRequest;
use super::responses;
use super::tenant::Tenant;

/// The path of the endpoint, beside the paths of the API.
pub(super) const PATH: &str = "/oauth/token";

/// Handles a token request.
pub(super) fn respond(tenant: &Tenant, request: &RecordedRequest) -> Response {
    if request.media_type() != "application/x-www-form-urlencoded" {
        return error_response(
            400,
            "invalid_request",
            "the body must be application/x-www-form-urlencoded",
        );
    }
    let pairs = match form::decode_pairs(&request.text()) {
        Ok(pairs) => pairs,
        Err(problem) => return error_response(400, "invalid_request", &problem),
    };
    let field =
        |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    match field("grant_type") {
        None => return error_response(400, "invalid_request", "grant_type is missing"),
        Some("client_credentials") => {}
        Some(other) => {
            let problem = format!("grant_type is {other:?}; allowed is \"client_credentials\"");
            return error_response(400, "unsupported_grant_type", &problem);
        }
    }
    let accepted = (Some(tenant.client_id.as_str()), Some(tenant.client_secret.as_str()));
    if (field("client_id"), field("client_secret")) != accepted {
        return error_response(401, "invalid_client", "client_id or client_secret is not known");
    }
    issue_token(tenant)
}

fn issue_token(tenant: &Tenant) -> Response {
    let mut state = tenant.state();
    let lifetime = state.settings.token_lifetime;
    let body = json!({
        "access_token": state.tokens.issue(lifetime),
        "token_type": "bearer",
        "expires_in": lifetime.as_secs(),
        "scope": "sp:scopes:all",
    });
    responses::json(StatusCode::OK, &body)
}

fn error_response(status: u16, error: &str, description: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    responses::json(status, &json!({"error": error, "error_description": description}))
}
