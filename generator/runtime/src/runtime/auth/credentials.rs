//! Implements the client credentials grant (RFC 6749, section 4.4).

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use serde::de::IgnoredAny;
use zeroize::{Zeroize as _, Zeroizing};

use super::{AccessToken, AuthError, Endpoint, Silence, bounded};
use crate::runtime::error::Fault;
use crate::runtime::json;
use crate::runtime::masking::{SentSecret, SentSecrets};
use crate::runtime::parameter::percent_encode;
use crate::runtime::redirect::moved;
use crate::runtime::retry::{is_retryable_status, retry_after};
use crate::runtime::sensitive::mark;
use crate::runtime::{Secret, wire_log};

/// Exchanges a client id and secret for a token.
pub(crate) struct ClientCredentials {
    pub(crate) endpoint: Endpoint,
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) http: reqwest::Client,
    pub(crate) user_agent: String,
    pub(crate) timeout: Duration,
    /// The maximum number of bytes of a response.
    pub(crate) limit: usize,
}

/// The response of the token endpoint, or the reason why there is none.
type TokenResponse = Result<(StatusCode, HeaderMap, Zeroizing<Vec<u8>>), Trouble>;

/// The reason why the token endpoint returned no usable response.
pub(crate) enum Trouble {
    /// An error of the HTTP client.
    Broken(reqwest::Error),
    /// Any other failure, such as a redirect: the message, and the status of the response, if that
    /// is the reason.
    Other(String, Option<StatusCode>),
}

impl ClientCredentials {
    /// Requests a token once. The request changes nothing on the server, so it may be retried
    /// although it is a `POST`. The error states whether a retry may succeed.
    pub(super) async fn token(&self) -> Result<AccessToken, AuthError> {
        let response = self.ask().await;
        self.read(response)
    }

    pub(super) fn host(&self) -> Option<String> {
        self.endpoint.host()
    }

    async fn ask(&self) -> TokenResponse {
        let url = self.endpoint.url(&self.http, self.timeout, self.limit).await?;
        let id = percent_encode(&self.id);
        let form = Secret::from(percent_encode(self.secret.expose_secret()));
        let before = format!("grant_type=client_credentials&client_id={id}&client_secret=");
        let form = form.bytes(&before, "");
        let request = self
            .http
            .post(url)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(USER_AGENT, &self.user_agent)
            .timeout(self.timeout)
            .body(form);
        wire_log::request(&Method::POST, url, &HeaderMap::new());
        let mut response = request.send().await.map_err(Trouble::Broken)?;
        mark(response.headers_mut());
        let (status, headers) = (response.status(), response.headers().clone());
        wire_log::response(status, &headers);
        if let Some(why) = moved(url, &response) {
            return Err(Trouble::Other(format!("{status}: {why}"), Some(status)));
        }
        let body = bounded::read(response, self.limit).await.map_err(Trouble::Broken)?;
        Ok((status, headers, body))
    }

    fn read(&self, response: TokenResponse) -> Result<AccessToken, AuthError> {
        let failed =
            |message: &str| AuthError::new(format!("{}: {message}", self.endpoint.shown()));
        let (status, headers, body) = match response {
            Ok(response) => response,
            Err(Trouble::Other(message, status)) => {
                let error = failed(&message);
                return Err(match status {
                    Some(status) if may_pass(status) => error.with_status(status).retryable(),
                    Some(status) => error.with_status(status),
                    None => error,
                });
            }
            Err(Trouble::Broken(error)) => {
                let host = self.endpoint.host().unwrap_or_default();
                let silence = match error.is_timeout() && !error.is_connect() {
                    true => Silence::TimedOut(self.timeout),
                    false => Silence::Broken(Fault::new(error)),
                };
                return Err(AuthError::unanswered(host, silence));
            }
        };
        // The server's message may contain secrets that were sent.
        let sent = [SentSecret::with_id(&self.id, self.secret.clone())];
        let sent = SentSecrets::new(&sent, None, &HeaderMap::new());
        let text = json::text(&body).map(Text);
        // RFC 6749, section 5.2: `error` is a code, `error_description` explains it.
        let told = |text: &str| {
            let told = ["/error", "/error_description", "/message"];
            let told: Vec<String> =
                told.into_iter().filter_map(|name| json::string(text, name)).collect();
            sent.masked(&told.join(": "))
        };
        if !status.is_success() {
            let told = text.as_ref().map(|text| told(&text.0)).unwrap_or_default();
            let wait = retry_after(&headers, SystemTime::now());
            let error = failed(format!("{status} {told}").trim_end())
                .with_status(status)
                .with_retry_after(wait);
            return Err(if may_pass(status) { error.retryable() } else { error });
        }
        let refused = |why: &str| failed(why).with_status(status);
        bounded::check(&body, self.limit).map_err(|error| refused(&error))?;
        let Text(text) = &text.map_err(|why| refused(&format!("the response: {why}")))?;
        let token = access_token(text).map_err(|why| match told(text).as_str() {
            "" => refused(&why),
            told => refused(&format!("{why}: {told}")),
        })?;
        Ok(match json::find(text, "/expires_in").and_then(seconds) {
            Some(expires_in) => token.with_expires_in(expires_in),
            None => token,
        })
    }
}

