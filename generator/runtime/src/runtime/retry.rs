//! When a request is sent again, and how long to wait before.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};

/// How often and after what time a request is sent again.
///
/// A request is retried when the server says that it has not processed it (`429`, or an HTTP/2
/// stream that it refused), when it could not be reached at all, and, if the method is idempotent,
/// after `408`, `500`, `502`, `503`, `504` and a connection that broke or timed out. A `POST` that
/// may have reached the server is not sent twice. A request that is refused with `401` is retried
/// once with another token. All of these count: never are more requests sent than
/// [`max_attempts`](Self::max_attempts). Requests for tokens, which are safe to repeat, follow the
/// same policy, counted on their own.
///
/// The time before an attempt doubles from one to the next, and a random part of it is waited ("full
/// jitter"), so that clients that failed together do not come back together. The server's
/// `Retry-After` (RFC 9110, section 10.2.3) makes a wait longer, never shorter.
///
/// A pause that the server asks for and that is longer than what is left of the request's time is
/// not begun: the call fails at once. [`with_max_wait`](Self::with_max_wait) allows longer ones.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a request is sent at most, the first time included. `1` turns retries off.
    pub max_attempts: u32,
    /// The longest wait before the second attempt. It doubles with each further one.
    pub base_delay: Duration,
    /// The longest wait before any attempt, unless the server asks for a longer one.
    pub max_delay: Duration,
    /// How long a call waits at most, in total, because the server has asked for it
    /// (`Retry-After`). Such waits then do not count towards the timeout of the request. Without
    /// it, which is the default, they must fit into the timeout.
    pub max_wait: Option<Duration>,
}

impl Default for RetryPolicy {
    /// Four attempts, from half a second up to thirty seconds between them.
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
    /// Returns a policy without retries: each call sends one request, and no other after `401`. A
    /// custom HTTP client can repeat requests on its own; see
    /// [`ClientBuilder::http_client`](crate::runtime::ClientBuilder::http_client).
    pub fn none() -> Self {
        Self::default().with_max_attempts(1)
    }

    /// Sets how often a request is sent at most.
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// Sets the longest wait before the second attempt.
    pub fn with_base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait before any attempt.
    pub fn with_max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Allows pauses that the server asks for up to so much time in total, beyond the timeout of
    /// the request. A longer pause makes the call fail at once.
    pub fn with_max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = Some(wait);
        self
    }

    /// How long to wait after the given number of failed attempts.
    pub(crate) fn backoff(&self, failed: u32) -> Duration {
        let longest = self.longest(failed);
        Duration::try_from_secs_f64(longest.as_secs_f64() * fastrand::f64()).unwrap_or(longest)
    }

    /// How long to wait after the given number of failed attempts, if the server asks for a pause.
    pub(crate) fn wait(&self, failed: u32, asked: Option<Duration>) -> Wait {
        let backoff = self.backoff(failed);
        match asked {
            Some(pause) if pause >= backoff => Wait::Asked(pause),
            Some(_) | None => Wait::Backoff(backoff),
        }
    }

    fn longest(&self, failed: u32) -> Duration {
        let doubled = 2u32.saturating_pow(failed.saturating_sub(1));
        self.base_delay.saturating_mul(doubled).min(self.max_delay)
    }
}

/// A wait before another attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The policy's own.
    Backoff(Duration),
    /// The pause that the server asks for, which is longer.
    Asked(Duration),
}

/// Whether a status says that another attempt may go better.
pub(crate) fn is_worth_another_attempt(status: StatusCode, idempotent: bool) -> bool {
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

/// The wait that the server asks for, in seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number too large for the type is as good as for ever.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy::default();
        let longest: Vec<u128> = (1..9).map(|failed| policy.longest(failed).as_millis()).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
        assert_eq!(policy.longest(u32::MAX), Duration::from_secs(30));
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
    fn the_wait_is_a_random_part_of_the_longest() {
        let policy = RetryPolicy::default().with_max_delay(Duration::from_secs(1));
        for failed in [1, 2, 9] {
            let longest = policy.longest(failed);
            let waits: Vec<Duration> = (0..200).map(|_| policy.backoff(failed)).collect();
            assert!(waits.iter().all(|wait| *wait <= longest), "{failed}");
            assert!(waits.iter().any(|wait| *wait > longest / 2), "{failed}");
            assert!(waits.iter().any(|wait| *wait < longest / 2), "{failed}");
        }
    }

    #[test]
    fn the_server_can_ask_for_longer_waits_and_not_for_shorter_ones() {
        let policy = RetryPolicy::default().with_base_delay(Duration::from_secs(3600));
        let policy = policy.with_max_delay(Duration::from_secs(3600));
        for _ in 0..100 {
            let Wait::Backoff(wait) = policy.wait(1, Some(Duration::ZERO)) else {
                panic!("no wait is as short as that");
            };
            assert!(wait > Duration::ZERO && wait <= policy.base_delay);
        }
        let day = Duration::from_secs(24 * 3600);
        assert_eq!(policy.wait(1, Some(day)), Wait::Asked(day));
        assert!(matches!(policy.wait(1, None), Wait::Backoff(_)));
        let at_once = policy.with_base_delay(Duration::ZERO);
        assert_eq!(at_once.wait(1, Some(Duration::ZERO)), Wait::Asked(Duration::ZERO));
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
