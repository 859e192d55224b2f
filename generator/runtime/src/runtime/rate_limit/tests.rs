//! The limiter, with a paused clock.

use super::*;
use crate::runtime::clock::after;

const WINDOW: Duration = Duration::from_secs(10);
const HOUR: Duration = Duration::from_secs(3600);

async fn turn(limiter: &Limiter) -> Turn<'_> {
    limiter.turn(after(Duration::MAX)).await.expect("there is time")
}

/// Requests a number of turns at once. Returns the seconds until each was granted.
async fn times(limiter: &Arc<Limiter>, requests: usize) -> Vec<u64> {
    let begin = Instant::now();
    let tasks: Vec<_> = (0..requests)
        .map(|_| {
            let limiter = Arc::clone(limiter);
            tokio::spawn(async move {
                drop(turn(&limiter).await);
                Instant::now()
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.push((task.await.expect("no panic") - begin).as_secs());
    }
    times
}

#[tokio::test(start_paused = true)]
async fn no_window_has_more_requests_than_it_may() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(100, WINDOW)));
    let times = times(&limiter, 250).await;
    let at = |time| times.iter().filter(|one| **one == time).count();
    assert_eq!([at(0), at(10), at(20)], [100, 100, 50]);
    assert!(times.is_sorted(), "whoever comes first is served first");
}

#[tokio::test(start_paused = true)]
async fn a_window_slides() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(2, WINDOW)));
    drop(turn(&limiter).await);
    tokio::time::advance(Duration::from_secs(9)).await;
    drop(turn(&limiter).await);
    assert_eq!(times(&limiter, 2).await, [1, 10]);
}

/// A request counts until it has arrived, and then for one window. A request without a response
/// counts as arrived after one window.
#[tokio::test(start_paused = true)]
async fn a_window_begins_when_a_request_has_arrived() {
    for (under_way, next) in [(3, 13), (10, 20), (40, 20)] {
        let limiter = Arc::new(Limiter::new(RateLimit::new(1, WINDOW)));
        let first = Arc::clone(&limiter);
        tokio::spawn(async move {
            let _first = turn(&first).await;
            tokio::time::sleep(Duration::from_secs(under_way)).await;
        });
        tokio::task::yield_now().await;
        assert_eq!(times(&limiter, 1).await, [next], "under way for {under_way} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_slows_it_down_for_a_while() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(4, WINDOW)));
    limiter.refused(Some(Duration::from_secs(30)), HOUR, String::new());
    limiter.refused(Some(Duration::from_secs(20)), HOUR, String::new());
    let times = times(&limiter, 8).await;
    assert_eq!(times, [30, 30, 40, 40, 40, 40, 50, 50]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_halves_what_is_sent_and_its_cause_is_told() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(4, WINDOW)));
    let pause = Some(Duration::from_secs(30));
    for cause in ["the first", "the second"] {
        limiter.refused(pause, HOUR, cause.to_owned());
    }
    let paused = limiter.turn(Instant::now()).await.expect_err("there is no time");
    assert_eq!((paused.left.as_secs(), paused.cause.as_str()), (30, "the first"));
    assert_eq!(times(&limiter, 3).await, [30, 30, 40]);
    let limiter = Arc::new(Limiter::new(RateLimit::new(4, WINDOW)));
    limiter.refused(pause, HOUR, String::new());
    assert_eq!(times(&limiter, 3).await, [30, 30, 40]);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_waiting_is_in_nobodys_way() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(1, WINDOW)));
    drop(turn(&limiter).await);
    let waited = tokio::time::timeout(Duration::from_secs(1), turn(&limiter)).await;
    assert!(waited.is_err());
    assert_eq!(times(&limiter, 1).await, [9]);
}

#[test]
fn a_limiter_is_shared_by_who_signs_in_at_one_server_with_one_id() {
    let limiter = |server, id| Limiter::shared(server, id, RateLimit::new(1, WINDOW));
    let one = limiter("shared.example", "a");
    assert!(Arc::ptr_eq(&one, &limiter("shared.example", "a")));
    assert!(!Arc::ptr_eq(&one, &limiter("shared.example", "b")));
    assert!(!Arc::ptr_eq(&one, &limiter("other.example", "a")));
    let gone = Arc::downgrade(&one);
    drop(one);
    limiter("shared.example", "a");
    assert!(gone.upgrade().is_none(), "nobody keeps what nobody uses");
}

#[test]
fn a_limit_of_nothing_would_be_for_ever() {
    assert_eq!(RateLimit::new(0, WINDOW).requests, 1);
}

