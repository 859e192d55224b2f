//! The requests of a poller.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::super::request::Trace;
use super::super::retry::retry_after;
use super::super::{BufferedResponse, Client, ConfigError, Error, Request};
use super::{LongRunning, Step};

/// What was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) id: String,
    /// Whether it was there before it was polled for.
    pub(super) already_running: bool,
}

/// A state as it was answered.
pub(super) struct PollResponse<S> {
    pub(super) state: S,
    pub(super) status: Option<String>,
    /// Whether there is nothing in it: no body, `null`, `{}` or `[]`.
    pub(super) empty: bool,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
}

/// What is to be done soon.
pub(super) type JobFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Something that can be started, polled about, and cancelled.
pub(super) trait Job<S>: Send + Sync {
    fn plan(&self) -> &'static LongRunning;
    /// Returns whether the server may have acted on a start that has had no response yet.
    fn may_have_been_started(&self) -> bool;
    fn start(&self) -> JobFuture<'_, Started>;
    fn poll<'a>(&'a self, id: &'a str) -> JobFuture<'a, PollResponse<S>>;
    fn cancel<'a>(&'a self, id: &'a str) -> JobFuture<'a, ()>;
}

/// A job of the API.
pub(super) struct Remote {
    pub(super) client: Client,
    pub(super) plan: &'static LongRunning,
    /// The request that starts it, until it is sent.
    pub(super) request: Mutex<Option<Request>>,
    /// Whether the server may have acted on that request.
    pub(super) trace: Trace,
}

impl<S: DeserializeOwned> Job<S> for Remote {
    fn plan(&self) -> &'static LongRunning {
        self.plan
    }

    fn may_have_been_started(&self) -> bool {
        self.trace.load(Ordering::SeqCst)
    }

    fn start(&self) -> JobFuture<'_, Started> {
        let request = self.request.lock().unwrap_or_else(PoisonError::into_inner).take();
        let plan = self.plan;
        Box::pin(async move {
            let request = request.ok_or_else(|| ConfigError::new("this was started before"))?;
            let sent = Instant::now();
            let response = request.send().await?;
            let body: Value = response.json()?;
            let Some(id) = text(&body, plan.id) else {
                let reason = format!("there is no id at `{}`", plan.id);
                return Err(response.undecodable(plan.id, &reason).into());
            };
            let created = plan.created.and_then(|pointer| text(&body, pointer));
            let already_running = created
                .is_some_and(|created| is_older(&created, &response.headers, sent.elapsed()));
            Ok(Started { id, already_running })
        })
    }

    fn poll<'a>(&'a self, id: &'a str) -> JobFuture<'a, PollResponse<S>> {
        Box::pin(async move {
            let response = self.send(&self.plan.poll, id).await?;
            let body: Value = response.json()?;
            Ok(PollResponse {
                state: response.json()?,
                status: text(&body, self.plan.status),
                empty: is_empty(&body),
                wait: retry_after(&response.headers, SystemTime::now()),
            })
        })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> JobFuture<'a, ()> {
        Box::pin(async move {
            let none = || ConfigError::new("the document has no operation that cancels this");
            let step = self.plan.cancel.as_ref().ok_or_else(none)?;
            self.send(step, id).await.map(drop)
        })
    }
}

impl Remote {
    async fn send(&self, step: &Step, id: &str) -> Result<BufferedResponse, Error> {
        Request::new(&self.client, step.operation).path(step.parameter, id).send().await
    }
}

fn is_empty(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::Object(properties) => properties.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// The text or number that a JSON pointer leads to.
fn text(body: &Value, pointer: &str) -> Option<String> {
    match body.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether something was created before it was polled for, by the server's own clock: that of this
/// machine may go wrong. `Date` has whole seconds (RFC 9110, section 6.6.1), hence the allowance.
fn is_older(created: &str, headers: &HeaderMap, took: Duration) -> bool {
    let date =
        headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    let date = date.and_then(|date| date.duration_since(SystemTime::UNIX_EPOCH).ok());
    let created = created.parse::<jiff::Timestamp>().ok();
    let created = created.and_then(|created| Duration::try_from(created.as_duration()).ok());
    match (date, created) {
        (Some(date), Some(created)) => created + took + Duration::from_secs(2) < date,
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_created_before_the_request_is_older() {
        let mut headers = HeaderMap::new();
        let second = Duration::from_secs(1);
        assert!(!is_older("2020-01-01T00:00:00Z", &headers, second), "there is no clock to go by");
        headers.insert(DATE, "Wed, 01 Jul 2020 10:00:10 GMT".parse().expect("a header"));
        assert!(is_older("2020-07-01T10:00:06Z", &headers, second));
        assert!(!is_older("2020-07-01T10:00:08Z", &headers, second));
        assert!(!is_older("2020-07-01T10:00:06Z", &headers, 5 * second));
        assert!(!is_older("2020-07-01T42:00:00Z", &headers, second));
    }
}
