//! Durations on the command line.

use std::time::Duration;

/// The minimum polling interval. Polling more often would only add load.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// Parses `90`, `90s`, `5m`, `1h30m` or `PT5M` (ISO 8601). A number without a unit is in seconds.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let allowed = "it must be a duration such as `90s`, `5m` or `1h30m`";
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| allowed.to_owned());
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| allowed.to_owned())?;
    Duration::try_from(span).map_err(|_| allowed.to_owned())
}

/// Parses a polling interval.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match parse(text)? {
        time if time < MIN_INTERVAL => Err("it must be 0.1 s or more".to_owned()),
        time => Ok(time),
    }
}

/// Formats a duration for people: `250 ms`, `7 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn show(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{} ms", time.as_millis()),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_parsed() {
        let cases = [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("PT5M", 300)];
        for (text, seconds) in cases {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(parse("0.25"), Ok(Duration::from_millis(250)));
        for text in ["", "soon", "-5", "-5s", "1e300", "NaN"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_formatted_for_people() {
        let shown = [250, 7_900, 200_000, 7_500_000].map(|ms| show(Duration::from_millis(ms)));
        assert_eq!(shown, ["250 ms", "7 s", "3 min 20 s", "2 h 5 min"]);
    }
}