/// Returns the maximum number of requests that arrive within any window, if each request and
/// each response takes the given latency.
async fn most_in_a_window(latency: impl Fn() -> Duration, requests: usize) -> usize {
    let limiter = Arc::new(Limiter::new(RateLimit::new(100, WINDOW)));
    let tasks: Vec<_> = (0..requests)
        .map(|_| {
            let (limiter, latency) = (Arc::clone(&limiter), latency());
            tokio::spawn(async move {
                let turn = turn(&limiter).await;
                tokio::time::sleep(latency).await;
                let arrived = Instant::now();
                tokio::time::sleep(latency).await;
                drop(turn);
                arrived
            })
        })
        .collect();
    let mut arrivals = Vec::new();
    for task in tasks {
        arrivals.push(task.await.expect("no panic"));
    }
    arrivals.sort();
    let within = |first: &Instant| {
        arrivals.iter().filter(|one| *one >= first && **one < *first + WINDOW).count()
    };
    arrivals.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn the_limit_holds_on_arrival_although_some_take_longer() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let random = Mutex::new(fastrand::Rng::with_seed(seed));
    for longest in [50, 1_000, 5_000] {
        let latency = || Duration::from_millis(lock(&random).u64(0..longest));
        let most = most_in_a_window(latency, 450).await;
        assert!(most <= 100, "{most} with up to {longest} ms");
    }
    // The worst order: the first hundred arrive late, the others at once.
    let sent = std::sync::atomic::AtomicUsize::new(0);
    let late = || match sent.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0..100 => Duration::from_secs(4),
        _ => Duration::ZERO,
    };
    assert!(most_in_a_window(late, 300).await <= 100);
}

#[tokio::test(start_paused = true)]
async fn responses_that_never_come_hold_nobody_up_for_ever() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(2, WINDOW)));
    let hanging = [turn(&limiter).await, turn(&limiter).await];
    assert_eq!(times(&limiter, 2).await, [20, 20]);
    drop(hanging);
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_is_told_at_once_to_those_who_wait_too() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(1, WINDOW)));
    drop(turn(&limiter).await);
    // The first in line has enough time, and must not prevent the others from noticing the
    // pause.
    let first = Arc::clone(&limiter);
    let patient = tokio::spawn(async move { first.turn(after(WINDOW * 1000)).await.is_ok() });
    tokio::task::yield_now().await;
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let limiter = Arc::clone(&limiter);
            tokio::spawn(async move {
                let deadline = after(Duration::from_secs(60));
                let paused = limiter.turn(deadline).await.err();
                (paused, Instant::now())
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begin = Instant::now();
    limiter.refused(Some(2 * HOUR), 3 * HOUR, "429 of `get`".to_owned());
    for one in waiting {
        let (paused, at) = one.await.expect("no panic");
        let paused = paused.expect("there is no time");
        assert_eq!((paused.left.as_secs(), paused.cause.as_str()), (7200, "429 of `get`"));
        assert_eq!(at, begin, "at once");
    }
    assert!(patient.await.expect("no panic"));
    assert_eq!(begin.elapsed().as_secs(), 7200);
}

#[tokio::test(start_paused = true)]
async fn no_response_pauses_everybody_for_longer_than_the_bound() {
    let limiter = Arc::new(Limiter::new(RateLimit::new(4, WINDOW)));
    limiter.refused(Some(24 * HOUR), HOUR, "429 of `get`".to_owned());
    let paused = limiter.turn(after(WINDOW)).await.expect_err("there is no time");
    assert_eq!(paused.left, HOUR);
    assert_eq!(paused.cause, "429 of `get`, which asked for 86400 s");
    assert_eq!(times(&limiter, 1).await, [3600]);
}

#[tokio::test(start_paused = true)]
async fn no_limit_and_no_pause_is_too_much_for_the_clock() {
    for (requests, window) in [
        (0, Duration::ZERO),
        (1, Duration::ZERO),
        (1, Duration::MAX),
        (u32::MAX, Duration::MAX),
        (u32::MAX, Duration::from_nanos(1)),
    ] {
        for (asked, most) in [
            (None, HOUR),
            (None, Duration::MAX),
            (Some(Duration::ZERO), Duration::ZERO),
            (Some(Duration::MAX), Duration::MAX),
        ] {
            let limiter = Limiter::new(RateLimit::new(requests, window));
            drop(turn(&limiter).await);
            limiter.refused(asked, most, String::new());
            limiter.refused(asked, most, String::new());
            let _ = tokio::time::timeout(Duration::MAX / 2, limiter.turn(Instant::now())).await;
        }
    }
}

#[test]
fn a_limiter_that_nobody_has_any_more_is_forgotten() {
    let key = ("https://gone.example".to_owned(), "id".to_owned());
    let limit = RateLimit::new(1, Duration::from_secs(1));
    drop(Limiter::shared(&key.0, &key.1, limit));
    let other = Limiter::shared("https://there.example", "id", limit);
    assert!(!lock(&SHARED).contains_key(&key));
    let again = Limiter::shared("https://there.example", "id", limit);
    assert!(Arc::ptr_eq(&other, &again));
}
