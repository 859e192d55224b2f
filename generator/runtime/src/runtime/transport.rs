//! Sending: attempts, tokens, limits.
//!
//! In comes a [`Request`], out goes a good answer, or the error that is left when nothing more can
//! be done. What the answer means is not decided here.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, USER_AGENT,
};
use http::{Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::auth::{Ticket, TokenCache};
use super::body::Body;
use super::builder::causes;
use super::media_type::{self, is_json, is_sequence};
use super::reply::KEPT;
use super::retry::{is_worth_another_attempt, retry_after};
use super::security::Chosen;
use super::success::{Asked, Unlike};
use super::{
    ApiError, ConfigError, ConnectionError, DecodeError, Error, Reply, Request, TimeoutError, wire_log,
};

/// The longest time that the body of an error may take. What came before it is told without it.
const ERROR_BODY_PATIENCE: Duration = Duration::from_secs(10);

/// How much of a body is read before the answer is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    Whole,
    /// The first bytes, enough to tell what they are the beginning of.
    File,
    /// Nothing: what comes may take its time.
    Stream,
    /// As much as the headers suggest.
    ByCase,
}

impl Reading {
    fn enough(self, headers: &HeaderMap) -> usize {
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        match (self, media_type::of(headers)) {
            (Self::Whole, _) => usize::MAX,
            (Self::File, _) => FIRST_BYTES,
            (Self::Stream, _) => 0,
            (Self::ByCase, Some(own)) if is_sequence(own) => 0,
            (Self::ByCase, Some(own)) if is_json(own) => SMALL,
            (Self::ByCase, _) if length.is_some_and(|length: usize| length <= SMALL) => SMALL,
            (Self::ByCase, _) => FIRST_BYTES,
        }
    }
}

/// How many bytes of a body are read at once where that is of use.
const SMALL: usize = 1024 * 1024;

/// Thirty years: as good as for ever, and within the clock of every system.
const AGES: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);

/// How many bytes tell what a file is.
const FIRST_BYTES: usize = 8;

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

/// How one attempt ended, if it did not end well.
enum Failure {
    /// The server answered with an error.
    Refused(Reply),
    /// There was no answer. `reached`: the request may have arrived all the same. `hopeless`: it
    /// would fail the same way again.
    Broken { reached: bool, hopeless: bool, cause: String },
    /// The limit that was reached.
    TimedOut(Duration),
    /// The body could not be opened.
    Unsendable(ConfigError),
    /// The server answered with something that is not what was asked for.
    Unusable(Box<DecodeError>),
}

/// Sends a request as often as its policy allows, inside a span of its own.
pub(crate) async fn send(mut request: Request, reading: Reading) -> Result<Answer, Error> {
    if let Some(error) = request.error.take() {
        return Err(error.into());
    }
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
    attempts(&request, reading).instrument(span).await
}

async fn attempts(request: &Request, reading: Reading) -> Result<Answer, Error> {
    let chosen = request.client.shared.credentials.choose(request.operation)?;
    let deadline = after(request.timeout);
    let mut refused: Option<(Ticket, Reply)> = None;
    let mut number = 1;
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
            Ok(answer) => return Ok(answer),
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

/// The moment when so much time has passed. A limit may be `Duration::MAX`, and a server may ask for
/// as long a wait, but the clock ends before.
fn after(time: Duration) -> Instant {
    Instant::now() + time.min(AGES)
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

async fn attempt(
    request: &Request,
    reading: Reading,
    shown: Shown<'_>,
    deadline: Instant,
) -> Result<Answer, Failure> {
    let own_end = after(request.attempt_timeout);
    let (until, limit) = if own_end < deadline {
        (own_end, request.attempt_timeout)
    } else {
        (deadline, request.timeout)
    };
    match timeout_at(until, exchange(request, reading, shown, (until, limit))).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::TimedOut(limit)),
    }
}

/// What an attempt shows to be let in: the token, and all else.
type Shown<'a> = (&'a Chosen<'a>, Option<&'a Ticket>);

async fn exchange(
    request: &Request,
    reading: Reading,
    shown: Shown<'_>,
    (until, limit): (Instant, Duration),
) -> Result<Answer, Failure> {
    let broken = |error: reqwest::Error| Failure::Broken {
        reached: !error.is_connect() && !error.is_builder(),
        hopeless: error.is_builder() || error.is_redirect(),
        cause: causes(&error.without_url()),
    };
    let prepared = prepare(request, shown).await?.build().map_err(broken)?;
    let mut rest = request.client.shared.http.execute(prepared).await.map_err(broken)?;
    let (status, headers) = (rest.status(), rest.headers().clone());
    wire_log::answer(status, &headers);
    tracing::Span::current().record("http.response.status_code", status.as_u16());
    if status.is_success() {
        let most = request.client.shared.limits.response;
        let reply = |bytes| Reply::new(request.operation, status, headers.clone(), bytes);
        let patience = ERROR_BODY_PATIENCE.min(request.attempt_timeout / 2);
        if reading == Reading::Whole && rest.content_length().is_some_and(|all| all > most as u64) {
            let bytes = keep(Bytes::new(), &mut rest, KEPT, patience).await;
            return Err(Failure::Unusable(reply(bytes).too_long(most).into()));
        }
        let mut enough = reading.enough(&headers).min(most.saturating_add(1));
        let mut first = read(Bytes::new(), &mut rest, enough).await.map_err(broken)?;
        let asked = Asked::of(request, reading);
        let needed = asked.needed(&headers, &first);
        if first.len() >= enough && needed > enough {
            enough = needed;
            first = read(first, &mut rest, enough).await.map_err(broken)?;
        }
        if reading == Reading::Whole && first.len() > most {
            return Err(Failure::Unusable(reply(first).too_long(most).into()));
        }
        if let Err(Unlike(reason)) = asked.check(status, &headers, &first, first.len() < enough) {
            let bytes = keep(first, &mut rest, KEPT, patience).await;
            return Err(Failure::Unusable(DecodeError::unlike(reply(bytes), &reason).into()));
        }
        return Ok(Answer { status, headers, first, rest, until, limit });
    }
    // The status says more than the loss of the body that explains it.
    let patience = ERROR_BODY_PATIENCE.min(request.attempt_timeout / 2);
    let kept = request.client.shared.limits.error;
    let first = keep(Bytes::new(), &mut rest, kept, patience).await;
    Err(Failure::Refused(Reply::new(request.operation, status, headers, first)))
}

