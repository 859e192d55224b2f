//! How long to wait between two questions.

use std::time::Duration;

/// What chance adds to a wait, or takes away: this part of it.
const JITTER: f64 = 0.2;

/// The wait after so many questions, before chance has its say: it grows by half each time.
pub(super) fn planned(shortest: Duration, longest: Duration, questions: u32) -> Duration {
    let growth = 1.5_f64.powi(i32::try_from(questions.min(64)).unwrap_or(64));
    let seconds = (shortest.as_secs_f64() * growth).min(longest.as_secs_f64());
    Duration::try_from_secs_f64(seconds).unwrap_or(longest)
}

/// The same, a little more or less.
pub(super) fn with_chance(wait: Duration, chance: f64) -> Duration {
    wait.mul_f64(1.0 - JITTER + 2.0 * JITTER * chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_longest() {
        let seconds = |number| Duration::from_secs(number);
        let waits: Vec<Duration> =
            (0..5).map(|questions| planned(seconds(2), seconds(7), questions)).collect();
        assert_eq!(waits[..3], [seconds(2), seconds(3), Duration::from_millis(4500)]);
        assert_eq!(waits[3..], [Duration::from_millis(6750), seconds(7)]);
        assert!(planned(seconds(1), Duration::MAX, u32::MAX) > seconds(1_000_000_000));
        assert_eq!(planned(Duration::ZERO, Duration::MAX, 9), Duration::ZERO);
    }

    #[test]
    fn chance_takes_or_adds_a_fifth() {
        let wait = Duration::from_secs(10);
        assert_eq!(with_chance(wait, 0.0), Duration::from_secs(8));
        assert_eq!(with_chance(wait, 0.5), wait);
        assert!(with_chance(wait, 1.0) <= Duration::from_secs(12));
    }
}
