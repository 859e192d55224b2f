//! The time between two polls.

use std::time::Duration;

/// The maximum random change of an interval, as a fraction of it.
const JITTER: f64 = 0.2;

/// The minimum wait, so that no setting makes a poller spin.
pub(super) const SHORTEST: Duration = Duration::from_millis(10);

/// The intervals of a poller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    /// The longest wait that the server can request.
    pub(super) max_wait: Duration,
}

impl Pace {
    /// Returns the wait after a number of polls: the server's request, up to the limit, but at
    /// least the interval. `chance`, from 0 to 1, spreads the polls of clients that began together;
    /// it never shortens the wait that the server requested.
    pub(super) fn wait(self, polls: u32, asked: Option<Duration>, chance: f64) -> Duration {
        let planned = planned(self.shortest, self.longest, polls);
        let own = spread(planned, 1.0 - JITTER + 2.0 * JITTER * chance).max(SHORTEST);
        let Some(asked) = asked else { return own };
        asked.saturating_add(spread(planned, JITTER * chance)).min(self.max_wait).max(own)
    }
}

/// Returns the interval after a number of polls, before jitter. It grows by half each time.
fn planned(shortest: Duration, longest: Duration, polls: u32) -> Duration {
    let growth = 1.5_f64.powi(i32::try_from(polls.min(64)).unwrap_or(64));
    let seconds = (shortest.as_secs_f64() * growth).min(longest.as_secs_f64());
    Duration::try_from_secs_f64(seconds).unwrap_or(longest)
}

/// Multiplies a wait. An overflow results in the maximum.
fn spread(wait: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(wait.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn the_interval_grows_up_to_the_longest() {
        let waits: Vec<Duration> =
            (0..5).map(|polls| planned(seconds(2), seconds(7), polls)).collect();
        assert_eq!(waits[..3], [seconds(2), seconds(3), Duration::from_millis(4500)]);
        assert_eq!(waits[3..], [Duration::from_millis(6750), seconds(7)]);
        assert!(planned(seconds(1), Duration::MAX, u32::MAX) > seconds(1_000_000_000));
        assert_eq!(planned(Duration::ZERO, Duration::MAX, 9), Duration::ZERO);
    }

    #[test]
    fn the_server_can_request_longer_waits_up_to_a_limit_but_not_shorter_ones() {
        let pace = Pace { shortest: seconds(10), longest: seconds(10), max_wait: seconds(60) };
        let wait = |asked, chance| pace.wait(0, asked, chance);
        assert_eq!(wait(None, 0.0), seconds(8));
        assert_eq!(wait(None, 0.5), seconds(10));
        assert!(wait(None, 1.0) <= seconds(12));
        assert_eq!(wait(Some(Duration::ZERO), 0.0), seconds(8));
        assert_eq!(wait(Some(seconds(30)), 0.0), seconds(30));
        assert_eq!(wait(Some(seconds(30)), 1.0), seconds(32));
        assert_eq!(wait(Some(seconds(61)), 1.0), seconds(60));
        assert_eq!(wait(Some(Duration::MAX), 1.0), seconds(60));
    }

    #[test]
    fn no_interval_makes_a_poller_spin_or_panic() {
        let extremes = [Duration::ZERO, Duration::from_nanos(1), seconds(1), Duration::MAX];
        for shortest in extremes {
            for longest in extremes {
                for max_wait in extremes {
                    for asked in extremes.map(Some).into_iter().chain([None]) {
                        for polls in [0, 1, u32::MAX] {
                            for chance in [0.0, 0.999_999_999] {
                                let pace = Pace { shortest, longest, max_wait };
                                assert!(pace.wait(polls, asked, chance) >= SHORTEST);
                            }
                        }
                    }
                }
            }
        }
    }
}