async fn prepare(
    request: &Request,
    (chosen, ticket): Shown<'_>,
) -> Result<reqwest::RequestBuilder, Failure> {
    let shared = &request.client.shared;
    let (mut query, mut cookies) = (request.query.clone(), request.cookies.clone());
    let mut headers = HeaderMap::new();
    if let (false, Ok(accept)) = (request.accept.is_empty(), HeaderValue::from_str(request.accept))
    {
        headers.insert(ACCEPT, accept);
    }
    // Without it a server may send any encoding (RFC 9110, section 12.5.3).
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Ok(user_agent) = HeaderValue::from_str(&shared.user_agent) {
        headers.insert(USER_AGENT, user_agent);
    }
    chosen.add(&mut headers, &mut query, &mut cookies);
    if let (false, Ok(mut cookies)) = (cookies.is_empty(), HeaderValue::try_from(cookies)) {
        cookies.set_sensitive(true);
        headers.insert(COOKIE, cookies);
    }
    if let Some(ticket) = ticket {
        let bearer = format!("Bearer {}", ticket.token.expose_secret());
        if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
    }
    let body = match &request.body {
        Some(body) => {
            headers.insert(CONTENT_TYPE, body.media_type.clone());
            let pieces = body.open().await.map_err(Failure::Unsendable)?;
            // A body that is read as it is sent does not know its own length.
            headers.extend(pieces.len().map(|len| (CONTENT_LENGTH, HeaderValue::from(len))));
            Some(pieces.into_body())
        }
        None => None,
    };
    if body.is_none() && request.operation.method == Method::POST {
        // RFC 9110, section 8.6: a method that usually has content says so when it has none.
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    // The caller's own headers come last, so that they replace the client's.
    headers.extend(request.headers.clone());
    let address = shared.base_url.operation(&request.path, &request.query);
    wire_log::request(&request.operation.method, &address, &headers);
    let url = shared.base_url.operation(&request.path, &query);
    let builder = shared.http.request(request.operation.method.clone(), url).headers(headers);
    Ok(match body {
        Some(body) => builder.body(body),
        None => builder,
    })
}

/// Reads on from the first bytes until there are enough or no more.
pub(crate) async fn read(
    first: Bytes,
    response: &mut reqwest::Response,
    enough: usize,
) -> Result<Bytes, reqwest::Error> {
    let mut read = Vec::from(first);
    while read.len() < enough {
        match response.chunk().await? {
            Some(chunk) => read.extend_from_slice(&chunk),
            None => break,
        }
    }
    Ok(read.into())
}

/// Reads the beginning of a body that only explains an error: as much of it as comes in time.
async fn keep(
    first: Bytes,
    response: &mut reqwest::Response,
    most: usize,
    patience: Duration,
) -> Bytes {
    let mut kept = Vec::from(first);
    let read = async {
        while kept.len() < most
            && let Ok(Some(chunk)) = response.chunk().await
        {
            kept.extend_from_slice(&chunk);
        }
    };
    // What came before the end of the patience is told.
    let _ = tokio::time::timeout(patience, read).await;
    kept.truncate(most);
    kept.into()
}

/// How long to wait before the next attempt, if there is to be one.
fn wait_before_next(request: &Request, failure: &Failure, attempts: u32) -> Option<Duration> {
    let idempotent = request.operation.is_idempotent();
    let worth_it = match failure {
        Failure::Refused(reply) => is_worth_another_attempt(reply.status, idempotent),
        Failure::Broken { hopeless: true, .. } => false,
        Failure::Broken { reached, .. } => idempotent || !reached,
        Failure::TimedOut(_) => idempotent,
        Failure::Unsendable(_) | Failure::Unusable(_) => false,
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

fn tell(failure: &Failure, attempt: u32) {
    match failure {
        Failure::Refused(reply) => {
            tracing::debug!(
                attempt,
                status = reply.status.as_u16(),
                "the server answered with an error"
            );
        }
        Failure::Broken { reached, cause, .. } => {
            tracing::debug!(attempt, reached, cause, "there was no answer");
        }
        Failure::TimedOut(_) => tracing::debug!(attempt, "the attempt took too long"),
        Failure::Unsendable(error) => tracing::debug!(attempt, %error, "nothing was sent"),
        Failure::Unusable(error) => {
            tracing::debug!(attempt, %error, "the response is not what was asked for");
        }
    }
}

fn settle(request: &Request, failure: Failure, attempts: u32) -> Error {
    let operation = request.operation;
    match failure {
        Failure::Refused(reply) => {
            ApiError::new(operation, &request.client.shared.api.error_format, reply).into()
        }
        Failure::Broken { reached, cause, .. } => {
            ConnectionError { operation: operation.id, reached, attempts, cause }.into()
        }
        Failure::TimedOut(limit) => {
            TimeoutError { operation: operation.id, limit, attempts }.into()
        }
        Failure::Unsendable(error) => ConfigError::new(format!("{}: {error}", operation.id)).into(),
        Failure::Unusable(error) => Error::Decode(error),
    }
}
