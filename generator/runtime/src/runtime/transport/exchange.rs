//! One attempt: sends the request, and reads as much of the response as the caller needs.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::super::client::Limits;
use super::super::clock::after;
use super::super::error::Fault;
use super::super::masking::SentSecrets;
use super::super::rate_limit::Turn;
use super::super::redirect::Redirected;
use super::super::response::KEPT;
use super::super::success::{Mismatch, Requested};
use super::super::{BufferedResponse, DecodeError, Request, wire_log};
use super::RawResponse;
use super::failure::Failure;
use super::prepare::{AttemptCredentials, prepare};
use super::read::{Reading, keep, read};

/// The maximum time for reading the body of an error. After that, the error is returned without it.
const ERROR_BODY_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn attempt(
    request: &Request,
    reading: Reading,
    credentials: AttemptCredentials<'_>,
    deadline: Instant,
    turn: Option<Turn<'_>>,
) -> Result<RawResponse, Failure> {
    let own_end = after(request.attempt_timeout);
    let (until, limit) = if own_end < deadline {
        (own_end, request.attempt_timeout)
    } else {
        (deadline, request.timeout)
    };
    match timeout_at(until, exchange(request, reading, credentials, (until, limit), turn)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::TimedOut(limit)),
    }
}

async fn exchange(
    request: &Request,
    reading: Reading,
    credentials: AttemptCredentials<'_>,
    (until, limit): (Instant, Duration),
    turn: Option<Turn<'_>>,
) -> Result<RawResponse, Failure> {
    let prepared = prepare(request, credentials).await?.build().map_err(broken)?;
    let shared = &request.client.shared;
    let token = credentials.1.map(|ticket| &ticket.token);
    let secrets = SentSecrets::new(shared.credentials.secrets(), token, &request.headers);
    let limiter = shared.limiter.as_deref().map(|limiter| (limiter, until));
    let redirected =
        shared.redirects.execute(&shared.http, (limiter, turn), prepared).await.map_err(broken)?;
    let Redirected { response: mut rest, refused: redirected } = redirected;
    let (status, headers) = (rest.status(), rest.headers().clone());
    wire_log::response(status, &headers);
    tracing::Span::current().record("http.response.status_code", status.as_u16());
    if status.is_success() && redirected.is_none() {
        let first = begin(request, reading, (status, &headers), &mut rest, &secrets).await?;
        return Ok(RawResponse { status, headers, first, rest, until, limit, secrets });
    }
    // The status is returned even if the connection breaks within the body that explains it.
    let Limits { error: most, strict, .. } = request.client.shared.limits;
    let first = keep(Bytes::new(), &mut rest, most, error_body_timeout(request)).await;
    let redirected = redirected.map(|why| secrets.masked(&why));
    let response =
        BufferedResponse::new(request.operation, status, headers, first, strict, secrets);
    Err(match redirected {
        Some(why) => Failure::Redirected(response, why),
        None => Failure::Refused(response),
    })
}

/// Reads as much of a body as the caller needs, if the response matches the request.
async fn begin(
    request: &Request,
    reading: Reading,
    (status, headers): (StatusCode, &HeaderMap),
    rest: &mut reqwest::Response,
    secrets: &SentSecrets,
) -> Result<Bytes, Failure> {
    let Limits { response: most, strict, .. } = request.client.shared.limits;
    let response = |bytes| {
        let headers = headers.clone();
        BufferedResponse::new(request.operation, status, headers, bytes, strict, secrets.clone())
    };
    let is_whole = matches!(reading, Reading::Whole | Reading::ByStatus);
    if is_whole && rest.content_length().is_some_and(|all| all > most as u64) {
        let bytes = keep(Bytes::new(), rest, KEPT, error_body_timeout(request)).await;
        return Err(Failure::Unusable(response(bytes).too_long(most).into()));
    }
    let mut enough = reading.enough(headers).min(most.saturating_add(1));
    let mut first = read(Bytes::new(), rest, enough).await.map_err(broken)?;
    let requested = Requested::of(request, reading);
    if first.len() >= enough {
        enough = enough.max(requested.needed(headers, &first));
        first = read(first, rest, enough).await.map_err(broken)?;
    }
    if is_whole && first.len() > most {
        return Err(Failure::Unusable(response(first).too_long(most).into()));
    }
    if let Err(Mismatch(reason)) = requested.check(status, headers, &first, first.len() < enough) {
        let bytes = keep(first, rest, KEPT, error_body_timeout(request)).await;
        return Err(Failure::Unusable(DecodeError::mismatch(response(bytes), &reason).into()));
    }
    Ok(first)
}

fn error_body_timeout(request: &Request) -> Duration {
    ERROR_BODY_TIMEOUT.min(request.attempt_timeout / 2)
}

fn broken(error: reqwest::Error) -> Failure {
    Failure::Broken(Fault::new(error))
}
