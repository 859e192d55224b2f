//! One attempt: the request is sent, and as much of the response is read as was asked for.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::super::clock::after;
use super::super::error::Fault;
use super::super::rate_limit::Turn;
use super::super::{Reply, Request, wire_log};
use super::Answer;
use super::failure::Failure;
use super::prepare::{Shown, prepare};
use super::read::{Reading, read};

/// The most that is read of the body of an error. What is behind it is of no use to anybody.
const ERROR_BODY_LIMIT: usize = 1024 * 1024;

/// The longest time that the body of an error may take. What came before it is told without it.
const ERROR_BODY_PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn attempt(
    request: &Request,
    reading: Reading,
    shown: Shown<'_>,
    deadline: Instant,
    turn: Option<Turn<'_>>,
) -> Result<Answer, Failure> {
    let own_end = after(request.attempt_timeout);
    let (until, limit) = if own_end < deadline {
        (own_end, request.attempt_timeout)
    } else {
        (deadline, request.timeout)
    };
    match timeout_at(until, exchange(request, reading, shown, (until, limit), turn)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::TimedOut(limit)),
    }
}

async fn exchange(
    request: &Request,
    reading: Reading,
    shown: Shown<'_>,
    (until, limit): (Instant, Duration),
    turn: Option<Turn<'_>>,
) -> Result<Answer, Failure> {
    let broken = |error: reqwest::Error| Failure::Broken(Fault::new(error));
    let prepared = prepare(request, shown).await?.build().map_err(broken)?;
    let mut rest = request.client.shared.http.execute(prepared).await.map_err(broken)?;
    // The request has arrived: from now on it leaves the window of the rate limit.
    drop(turn);
    let (status, headers) = (rest.status(), rest.headers().clone());
    wire_log::answer(status, &headers);
    tracing::Span::current().record("http.response.status_code", status.as_u16());
    if status.is_success() {
        let enough = reading.enough(&headers);
        let first = read(Bytes::new(), &mut rest, enough).await.map_err(broken)?;
        return Ok(Answer { status, headers, first, rest, until, limit });
    }
    // The status says more than the loss of the body that explains it.
    let patience = ERROR_BODY_PATIENCE.min(request.attempt_timeout / 2);
    let first =
        tokio::time::timeout(patience, read(Bytes::new(), &mut rest, ERROR_BODY_LIMIT)).await;
    let first = first.ok().and_then(Result::ok);
    Err(Failure::Refused(Reply::new(request.operation, status, headers, first.unwrap_or_default())))
}
