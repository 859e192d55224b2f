//! Waits of every kind, with a clock that passes as it is told to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;

use super::job::{Answer, Job, Soon, Started};
use super::{LongRunning, Phase, Poller, Step, WaitError};
use crate::runtime::{
    ApiError, ConnectionError, DecodeError, Error, ErrorFormat, Operation, Reply,
};

static GET: Operation = Operation {
    id: "get",
    method: Method::GET,
    path: "/{id}",
    accept: "application/json",
    security: &[],
    errors: &[],
};

static PLAN: LongRunning = LongRunning {
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

/// What a scripted job says when it is asked.
#[derive(Debug, Clone)]
enum Say {
    Status(Option<&'static str>),
    After(&'static str, u64),
    Refuse(u16, &'static str),
    Break,
    Garbage,
    Nothing,
}

/// A job that says what it is told to, and the last of it again and again.
#[derive(Clone, Default)]
struct Script {
    says: Arc<Mutex<VecDeque<Say>>>,
    asked: Arc<Mutex<Vec<Instant>>>,
    started: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
    cannot_start: bool,
}

impl Script {
    fn new(says: impl IntoIterator<Item = Say>) -> Self {
        let says = Arc::new(Mutex::new(says.into_iter().collect()));
        Self { says, ..Self::default() }
    }

    fn poller(&self) -> Poller<String> {
        Poller::new(self.clone(), OnceLock::new())
    }

    fn resumed(&self) -> Poller<String> {
        let started = Started { id: "7".to_owned(), joined: false };
        Poller::new(self.clone(), OnceLock::from(started))
    }

    fn next(&self) -> Say {
        let mut says = self.says.lock().expect("a script");
        if says.len() > 1 { says.pop_front() } else { says.front().cloned() }.expect("a line")
    }

    /// The times between the questions, in tenths of seconds.
    fn waits(&self) -> Vec<u128> {
        let asked = self.asked.lock().expect("a script");
        asked.windows(2).map(|pair| (pair[1] - pair[0]).as_millis() / 100).collect()
    }
}

impl Job<String> for Script {
    fn plan(&self) -> &'static LongRunning {
        &PLAN
    }

    fn start(&mut self) -> Soon<'_, Started> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            if self.cannot_start {
                return Err(refused(400, "400.1"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(Started { id: "7".to_owned(), joined: false })
        })
    }

    fn ask<'a>(&'a self, _: &'a str) -> Soon<'a, Answer<String>> {
        self.asked.lock().expect("a script").push(Instant::now());
        let say = self.next();
        Box::pin(async move {
            let answer = |status: Option<&str>, wait| Answer {
                state: status.unwrap_or("none").to_owned(),
                status: status.map(str::to_owned),
                wait,
            };
            match say {
                Say::Status(status) => Ok(answer(status, None)),
                Say::After(status, seconds) => {
                    Ok(answer(Some(status), Some(Duration::from_secs(seconds))))
                }
                Say::Refuse(status, code) => Err(refused(status, code)),
                Say::Break => Err(ConnectionError {
                    operation: "get",
                    reached: true,
                    attempts: 1,
                    cause: "gone".to_owned(),
                }
                .into()),
                Say::Garbage => Err(DecodeError::new(reply(200, ""), ".", "no JSON").into()),
                Say::Nothing => std::future::pending().await,
            }
        })
    }

    fn cancel<'a>(&'a self, _: &'a str) -> Soon<'a, ()> {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }
}

fn reply(status: u16, code: &str) -> Reply {
    let status = StatusCode::from_u16(status).expect("a status");
    let bytes = Bytes::from(format!("{{\"code\":\"{code}\"}}"));
    Reply { operation: "get", status, headers: HeaderMap::new(), bytes, strict: false }
}

fn refused(status: u16, code: &str) -> Error {
    ApiError::new(&GET, &ErrorFormat::COMMON, reply(status, code)).into()
}

const RUNNING: Say = Say::Status(None);

#[tokio::test(start_paused = true)]
async fn success_is_an_answer_with_the_last_state() {
    for status in ["SUCCESS", "WARNING"] {
        let script = Script::new([RUNNING, Say::Status(Some("")), Say::Status(Some(status))]);
        let done = script.poller().await.expect("it succeeds");
        assert_eq!((done.id.as_str(), done.state.as_str()), ("7", status));
        assert_eq!(script.started.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn failure_and_cancellation_are_told_apart() {
    let failed = Script::new([RUNNING, Say::Status(Some("FAILURE"))]).poller().await;
    assert!(
        matches!(failed, Err(WaitError::Failed { id, state }) if id == "7" && *state == "FAILURE")
    );
    let cancelled = Script::new([Say::Status(Some("TERMINATED"))]).poller().await;
    assert!(matches!(cancelled, Err(WaitError::Cancelled { id, .. }) if id == "7"));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_is_not_the_end() {
    let script = Script::new([Say::Status(Some("Success")), Say::Status(Some("SUCCESS"))]);
    let mut phases = Vec::new();
    script.poller().watched(|polled| phases.push(polled.phase)).await.expect("it succeeds");
    assert_eq!(phases, [Phase::Pending, Phase::Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn waits_grow_and_the_server_can_ask_for_longer_ones() {
    let script = Script::new([
        RUNNING,
        RUNNING,
        Say::After("RUNNING", 100),
        RUNNING,
        Say::Status(Some("SUCCESS")),
    ]);
    let before = Instant::now();
    let poller = script.poller().interval(Duration::from_secs(10), Duration::from_secs(20));
    poller.await.expect("it succeeds");
    let waits = script.waits();
    // Fifteen seconds and twenty, a fifth more or less; then what the server asks for.
    assert!((120..=180).contains(&waits[0]), "{waits:?}");
    assert!((160..=240).contains(&waits[1]), "{waits:?}");
    assert!((1000..=1001).contains(&waits[2]), "{waits:?}");
    assert!((160..=240).contains(&waits[3]), "{waits:?}");
    let first = script.asked.lock().expect("a script")[0] - before;
    assert!((8..=13).contains(&first.as_secs()), "{first:?}: what was just started takes a while");
}

#[tokio::test(start_paused = true)]
async fn what_is_resumed_is_asked_about_at_once_and_started_by_nobody() {
    let script = Script::new([Say::Status(Some("SUCCESS"))]);
    let before = Instant::now();
    script.resumed().await.expect("it succeeds");
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(script.started.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn troubles_in_between_do_not_end_the_wait() {
    let script = Script::new([
        Say::Break,
        Say::Refuse(503, ""),
        Say::Refuse(429, ""),
        Say::Refuse(400, "400.2.0"),
        Say::Refuse(400, "400.2.0"),
        Say::Break,
        Say::Status(Some("SUCCESS")),
    ]);
    script.poller().tolerate(3).await.expect("never more than three in a row");
}

#[tokio::test(start_paused = true)]
async fn polling_itself_can_fail() {
    let broken = Script::new([Say::Break]);
    let error = broken.poller().tolerate(3).await.expect_err("it is never known");
    assert!(matches!(&error, WaitError::Poll { id, error: Error::Connection(_) } if id == "7"));
    assert_eq!(broken.asked.lock().expect("a script").len(), 4);
    for say in [Say::Refuse(404, ""), Say::Refuse(400, "400.1"), Say::Garbage] {
        let script = Script::new([say.clone(), Say::Status(Some("SUCCESS"))]);
        let error = script.poller().await.expect_err("asking again would not help");
        assert!(matches!(error, WaitError::Poll { .. }), "{say:?}: {error}");
    }
    let mut script = Script::new([RUNNING]);
    script.cannot_start = true;
    assert!(matches!(script.poller().await, Err(WaitError::Start(Error::Api(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_and_leaves_the_job_alone_unless_told_otherwise() {
    for (cancels, say) in [(false, RUNNING), (true, RUNNING), (true, Say::Nothing)] {
        let script = Script::new([Say::Status(Some("RUNNING")), say]);
        let before = Instant::now();
        let mut poller = script.poller().deadline(Duration::from_secs(60));
        if cancels {
            poller = poller.cancel_on_timeout();
        }
        let error = poller.await.expect_err("it never ends");
        assert_eq!(before.elapsed().as_secs(), 60);
        let WaitError::TimedOut { id, last, waited, cancelled } = error else {
            panic!("{error}");
        };
        assert_eq!((id.as_deref(), waited.as_secs(), cancelled), (Some("7"), 60, cancels));
        assert!(last.is_some_and(|last| ["RUNNING", "none"].contains(&last.as_str())));
        assert_eq!(script.cancelled.load(Ordering::Relaxed), usize::from(cancels));
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_step_starts_nothing_twice_and_cancels_nothing() {
    let script = Script::new([Say::Status(Some("SUCCESS"))]);
    let mut poller = script.poller();
    for _ in 0..5 {
        let step = tokio::time::timeout(Duration::from_millis(3), poller.next()).await;
        assert!(step.is_err(), "the start takes ten milliseconds");
    }
    assert_eq!(poller.id(), Some("7"), "it has gone on where it was");
    assert!(matches!(poller.next().await, Some(Ok(polled)) if polled.phase == Phase::Succeeded));
    assert!(poller.next().await.is_none());
    drop(poller);
    let counts = [&script.started, &script.cancelled].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counts, [1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_poller_can_cancel_and_see_the_end() {
    let script = Script::new([RUNNING, Say::Status(Some("TERMINATED"))]);
    let mut poller = script.poller();
    assert!(matches!(poller.cancel().await, Err(Error::Config(_))), "nothing was started");
    assert!(matches!(poller.next().await, Some(Ok(polled)) if polled.phase == Phase::Pending));
    poller.cancel().await.expect("it is cancelled");
    assert!(matches!(poller.await, Err(WaitError::Cancelled { .. })));
    assert_eq!(script.cancelled.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_pollers_wait_at_once() {
    let scripts: Vec<Script> = (0..10_000)
        .map(|_| Script::new([RUNNING, RUNNING, Say::Status(Some("SUCCESS"))]))
        .collect();
    let waits: Vec<_> =
        scripts.iter().map(|script| tokio::spawn(script.poller().until_done())).collect();
    for wait in waits {
        wait.await.expect("no panic").expect("it succeeds");
    }
    // Chance keeps them apart: the first questions are spread over four tenths of a second.
    let first = |script: &Script| script.asked.lock().expect("a script")[0];
    let (earliest, latest) = (scripts.iter().map(first).min(), scripts.iter().map(first).max());
    let spread = latest.expect("some") - earliest.expect("some");
    assert!(spread > Duration::from_millis(300), "{spread:?}");
}
