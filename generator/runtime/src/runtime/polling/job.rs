//! Sends the requests of a poller: start, poll and cancel.
//!
//! Takes the description of a long-running operation and returns ids and states. When to send which
//! request is left to `watch`.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::time::Instant;

use super::super::json;
use super::super::request::Trace;
use super::super::retry::retry_after;
use super::super::{BufferedResponse, Client, ConfigError, DecodeError, Error, Request};
use super::{LongRunning, Step};

/// A job that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Started {
    pub(super) id: String,
    /// Whether the job existed before the start request.
    pub(super) already_running: bool,
}

/// The response to a poll.
pub(super) struct PollResponse<S> {
    pub(super) state: S,
    pub(super) status: Option<String>,
    /// Whether the response is empty: no body, `null`, `{}` or `[]`.
    pub(super) empty: bool,
    /// How long the server asks the client to wait.
    pub(super) wait: Option<Duration>,
}

/// The future of a job's request.
pub(super) type JobFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A job that can be started, polled and cancelled.
pub(super) trait Job<S>: Send + Sync {
    fn plan(&self) -> &'static LongRunning;
    /// Returns whether the server may have acted on a start that has had no response yet.
    fn may_have_been_started(&self) -> bool;
    /// Starts the job. Waits for pauses that the server requests if they end before `pauses_until`.
    fn start(&self, pauses_until: Instant) -> JobFuture<'_, Started>;
    /// Requests the state once. Errors and longer pauses are left to the caller.
    fn poll<'a>(&'a self, id: &'a str, pauses_until: Instant) -> JobFuture<'a, PollResponse<S>>;
    fn cancel<'a>(&'a self, id: &'a str) -> JobFuture<'a, ()>;
}

/// A job on the server.
pub(super) struct Remote {
    pub(super) client: Client,
    pub(super) plan: &'static LongRunning,
    /// The start request, until it is sent.
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

    fn start(&self, pauses_until: Instant) -> JobFuture<'_, Started> {
        let request = self.request.lock().unwrap_or_else(PoisonError::into_inner).take();
        let plan = self.plan;
        Box::pin(async move {
            let mut request = request.ok_or_else(|| ConfigError::new("this was started before"))?;
            request.pauses_until = Some(pauses_until);
            let sent = Instant::now();
            let response = request.send().await?;
            Ok(read_start(&response, plan, sent.elapsed())?)
        })
    }

    fn poll<'a>(&'a self, id: &'a str, pauses_until: Instant) -> JobFuture<'a, PollResponse<S>> {
        Box::pin(async move {
            let mut request = self.request(&self.plan.poll, id);
            (request.pauses_until, request.once) = (Some(pauses_until), true);
            let response = request.send().await?;
            Ok(read_state(&response, self.plan)?)
        })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> JobFuture<'a, ()> {
        Box::pin(async move {
            let none = || ConfigError::new("the document has no operation that cancels this");
            let step = self.plan.cancel.as_ref().ok_or_else(none)?;
            self.request(step, id).send().await.map(drop)
        })
    }
}

impl Remote {
    fn request(&self, step: &Step, id: &str) -> Request {
        Request::new(&self.client, step.operation).path(step.parameter, id)
    }
}

/// Reads the response to a start request. It must be JSON with an id. Other values are tolerated
/// even if no type can represent them.
fn read_start(
    response: &BufferedResponse,
    plan: &LongRunning,
    took: Duration,
) -> Result<Started, DecodeError> {
    response.json::<IgnoredAny>()?;
    let text = response.json_text()?;
    let Some(id) = json::scalar(&text, plan.id) else {
        return Err(response.undecodable(plan.id, &format!("there is no id at `{}`", plan.id)));
    };
    let created = plan.created.and_then(|pointer| json::string(&text, pointer));
    let already_running =
        created.is_some_and(|created| is_older(&created, &response.headers, took));
    Ok(Started { id, already_running })
}

/// Reads the response to a poll. Decodes it once.
fn read_state<S: DeserializeOwned>(
    response: &BufferedResponse,
    plan: &LongRunning,
) -> Result<PollResponse<S>, DecodeError> {
    let text = response.json_text()?;
    Ok(PollResponse {
        state: response.json()?,
        status: json::scalar(&text, plan.status),
        empty: json::is_empty(&text),
        wait: retry_after(&response.headers, SystemTime::now()),
    })
}

/// Returns whether the job was created before the start request was sent, by the server's clock,
/// because the local clock may be wrong. `Date` has a resolution of one second (RFC 9110, section
/// 6.6.1), so two seconds are tolerated.
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
    use bytes::Bytes;
    use serde_json::value::RawValue;

    use super::super::tests::PLAN;
    use super::*;
    use crate::memory::{is_alone, peak};
    use crate::runtime::StatusCode;
    use crate::runtime::model::Decoding;

    const MIB: usize = 1 << 20;

    /// Reading a long body requires memory for the body, but not for its values.
    #[test]
    fn a_long_response_is_read_in_little_memory() {
        if !is_alone("runtime::polling::job::tests::a_long_response_is_read_in_little_memory") {
            return;
        }
        let more = "0,".repeat(16 * MIB);
        let body = format!(r#"{{"id":"7","more":[{more}0],"status":"SUCCESS"}}"#);
        let size = body.len();
        let (headers, secrets, bytes) = (HeaderMap::new(), Default::default(), Bytes::from(body));
        let status = StatusCode::OK;
        let response = BufferedResponse {
            operation: "get",
            status,
            headers,
            bytes,
            decoding: Decoding::LENIENT,
            secrets,
        };
        let (started, grown) = peak(|| read_start(&response, &PLAN, Duration::ZERO).unwrap());
        assert_eq!(started.id, "7");
        assert!(grown < 1024, "{grown} bytes for the id in {size}");
        let (state, grown) = peak(|| read_state::<Box<RawValue>>(&response, &PLAN).unwrap());
        assert_eq!((state.status.as_deref(), state.state.get().len()), (Some("SUCCESS"), size));
        assert!(grown < size + 1024, "{grown} bytes for a state of {size}");
    }

    #[test]
    fn what_was_created_before_the_request_is_older() {
        let mut headers = HeaderMap::new();
        let second = Duration::from_secs(1);
        assert!(!is_older("2020-01-01T00:00:00Z", &headers, second), "there is no clock to go by");
        headers.insert(DATE, "Wed, 01 Jul 2020 10:00:10 GMT".parse().expect("a header"));
        assert!(is_older("2020-07-01T10:00:06Z", &headers, second));
        for not_before in ["2020-07-01T10:00:07Z", "2020-07-01T10:00:08Z"] {
            assert!(!is_older(not_before, &headers, second), "{not_before}");
        }
        assert!(!is_older("2020-07-01T10:00:06Z", &headers, 5 * second));
        assert!(!is_older("2020-07-01T42:00:00Z", &headers, second));
    }

    #[test]
    fn only_what_holds_nothing_is_an_empty_state() {
        let empty = json::is_empty;
        assert!(["null", "{}", "[]"].into_iter().all(empty));
        assert!(!["0", "false", r#""""#, r#"{"a": null}"#, "[null]"].into_iter().any(empty));
    }
}
