//! The client credentials grant (RFC 6749, section 4.4).

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use super::{AccessToken, AuthError, Endpoint, TokenFuture, TokenSource, bounded};
use crate::runtime::builder::causes;
use crate::runtime::parameter::percent_encode;
use crate::runtime::redirect::moved;
use crate::runtime::retry::{is_worth_another_attempt, retry_after};
use crate::runtime::sensitive::{mark, masked};
use crate::runtime::{RetryPolicy, Secret, wire_log};

/// Exchanges a client's id and secret for a token.
pub(crate) struct ClientCredentials {
    pub(crate) endpoint: Endpoint,
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) http: reqwest::Client,
    pub(crate) user_agent: String,
    pub(crate) timeout: Duration,
    /// The longest wait that a caller would sit out.
    pub(crate) patience: Duration,
    pub(crate) retry: RetryPolicy,
    /// How many bytes a response may have.
    pub(crate) limit: usize,
}

/// What the token endpoint answered, or why it did not.
type Answer = Result<(StatusCode, HeaderMap, Bytes), Unanswered>;

/// Why there is no response of the token endpoint itself.
struct Unanswered {
    why: String,
    /// The status of a redirect. It is not followed, because the secret would go along, and another
    /// attempt would lead there again.
    redirect: Option<StatusCode>,
}

impl From<String> for Unanswered {
    fn from(why: String) -> Self {
        Self { why, redirect: None }
    }
}

impl TokenSource for ClientCredentials {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.sign_in())
    }
}

impl ClientCredentials {
    /// Asking for a token changes nothing on the server, so that it may be repeated although it
    /// is a `POST`.
    async fn sign_in(&self) -> Result<AccessToken, AuthError> {
        let mut attempt = 1;
        loop {
            let answer = self.ask().await;
            let wait = match &answer {
                Ok((status, headers, _)) if is_worth_another_attempt(*status, true) => {
                    retry_after(headers, SystemTime::now())
                }
                Ok(_) | Err(Unanswered { redirect: Some(_), .. }) => return self.read(answer),
                Err(_) => None,
            };
            let wait = wait.unwrap_or_else(|| self.retry.backoff(attempt));
            if attempt >= self.retry.max_attempts || wait >= self.patience {
                return self.read(answer);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn ask(&self) -> Answer {
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
        let failed = |error: reqwest::Error| causes(&error.without_url());
        wire_log::request(&Method::POST, url, &HeaderMap::new());
        let mut response = request.send().await.map_err(failed)?;
        mark(response.headers_mut());
        let (status, headers) = (response.status(), response.headers().clone());
        wire_log::answer(status, &headers);
        if let Some(why) = moved(url, &response) {
            return Err(Unanswered { why: format!("{status}: {why}"), redirect: Some(status) });
        }
        Ok((status, headers, bounded::read(response, self.limit).await?))
    }

    fn read(&self, answer: Answer) -> Result<AccessToken, AuthError> {
        let failed =
            |message: &str| AuthError::new(format!("{}: {message}", self.endpoint.shown()));
        let (status, _, body) = answer.map_err(|unanswered| {
            let error = failed(&unanswered.why);
            match unanswered.redirect {
                Some(status) => error.with_status(status),
                None => error,
            }
        })?;
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        if !status.is_success() {
            // RFC 6749, section 5.2: `error` is a code, `error_description` says it in words.
            let told = [text("error"), text("error_description"), text("message")];
            let told: Vec<&str> = told.into_iter().flatten().collect();
            // What the server says may have what was sent in it.
            let told = masked(&told.join(": "), &self.id, &self.secret);
            return Err(failed(format!("{status} {told}").trim_end()).with_status(status));
        }
        bounded::check(&body, self.limit).map_err(|error| failed(&error).with_status(status))?;
        let Some(token) = text("access_token") else {
            return Err(failed("the answer has no `access_token`").with_status(status));
        };
        let token = AccessToken::new(token);
        Ok(match json.get("expires_in").and_then(seconds) {
            Some(expires_in) => token.with_expires_in(expires_in),
            None => token,
        })
    }
}

/// A number of seconds; some servers send it as a text.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    Some(Duration::from_secs(seconds))
}
