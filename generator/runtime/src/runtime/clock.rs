//! Times that never overflow.
//!
//! Limits and waits come from callers, servers and documents. Any of them may be `Duration::MAX`,
//! which an `Instant` cannot represent.

use std::time::Duration;

use tokio::time::Instant;

/// Thirty years: practically infinite, and within the range of every system's clock.
const MAX_DURATION: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// Returns the current time plus a duration.
pub(crate) fn after(time: Duration) -> Instant {
    later(Instant::now(), time)
}

/// Returns a time plus a duration.
pub(crate) fn later(moment: Instant, time: Duration) -> Instant {
    moment.checked_add(time.min(MAX_DURATION)).unwrap_or(moment)
}
