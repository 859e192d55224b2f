//! The client credentials grant (RFC 6749, section 4.4).

use std::time::{Duration, SystemTime};

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    AccessToken, AuthError, Endpoint, Silence, TokenFuture, TokenSource, Unanswered, bounded,
};
use crate::runtime::error::Fault;
use crate::runtime::masking::{SentSecret, SentSecrets};
use crate::runtime::parameter::percent_encode;
use crate::runtime::redirect::moved;
use crate::runtime::retry::{is_worth_another_attempt, retry_after};
use crate::runtime::secret::SecretJson;
use crate::runtime::sensitive::mark;
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
type TokenResponse = Result<(StatusCode, HeaderMap, Zeroizing<Vec<u8>>), Trouble>;

/// Why the token endpoint gave no response.
pub(crate) enum Trouble {
    /// The HTTP client says so.
    Broken(reqwest::Error),
    /// There was a response, but not of the token endpoint; the status, if it may pass.
    Other(String, Option<StatusCode>),
}

impl TokenSource for ClientCredentials {
    fn token(&self) -> TokenFuture<'_> {
        Box::pin(self.sign_in())
    }

    fn host(&self) -> Option<String> {
        self.endpoint.host()
    }
}

impl ClientCredentials {
    /// Asking for a token changes nothing on the server, so that it may be repeated although it
    /// is a `POST`.
    async fn sign_in(&self) -> Result<AccessToken, AuthError> {
        let mut attempt = 1;
        loop {
            let response = self.ask().await;
            let wait = match &response {
                Ok((status, headers, _)) if may_pass(*status) => {
                    retry_after(headers, SystemTime::now())
                }
                Ok(_) => return self.read(response, attempt),
                Err(trouble) if trouble.is_hopeless() => return self.read(response, attempt),
                Err(_) => None,
            };
            let wait = wait.unwrap_or_else(|| self.retry.backoff(attempt));
            let patience = self.retry.max_wait.unwrap_or(self.patience);
            if attempt >= self.retry.max_attempts || wait >= patience {
                return self.read(response, attempt);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
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

    fn read(&self, response: TokenResponse, attempts: u32) -> Result<AccessToken, AuthError> {
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
                return Err(AuthError::unanswered(Unanswered { host, silence, attempts }));
            }
        };
        let json = SecretJson(serde_json::from_slice(&body).unwrap_or_default());
        let text = |name: &str| json.0.get(name).and_then(Value::as_str);
        if !status.is_success() {
            // RFC 6749, section 5.2: `error` is a code, `error_description` says it in words.
            let told = [text("error"), text("error_description"), text("message")];
            let told: Vec<&str> = told.into_iter().flatten().collect();
            // What the server says may have what was sent in it.
            let sent = [SentSecret::with_id(&self.id, self.secret.clone())];
            let sent = SentSecrets::new(&sent, None, &HeaderMap::new());
            let told = sent.masked(&told.join(": "));
            let wait = retry_after(&headers, SystemTime::now());
            let error = failed(format!("{status} {told}").trim_end())
                .with_status(status)
                .with_retry_after(wait);
            return Err(if may_pass(status) { error.retryable() } else { error });
        }
        bounded::check(&body, self.limit).map_err(|error| failed(&error).with_status(status))?;
        let Some(token) = text("access_token") else {
            return Err(failed("the response has no `access_token`").with_status(status));
        };
        let token = AccessToken::new(token);
        Ok(match json.0.get("expires_in").and_then(seconds) {
            Some(expires_in) => token.with_expires_in(expires_in),
            None => token,
        })
    }
}

impl Trouble {
    fn is_hopeless(&self) -> bool {
        match self {
            Self::Broken(error) => error.is_builder() || error.is_redirect(),
            Self::Other(_, status) => !status.is_some_and(may_pass),
        }
    }
}

/// Whether a status says that the token endpoint may respond better later.
fn may_pass(status: StatusCode) -> bool {
    status.is_server_error() || is_worth_another_attempt(status, true)
}

/// A number of seconds; some servers send it as a text.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{copies, is_alone, made_up};

    /// What the HTTP client has buffered is not a part of this.
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
            patience: Duration::MAX,
            retry: RetryPolicy::none(),
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
            let token = credentials.read(Ok((status, HeaderMap::new(), body)), 1);
            assert_eq!(token.is_ok(), status.is_success(), "{token:?}");
            assert_eq!(copies(TOKEN), usize::from(status.is_success()), "the token alone");
            drop(token);
            assert_eq!(copies(TOKEN), 0);
        }
    }
}