/// The JSON text of a response. If it is a copy, its memory is overwritten when it is dropped.
struct Text<'a>(Cow<'a, str>);

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

/// Returns the token of a response (RFC 6749, section 5.1). Ignores other properties.
fn access_token(text: &str) -> Result<AccessToken, String> {
    serde_json::from_str::<IgnoredAny>(text)
        .map_err(|error| format!("the response is not JSON: {error}"))?;
    let Some(value) = json::find(text, "/access_token") else {
        return Err("the response has no `access_token`".to_owned());
    };
    // The value may be a secret even if its type is wrong, so no message contains it.
    match json::string(text, "/access_token") {
        Some(token) if token.is_empty() => Err("`access_token` is empty".to_owned()),
        Some(token) => Ok(AccessToken::new(token)),
        None if value.starts_with('"') => Err("`access_token` is not Unicode".to_owned()),
        None => Err("`access_token` is not a string".to_owned()),
    }
}

/// Returns whether a status is temporary, so that a later request may succeed.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || is_retryable_status(status, true)
}

/// Parses a number of seconds, which some servers send as a string. Returns `None` for anything
/// else, and for numbers that a `Duration` cannot represent.
fn seconds(value: &str) -> Option<Duration> {
    let number = json::scalar(value, "")?;
    let whole = number.parse().ok().map(Duration::from_secs);
    let seconds = whole.or_else(|| Duration::try_from_secs_f64(number.parse().ok()?).ok());
    if seconds.is_none() {
        tracing::debug!("`expires_in` is no number of seconds, and is ignored");
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{copies, is_alone, made_up};

    /// Buffers of the HTTP client are not covered.
    #[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
    #[test]
    fn a_token_response_is_overwritten_in_memory() {
        const TOKEN: &[u8] = b"token-response-c3e8";
        if !is_alone("runtime::auth::credentials::tests::a_token_response_is_overwritten_in_memory")
        {
            return;
        }
        let endpoint = Endpoint::known("https://acme.example/token".to_owned());
        let credentials = ClientCredentials {
            endpoint,
            id: "id".to_owned(),
            secret: "secret".into(),
            http: reqwest::Client::new(),
            user_agent: String::new(),
            timeout: Duration::MAX,
            limit: 1024,
        };
        for status in [200, 400] {
            let mut body = Zeroizing::new(Vec::new());
            let token = made_up(TOKEN);
            for part in [r#"{"access_token":""#, token.as_str(), r#"","expires_in":60}"#] {
                crate::runtime::secret::grow(&mut body, part.as_bytes());
            }
            drop(token);
            let status = StatusCode::from_u16(status).unwrap();
            let token = credentials.read(Ok((status, HeaderMap::new(), body)));
            assert_eq!(token.is_ok(), status.is_success(), "{token:?}");
            assert_eq!(copies(TOKEN), usize::from(status.is_success()), "the token alone");
            drop(token);
            assert_eq!(copies(TOKEN), 0);
        }
    }

    #[test]
    fn a_token_is_read_whatever_stands_beside_it() {
        for other in ["1e400", "\"\\ud800\"", "null", "[[[]]]"] {
            let text = format!(r#"{{"scope":{other},"access_token":"t","expires_in":{other}}}"#);
            let token = access_token(&text).unwrap();
            assert_eq!(token.token.expose_secret(), "t", "{other}");
        }
        for (text, why) in [
            ("", "the response is not JSON: EOF"),
            ("<html>", "the response is not JSON: expected value"),
            ("{}", "the response has no `access_token`"),
            ("[]", "the response has no `access_token`"),
            (r#"{"access_token":""}"#, "`access_token` is empty"),
            (r#"{"access_token":"\ud800"}"#, "`access_token` is not Unicode"),
            (r#"{"access_token":123456789}"#, "`access_token` is not a string"),
        ] {
            let said = access_token(text).unwrap_err();
            assert!(said.starts_with(why) && !said.contains("123456789"), "{text}: {said}");
        }
        let lasts = |text| seconds(text).map(|lasts| lasts.as_secs());
        assert_eq!(["60", "\"60\"", "60.9", "6e1"].map(lasts), [Some(60); 4]);
        assert_eq!(["-1", "null", "1e400", "1e-400x", "\"soon\"", "[]"].map(lasts), [None; 6]);
    }
}
