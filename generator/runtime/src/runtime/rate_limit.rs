//! Waiting before a server has to refuse.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

/// How many requests a client sends in which time. Those that are too many wait for their turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many requests are sent within any stretch of time as long as the window.
    pub requests: u32,
    /// The window.
    pub window: Duration,
}

impl RateLimit {
    /// So many requests in any stretch of time of that length. At least one is allowed.
    pub const fn new(requests: u32, window: Duration) -> Self {
        Self { requests: if requests == 0 { 1 } else { requests }, window }
    }
}

/// The limiters of a program by what servers count by: themselves, and the id that signs in.
static SHARED: Mutex<BTreeMap<(String, String), Weak<Limiter>>> = Mutex::new(BTreeMap::new());

/// Holds a client to its limit. Its clones share it.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    /// Whoever holds it is the next to send; the others wait in the order in which they came.
    turn: tokio::sync::Mutex<VecDeque<Instant>>,
    pressure: Mutex<Pressure>,
}

/// What the server has said to requests that kept the limit.
#[derive(Debug)]
struct Pressure {
    /// How many requests the window has room for at the moment.
    room: u32,
    /// When there is more room again.
    relief: Instant,
    /// Before this nothing is sent.
    pause: Instant,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        let now = Instant::now();
        let pressure = Pressure { room: limit.requests, relief: now, pause: now };
        Self { limit, turn: tokio::sync::Mutex::default(), pressure: Mutex::new(pressure) }
    }

    /// The limiter of all clients in the program that sign in at a server with one id.
    pub(crate) fn shared(server: &str, client_id: &str, limit: RateLimit) -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|_, limiter| limiter.strong_count() > 0);
        let entry = shared.entry((server.to_owned(), client_id.to_owned())).or_default();
        entry.upgrade().unwrap_or_else(|| {
            let limiter = Arc::new(Self::new(limit));
            *entry = Arc::downgrade(&limiter);
            limiter
        })
    }

    /// Waits until the next request may be sent, and counts it.
    pub(crate) async fn turn(&self) {
        let mut sent = self.turn.lock().await;
        loop {
            let now = Instant::now();
            while sent.front().is_some_and(|first| *first + self.limit.window <= now) {
                sent.pop_front();
            }
            let (room, pause) = self.room(now);
            // The request that must leave the window before there is room for one more.
            let in_the_way = sent.len().checked_sub(room as usize).and_then(|over| sent.get(over));
            let free = in_the_way.map_or(now, |first| *first + self.limit.window).max(pause);
            if free <= now {
                sent.push_back(now);
                return;
            }
            tokio::time::sleep_until(free).await;
        }
    }

    /// Takes notice of a refusal (`429`): nothing is sent for as long as the server asks, and then
    /// half as much as before. With each window that passes well there is twice as much again.
    pub(crate) fn refused(&self, asked: Option<Duration>) {
        let now = Instant::now();
        let mut pressure = self.pressure.lock().unwrap_or_else(PoisonError::into_inner);
        // Requests that were refused together count once.
        if pressure.pause <= now {
            pressure.room = (pressure.room / 2).max(1);
        }
        let wait = asked.unwrap_or(self.limit.window / 10).min(Duration::from_secs(3600));
        pressure.pause = pressure.pause.max(now + wait);
        pressure.relief = pressure.pause + self.limit.window;
    }

    fn room(&self, now: Instant) -> (u32, Instant) {
        let mut pressure = self.pressure.lock().unwrap_or_else(PoisonError::into_inner);
        while pressure.room < self.limit.requests && pressure.relief <= now {
            pressure.room = pressure.room.saturating_mul(2).min(self.limit.requests);
            pressure.relief += self.limit.window.max(Duration::from_millis(1));
        }
        (pressure.room, pressure.pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    /// The seconds after which so many requests were sent that were asked for at once.
    async fn times(limiter: &Arc<Limiter>, requests: usize) -> Vec<u64> {
        let begin = Instant::now();
        let tasks: Vec<_> = (0..requests)
            .map(|_| {
                let limiter = Arc::clone(limiter);
                tokio::spawn(async move {
                    limiter.turn().await;
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
        limiter.turn().await;
        tokio::time::advance(Duration::from_secs(9)).await;
        limiter.turn().await;
        assert_eq!(times(&limiter, 2).await, [1, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_slows_it_down_for_a_while() {
        let limiter = Arc::new(Limiter::new(RateLimit::new(4, WINDOW)));
        limiter.refused(Some(Duration::from_secs(30)));
        limiter.refused(Some(Duration::from_secs(20)));
        let times = times(&limiter, 8).await;
        assert_eq!(times, [30, 30, 40, 40, 40, 40, 50, 50]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_is_in_nobodys_way() {
        let limiter = Arc::new(Limiter::new(RateLimit::new(1, WINDOW)));
        limiter.turn().await;
        let waited = tokio::time::timeout(Duration::from_secs(1), limiter.turn()).await;
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
}
