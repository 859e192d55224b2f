//! When a request is retried, and after what delay.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};

/// How often and after what delay a request is retried.
///
/// A request is retried if the server has not processed it: after `429`, a refused HTTP/2 stream,
/// or if the server could not be reached. If the method is idempotent, it is also retried after
/// `408`, `500`, `502`, `503`, `504`, a broken connection and a timeout. A `POST` that may have
/// reached the server is not sent twice. After `401`, a request is retried once with a new token.
/// Together these requests never exceed [`max_attempts`](Self::max_attempts). Token requests, which
/// are safe to repeat, follow the same policy, and are counted separately.
///
/// The delay before an attempt is a random part of a limit that doubles with each attempt ("full
/// jitter"), so that clients that failed together do not retry together. The server's `Retry-After`
/// (RFC 9110, section 10.2.3) makes a delay longer, but never shorter.
///
/// If the server requests a pause that is longer than the rest of the request's timeout, the call
/// fails at once. [`with_max_wait`](Self::with_max_wait) allows longer pauses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The maximum number of attempts, including the first one. `1` disables retries.
    pub max_attempts: u32,
    /// The maximum delay before the second attempt. It doubles with each further attempt.
    pub base_delay: Duration,
    /// The maximum delay before any attempt, unless the server requests a longer one.
    pub max_delay: Duration,
    /// The maximum total time for pauses that the server requests (`Retry-After`). If set, such
    /// pauses do not count towards the timeout of the request. If `None`, which is the default,
    /// they must fit into the timeout.
    pub max_wait: Option<Duration>,
}

impl Default for RetryPolicy {
    /// Returns the default policy: four attempts, with delays of up to 0.5 s, 1 s and 2 s.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(30),
            max_wait: None,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy without retries: each call sends one request, also after `401`. A custom
    /// HTTP client may retry on its own; see
    /// [`ClientBuilder::http_client`](crate::runtime::ClientBuilder::http_client).
    pub fn none() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// Sets the maximum number of attempts.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the maximum delay before the second attempt.
    pub fn with_base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the maximum delay before any attempt.
    pub fn with_max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Allows pauses that the server requests, up to this total time, in addition to the timeout of
    /// the request. A longer pause makes the call fail at once.
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = Some(wait);
        self
    }

    /// Returns the delay after a number of failed attempts.
    pub(crate) fn backoff(&self, failed: u32) -> Duration {
        let longest = self.max_backoff(failed);
        Duration::try_from_secs_f64(longest.as_secs_f64() * fastrand::f64()).unwrap_or(longest)
    }

    /// Returns the wait after a number of failed attempts, with the pause that the server requests.
    pub(crate) fn wait(&self, failed: u32, requested: Option<Duration>) -> Wait {
        let backoff = self.backoff(failed);
        match requested {
            Some(pause) if pause >= backoff => Wait::Requested(pause),
            Some(_) | None => Wait::Backoff(backoff),
        }
    }

    fn max_backoff(&self, failed: u32) -> Duration {
        let doubled = 2u32.saturating_pow(failed.saturating_sub(1));
        self.base_delay.saturating_mul(doubled).min(self.max_delay)
    }
}

/// A wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The delay of the policy.
    Backoff(Duration),
    /// The pause that the server requests, which is longer.
    Requested(Duration),
}

/// Returns whether a server that returned a status may have acted on the request. A client error (`4xx`)
/// means that it has not, except for `408`, which leaves it open.
pub(crate) fn may_have_acted_with(status: StatusCode) -> bool {
    !status.is_client_error() || status == StatusCode::REQUEST_TIMEOUT
}

/// Returns whether a request may be retried after a status.
pub(crate) fn is_retryable_status(status: StatusCode, idempotent: bool) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::INTERNAL_SERVER_ERROR
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => idempotent,
        _ => false,
    }
}

/// Reads the `Retry-After` header, in seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows means: not within this program's lifetime.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let longest: Vec<u128> =
            (1..9).map(|failed| policy.max_backoff(failed).as_millis()).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(policy.max_backoff(u32::MAX), Duration::from_secs(30));
        assert!((0..1000).all(|_| policy.backoff(3) <= Duration::from_secs(2)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wait = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(wait("7"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("99999999999999999999999"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
    }

    #[test]
    fn the_delay_is_a_random_part_of_the_maximum() {
        let policy = RetryPolicy::default().with_max_delay(Duration::from_secs(1));
        for failed in [1, 2, 9] {
            let longest = policy.max_backoff(failed);
            let waits: Vec<Duration> = (0..200).map(|_| policy.backoff(failed)).collect();
            assert!(waits.iter().all(|wait| *wait <= longest), "{failed}");
            assert!(waits.iter().any(|wait| *wait > longest / 2), "{failed}");
            assert!(waits.iter().any(|wait| *wait < longest / 2), "{failed}");
        }
    }

    #[test]
    fn the_server_can_request_longer_waits_but_not_shorter_ones() {
        let policy = RetryPolicy::default().with_base_delay(Duration::from_secs(3600));
        let policy = policy.with_max_delay(Duration::from_secs(3600));
        for _ in 0..100 {
            let Wait::Backoff(wait) = policy.wait(1, Some(Duration::ZERO)) else {
                panic!("no wait is as short as that");
            };
            assert!(wait > Duration::ZERO && wait <= policy.base_delay);
        }
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(policy.wait(1, Some(day)), Wait::Requested(day));
        assert!(matches!(policy.wait(1, None), Wait::Backoff(_)));
        let at_once = policy.with_base_delay(Duration::ZERO);
        assert_eq!(at_once.wait(1, Some(Duration::ZERO)), Wait::Requested(Duration::ZERO));
    }

    #[test]
    fn each_setting_changes_its_own_field() {
        let policy = RetryPolicy::default()
            .with_max_attempts(7)
            .with_base_delay(Duration::from_secs(8))
            .with_max_delay(Duration::from_secs(9))
            .with_max_wait(Duration::from_secs(10));
        let expected = RetryPolicy {
            max_attempts: 7,
            base_delay: Duration::from_secs(8),
            max_delay: Duration::from_secs(9),
            max_wait: Some(Duration::from_secs(10)),
        };
        assert_eq!(policy, expected);
        assert_eq!(RetryPolicy::none().max_attempts, 1);
    }
}
