//! Faults by chance: which one a request meets, and what a call must end with that meets them.
//!
//! The dice of a request are thrown from the seed of the run, the number of its call and the number
//! of requests that the call has sent before. So the outcome of each call is known before it is
//! made, in whatever order requests arrive, and a run can be repeated from its seed.

use fastrand::Rng;
use sailpoint_reports::Error;

use super::server::{Connection, json};

/// How often the clients of these tests send a request that may be sent again.
pub(crate) const ATTEMPTS: u32 = 3;

/// The seed of a run: `FAULT_SEED`, or one that no run has had before. It is printed, so that a run
/// that fails can be repeated.
pub(crate) fn seed(test: &str) -> u64 {
    let seed = match std::env::var("FAULT_SEED") {
        Ok(seed) => seed.parse().expect("FAULT_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    println!("{test}: FAULT_SEED={seed}");
    seed
}

/// The dice of one request of one call.
pub(crate) fn dice(seed: u64, call: usize, request: u32) -> Rng {
    // Numbers that follow each other must not give dice that do.
    let mixed = [call as u64, u64::from(request)].iter().fold(seed, |mixed, number| {
        Rng::with_seed(mixed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15))).u64(..)
    });
    Rng::with_seed(mixed)
}

/// What becomes of a request that a server has read as far as it wants to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// It gets its response.
    Good,
    /// It gets its response, and the connection is closed although nothing has said so.
    GoodAndClose,
    /// Its connection breaks.
    Break(Cut),
    /// It gets an error.
    Status(u16),
    /// It gets JSON that stops in the middle.
    Garbled,
    /// It gets nothing.
    Silence,
}

/// Where a connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    Reset,
    Close,
    InHead,
    InBody,
    Noise,
}

impl Then {
    /// One of the faults that are over soon.
    pub(crate) fn fault(dice: &mut Rng) -> Self {
        let faults = [
            Self::Break(Cut::Reset),
            Self::Break(Cut::Close),
            Self::Break(Cut::InHead),
            Self::Break(Cut::InBody),
            Self::Break(Cut::Noise),
            Self::GoodAndClose,
            Self::Status(401),
            Self::Status(404),
            Self::Status(429),
            Self::Status(502),
            Self::Status(503),
            Self::Status(504),
            Self::Garbled,
        ];
        faults[dice.usize(..faults.len())]
    }
}

/// What a call ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Good,
    Broken,
    Refused(u16),
    Undecodable,
    TimedOut,
}

impl Ending {
    /// What a call has ended with.
    pub(crate) fn of<T>(outcome: &Result<T, Error>) -> Self {
        match outcome {
            Ok(_) => Self::Good,
            Err(Error::Connection(_)) => Self::Broken,
            Err(Error::Api(error)) => Self::Refused(error.status().as_u16()),
            Err(Error::Decode(_)) => Self::Undecodable,
            Err(Error::Timeout(_)) => Self::TimedOut,
            Err(error) => panic!("not an outcome of these faults: {error:?}"),
        }
    }

    fn after(then: Then) -> Self {
        match then {
            Then::Good | Then::GoodAndClose => Self::Good,
            Then::Break(_) => Self::Broken,
            Then::Status(status) => Self::Refused(status),
            Then::Garbled => Self::Undecodable,
            Then::Silence => Self::TimedOut,
        }
    }
}

/// What a call must end with, and after how many requests, if its requests meet these faults.
pub(crate) fn expected(idempotent: bool, meets: impl Fn(u32) -> Then) -> (Ending, u32) {
    let (mut attempt, mut requests, mut renewed) = (1, 0, false);
    loop {
        let then = meets(requests);
        requests += 1;
        let again = match then {
            // A token that is refused is renewed once, which is an attempt like any other.
            Then::Status(401) if !renewed => {
                renewed = true;
                true
            }
            Then::Status(429) => true,
            Then::Status(502..=504) | Then::Break(_) | Then::Silence => idempotent,
            Then::Good | Then::GoodAndClose | Then::Status(_) | Then::Garbled => false,
        };
        if !again || attempt == ATTEMPTS {
            return (Ending::after(then), requests);
        }
        attempt += 1;
    }
}

/// Does to a connection what a request on it meets. Returns whether the connection can go on.
pub(crate) async fn play(connection: &mut Connection, then: Then, body: &str) -> bool {
    let good = json(body);
    let part = match then {
        Then::Good => return connection.send(&good).await.is_some(),
        Then::Status(status) => {
            let head = format!("HTTP/1.1 {status} Odd\r\nRetry-After: 0\r\nContent-Length: 2\r\n");
            return connection.send(format!("{head}\r\n{{}}").as_bytes()).await.is_some();
        }
        Then::Garbled => {
            let half = body.get(..body.len() / 2).unwrap_or_default();
            return connection.send(&json(half)).await.is_some();
        }
        Then::Silence => {
            connection.silence().await;
            return false;
        }
        Then::GoodAndClose => good.as_slice(),
        Then::Break(Cut::InHead) => &good[..20],
        Then::Break(Cut::InBody) => &good[..good.len() - 1],
        Then::Break(Cut::Noise) => b"\x16\x03\x01nonsense\r\n\r\n",
        Then::Break(Cut::Close) => return false,
        Then::Break(Cut::Reset) => {
            connection.reset();
            return false;
        }
    };
    // What the client does with it is for the caller to see.
    let _ = connection.send(part).await;
    false
}

/// Gives out a token that no request has had before.
pub(crate) async fn token(connection: &mut Connection) -> bool {
    let token = fastrand::u64(..);
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    connection.send(&json(&body)).await.is_some()
}

#[test]
fn a_renewed_token_is_an_attempt() {
    let after = |statuses: [u16; 3]| {
        expected(false, |request| match statuses.get(request as usize) {
            Some(200) | None => Then::Good,
            Some(status) => Then::Status(*status),
        })
    };
    assert_eq!(after([401, 429, 429]), (Ending::Refused(429), 3));
    assert_eq!(after([429, 429, 401]), (Ending::Refused(401), 3));
    assert_eq!(after([401, 401, 200]), (Ending::Refused(401), 2));
    assert_eq!(after([401, 429, 200]), (Ending::Good, 3));
}
