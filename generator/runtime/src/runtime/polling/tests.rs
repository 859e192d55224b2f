//! Polling of scripted jobs, with a paused clock.

mod script;

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_core::Stream as _;
use tokio::time::Instant;

use super::{PollEvent, PollStatus, WaitError};
use crate::runtime::{ApiError, Error};
pub(super) use script::PLAN;
use script::{PollResult, RUNNING, Script, refused};

#[tokio::test(start_paused = true)]
async fn success_returns_the_final_state() {
    for status in ["SUCCESS", "WARNING"] {
        let script =
            Script::new([RUNNING, PollResult::Status(Some("")), PollResult::Status(Some(status))]);
        let done = script.poller().await.expect("it succeeds");
        assert_eq!((done.id.as_str(), done.state.as_str()), ("7", status));
        assert_eq!(script.started.load(Ordering::Relaxed), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn failure_and_cancellation_are_distinguished() {
    let failed = Script::new([RUNNING, PollResult::Status(Some("FAILURE"))]).poller().await;
    assert!(
        matches!(failed, Err(WaitError::Failed { id, state }) if id == "7" && *state == "FAILURE")
    );
    let cancelled = Script::new([PollResult::Status(Some("TERMINATED"))]).poller().await;
    assert!(matches!(cancelled, Err(WaitError::Cancelled { id, .. }) if id == "7"));
}

#[tokio::test(start_paused = true)]
async fn an_unknown_status_is_not_the_end() {
    let script =
        Script::new([PollResult::Status(Some("Success")), PollResult::Status(Some("SUCCESS"))]);
    let mut statuses = Vec::new();
    let poller = script.poller();
    poller.until_done_with(|polled| statuses.push(polled.status)).await.expect("it succeeds");
    assert_eq!(statuses, [PollStatus::InProgress, PollStatus::Succeeded]);
}

#[tokio::test(start_paused = true)]
async fn intervals_grow_and_the_server_can_request_longer_ones() {
    let script = Script::new([
        RUNNING,
        RUNNING,
        PollResult::After("RUNNING", 100),
        RUNNING,
        PollResult::Status(Some("SUCCESS")),
    ]);
    let before = Instant::now();
    let poller = script.poller().interval(Duration::from_secs(10), Duration::from_secs(20));
    poller.await.expect("it succeeds");
    let waits = script.waits();
    // 15 s and 20 s, ±20 %; then the wait that the server requests.
    assert!((120..=180).contains(&waits[0]), "{waits:?}");
    assert!((160..=240).contains(&waits[1]), "{waits:?}");
    assert!((1000..=1041).contains(&waits[2]), "{waits:?}");
    assert!((160..=240).contains(&waits[3]), "{waits:?}");
    let first = script.polled.lock().expect("a script")[0] - before;
    assert!((8..=13).contains(&first.as_secs()), "{first:?}: a job takes a while after its start");
}

#[tokio::test(start_paused = true)]
async fn a_resumed_job_is_polled_at_once_and_not_started() {
    let script = Script::new([PollResult::Status(Some("SUCCESS"))]);
    let before = Instant::now();
    script.resumed().await.expect("it succeeds");
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(script.started.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn transient_errors_do_not_end_the_wait() {
    let script = Script::new([
        PollResult::Break,
        PollResult::Refuse(503, ""),
        PollResult::Refuse(429, ""),
        PollResult::Refuse(400, "400.2.0"),
        PollResult::Refuse(400, "400.2.0"),
        PollResult::Break,
        PollResult::Status(Some("SUCCESS")),
    ]);
    script.poller().max_consecutive_errors(3).await.expect("never more than three in succession");
}

#[tokio::test(start_paused = true)]
async fn polling_can_fail() {
    let broken = Script::new([PollResult::Break]);
    let error =
        broken.poller().max_consecutive_errors(3).await.expect_err("the state stays unknown");
    assert!(matches!(&error, WaitError::Poll { id, error: Error::Connection(_) } if id == "7"));
    assert_eq!(broken.polled.lock().expect("a script").len(), 4);
    for result in
        [PollResult::Refuse(404, ""), PollResult::Refuse(400, "400.1"), PollResult::Garbage]
    {
        let script = Script::new([result.clone(), PollResult::Status(Some("SUCCESS"))]);
        let error = script.poller().await.expect_err("a retry would not help");
        assert!(matches!(error, WaitError::Poll { .. }), "{result:?}: {error}");
    }
    let mut script = Script::new([RUNNING]);
    script.cannot_start = true;
    assert!(matches!(script.poller().await, Err(WaitError::Start(Error::Api(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_wait_and_cancels_the_job_only_on_request() {
    for (cancels, result) in [(false, RUNNING), (true, RUNNING), (true, PollResult::Nothing)] {
        let script = Script::new([PollResult::Status(Some("RUNNING")), result]);
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
async fn a_deadline_during_the_start_reports_whether_the_job_may_have_been_started() {
    for (may_have, message) in [(true, "it may have been started"), (false, "nothing was started")]
    {
        let script = Script { may_have_been_started: may_have, ..Script::default() };
        let poller = script.poller().deadline(Duration::from_millis(5));
        let error = poller.await.expect_err("the start takes ten milliseconds");
        assert_eq!((error.id(), error.may_have_been_started()), (None, may_have));
        let text = error.to_string();
        assert_eq!(text, format!("no response to the start request within 5ms: {message}"));
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_a_step_starts_nothing_twice_and_cancels_nothing() {
    let script = Script::new([PollResult::Status(Some("SUCCESS"))]);
    let mut poller = script.poller();
    for _ in 0..5 {
        let step = tokio::time::timeout(Duration::from_millis(3), poller.next()).await;
        assert!(step.is_err(), "the start takes ten milliseconds");
    }
    assert_eq!(poller.id(), Some("7"), "it continues where it was");
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
    let script = Script::new([RUNNING, PollResult::Status(Some("TERMINATED"))]);
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
async fn cancelling_a_failing_start_returns_its_error() {
    let mut script = Script::new([RUNNING]);
    script.cannot_start = true;
    let mut poller = script.poller();
    let step = tokio::time::timeout(Duration::from_millis(3), poller.next()).await;
    assert!(step.is_err(), "the start takes ten milliseconds");
    let error = poller.cancel().await.expect_err("nothing was started");
    assert_eq!(error.api().and_then(ApiError::code), Some("400.1"));
    assert_eq!(script.cancelled.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn a_poller_is_a_stream_of_states_that_ends() {
    let script = Script::new([RUNNING, PollResult::Status(Some("SUCCESS"))]);
    let mut poller = script.poller();
    let mut next = async || {
        let polled = poll_fn(|context| Pin::new(&mut poller).poll_next(context)).await?;
        Some(polled.expect("a state").status)
    };
    assert_eq!(next().await, Some(PollStatus::InProgress));
    assert_eq!(next().await, Some(PollStatus::Succeeded));
    assert_eq!(next().await, None);
}

#[tokio::test(start_paused = true)]
async fn debug_shows_the_id_and_whether_the_poller_has_ended() {
    let script = Script::new([PollResult::Status(Some("SUCCESS"))]);
    let mut poller = script.poller();
    assert_eq!(format!("{poller:?}"), "Poller { started: None, ended: false, .. }");
    poller.next().await.expect("a state").expect("it succeeds");
    let shown = format!("{poller:?}");
    assert!(shown.contains(r#"id: "7""#) && shown.ends_with(", ended: true, .. }"), "{shown}");
}

#[test]
fn each_error_has_the_id_and_whether_the_job_may_be_in_progress() {
    let (id, state) = (|| "7".to_owned(), || Box::new("state"));
    let timed_out = |id, may_have_been_started| WaitError::TimedOut {
        id,
        last: None,
        waited: Duration::ZERO,
        cancelled: false,
        last_error: None,
        may_have_been_started,
    };
    let error = || refused(400, "400.1");
    for end in [
        WaitError::Poll { id: id(), error: error() },
        WaitError::Failed { id: id(), state: state() },
        WaitError::Cancelled { id: id(), state: state() },
        WaitError::EmptyResponses { id: id(), polls: 1 },
        WaitError::Download { id: id(), files: Vec::new(), error: error() },
        timed_out(Some(id()), true),
    ] {
        assert_eq!((end.id(), end.may_have_been_started()), (Some("7"), true), "{end:?}");
    }
    for may_have in [false, true] {
        let silent = timed_out(None, may_have);
        assert_eq!((silent.id(), silent.may_have_been_started()), (None, may_have));
    }
    for end in [WaitError::<()>::AlreadyCompleted, WaitError::Start(error())] {
        assert_eq!((end.id(), end.may_have_been_started()), (None, false), "{end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_pollers_wait_at_once() {
    let scripts: Vec<Script> = (0..10_000)
        .map(|_| Script::new([RUNNING, RUNNING, PollResult::Status(Some("SUCCESS"))]))
        .collect();
    let waits: Vec<_> =
        scripts.iter().map(|script| tokio::spawn(script.poller().until_done())).collect();
    for wait in waits {
        wait.await.expect("no panic").expect("it succeeds");
    }
    // Jitter spreads the first polls over 0.4 s.
    let first = |script: &Script| script.polled.lock().expect("a script")[0];
    let (earliest, latest) = (scripts.iter().map(first).min(), scripts.iter().map(first).max());
    let spread = latest.expect("some") - earliest.expect("some");
    assert!(spread > Duration::from_millis(300), "{spread:?}");
}

#[tokio::test(start_paused = true)]
async fn nothing_makes_a_poller_spin() {
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    for result in [
        PollResult::After("RUNNING", 0),
        PollResult::RefuseFor(400, "400.2.0", "0"),
        PollResult::RefuseFor(400, "400.2.0", past),
        PollResult::Refuse(400, "400.2.0"),
        PollResult::RefuseFor(503, "", "0"),
        PollResult::Empty(Some(0)),
        PollResult::Break,
    ] {
        let script = Script::new([result.clone()]);
        let poller =
            script.poller().max_consecutive_errors(u32::MAX).max_consecutive_empty(u32::MAX);
        let limit = Duration::from_secs(100);
        let poller = poller.interval(Duration::from_secs(10), Duration::from_secs(10));
        poller.deadline(limit).await.expect_err("it never ends");
        let polls = script.polled.lock().expect("a script").len();
        assert!((8..=12).contains(&polls), "{result:?}: {polls} polls in {limit:?}");
    }
    // Not even with an interval of zero.
    let script = Script::new([PollResult::After("RUNNING", 0)]);
    let poller = script.poller().interval(Duration::ZERO, Duration::ZERO);
    poller.deadline(Duration::from_secs(1)).await.expect_err("it never ends");
    assert!(script.polled.lock().expect("a script").len() <= 100);
}

#[tokio::test(start_paused = true)]
async fn the_waits_that_a_server_requests_are_limited() {
    for (max, limit) in [(3600, None), (60, Some(Duration::from_secs(60)))] {
        let script = Script::new([
            PollResult::After("RUNNING", u64::MAX),
            PollResult::RefuseFor(503, "", "99999999999999999999"),
            PollResult::RefuseFor(400, "400.2.0", "Fri, 31 Dec 9999 23:59:59 GMT"),
            PollResult::Status(Some("SUCCESS")),
        ]);
        let mut poller = script.poller();
        if let Some(limit) = limit {
            poller = poller.max_wait(limit);
        }
        poller.await.expect("it succeeds");
        assert_eq!(script.waits(), [max * 10; 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_token_endpoint_is_tolerated_but_a_rejection_is_not() {
    let outage =
        [PollResult::NoToken(true), PollResult::NoToken(true), PollResult::Status(Some("SUCCESS"))];
    Script::new(outage).poller().await.expect("the outage ends");
    let refusal = [PollResult::NoToken(false), PollResult::Status(Some("SUCCESS"))];
    let error = Script::new(refusal).poller().await.expect_err("the rejection is final");
    assert!(matches!(error, WaitError::Poll { error: Error::Auth(_), .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn too_many_consecutive_empty_responses_end_the_wait() {
    let script = Script::new([PollResult::Empty(None)]);
    // If it never ended, the test would still end: the clock is paused, so a day passes at once.
    let ended =
        tokio::time::timeout(Duration::from_secs(24 * 60 * 60), script.resumed().until_done());
    let ended = ended.await;
    assert_eq!(script.polled.lock().expect("a script").len(), 21);
    let error = ended.expect("it ends").expect_err("the id is unknown");
    let text = error.to_string();
    assert!(matches!(error, WaitError::EmptyResponses { id, polls: 21 } if id == "7"), "{text}");
    assert!(text.contains("21 consecutive polls returned nothing about 7"), "{text}");
    let mut results = vec![PollResult::Empty(None); 3];
    results.extend([
        RUNNING,
        PollResult::Empty(None),
        PollResult::Empty(None),
        PollResult::Status(Some("SUCCESS")),
    ]);
    let script = Script::new(results.clone());
    script.poller().max_consecutive_empty(3).await.expect("never more than three in succession");
    let script = Script::new(results);
    let error = script.poller().max_consecutive_empty(2).await.expect_err("three in succession");
    assert!(matches!(error, WaitError::EmptyResponses { polls: 3, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_does_not_wait_for_the_next_poll() {
    for result in [PollResult::After("RUNNING", 600), PollResult::Nothing] {
        let script =
            Script::new([PollResult::Status(None), result, PollResult::Status(Some("TERMINATED"))]);
        let mut poller = script.poller();
        for _ in 0..3 {
            // Leaves a step that is waiting, or polling.
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
    let script = Script::new([PollResult::Status(Some("SUCCESS"))]);
    let events = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&events);
    let mut poller = script.poller().on_event(move |event| {
        recorded.lock().expect("a vector").push(format!("{event:?}"));
    });
    assert_eq!(poller.started().await.expect("it starts"), "7");
    assert_eq!(poller.id(), Some("7"));
    assert!(script.polled.lock().expect("a script").is_empty(), "nothing was polled");
    assert_eq!(
        *events.lock().expect("a vector"),
        [r#"Started { id: "7", already_running: false }"#]
    );
    assert_eq!(poller.started().await.expect("it has started"), "7");
    poller.await.expect("it succeeds");
    assert_eq!(script.started.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn failed_polls_are_reported_and_the_last_one_is_in_the_timeout() {
    let script = Script::new([RUNNING, PollResult::Refuse(400, "400.2.0"), PollResult::Break]);
    let failures = Arc::new(Mutex::new(Vec::new()));
    let recorded = Arc::clone(&failures);
    let poller = script.poller().deadline(Duration::from_secs(20)).on_event(move |event| {
        if let PollEvent::PollFailed { id, consecutive, wait, error } = event {
            assert!((*id, error.is_retryable()) == ("7", true) && !wait.is_zero());
            recorded.lock().expect("a vector").push(*consecutive);
        }
    });
    let error = poller.await.expect_err("it never ends");
    let counts = failures.lock().expect("a vector").clone();
    let expected: Vec<u32> = (1..=counts.len() as u32).collect();
    assert!(counts.len() > 2 && counts == expected, "{counts:?}");
    let text = error.to_string();
    assert!(text.contains("the last poll returned no state: get: the connection broke: gone"));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_ends_after_the_deadline_ends_the_wait_at_once() {
    let script = Script::new([RUNNING, PollResult::RefuseFor(429, "", "3000")]);
    let before = Instant::now();
    let error = script.poller().deadline(Duration::from_secs(1000)).await.expect_err("no time");
    assert!(before.elapsed() < Duration::from_secs(10));
    assert!(error.to_string().contains("it asks for a pause of 3000 s"), "{error}");
    assert!(matches!(error, WaitError::Poll { id, .. } if id == "7"));
}

/// Only a `429` with `Retry-After` ends a wait early, because no earlier poll would be accepted.
#[tokio::test(start_paused = true)]
async fn other_waits_beyond_the_deadline_last_until_it() {
    for result in [PollResult::Refuse(429, ""), PollResult::RefuseFor(503, "", "3000")] {
        let script = Script::new([RUNNING, result.clone()]);
        let poller = script.poller().interval(Duration::from_secs(10), Duration::from_secs(10));
        let before = Instant::now();
        let error = poller.deadline(Duration::from_secs(25)).await.expect_err("it never ends");
        assert!(matches!(error, WaitError::TimedOut { .. }), "{result:?}: {error}");
        assert_eq!(before.elapsed().as_secs(), 25);
    }
}

#[tokio::test(start_paused = true)]
async fn no_setting_is_too_much_for_the_clock() {
    for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
        for count in [0, u32::MAX] {
            let script = Script::new([PollResult::After("RUNNING", u64::MAX), PollResult::Break]);
            let poller = script.poller().interval(time, time).max_wait(time).deadline(time);
            let poller = poller.max_consecutive_errors(count).max_consecutive_empty(count);
            let _ = tokio::time::timeout(Duration::from_secs(1), poller).await;
        }
    }
}
