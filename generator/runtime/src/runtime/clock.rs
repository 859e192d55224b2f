//! Moments in time that never overflow.
//!
//! Limits and waits come from callers, from servers and from documents, and each of them may be
//! `Duration::MAX`, which no clock reaches.

use std::time::Duration;

use tokio::time::Instant;

/// Thirty years: as good as for ever, and within the clock of every system.
const AGES: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Returns the moment when so much time has passed from now on.
pub(crate) fn after(time: Duration) -> Instant {
    later(Instant::now(), time)
}

/// Returns the moment that is so much later than another one.
pub(crate) fn later(moment: Instant, time: Duration) -> Instant {
    moment.checked_add(time.min(AGES)).unwrap_or(moment)
}
