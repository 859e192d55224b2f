//! Random faults: the reaction to each request, and the expected result of each call.
//!
//! The random numbers for a request depend on the seed of the run, the number of its call, and the
//! number of requests that the call has sent before. So the outcome of each call is known in advance,
//! in whatever order requests arrive, and a run can be repeated from its seed.

use fastrand::Rng;
use sailpoint_reports::Error;

use super::server::{Connection, json};

/// The maximal number of attempts of the clients in these tests.
pub(crate) const ATTEMPTS: u32 = 3;

/// Returns the seed of a run: `FAULT_SEED`, or a random one. It is printed, so that a failed run
/// can be repeated.
pub(crate) fn seed(test: &str) -> u64 {
    let seed = match std::env::var("FAULT_SEED") {
        Ok(seed) => seed.parse().expect("FAULT_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    println!("{test}: FAULT_SEED={seed}");
    seed
}

/// Returns the random numbers of one request of a call.
pub(crate) fn rng(seed: u64, call: usize, request: u32) -> Rng {
    // Consecutive numbers must not give correlated generators.
    let mixed = [call as u64, u64::from(request)].iter().fold(seed, |mixed, number| {
        Rng::with_seed(mixed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).u64(..)
    });
    Rng::with_seed(mixed)
}

/// The reaction of a server to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// Responds.
    Respond,
    /// Responds, and closes the connection without announcing it.
    RespondAndClose,
    /// Breaks the connection.
    Break(Breakage),
    /// Responds with an error.
    Status(u16),
    /// Responds with truncated JSON.
    TruncatedJson,
    /// Sends nothing.
    Silence,
}

/// How a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Breakage {
    Reset,
    Close,
    TruncatedHead,
    TruncatedBody,
    NotHttp,
}

impl Reaction {
    /// Returns a random fault that does not need a timeout.
    pub(crate) fn fault(rng: &mut Rng) -> Self {
        let faults = [
            Self::Break(Breakage::Reset),
            Self::Break(Breakage::Close),
            Self::Break(Breakage::TruncatedHead),
            Self::Break(Breakage::TruncatedBody),
            Self::Break(Breakage::NotHttp),
            Self::RespondAndClose,
            Self::Status(401),
            Self::Status(404),
            Self::Status(429),
            Self::Status(502),
            Self::Status(503),
            Self::Status(504),
            Self::TruncatedJson,
        ];
        faults[rng.usize(..faults.len())]
    }
}

/// The type of a call's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallResult {
    Success,
    Broken,
    Status(u16),
    Undecodable,
    TimedOut,
}

impl CallResult {
    /// Classifies the result of a call.
    pub(crate) fn of<T>(outcome: &Result<T, Error>) -> Self {
        match outcome {
            Ok(_) => Self::Success,
            Err(Error::Connection(_)) => Self::Broken,
            Err(Error::Api(error)) => Self::Status(error.status().as_u16()),
            Err(Error::Decode(_)) => Self::Undecodable,
            Err(Error::Timeout(_)) => Self::TimedOut,
            Err(error) => panic!("not an outcome of these faults: {error:?}"),
        }
    }

    fn after(reaction: Reaction) -> Self {
        match reaction {
            Reaction::Respond | Reaction::RespondAndClose => Self::Success,
            Reaction::Break(_) => Self::Broken,
            Reaction::Status(status) => Self::Status(status),
            Reaction::TruncatedJson => Self::Undecodable,
            Reaction::Silence => Self::TimedOut,
        }
    }
}

/// Returns the expected result of a call and the number of its requests, from the reactions to its
/// requests.
pub(crate) fn expected_result(
    idempotent: bool,
    reaction: impl Fn(u32) -> Reaction,
) -> (CallResult, u32) {
    let (mut attempt, mut requests, mut renewed) = (1, 0, false);
    loop {
        let reaction = reaction(requests);
        requests += 1;
        let is_retried = match reaction {
            // A rejected token is renewed once, which counts as an attempt.
            Reaction::Status(401) if !renewed => {
                renewed = true;
                true
            }
            Reaction::Status(429) => true,
            Reaction::Status(502..=504) | Reaction::Break(_) | Reaction::Silence => idempotent,
            Reaction::Respond
            | Reaction::RespondAndClose
            | Reaction::Status(_)
            | Reaction::TruncatedJson => false,
        };
        if !is_retried || attempt == ATTEMPTS {
            return (CallResult::after(reaction), requests);
        }
        attempt += 1;
    }
}

/// Performs a reaction on a connection. Returns whether the connection can be reused.
pub(crate) async fn perform(connection: &mut Connection, reaction: Reaction, body: &str) -> bool {
    let response = json(body);
    let bytes = match reaction {
        Reaction::Respond => return connection.send(&response).await.is_some(),
        Reaction::Status(status) => {
            let head = format!("HTTP/1.1 {status} Odd\r\nRetry-After: 0\r\nContent-Length: 2\r\n");
            return connection.send(format!("{head}\r\n{{}}").as_bytes()).await.is_some();
        }
        Reaction::TruncatedJson => {
            let half = body.get(..body.len() / 2).unwrap_or_default();
            return connection.send(&json(half)).await.is_some();
        }
        Reaction::Silence => {
            connection.silence().await;
            return false;
        }
        Reaction::RespondAndClose => response.as_slice(),
        Reaction::Break(Breakage::TruncatedHead) => &response[..20],
        Reaction::Break(Breakage::TruncatedBody) => &response[..response.len() - 1],
        Reaction::Break(Breakage::NotHttp) => b"\x16\x03\x01nonsense\r\n\r\n",
        Reaction::Break(Breakage::Close) => return false,
        Reaction::Break(Breakage::Reset) => {
            connection.reset();
            return false;
        }
    };
    // The caller checks how the client handles it.
    let _ = connection.send(bytes).await;
    false
}

/// Issues a unique token.
pub(crate) async fn token(connection: &mut Connection) -> bool {
    let token = fastrand::u64(..);
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    connection.send(&json(&body)).await.is_some()
}

#[test]
fn a_renewed_token_is_an_attempt() {
    let after = |statuses: [u16; 3]| {
        expected_result(false, |request| match statuses.get(request as usize) {
            Some(200) | None => Reaction::Respond,
            Some(status) => Reaction::Status(*status),
        })
    };
    assert_eq!(after([401, 429, 429]), (CallResult::Status(429), 3));
    assert_eq!(after([429, 429, 401]), (CallResult::Status(401), 3));
    assert_eq!(after([401, 401, 200]), (CallResult::Status(401), 2));
    assert_eq!(after([401, 429, 200]), (CallResult::Success, 3));
}
