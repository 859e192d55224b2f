//! The token endpoint: client credentials in, a bearer token out.
//!
//! The errors are those of RFC 6749. Credentials are looked for in the form only, as the API's own
//! tools send them; in a query string they would end up in the logs of a real tenant.

use hyper::StatusCode;
use serde_json::json;

use super::answers;
use super::body::Answer;
use super::form;
use super::record::RecordedRequest;
use super::tenant::Tenant;

/// The path of the endpoint, beside the paths of the API.
pub(super) const PATH: &str = "/oauth/token";

/// Answers a token request.
pub(super) fn answer(tenant: &Tenant, request: &RecordedRequest) -> Answer {
    if request.media_type() != "application/x-www-form-urlencoded" {
        return refusal(
            400,
            "invalid_request",
            "the body must be application/x-www-form-urlencoded",
        );
    }
    let pairs = match form::decode_pairs(&request.text()) {
        Ok(pairs) => pairs,
        Err(problem) => return refusal(400, "invalid_request", &problem),
    };
    let field =
        |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    match field("grant_type") {
        None => return refusal(400, "invalid_request", "grant_type is missing"),
        Some("client_credentials") => {}
        Some(other) => {
            let problem = format!("grant_type is {other:?}; allowed is \"client_credentials\"");
            return refusal(400, "unsupported_grant_type", &problem);
        }
    }
    let known = (Some(tenant.client_id.as_str()), Some(tenant.client_secret.as_str()));
    if (field("client_id"), field("client_secret")) != known {
        return refusal(401, "invalid_client", "client_id or client_secret is not known");
    }
    grant(tenant)
}

fn grant(tenant: &Tenant) -> Answer {
    let mut state = tenant.state();
    let lifetime = state.settings.token_lifetime;
    let body = json!({
        "access_token": state.tokens.issue(lifetime),
        "token_type": "bearer",
        "expires_in": lifetime.as_secs(),
        "scope": "sp:scopes:all",
    });
    answers::json(StatusCode::OK, &body)
}

fn refusal(status: u16, error: &str, description: &str) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    answers::json(status, &json!({"error": error, "error_description": description}))
}
