//! One token for all callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{AccessToken, AuthError, TokenSource};
use crate::runtime::Secret;

/// How long before its end a token is no longer used: a request takes time to arrive, and clocks
/// differ.
const MARGIN: Duration = Duration::from_secs(60);

/// Keeps the token of a source until shortly before it expires.
pub(crate) struct TokenCache {
    source: Arc<dyn TokenSource>,
    /// How often the source has answered. It is read before waiting for the state and changed
    /// while holding it, so that a caller knows whether there was an response while it waited.
    responses: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Cached>,
    /// What the source said last, if it failed.
    failure: Option<AuthError>,
}

struct Cached {
    ticket: Ticket,
    until: Option<Instant>,
}

/// A token as a request carries it. It remembers which one it is, so that only the token that was
/// refused is thrown away, and not the one that somebody else has got since.
#[derive(Clone)]
pub(crate) struct Ticket {
    pub(crate) token: Secret,
    number: u64,
}

impl TokenCache {
    pub(crate) fn new(source: Arc<dyn TokenSource>) -> Self {
        Self { source, responses: AtomicU64::new(0), state: Mutex::default() }
    }

    /// A token that is good for a request now. However many callers wait, the source is asked
    /// once, and all of them get its response, a failure too.
    pub(crate) async fn token(&self) -> Result<Ticket, AuthError> {
        let before = self.responses.load(Ordering::SeqCst);
        let mut state = self.state.lock().await;
        if let Some(cached) = state.token.as_ref().filter(|cached| cached.is_fresh()) {
            return Ok(cached.ticket.clone());
        }
        let answered = self.responses.load(Ordering::SeqCst) > before;
        if let Some(cached) = state.token.as_ref().filter(|_| answered) {
            // It was made while this caller waited, and is as good for it as for who asked for it,
            // however short it lasts.
            return Ok(cached.ticket.clone());
        }
        if let Some(failure) = state.failure.as_ref().filter(|_| answered) {
            return Err(failure.clone());
        }
        let response = self.source.token().await.and_then(sendable);
        let number = self.responses.fetch_add(1, Ordering::SeqCst);
        *state = State::default();
        match response {
            Ok(token) => {
                // An end beyond the clock is none.
                let until = token
                    .expires_in
                    .and_then(|lasts| Instant::now().checked_add(lasts - MARGIN.min(lasts / 2)));
                let ticket = Ticket { token: token.token, number };
                state.token = Some(Cached { ticket: ticket.clone(), until });
                Ok(ticket)
            }
            Err(error) => {
                state.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Returns the host that tokens come from, for messages.
    pub(crate) fn host(&self) -> Option<String> {
        self.source.host()
    }

    /// Forgets a token that the server has refused.
    pub(crate) async fn refused(&self, ticket: &Ticket) {
        let mut state = self.state.lock().await;
        if state.token.as_ref().is_some_and(|cached| cached.ticket.number == ticket.number) {
            state.token = None;
        }
    }
}

/// Refuses a token that no header can carry, such as one with the line break of the file that it
/// was read from. A request without it would only be told that it has none.
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

    /// Takes a second to response, with tokens `1`, `2`, … that last ten minutes, or with failures.
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
        match cache.token().await {
            Ok(ticket) => ticket.token.expose_secret().to_owned(),
            Err(error) => error.to_string(),
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
        assert_eq!(ask_together(&cache, 50).await, vec!["sign-in failed: attempt 1"; 50]);
        assert_eq!(ask(&cache).await, "sign-in failed: attempt 2");
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
        let first = cache.token().await.unwrap();
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
    async fn no_lifetime_is_too_long_for_the_clock() {
        for lasts in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(1)] {
            assert_eq!(ask(&lasting(false, lasts)).await, "1");
        }
    }
}
