//! Caches one token for all callers.
//!
//! Takes requests for a token. Returns the cached token, or requests one from the source, with at
//! most one request in flight for all callers. If the next request must wait (the token endpoint
//! requested a pause, or the retry policy has a delay), the wait is returned to the callers,
//! because each caller has its own timeout.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{AccessToken, AuthError, ClientCredentials, TokenSource};
use crate::runtime::clock::after;
use crate::runtime::retry::Wait;
use crate::runtime::{RetryPolicy, Secret};

/// The time before its expiry when a token is no longer used, because a request takes time to
/// arrive, and clocks differ.
const MARGIN: Duration = Duration::from_secs(60);

/// Keeps the token of a source until shortly before it expires.
pub(crate) struct TokenCache {
    source: Source,
    /// The maximum pause of other callers that one response can request.
    most: Duration,
    /// The number of requests to the source, and the number of outcomes that were shared with all
    /// callers. Callers note both when they arrive, to learn what happened while they waited.
    asks: AtomicU64,
    responses: AtomicU64,
    state: Mutex<State>,
}

enum Source {
    /// Retries, if at all, by itself. The cache does not retry it.
    Custom(Arc<dyn TokenSource>),
    /// Is retried according to the retry policy.
    Credentials(Box<ClientCredentials>),
}

#[derive(Default)]
struct State {
    token: Option<Cached>,
    /// The error of the last request, if all callers share it.
    failure: Option<AuthError>,
    /// The end of the pause before the next request, and the error that caused the pause.
    pause: Option<(Instant, AuthError)>,
}

struct Cached {
    ticket: Ticket,
    issued: Instant,
    until: Option<Instant>,
}

/// A caller that waits for a token: the counters of the cache when it arrived.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    /// When the caller arrived, or when its last pause ended.
    since: Instant,
    asks: u64,
    responses: u64,
}

/// The reason why there is no token.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The failure is final.
    Failed(AuthError),
    /// The source can be retried after a wait.
    Paused(Wait, AuthError),
}

/// A token as a request sends it. The number identifies the token, so that only a token that the
/// server rejected is removed, and not a newer one.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) token: Secret,
    number: u64,
}

