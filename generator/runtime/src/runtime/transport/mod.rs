//! ResponseFuture: attempts, tokens, limits.
//!
//! In comes a [`Request`], out goes a good response, or the error that is left when nothing more can
//! be done. What the response means is not decided here.
//!
//! The loop over the attempts is here. One attempt is in `exchange`: `prepare` makes the HTTP
//! request, `read` says how much of the body is read with it, `failure` says how it failed. `run` keeps what
//! is left of time and attempts, and makes the error in the end.

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
use failure::{Failure, tell};
pub(crate) use read::{Reading, read};
use run::Run;
pub(crate) use sent::Sent;

/// A good response.
pub(crate) struct RawResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The bytes that were read already.
    pub(crate) first: Bytes,
    /// Where the others come from.
    pub(crate) rest: reqwest::Response,
    /// When a body that is read whole must be there, and the limit that says so.
    pub(crate) until: Instant,
    pub(crate) limit: Duration,
    /// What was sent and must not be shown.
    pub(crate) secrets: SentSecrets,
}

/// Sends a request as often as its policy allows, inside a span of its own. What was sent comes back
/// with the response, for one whose body breaks off.
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

/// Sends a request, and counts its attempts on from those that were before.
async fn in_span(
    request: &Request,
    reading: Reading,
    before: u32,
    deadline: Instant,
) -> Result<(RawResponse, u32), Error> {
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
) -> Result<(RawResponse, u32), Error> {
    let chosen = request.client.shared.credentials.choose(request.operation)?;
    let mut run = Run::new(request, before, deadline);
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
        let shown = (&chosen, ticket.as_ref());
        request.may_have_acted(true);
        let failure = match attempt(request, reading, shown, run.deadline, turn).await {
            Ok(response) => return Ok((response, run.attempts)),
            Err(failure) => failure,
        };
        tell(&failure, run.attempts);
        run.failed(&failure);
        if let (Failure::Refused(response), Some(tokens), Some(ticket), None) =
            (&failure, chosen.tokens, &ticket, &refused)
            && response.status == StatusCode::UNAUTHORIZED
            && run.has_another_attempt()
        {
            // The token may have been revoked, or have ended by the server's clock: one more try,
            // if there is another token.
            let forgotten = timeout_at(run.deadline, tokens.refused(ticket)).await;
            if forgotten.is_err() {
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
