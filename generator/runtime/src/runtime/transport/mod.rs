//! Sending: attempts, tokens, limits.
//!
//! In comes a [`Request`], out goes a good answer, or the error that is left when nothing more can
//! be done. What the answer means is not decided here.
//!
//! The loop over the attempts is here. One attempt is in `exchange`: `prepare` makes the HTTP
//! request, `read` says how much of the body is read with it, `failure` says how it failed and
//! what error that makes.

mod exchange;
mod failure;
mod prepare;
mod read;
mod sent;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::auth::{Ticket, TokenCache};
use super::body::Body;
use super::retry::{is_worth_another_attempt, retry_after};
use super::{Error, Reply, Request};
use exchange::attempt;
use failure::{Failure, settle, tell};
pub(crate) use read::{Reading, read};
pub(crate) use sent::Sent;

/// A good answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The bytes that were read already.
    pub(crate) first: Bytes,
    /// Where the others come from.
    pub(crate) rest: reqwest::Response,
    /// When a body that is read whole must be there, and the limit that says so.
    pub(crate) until: Instant,
    pub(crate) limit: Duration,
}

/// Sends a request as often as its policy allows, inside a span of its own. What was sent comes back
/// with the answer, for one whose body breaks off.
pub(crate) async fn send(mut request: Request, reading: Reading) -> Result<(Answer, Sent), Error> {
    if let Some(error) = request.error.take() {
        return Err(error.into());
    }
    let mut sent = Sent::new(request);
    let answer = sent.send(reading).await?;
    Ok((answer, sent))
}

/// Sends a request, and counts its attempts on from those that were before.
async fn in_span(
    request: &Request,
    reading: Reading,
    before: u32,
    deadline: Instant,
) -> Result<(Answer, u32), Error> {
    let operation = request.operation;
    let span = tracing::info_span!(
        "request",
        otel.kind = "client",
        operation = operation.id,
        http.request.method = operation.method.as_str(),
        url.template = operation.path,
        http.response.status_code = tracing::field::Empty,
        attempt = tracing::field::Empty,
    );
    attempts(request, reading, before, deadline).instrument(span).await
}

async fn attempts(
    request: &Request,
    reading: Reading,
    before: u32,
    deadline: Instant,
) -> Result<(Answer, u32), Error> {
    let chosen = request.client.shared.credentials.choose(request.operation)?;
    let mut refused: Option<(Ticket, Reply)> = None;
    let mut number = before + 1;
    loop {
        let ticket = ticket(request, chosen.tokens, deadline, number).await?;
        if let (Some((old, reply)), Some(new)) = (&refused, &ticket)
            && old.token == new.token
        {
            return Err(settle(request, Failure::Refused(reply.clone()), number));
        }
        tracing::Span::current().record("attempt", number);
        if let Some(limiter) = &request.client.shared.limiter
            && timeout_at(deadline, limiter.turn()).await.is_err()
        {
            let failure = Failure::TimedOut(request.timeout);
            return Err(settle(request, failure, number.saturating_sub(1)));
        }
        let failure = match attempt(request, reading, (&chosen, ticket.as_ref()), deadline).await {
            Ok(answer) => return Ok((answer, number)),
            Err(failure) => failure,
        };
        tell(&failure, number);
        slow_down(request, &failure);
        if let (Failure::Refused(reply), Some(tokens), Some(ticket), None) =
            (&failure, chosen.tokens, &ticket, &refused)
            && reply.status == StatusCode::UNAUTHORIZED
            && can_be_sent_again(request)
        {
            // The token may have been revoked, or have ended by the server's clock: one more try,
            // if there is another token.
            let forgotten = timeout_at(deadline, tokens.refused(ticket)).await;
            if forgotten.is_err() {
                return Err(settle(request, failure, number));
            }
            refused = Some((ticket.clone(), reply.clone()));
            continue;
        }
        let Some(wait) = wait_before_next(request, &failure, number) else {
            return Err(settle(request, failure, number));
        };
        if after(wait) >= deadline {
            return Err(settle(request, failure, number));
        }
        tokio::time::sleep(wait).await;
        number += 1;
    }
}

/// The token for the next attempt, if it is to carry one.
async fn ticket(
    request: &Request,
    tokens: Option<&TokenCache>,
    deadline: Instant,
    attempt: u32,
) -> Result<Option<Ticket>, Error> {
    let Some(tokens) = tokens else {
        return Ok(None);
    };
    match timeout_at(deadline, tokens.token()).await {
        Ok(ticket) => Ok(Some(ticket?)),
        Err(_) => {
            let failure = Failure::TimedOut(request.timeout);
            Err(settle(request, failure, attempt.saturating_sub(1)))
        }
    }
}

/// How long to wait before the next attempt, if there is to be one.
fn wait_before_next(request: &Request, failure: &Failure, attempts: u32) -> Option<Duration> {
    let idempotent = request.operation.is_idempotent();
    let worth_it = match failure {
        Failure::Refused(reply) => is_worth_another_attempt(reply.status, idempotent),
        Failure::Broken { hopeless: true, .. } => false,
        Failure::Broken { reached, .. } => idempotent || !reached,
        Failure::TimedOut(_) => idempotent,
        Failure::Redirected(..) | Failure::Unsendable(_) | Failure::Unusable(_) => false,
    };
    if !worth_it || !can_be_sent_again(request) || attempts >= request.retry.max_attempts {
        return None;
    }
    let asked = match failure {
        Failure::Refused(reply) => retry_after(&reply.headers, SystemTime::now()),
        _ => None,
    };
    Some(asked.unwrap_or_else(|| request.retry.backoff(attempts)))
}

/// Whether another attempt can carry the same body.
fn can_be_sent_again(request: &Request) -> bool {
    request.body.as_ref().is_none_or(Body::can_be_sent_again)
}

/// Lets the client's own limit know of a server that takes less.
fn slow_down(request: &Request, failure: &Failure) {
    if let (Some(limiter), Failure::Refused(reply)) = (&request.client.shared.limiter, failure)
        && reply.status == StatusCode::TOO_MANY_REQUESTS
    {
        limiter.refused(retry_after(&reply.headers, SystemTime::now()));
    }
}

/// The moment when so much time has passed. A limit may be `Duration::MAX`, and a server may ask for
/// as long a wait, but the clock ends before.
fn after(time: Duration) -> Instant {
    Instant::now() + time.min(AGES)
}

/// Thirty years: as good as for ever, and within the clock of every system.
const AGES: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
