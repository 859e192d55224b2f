//! A job with scripted results.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::super::job::{Job, JobFuture, PollResponse, Started};
use super::super::{LongRunning, Poller, Step};
use crate::runtime::error::{Fault, History};
use crate::runtime::masking::SentSecrets;
use crate::runtime::model::Decoding;
use crate::runtime::{
    ApiError, AuthError, BufferedResponse, ConnectionError, DecodeError, Error, ErrorFormat,
    Operation,
};

static GET: Operation = Operation {
    id: "get",
    method: crate::runtime::Method::GET,
    path: "/{id}",
    accept: "application/json",
    security: &[],
    errors: &[],
};

pub(in crate::runtime::polling) static PLAN: LongRunning = LongRunning {
    id: "/id",
    created: None,
    poll: Step { operation: &GET, parameter: "id" },
    cancel: None,
    status: "/status",
    succeeded: &["SUCCESS", "WARNING"],
    failed: &["FAILURE"],
    cancelled: &["TERMINATED"],
    pending_errors: &["400.2.0"],
};

/// The result of one poll of a scripted job.
#[derive(Debug, Clone)]
pub(super) enum PollResult {
    Status(Option<&'static str>),
    After(&'static str, u64),
    Refuse(u16, &'static str),
    RefuseFor(u16, &'static str, &'static str),
    Empty(Option<u64>),
    NoToken(bool),
    Break,
    Garbage,
    Nothing,
}

/// A job with scripted results, of which the last one is repeated.
#[derive(Clone, Default)]
pub(super) struct Script {
    pub(super) results: Arc<Mutex<VecDeque<PollResult>>>,
    pub(super) polled: Arc<Mutex<Vec<Instant>>>,
    pub(super) started: Arc<AtomicUsize>,
    pub(super) cancelled: Arc<AtomicUsize>,
    pub(super) cannot_start: bool,
    pub(super) may_have_been_started: bool,
}

impl Script {
    pub(super) fn new(results: impl IntoIterator<Item = PollResult>) -> Self {
        let results = Arc::new(Mutex::new(results.into_iter().collect()));
        Self { results, ..Self::default() }
    }

    pub(super) fn poller(&self) -> Poller<String> {
        Poller::new(self.clone(), OnceLock::new())
    }

    pub(super) fn resumed(&self) -> Poller<String> {
        let started = Started { id: "7".to_owned(), already_running: false };
        Poller::new(self.clone(), OnceLock::from(started))
    }

    fn next(&self) -> PollResult {
        let mut results = self.results.lock().expect("a script");
        if results.len() > 1 { results.pop_front() } else { results.front().cloned() }
            .expect("a result")
    }

    /// Returns the times between the polls, in tenths of seconds.
    pub(super) fn waits(&self) -> Vec<u128> {
        let polled = self.polled.lock().expect("a script");
        polled.windows(2).map(|pair| (pair[1] - pair[0]).as_millis() / 100).collect()
    }
}

impl Job<String> for Script {
    fn plan(&self) -> &'static LongRunning {
        &PLAN
    }

    fn may_have_been_started(&self) -> bool {
        self.may_have_been_started
    }

    fn start(&self, _: Instant) -> JobFuture<'_, Started> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if self.cannot_start {
                return Err(refused(400, "400.1"));
            }
            Ok(Started { id: "7".to_owned(), already_running: false })
        })
    }

    fn poll<'a>(&'a self, _: &'a str, _: Instant) -> JobFuture<'a, PollResponse<String>> {
        self.polled.lock().expect("a script").push(Instant::now());
        let result = self.next();
        Box::pin(async move {
            let response = |status: Option<&str>, wait| PollResponse {
                state: status.unwrap_or("none").to_owned(),
                status: status.map(str::to_owned),
                empty: false,
                wait,
            };
            match result {
                PollResult::Status(status) => Ok(response(status, None)),
                PollResult::After(status, seconds) => {
                    Ok(response(Some(status), Some(Duration::from_secs(seconds))))
                }
                PollResult::Refuse(status, code) => Err(refused(status, code)),
                PollResult::RefuseFor(status, code, wait) => {
                    let mut refused = refusal(status, code);
                    refused.headers.insert("retry-after", wait.parse().expect("a header"));
                    Err(ApiError::new(&GET, &ErrorFormat::COMMON, refused).into())
                }
                PollResult::Empty(wait) => {
                    let wait = wait.map(Duration::from_secs);
                    Ok(PollResponse { empty: true, ..response(None, wait) })
                }
                PollResult::NoToken(true) => Err(AuthError::new("503").retryable().into()),
                PollResult::NoToken(false) => Err(AuthError::new("no such client").into()),
                PollResult::Break => {
                    let fault = Fault::described("gone", true);
                    Err(ConnectionError::new("get", fault, History::default()).into())
                }
                PollResult::Garbage => {
                    Err(DecodeError::new(refusal(200, ""), ".", "no JSON").into())
                }
                PollResult::Nothing => std::future::pending().await,
            }
        })
    }

    fn cancel<'a>(&'a self, _: &'a str) -> JobFuture<'a, ()> {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }
}

pub(super) fn refusal(status: u16, code: &str) -> BufferedResponse {
    let status = StatusCode::from_u16(status).expect("a status");
    let bytes = Bytes::from(format!("{{\"code\":\"{code}\"}}"));
    let (headers, secrets) = (HeaderMap::new(), SentSecrets::default());
    BufferedResponse {
        operation: "get",
        status,
        headers,
        bytes,
        decoding: Decoding::LENIENT,
        secrets,
    }
}

pub(super) fn refused(status: u16, code: &str) -> Error {
    ApiError::new(&GET, &ErrorFormat::COMMON, refusal(status, code)).into()
}

pub(super) const RUNNING: PollResult = PollResult::Status(None);
