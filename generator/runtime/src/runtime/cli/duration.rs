//! Lengths of time on the command line.

use std::time::Duration;

/// Who asks more often than this gains nothing.
const SHORTEST: Duration = Duration::from_millis(100);

/// Reads `90`, `90s`, `5m`, `1h30m` or `PT5M` (ISO 8601). A number alone is seconds.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let allowed = "it must be a length of time such as `90s`, `5m` or `1h30m`";
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).map_err(|_| allowed.to_owned());
    }
    let span: jiff::SignedDuration = text.parse().map_err(|_| allowed.to_owned())?;
    Duration::try_from(span).map_err(|_| allowed.to_owned())
}

/// The same for the time between two questions, of which there must be some.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match parse(text)? {
        time if time < SHORTEST => Err("it must be 0.1 s or more".to_owned()),
        time => Ok(time),
    }
}

/// A length of time as people read it: `250 ms`, `7 s`, `3 min 20 s`, `2 h 5 min`.
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
    fn lengths_of_time_are_read_as_people_write_them() {
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
    fn people_read_what_they_can_count() {
        let shown = [250, 7_900, 200_000, 7_500_000].map(|ms| show(Duration::from_millis(ms)));
        assert_eq!(shown, ["250 ms", "7 s", "3 min 20 s", "2 h 5 min"]);
    }
}
