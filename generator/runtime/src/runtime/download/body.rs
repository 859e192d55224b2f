//! The bytes of a file, from as many responses as it takes.
//!
//! Takes the response that began the file. Returns its bytes in order, and fetches the rest when the
//! body breaks off, within the policy and the time of the request. What may be taken as the rest is
//! decided in `resume`.

use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HeaderMap};

use super::resume::{Continuation, Known};
use crate::runtime::error::{Fault, History};
use crate::runtime::transport::{RawResponse, Reading, Sent};
use crate::runtime::{ConnectionError, Error, TimeoutError};

/// The bytes of a file on their way.
pub(super) struct Body {
    pub(super) operation: &'static str,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// Bytes that were read already.
    first: Bytes,
    rest: reqwest::Response,
    idle: Duration,
    /// What is sent again when the body breaks off, if that is wanted.
    sent: Option<Sent>,
    known: Known,
    /// How many bytes of the file have been handed out.
    arrived: u64,
    /// How many bytes of this response have been handed out from another one.
    skip: u64,
    /// What broke the body off, as long as nothing else continues it.
    lost: Option<Lost>,
    /// The request for the rest that is under way. It is kept here, so that a caller who drops the
    /// future of a piece, as `select!` does, does not begin its wait again.
    resuming: Option<Resuming>,
    ended: bool,
}

/// What comes next of a file.
pub(super) enum Piece {
    Bytes(Bytes),
    /// The file begins again: what was handed out before does not count.
    Restart,
    End,
}

/// A request for the rest of a file.
struct Resuming {
    /// Whether it asks for a part.
    part: bool,
    response: Pin<Box<dyn Future<Output = Resumed> + Send>>,
}

/// What a request for the rest came to, and the request itself.
type Resumed = (Sent, Result<RawResponse, Error>);

/// Why a body broke off.
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

    /// Makes a body that breaks off an error.
    pub(super) fn do_not_resume(&mut self) {
        self.sent = None;
    }

    /// The size of the file, if the server has said it.
    pub(super) fn length(&self) -> Option<u64> {
        length(&self.headers)
    }

    /// The bytes that have been read before any was asked for.
    pub(super) fn first(&self) -> &[u8] {
        &self.first
    }

    /// The next piece. `may_restart`: what was handed out before can be taken back.
    ///
    /// Dropping the future loses nothing: what has broken off is continued by the next call.
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
            if let Some(restart) = self.go_on(may_restart).await? {
                return Ok(restart);
            }
        }
        Ok(Piece::End)
    }

    /// Reads the next bytes that have not been handed out.
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
                Err(Lost::because(format!("more came than the {total} bytes that were announced")))
            }
            _ => Ok(Some(bytes)),
        }
    }

    /// Whether the end of this response is the end of the file.
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

    /// Fetches the rest, or the whole once more. Returns that the file begins again, if it does.
    async fn go_on(&mut self, may_restart: bool) -> Result<Option<Piece>, Error> {
        loop {
            let arrived = self.arrived;
            let Some(resuming) = self.resuming(may_restart) else {
                return Err(self.error(""));
            };
            let part = resuming.part;
            let (sent, sending) = resuming.response.as_mut().await;
            (self.sent, self.resuming) = (Some(sent), None);
            let continuation = match &sending {
                Ok(RawResponse { status, headers, .. }) => {
                    self.known.judge(*status, headers, arrived)
                }
                Err(Error::Api(error))
                    if part && error.status() == StatusCode::RANGE_NOT_SATISFIABLE =>
                {
                    self.known.judge(error.status(), error.headers(), arrived)
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
                        self.error("; the file has changed since, so that its rest is of no use")
                    );
                }
                // A server that does not know parts well may still send the whole.
                (_, _) => self.known.ranges = false,
            }
        }
    }

    /// The request for the rest: the one that is under way, or another if the policy allows one.
    fn resuming(&mut self, may_restart: bool) -> Option<&mut Resuming> {
        let provable = self.arrived == 0 || may_restart || self.known.validator.is_some();
        if self.resuming.is_none() && provable {
            let wait = self.sent.as_ref()?.wait()?;
            let mut sent = self.sent.take()?;
            let part = self.known.ask(&mut sent.request.headers, self.arrived);
            tracing::debug!(arrived = self.arrived, part, lost = ?self.lost, "the body broke off");
            let response = Box::pin(async move {
                let response = sent.send_again(wait, Reading::File).await;
                (sent, response)
            });
            self.resuming = Some(Resuming { part, response });
        }
        self.resuming.as_mut()
    }

    /// Reads on from another response.
    fn take(&mut self, response: RawResponse, skip: u64) {
        (self.first, self.rest, self.skip) = (response.first, response.rest, skip);
        self.lost = None;
    }

    fn error(&self, more: &str) -> Error {
        let operation = self.operation;
        let attempts = self.sent.as_ref().map_or(1, |sent| sent.attempts);
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
