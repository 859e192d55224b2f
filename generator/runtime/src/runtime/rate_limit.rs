//! Limits the rate of requests, so that the server does not reject them.
//!
//! Takes the time of each request and its response, and the refusals of the server. Returns when
//! the next request may be sent. Retries are left to the transport.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::clock::later;

/// The maximum number of requests within a time window. Further requests wait.
///
/// The time of arrival at the server counts, and latencies differ. A request therefore leaves the
/// window when the time of one window has passed since its response or failure, because it has
/// arrived by then. If there is no response within one window, the request counts as arrived at the
/// end of that window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The maximum number of requests within any period that is as long as the window.
    pub requests: u32,
    /// The length of the window.
    pub window: Duration,
}

impl RateLimit {
    /// Creates a limit of a number of requests within any period of that length. Zero requests
    /// count as one.
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, window }
    }
}

/// The limiters of the process, by host and client id.
static SHARED: Mutex<BTreeMap<(String, String), Weak<Limiter>>> = Mutex::new(BTreeMap::new());

/// Enforces the limit of a client and its clones.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    /// The holder of the lock is the next to send. The others wait in the order of their arrival.
    turn: tokio::sync::Mutex<()>,
    window: Mutex<Window>,
    pressure: Mutex<Pressure>,
    /// Notifies of a request that left the window early, and of a new pause.
    changed: Notify,
    /// Notifies of a new pause.
    paused: Notify,
}

/// The requests in the window.
#[derive(Debug, Default)]
struct Window {
    /// Requests that may not have arrived yet: when they were sent, by number.
    under_way: BTreeMap<u64, Instant>,
    /// The latest possible times of arrival of the other requests, in order.
    arrived: VecDeque<Instant>,
    number: u64,
}

/// The effect of refusals by the server.
#[derive(Debug)]
struct Pressure {
    /// The current maximum number of requests in the window.
    room: u32,
    /// When that number increases.
    relief: Instant,
    /// The end of the pause. No request is sent before it.
    pause: Instant,
    /// The response that requested the pause.
    cause: String,
}

/// The permission to send one request. It is dropped after the response or failure.
#[derive(Debug)]
#[must_use = "the request counts as arrived as soon as its turn is dropped"]
pub(crate) struct Turn<'a> {
    limiter: &'a Limiter,
    number: u64,
}

