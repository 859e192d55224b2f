//! `auth check`: shows how the program authenticates, and where. The report contains no secrets.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::connect::Connected;
use super::failure::{Exit, Failure};
use super::table::Program;
use crate::runtime::Error;
use crate::runtime::clock::after;

/// The claims that are shown, if the token can be read (RFC 7519, section 4.1; RFC 9068,
/// section 2.2), including those that some vendors add.
const CLAIMS: &[&str] = &[
    "sub",
    "user_name",
    "name",
    "preferred_username",
    "email",
    "client_id",
    "org",
    "tenant_id",
    "pod",
    "scope",
    "authorities",
    "exp",
];

pub(super) async fn check(program: &Program, connected: &Connected) -> Result<Value, Failure> {
    let shared = &connected.client.shared;
    let url = shared.base_url.operation("", "");
    let mut report = Map::new();
    report.insert("baseUrl".to_owned(), url.into());
    if let Some(id) = &connected.client_id {
        report.insert("clientId".to_owned(), id.as_str().into());
    }
    let source = connected.source.as_deref().unwrap_or("the command line");
    report.insert("credentialsFrom".to_owned(), source.into());
    if connected.has_token {
        // Only a request would show whether the server accepts the token.
        report.insert("tokenChecked".to_owned(), false.into());
    }
    let Some(tokens) = shared.credentials.token() else {
        return Err(Failure::new(Exit::Credentials, "there are no credentials"));
    };
    let ticket = tokens.token_within(&shared.retry, after(shared.limits.total)).await;
    let ticket = ticket.map_err(|error| Failure::of(&Error::from(error), program))?;
    if let Some(claims) = claims(ticket.token.expose_secret()) {
        report.insert("token".to_owned(), claims);
    }
    Ok(Value::Object(report))
}

/// Returns the known claims of a JSON Web Token. The signature is not checked.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let payload: Map<String, Value> = serde_json::from_slice(&payload).ok()?;
    let known = CLAIMS.iter().filter_map(|name| Some(((*name).to_owned(), payload.get(*name)?)));
    let known: Map<String, Value> = known.map(|(name, value)| (name, value.clone())).collect();
    (!known.is_empty()).then(|| json!(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_claims_are_shown_and_no_others() {
        let payload = json!({"sub": "7", "user_name": "ada", "jti": "not shown", "exp": 1});
        let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
        let claims_of_token = claims(&format!("e30.{payload}.c2ln"));
        assert_eq!(claims_of_token, Some(json!({"sub": "7", "user_name": "ada", "exp": 1})));
        for token in ["opaque", "a.b.c", "a.b", "e30.e30.x", "e30.e30.x.y"] {
            assert_eq!(claims(token), None, "{token}");
        }
    }
}