impl Caller {
    /// Records the end of a pause: a token that was issued during the pause may have expired.
    pub(crate) fn pause_ended(&mut self) {
        self.since = Instant::now();
    }
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self::of(Source::Custom(source), Duration::MAX)
    }

    /// Creates a cache for client credentials. `most` is the maximum pause of other callers that
    /// one response can request.
    pub(crate) fn of_credentials(credentials: ClientCredentials, most: Duration) -> Self {
        Self::of(Source::Credentials(Box::new(credentials)), most)
    }

    fn of(source: Source, most: Duration) -> Self {
        let (asks, responses) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { source, most, asks, responses, state: Mutex::default() }
    }

    /// Records that a caller begins to wait.
    pub(crate) fn arrive(&self) -> Caller {
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let since = Instant::now();
        Caller { since, asks: count(&self.asks), responses: count(&self.responses) }
    }

    /// Returns a token that is valid for a request now. However many callers wait, the source
    /// receives one request, and all of them share its outcome, including a failure. A caller that
    /// is paused waits, and calls this again after [`Caller::pause_ended`].
    pub(crate) async fn token(
        &self,
        caller: Caller,
        policy: &RetryPolicy,
    ) -> Result<Ticket, Refusal> {
        let mut state = self.state.lock().await;
        if let Some(cached) = state.token.as_ref().filter(|cached| cached.is_fresh()) {
            return Ok(cached.ticket.clone());
        }
        let has_response = self.responses.load(Ordering::SeqCst) > caller.responses;
        let is_for_caller = |cached: &&Cached| has_response && cached.issued >= caller.since;
        if let Some(cached) = state.token.as_ref().filter(is_for_caller) {
            // The token was issued while this caller waited, so it is as valid for this caller as
            // for the one that requested it, even if it expires immediately.
            return Ok(cached.ticket.clone());
        }
        if let Some(failure) = state.failure.as_ref().filter(|_| has_response)
            && !self.goes_on_after(failure, caller, policy)
        {
            return Err(Refusal::Failed(failure.clone()));
        }
        let now = Instant::now();
        if let Some((until, error)) = state.pause.as_ref().filter(|(until, _)| *until > now) {
            return Err(self.paused(caller, policy, *until - now, error));
        }
        let response = self.source.token().await.and_then(sendable);
        self.asks.fetch_add(1, Ordering::SeqCst);
        *state = State::default();
        match response {
            Ok(token) => {
                let number = self.responses.fetch_add(1, Ordering::SeqCst);
                // An expiry that the clock cannot represent counts as none.
                let until = token
                    .expires_in
                    .and_then(|lasts| Instant::now().checked_add(lasts - MARGIN.min(lasts / 2)));
                let ticket = Ticket { token: token.token, number };
                let issued = Instant::now();
                state.token = Some(Cached { ticket: ticket.clone(), issued, until });
                Ok(ticket)
            }
            Err(error) => Err(self.failed(&mut state, caller, policy, error)),
        }
    }

    /// Returns a token as soon as there is one. Waits as the policy states, until the deadline.
    #[allow(dead_code, reason = "only the program for the command line asks outside of a call")]
    pub(crate) async fn token_within(
        &self,
        policy: &RetryPolicy,
        deadline: Instant,
    ) -> Result<Ticket, AuthError> {
        let mut caller = self.arrive();
        loop {
            match self.token(caller, policy).await {
                Ok(ticket) => return Ok(ticket),
                Err(Refusal::Paused(Wait::Requested(wait) | Wait::Backoff(wait), _))
                    if after(wait) < deadline =>
                {
                    tokio::time::sleep(wait).await;
                    caller.pause_ended();
                }
                Err(Refusal::Paused(_, error) | Refusal::Failed(error)) => return Err(error),
            }
        }
    }

    /// Handles a failure of the source: pauses all callers before a retry, or shares the failure
    /// with them.
    fn failed(
        &self,
        state: &mut State,
        caller: Caller,
        policy: &RetryPolicy,
        error: AuthError,
    ) -> Refusal {
        let tried = self.tried(caller);
        let error = error.with_attempts(tried);
        let asked = error.retry_after();
        if self.goes_on_after(&error, caller, policy) {
            let wait = policy.wait(tried, asked);
            let (Wait::Requested(length) | Wait::Backoff(length)) = wait;
            state.pause = Some((after(length.min(self.most)), error.clone()));
            return Refusal::Paused(wait, error);
        }
        state.pause = asked.map(|asked| (after(asked.min(self.most)), error.clone()));
        state.failure = Some(error.clone());
        self.responses.fetch_add(1, Ordering::SeqCst);
        Refusal::Failed(error)
    }

    /// Applies an earlier pause to a caller: the caller waits, unless as many requests failed
    /// during its wait as its policy allows.
    fn paused(
        &self,
        caller: Caller,
        policy: &RetryPolicy,
        left: Duration,
        error: &AuthError,
    ) -> Refusal {
        let asked = error.retry_after().map(|_| left);
        let error = error.clone().with_retry_after(asked);
        if self.tried(caller) >= policy.max_attempts {
            return Refusal::Failed(error);
        }
        Refusal::Paused(asked.map_or(Wait::Backoff(left), Wait::Requested), error)
    }

    /// Returns whether the policy of a caller allows another request after a failure. A failure
    /// that is final for one caller may not be final for another.
    fn goes_on_after(&self, error: &AuthError, caller: Caller, policy: &RetryPolicy) -> bool {
        matches!(self.source, Source::Credentials(_))
            && error.is_retryable()
            && self.tried(caller) < policy.max_attempts
    }

    /// Returns the number of requests that failed while a caller waited.
    fn tried(&self, caller: Caller) -> u32 {
        let tried = self.asks.load(Ordering::SeqCst).saturating_sub(caller.asks);
        u32::try_from(tried).unwrap_or(u32::MAX)
    }

    /// Returns the host that issues tokens, for messages.
    pub(crate) fn host(&self) -> Option<String> {
        match &self.source {
            Source::Custom(source) => source.host(),
            Source::Credentials(credentials) => credentials.host(),
        }
    }

    /// Removes a token that the server rejected.
    pub(crate) async fn refused(&self, ticket: &Ticket) {
        let mut state = self.state.lock().await;
        if state.token.as_ref().is_some_and(|cached| cached.ticket.number == ticket.number) {
            state.token = None;
        }
    }
}