/// A pause that ends after the deadline of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paused {
    pub(crate) left: Duration,
    pub(crate) cause: String,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let now = Instant::now();
        let pressure =
            Pressure { room: limit.requests, relief: now, pause: now, cause: String::new() };
        Self {
            limit,
            turn: tokio::sync::Mutex::default(),
            window: Mutex::default(),
            pressure: Mutex::new(pressure),
            changed: Notify::new(),
            paused: Notify::new(),
        }
    }

    /// Returns the limiter of all clients of the process with this host and client id.
    pub(crate) fn shared(server: &str, client_id: &str, limit: RateLimit) -> Arc<Self> {
        let mut shared = lock(&SHARED);
        shared.retain(|_, limiter| limiter.strong_count() > 0);
        let entry = shared.entry((server.to_owned(), client_id.to_owned())).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let limiter = Arc::new(Self::new(limit));
            *entry = Arc::downgrade(&limiter);
            limiter
        })
    }

    /// Waits until the next request may be sent, and counts it. Fails if a pause ends after the
    /// deadline, even if the pause begins during the wait.
    pub(crate) async fn turn(&self, deadline: Instant) -> Result<Turn<'_>, Paused> {
        let _first = self.first_in_line(deadline).await?;
        loop {
            // Registered before the checks, so that no change is missed.
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            self.check(deadline)?;
            let free = match self.enter() {
                Ok(number) => return Ok(Turn { limiter: self, number }),
                Err(free) => free,
            };
            // Both outcomes lead to another check.
            let _ = timeout_at(free, changed).await;
        }
    }

    async fn first_in_line(
        &self,
        deadline: Instant,
    ) -> Result<tokio::sync::MutexGuard<'_, ()>, Paused> {
        let mut turn = pin!(self.turn.lock());
        loop {
            let mut paused = pin!(self.paused.notified());
            paused.as_mut().enable();
            self.check(deadline)?;
            let first = poll_fn(|context| match turn.as_mut().poll(context) {
                Poll::Ready(first) => Poll::Ready(Some(first)),
                Poll::Pending => paused.as_mut().poll(context).map(|()| None),
            });
            if let Some(first) = first.await {
                return Ok(first);
            }
        }
    }

    /// Fails if the server requested a pause that ends after the deadline.
    fn check(&self, deadline: Instant) -> Result<(), Paused> {
        let pressure = lock(&self.pressure);
        let now = Instant::now();
        if pressure.pause <= deadline || pressure.pause <= now {
            return Ok(());
        }
        Err(Paused { left: pressure.pause - now, cause: pressure.cause.clone() })
    }

    /// Counts a request that is sent now, or returns when to check again.
    fn enter(&self) -> Result<u64, Instant> {
        let now = Instant::now();
        let (room, pause) = self.room(now);
        let mut window = lock(&self.window);
        window.prune(now, self.limit.window);
        if pause > now {
            return Err(pause);
        }
        // The index of the last request that must leave the window before another one is sent.
        let Some(over) = window.len().checked_sub(room as usize) else {
            return Ok(window.enter(now));
        };
        Err(match window.arrived.get(over) {
            Some(arrived) => later(*arrived, self.limit.window),
            // Requests that are under way must arrive, or count as arrived, first.
            None => later(*window.under_way.values().next().unwrap_or(&now), self.limit.window),
        })
    }

    /// Handles a refusal (`429`). Sends nothing for as long as the server requests (by default, a
    /// tenth of the window), but at most for `most`, and then halves the number of requests in the
    /// window. That number doubles after each window without a refusal.
    pub(crate) fn refused(&self, asked: Option<Duration>, most: Duration, mut cause: String) {
        let now = Instant::now();
        let mut pressure = lock(&self.pressure);
        // Requests that were refused together count once.
        if pressure.pause <= now {
            pressure.room = (pressure.room / 2).max(1);
        }
        if let Some(asked) = asked.filter(|asked| *asked > most) {
            cause.push_str(&format!(", which asked for {} s", asked.as_secs()));
        }
        let pause = later(now, asked.unwrap_or(self.limit.window / 10).min(most));
        if pause > pressure.pause {
            (pressure.pause, pressure.cause) = (pause, cause);
        }
        pressure.relief = later(pressure.pause, self.limit.window);
        drop(pressure);
        self.paused.notify_waiters();
        self.changed.notify_waiters();
    }

    fn room(&self, now: Instant) -> (u32, Instant) {
        let mut pressure = lock(&self.pressure);
        while pressure.room < self.limit.requests && pressure.relief <= now {
            pressure.room = pressure.room.saturating_mul(2).min(self.limit.requests);
            pressure.relief =
                later(pressure.relief, self.limit.window.max(Duration::from_millis(1)));
        }
        (pressure.room, pressure.pause)
    }
}

impl Window {
    fn len(&self) -> usize {
        self.under_way.len() + self.arrived.len()
    }

    fn enter(&mut self, now: Instant) -> u64 {
        self.number += 1;
        self.under_way.insert(self.number, now);
        self.number
    }

    /// Removes requests that have left the window. Requests that were sent one window ago count as
    /// arrived.
    fn prune(&mut self, now: Instant, window: Duration) {
        while let Some(sent) = self.under_way.first_entry() {
            let arrived = later(*sent.get(), window);
            if arrived > now {
                break;
            }
            sent.remove();
            self.arrive(arrived);
        }
        while self.arrived.front().is_some_and(|arrived| later(*arrived, window) <= now) {
            self.arrived.pop_front();
        }
    }

    fn arrive(&mut self, at: Instant) {
        let last = self.arrived.back().copied().unwrap_or(at);
        self.arrived.push_back(at.max(last));
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut window = lock(&self.limiter.window);
        if window.under_way.remove(&self.number).is_some() {
            window.arrive(Instant::now());
        }
        drop(window);
        self.limiter.changed.notify_waiters();
    }
}

/// Ignores poisoning, because no code here panics while the data is inconsistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
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
}
