//! What every error says of itself: whether the call may be repeated, whether it may have been acted
//! on, and what is below it.

use std::error::Error as _;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use http::Method;

use super::*;
use crate::runtime::auth::{Silence, Unanswered};
use crate::runtime::masking::{SentSecret, SentSecrets};
use crate::runtime::{ErrorFormat, Operation};

static POST: Operation = Operation {
    id: "post",
    method: Method::POST,
    path: "/",
    accept: "application/json",
    security: &[],
    errors: &[],
};

/// What an error says.
#[derive(Debug, PartialEq, Eq)]
struct Says {
    retryable: bool,
    reached: bool,
    acted: bool,
    source: bool,
}

const fn says(retryable: bool, reached: bool, acted: bool, source: bool) -> Says {
    Says { retryable, reached, acted, source }
}

/// How many variants there are.
const VARIANTS: usize = 7;

/// The number of a variant. A new one does not compile without a row here; the number that it gets
/// is beyond [`VARIANTS`], and the table below has to have it.
fn number(error: &Error) -> usize {
    match error {
        Error::Config(_) => 0,
        Error::Auth(_) => 1,
        Error::Connection(_) => 2,
        Error::Timeout(_) => 3,
        Error::Api(_) => 4,
        Error::Decode(_) => 5,
        Error::Save(_) => 6,
    }
}

fn response(status: u16, body: &'static str) -> BufferedResponse {
    let secrets = [SentSecret::with_id("me", "hunter2".into())];
    let secrets = SentSecrets::new(&secrets, None, &HeaderMap::new());
    let status = StatusCode::from_u16(status).unwrap();
    BufferedResponse::new(
        &POST,
        status,
        HeaderMap::new(),
        Bytes::from_static(body.as_bytes()),
        false,
        secrets,
    )
}

fn api(status: u16) -> Error {
    ApiError::new(&POST, &ErrorFormat::COMMON, response(status, "{}")).into()
}

/// An error of the HTTP client itself. `hopeless`: the request cannot even be built.
async fn http(hopeless: bool) -> reqwest::Error {
    // A port that nobody listens at: it was free a moment ago, and is not given out again at once.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = if hopeless { "no url".to_owned() } else { format!("http://{free}/?key=hunter2") };
    reqwest::Client::builder().no_proxy().build().unwrap().get(url).send().await.unwrap_err()
}

fn history(reached: bool, acted: bool) -> History {
    History { attempts: 2, reached, acted, ..History::default() }
}

fn connection(fault: Fault, reached: bool, acted: bool) -> Error {
    ConnectionError::new("post", fault, history(reached, acted)).into()
}

fn timeout(reached: bool, acted: bool) -> Error {
    TimeoutError::new("post", Duration::from_secs(1), history(reached, acted)).into()
}

fn unanswered(silence: Silence, reached: bool) -> Error {
    let host = "login.example".to_owned();
    let error = AuthError::unanswered(Unanswered { host, silence, attempts: 1 });
    error.into_error("post", reached, reached)
}

/// Errors of every variant, and of every kind that says something else.
async fn table() -> Vec<(Error, Says)> {
    let auth = |status: u16| AuthError::new("x").with_status(StatusCode::from_u16(status).unwrap());
    let save = SaveError::new(Path::new("x"), std::io::ErrorKind::StorageFull.into());
    let refused = Fault::new(http(false).await);
    vec![
        (ConfigError::new("x").into(), says(false, false, false, false)),
        (AuthError::new("x").into(), says(false, false, false, false)),
        (auth(401).into(), says(false, false, false, false)),
        (auth(503).retryable().into(), says(true, false, false, false)),
        // A token endpoint that cannot be reached is an error of the connection.
        (unanswered(Silence::Broken(refused.clone()), false), says(true, false, false, true)),
        (unanswered(Silence::Broken(refused.clone()), true), says(true, true, true, true)),
        (unanswered(Silence::TimedOut(Duration::MAX), false), says(true, false, false, false)),
        (connection(refused.clone(), false, false), says(true, false, false, true)),
        (connection(refused, true, true), says(true, true, true, true)),
        (connection(Fault::new(http(true).await), false, false), says(false, false, false, true)),
        (connection(Fault::described("x", true), true, true), says(true, true, true, false)),
        (ConnectionError::lost("post", http(false).await).into(), says(true, true, true, true)),
        (timeout(false, false), says(true, false, false, false)),
        (timeout(true, true), says(true, true, true, false)),
        (TimeoutError::silent("post", Duration::MAX).into(), says(true, true, true, false)),
        (api(302), says(false, true, true, false)),
        (api(400), says(false, true, false, false)),
        (api(401), says(false, true, false, false)),
        (api(408), says(true, true, true, false)),
        (api(429), says(true, true, false, false)),
        (api(500), says(true, true, true, false)),
        (api(501), says(false, true, true, false)),
        (api(502), says(true, true, true, false)),
        (api(503), says(true, true, true, false)),
        (api(504), says(true, true, true, false)),
        (response(200, "").undecodable(".", "x").into(), says(false, true, true, false)),
        (save.into(), says(false, true, false, true)),
    ]
}

#[tokio::test]
async fn every_variant_says_what_may_have_happened() {
    let seen: [AtomicUsize; VARIANTS] = Default::default();
    for (error, expected) in table().await {
        let said = Says {
            retryable: error.is_retryable(),
            reached: error.may_have_reached_server(),
            acted: error.may_have_acted(),
            source: error.source().is_some(),
        };
        assert_eq!(said, expected, "{error:?}");
        // What has not arrived has changed nothing.
        assert!(said.reached || !said.acted, "{error:?}");
        let count = seen.get(number(&error)).expect("VARIANTS counts all variants");
        count.fetch_add(1, SeqCst);
    }
    assert!(seen.iter().all(|count| count.load(SeqCst) > 0), "a variant without a row: {seen:?}");
}

#[tokio::test]
async fn no_source_shows_the_url() {
    let error = connection(Fault::new(http(false).await), false, false);
    let mut next: Option<&dyn std::error::Error> = Some(&error);
    let mut depth = 0;
    while let Some(error) = next {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("hunter2"), "{text}");
        (next, depth) = (error.source(), depth + 1);
    }
    assert!(depth > 1, "the chain ends at once");
}

/// The errors of a response that repeats a secret, however it is encoded.
#[test]
fn a_secret_that_a_response_repeats_is_masked() {
    for body in [
        r#"{"message":"wrong: hunter2","code":"hunter2","trackingId":"hunter2"}"#,
        r#"{"message":"wrong: aHVudGVyMg==","code":"bWU6aHVudGVyMg=="}"#,
        r#""hunter2""#,
        "you sent hunter2",
        r#"{"unknown":"hunter2"}"#,
    ] {
        let api: Error = ApiError::new(&POST, &ErrorFormat::COMMON, response(400, body)).into();
        let decode = response(200, body).json::<Vec<u8>>().unwrap_err();
        let unlike = DecodeError::unlike(response(200, body), body);
        for error in [api, decode.into(), unlike.into()] {
            let said =
                format!("{error} {error:?} {error:#?} {:?}", error.api().map(ApiError::message));
            for secret in ["hunter2", "aHVudGVyMg", "bWU6aHVudGVyMg"] {
                assert!(!said.contains(secret), "{said}");
            }
            assert!(said.contains("***"), "{said}");
            let bytes = error.api().map(|api| api.bytes().clone());
            assert!(bytes.is_none_or(|bytes| bytes == body), "the body is as it came");
        }
    }
}
