//! The properties of all errors: whether the call may be retried, whether the server may have acted
//! on it, and the source.

use std::error::Error as _;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use super::*;
use crate::runtime::auth::Silence;
use crate::runtime::masking::{SentSecret, SentSecrets};
use crate::runtime::model::Decoding;
use crate::runtime::{ErrorFormat, Operation};

static POST: Operation = Operation {
    id: "post",
    method: crate::runtime::Method::POST,
    path: "/",
    accept: "application/json",
    security: &[],
    errors: &[],
};

/// The properties of an error.
#[derive(Debug, PartialEq, Eq)]
struct Properties {
    retryable: bool,
    reached: bool,
    acted: bool,
    source: bool,
}

const fn expected(retryable: bool, reached: bool, acted: bool, source: bool) -> Properties {
    Properties { retryable, reached, acted, source }
}

/// The number of variants.
const VARIANTS: usize = 7;

/// Returns the index of a variant. Adding a variant is a compile error here, and then requires a
/// higher [`VARIANTS`] and a row in the table below.
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
        Decoding::LENIENT,
        secrets,
    )
}

fn api(status: u16) -> Error {
    ApiError::new(&POST, &ErrorFormat::COMMON, response(status, "{}")).into()
}

/// Returns an error of the HTTP client. If `hopeless`, the request cannot even be built.
async fn http(hopeless: bool) -> reqwest::Error {
    // Nothing listens on this port: it was free a moment ago, and ports are not reused at once.
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
    let error = AuthError::unanswered(host, silence);
    error.into_error("post", reached, reached)
}

/// Returns errors of every variant, with all combinations of properties.
async fn table() -> Vec<(Error, Properties)> {
    let auth = |status: u16| AuthError::new("x").with_status(StatusCode::from_u16(status).unwrap());
    let save = SaveError::new(Path::new("x"), std::io::ErrorKind::StorageFull.into());
    let refused = Fault::new(http(false).await);
    vec![
        (ConfigError::new("x").into(), expected(false, false, false, false)),
        (AuthError::new("x").into(), expected(false, false, false, false)),
        (auth(401).into(), expected(false, false, false, false)),
        (auth(503).retryable().into(), expected(true, false, false, false)),
        // The token expired after an attempt.
        (auth(400).into_error("post", true, false), expected(false, true, false, false)),
        (auth(400).into_error("post", true, true), expected(false, true, true, false)),
        // A token endpoint that cannot be reached is an error of the connection.
        (unanswered(Silence::Broken(refused.clone()), false), expected(true, false, false, true)),
        (unanswered(Silence::Broken(refused.clone()), true), expected(true, true, true, true)),
        (unanswered(Silence::TimedOut(Duration::MAX), false), expected(true, false, false, false)),
        (connection(refused.clone(), false, false), expected(true, false, false, true)),
        (connection(refused, true, true), expected(true, true, true, true)),
        (
            connection(Fault::new(http(true).await), false, false),
            expected(false, false, false, true),
        ),
        (connection(Fault::described("x", true), true, true), expected(true, true, true, false)),
        (ConnectionError::lost("post", http(false).await).into(), expected(true, true, true, true)),
        (timeout(false, false), expected(true, false, false, false)),
        (timeout(true, true), expected(true, true, true, false)),
        (TimeoutError::silent("post", Duration::MAX).into(), expected(true, true, true, false)),
        (api(302), expected(false, true, true, false)),
        (api(400), expected(false, true, false, false)),
        (api(401), expected(false, true, false, false)),
        (api(408), expected(true, true, true, false)),
        (api(429), expected(true, true, false, false)),
        (api(500), expected(true, true, true, false)),
        (api(501), expected(false, true, true, false)),
        (api(502), expected(true, true, true, false)),
        (api(503), expected(true, true, true, false)),
        (api(504), expected(true, true, true, false)),
        (response(200, "").undecodable(".", "x").into(), expected(false, true, true, false)),
        (save.into(), expected(false, true, false, true)),
    ]
}

#[tokio::test]
async fn every_error_reports_what_may_have_happened() {
    let seen: [AtomicUsize; VARIANTS] = Default::default();
    for (error, expected) in table().await {
        let properties = Properties {
            retryable: error.is_retryable(),
            reached: error.may_have_reached_server(),
            acted: error.may_have_acted(),
            source: error.source().is_some(),
        };
        assert_eq!(properties, expected, "{error:?}");
        // A request that has not arrived has changed nothing.
        assert!(properties.reached || !properties.acted, "{error:?}");
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
    assert!(depth > 1, "the error has no source");
}

/// A secret is masked in every encoding.
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
        let mismatch = DecodeError::mismatch(response(200, body), body);
        for error in [api, decode.into(), mismatch.into()] {
            let shown =
                format!("{error} {error:?} {error:#?} {:?}", error.api().map(ApiError::message));
            for secret in ["hunter2", "aHVudGVyMg", "bWU6aHVudGVyMg"] {
                assert!(!shown.contains(secret), "{shown}");
            }
            assert!(shown.contains("***"), "{shown}");
            let bytes = error.api().map(|api| api.bytes().clone());
            assert!(bytes.is_none_or(|bytes| bytes == body), "the body is unchanged");
        }
    }
}

#[test]
fn a_decode_error_returns_the_id_in_its_body() {
    let body = r#"{"id":12345678901234567890123,"job":{"id":"j-1"},"size":1e400,"note":"\ud800"}"#;
    let fault = response(200, body).json::<std::collections::BTreeMap<String, i64>>();
    assert_eq!(fault.as_ref().unwrap_err().bytes(), body);
    let scalar = |pointer| fault.as_ref().unwrap_err().scalar(pointer);
    assert_eq!(scalar("/id").as_deref(), Some("12345678901234567890123"));
    assert_eq!(scalar("/job/id").as_deref(), Some("j-1"));
    assert_eq!((scalar("/job"), scalar("/other")), (None, None));
}
