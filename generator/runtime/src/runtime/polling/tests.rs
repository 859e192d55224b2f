//! Waits of every kind, with a clock that passes as it is told to.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;

use super::job::{Job, JobFuture, PollResponse, Started};
use super::{LongRunning, PollEvent, PollStatus, Poller, Step, WaitError};
use crate::runtime::error::{Fault, History};
use crate::runtime::masking::SentSecrets;
use crate::runtime::{
    ApiError, AuthError, BufferedResponse, ConnectionError, DecodeError, Error, ErrorFormat,
    Operation,
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

/// What a scripted job says when it is polled.
#[derive(Debug, Clone)]
enum Say {
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

/// A job that says what it is told to, and the last of it again and again.
#[derive(Clone, Default)]
struct Script {
    says: Arc<Mutex<VecDeque<Say>>>,
    polled: Arc<Mutex<Vec<Instant>>>,
    started: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
    cannot_start: bool,
    may_have_been_started: bool,
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
        let started = Started { id: "7".to_owned(), already_running: false };
        Poller::new(self.clone(), OnceLock::from(started))
    }

    fn next(&self) -> Say {
        let mut says = self.says.lock().expect("a script");
        if says.len() > 1 { says.pop_front() } else { says.front().cloned() }.expect("a line")
    }

    /// The times between the questions, in tenths of seconds.
    fn waits(&self) -> Vec<u128> {
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

    fn start(&self) -> JobFuture<'_, Started> {
        self.started.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            if self.cannot_start {
                return Err(refused(400, "400.1"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            Ok(Started { id: "7".to_owned(), already_running: false })
        })
    }

    fn poll<'a>(&'a self, _: &'a str) -> JobFuture<'a, PollResponse<String>> {
        self.polled.lock().expect("a script").push(Instant::now());
        let say = self.next();
        Box::pin(async move {
            let response = |status: Option<&str>, wait| PollResponse {
                state: status.unwrap_or("none").to_owned(),
                status: status.map(str::to_owned),
                empty: false,
                wait,
            };
            match say {
                Say::Status(status) => Ok(response(status, None)),
                Say::After(status, seconds) => {
                    Ok(response(Some(status), Some(Duration::from_secs(seconds))))
                }
                Say::Refuse(status, code) => Err(refused(status, code)),
                Say::RefuseFor(status, code, wait) => {
                    let mut refused = refusal(status, code);
                    refused.headers.insert("retry-after", wait.parse().expect("a header"));
                    Err(ApiError::new(&GET, &ErrorFormat::COMMON, refused).into())
                }
                Say::Empty(wait) => {
                    let wait = wait.map(Duration::from_secs);
                    Ok(PollResponse { empty: true, ..response(None, wait) })
                }
                Say::NoToken(true) => Err(AuthError::new("503").retryable().into()),
                Say::NoToken(false) => Err(AuthError::new("no such client").into()),
                Say::Break => {
                    let fault = Fault::described("gone", true);
                    Err(ConnectionError::new("get", fault, History::default()).into())
                }
                Say::Garbage => Err(DecodeError::new(refusal(200, ""), ".", "no JSON").into()),
                Say::Nothing => std::future::pending().await,
            }
        })
    }

    fn cancel<'a>(&'a self, _: &'a str) -> JobFuture<'a, ()> {
        self.cancelled.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }
}

fn refusal(status: u16, code: &str) -> BufferedResponse {
    let status = StatusCode::from_u16(status).expect("a status");
    let bytes = Bytes::from(format!("{{\"code\":\"{code}\"}}"));
    let (headers, secrets) = (HeaderMap::new(), SentSecrets::default());
    BufferedResponse { operation: "get", status, headers, bytes, strict: false, secrets }
}

fn refused(status: u16, code: &str) -> Error {
    ApiError::new(&GET, &ErrorFormat::COMMON, refusal(status, code)).into()
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
    script
        .poller()
        .until_done_with(|polled| phases.push(polled.status))
        .await
        .expect("it succeeds");
    assert_eq!(phases, [PollStatus::InProgress, PollStatus::Succeeded]);
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
    assert!((1000..=1041).contains(&waits[2]), "{waits:?}");
    assert!((160..=240).contains(&waits[3]), "{waits:?}");
    let first = script.polled.lock().expect("a script")[0] - before;
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
    script.poller().max_consecutive_errors(3).await.expect("never more than three in a row");
}

#[tokio::test(start_paused = true)]
async fn polling_itself_can_fail() {
    let broken = Script::new([Say::Break]);
    let error = broken.poller().max_consecutive_errors(3).await.expect_err("it is never known");
    assert!(matches!(&error, WaitError::Poll { id, error: Error::Connection(_) } if id == "7"));
    assert_eq!(broken.polled.lock().expect("a script").len(), 4);
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
        let WaitError::TimedOut { id, last, waited, cancelled, .. } = error else {
            panic!("{error}");
        };
        assert_eq!((id.as_deref(), waited.as_secs(), cancelled), (Some("7"), 60, cancels));
        assert!(last.is_some_and(|last| ["RUNNING", "none"].contains(&last.as_str())));
        assert_eq!(script.cancelled.load(Ordering::Relaxed), usize::from(cancels));
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_before_the_response_to_the_start_says_what_the_request_says() {
    for (may_have, told) in [(true, "it may have been started"), (false, "nothing was started")] {
        let script = Script { may_have_been_started: may_have, ..Script::default() };
        let poller = script.poller().deadline(Duration::from_millis(5));
        let error = poller.await.expect_err("the start takes ten milliseconds");
        assert_eq!((error.id(), error.may_have_been_started()), (None, may_have));
        let text = error.to_string();
        assert_eq!(text, format!("there was no response to the start within 5ms: {told}"));
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
    assert!(
        matches!(poller.next().await, Some(Ok(polled)) if polled.status == PollStatus::Succeeded)
    );
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
    assert!(
        matches!(poller.next().await, Some(Ok(polled)) if polled.status == PollStatus::InProgress)
    );
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
    let first = |script: &Script| script.polled.lock().expect("a script")[0];
    let (earliest, latest) = (scripts.iter().map(first).min(), scripts.iter().map(first).max());
    let spread = latest.expect("some") - earliest.expect("some");
    assert!(spread > Duration::from_millis(300), "{spread:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_makes_a_poller_spin() {
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    for say in [
        Say::After("RUNNING", 0),
        Say::RefuseFor(400, "400.2.0", "0"),
        Say::RefuseFor(400, "400.2.0", past),
        Say::Refuse(400, "400.2.0"),
        Say::RefuseFor(503, "", "0"),
        Say::Empty(Some(0)),
        Say::Break,
    ] {
        let script = Script::new([say.clone()]);
        let poller =
            script.poller().max_consecutive_errors(u32::MAX).max_consecutive_empty(u32::MAX);
        let limit = Duration::from_secs(100);
        let poller = poller.interval(Duration::from_secs(10), Duration::from_secs(10));
        poller.deadline(limit).await.expect_err("it never ends");
        let polls = script.polled.lock().expect("a script").len();
        assert!((8..=12).contains(&polls), "{say:?}: {polls} polls in {limit:?}");
    }
    // Not even where no interval is wanted.
    let script = Script::new([Say::After("RUNNING", 0)]);
    let poller = script.poller().interval(Duration::ZERO, Duration::ZERO);
    poller.deadline(Duration::from_secs(1)).await.expect_err("it never ends");
    assert!(script.polled.lock().expect("a script").len() <= 100);
}

#[tokio::test(start_paused = true)]
async fn a_server_can_put_a_poller_off_only_so_far() {
    for (most, limit) in [(3600, None), (60, Some(Duration::from_secs(60)))] {
        let script = Script::new([
            Say::After("RUNNING", u64::MAX),
            Say::RefuseFor(503, "", "99999999999999999999"),
            Say::RefuseFor(400, "400.2.0", "Fri, 31 Dec 9999 23:59:59 GMT"),
            Say::Status(Some("SUCCESS")),
        ]);
        let mut poller = script.poller();
        if let Some(limit) = limit {
            poller = poller.max_wait(limit);
        }
        poller.await.expect("it succeeds");
        assert_eq!(script.waits(), [most * 10; 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_token_endpoint_is_survived_and_a_refusal_of_it_is_not() {
    let outage = [Say::NoToken(true), Say::NoToken(true), Say::Status(Some("SUCCESS"))];
    Script::new(outage).poller().await.expect("it passes");
    let refusal = [Say::NoToken(false), Say::Status(Some("SUCCESS"))];
    let error = Script::new(refusal).poller().await.expect_err("it does not pass");
    assert!(matches!(error, WaitError::Poll { error: Error::Auth(_), .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn empty_states_end_the_wait_after_a_number_of_them() {
    let script = Script::new([Say::Empty(None)]);
    // Should it never end, then not without end: a day of polls passes at once on a paused clock.
    let ended =
        tokio::time::timeout(Duration::from_secs(24 * 60 * 60), script.resumed().until_done());
    let ended = ended.await;
    assert_eq!(script.polled.lock().expect("a script").len(), 21);
    let error = ended.expect("it ends").expect_err("nobody knows it");
    let text = error.to_string();
    assert!(matches!(error, WaitError::EmptyResponses { id, polls: 21 } if id == "7"), "{text}");
    assert!(text.contains("21 polls in a row brought nothing about 7"), "{text}");
    let mut says = vec![Say::Empty(None); 3];
    says.extend([RUNNING, Say::Empty(None), Say::Empty(None), Say::Status(Some("SUCCESS"))]);
    let script = Script::new(says.clone());
    script.poller().max_consecutive_empty(3).await.expect("never more than three in a row");
    let script = Script::new(says);
    let error = script.poller().max_consecutive_empty(2).await.expect_err("three in a row");
    assert!(matches!(error, WaitError::EmptyResponses { polls: 3, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_does_not_wait_for_the_next_poll() {
    for say in [Say::After("RUNNING", 600), Say::Nothing] {
        let script = Script::new([Say::Status(None), say, Say::Status(Some("TERMINATED"))]);
        let mut poller = script.poller();
        for _ in 0..3 {
            // Leaves a step that waits, or that polls.
            let _ = tokio::time::timeout(Duration::from_secs(5), poller.next()).await;
        }
        let before = Instant::now();
        poller.cancel().await.expect("it is cancelled");
        assert_eq!(before.elapsed(), Duration::ZERO);
        assert_eq!(script.cancelled.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_id_is_known_before_the_first_poll() {
    let script = Script::new([Say::Status(Some("SUCCESS"))]);
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let mut poller = script.poller().on_event(move |event| {
        told.lock().expect("a list").push(format!("{event:?}"));
    });
    assert_eq!(poller.started().await.expect("it starts"), "7");
    assert_eq!(poller.id(), Some("7"));
    assert!(script.polled.lock().expect("a script").is_empty(), "nothing was polled");
    assert_eq!(*events.lock().expect("a list"), [r#"Started { id: "7", already_running: false }"#]);
    assert_eq!(poller.started().await.expect("it has started"), "7");
    poller.await.expect("it succeeds");
    assert_eq!(script.started.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn polls_without_a_state_are_told_and_named_when_time_runs_out() {
    let script = Script::new([RUNNING, Say::Refuse(400, "400.2.0"), Say::Break]);
    let rows = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&rows);
    let poller = script.poller().deadline(Duration::from_secs(20)).on_event(move |event| {
        if let PollEvent::PollFailed { id, consecutive, wait, error } = event {
            assert!((*id, error.is_retryable()) == ("7", true) && !wait.is_zero());
            told.lock().expect("a list").push(*consecutive);
        }
    });
    let error = poller.await.expect_err("it never ends");
    let rows = rows.lock().expect("a list").clone();
    assert!(rows.len() > 2 && rows == (1..=rows.len() as u32).collect::<Vec<_>>(), "{rows:?}");
    let text = error.to_string();
    assert!(text.contains("the last poll brought no state: get: the connection broke: gone"));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_ends_after_the_deadline_ends_the_wait_at_once() {
    let script = Script::new([RUNNING, Say::RefuseFor(429, "", "3000")]);
    let before = Instant::now();
    let error = script.poller().deadline(Duration::from_secs(1000)).await.expect_err("no time");
    assert!(before.elapsed() < Duration::from_secs(10));
    assert!(error.to_string().contains("it asks for a pause of 3000 s"), "{error}");
    assert!(matches!(error, WaitError::Poll { id, .. } if id == "7"));
}

#[tokio::test(start_paused = true)]
async fn no_setting_is_too_much_for_the_clock() {
    for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        for count in [0, u32::MAX] {
            let script = Script::new([Say::After("RUNNING", u64::MAX), Say::Break]);
            let poller = script.poller().interval(time, time).max_wait(time).deadline(time);
            let poller = poller.max_consecutive_errors(count).max_consecutive_empty(count);
            let _ = tokio::time::timeout(Duration::from_secs(1), poller).await;
        }
    }
}
