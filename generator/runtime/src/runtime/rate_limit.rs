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
mod tests;
