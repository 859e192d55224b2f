//! Sends requests: attempts, tokens and limits.
//!
//! Takes a [`Request`] and returns a successful response, or the error after the last attempt.
//! Interpreting the response is left to others.
//!
//! The loop over the attempts is here. `exchange` performs one attempt: `prepare` builds the HTTP
//! request, `read` decides how much of the body is read with it, and `failure` describes how it
//! failed. `run` keeps track of the remaining time and attempts, and builds the final error.

mod exchange;
mod failure;
mod prepare;
mod read;
mod run;
mod sent;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::auth::Ticket;
use super::masking::SentSecrets;
use super::{BufferedResponse, Error, Request};
use exchange::attempt;
use failure::{Failure, trace};
pub(crate) use read::{Reading, read};
use run::Run;
pub(crate) use sent::{Budget, Sent};

/// A successful response.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The bytes of the body that were read already.
    pub(crate) first: Bytes,
    /// The rest of the body.
    pub(crate) rest: reqwest::Response,
    /// When a body that is read as a whole must be complete, and the time limit that this results
    /// from.
    pub(crate) until: Instant,
    pub(crate) limit: Duration,
    /// The secrets of the request, to be masked.
    pub(crate) secrets: SentSecrets,
}

/// Sends a request within a tracing span, with the retries of its policy. Returns the request with
/// the response, to resume a body that breaks off.
pub(crate) async fn send(
    mut request: Request,
    reading: Reading,
) -> Result<(RawResponse, Sent), Error> {
    if let Some(error) = request.error.take() {
        return Err(error.into());
    }
    let mut sent = Sent::new(request);
    let response = sent.send(reading).await?;
    Ok((response, sent))
}

/// Sends a request within a tracing span, and takes its attempts and its time from the budget.
async fn in_span(
    request: &Request,
    reading: Reading,
    budget: &mut Budget,
) -> Result<RawResponse, Error> {
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
    let mut run = Run::new(request, budget);
    let outcome = attempts(request, reading, &mut run).instrument(span).await;
    *budget = run.budget();
    outcome
}

async fn attempts(
    request: &Request,
    reading: Reading,
    run: &mut Run<'_>,
) -> Result<RawResponse, Error> {
    let chosen = request.client.shared.credentials_of(request.operation)?;
    let mut refused: Option<(Ticket, BufferedResponse)> = None;
    loop {
        let ticket = run.ticket(chosen.tokens).await?;
        if let (Some((old, response)), Some(new)) = (&refused, &ticket)
            && old.token == new.token
        {
            return Err(run.give_up(Failure::Refused(response.clone())));
        }
        let turn = run.turn().await?;
        run.attempts += 1;
        tracing::Span::current().record("attempt", run.attempts);
        let credentials = (&chosen, ticket.as_ref());
        request.may_have_acted(true);
        let failure = match attempt(request, reading, credentials, run.deadline, turn).await {
            Ok(response) => return Ok(response),
            Err(failure) => failure,
        };
        trace(&failure, run.attempts);
        run.failed(&failure);
        if let (Failure::Refused(response), Some(tokens), Some(ticket), None) =
            (&failure, chosen.tokens, &ticket, &refused)
            && response.status == StatusCode::UNAUTHORIZED
            && run.has_another_attempt()
        {
            // The token may have been revoked, or have expired by the server's clock: retry once,
            // if there is another token.
            let renewed = timeout_at(run.deadline, tokens.refused(ticket)).await;
            if renewed.is_err() {
                return Err(run.give_up(failure));
            }
            refused = Some((ticket.clone(), response.clone()));
            continue;
        }
        let Some(wait) = run.wait_before_next(&failure) else {
            return Err(run.give_up(failure));
        };
        tokio::time::sleep(wait).await;
    }
}
