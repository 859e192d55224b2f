//! The bytes of a file, from one or more responses.
//!
//! Takes the response that begins the file and returns its bytes in order. If the body breaks off,
//! the rest is requested, within the retry policy and the timeout of the request. `resume` decides
//! which responses are accepted as the rest.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderMap};

use super::resume::{Continuation, Known};
use crate::runtime::error::{Fault, History};
use crate::runtime::transport::{RawResponse, Reading, Sent};
use crate::runtime::{ConnectionError, Error, TimeoutError};

/// The body of a download.
pub(super) struct Body {
    pub(super) operation: &'static str,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The bytes that were read together with the headers.
    first: Bytes,
    rest: reqwest::Response,
    idle: Duration,
    /// The request, which is repeated if the body breaks off. `None` if the body is not resumed.
    sent: Option<Sent>,
    known: Known,
    /// The number of bytes of the file that were returned.
    arrived: u64,
    /// The number of bytes at the beginning of this response that were returned before.
    skip: u64,
    /// The reason why the body broke off, until another response continues it.
    lost: Option<Lost>,
    /// The pending request for the rest. It is kept here, so that a caller who drops the future of
    /// a chunk, as `select!` does, does not restart its wait.
    resuming: Option<Resuming>,
    ended: bool,
}

/// The next piece of a file.
pub(super) enum Piece {
    Bytes(Bytes),
    /// The file starts over. All bytes returned before are invalid.
    Restart,
    End,
}

/// A request for the rest of a file.
struct Resuming {
    /// Whether it requests a range.
    part: bool,
    response: Pin<Box<dyn Future<Output = Resumed> + Send>>,
}

/// The request for the rest, and its result.
type Resumed = (Sent, Result<RawResponse, Error>);

/// The reason why a body broke off.
#[derive(Debug, Clone)]
enum Lost {
    Broken(Fault),
    Silent,
}

impl Body {
    pub(super) fn new(response: RawResponse, sent: Sent) -> Self {
        let RawResponse { status, headers, first, rest, .. } = response;
        Self {
            operation: sent.request.operation.id,
            status,
            known: Known::of(&headers, length(&headers)),
            headers,
            first,
            rest,
            idle: sent.request.client.shared.limits.idle,
            sent: Some(sent),
            arrived: 0,
            skip: 0,
            lost: None,
            resuming: None,
            ended: false,
        }
    }

    /// Turns a broken body into an error instead of requesting the rest.
    pub(super) fn do_not_resume(&mut self) {
        self.sent = None;
    }

    /// Returns the size of the file in bytes, if the server announced it.
    pub(super) fn length(&self) -> Option<u64> {
        length(&self.headers)
    }

    /// Returns the bytes that were read together with the headers.
    pub(super) fn first(&self) -> &[u8] {
        &self.first
    }

    /// Returns the next piece. `may_restart` states that the caller can discard earlier bytes.
    ///
    /// The future can be dropped without loss: the next call continues where it was.
    pub(super) async fn piece(&mut self, may_restart: bool) -> Result<Piece, Error> {
        while !self.ended {
            if self.lost.is_none() {
                match self.read().await {
                    Ok(Some(bytes)) if bytes.is_empty() => continue,
                    Ok(Some(bytes)) => return Ok(Piece::Bytes(bytes)),
                    Ok(None) => {
                        self.ended = true;
                        break;
                    }
                    Err(lost) => self.lost = Some(lost),
                }
            }
            if let Some(restart) = self.resume(may_restart).await? {
                return Ok(restart);
            }
        }
        Ok(Piece::End)
    }

    /// Reads the next bytes that were not returned before.
    async fn read(&mut self) -> Result<Option<Bytes>, Lost> {
        let mut bytes = std::mem::take(&mut self.first);
        if bytes.is_empty() {
            let next = tokio::time::timeout(self.idle, self.rest.chunk()).await;
            let next = next.map_err(|_| Lost::Silent)?;
            match next.map_err(|error| Lost::Broken(Fault::lost(error)))? {
                Some(next) => bytes = next,
                None => return self.is_complete().map(|()| None),
            }
        }
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        bytes.advance(skipped);
        self.skip -= skipped as u64;
        self.arrived += bytes.len() as u64;
        match self.known.total {
            Some(total) if self.arrived > total => {
                self.arrived -= bytes.len() as u64;
                Err(Lost::because(format!("the body is longer than the announced {total} bytes")))
            }
            _ => Ok(Some(bytes)),
        }
    }