impl Source {
    async fn token(&self) -> Result<AccessToken, AuthError> {
        match self {
            Self::Custom(source) => source.token().await,
            Self::Credentials(credentials) => credentials.token().await,
        }
    }
}

/// Rejects a token that is not valid in a header, for instance because it was read from a file and
/// ends with a line break. Without this check, the request would be sent without a token.
fn sendable(token: AccessToken) -> Result<AccessToken, AuthError> {
    match token.token.header("") {
        Ok(_) => Ok(token),
        Err(_) => Err(AuthError::new("the token has characters that a header cannot have")),
    }
}

impl Cached {
    fn is_fresh(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::TokenFuture;

    /// Responds after one second, with the tokens `1`, `2`, … or with failures.
    struct Slow {
        asked: AtomicU64,
        fails: bool,
        lasts: Duration,
    }

    impl TokenSource for Slow {
        fn token(&self) -> TokenFuture<'_> {
            Box::pin(async {
                let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                match self.fails {
                    true => Err(AuthError::new(format!("attempt {number}"))),
                    false => Ok(AccessToken::new(number.to_string()).with_expires_in(self.lasts)),
                }
            })
        }
    }

    fn cache(fails: bool) -> Arc<TokenCache> {
        lasting(fails, Duration::from_secs(600))
    }

    fn lasting(fails: bool, lasts: Duration) -> Arc<TokenCache> {
        Arc::new(TokenCache::new(Arc::new(Slow { asked: AtomicU64::new(0), fails, lasts })))
    }

    async fn ask(cache: &TokenCache) -> String {
        match cache.token(cache.arrive(), &RetryPolicy::default()).await {
            Ok(ticket) => ticket.token.expose_secret().to_owned(),
            Err(Refusal::Failed(error) | Refusal::Paused(_, error)) => error.to_string(),
        }
    }

    async fn ask_together(cache: &Arc<TokenCache>, callers: usize) -> Vec<String> {
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                tokio::spawn({
                    let cache = Arc::clone(cache);
                    async move { ask(&cache).await }
                })
            })
            .collect();
        let mut responses = Vec::new();
        for task in tasks {
            responses.push(task.await.unwrap());
        }
        responses
    }

    #[tokio::test(start_paused = true)]
    async fn callers_share_one_attempt() {
        assert_eq!(ask_together(&cache(false), 50).await, vec!["1"; 50]);
    }

    #[tokio::test(start_paused = true)]
    async fn callers_share_a_failure_and_the_next_one_tries_again() {
        let cache = cache(true);
        assert_eq!(ask_together(&cache, 50).await, vec!["authentication failed: attempt 1"; 50]);
        assert_eq!(ask(&cache).await, "authentication failed: attempt 2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_until_shortly_before_its_end() {
        let cache = cache(false);
        assert_eq!(ask(&cache).await, "1");
        tokio::time::advance(Duration::from_secs(539)).await;
        assert_eq!(ask(&cache).await, "1");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(ask(&cache).await, "2");
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_refused_token_is_forgotten() {
        let cache = cache(false);
        let first = cache.token(cache.arrive(), &RetryPolicy::none()).await.unwrap();
        cache.refused(&first).await;
        assert_eq!(ask(&cache).await, "2");
        cache.refused(&first).await;
        assert_eq!(ask(&cache).await, "2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_has_ended_on_arrival_is_shared_by_those_who_waited_for_it() {
        let cache = lasting(false, Duration::ZERO);
        let before = Instant::now();
        assert_eq!(ask_together(&cache, 100).await, vec!["1"; 100]);
        assert_eq!(before.elapsed().as_secs(), 1, "not one after the other");
        assert_eq!(ask(&cache).await, "2", "but by nobody who comes later");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_ended_during_a_pause_is_not_used_after_it() {
        let cache = lasting(false, Duration::from_secs(10));
        let mut caller = cache.arrive();
        assert_eq!(ask(&cache).await, "1");
        tokio::time::advance(Duration::from_secs(60)).await;
        caller.pause_ended();
        let ticket = cache.token(caller, &RetryPolicy::default()).await.unwrap();
        assert_eq!(ticket.token.expose_secret(), "2");
    }

    #[tokio::test(start_paused = true)]
    async fn no_lifetime_is_too_long_for_the_clock() {
        for lasts in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(1)] {
            assert_eq!(ask(&lasting(false, lasts)).await, "1");
        }
    }
}