    /// Checks that the file ends with this response.
    fn is_complete(&self) -> Result<(), Lost> {
        let arrived = self.arrived;
        match self.known.total {
            Some(total) if arrived < total => {
                Err(Lost::because(format!("the body ended after {arrived} of {total} bytes")))
            }
            _ if self.skip > 0 => {
                Err(Lost::because(format!("the body ended before byte {arrived}")))
            }
            _ => Ok(()),
        }
    }

    /// Requests the rest or the whole file. Returns `Restart` if the file starts over.
    async fn resume(&mut self, may_restart: bool) -> Result<Option<Piece>, Error> {
        loop {
            let arrived = self.arrived;
            let Some(resuming) = self.pending_request(may_restart) else {
                return Err(self.error(""));
            };
            let part = resuming.part;
            let (sent, sending) = resuming.response.as_mut().await;
            (self.sent, self.resuming) = (Some(sent), None);
            let continuation = match &sending {
                Ok(RawResponse { status, headers, .. }) => {
                    self.known.classify(*status, headers, arrived)
                }
                Err(Error::Api(error))
                    if part && error.status() == StatusCode::RANGE_NOT_SATISFIABLE =>
                {
                    self.known.classify(error.status(), error.headers(), arrived)
                }
                Err(_) => Continuation::Unfit,
            };
            match (continuation, sending) {
                (Continuation::Complete, _) => {
                    (self.lost, self.ended) = (None, true);
                    return Ok(None);
                }
                (Continuation::Unfit, Err(error))
                    if !part || error.status() != Some(StatusCode::RANGE_NOT_SATISFIABLE) =>
                {
                    return Err(error);
                }
                (Continuation::Rest, Ok(response)) => {
                    self.known.learn(&response.headers);
                    self.take(response, 0);
                    return Ok(None);
                }
                (Continuation::Same, Ok(response)) => {
                    self.take(response, arrived);
                    return Ok(None);
                }
                (Continuation::Another, Ok(response)) if arrived == 0 || may_restart => {
                    self.known = Known::of(&response.headers, length(&response.headers));
                    (self.status, self.headers) = (response.status, response.headers.clone());
                    self.arrived = 0;
                    self.take(response, 0);
                    return Ok((arrived > 0).then_some(Piece::Restart));
                }
                (Continuation::Another, Ok(_)) => {
                    return Err(
                        self.error("; the file has changed since, so the rest does not match")
                    );
                }
                // A server that handles ranges wrongly may still send the whole file.
                (_, _) => self.known.ranges = false,
            }
        }
    }

    /// Returns the pending request for the rest, or a new one if the policy allows it.
    fn pending_request(&mut self, may_restart: bool) -> Option<&mut Resuming> {
        let provable = self.arrived == 0 || may_restart || self.known.validator.is_some();
        if self.resuming.is_none() && provable {
            let wait = self.sent.as_ref()?.wait()?;
            let mut sent = self.sent.take()?;
            let part = self.known.set_range(&mut sent.request.headers, self.arrived);
            tracing::debug!(arrived = self.arrived, part, lost = ?self.lost, "the body broke off");
            let response = Box::pin(async move {
                let response = sent.send_again(wait, Reading::File).await;
                (sent, response)
            });
            self.resuming = Some(Resuming { part, response });
        }
        self.resuming.as_mut()
    }

    /// Continues with another response.
    fn take(&mut self, response: RawResponse, skip: u64) {
        (self.first, self.rest, self.skip) = (response.first, response.rest, skip);
        self.lost = None;
    }

    fn error(&self, more: &str) -> Error {
        let operation = self.operation;
        let attempts = self.sent.as_ref().map_or(1, |sent| sent.budget.attempts);
        let history = History { attempts, reached: true, ..History::default() };
        let fault = match &self.lost {
            Some(Lost::Silent) => return TimeoutError::new(operation, self.idle, history).into(),
            Some(Lost::Broken(fault)) => fault.clone().and(more),
            None => Fault::described(more, true),
        };
        ConnectionError::new(operation, fault, history).into()
    }
}

impl Lost {
    fn because(why: String) -> Self {
        Self::Broken(Fault::described(why, true))
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
